"""Lines of text that are rows of a table, as sheets: joined by pipes, by tabs, by blanks, or set out in columns.

In: the lines between two grids of a document. Out: a sheet for each stretch of lines with one delimiter. Where lines
are parted by wide blanks and their numbers stand below one another, columns may be taken by place instead (`aligned`);
a number that stands off its column is `unread` there, since a label that lost a character shifts its whole line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from extractors.tables.cells import read_cell
from extractors.tables.sheet import Row, Sheet, SheetCell, make_cell
from schemas.records import Locator, State

PIPE = re.compile(r"[|｜¦]")
TAB = re.compile(r"\t")
BLANKS = re.compile(
    r"[ \u00a0\u3000]{2,}|(?<=[\d/—–-])[ \u00a0\u3000](?=[\d/—–+-])|(?<=[^\W\d])[ \u00a0\u3000](?=[\d/—–+-])"
)
_PIPES = tuple("|｜¦")
_INNER_TAB = re.compile(r"\S[ \u00a0\u3000]*\t")
_RULE = re.compile(r"^[\s|｜+:\-—=─┼]+$")
_BLANK = re.compile(r"[ \u00a0\u3000]+")
_HEADER_WORD = 16
_LABEL_LENGTH = 12
_WIDE = 7
_LEAST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where it starts in the document's text, and in which block."""

    text: str
    start: int
    block: int


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell by the columns of the screen it covers."""

    left: int
    right: int
    cell: SheetCell


def sheets_of_lines(lines: Sequence[Line], *, aligned: bool = False) -> Iterator[Sheet]:
    """Sheets of the stretches of `lines` with one delimiter; stretches with fewer than three rows are none."""
    for delimiter, stretch in _stretches(lines):
        if sum(len(delimiter.findall(line.text)) >= 2 for line in stretch) < _LEAST_ROWS:
            continue
        if aligned and delimiter is BLANKS and _stands_apart(stretch):
            yield from filter(None, map(_align, _tables(stretch)))
        else:
            yield _delimit(stretch, delimiter)


def _stretches(lines: Sequence[Line]) -> Iterator[tuple[re.Pattern[str], list[Line]]]:
    """Lines by delimiter: pipes and tabs are sure ones; what follows the last line with one may be parted by blanks."""
    current: re.Pattern[str] = BLANKS
    held: list[Line] = []
    loose: list[Line] = []
    for line in lines:
        sure = PIPE if PIPE.search(line.text) else TAB if _INNER_TAB.search(line.text) else None
        if sure is None:
            loose.append(line)
        elif sure is current and len(loose) <= _WIDE:
            held.extend([*loose, line])
            loose = []
        else:
            yield current, held
            yield BLANKS, loose
            current, held, loose = sure, [line], []
    yield current, held
    yield BLANKS, loose


def _delimit(lines: list[Line], delimiter: re.Pattern[str]) -> Sheet:
    rows: list[Row] = []
    frames = _frames(lines, delimiter)
    for line, framed in zip(lines, frames, strict=True):
        if not line.text.strip() or (_RULE.match(line.text) and re.search("[-—=─]", line.text)):
            continue
        rows.append(tuple(_split(line, delimiter, len(rows), framed)))
    width = max((len(row) for row in rows), default=0)
    padded = tuple(row + (None,) * (width - len(row)) for row in rows)
    return Sheet(padded, lines[0].block, delimiter is not BLANKS and _is_even(rows), from_lines=True)


def _is_even(rows: list[Row]) -> bool:
    """Whether merged cells were kept as empty ones, so that columns count: the long rows of a table are as long."""
    lengths = [len(row) for row in rows if len(row) >= _WIDE]
    return sum(before != after for before, after in pairwise(lengths)) <= 1


def _frames(lines: list[Line], delimiter: re.Pattern[str]) -> list[bool]:
    """For each line whether pipes stand around its table, not only between its cells: nearly all lines are so.

    A line without a delimiter parts one table from the next.
    """
    frames: list[bool] = []
    for has_cells, group in groupby(lines, key=lambda line: delimiter.search(line.text) is not None):
        texts = [line.text.strip() for line in group]
        framed = has_cells and sum(text[:1] in _PIPES and text[-1:] in _PIPES for text in texts) >= 0.8 * len(texts)
        frames.extend([framed] * len(texts))
    return frames


def _split(line: Line, delimiter: re.Pattern[str], row: int, framed: bool = False) -> Iterator[SheetCell]:
    text = line.text
    begin = len(text) - len(text.lstrip(" \u00a0\u3000")) if delimiter is not TAB else 0
    end = len(text.rstrip(" \u00a0\u3000")) if delimiter is BLANKS else len(text)
    if framed and text[begin : begin + 1] in _PIPES:
        begin += 1
    if framed and text.rstrip()[-1:] in _PIPES and len(text.rstrip()) > begin:
        end = len(text.rstrip()) - 1
    if delimiter is BLANKS and _is_header_line(text):
        delimiter = _BLANK
    position = begin
    column = 0
    for match in delimiter.finditer(text, begin, end):
        yield _piece(line, position, match.start(), row, column)
        position = match.end()
        column += 1
    yield _piece(line, position, end, row, column)


def _is_header_line(text: str) -> bool:
    """Whether a line is labels parted by single blanks: short words and not one number."""
    parts = _BLANK.split(text.strip())
    return len(parts) >= 2 and not re.search(r"\d", text) and max(map(len, parts)) <= _HEADER_WORD


def _piece(line: Line, begin: int, end: int, row: int, column: int) -> SheetCell:
    locator = Locator(line.block, None, None, line.start + begin, line.start + max(end, begin))
    return make_cell(line.text[begin:end], row, column, locator)


def _stands_apart(lines: list[Line]) -> bool:
    """Whether cells are parted by wide blanks, as columns set out for the eye are; single blanks only part words."""
    cut = [line.text.strip() for line in lines if len(BLANKS.findall(line.text.strip())) >= 2]
    return sum(re.search(r"[ \u00a0\u3000]{2}", text) is not None for text in cut) >= 0.8 * len(cut)


def _tables(lines: list[Line]) -> list[list[Line]]:
    """Lines cut before each header row: every table sets its columns anew."""
    tables: list[list[Line]] = [[]]
    after_header = False
    for line in lines:
        parts = [part for part in BLANKS.split(line.text.strip()) if part]
        is_header = len(parts) >= 3 and all(read_cell(part).state is State.TEXT for part in parts)
        if is_header and not after_header:
            tables.append([])
        tables[-1].append(line)
        after_header = is_header
    return [table for table in tables if table]


def _align(lines: list[Line]) -> Sheet | None:
    """Columns by place; None where the numbers of a column have no edge in common."""
    placed: list[list[_Placed]] = []
    for line in lines:
        if not line.text.strip() or _RULE.match(line.text):
            continue
        cells = [cell for cell in _split(line, BLANKS, len(placed)) if cell.text.strip()]
        placed.append([_place(cell, line) for cell in cells])
    bands = _bands([(one.left, one.right) for row in placed for one in _column_cells(row)])
    edges = [_edges(placed, band) for band in bands]
    if len(bands) < 2 or any(edge is None for edge in edges):
        return None
    rows = [_set_in(row, bands, [edge or (0, 0) for edge in edges], number) for number, row in enumerate(placed)]
    return Sheet(tuple(rows), lines[0].block, is_aligned=True, from_lines=True)


def _place(cell: SheetCell, line: Line) -> _Placed:
    left = _width(line.text[: (cell.locator.start or 0) - line.start])
    return _Placed(left, left + _width(cell.text.strip()), cell)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _column_cells(row: list[_Placed]) -> list[_Placed]:
    """The cells that show columns: numbers, and the labels of a header row with four columns at least."""
    numbers = [one for one in row if not one.cell.is_words]
    if numbers:
        return numbers if len(row) > 2 else []
    return [one for one in row[1:] if len(one.cell.words) <= _LABEL_LENGTH] if len(row) >= 4 else []


def _bands(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    bands: list[tuple[int, int]] = []
    for left, right in sorted(spans):
        if bands and left < bands[-1][1]:
            bands[-1] = (bands[-1][0], max(bands[-1][1], right))
        else:
            bands.append((left, right))
    return bands


def _edges(placed: list[list[_Placed]], band: tuple[int, int]) -> tuple[int, int] | None:
    """The left and right edge most numbers of a column share; None when most share neither."""
    numbers = [
        one for row in placed for one in row if not one.cell.is_words and band[0] <= one.left and one.right <= band[1]
    ]
    if not numbers:
        return band
    lefts, rights = Counter(one.left for one in numbers), Counter(one.right for one in numbers)
    (left, left_count), (right, right_count) = lefts.most_common(1)[0], rights.most_common(1)[0]
    return (left, right) if max(left_count, right_count) >= 0.6 * len(numbers) else None


def _set_in(row: list[_Placed], bands: list[tuple[int, int]], edges: list[tuple[int, int]], number: int) -> Row:
    """A row on the bands: column 0 holds what stands left of them all; words over several bands span them."""
    cells: list[SheetCell | None] = [None] * (len(bands) + 1)
    for one in row:
        covered = _covered(one, bands)
        moved = replace(one.cell, row=number, column=covered[0])
        edge = edges[covered[0] - 1] if covered[0] else None
        if edge is not None and not one.cell.is_words and one.left != edge[0] and one.right != edge[1]:
            moved = replace(moved, state=State.UNREAD, value=None)
        for column in covered:
            cells[column] = cells[column] or moved
    start = row[0].cell.locator if row else Locator(0)
    empty = replace(start, end=start.start)
    return tuple(
        cell if cell is not None else make_cell("", number, column, empty) for column, cell in enumerate(cells)
    )


def _covered(one: _Placed, bands: list[tuple[int, int]]) -> list[int]:
    covered = [n + 1 for n, band in enumerate(bands) if one.left < band[1] and one.right > band[0]]
    if not covered:
        before = [n + 1 for n, band in enumerate(bands) if band[0] <= one.left]
        covered = [before[-1]] if before else [0]
    return [0] if one.cell.is_words and one.left < bands[0][0] and covered[0] <= 1 else covered
