"""Results of stages, kept by key: a rerun does only what is new, and a crash costs only the unit under way.

One SQLite file, `work/state.sqlite`. A result is bytes under a key; a key is the hash of the stage's name, its input
and the code's version (`code_version`: SHA-256 over the sources of `schemas` and `extractors`), so that a changed
reader or form never meets an old result. Nothing here knows what the bytes mean; the whole file may be deleted at any
time.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_PACKAGES = ("schemas", "extractors")
_SUFFIXES = (".py", ".yaml", ".csv", ".txt")


@cache
def code_version(packages: tuple[str, ...] = _PACKAGES) -> str:
    """SHA-256 over names and contents of the packages' sources; by default those that decide how a document is read."""
    digest = sha256()
    for package in packages:
        for name, data in sorted(_sources(files(package), package)):
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def result_key(stage: str, *inputs: str) -> str:
    """Key of a stage's result for these inputs under the present code."""
    return sha256("\0".join((stage, code_version(), *inputs)).encode()).hexdigest()


class State:
    """The store of results. Used by one process; workers hand their results back to it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / "state.sqlite", check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS result (key TEXT PRIMARY KEY, body BLOB NOT NULL)")

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that have a result."""
        query = "SELECT 1 FROM result WHERE key = ?"
        return {key for key in keys if self._connection.execute(query, (key,)).fetchone()}

    def load(self, key: str) -> bytes | None:
        """The result under `key`, None when there is none."""
        row = self._connection.execute("SELECT body FROM result WHERE key = ?", (key,)).fetchone()
        return zlib.decompress(row[0]) if row else None

    def keep(self, results: Iterable[tuple[str, bytes]]) -> None:
        """Keep results, all or none of them."""
        rows = [(key, zlib.compress(body, 1)) for key, body in results]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO result VALUES (?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _sources(directory: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in directory.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, path)
        elif entry.name.endswith(_SUFFIXES):
            yield path, entry.read_bytes()
