"""An XLSX or XLS file in, a `Document` out: visible sheets in order, their tables as grids, titles as paragraphs.

A sheet is one endless grid; a report in it is titles, prose and tables below one another. A row with a single cell is a
title or prose when it stands above every table, when it is long, or when it is numbered 一、 and no row of numbers
follows; else it belongs to the table around it. Blank rows between tables part them, those in a table are left out.

Numbers are written as the file keeps them (21, 7730.28), not as a format would show them. Formulas give their last
result. What it refuses: sheets that claim more cells than `Limits` allow, before they take memory.
"""

from __future__ import annotations

import re
import struct
import zipfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

import olefile
from python_calamine import CalamineSheet, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.layout.fragments import NUMERIC
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from schemas.records import Medium

LONG = 60  # characters: a longer text alone in its row is prose
_NUMBERED = re.compile(r"\s*[一二三四五六七八九十]+、")
_CELL_WITH_VALUE = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:[^>/]|/(?!>))*>')

_Value = int | float | str | bool | time | date | datetime | timedelta
_Spans = Mapping[tuple[int, int], tuple[int, int]]  # upper left corner of a merged cell -> rows, columns


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Texts by row and column, spans of merged cells, the places those cover, and in each row the columns with text."""

    rows: tuple[tuple[str, ...], ...]
    spans: _Spans
    covered: frozenset[tuple[int, int]]
    written: tuple[tuple[int, ...], ...]

    def is_alone(self, row: int) -> bool:
        """Whether a row has one text, in a cell of its own or merged over the whole width."""
        columns = self.written[row]
        if len(columns) != 1:
            return False
        span = self.spans.get((row, columns[0]), (1, 1))
        return span[0] == 1 and (span[1] == 1 or columns[0] + span[1] >= len(self.rows[row]))

    def has_number(self, row: int) -> bool:
        """Whether a number, or a dash for one, stands in a row."""
        return any(NUMERIC.fullmatch(self.rows[row][column].strip()) for column in self.written[row])


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a workbook's bytes. Never raises on content: what is wrong with it is in `warnings`."""
    medium = Medium.XLSX if data.startswith(b"PK") else Medium.XLS
    builder = DocumentBuilder(medium)
    warnings: list[tuple[str, str]] = []
    try:
        refusal = _refusal(data, limits)
        if refusal:
            return builder.build(warnings=[refusal])
        with load_workbook(BytesIO(data)) as workbook:
            names = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
            for name in names:
                warnings += _read_sheet(builder, workbook.get_sheet_by_name(name), limits)
    except PasswordError:
        return DocumentBuilder(medium).build(warnings=[("document.encrypted", medium.value)])
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # calamine panics on damaged files, and a panic is no Exception
        return DocumentBuilder(medium).build(warnings=[("document.corrupt", f"{medium.value}: {type(error).__name__}")])
    return builder.build(warnings=warnings)


def _refusal(data: bytes, limits: Limits) -> tuple[str, str] | None:
    if len(data) > limits.file_bytes:
        return "document.over_limit", f"{len(data)} bytes"
    if not data.startswith(b"PK"):
        if not _has_sound_header(data):
            return "document.corrupt", "xls: header of the compound file"
        with olefile.OleFileIO(BytesIO(data)) as container:
            if not _has_sound_chains(container, len(data)):
                return "document.corrupt", "xls: sectors of the compound file"
            return ("document.encrypted", "xlsx") if container.exists("EncryptedPackage") else None
    with zipfile.ZipFile(BytesIO(data)) as archive:
        expanded = sum(member.file_size for member in archive.infolist())
        if expanded > limits.expanded_bytes:
            return "document.over_limit", f"{expanded} bytes expanded"
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                area = _area(archive.read(name))
                if area > limits.cells:
                    return "document.over_limit", f"{area} cells"
    return None


def _has_sound_header(data: bytes) -> bool:
    """Whether a compound file claims no more sectors than it has bytes; calamine takes memory for what is claimed."""
    if len(data) < 512:
        return False
    sector_shift, small_shift = struct.unpack_from("<HH", data, 30)
    claimed = [struct.unpack_from("<I", data, place)[0] for place in (40, 44, 64, 72)]
    return (sector_shift, small_shift) in ((9, 6), (12, 6)) and max(claimed) << sector_shift <= len(data)


def _has_sound_chains(container: olefile.OleFileIO, length: int) -> bool:
    """Whether no stream is longer than the file, and no chain of sectors a circle: calamine never leaves one."""
    container.loadminifat()
    entries = [entry for entry in container.direntries if entry is not None]
    if any(entry.size > length for entry in entries):
        return False
    starts = [container.first_dir_sector, container.first_mini_fat_sector, container.root.isectStart]
    large = [entry.isectStart for entry in entries if entry.size >= container.minisectorcutoff]
    small = [entry.isectStart for entry in entries if entry.size < container.minisectorcutoff]
    return not any(
        _is_circular(table, start)
        for table, begins in ((container.fat, starts + large), (container.minifat, small))
        for start in begins
    )


def _is_circular(table: Sequence[int], start: int) -> bool:
    steps = 0
    while start < len(table) and steps <= len(table):
        start, steps = table[start], steps + 1
    return steps > len(table)


def _area(sheet: bytes) -> int:
    """Rows times columns that the cells of a sheet's XML reach over; calamine takes memory for all of them."""
    rows = columns = 0
    for match in _CELL_WITH_VALUE.finditer(sheet):
        column = 0
        for letter in match[1]:
            column = 26 * column + letter - ord("A") + 1
        rows, columns = max(rows, int(match[2])), max(columns, column)
    return rows * columns


def _read_sheet(builder: DocumentBuilder, source: CalamineSheet, limits: Limits) -> list[tuple[str, str]]:
    if source.total_height * source.total_width > limits.cells:
        return [("document.over_limit", f"{source.total_height * source.total_width} cells")]
    sheet = _sheet(source)
    with_text = [row for row, columns in enumerate(sheet.written) if columns]
    first_table = next((row for row in with_text if len(sheet.written[row]) > 1), len(sheet.rows))
    table: list[int] = []
    for row, following in zip(with_text, (*with_text[1:], None), strict=False):
        is_text = _is_text(sheet, row, following, first_table)
        if is_text or (table and table[-1] + 1 < row and not sheet.has_number(row)):
            _write_table(builder, sheet, table)
            table = []
        if is_text:
            builder.paragraph(sheet.rows[row][sheet.written[row][0]])
        else:
            table.append(row)
    _write_table(builder, sheet, table)
    return []


def _sheet(source: CalamineSheet) -> _Sheet:
    rows = tuple(tuple(_text(value) for value in row) for row in source.to_python(skip_empty_area=False))
    height, width = len(rows), max((len(row) for row in rows), default=0)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        if top > bottom or left > right:
            continue
        spans[top, left] = bottom - top + 1, right - left + 1
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        covered.discard((top, left))
    written = tuple(tuple(column for column, text in enumerate(row) if text.strip()) for row in rows)
    return _Sheet(rows, spans, frozenset(covered), written)


def _text(value: _Value) -> str:
    """A cell's value as text; whole numbers without a fraction."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n")


def _is_text(sheet: _Sheet, row: int, following: int | None, first_table: int) -> bool:
    """Whether a row is a title or prose rather than a table's; `following` is the next row with text."""
    if not sheet.is_alone(row) or sheet.has_number(row):
        return False
    text = sheet.rows[row][sheet.written[row][0]]
    if len(text) > LONG or row < first_table:
        return True
    return _NUMBERED.match(text) is not None and (following is None or not sheet.has_number(following))


def _write_table(builder: DocumentBuilder, sheet: _Sheet, rows: Sequence[int]) -> None:
    columns = sorted({column for row in rows for column in sheet.written[row]})
    if not columns:
        return
    last = max(column + sheet.spans.get((row, column), (1, 1))[1] for row in rows for column in sheet.written[row])
    sources = []
    for index, row in enumerate(rows):
        for column in range(columns[0], last):
            if (row, column) in sheet.covered:
                continue
            height, width = sheet.spans.get((row, column), (1, 1))
            kept = bisect_left(rows, row + height) - index
            text = sheet.rows[row][column]
            sources.append(GridSource(text, index, column - columns[0], kept, min(width, last - column)))
    builder.grid(sources)
