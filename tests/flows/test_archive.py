from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from flows.archive import Archive, charset_of
from schemas.errors import ArchiveError
from schemas.records import Capture, ReportLink


def capture_of(body: bytes, url: str = "http://a.test/1.html", second: int = 0) -> Capture:
    return Capture(
        url=url,
        sha256=sha256(body).hexdigest(),
        captured_at=datetime(2024, 2, 1, 3, 4, second, 250000, tzinfo=UTC),
        status=200,
        content_type="text/html; charset=GBK",
        declared_charset="gbk",
        etag='"v1"',
        last_modified="Thu, 01 Feb 2024 00:00:00 GMT",
        final_url="http://a.test/final.html",
        headers=(
            ("Content-Type", "text/html; charset=GBK"),
            ("ETag", '"v1"'),
            ("Last-Modified", "Thu, 01 Feb 2024 00:00:00 GMT"),
            ("Content-Encoding", "gzip"),
        ),
    )


def known_part(capture: Capture) -> tuple[object, ...]:
    return (capture.url, capture.sha256, capture.captured_at, capture.etag, capture.declared_charset, capture.final_url)


def test_bytes_come_back_by_their_hash(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    body = "二十件".encode("gbk") * 100
    archive.keep(capture_of(body), body)
    assert archive.read_capture(sha256(body).hexdigest()) == body


def test_equal_bytes_are_kept_once_as_a_revisit(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    body = bytes(range(256)) * 40
    archive.keep(capture_of(body), body)
    size = (tmp_path / "a.test" / "run.warc.gz").stat().st_size
    archive.keep(capture_of(body, "http://a.test/copy.html", 1), body)
    added = (tmp_path / "a.test" / "run.warc.gz").stat().st_size - size
    assert added < size
    assert len(archive.captures()) == 2
    assert archive.read_capture(sha256(body).hexdigest()) == body


def test_index_is_rebuilt_from_the_files_alone(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    for number in range(3):
        body = f"page {number}".encode()
        archive.keep(capture_of(body, f"http://a.test/{number}.html", number), body)
    before = [known_part(capture) for capture in archive.captures()]
    archive.close()
    (tmp_path / "index.sqlite").unlink()
    rebuilt = Archive(tmp_path, "other")
    assert rebuilt.repair.indexed == 3
    assert [known_part(capture) for capture in rebuilt.captures()] == before
    assert rebuilt.reindex().indexed == 3


def test_torn_tail_is_cut_off_and_writing_goes_on(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    first, second, third = b"first" * 50, b"second" * 50, b"third" * 50
    archive.keep(capture_of(first), first)
    archive.close()
    file = tmp_path / "a.test" / "run.warc.gz"
    whole = file.read_bytes()
    archive = Archive(tmp_path, "run")
    archive.keep(capture_of(second, "http://a.test/2.html", 1), second)
    archive.close()
    torn = file.read_bytes()[: len(whole) + 60]
    (tmp_path / "index.sqlite").unlink()
    file.write_bytes(torn)
    archive = Archive(tmp_path, "run")
    assert archive.repair.truncated_bytes == 60
    assert archive.repair.indexed == 1
    archive.keep(capture_of(third, "http://a.test/3.html", 2), third)
    assert archive.read_capture(sha256(first).hexdigest()) == first
    assert archive.read_capture(sha256(third).hexdigest()) == third
    assert archive.reindex().indexed == 2


def test_record_written_but_not_indexed_is_taken_in_at_start(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    body = b"body" * 30
    archive.keep(capture_of(body), body)
    archive._index.execute("DELETE FROM capture")
    archive._index.commit()
    archive.close()
    assert Archive(tmp_path, "run").read_capture(sha256(body).hexdigest()) == body


def test_latest_is_the_newest_capture_of_an_address(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    archive.keep(capture_of(b"old", second=1), b"old")
    archive.keep(capture_of(b"new", second=2), b"new")
    latest = archive.latest("http://a.test/1.html")
    assert latest is not None
    assert latest.sha256 == sha256(b"new").hexdigest()
    assert archive.latest("http://a.test/none.html") is None


def test_damaged_record_is_refused(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    archive.keep(capture_of(b"one"), b"one")
    with pytest.raises(ArchiveError, match="no capture"):
        archive.read_capture("0" * 64)
    archive._index.execute("UPDATE capture SET sha256 = ?", ("0" * 64,))
    with pytest.raises(ArchiveError, match="is not"):
        archive.read_capture("0" * 64)


def test_charset_of_content_type() -> None:
    assert charset_of('text/html; Charset="GB2312"') == "gb2312"
    assert charset_of("text/html") is None


def test_report_keeps_the_link_that_led_to_it_through_a_rebuilt_index(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    link = ReportLink("990101", "http://a.test/1.html", "甲区2023年报", 2023)
    archive.keep(capture_of(b"list", "http://a.test/"), b"list")
    archive.keep(capture_of(b"one", second=1), b"one", link)
    archive.keep(capture_of(b"one", second=2), b"one", link)
    archive.keep(capture_of(b"two", second=3), b"two", link)
    archive.reindex()
    assert [(known, capture.captured_at.second) for known, capture in archive.reports()] == [(link, 1), (link, 3)]


def test_file_that_lost_bytes_is_indexed_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "run")
    archive.keep(capture_of(b"one" * 40), b"one" * 40)
    file = tmp_path / "a.test" / "run.warc.gz"
    size = file.stat().st_size
    archive.keep(capture_of(b"two" * 40, second=1), b"two" * 40)
    archive.close()
    file.write_bytes(file.read_bytes()[: size + 20])
    archive = Archive(tmp_path, "run")
    assert archive.repair.truncated_bytes == 20
    assert [capture.sha256 for capture in archive.captures()] == [sha256(b"one" * 40).hexdigest()]
