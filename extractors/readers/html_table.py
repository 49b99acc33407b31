"""The rows of an HTML table to cells with places; and whether a table is one, or only holds a page together.

In: a `<table>` element. Out: `Row`s of `CellText`s (`read_rows`), runs of rows that are data or prose (`split_rows`),
and the `GridSource`s of a run (`place_cells`), placed by the table algorithm of the HTML standard: a cell takes the
first free column of its row; spans are as written, but end with the run's last row and its last column in which any
cell begins. Overlaps stay.

Pages put whole articles into tables: frames of one cell, or sheets saved from a spreadsheet in which each paragraph is
a row. Such rows are prose and are told by content: a sentence too long for a cell, or a table larger than the one it
stands in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from extractors.document import GridSource
from extractors.readers.markup import Element

PROSE_LENGTH = 80
PROSE_SIGN = "。"
WIDEST = 1000  # the HTML standard's own limit of a column span
_MOST_COUNTED = 100  # enough to tell a table from a frame of tables
_WIDEST_ROW = 4000
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell's own lines, and the tables and links that stand in it."""

    element: Element
    lines: tuple[str, ...]
    nested: tuple[Element, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The lines as one string."""
        return "\n".join(self.lines)

    @property
    def is_prose(self) -> bool:
        """Whether this is running text rather than a cell's."""
        return PROSE_SIGN in self.text and len(self.text) >= PROSE_LENGTH


@dataclass(frozen=True, slots=True)
class Row:
    """A row's element and its cells."""

    element: Element
    cells: tuple[CellText, ...]

    @property
    def filled(self) -> tuple[CellText, ...]:
        """The cells that hold anything."""
        return tuple(cell for cell in self.cells if cell.lines or cell.nested)


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow each other and are all data, or all prose."""

    rows: tuple[Row, ...]
    is_data: bool


def find_rows(table: Element) -> tuple[Element, ...]:
    """The rows of a table, wherever forms and other tags have put them, without those of tables in its cells."""
    return _find_below(table, ("tr",), ("td", "th", "table"))


def find_cells(row: Element) -> tuple[Element, ...]:
    """The cells of a row, wherever forms and other tags have put them, without those of tables inside."""
    return _find_below(row, ("td", "th"), ("tr", "table"))


def _find_below(root: Element, wanted: tuple[str, ...], closed: tuple[str, ...]) -> tuple[Element, ...]:
    found: list[Element] = []
    waiting = [iter(root)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag in wanted:
            found.append(child)
        elif child.tag not in closed and len(child):
            waiting.append(iter(child))
    return tuple(found)


def count_cells(table: Element, most: int) -> int:
    """How many cells a table has, those of inner tables included; counted up to `most`."""
    return sum(1 for _ in islice(table.iter("td", "th"), most))


def split_rows(rows: Sequence[Row]) -> tuple[Run, ...]:
    """Cut a table's rows into runs of data and of prose."""
    filled = sum(len(row.filled) for row in rows)
    plain = sum(1 for row in rows for cell in row.cells if cell.lines and not cell.nested)
    inner = sum(count_cells(table, _MOST_COUNTED) for row in rows for cell in row.cells for table in cell.nested)
    frames = inner > plain
    if filled <= 1:
        return (Run(tuple(rows), is_data=False),)
    flags = [not _is_prose(row, frames) for row in rows]
    _give_titles_to_prose(rows, flags)
    runs: list[Run] = []
    start = 0
    for position in range(1, len(rows) + 1):
        if position == len(rows) or flags[position] != flags[start]:
            part = tuple(rows[start:position])
            runs.append(Run(part, is_data=flags[start] and sum(len(row.filled) for row in part) > 1))
            start = position
    return tuple(runs)


def place_cells(rows: Sequence[Row]) -> tuple[GridSource, ...]:
    """The cells of a run with row, column and spans."""
    busy_until: list[int] = []  # for each column the first row in which it is free again
    placed: list[GridSource] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while column < len(busy_until) and busy_until[column] > number:
                column += 1
            width = _span(cell.element, "colspan", WIDEST) if column < _WIDEST_ROW else 1
            height = _span(cell.element, "rowspan", len(rows)) or len(rows)
            height = min(height, len(rows) - number)
            busy_until += [0] * (column + width - len(busy_until))
            for covered in range(column, column + width):
                busy_until[covered] = max(busy_until[covered], number + height)
            is_header = cell.element.tag == "th"
            placed.append(GridSource(cell.text, number, column, height, width or 1, is_header))
            column += max(width, 1)
    last = max((source.column for source in placed), default=0)
    return tuple(_clip(source, last) for source in placed)


def _clip(source: GridSource, last_column: int) -> GridSource:
    width = min(source.column_span, last_column + 1 - source.column)
    if width == source.column_span:
        return source
    return GridSource(source.text, source.row, source.column, source.row_span, width, source.is_header)


def _span(cell: Element, name: str, most: int) -> int:
    written = cell.get(name)
    match = _NUMBER.match(written) if written else None
    if match is None:
        return 1
    if name == "colspan":
        return min(max(int(match.group(1)), 1), most)
    return min(int(match.group(1)), most)  # a row span of 0 means: to the end


def _is_prose(row: Row, frames: bool) -> bool:
    return any((frames and cell.nested) or cell.is_prose for cell in row.cells)


def _give_titles_to_prose(rows: Sequence[Row], flags: list[bool]) -> None:
    """A row with nothing but a title, right above prose, belongs to the prose."""
    for position in range(len(rows) - 2, -1, -1):
        if not flags[position + 1] and len(rows[position].filled) <= 1:
            flags[position] = False
