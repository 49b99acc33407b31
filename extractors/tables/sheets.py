"""Everything that may hold a table, as sheets: a document in, `Sheet`s (rows of cells on a rectangle) out.

A table comes as an HTML or Word grid, as lines joined by tabs, pipes or blanks, turned on its side, or with several
rows in one cell. All of these become sheets, so that there is one way to read a row. A sheet's cell keeps where it
came from.

    find_sheets(document)   -> a sheet a grid, and a sheet a run of delimited lines
    explode(sheet)          -> the same with cells that hold several lines as several rows
    transpose(sheet)        -> rows and columns exchanged
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from extractors.document import Document, Grid, Heading, Paragraph
from extractors.tables.cells import read_cell
from extractors.tables.labels import bare
from schemas.records import Locator, State


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A written cell: `words` is its bare text when it holds words, else empty; `state` as if it were a value cell."""

    text: str
    words: str
    state: State
    value: Decimal | None
    unit: str | None
    locator: Locator
    row: int
    column: int

    @property
    def is_number(self) -> bool:
        """Whether a number stands here, or several that cannot be parted."""
        return self.state in (State.VALUE, State.UNREAD)

    @property
    def is_words(self) -> bool:
        """Whether words stand here: a label, or text where a number belongs."""
        return self.state is State.TEXT


Row = tuple[SheetCell | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells on a rectangle. A spanning cell stands at each place it covers, as the same object; None is a hole.

    `has_geometry` is false where columns only count the cells of a line, so that a lost cell shifts the rest;
    `is_aligned` is true where columns are places on the screen, so that only they tell a cell's column; `from_lines`
    where the sheet was made of lines of text, so that a label alone on its line is a row whose cells are empty.
    """

    rows: tuple[Row, ...]
    block: int
    has_geometry: bool = True
    is_aligned: bool = False
    from_lines: bool = False

    def own(self, row: int) -> tuple[SheetCell, ...]:
        """The cells that begin in this row, in order."""
        seen: list[SheetCell] = []
        for cell in self.rows[row]:
            if cell is not None and cell.row == row and all(cell is not one for one in seen):
                seen.append(cell)
        return tuple(seen)


def make_cell(text: str, row: int, column: int, locator: Locator) -> SheetCell:
    """A cell with its text read both as a number and as words."""
    written = read_cell(text)
    words = bare(text) if written.state is State.TEXT or (written.state is State.UNREAD and _has_han(text)) else ""
    state, value = written.state, written.value
    return SheetCell(text, words, state, value, written.unit, locator, row, column)


def find_sheets(document: Document, end: int | None = None, *, aligned: bool = False) -> tuple[Sheet, ...]:
    """All sheets of a document in order, from grids and from runs of delimited lines, up to the character `end`.

    `aligned` takes lines parted by blanks by where their words stand on the screen instead of one after the other.
    """
    sheets: list[Sheet] = []
    lines: list[_Line] = []
    for index, block in enumerate(document.blocks):
        if end is not None and block.start >= end:
            break
        if isinstance(block, Grid):
            sheets.extend(_sheets_of_lines(lines, aligned))
            lines = []
            sheets.append(_sheet_of_grid(block, index))
        else:
            lines.extend(_lines_of(block, index))
    sheets.extend(_sheets_of_lines(lines, aligned))
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


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    block: int


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


def _lines_of(block: Heading | Paragraph, index: int) -> Iterator[_Line]:
    start = block.start
    for text in block.text.split("\n"):
        yield _Line(text, start, index)
        start += len(text) + 1


_PIPE = re.compile(r"[|｜¦]")
_TAB = re.compile(r"\t")
_BLANKS = re.compile(
    r"[ \u00a0\u3000]{2,}|(?<=[\d/—–-])[ \u00a0\u3000](?=[\d/—–+-])|(?<=[^\W\d])[ \u00a0\u3000](?=[\d/—–+-])"
)
_LABEL_LENGTH = 12
_WIDE = 7
_RULE = re.compile(r"^[\s|｜+:\-—=─┼]+$")


def _sheets_of_lines(lines: list[_Line], aligned: bool) -> Iterator[Sheet]:
    """Sheets of runs of lines with one delimiter: at least three lines parted by it, prose in between ends no run."""
    for delimiter in (_PIPE, _TAB, _BLANKS):
        counts = [len(delimiter.findall(line.text.strip("\n"))) for line in lines]
        if sum(count >= 2 for count in counts) >= 3:
            if aligned and delimiter is _BLANKS and _stands_apart(lines):
                yield from filter(None, map(_aligned, _chunks(lines)))
            else:
                yield _delimited(lines, delimiter)
            return


def _delimited(lines: list[_Line], delimiter: re.Pattern[str]) -> Sheet:
    rows: list[Row] = []
    framed = _is_framed([line.text for line in lines if delimiter.search(line.text)])
    for line in lines:
        if not line.text.strip() or (_RULE.match(line.text) and re.search("[-—=─]", line.text)):
            continue
        index = len(rows)
        rows.append(tuple(_split(line, delimiter, index, framed)))
    width = max((len(row) for row in rows), default=0)
    padded = tuple(row + (None,) * (width - len(row)) for row in rows)
    return Sheet(padded, lines[0].block, delimiter is not _BLANKS and _is_even(rows), from_lines=True)


def _is_even(rows: list[Row]) -> bool:
    """Whether merged cells were kept as empty ones, so that columns count: the long rows of a table are as long."""
    lengths = [len(row) for row in rows if len(row) >= _WIDE]
    return sum(before != after for before, after in pairwise(lengths)) <= 1


def _is_framed(lines: list[str]) -> bool:
    """Whether pipes stand around the table, not only between its cells: then nearly every line begins with one."""
    return sum(line.lstrip()[:1] in tuple("|｜¦") for line in lines) >= 0.8 * len(lines)


def _split(line: _Line, delimiter: re.Pattern[str], row: int, framed: bool = False) -> Iterator[SheetCell]:
    text = line.text
    begin = len(text) - len(text.lstrip(" \u00a0\u3000")) if delimiter is not _TAB else 0
    if framed and text[begin : begin + 1] in tuple("|｜¦"):
        begin += 1
    end = len(text.rstrip(" \u00a0\u3000")) if delimiter is _BLANKS else len(text)
    if framed and text.rstrip()[-1:] in tuple("|｜¦") and len(text.rstrip()) > begin:
        end = len(text.rstrip()) - 1
    column = 0
    position = begin
    for match in delimiter.finditer(text, begin, end):
        yield _piece(line, position, match.start(), row, column)
        position = match.end()
        column += 1
    yield _piece(line, position, end, row, column)


def _piece(line: _Line, begin: int, end: int, row: int, column: int) -> SheetCell:
    text = line.text[begin:end]
    return make_cell(
        text, row, column, Locator(line.block, None, None, line.start + begin, line.start + max(end, begin))
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _aligned(lines: list[_Line]) -> Sheet | None:
    """Columns by where the words of a line stand on the screen; None when they do not stand below one another."""
    placed: list[list[tuple[int, int, SheetCell]]] = []
    for line in lines:
        if not line.text.strip() or _RULE.match(line.text):
            continue
        cells = [cell for cell in _split(line, _BLANKS, len(placed)) if cell.text.strip()]
        row = []
        for cell in cells:
            start = (cell.locator.start or 0) - line.start
            left = _width(line.text[:start])
            row.append((left, left + _width(cell.text.strip()), cell))
        placed.append(row)
    columns = _bands([span for row in placed for span in _column_spans(row)])
    if len(columns) < 2:
        return None
    rows = [_in_bands(row, columns, index) for index, row in enumerate(placed)]
    return Sheet(tuple(rows), lines[0].block, is_aligned=True, from_lines=True)


def _chunks(lines: list[_Line]) -> list[list[_Line]]:
    """Lines cut before each header row: every table sets its columns anew."""
    chunks: list[list[_Line]] = [[]]
    after_header = False
    for line in lines:
        parts = [part for part in _BLANKS.split(line.text.strip()) if part]
        is_header = len(parts) >= 3 and not any(read_cell(part).state is not State.TEXT for part in parts)
        if is_header and not after_header:
            chunks.append([])
        chunks[-1].append(line)
        after_header = is_header
    return [chunk for chunk in chunks if chunk]


def _stands_apart(lines: list[_Line]) -> bool:
    """Whether cells are parted by wide blanks, as columns set out for the eye are; single blanks only part words."""
    cut = [line.text.strip() for line in lines if len(_BLANKS.findall(line.text.strip())) >= 2]
    return sum(re.search(r"[ \u00a0\u3000]{2}", text) is not None for text in cut) >= 0.8 * len(cut)


def _column_spans(row: list[tuple[int, int, SheetCell]]) -> Iterator[tuple[int, int]]:
    """Where a row shows columns: its numbers, and the labels of a header row with four columns at least."""
    numbers = [(left, right) for left, right, cell in row if not cell.is_words]
    if len(row) > 2 and numbers:
        yield from numbers
    elif len(row) >= 4 and not numbers:
        yield from ((left, right) for left, right, cell in row[1:] if len(cell.words) <= _LABEL_LENGTH)


def _bands(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    bands: list[tuple[int, int]] = []
    for left, right in sorted(spans):
        if bands and left < bands[-1][1]:
            bands[-1] = (bands[-1][0], max(bands[-1][1], right))
        else:
            bands.append((left, right))
    return bands


def _in_bands(row: list[tuple[int, int, SheetCell]], bands: list[tuple[int, int]], index: int) -> Row:
    """A row on the bands: column 0 holds what stands left of them all; words over several bands span them."""
    cells: list[SheetCell | None] = [None] * (len(bands) + 1)
    for left, right, cell in row:
        covered = [n + 1 for n, band in enumerate(bands) if left < band[1] and right > band[0]]
        if not covered:
            before = [n + 1 for n, band in enumerate(bands) if band[0] <= left]
            covered = [before[-1]] if before else [0]
        if cell.is_words and left < bands[0][0] and covered[0] <= 1:
            covered = [0]
        moved = replace(cell, row=index, column=covered[0])
        for column in covered:
            if cells[column] is None:
                cells[column] = moved
    start = next((cell.locator for _, _, cell in row), Locator(0))
    blank = [replace(start, end=start.start) for _ in cells]
    return tuple(
        cell if cell is not None else make_cell("", index, column, blank[column]) for column, cell in enumerate(cells)
    )


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


def _has_han(text: str) -> bool:
    return any("\u2e80" <= character <= "\u9fff" for character in text)
