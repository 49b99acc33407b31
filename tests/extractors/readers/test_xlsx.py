"""Workbooks: merged cells, several sheets, titles among tables, numbers as kept, damage told."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from documents import disclosure_2021, placed, report_2021, requests_2021, saved, xlsx_bytes, xlsx_workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Grid, GridSource, Paragraph
from extractors.readers.limits import Limits
from extractors.readers.xlsx import read
from schemas.records import Medium

PAIR = (GridSource("项目", 0, 0), GridSource("数量", 0, 1), GridSource("许可", 1, 0), GridSource("31", 1, 1))


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def rows_of(*rows: list[object]) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    return saved(workbook)


def written(data: bytes) -> list[list[str]]:
    (grid,) = grids(read(data))
    return [[cell.text if cell else "" for cell in row] for row in grid.lattice()]


def filled_places(grid: Grid) -> dict[tuple[int, int], tuple[str, int, int]]:
    return {place: cell for place, cell in placed(grid.cells).items() if cell[0]}


def test_form_of_2021_keeps_every_cell_and_its_titles() -> None:
    document = read(xlsx_bytes(report_2021()))
    disclosure, requests = grids(document)
    assert filled_places(disclosure) == placed(disclosure_2021())
    assert filled_places(requests) == placed(requests_2021())
    titles = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert titles[3:] == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    ]


OLD = (Path(__file__).parents[2] / "cases" / "documents" / "requests_2021.xls").read_bytes()


def test_old_binary_workbook_is_read_the_same_way() -> None:
    document = read(OLD)
    disclosure, requests = grids(document)
    assert (document.medium, document.warnings) == (Medium.XLS, ())
    assert filled_places(disclosure) == placed(disclosure_2021())
    assert filled_places(requests) == placed(requests_2021())


def test_sheets_come_in_order_and_hidden_ones_not_at_all() -> None:
    other = (*PAIR[:3], GridSource("32", 1, 1))
    workbook = xlsx_workbook([[PAIR], [PAIR], [other]])
    workbook.worksheets[1].sheet_state = "hidden"
    document = read(saved(workbook))
    assert [grid.cells[-1].text for grid in grids(document)] == ["31", "32"]


def test_numbers_are_written_as_kept() -> None:
    data = rows_of(
        ["项", "数"], ["甲", 21.0], ["乙", 7730.28], ["丙", 0.1 + 0.2], ["丁", "1,024"], ["戊", date(2023, 1, 5)]
    )
    assert [row[1] for row in written(data)] == ["数", "21", "7730.28", "0.3", "1,024", "2023-01-05"]


def test_blank_cell_stays_a_cell() -> None:
    assert written(rows_of(["项", "数", "和"], ["甲", None, 3])) == [["项", "数", "和"], ["甲", "", "3"]]


def test_row_of_blanks_inside_a_table_does_not_part_it() -> None:
    assert written(rows_of(["项", "数"], ["甲", 1], [], ["乙", 2])) == [["项", "数"], ["甲", "1"], ["乙", "2"]]


def test_row_of_blanks_before_a_header_parts_tables() -> None:
    document = read(rows_of(["项", "数"], ["甲", 1], [], ["名", "量"], ["乙", 2]))
    assert [[cell.text for cell in grid.cells] for grid in grids(document)] == [
        ["项", "数", "甲", "1"],
        ["名", "量", "乙", "2"],
    ]


def test_group_heading_in_a_list_stays_in_its_table() -> None:
    data = rows_of(["指标", "单位", "数"], ["一、主动公开情况", None, None], ["（一）公开数", "条", 15])
    assert written(data)[1] == ["一、主动公开情况", "", ""]


def test_table_that_does_not_begin_in_the_corner_begins_at_column_0() -> None:
    workbook = openpyxl.Workbook()
    for row, column, value in ((4, 3, "项"), (4, 4, "数"), (5, 3, "甲"), (5, 4, 8)):
        workbook.active.cell(row, column).value = value
    assert written(saved(workbook)) == [["项", "数"], ["甲", "8"]]


def test_sheet_that_claims_the_whole_earth_is_told() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "甲"
    workbook.active["XFD1048576"] = 1
    document = read(saved(workbook))
    assert document.blocks == ()
    assert document.warnings == (("document.over_limit", "17179869184 cells"),)


@pytest.mark.parametrize("place", [30, 32, 40, 44, 64, 72])
def test_compound_file_that_claims_more_than_it_has_is_corrupt(place: int) -> None:
    damaged = OLD[:place] + b"\x1f\x7f" + OLD[place + 2 :]
    assert read(damaged).warnings == (("document.corrupt", "xls: header of the compound file"),)


def test_archive_that_expands_too_far_is_told() -> None:
    assert [code for code, _ in read(xlsx_bytes([PAIR]), Limits(expanded_bytes=100)).warnings] == [
        "document.over_limit"
    ]


def test_package_without_a_workbook_is_corrupt() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<w")
    document = read(stream.getvalue())
    assert (document.medium, [code for code, _ in document.warnings]) == (Medium.XLSX, ["document.corrupt"])


WHOLE = xlsx_bytes([PAIR])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_files_never_raise(place: int, noise: bytes) -> None:
    read(b"\xd0\xcf\x11\xe0" + noise)
    read(WHOLE[:place])
    read(WHOLE[:place] + noise + WHOLE[place + len(noise) :])
