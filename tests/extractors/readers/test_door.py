import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.readers import read
from extractors.readers.sniff import sniff_medium
from schemas.findings import load_finding_codes
from schemas.records import Medium


def make_zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "medium"),
    [
        (b"\n\n%PDF-1.4 ...", Medium.PDF),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), Medium.IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(20), Medium.IMAGE),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Medium.IMAGE),
        (make_zip("word/document.xml"), Medium.DOCX),
        (make_zip("xl/workbook.xml"), Medium.XLSX),
        (make_zip("年报.doc"), Medium.ZIP),
        (b"PK\x03\x04 cut off", Medium.ZIP),
        (COMPOUND + "WordDocument".encode("utf-16-le"), Medium.DOC),
        (COMPOUND + "Workbook".encode("utf-16-le"), Medium.XLS),
        (COMPOUND, Medium.UNKNOWN),
        (b"{\\rtf1 x}", Medium.UNKNOWN),
        ("\ufeff <!DOCTYPE html><p>年报".encode(), Medium.HTML),
        ("<P>年报".encode("gb18030"), Medium.HTML),
        ("<html><body>年报</body></html>".encode("utf-16"), Medium.HTML),
        ("年报 <table><tr><td>1</td></tr></table>".encode(), Medium.HTML),
        (b'{"content": "<p>5</p>"}', Medium.HTML),
        (b'callback({"content": "5"})', Medium.HTML),
        ("年度报告\n收到申请<5>件，BM 12".encode("gb18030"), Medium.TEXT),
        ("BM25 是一种算法".encode(), Medium.TEXT),
        ("年度报告".encode("utf-16"), Medium.TEXT),
        (bytes(range(256)), Medium.UNKNOWN),
        (b"", Medium.UNKNOWN),
        (b" \r\n", Medium.UNKNOWN),
    ],
)
def test_medium_is_told_by_content(data: bytes, medium: Medium) -> None:
    assert sniff_medium(data) is medium


def test_empty_file_is_a_document_without_blocks() -> None:
    document = read(b"")
    assert (document.blocks, document.text) == ((), "")
    assert document.warnings == (("document.empty", "the file is empty"),)


def test_garbage_is_unsupported() -> None:
    document = read(bytes(range(256)) * 4)
    assert (document.medium, document.blocks) == (Medium.UNKNOWN, ())
    assert [code for code, _ in document.warnings] == ["document.unsupported"]


PIECES = (
    *(
        "<table>",
        "<tr>",
        "<td rowspan=3>",
        "<td colspan=0>",
        "</td>",
        "</table>",
        "<p>",
        "</p>",
        "<br>",
        "<pre>",
        "<o:p>",
    ),
    *("<div style='display:none'>", "</div>", "<ul>", "<li>", "</li>", "<span class=a>", "</span>", "<textarea>"),
    *("<!--", "-->", "<![if x]>", "<script>document.write('<td>'+", "</script>", "&nbsp;", "\x00", "{", '"', "年", "5"),
)
PAGES = st.lists(st.sampled_from(PIECES), max_size=60).map(lambda parts: "".join(parts).encode())


@settings(deadline=None)  # a busy machine is no failure
@given(st.one_of(st.binary(max_size=400), st.text(max_size=100).map(str.encode), PAGES))
def test_no_bytes_raise_and_every_place_is_right(data: bytes) -> None:
    document = read(data)
    codes = load_finding_codes()
    assert all(code in codes for code, _ in document.warnings)
    assert document.blocks or document.warnings
    for block in document.blocks:
        for part in getattr(block, "cells", (block,)):
            assert document.text[part.start : part.start + len(part.text)] == part.text
