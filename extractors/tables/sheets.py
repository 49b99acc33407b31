"""Everything that may hold a table, as sheets: a document in, `Sheet`s (rows of cells on a rectangle) out.

A table comes as an HTML or Word grid, as lines joined by tabs, pipes or blanks, turned on its side, or with several
rows in one cell. All of these become sheets, so that there is one way to read a row. A sheet's cell keeps where it
came from.

    find_sheets(document)   -> a sheet a grid, and a sheet a run of delimited lines
    explode(sheet)          -> the same with cells that hold several lines as several rows
    transpose(sheet)        -> rows and columns exchanged
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.document import Document, Grid, Heading, Paragraph
from extractors.tables.delimited import Line, sheets_of_lines
from extractors.tables.sheet import Row, Sheet, SheetCell, make_cell
from schemas.records import Locator, State


def find_sheets(document: Document, end: int | None = None, *, aligned: bool = False) -> tuple[Sheet, ...]:
    """All sheets of a document in order, from grids and from runs of delimited lines, up to the character `end`.

    `aligned` takes lines parted by blanks by where their words stand on the screen instead of one after the other.
    """
    sheets: list[Sheet] = []
    lines: list[Line] = []
    for index, block in enumerate(document.blocks):
        if end is not None and block.start >= end:
            break
        if isinstance(block, Grid):
            sheets.extend(sheets_of_lines(lines, aligned=aligned))
            lines = []
            sheets.append(_sheet_of_grid(block, index))
        else:
            lines.extend(_lines_of(block, index))
    sheets.extend(sheets_of_lines(lines, aligned=aligned))
    return tuple(sheet for sheet in sheets if len(sheet.rows) > 0)


def transpose(sheet: Sheet) -> Sheet:
    """The sheet with rows and columns exchanged."""
    width = max((len(row) for row in sheet.rows), default=0)
    turned: dict[int, SheetCell] = {}

    def turn(cell: SheetCell) -> SheetCell:
        return turned.setdefault(id(cell), replace(cell, row=cell.column, column=cell.row))

    columns = [[row[column] if column < len(row) else None for row in sheet.rows] for column in range(width)]
    rows = tuple(tuple(turn(cell) if cell is not None else None for cell in column) for column in columns)
    return replace(sheet, rows=rows)


def explode(sheet: Sheet) -> Sheet:
    """The sheet with each row whose cells hold several lines as several rows.

    A row is parted when a cell of words and a cell of numbers hold the same count of lines, at least two; cells with
    one line stand in the first of the new rows and span the rest.
    """
    rows: list[list[SheetCell | None]] = []
    for index, row in enumerate(sheet.rows):
        count = _lines_in(sheet.own(index))
        base = len(rows)
        if count < 2:
            rows.append([_moved(cell, base - index) if cell is not None else None for cell in row])
            continue
        rows.extend([None] * len(row) for _ in range(count))
        for column, cell in enumerate(row):
            if cell is not None:
                for offset, piece in enumerate(_pieces(cell, count, base)):
                    rows[base + offset][column] = piece
    merged = _share(rows)
    return replace(sheet, rows=merged)


def _sheet_of_grid(grid: Grid, index: int) -> Sheet:
    made: dict[int, SheetCell] = {}
    rows = []
    for lattice_row in grid.lattice():
        row: list[SheetCell | None] = []
        for cell in lattice_row:
            if cell is None:
                row.append(None)
                continue
            if id(cell) not in made:
                locator = Locator(
                    index, cell.row, cell.column, cell.start, cell.start + len(cell.text), cell.page, cell.box
                )
                made[id(cell)] = make_cell(cell.text, cell.row, cell.column, locator)
            row.append(made[id(cell)])
        rows.append(tuple(row))
    return Sheet(tuple(rows), index)


def _lines_of(block: Heading | Paragraph, index: int) -> Iterator[Line]:
    start = block.start
    for text in block.text.split("\n"):
        yield Line(text, start, index)
        start += len(text) + 1


def _lines_in(cells: Sequence[SheetCell]) -> int:
    """How many lines the row is to be parted into: what a cell of words and all lists of numbers agree on, else 1."""
    words = {count for cell in cells if cell.is_words for count in (len(_filled(cell.text)), _height(cell))}
    numbers = {_height(cell) for cell in cells if cell.is_number and _height(cell) > 1}
    if len(numbers) != 1 or not any(cell.state is State.UNREAD for cell in cells):
        return 1
    (count,) = numbers
    return count if count in words else 1


def _height(cell: SheetCell) -> int:
    return cell.text.count("\n") + 1


def _filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _pieces(cell: SheetCell, count: int, base: int) -> list[SheetCell]:
    lines = cell.text.split("\n") if len(cell.text.split("\n")) == count else _filled(cell.text)
    if len(lines) != count:
        return [replace(cell, row=base)] * count
    pieces = []
    position = 0
    for offset, line in enumerate(lines):
        position = cell.text.index(line, position) if line else position
        start = (cell.locator.start or 0) + position
        locator = replace(cell.locator, start=start, end=start + len(line))
        pieces.append(make_cell(line, base + offset, cell.column, locator))
        position += len(line)
    return pieces


def _moved(cell: SheetCell, by: int) -> SheetCell:
    return cell if by == 0 else replace(cell, row=cell.row + by)


def _share(rows: list[list[SheetCell | None]]) -> tuple[Row, ...]:
    """Equal cells made the same object again, since spans are told by identity."""
    known: dict[tuple[int, int, str], SheetCell] = {}
    shared = []
    for row in rows:
        shared.append(
            tuple(None if cell is None else known.setdefault((cell.row, cell.column, cell.text), cell) for cell in row)
        )
    return tuple(shared)
