"""Tables before they are a page: cells with spans, roles and the form's keys in, changed tables out.

`AbstractTable` is what every renderer takes (HTML, text; DOCX, XLSX and PDF may). Its cells tile a rectangle; each
operation is pure and gives another table: columns put in, left out or exchanged, rows cut, merged labels told again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

Key = tuple[str, str, str]


class Role(StrEnum):
    """What a cell is for."""

    ARTICLE = "article"  # a heading over the whole width
    HEADER = "header"
    LABEL = "label"
    VALUE = "value"
    OTHER = "other"  # foreign rows and columns, notes


@dataclass(frozen=True, slots=True)
class AbstractCell:
    """A cell; `key` is (table, item, column) of the form for a value, `variants` are other spellings of a label."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    role: Role = Role.OTHER
    key: Key | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class AbstractTable:
    """Cells that tile a rectangle, in reading order. `header_rows` counts the rows above the first value."""

    id: str
    cells: tuple[AbstractCell, ...]
    header_rows: int = 0

    @cached_property
    def height(self) -> int:
        """Number of rows."""
        return max((cell.row + cell.row_span for cell in self.cells), default=0)

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return max((cell.column + cell.column_span for cell in self.cells), default=0)

    def rows(self) -> list[list[AbstractCell]]:
        """The cells by the row they begin in."""
        rows: list[list[AbstractCell]] = [[] for _ in range(self.height)]
        for cell in sorted(self.cells, key=lambda cell: (cell.row, cell.column)):
            rows[cell.row].append(cell)
        return rows

    def lattice(self) -> list[list[AbstractCell | None]]:
        """The rectangle, a spanning cell in each place it covers."""
        places: list[list[AbstractCell | None]] = [[None] * self.width for _ in range(self.height)]
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    places[row][column] = cell
        return places

    def map(self, change: Callable[[AbstractCell], AbstractCell]) -> AbstractTable:
        """The table with each cell changed."""
        return replace(self, cells=tuple(change(cell) for cell in self.cells))


def table_of_rows(table_id: str, rows: Sequence[Sequence[AbstractCell]], header_rows: int = 0) -> AbstractTable:
    """A table of rows whose cells know their spans but not yet their place: they are laid from the left."""
    taken: set[tuple[int, int]] = set()
    cells: list[AbstractCell] = []
    for index, row in enumerate(rows):
        column = 0
        for cell in row:
            while (index, column) in taken:
                column += 1
            cells.append(replace(cell, row=index, column=column))
            for down in range(cell.row_span):
                taken |= {(index + down, column + right) for right in range(cell.column_span)}
            column += cell.column_span
    return AbstractTable(table_id, tuple(cells), header_rows)


def take_rows(table: AbstractTable, wanted: Iterable[int], keep_merged: bool = True) -> AbstractTable:
    """Some rows of a table, in the order given; a merged cell is cut to the rows taken.

    Where the first row of a merged cell is not among them, its text is written again if `keep_merged`, else left blank.
    """
    order = list(wanted)
    cells: list[AbstractCell] = []
    for cell in table.cells:
        places = sorted(order.index(row) for row in range(cell.row, cell.row + cell.row_span) if row in order)
        for run in _runs(places):
            whole = cell.row in order and order.index(cell.row) == run[0]
            text = cell.text if whole or keep_merged else ""
            cells.append(replace(cell, row=run[0], row_span=len(run), text=text))
    headers = sum(1 for row in order if row < table.header_rows)
    return AbstractTable(table.id, tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))), headers)


def take_columns(table: AbstractTable, order: Sequence[int]) -> AbstractTable:
    """Some columns of a table, in the order given; a merged cell that falls apart is written in each part."""
    cells: list[AbstractCell] = []
    for cell in table.cells:
        covered = range(cell.column, cell.column + cell.column_span)
        places = sorted(position for position, column in enumerate(order) if column in covered)
        cells += [replace(cell, column=run[0], column_span=len(run)) for run in _runs(places)]
    return replace(table, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def insert_column(table: AbstractTable, at: int) -> AbstractTable:
    """An empty column before column `at`: merged cells across it grow, elsewhere it holds empty cells."""
    cells: list[AbstractCell] = []
    grown: set[int] = set()
    for cell in table.cells:
        if cell.column >= at:
            cells.append(replace(cell, column=cell.column + 1))
        elif cell.column + cell.column_span > at:
            cells.append(replace(cell, column_span=cell.column_span + 1))
            grown |= set(range(cell.row, cell.row + cell.row_span))
        else:
            cells.append(cell)
    cells += [AbstractCell("", row, at) for row in range(table.height) if row not in grown]
    return replace(table, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def insert_row(table: AbstractTable, at: int) -> AbstractTable:
    """An empty row before row `at`: merged cells across it grow, elsewhere it holds empty cells."""
    return replace(
        transpose(insert_column(transpose(table), at)), header_rows=table.header_rows + (at < table.header_rows)
    )


def transpose(table: AbstractTable) -> AbstractTable:
    """The table on its side."""
    cells = tuple(
        replace(cell, row=cell.column, column=cell.row, row_span=cell.column_span, column_span=cell.row_span)
        for cell in table.cells
    )
    return AbstractTable(table.id, tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def unmerge(table: AbstractTable, repeat: bool) -> AbstractTable:
    """Every span undone: the text in each place it covered if `repeat`, else in the first alone.

    A value over several columns stays one cell: only its labels are told again.
    """
    cells: list[AbstractCell] = []
    for cell in table.cells:
        if repeat and cell.role is Role.VALUE:
            cells.append(cell)
            continue
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                first = (row, column) == (cell.row, cell.column)
                spread = replace(cell, row=row, column=column, row_span=1, column_span=1)
                if not (first or repeat):
                    spread = replace(spread, text="", key=None, role=Role.OTHER)
                cells.append(spread)
    return replace(table, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def stack(tables: Sequence[AbstractTable], titles: Sequence[str]) -> AbstractTable:
    """Several tables one under the other in one, each under its title over the whole width."""
    width = max(table.width for table in tables)
    cells: list[AbstractCell] = []
    row = 0
    for table, title in zip(tables, titles, strict=True):
        if title:
            cells.append(AbstractCell(title, row, 0, 1, width, Role.ARTICLE))
            row += 1
        cells += [replace(cell, row=cell.row + row) for cell in table.cells]
        row += table.height
    return AbstractTable("+".join(table.id for table in tables), tuple(cells))


def _runs(places: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] + 1 == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
