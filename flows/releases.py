"""Releases on disk: which there are, which is the latest, whether one is whole; and taking old ones away.

    releases/
      20261124T180000Z-1a2b3c4d/    immutable; the name tells UTC time and hash of all its Parquet files
        requests/region=CN-JS/year=2020/part-0.parquet
        manifest.json datapackage.json DICTIONARY.md CHANGES.md schemas/<table>.json
      latest -> 20261124T180000Z-1a2b3c4d

A release is either there as a whole or not at all: it is built under a name that begins with a dot, then renamed.
`latest` is a link replaced in one step. Who scans for longer resolves the link first (`latest_release`), and then
reads one release from beginning to end, whatever is published meanwhile.

Refuses with `ReleaseError`: a release that does not exist or has no readable manifest; pruning the latest one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import ReleaseError

LATEST = "latest"
MANIFEST = "manifest.json"
BUILDING = ".building-"


class FileEntry(BaseModel):
    """A Parquet file of a release; `since` is the first release that has it unchanged."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str
    table: str
    region: str
    year: int
    rows: int
    bytes: int
    sha256: str
    since: str

    @property
    def partition(self) -> tuple[str, str, int]:
        """Table, region and year."""
        return self.table, self.region, self.year


class CountEntry(BaseModel):
    """How many reports and cells with a number stand behind a province, year and era."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    province_code: str | None
    year: int | None
    era: str | None
    reports: int
    cells: int
    values: int


class Manifest(BaseModel):
    """`manifest.json`: what a release holds and what it was made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    release: str
    created_at: str
    previous: str | None
    code_version: str
    readers: tuple[str, ...]
    tables: dict[str, int]
    counts: tuple[CountEntry, ...]
    accuracy: dict[str, object] | None
    documents: dict[str, str]
    files: tuple[FileEntry, ...]
    captures: tuple[str, ...]


class UnknownReleaseError(ReleaseError):
    """A release that is not there."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file of a release."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}"


def list_releases(root: Path) -> tuple[str, ...]:
    """Ids of all releases under `root`, oldest first."""
    if not root.is_dir():
        return ()
    return tuple(
        sorted(
            path.name
            for path in root.iterdir()
            if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
        )
    )


def latest_release(root: Path) -> Path | None:
    """Directory of the release `latest` points to, resolved; None when nothing was published yet."""
    link = root / LATEST
    return link.resolve() if link.exists() else None


def find_release(root: Path, name: str = LATEST) -> Path:
    """Directory of the release of that id, of its beginning, or `latest`. Raises `UnknownReleaseError`."""
    if name == LATEST:
        latest = latest_release(root)
        if latest is None:
            raise UnknownReleaseError(f"{root}: nothing was published here yet; `gongkai nightly` or `make run` does")
        return latest
    found = [one for one in list_releases(root) if one.startswith(name)]
    if len(found) != 1:
        known = ", ".join(found or list_releases(root)) or "none"
        raise UnknownReleaseError(f"{root}: {len(found)} releases begin with {name!r}; name one of: {known}")
    return root / found[0]


def load_manifest(release: Path) -> Manifest:
    """The manifest of a release directory. Raises `ReleaseError` when it cannot be read."""
    path = release / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ReleaseError(f"{path}: no readable manifest ({error}); publish again or prune this release") from error


def content_hash(files: Iterable[FileEntry]) -> str:
    """SHA-256 over paths and hashes of the Parquet files: equal for releases with equal data."""
    digest = sha256()
    for path, file_hash in sorted((file.path, file.sha256) for file in files):
        digest.update(f"{path}\0{file_hash}\n".encode())
    return digest.hexdigest()


def verify_release(release: Path) -> tuple[Fault, ...]:
    """Every file against the manifest (presence, size, SHA-256), files nobody listed, and the id against the files."""
    manifest = load_manifest(release)
    faults = list(_check_files(release, manifest))
    listed = {file.path for file in manifest.files} | set(manifest.documents) | {MANIFEST}
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    faults.extend(Fault(path, "no such file", "a file nobody listed") for path in sorted(there - listed))
    short = content_hash(manifest.files)[:8]
    if not manifest.release == release.name == f"{release.name.split('-')[0]}-{short}":
        faults.append(Fault(MANIFEST, f"an id that ends in {short}", f"{manifest.release} in {release.name}"))
    return tuple(faults)


def _check_files(release: Path, manifest: Manifest) -> Iterator[Fault]:
    hashes = {file.path: file.sha256 for file in manifest.files} | manifest.documents
    sizes = {file.path: file.bytes for file in manifest.files}
    for path, expected in sorted(hashes.items()):
        file = release / path
        if not file.is_file():
            yield Fault(path, "a file", "nothing")
        elif path in sizes and file.stat().st_size != sizes[path]:
            yield Fault(path, f"{sizes[path]} bytes", f"{file.stat().st_size} bytes")
        elif (found := hash_file(file)) != expected:
            yield Fault(path, f"SHA-256 {expected}", found)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def prune_releases(root: Path, keep: int) -> tuple[str, ...]:
    """Take away all but the newest `keep` releases, never the latest; returns the ids taken away.

    A release is first renamed to a name that begins with a dot, so that half of one is never seen.
    """
    if keep < 1:
        raise ReleaseError(f"--keep {keep}: at least one release stays; give 1 or more")
    latest = latest_release(root)
    old = [name for name in list_releases(root)[:-keep] if latest is None or name != latest.name]
    for name in old:
        going = (root / name).rename(root / f".pruned-{name}")
        shutil.rmtree(going)
    for left in root.glob(".pruned-*"):
        shutil.rmtree(left)
    return tuple(old)


def manifest_text(manifest: Manifest) -> str:
    """The manifest as JSON with one file a line, so that two can be compared by eye."""
    shape = manifest.model_dump(mode="json")
    lines = []
    for name, value in shape.items():
        if isinstance(value, list) and value:
            rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value)
            lines.append(f' "{name}": [\n{rows}\n ]')
        else:
            lines.append(f' "{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
