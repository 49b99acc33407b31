"""PDF: tables with rulings and without, broken over pages, turned; prose in order; damage told."""

from __future__ import annotations

from io import BytesIO

import pytest
from documents import FONT, PdfPages, disclosure_2021, pdf_bytes, placed, proceedings, report_2021, requests_2021
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extractors.document import Document, Grid, GridSource, Paragraph
from extractors.readers.limits import Limits
from extractors.readers.pdf import read

SMALL = tuple(GridSource(str(10 * row + column), row, column) for row in range(1, 4) for column in range(3)) + tuple(
    GridSource(text, 0, column) for column, text in enumerate(("甲项", "乙项", "丙项"))
)


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def paragraphs(document: Document) -> list[str]:
    return ["".join(block.text.split()) for block in document.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("options", [{}, {"repeat_rows": 3}, {"turned": 1}, {"turned": 1, "repeat_rows": 3}])
def test_form_of_2021_keeps_every_cell_over_page_breaks(options: dict[str, int]) -> None:
    document = read(pdf_bytes(report_2021(), **options))
    disclosure, requests = grids(document)
    assert placed(disclosure.cells) == placed(disclosure_2021())
    assert placed(requests.cells) == placed(requests_2021())
    assert document.warnings == ()


def test_blocks_come_in_reading_order_without_page_numbers() -> None:
    document = read(pdf_bytes(report_2021()))
    kinds = [type(block).__name__ for block in document.blocks]
    assert kinds == ["Paragraph"] * 4 + ["Grid", "Paragraph", "Grid", "Paragraph"]
    assert paragraphs(document)[3:] == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    ]


def test_every_text_stands_where_its_offset_says() -> None:
    document = read(pdf_bytes(report_2021()))
    for block in document.blocks:
        for part in block.cells if isinstance(block, Grid) else (block,):
            assert document.text[part.start : part.start + len(part.text)] == part.text


def test_cell_tells_its_page_and_its_box() -> None:
    document = read(pdf_bytes(report_2021()))
    last = next(cell for cell in grids(document)[1].cells if cell.text == "274")
    assert last.page == 2
    assert last.box is not None
    left, top, right, bottom = last.box
    assert (round(left), round(right)) == (499, 535)
    assert 60 < top < bottom < 842


def test_table_without_rulings_is_read_by_its_columns() -> None:
    document = read(pdf_bytes(report_2021(), ruled=False))
    requests = grids(document)[-1]
    rows = [[cell.text for cell in row if cell is not None and cell.text.isdigit()] for row in requests.lattice()]
    assert [row for row in rows if row] == [[str(100 + 7 * row + column) for column in range(7)] for row in range(25)]


def test_wrapped_label_without_rulings_stays_with_its_numbers() -> None:
    document = read(pdf_bytes(report_2021(), ruled=False))
    requests = grids(document)[-1]
    row = next(cell.row for cell in requests.cells if cell.text == "233")
    label = next(cell.text for cell in requests.cells if cell.row == row and cell.text.startswith("5."))
    assert "".join(label.split()) == "5.要求行政机关确认或重新出具已获取信息"


LIST = (
    ("统计指标", "单位", "统计数"),
    ("一、主动公开情况", "", ""),
    ("（一）主动公开政府信息数", "条", "1567"),
    ("2.政府网站公开政府信息数", "条", "1422"),
    ("3.政务微博公开政府信息数", "条", ""),
    ("二、回应解读情况", "", ""),
    ("4.收取的费用", "万元", "0.35"),
)


def test_list_without_rulings_keeps_rows_without_a_number() -> None:
    cells = tuple(GridSource(text, row, column) for row, line in enumerate(LIST) for column, text in enumerate(line))
    document = read(pdf_bytes(["三、附表", cells, "完。"], ruled=False, widths=(300, 70, 100)))
    (grid,) = grids(document)
    assert [tuple(cell.text if cell else "" for cell in row) for row in grid.lattice()] == list(LIST)
    assert paragraphs(document) == ["三、附表", "完。"]


def test_table_of_numbers_alone_is_read_without_rulings() -> None:
    document = read(pdf_bytes(["四、行政复议、行政诉讼情况", proceedings()], ruled=False, widths=(31,) * 15))
    (grid,) = grids(document)
    assert [cell.text for cell in grid.lattice()[-1] if cell] == [str(20 + column) for column in range(15)]
    assert paragraphs(document) == ["四、行政复议、行政诉讼情况"]


def test_blank_cell_without_rulings_is_a_cell() -> None:
    cells = tuple(cell for cell in SMALL if (cell.row, cell.column) != (2, 1))
    (grid,) = grids(read(pdf_bytes([cells], ruled=False)))
    assert [cell.text for cell in grid.cells if cell.row == 2] == ["20", "", "22"]


def test_blank_cell_with_rulings_is_a_cell() -> None:
    cells = tuple(cell for cell in SMALL if (cell.row, cell.column) != (2, 1))
    (grid,) = grids(read(pdf_bytes([cells])))
    assert [cell.text for cell in grid.cells if cell.row == 2] == ["20", "", "22"]


def page(draw: object, **options: object) -> bytes:
    pages = PdfPages(footer="", **options)  # type: ignore[arg-type]  # options are named by the tests below
    draw(pages)  # type: ignore[operator]
    return pages.done()


def test_number_wider_than_its_cell_is_not_cut() -> None:
    def draw(pages: PdfPages) -> None:
        for column in range(3):
            pages.canvas.rect(60 + 30 * column, 700, 30, 20)
        pages.text(63, 125, "1234567.89", 9)
        pages.text(123, 125, "5", 9)

    (grid,) = grids(read(page(draw)))
    assert [cell.text for cell in grid.cells] in (["1234567.89", "", "5"], ["", "1234567.89", "5"])


def test_number_broken_in_a_narrow_cell_is_one_number() -> None:
    def draw(pages: PdfPages) -> None:
        for column in range(2):
            pages.canvas.rect(60 + 26 * column, 690, 26, 30)
        for line, text in enumerate(("274", "70")):
            pages.text(65, 125 + 11 * line, text, 9)
        pages.text(91, 125, "5", 9)

    (grid,) = grids(read(page(draw)))
    assert [cell.text for cell in grid.cells] == ["27470", "5"]


def test_numbers_below_one_another_in_a_wide_cell_stay_two() -> None:
    def draw(pages: PdfPages) -> None:
        for column in range(2):
            pages.canvas.rect(60 + 90 * column, 690, 90, 30)
        for line, text in enumerate(("274", "70")):
            pages.text(65, 125 + 11 * line, text, 9)

    (grid,) = grids(read(page(draw)))
    assert [cell.text for cell in grid.cells] == ["274\n70", ""]


def test_character_drawn_twice_is_read_once() -> None:
    def draw(pages: PdfPages) -> None:
        for column in range(2):
            pages.canvas.rect(60 + 60 * column, 700, 60, 20)
            for shift in (0, 0.4):
                pages.text(63 + 60 * column + shift, 125, ("110", "22")[column], 9)

    (grid,) = grids(read(page(draw)))
    assert [cell.text for cell in grid.cells] == ["110", "22"]


def test_white_fill_behind_text_is_no_table() -> None:
    def draw(pages: PdfPages) -> None:
        for line in range(4):
            pages.canvas.setFillColorRGB(1, 1, 1)
            pages.canvas.rect(60, 700 - 27 * line, 400, 27, stroke=0, fill=1)
            pages.canvas.setFillColorRGB(0, 0, 0)
            pages.text(64, 125 + 27 * line, f"第{line}行文字写在白底之上", 12)

    document = read(page(draw))
    assert grids(document) == []
    assert "".join(paragraphs(document)) == "".join(f"第{line}行文字写在白底之上" for line in range(4))


def test_borders_drawn_as_thin_fills_part_cells() -> None:
    def draw(pages: PdfPages) -> None:
        for edge in range(4):
            pages.canvas.rect(60, 700 - 20 * edge, 180, 0.5, stroke=0, fill=1)
            pages.canvas.rect(60 + 60 * edge, 640, 0.5, 60, stroke=0, fill=1)
        for row in range(3):
            for column in range(3):
                pages.text(64 + 60 * column, 147 + 20 * row, str(100 * row + column + 7), 9)

    (grid,) = grids(read(page(draw)))
    assert [cell.text for cell in grid.cells] == ["7", "8", "9", "107", "108", "109", "207", "208", "209"]


def test_table_open_at_its_sides_has_all_its_columns() -> None:
    def draw(pages: PdfPages) -> None:
        for edge in range(3):
            pages.canvas.line(60, 700 - 20 * edge, 240, 700 - 20 * edge)
        for edge in range(2):
            pages.canvas.line(120 + 60 * edge, 660, 120 + 60 * edge, 700)
        for row in range(2):
            for column in range(3):
                pages.text(64 + 60 * column, 147 + 20 * row, str(100 * row + column + 7), 9)

    (grid,) = grids(read(page(draw)))
    assert [cell.text for cell in grid.cells] == ["7", "8", "9", "107", "108", "109"]


def test_slanted_watermark_is_left_out() -> None:
    def draw(pages: PdfPages) -> None:
        pages.table(SMALL)
        pages.canvas.rotate(45)
        pages.canvas.setFont(FONT, 40)
        pages.canvas.drawString(500, 200, "内部资料88")

    document = read(page(draw))
    assert placed(grids(document)[0].cells) == placed(SMALL)
    assert "资料" not in document.text


def test_row_torn_by_a_page_break_is_one_row() -> None:
    def draw(pages: PdfPages) -> None:
        def row(top: float, texts: tuple[str, str, str]) -> None:
            for column, (left, right) in enumerate(((60, 200), (200, 300), (300, 400))):
                pages.canvas.rect(left, pages.height - top - 22, right - left, 22)
                pages.text(left + 3, top + 5, texts[column], 9)

        row(720, ("1.前一项", "11", "12"))
        row(742, ("2.这一项的名称很长很长很长写", "21", "22"))
        pages.new_page()
        row(60, ("不完了", "", ""))
        row(82, ("3.后一项", "31", "32"))

    (grid,) = grids(read(page(draw)))
    assert ["".join(cell.text.split()) for cell in grid.cells] == [
        "1.前一项", "11", "12", "2.这一项的名称很长很长很长写不完了", "21", "22", "3.后一项", "31", "32",
    ]  # fmt: skip


def test_rows_on_both_sides_of_a_page_break_stay_two() -> None:
    def draw(pages: PdfPages) -> None:
        for top, texts in ((742, ("甲", "")), (60, ("乙", "5"))):
            if top == 60:
                pages.new_page()
            for column, text in enumerate(texts):
                pages.canvas.rect(60 + 100 * column, pages.height - top - 22, 100, 22)
                pages.text(63 + 100 * column, top + 5, text, 9)

    (grid,) = grids(read(page(draw)))
    assert [(cell.row, cell.text) for cell in grid.cells] == [(0, "甲"), (0, ""), (1, "乙"), (1, "5")]


def test_tables_with_text_between_stay_two() -> None:
    document = read(pdf_bytes([SMALL, "二、下一张表", SMALL]))
    assert [placed(grid.cells) for grid in grids(document)] == [placed(SMALL)] * 2


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    left = ["左边第一行写满了一整栏的字", "左边第二行写满了一整栏的字", "左边第三行写满了一整栏的字"] * 2
    right = [line.replace("左", "右") for line in left]

    def draw(pages: PdfPages) -> None:
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            pages.text(60, 100 + 20 * number, one, 12)
            pages.text(320, 100 + 20 * number, other, 12)

    document = read(page(draw))
    assert "".join(document.text.split()) == "".join(left + right)


def test_text_drawn_out_of_order_is_read_by_position() -> None:
    def draw(pages: PdfPages) -> None:
        for top in (160, 100, 130):
            pages.text(60, top, f"高度{top}。", 12)

    assert paragraphs(read(page(draw))) == ["高度100。", "高度130。", "高度160。"]


def test_paragraph_goes_on_over_a_page_break() -> None:
    text = "这一段话很长，" * 150 + "到此为止。"
    document = read(pdf_bytes([text, "下一段。"]))
    assert paragraphs(document) == [text, "下一段。"]


def test_running_head_is_left_out() -> None:
    def draw(pages: PdfPages) -> None:
        for number in range(3):
            pages.text(200, 30, "某区政府信息公开", 9)
            pages.text(60, 200, f"第{number}页写的话。", 12)
            pages.new_page()
        pages.text(60, 200, "完。", 12)

    assert paragraphs(read(page(draw))) == ["第0页写的话。", "第1页写的话。", "第2页写的话。", "完。"]


def test_picture_without_text_needs_ocr() -> None:
    stream = BytesIO()
    canvas = Canvas(stream)
    canvas.rect(100, 100, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    document = read(stream.getvalue())
    assert document.blocks == ()
    assert document.warnings == (("document.needs_ocr", "pages 1"),)


def test_file_with_a_password_is_told() -> None:
    stream = BytesIO()
    canvas = Canvas(stream, encrypt=StandardEncryption("user", "owner", strength=128))
    canvas.drawString(100, 100, "secret")
    canvas.save()
    document = read(stream.getvalue())
    assert document.blocks == ()
    assert [code for code, _ in document.warnings] == ["document.encrypted"]


def test_pages_past_the_limit_are_told() -> None:
    document = read(pdf_bytes(report_2021()), Limits(pages=1))
    assert ("document.over_limit", "2 pages") in document.warnings


def test_cells_past_the_limit_are_told() -> None:
    document = read(pdf_bytes(report_2021()), Limits(cells=100))
    assert len(grids(document)) == 1
    assert ("document.over_limit", "245 cells") in document.warnings


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_raise(data: bytes) -> None:
    assert read(b"%PDF-1.4\n" + data).blocks == ()


TRUNCATED = pdf_bytes([SMALL, "一、文字。"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(TRUNCATED)), st.integers(0, 255))
def test_damaged_files_never_raise(place: int, byte: int) -> None:
    read(TRUNCATED[:place])
    read(TRUNCATED[:place] + bytes([byte]) + TRUNCATED[place + 1 :])
