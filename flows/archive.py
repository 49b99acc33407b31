"""Captures in, WARC files out, and every capture's bytes back by their hash.

Layout under `archive/`:

    <host>[_<port>]/<run id>.warc.gz    response records of one site and one run, each its own gzip member
    index.sqlite                        what stands where: address, hash, time, status, validators, file, offset

A capture of a report carries the link that led to it (publisher, title, year), so that nothing found once is forgotten
when a list drops it. Bytes are on disk before anyone parses them: a record is written, flushed and synced, then its row
is committed. A body already held is kept as a revisit record that names the earlier one. The index is only a
convenience: `reindex` makes it anew from the WARC files. What a crash may leave is repaired when the archive is opened:
whole records after the last indexed one are taken into the index, a torn record at the end is cut off.

Refuses: to change a record once written; to give out bytes whose hash is not the one asked for (`ArchiveError`).
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.errors import ArchiveError
from schemas.records import Capture, ReportLink

_LINK: TypeAdapter[ReportLink] = TypeAdapter(ReportLink)
_REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_LINK_HEADER = "WARC-Gongkai-Link"
_SHA256_HEADER = "WARC-Gongkai-SHA256"
_FINAL_URL_HEADER = "WARC-Gongkai-Final-URL"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS capture (
    url TEXT NOT NULL, sha256 TEXT NOT NULL, captured_at TEXT NOT NULL, status INTEGER NOT NULL,
    content_type TEXT NOT NULL, declared_charset TEXT, etag TEXT, last_modified TEXT, final_url TEXT NOT NULL,
    link TEXT, is_revisit INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (file, offset)
);
CREATE INDEX IF NOT EXISTS capture_url ON capture (url, captured_at);
CREATE INDEX IF NOT EXISTS capture_sha256 ON capture (sha256, is_revisit);
"""
_FIELDS = "url, sha256, captured_at, status, content_type, declared_charset, etag, last_modified, final_url"


@dataclass(frozen=True, slots=True)
class Repair:
    """What opening the archive had to mend: records taken into the index, bytes of torn tails cut off."""

    indexed: int = 0
    truncated_bytes: int = 0


class Archive:
    """The archive of one data directory. Threads may share it; processes only read."""

    def __init__(self, directory: Path, run_id: str = "manual") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._run_id = run_id
        self._lock = threading.RLock()
        self._index = sqlite3.connect(directory / "index.sqlite", check_same_thread=False)
        self._index.execute("PRAGMA journal_mode=WAL")
        self._index.executescript(_SCHEMA)
        self.repair = self._mend()

    def keep(self, capture: Capture, body: bytes, link: ReportLink | None = None) -> None:
        """Write one response, with the link that led to it for a report. Known bytes become a revisit record."""
        with self._lock:
            known = self._row_of(capture.sha256)
            file = self._directory / _site(capture.url) / f"{self._run_id}.warc.gz"
            file.parent.mkdir(exist_ok=True)
            with file.open("ab") as stream:
                offset = stream.tell()
                writer = WARCWriter(stream, gzip=True, warc_version="1.1")
                writer.write_record(_record(writer, capture, body, known, link))
                stream.flush()
                os.fsync(stream.fileno())
                length = stream.tell() - offset
            with self._index:
                self._insert(capture, link, known is not None, file, offset, length)

    def latest(self, url: str) -> Capture | None:
        """The newest capture of an address."""
        query = f"SELECT {_FIELDS} FROM capture WHERE url = ? ORDER BY captured_at DESC, rowid DESC LIMIT 1"  # noqa: S608 - constant columns
        with self._lock:
            row = self._index.execute(query, (url,)).fetchone()
        return _capture(row) if row else None

    def captures(self, url: str | None = None) -> tuple[Capture, ...]:
        """All captures, of one address or of every one, oldest first."""
        where, values = ("WHERE url = ?", (url,)) if url is not None else ("", ())
        query = f"SELECT {_FIELDS} FROM capture {where} ORDER BY url, captured_at, rowid"  # noqa: S608 - constant columns
        with self._lock:
            return tuple(_capture(row) for row in self._index.execute(query, values))

    def reports(self) -> tuple[tuple[ReportLink, Capture], ...]:
        """Each report page with each of its bytes, once: the first capture of every (publisher, address, hash)."""
        query = f"SELECT link, {_FIELDS} FROM capture WHERE link IS NOT NULL ORDER BY captured_at, rowid"  # noqa: S608 - constant columns
        found: dict[tuple[str, str, str], tuple[ReportLink, Capture]] = {}
        with self._lock:
            for link, *row in self._index.execute(query):
                known, capture = _LINK.validate_json(link), _capture(row)
                found.setdefault((known.publisher_id, capture.url, capture.sha256), (known, capture))
        return tuple(found.values())

    def is_report_of(self, publisher_id: str, url: str) -> bool:
        """Whether a capture of the address was kept as a report of that publisher."""
        query = "SELECT link FROM capture WHERE url = ? AND link IS NOT NULL"
        with self._lock:
            rows = self._index.execute(query, (url,)).fetchall()
        return any(_LINK.validate_json(link).publisher_id == publisher_id for (link,) in rows)

    def place_of(self, digest: str) -> tuple[Path, int] | None:
        """File and offset of the record that holds the bytes with this hash."""
        with self._lock:
            row = self._row_of(digest)
        return (self._directory / row[0], int(row[1])) if row else None

    def read_capture(self, digest: str) -> bytes:
        """The bytes with this SHA-256. Raises `ArchiveError` when they are not held or no longer what they were."""
        place = self.place_of(digest)
        if place is None:
            raise ArchiveError(
                f"{self._directory}: no capture {digest}; `gongkai archive reindex` rebuilds a lost index"
            )
        return read_record(*place, digest)

    def reindex(self) -> Repair:
        """Make the index anew from the WARC files alone."""
        with self._lock, self._index:
            self._index.execute("DELETE FROM capture")
        self.repair = self._mend()
        return self.repair

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def _row_of(self, digest: str) -> tuple[str, int] | None:
        query = "SELECT file, offset FROM capture WHERE sha256 = ? AND NOT is_revisit ORDER BY captured_at LIMIT 1"
        row: tuple[str, int] | None = self._index.execute(query, (digest,)).fetchone()
        return row

    def _insert(
        self, capture: Capture, link: ReportLink | None, is_revisit: bool, file: Path, offset: int, length: int
    ) -> None:
        row = (
            capture.url,
            capture.sha256,
            capture.captured_at.isoformat(),
            capture.status,
            capture.content_type,
            capture.declared_charset,
            capture.etag,
            capture.last_modified,
            capture.final_url,
            _LINK.dump_json(link).decode() if link else None,
            is_revisit,
            file.relative_to(self._directory).as_posix(),
            offset,
            length,
        )
        self._index.execute(f"INSERT OR REPLACE INTO capture VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - only question marks

    def _mend(self) -> Repair:
        """Bring index and files together: see the module's docstring."""
        indexed = truncated = 0
        ends = dict(self._index.execute("SELECT file, MAX(offset + length) FROM capture GROUP BY file"))
        for file in sorted(self._directory.glob("*/*.warc.gz")):
            start = ends.get(file.relative_to(self._directory).as_posix(), 0)
            size = file.stat().st_size
            if size == start:
                continue
            if size < start:
                start = self._forget(file)
            end = start
            with self._index:
                for capture, link, is_revisit, offset, length in _read_records(file, start):
                    self._insert(capture, link, is_revisit, file, offset, length)
                    end, indexed = offset + length, indexed + 1
            if end < size:
                os.truncate(file, end)
                truncated += size - end
        return Repair(indexed, truncated)

    def _forget(self, file: Path) -> int:
        """Drop the rows of a file that has become shorter than the index knows; it is read again from byte 0."""
        with self._index:
            self._index.execute("DELETE FROM capture WHERE file = ?", (file.relative_to(self._directory).as_posix(),))
        return 0


def read_record(file: Path, offset: int, digest: str) -> bytes:
    """The body of the record at a byte of a WARC file. Raises `ArchiveError` when its SHA-256 is not `digest`."""
    try:
        with file.open("rb") as stream:
            stream.seek(offset)
            body = next(iter(ArchiveIterator(stream))).content_stream().read()
    except (OSError, StopIteration, ArchiveLoadFailed) as error:
        raise ArchiveError(f"{file}: no record at byte {offset}: {error}; run `gongkai archive reindex`") from error
    if sha256(body).hexdigest() != digest:
        raise ArchiveError(f"{file}: the record at byte {offset} is not {digest}; restore the file from a copy")
    return bytes(body)


def _site(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower().replace(":", "_") or "unknown"


def _record(
    writer: WARCWriter, capture: Capture, body: bytes, known: tuple[str, int] | None, link: ReportLink | None
) -> object:
    status = StatusAndHeaders(str(capture.status), list(_http_headers(capture)), protocol="HTTP/1.1")
    headers = {
        "WARC-Date": capture.captured_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        _SHA256_HEADER: capture.sha256,
        _FINAL_URL_HEADER: capture.final_url or capture.url,
    }
    if link is not None:
        headers[_LINK_HEADER] = json.dumps(json.loads(_LINK.dump_json(link)), ensure_ascii=True)
    if known is None:
        return writer.create_warc_record(
            capture.url, "response", payload=BytesIO(body), http_headers=status, warc_headers_dict=headers
        )
    headers |= {"WARC-Profile": _REVISIT_PROFILE}
    return writer.create_warc_record(capture.url, "revisit", http_headers=status, warc_headers_dict=headers)


def _http_headers(capture: Capture) -> Iterator[tuple[str, str]]:
    """The headers as received, but for those that spoke of an encoding already taken off."""
    for name, value in capture.headers:
        if name.lower() not in {"content-encoding", "transfer-encoding", "content-length"}:
            yield name, value


def _read_records(file: Path, start: int) -> Iterator[tuple[Capture, ReportLink | None, bool, int, int]]:
    """Whole records from byte `start`: capture, link, whether a revisit, offset and length. Ends at a torn one."""
    with file.open("rb") as stream:
        stream.seek(start)
        records = ArchiveIterator(stream, no_record_parse=False)
        with suppress(ArchiveLoadFailed, EOFError, OSError):
            for record in records:
                body = record.content_stream().read()
                offset, length = start + records.get_record_offset(), records.get_record_length()
                is_revisit = record.rec_type == "revisit"
                digest = record.rec_headers.get_header(_SHA256_HEADER)
                if not is_revisit and sha256(body).hexdigest() != digest:
                    return
                link = record.rec_headers.get_header(_LINK_HEADER)
                known = _LINK.validate_json(link) if link else None
                yield _capture_of(record, digest), known, is_revisit, offset, length


def _capture_of(record: object, digest: str) -> Capture:
    headers, http = record.rec_headers, record.http_headers  # type: ignore[attr-defined]  # warcio is untyped
    content_type = http.get_header("Content-Type") or ""
    return Capture(
        url=headers.get_header("WARC-Target-URI"),
        sha256=digest,
        captured_at=datetime.fromisoformat(headers.get_header("WARC-Date").replace("Z", "+00:00")),
        status=int(http.get_statuscode()),
        content_type=content_type,
        declared_charset=charset_of(content_type),
        etag=http.get_header("ETag"),
        last_modified=http.get_header("Last-Modified"),
        final_url=headers.get_header(_FINAL_URL_HEADER) or "",
    )


def charset_of(content_type: str) -> str | None:
    """The charset a Content-Type header declares."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.lower() == "charset" and value:
            return value.strip("\"' ").lower()
    return None


def _capture(row: Sequence[Any]) -> Capture:
    url, digest, captured_at, status, content_type, charset, etag, last_modified, final_url = row
    return Capture(
        url,
        digest,
        datetime.fromisoformat(captured_at),
        status,
        content_type,
        charset,
        etag,
        last_modified,
        final_url,
    )
