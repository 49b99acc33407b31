"""Tables in, an immutable release out; `latest` moves to it in one step.

    publish(frames, root, now=…, code_version=…)     whole tables, split here into partitions
    publish_partitions(partitions, …)                the same for data that does not fit in memory, one partition at a
    time

Each partition becomes `<table>/region=<ISO>/year=<year>/part-0.parquet`: sorted, zstd, keys dictionary-encoded, small
row groups, so that the statistics let a reader of one district skip the others. The bytes depend on the rows alone:
not on their order, the time, or which release went before. A file that is byte for byte that of the release before is
linked to it instead of written.

All is built in `releases/.building-<process>` (every file and directory synced), renamed to its id, and only then
does `latest` move. A crash at any point leaves the release before in place; what it left behind is swept by the next
run. Two runs at once are refused with `ReleaseError`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.changes import Changes, Version, changes_markdown, find_changes, no_changes
from flows.datapackage import datapackage_text, table_schema_text
from flows.dictionary import dictionary_markdown
from flows.releases import (
    BUILDING,
    LATEST,
    MANIFEST,
    CountEntry,
    FileEntry,
    Manifest,
    content_hash,
    hash_file,
    latest_release,
    load_manifest,
    manifest_text,
)
from schemas.dataset import CELL_TABLES, arrow_schema, load_tables
from schemas.errors import ReleaseError
from schemas.records import State
from schemas.regions import UNKNOWN_REGION, load_regions

CountKey = tuple[str | None, int | None, str | None]
ROWS_IN_GROUP = 16_384
UNKNOWN_YEAR = 0
ENCODED_AHEAD = 2
_Encoded = tuple[pa.Buffer, str]
ACCURACY_FILE = Path("docs/accuracy.json")


@dataclass(frozen=True, slots=True)
class Partition:
    """The rows of one table for one region and year."""

    table: str
    region: str
    year: int
    rows: pa.Table

    @property
    def path(self) -> str:
        """Where it stands in a release."""
        return f"{self.table}/region={self.region}/year={self.year}/part-0.parquet"


@dataclass(frozen=True, slots=True)
class Release:
    """A release as published."""

    release: str
    directory: Path
    previous: str | None
    files: int
    files_linked: int
    bytes: int
    tables: Mapping[str, int]
    changes: Changes


@dataclass(slots=True)
class _Build:
    """A release under construction."""

    directory: Path
    previous: Path | None
    known: dict[str, FileEntry]
    files: list[FileEntry] = field(default_factory=list)
    linked: int = 0
    written: list[Path] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    captures: set[str] = field(default_factory=set)
    reports: Counter[CountKey] = field(default_factory=Counter)
    cells: Counter[CountKey] = field(default_factory=Counter)
    values: Counter[CountKey] = field(default_factory=Counter)


def publish(
    frames: Mapping[str, pa.Table],
    root: Path,
    now: datetime,
    *,
    code_version: str,
    readers: Iterable[str] = (),
    accuracy: Mapping[str, object] | None = None,
) -> Release:
    """Publish whole tables as the release of `now` (UTC). Tables that are not given are published without rows.

    `readers` names the optional readers that were used; `accuracy` is what `docs/accuracy.json` says, if it exists.
    """
    return publish_partitions(
        split_frames(frames), root, now, code_version=code_version, readers=readers, accuracy=accuracy
    )


def publish_partitions(
    partitions: Iterable[Partition],
    root: Path,
    now: datetime,
    *,
    code_version: str,
    readers: Iterable[str] = (),
    accuracy: Mapping[str, object] | None = None,
) -> Release:
    """Publish partitions, each given once, in any order; only a few are held in memory at a time."""
    root.mkdir(parents=True, exist_ok=True)
    used = tuple(sorted(readers))
    with _only_publisher(root):
        previous = latest_release(root)
        before = load_manifest(previous) if previous else None
        known = {file.path: file for file in before.files} if before else {}
        build = _Build(root / f"{BUILDING}{os.getpid()}", previous, known)
        build.directory.mkdir()
        _add_partitions(build, partitions)
        _add_empty_tables(build, set(load_tables()) - {"changes"})
        after = Version(build.directory, tuple(build.files), code_version, used)
        changes = find_changes(Version.of(previous, before), after) if previous and before else no_changes()
        _add_partitions(build, split_frames({"changes": changes.table}))
        _add_empty_tables(build, {"changes"})
        release = _release_id(now, build.files)
        manifest = _finish(build, release, now, code_version, used, accuracy, before, changes)
        directory = _move_in_place(build, root, release)
    size = sum(file.bytes for file in manifest.files)
    name = before.release if before else None
    return Release(release, directory, name, len(manifest.files), build.linked, size, manifest.tables, changes)


def load_accuracy(file: Path) -> Mapping[str, object] | None:
    """What `make accuracy` measured, for the manifest; None where it was not run. Raises `ReleaseError` for no JSON."""
    if not file.exists():
        return None
    try:
        told: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ReleaseError(f"{file}: no JSON ({error}); run `make accuracy` again") from error
    return told


def split_frames(frames: Mapping[str, pa.Table]) -> Iterator[Partition]:
    """Whole tables as partitions, sorted by table, region and year; rows sorted as the table is published."""
    for table in sorted(frames):
        rows = frames[table]
        if rows.num_rows == 0:
            continue
        names, regions = _regions_of(rows)
        for group, part in _runs(rows, regions * 10_000 + _years_of(rows)):
            yield Partition(table, names[group // 10_000], group % 10_000, part)


def _runs(rows: pa.Table, groups: np.ndarray) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each group; views, not copies, where every group stands together."""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(groups)) + 1))
    if len(np.unique(groups)) < len(starts):
        order = np.argsort(groups, kind="stable")
        rows, groups = rows.take(pa.array(order)), groups[order]
        starts = np.concatenate(([0], np.flatnonzero(np.diff(groups)) + 1))
    for start, end in pairwise((*starts.tolist(), len(groups))):
        yield int(groups[start]), rows.slice(start, end - start)


def sort_rows(table: str, rows: pa.Table) -> pa.Table:
    """Rows in the table's published order, nulls last; unchanged where they stand so already."""
    if _is_sorted(rows, load_tables()[table].order):
        return rows
    keys = np.zeros(rows.num_rows, dtype=np.int64)
    spread = 1
    for name in reversed(load_tables()[table].order):
        codes, size = _ranks(rows.column(name))
        if spread > 2**62 // max(size, 1):
            keys, spread = _compact(keys)
        keys += codes * spread
        spread *= size
    return rows.take(pa.array(np.argsort(keys, kind="stable")))


def _is_sorted(rows: pa.Table, order: tuple[str, ...]) -> bool:
    """Whether each row stands before the next one or beside it; a null counts as not sorted."""
    holds = pa.scalar(True)
    for name in reversed(order):
        column = rows.column(name).combine_chunks()
        before, after = column.slice(0, max(len(column) - 1, 0)), column.slice(1)
        holds = pc.or_(pc.less(before, after), pc.and_(pc.equal(before, after), holds))
    return bool(pc.fill_null(pc.all(holds, skip_nulls=False), False).as_py())


def _ranks(column: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    """For each value its place among the sorted distinct values, nulls last; and how many places there are."""
    encoded = column.combine_chunks().dictionary_encode()
    distinct = encoded.dictionary
    rank = np.empty(len(distinct) + 1, dtype=np.int64)
    rank[pc.sort_indices(distinct).to_numpy()] = np.arange(len(distinct))
    rank[len(distinct)] = len(distinct)
    indices = encoded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)
    return rank[indices], len(distinct) + 1


def _compact(keys: np.ndarray) -> tuple[np.ndarray, int]:
    distinct, places = np.unique(keys, return_inverse=True)
    return places.astype(np.int64), len(distinct)


def _regions_of(rows: pa.Table) -> tuple[list[str], np.ndarray]:
    """Names of the regions, sorted, and for each row the number of its region."""
    districts, codes = _codes(rows.column("district_code"))
    regions = [load_regions().iso_region(code) if code else UNKNOWN_REGION for code in districts]
    names = sorted(set(regions))
    return names, np.array([names.index(region) for region in regions], dtype=np.int64)[codes]


def _years_of(rows: pa.Table) -> np.ndarray:
    years: np.ndarray = rows.column("report_year").fill_null(UNKNOWN_YEAR).to_numpy()
    return years.astype(np.int64)


def encode(table: str, rows: pa.Table) -> pa.Buffer:
    """The bytes of a partition's file: they depend on the rows alone, not on their order."""
    schema = arrow_schema(table)
    ordered = sort_rows(table, rows).cast(schema).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(
        ordered,
        sink,
        row_group_size=ROWS_IN_GROUP,
        compression="zstd",
        use_dictionary=[field.name for field in schema if pa.types.is_string(field.type)],
        write_statistics=True,
        write_page_index=True,
    )
    return sink.getvalue()


def _add_partitions(build: _Build, partitions: Iterable[Partition]) -> None:
    """Add partitions in their order, while threads encode the next few: Arrow writes outside Python's lock."""
    with ThreadPoolExecutor(ENCODED_AHEAD) as pool:
        waiting: deque[tuple[Partition, Future[_Encoded]]] = deque()
        for partition in partitions:
            waiting.append((partition, pool.submit(_encode, partition)))
            if len(waiting) > ENCODED_AHEAD:
                _add_partition(build, *_next(waiting))
        while waiting:
            _add_partition(build, *_next(waiting))


def _next(waiting: deque[tuple[Partition, Future[_Encoded]]]) -> tuple[Partition, _Encoded]:
    partition, encoded = waiting.popleft()
    return partition, encoded.result()


def _encode(partition: Partition) -> _Encoded:
    data = encode(partition.table, partition.rows)
    return data, sha256(data).hexdigest()


def _add_partition(build: _Build, partition: Partition, encoded: _Encoded) -> None:
    _count(build, partition)
    data, digest = encoded
    path = build.directory / partition.path
    path.parent.mkdir(parents=True)
    before = build.known.get(partition.path)
    same = before is not None and before.sha256 == digest and build.previous is not None
    if same and build.previous is not None and _link(build.previous / partition.path, path, digest):
        build.linked += 1
    else:
        _write(build, partition.path, data)
    build.files.append(
        FileEntry(
            path=partition.path,
            table=partition.table,
            region=partition.region,
            year=partition.year,
            rows=partition.rows.num_rows,
            bytes=data.size,
            sha256=digest,
            since=before.since if same and before else "",
        )
    )


def _add_empty_tables(build: _Build, tables: set[str]) -> None:
    """A table without rows is one file without rows, so that whoever opens it finds its columns."""
    for table in sorted(tables - {file.table for file in build.files}):
        empty = Partition(table, UNKNOWN_REGION, UNKNOWN_YEAR, arrow_schema(table).empty_table())
        _add_partition(build, empty, _encode(empty))


def _count(build: _Build, partition: Partition) -> None:
    """Note what the manifest tells of a partition: captures, and reports and cells by province, year and era."""
    rows = partition.rows
    if partition.table == "reports":
        build.captures.update(rows.column("sha256").to_pylist())
        _tally(partition, rows.column("is_latest"), build.reports)
    elif partition.table in CELL_TABLES:
        _tally(partition, pc.equal(rows.column("state"), State.VALUE.value), build.values, build.cells)


def _tally(
    partition: Partition, which: pa.ChunkedArray, chosen: Counter[CountKey], every: Counter[CountKey] | None = None
) -> None:
    """Add the rows marked in `which` to `chosen`, and all rows to `every`."""
    provinces, province_codes = _codes(partition.rows.column("province_code"))
    eras, era_codes = _codes(partition.rows.column("era"))
    codes = province_codes * len(eras) + era_codes
    for counts, mine in ((chosen, codes[which.to_numpy()]), (every, codes)):
        for code, number in enumerate(np.bincount(mine, minlength=1).tolist()):
            if number and counts is not None:
                key = provinces[code // len(eras)], partition.year or None, eras[code % len(eras)]
                counts[key] += number


def _codes(column: pa.ChunkedArray) -> tuple[list[str | None], np.ndarray]:
    """The distinct values, None last, and for each row the number of its value."""
    encoded = column.combine_chunks().dictionary_encode()
    values = [*encoded.dictionary.to_pylist(), None]
    codes: np.ndarray = encoded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)
    return values, codes


def _release_id(now: datetime, files: Iterable[FileEntry]) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content_hash(files)[:8]}"


def _finish(
    build: _Build,
    release: str,
    now: datetime,
    code_version: str,
    readers: tuple[str, ...],
    accuracy: Mapping[str, object] | None,
    before: Manifest | None,
    changes: Changes,
) -> Manifest:
    """Write what stands beside the Parquet files; the manifest comes last."""
    files = tuple(
        file if file.since else file.model_copy(update={"since": release})
        for file in sorted(build.files, key=lambda file: file.path)
    )
    previous = before.release if before else None
    for table in sorted(load_tables()):
        _document(build, f"schemas/{table}.json", table_schema_text(table))
    _document(build, "datapackage.json", datapackage_text(release, now, files))
    _document(build, "DICTIONARY.md", dictionary_markdown())
    _document(build, "CHANGES.md", changes_markdown(release, previous, changes))
    keys = sorted(build.reports.keys() | build.cells.keys(), key=lambda key: tuple(str(part) for part in key))
    manifest = Manifest(
        release=release,
        created_at=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        previous=previous,
        code_version=code_version,
        readers=readers,
        tables={table: sum(file.rows for file in files if file.table == table) for table in load_tables()},
        counts=tuple(
            CountEntry(
                province_code=key[0],
                year=key[1],
                era=key[2],
                reports=build.reports[key],
                cells=build.cells[key],
                values=build.values[key],
            )
            for key in keys
        ),
        accuracy=dict(accuracy) if accuracy is not None else None,
        documents=dict(sorted(build.documents.items())),
        files=files,
        captures=tuple(sorted(build.captures)),
    )
    _write(build, MANIFEST, manifest_text(manifest).encode())
    return manifest


def _document(build: _Build, path: str, text: str) -> None:
    data = text.encode()
    (build.directory / path).parent.mkdir(exist_ok=True)
    _write(build, path, data)
    build.documents[path] = sha256(data).hexdigest()


def _move_in_place(build: _Build, root: Path, release: str) -> Path:
    """Sync, rename the whole directory to its id, then replace the link `latest`."""
    for path in build.written:
        _sync(path)
    for directory, _, _ in os.walk(build.directory, topdown=False):
        _sync(Path(directory))
    target = root / release
    if target.exists():
        shutil.rmtree(build.directory)
    else:
        build.directory.rename(target)
    _sync(root)
    link = root / f".{LATEST}-{os.getpid()}"
    link.symlink_to(release, target_is_directory=True)
    link.replace(root / LATEST)
    _sync(root)
    return target


def _link(source: Path, target: Path, digest: str) -> bool:
    """Whether `target` could be made a second name of `source`, whose bytes are looked at first."""
    try:
        if hash_file(source) != digest:
            return False
        os.link(source, target)
    except OSError:
        return False
    return True


def _write(build: _Build, name: str, data: bytes | pa.Buffer) -> None:
    """Write a file that nobody writes again; it is synced with all others before the release is renamed."""
    path = build.directory / name
    with path.open("xb") as file:
        file.write(data)
    path.chmod(0o444)
    build.written.append(path)


def _sync(path: Path) -> None:
    """Have the disk hold a file, or a directory's names, before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _only_publisher(root: Path) -> Iterator[None]:
    """Hold the lock of `root`, and sweep what runs that were killed have left."""
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(f"{root}: another run is publishing here; wait for it to end") from error
        _sweep(root)
        try:
            yield
        finally:
            _sweep(root)


def _sweep(root: Path) -> None:
    for left in root.glob(f"{BUILDING}*"):
        shutil.rmtree(left)
    for left in root.glob(f".{LATEST}-*"):
        with suppress(FileNotFoundError):
            left.unlink()
