"""Archives: the report in them, limits, and what is no archive of reports."""

from __future__ import annotations

import zipfile
from io import BytesIO

from documents import docx_bytes, placed, requests_2021
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Grid, GridSource
from extractors.readers.limits import Limits
from extractors.readers.zip import read
from schemas.records import Medium

NOTE = "附件说明".encode()
REPORT = docx_bytes(["青禾区2022年政府信息公开工作年度报告", requests_2021()])


def zipped(**members: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_member_with_most_cells_is_the_report() -> None:
    small = docx_bytes([(GridSource("甲", 0, 0), GridSource("1", 0, 1)), "很长的说明。" * 5000])
    document = read(zipped(a=NOTE, b=small, c=REPORT, d=NOTE))
    assert document.medium is Medium.DOCX
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert placed(grid.cells) == placed(requests_2021())


def test_archive_in_an_archive_is_opened() -> None:
    assert read(zipped(inner=zipped(c=REPORT))).medium is Medium.DOCX


def test_archives_nested_too_deep_are_told() -> None:
    data = zipped(c=REPORT)
    for _ in range(3):
        data = zipped(inner=data)
    assert read(data, Limits(nesting=3)).warnings == (("document.over_limit", "archives nested too deep"),)


def test_archive_that_expands_too_far_is_told() -> None:
    document = read(zipped(a=bytes(2_000_000)), Limits(expanded_bytes=1_000_000))
    assert document.warnings == (("document.over_limit", "more than 1000000 bytes expanded"),)


def test_archive_without_files_is_empty() -> None:
    assert read(zipped()).warnings == (("document.empty", "the archive holds no file"),)


def test_package_of_another_format_is_named() -> None:
    assert read(zipped(**{"OFD.xml": b"<OFD/>"})).warnings == (("document.unsupported", "OFD"),)


def test_member_with_a_password_is_told() -> None:
    data = bytearray(zipped(a=NOTE))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert read(bytes(data)).warnings == (("document.encrypted", "zip"),)


WHOLE = zipped(a=NOTE, b=NOTE)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_files_never_raise(place: int, noise: bytes) -> None:
    read(noise)
    read(WHOLE[:place])
    read(WHOLE[:place] + noise + WHOLE[place + len(noise) :])
