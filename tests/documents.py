"""Tables and paragraphs in, files of each medium out: what the readers' tests read back.

A document is a sequence of blocks: a string is a paragraph, a tuple of `GridSource` a table with its spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import docx
import openpyxl
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractors.document import GridSource

Block = str | tuple[GridSource, ...]
FONT = "STSong-Light"

APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
GROUPS = (
    (
        "（三）不予公开",
        8,
        "属于国家秘密 其他法律行政法规禁止公开 危及“三安全一稳定” 保护第三方合法权益 属于三类内部事务信息 "
        "属于四类过程性信息 属于行政执法案卷 属于行政查询事项",
    ),
    ("（四）无法提供", 3, "本机关不掌握相关政府信息 没有现成信息需要另行制作 补正后申请内容仍不明确"),
    (
        "（五）不予处理",
        5,
        "信访举报投诉类申请 重复申请 要求提供公开出版物 无正当理由大量反复申请 要求行政机关确认或重新出具已获取信息",
    ),
    (
        "（六）其他处理",
        3,
        "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请 "
        "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请 其他",
    ),
)


def requests_2021(first: int = 100) -> tuple[GridSource, ...]:
    """Table of section 三 of the form of 2021 with 175 different numbers, counted up from `first`, row by row."""
    cells = [
        GridSource("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 0, 0, 3, 3),
        GridSource("申请人情况", 0, 3, 1, 7),
        GridSource("自然人", 1, 3, 2, 1),
        GridSource("法人或其他组织", 1, 4, 1, 5),
        GridSource("总计", 1, 9, 2, 1),
    ]
    cells += [GridSource(label, 2, 4 + column) for column, label in enumerate(APPLICANTS[1:6])]
    labels = [
        GridSource("一、本年新收政府信息公开申请数量", 3, 0, 1, 3),
        GridSource("二、上年结转政府信息公开申请数量", 4, 0, 1, 3),
        GridSource("三、本年度办理结果", 5, 0, 22, 1),
        GridSource("（一）予以公开", 5, 1, 1, 2),
        GridSource("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 6, 1, 1, 2),
    ]
    row = 7
    for name, count, items in GROUPS:
        labels.append(GridSource(name, row, 1, count, 1))
        labels += [GridSource(f"{number + 1}.{item}", row + number, 2) for number, item in enumerate(items.split())]
        row += count
    labels += [GridSource("（七）总计", row, 1, 1, 2), GridSource("四、结转下年度继续办理", row + 1, 0, 1, 3)]
    values = [
        GridSource(str(first + 7 * index + column), 3 + index, 3 + column) for index in range(25) for column in range(7)
    ]
    return (*cells, *labels, *values)


def disclosure_2021() -> tuple[GridSource, ...]:
    """Table of section 二 of the form of 2021: articles over the whole width, two columns under them."""
    cells: list[GridSource] = []
    parts = (
        (
            "第二十条第（一）项",
            "本年制发件数 本年废止件数 现行有效件数",
            (("规章", "1 2 3"), ("行政规范性文件", "4 5 6")),
        ),
        ("第二十条第（五）项", "本年处理决定数量", (("行政许可", "7123"),)),
        ("第二十条第（六）项", "本年处理决定数量", (("行政处罚", "812"), ("行政强制", "9"))),
        ("第二十条第（八）项", "本年收费金额（单位：万元）", (("行政事业性收费", "1025.37"),)),
    )
    row = 0
    for article, header, items in parts:
        cells.append(GridSource(article, row, 0, 1, 4))
        for label, values in (("信息内容", header), *items):
            row += 1
            written = values.split()
            cells.append(GridSource(label, row, 0))
            span = 3 // len(written)
            cells += [GridSource(text, row, 1 + span * place, 1, span) for place, text in enumerate(written)]
        row += 1
    return tuple(cells)


def proceedings(first: int = 20) -> tuple[GridSource, ...]:
    """Table of section 四 with 15 different numbers, counted up from `first`."""
    results = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    return (
        GridSource("行政复议", 0, 0, 1, 5),
        GridSource("行政诉讼", 0, 5, 1, 10),
        GridSource("未经复议直接起诉", 1, 5, 1, 5),
        GridSource("复议后起诉", 1, 10, 1, 5),
        *(GridSource(results[column], 1, column, 2, 1) for column in range(5)),
        *(GridSource(results[column % 5], 2, 5 + column) for column in range(10)),
        *(GridSource(str(first + column), 3, column) for column in range(15)),
    )


def report_2021() -> tuple[Block, ...]:
    """The blocks of a short report of an invented district."""
    return (
        "青禾区2022年政府信息公开工作年度报告",
        "一、总体情况",
        "全年主动公开政府信息1326条，收到政府信息公开申请37件，均在法定期限内答复。" * 3,
        "二、主动公开政府信息情况",
        disclosure_2021(),
        "三、收到和处理政府信息公开申请情况",
        requests_2021(),
        "四、政府信息公开行政复议、行政诉讼情况",
    )


def placed(cells: Sequence[Any]) -> dict[tuple[int, int], tuple[str, int, int]]:
    """Place -> text without white space, row span, column span: cells of any kind, to compare grids."""
    return {(cell.row, cell.column): ("".join(cell.text.split()), cell.row_span, cell.column_span) for cell in cells}


def shape(cells: Sequence[GridSource]) -> tuple[int, int]:
    """Rows and columns of a table."""
    return (
        max(cell.row + cell.row_span for cell in cells),
        max(cell.column + cell.column_span for cell in cells),
    )


def filled(cells: Sequence[GridSource]) -> tuple[GridSource, ...]:
    """The table with an empty cell in each hole."""
    rows, columns = shape(cells)
    taken = {
        (row, column)
        for cell in cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    holes = [GridSource("", row, column) for row in range(rows) for column in range(columns)]
    return (*cells, *(hole for hole in holes if (hole.row, hole.column) not in taken))


def docx_document(blocks: Sequence[Block]) -> Any:
    """A python-docx document; save it with `saved`."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(*shape(block))
        table.style = "Table Grid"
        for cell in block:
            first = table.cell(cell.row, cell.column)
            last = table.cell(cell.row + cell.row_span - 1, cell.column + cell.column_span - 1)
            (first.merge(last) if last is not first else first).text = cell.text
    return document


def saved(document: Any) -> bytes:
    """Bytes of a python-docx document or an openpyxl workbook."""
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def docx_bytes(blocks: Sequence[Block]) -> bytes:
    """A DOCX file."""
    return saved(docx_document(blocks))


def xlsx_workbook(sheets: Sequence[Sequence[Block]]) -> Any:
    """An openpyxl workbook with a sheet for each sequence of blocks; numbers are written as numbers."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, blocks in enumerate(sheets, 1):
        sheet = workbook.create_sheet(f"表{number}")
        row = 1
        for block in blocks:
            cells = (GridSource(block, 0, 0),) if isinstance(block, str) else block
            for cell in cells:
                top, left = row + cell.row, 1 + cell.column
                numeric = cell.text.replace(".", "", 1).isdecimal()
                sheet.cell(top, left).value = float(cell.text) if numeric else cell.text
                if cell.row_span > 1 or cell.column_span > 1:
                    bottom, right = top + cell.row_span - 1, left + cell.column_span - 1
                    sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
            row += shape(cells)[0]
    return workbook


def xlsx_bytes(*sheets: Sequence[Block]) -> bytes:
    """An XLSX file."""
    return saved(xlsx_workbook(sheets))


@dataclass
class PdfPages:
    """Draws blocks from top to bottom on as many pages as they need. Tables break between rows, merged cells too."""

    ruled: bool = True
    repeat_rows: int = 0
    size: tuple[float, float] = A4
    margin: float = 60
    widths: tuple[float, ...] = ()
    footer: str = "- {page} -"
    turned: int = 0
    stream: BytesIO = field(default_factory=BytesIO)

    def __post_init__(self) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.canvas = Canvas(self.stream, pagesize=self.size)
        self.width, self.height = self.size if not self.turned else self.size[::-1]
        self.page = 0
        self.new_page()

    def new_page(self) -> None:
        """Begin a page; a turned one is drawn sideways."""
        if self.page:
            self.canvas.showPage()
        self.page += 1
        if self.turned:
            self.canvas.rotate(90)
            self.canvas.translate(0, -self.size[0])
        self.top = self.margin
        self.text(self.width / 2 - 10, self.height - 30, self.footer.format(page=self.page), 9)

    def text(self, left: float, top: float, text: str, size: float) -> None:
        """Write text with its upper left corner at a place."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(left, self.height - top - 0.85 * size, text)

    def paragraph(self, text: str, size: float = 12) -> None:
        """Write a paragraph, its first line indented."""
        width = self.width - 2 * self.margin
        for number, line in enumerate(wrapped("\u3000\u3000" + text, width, size)):
            if self.top + 1.6 * size > self.height - self.margin:
                self.new_page()
            indent = 2 * size if number == 0 else 0
            self.text(self.margin + indent, self.top, line.strip("\u3000"), size)
            self.top += 1.6 * size
        self.top += 4

    def table(self, cells: Sequence[GridSource]) -> None:
        """Draw a table, going on to further pages between rows."""
        cells = filled(cells)
        row_count, column_count = shape(cells)
        widths = self.widths or self._widths(column_count)
        edges = [self.margin + sum(widths[:column]) for column in range(column_count + 1)]
        heights = _row_heights(cells, widths, row_count)
        start = 0
        while start < row_count:
            end, height = start, 0.0
            while end < row_count and self.top + height + heights[end] <= self.height - self.margin:
                height += heights[end]
                end += 1
            if end == start:
                self.new_page()
                continue
            self._part(cells, edges, heights, range(start, end))
            start = end
            if start < row_count:
                self.new_page()
                if self.repeat_rows:
                    self._part(cells, edges, heights, range(self.repeat_rows))
        self.top += 10

    def _widths(self, columns: int) -> tuple[float, ...]:
        labels = (24.0, 76.0, 120.0) if columns == 10 else (120.0,)
        rest = (self.width - 2 * self.margin - sum(labels)) / (columns - len(labels))
        return labels + (rest,) * (columns - len(labels))

    def _part(self, cells: Sequence[GridSource], edges: Sequence[float], heights: Sequence[float], rows: range) -> None:
        tops = [self.top + sum(heights[rows.start : row]) for row in range(rows.start, rows.stop + 1)]
        for cell in cells:
            first, last = max(cell.row, rows.start), min(cell.row + cell.row_span, rows.stop)
            if first >= last:
                continue
            left, right = edges[cell.column], edges[cell.column + cell.column_span]
            top, bottom = tops[first - rows.start], tops[last - rows.start]
            if self.ruled:
                self.canvas.rect(left, self.height - bottom, right - left, bottom - top)
            if first == cell.row:
                lines = wrapped(cell.text, right - left - 6, 9)
                above = max((bottom - top - 11 * len(lines)) / 2, 1)
                for number, line in enumerate(lines):
                    self.text(left + 3, top + above + 11 * number, line, 9)
        self.top = tops[-1]

    def done(self) -> bytes:
        """The file's bytes."""
        self.canvas.save()
        return self.stream.getvalue()


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of text no wider than a width, broken between any two characters."""
    lines = [""]
    for character in text:
        if character == "\n" or (lines[-1] and pdfmetrics.stringWidth(lines[-1] + character, FONT, size) > width):
            lines.append("")
        lines[-1] += character.strip("\n")
    return lines


def _row_heights(cells: Sequence[GridSource], widths: Sequence[float], rows: int) -> list[float]:
    heights = [18.0] * rows
    for cell in cells:
        if cell.row_span == 1:
            width = sum(widths[cell.column : cell.column + cell.column_span])
            heights[cell.row] = max(heights[cell.row], 11 * len(wrapped(cell.text, width - 6, 9)) + 7)
    return heights


def pdf_bytes(blocks: Sequence[Block], **options: Any) -> bytes:
    """A PDF file; options are those of `PdfPages`."""
    pages = PdfPages(**options)
    for block in blocks:
        if isinstance(block, str):
            pages.paragraph(block)
        else:
            pages.table(block)
    return pages.done()


def shifted(cells: Sequence[GridSource], rows: int) -> tuple[GridSource, ...]:
    """The table moved down by some rows."""
    return tuple(replace(cell, row=cell.row + rows) for cell in cells)
