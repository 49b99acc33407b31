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
from extractors.readers.markup import Element, is_hidden

PROSE_LENGTH = 80
PROSE_SIGN = "。"
_LABEL_WIDTH = 4  # columns over which labels are merged at most
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
    def is_filled(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.nested) or any(self.lines)

    @property
    def is_prose(self) -> bool:
        """Whether this is running text rather than a cell's."""
        return any(PROSE_SIGN in line for line in self.lines) and len(self.text) >= PROSE_LENGTH


@dataclass(frozen=True, slots=True)
class Row:
    """A row's element and its cells."""

    element: Element
    cells: tuple[CellText, ...]

    @property
    def filled(self) -> tuple[CellText, ...]:
        """The cells that hold anything."""
        return tuple(cell for cell in self.cells if cell.is_filled)

    @property
    def is_title(self) -> bool:
        """Whether it is one text across the table; a label before blank cells is none."""
        filled = self.filled
        alone = len(self.cells) == 1 or (
            len(filled) == 1 and _span(filled[0].element, "colspan", WIDEST) > _LABEL_WIDTH
        )
        return len(filled) <= 1 and alone


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
    return tuple(cell for cell in _find_below(row, ("td", "th"), ("tr", "table")) if not is_hidden(cell))


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
    plain = sum(1 for row in rows for cell in row.cells if any(cell.lines) and not cell.nested)
    inner = sum(count_cells(table, _MOST_COUNTED) for row in rows for cell in row.cells for table in cell.nested)
    flags = [not _is_prose(row, frames=inner > plain) for row in rows]
    _give_titles_to_prose(rows, flags)
    runs: list[Run] = []
    start = 0
    for position in range(1, len(rows) + 1):
        if position == len(rows) or flags[position] != flags[start]:
            part = tuple(rows[start:position])
            runs.append(Run(part, is_data=flags[start] and _is_table(part)))
            start = position
    return tuple(runs)


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether rows have columns at all; a frame has one cell, or one with anything but a label in it."""
    if max(len(row.cells) for row in rows) < 2:
        return False
    filled = [cell for row in rows for cell in row.filled]
    if len(filled) > 1:
        return True
    return len(filled) == 1 and len(filled[0].text) < PROSE_LENGTH and not filled[0].nested and len(rows[0].cells) > 2


def place_cells(rows: Sequence[Row]) -> tuple[GridSource, ...]:
    """The cells of a run with row, column and spans."""
    free_at: list[int] = []  # for each column the first row in which it is free again
    placed: list[GridSource] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while column < len(free_at) and free_at[column] > number:
                column += 1
            width = _span(cell.element, "colspan", WIDEST) if column < _WIDEST_ROW else 1
            height = _span(cell.element, "rowspan", len(rows)) or len(rows)
            end = min(number + height, len(rows))
            free_at += [0] * (column + width - len(free_at))
            for covered in range(column, column + width):
                if free_at[covered] < end:
                    free_at[covered] = end
            is_header = cell.element.tag == "th"
            placed.append(GridSource(cell.text, number, column, end - number, width, is_header))
            column += width
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
    if frames and any(cell.nested for cell in row.cells):
        return True
    others = [cell for cell in row.filled if not cell.is_prose]
    return len(others) < len(row.filled) and len(others) <= 2


def _give_titles_to_prose(rows: Sequence[Row], flags: list[bool]) -> None:
    """A row with nothing but a title, right above prose, belongs to the prose."""
    for position in range(len(rows) - 2, -1, -1):
        if not flags[position + 1] and rows[position].is_title:
            flags[position] = False
