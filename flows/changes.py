"""Two releases in, what differs between them out: every cell and figure, each with its cause.

Only partitions whose files differ are opened. A cause is looked for in this order: the report is new, withdrawn or
moved to another region; its bytes changed; an override was added or taken away; other readers were used; the code
changed. What none of these explains is `unattributed` and should not happen.

A new, withdrawn or moved report is one row of table `reports`; its cells are counted, not listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from flows.normalize import make_table
from flows.releases import FileEntry, Manifest
from schemas.dataset import CELL_TABLES, arrow_schema, load_tables

_KEY = ["report_id", "item", "column"]
_WHO = ["publisher_id", "level", "province_code", "district_code", "report_year"]
_CONTENT = ["value", "unit", "state", "text"]
_WHOLE = {"added": "new_report", "withdrawn": "withdrawn_report", "moved": "new_region"}
_COMPARED = (*CELL_TABLES, "figures")


@dataclass(frozen=True, slots=True)
class Version:
    """A release as it is compared: where it lies, its files, and what it was made with."""

    directory: Path
    files: tuple[FileEntry, ...]
    code_version: str
    readers: tuple[str, ...]

    @classmethod
    def of(cls, directory: Path, manifest: Manifest) -> Version:
        """The version that a published release is."""
        return cls(directory, manifest.files, manifest.code_version, manifest.readers)


@dataclass(frozen=True, slots=True, order=True)
class ChangeCount:
    """How many rows of a table, region and year differ, by kind and cause."""

    table: str
    region: str
    year: int
    kind: str
    cause: str
    rows: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The table `changes`, and the counts behind `CHANGES.md`."""

    table: pa.Table
    counts: tuple[ChangeCount, ...]


Pair = tuple[FileEntry | None, FileEntry | None]


def no_changes() -> Changes:
    """The changes of a release that has none before it."""
    return Changes(make_table("changes", ()), ())


def find_changes(before: Version, after: Version) -> Changes:
    """All differences in reports, cells and figures between two releases."""
    reports, new_bytes = _compare_reports(before, after)
    whole = dict(zip(reports["report_id"], reports["cause"], strict=True))
    frames = [reports]
    counts = Counter(_keys("reports", reports))
    for table in _COMPARED:
        for old, new in _pairs(before, after, table):
            frame = _compare(table, _read(before, old, table), _read(after, new, table))
            frame["cause"] = frame["report_id"].map(whole)
            _attribute(frame, new_bytes, before, after)
            place = new or old
            frame["region"], frame["year"] = (place.region, place.year) if place else ("", 0)
            counts.update(_keys(table, frame))
            frames.append(frame[~frame["cause"].isin(_WHOLE.values())])
    rows = pd.concat(frames, ignore_index=True).sort_values(list(load_tables()["changes"].order), kind="stable")
    return Changes(_as_table(rows), tuple(sorted(ChangeCount(*key, number) for key, number in counts.items())))


def changes_markdown(release: str, previous: str | None, changes: Changes) -> str:
    """`CHANGES.md`: what a release changed against the one before, by table, province, year and cause."""
    lines = [f"# Changes in release {release}", ""]
    if previous is None:
        lines.append("The first release: there is none to compare with.")
    elif not changes.counts:
        lines.append(f"Nothing differs from release {previous}.")
    else:
        lines += [
            f"Against release {previous}. Rows by table, province, year and cause; every changed value, and every",
            f"report that is new, withdrawn or moved, stands in the table `changes` ({changes.table.num_rows} rows).",
            "",
            "| table | region | year | kind | cause | rows |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {one.table} | {one.region} | {one.year} | {one.kind} | {one.cause} | {one.rows} |"
            for one in changes.counts
        ]
    return "\n".join([*lines, ""])


def _pairs(before: Version, after: Version, table: str) -> Iterator[Pair]:
    """The files of each partition of a table that differ, old and new; None where one side has none."""
    old = {file.partition: file for file in before.files if file.table == table}
    new = {file.partition: file for file in after.files if file.table == table}
    for partition in sorted(old.keys() | new.keys()):
        was, now = old.get(partition), new.get(partition)
        if was is None or now is None or was.sha256 != now.sha256:
            yield was, now


def _read(version: Version, file: FileEntry | None, table: str) -> pd.DataFrame:
    """The rows of a partition of `table`; no rows where there is no file."""
    rows = pq.ParquetFile(version.directory / file.path).read() if file else make_table(table, ())
    frame: pd.DataFrame = rows.to_pandas()
    return frame


def _compare_reports(before: Version, after: Version) -> tuple[pd.DataFrame, set[str]]:
    """Reports that are new, withdrawn or moved as rows of `changes`, and the ids of those read from other bytes."""
    sides = []
    for version, place in ((before, 0), (after, 1)):
        files = [pair[place] for pair in _pairs(before, after, "reports")]
        parts = [_read(version, file, "reports").assign(region=file.region, year=file.year) for file in files if file]
        rows = (
            pd.concat(parts, ignore_index=True) if parts else _read(version, None, "reports").assign(region="", year=0)
        )
        sides.append(rows[rows["is_latest"].astype(bool)].set_index("report_id", drop=False))
    was, now = sides
    both = was.index.intersection(now.index)
    moved = both[
        (was.loc[both, ["region", "year"]].to_numpy() != now.loc[both, ["region", "year"]].to_numpy()).any(axis=1)
    ]
    new_bytes = set(both[was.loc[both, "sha256"].to_numpy() != now.loc[both, "sha256"].to_numpy()])
    rows = pd.concat(
        [
            now.loc[now.index.difference(was.index)].assign(kind="added"),
            was.loc[was.index.difference(now.index)].assign(kind="withdrawn"),
            now.loc[moved].assign(kind="moved"),
        ],
        ignore_index=True,
    )
    return rows.assign(cause=rows["kind"].map(_WHOLE), table="reports", item="", column=""), new_bytes


def _compare(table: str, was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Rows of `changes` without a cause yet, for the cells of one partition."""
    sides = [_tagged(table, was), _tagged(table, now)]
    wide = sides[0].merge(sides[1], on=_KEY, how="outer", suffixes=("_before", "_after"), indicator="side")
    wide["kind"] = (
        wide.pop("side").map({"left_only": "withdrawn", "right_only": "added", "both": "changed"}).astype(str)
    )
    differs = wide["kind"] != "changed"
    for name in (*_CONTENT, "override_id"):
        left, right = wide[f"{name}_before"], wide[f"{name}_after"]
        differs |= (left != right).fillna(True).astype(bool) & ~(left.isna() & right.isna())
    wide = wide[differs].reset_index(drop=True)
    for name in _WHO:
        wide[name] = wide[f"{name}_after"].where(wide["kind"] != "withdrawn", wide[f"{name}_before"])
    return wide.assign(table=table)


def _tagged(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns to compare; a figure's place is its indicator and its span in the text."""
    if table == "figures":
        rows = rows.assign(
            item=rows["indicator"].fillna(""),
            column=rows["locator_start"].astype(str) + "-" + rows["locator_end"].astype(str),
            state="value",
            override_id=None,
        ).drop_duplicates(_KEY)
    rows = rows[[*_KEY, *_WHO, *_CONTENT, "override_id"]]
    return rows if len(rows) else rows.astype(object)  # pandas cannot join empty columns of Arrow strings


def _attribute(frame: pd.DataFrame, new_bytes: set[str], before: Version, after: Version) -> None:
    """Fill in the causes that are still open."""
    left, right = frame["override_id_before"], frame["override_id_after"]
    overridden = (left != right).fillna(True).astype(bool) & ~(left.isna() & right.isna())
    run = "unattributed"
    if before.readers != after.readers:
        run = "new_readers"
    elif before.code_version != after.code_version:
        run = "new_code"
    frame["cause"] = frame["cause"].astype(object)
    for mask, cause in (
        (frame["report_id"].isin(new_bytes), "new_bytes"),
        (overridden, "override"),
        (pd.Series(True, index=frame.index), run),
    ):
        frame.loc[frame["cause"].isna() & mask, "cause"] = cause


def _keys(table: str, frame: pd.DataFrame) -> Iterator[tuple[str, str, int, str, str]]:
    for region, year, kind, cause in zip(frame["region"], frame["year"], frame["kind"], frame["cause"], strict=True):
        yield table, str(region), int(year), str(kind), str(cause)


def _as_table(frame: pd.DataFrame) -> pa.Table:
    schema = arrow_schema("changes")
    return pa.Table.from_pandas(
        frame.reindex(columns=schema.names), schema=schema, preserve_index=False
    ).replace_schema_metadata(schema.metadata)


def count_by(counts: Iterable[ChangeCount], *names: str) -> Mapping[tuple[str, ...], int]:
    """Rows added up over everything but the fields named."""
    total: Counter[tuple[str, ...]] = Counter()
    for one in counts:
        total[tuple(str(getattr(one, name)) for name in names)] += one.rows
    return dict(sorted(total.items()))
