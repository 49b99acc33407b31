"""Word binary files, recorded from a word processor: cells, merges, what is shown and hidden, damage told."""

from __future__ import annotations

import struct
from pathlib import Path

from documents import disclosure_2021, placed, requests_2021
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Grid, Heading, Paragraph
from extractors.readers.doc import read
from extractors.readers.limits import Limits

CASES = Path(__file__).parents[2] / "cases" / "documents"
REQUESTS = (CASES / "requests_2021.doc").read_bytes()
SHOWN = (CASES / "shown_and_hidden.doc").read_bytes()
BLANK = ((7, 4), (7, 9), (26, 3))


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def test_form_of_2021_keeps_every_cell_and_every_blank() -> None:
    document = read(REQUESTS)
    (grid,) = grids(document)
    expected = placed(requests_2021())
    expected |= dict.fromkeys(BLANK, ("", 1, 1))
    assert placed(grid.cells) == expected
    assert document.warnings == ()


def test_cells_of_different_widths_share_columns() -> None:
    assert placed(grids(read(SHOWN))[0].cells) == placed(disclosure_2021())


def test_deleted_and_hidden_text_and_field_codes_are_left_out() -> None:
    texts = [block.text for block in read(SHOWN).blocks if isinstance(block, Paragraph)]
    assert texts == ["青禾区（990101）2022年政府信息公开工作年度报告", "收到37件，第1页，𠮷祥\nLatin text 5.", "完。"]


def test_heading_style_is_a_heading() -> None:
    headings = [block for block in read(SHOWN).blocks if isinstance(block, Heading)]
    assert [(heading.text, heading.level) for heading in headings] == [("三、标题", 2)]


def test_nested_table_is_a_grid_of_its_own() -> None:
    outer, nested = grids(read(SHOWN))[1:]
    assert [cell.text for cell in outer.cells] == ["项目", "数量", "许可", "31"]
    assert ([cell.text for cell in nested.cells], nested.nested_in) == (["内", "6"], 4)


def changed(data: bytes, offset: int, layout: str, value: int) -> bytes:
    """The file with a number of its first block, the FIB, changed."""
    start = data.index(struct.pack("<H", 0xA5EC), 512) + offset
    return data[:start] + struct.pack(layout, value) + data[start + struct.calcsize(layout) :]


def test_file_with_a_password_is_told() -> None:
    assert read(changed(SHOWN, 0x0A, "<H", 0x0100)).warnings == (("document.encrypted", "doc"),)


def test_file_of_word_95_is_told() -> None:
    assert read(changed(SHOWN, 2, "<H", 0x68)).warnings == (("document.unsupported", "Word format 104"),)


def test_file_without_its_piece_table_is_corrupt() -> None:
    document = read(changed(SHOWN, 0x01A6, "<I", 0))
    assert (document.blocks, document.warnings) == ((), (("document.corrupt", "doc: IndexError"),))


def test_cells_past_the_limit_are_told() -> None:
    assert read(REQUESTS, Limits(cells=50)).warnings == (("document.over_limit", "51 cells"),)


def test_bytes_past_the_limit_are_told() -> None:
    assert read(SHOWN, Limits(file_bytes=1000)).warnings == (("document.over_limit", f"{len(SHOWN)} bytes"),)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SHOWN) - 1), st.binary(min_size=1, max_size=16))
def test_damaged_files_never_raise(place: int, noise: bytes) -> None:
    read(noise)
    read(SHOWN[:place])
    read(SHOWN[:place] + noise + SHOWN[place + len(noise) :])
