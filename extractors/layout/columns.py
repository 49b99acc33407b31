"""Lines of a page in, columns of text told from tables without rulings: `Part`s in reading order out.

Two kinds of gaps run down a page. Between columns of prose, whole sentences stand on both sides; such lines are read
left column first. Between the columns of a table without rulings, numbers stand below one another; such lines become a
grid: each line that ends in a number is a row (an *anchor*), the columns are where its numbers are, lines of a label
that is wrapped go to the row they are nearest to, what stands above the first anchor is the header.

    一、本年新收政府        3   0   3           row 0: label of two lines, three numbers
    信息公开申请数量

What it refuses: to make a table of lines without numbers, or of a single line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from extractors.document import Box
from extractors.layout.fragments import NUMERIC, Entry, Fragment
from extractors.layout.glyphs import DIGITS, Glyph, Line
from extractors.layout.rulings import cluster

WORD_GAP = 1.0  # of a character's height: text further apart stands in different columns
MIXED_GAP = 0.8  # the same, between a word and a number
DIGIT_GAP = 0.4  # the same, between two numbers
TIGHT = 0.5  # of a character's height: lines of one label are no further apart
HEADER_LINES = 12
HEADING = re.compile(r"[一二三四五六七八九十]+[、.．]")
MIN_COLUMN_LINES = 4  # lines of prose side by side that make two columns of text
MIN_PROSE = 8  # characters on either side of such lines


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring lines of one kind: prose (each line with the number of its text column, 0 for none) or a table."""

    top: float
    lines: tuple[tuple[int, Line], ...] = ()
    table: Fragment | None = None


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A piece of a line between two gaps."""

    text: str
    box: Box
    height: float

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    @property
    def is_numeric(self) -> bool:
        return NUMERIC.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as its chunks, from left to right."""

    line: Line
    chunks: tuple[_Chunk, ...]

    @property
    def middle(self) -> float:
        return sum(chunk.middle for chunk in self.chunks) / len(self.chunks)

    @property
    def is_anchor(self) -> bool:
        """Whether the line is a row's: words and numbers, or numbers, with a number last."""
        words = sum(not chunk.is_numeric for chunk in self.chunks)
        return len(self.chunks) > 1 and self.chunks[-1].is_numeric and words <= 3


def find_parts(lines: Sequence[Line], page: int) -> tuple[Part, ...]:
    """Prose and tables among lines that no ruled table parts, from top to bottom."""
    rows = [_Row(line, chunks) for line in lines if (chunks := _chunks(line))]
    parts: list[Part] = []
    start = 0
    for run in _text_columns(rows):
        parts += _unruled(rows[start : run.start], page)
        sides = [_sides(rows[index], _gutter(rows[run.start : run.stop])) for index in run]
        ordered = [(side + 1, line) for side in (0, 1) for pair in sides if (line := pair[side]) is not None]
        parts.append(Part(rows[run.start].line.box[1], tuple(ordered)))
        start = run.stop
    return (*parts, *_unruled(rows[start:], page))


def _chunks(line: Line) -> tuple[_Chunk, ...]:
    """A line cut at its gaps. Numbers may stand nearer to one another than words."""
    written = [glyph for glyph in line.glyphs if not glyph.text.isspace()]
    groups: list[list[Glyph]] = []
    for glyph in written:
        if not groups or _is_apart(groups[-1][-1], glyph):
            groups.append([])
        groups[-1].append(glyph)
    pieces = [Line(tuple(group)) for group in groups]
    return tuple(_Chunk(piece.text, piece.box, piece.height) for piece in pieces)


def _is_apart(before: Glyph, glyph: Glyph) -> bool:
    numbers = (before.text in DIGITS) + (glyph.text in DIGITS)
    share = (WORD_GAP, MIXED_GAP, DIGIT_GAP)[numbers]
    return glyph.left - before.right > share * min(before.height, glyph.height)


# Columns of text


def _text_columns(rows: Sequence[_Row]) -> list[range]:
    """Runs of lines that stand in two columns of prose."""
    runs = []
    start: int | None = None
    for index in range(len(rows) + 1):
        if index < len(rows) and _fits_columns(rows[index], rows[start:index] if start is not None else ()):
            start = index if start is None else start
            continue
        if start is not None and sum(len(row.chunks) == 2 for row in rows[start:index]) >= MIN_COLUMN_LINES:
            runs.append(range(start, index))
        start = index if index < len(rows) and _fits_columns(rows[index], ()) else None
    return runs


def _fits_columns(row: _Row, run: Sequence[_Row]) -> bool:
    """Whether a line opens a run of two columns, or goes on with it."""
    if not run:
        return len(row.chunks) == 2 and all(len(chunk.text) >= MIN_PROSE for chunk in row.chunks)
    left, right = _gutter(run)
    if len(row.chunks) > 2 or row.is_anchor:
        return False
    return all(
        chunk.box[2] < right - chunk.height / 2 or chunk.box[0] > left + chunk.height / 2 for chunk in row.chunks
    )


def _gutter(run: Iterable[_Row]) -> tuple[float, float]:
    """The free space between two columns: from the longest line on the left to the first character on the right."""
    pairs = [row.chunks for row in run if len(row.chunks) == 2]
    return max(pair[0].box[2] for pair in pairs), min(pair[1].box[0] for pair in pairs)


def _sides(row: _Row, gutter: tuple[float, float]) -> tuple[Line | None, Line | None]:
    middle = sum(gutter) / 2
    left = tuple(glyph for glyph in row.line.glyphs if glyph.center[0] < middle)
    right = tuple(glyph for glyph in row.line.glyphs if glyph.center[0] >= middle)
    written = [any(not glyph.text.isspace() for glyph in side) for side in (left, right)]
    return (Line(left) if written[0] else None, Line(right) if written[1] else None)


# Tables without rulings


def _unruled(rows: Sequence[_Row], page: int) -> list[Part]:
    parts: list[Part] = []
    start = 0
    for region in _regions(rows):
        table = _table(rows[region.start : region.stop], page)
        if table is None:
            continue
        parts += _prose(rows[start : region.start])
        parts.append(Part(rows[region.start].line.box[1], table=table))
        start = region.stop
    return [*parts, *_prose(rows[start:])]


def _prose(rows: Sequence[_Row]) -> list[Part]:
    return [Part(row.line.box[1], ((0, row.line),)) for row in rows]


def _regions(rows: Sequence[_Row]) -> list[range]:
    """Runs of lines that may be tables: anchors with nothing foreign between, the header above, the rest below."""
    anchors = [index for index, row in enumerate(rows) if row.is_anchor]
    pitch = _pitch([rows[index] for index in anchors])
    groups: list[list[int]] = []
    for index in anchors:
        if groups and not _is_parted(rows, groups[-1][-1], index, pitch):
            groups[-1].append(index)
        else:
            groups.append([index])
    regions: list[range] = []
    for group in groups:
        lowest = regions[-1].stop if regions else 0
        start, stop = _header_start(rows, group[0], lowest, pitch), _wrapped_end(rows, group[-1])
        regions.append(range(start, stop))
    return [
        region for region in regions if len(region) > 1 and sum(len(rows[index].chunks) > 1 for index in region) > 1
    ]


def _pitch(anchors: Sequence[_Row]) -> float:
    steps = [after.middle - before.middle for before, after in pairwise(anchors)]
    return median(steps) if steps else 20.0


def _is_parted(rows: Sequence[_Row], above: int, below: int, pitch: float) -> bool:
    """Whether a line between two anchors belongs to neither: a heading, or prose."""
    if below - above > HEADER_LINES:
        return True
    return any(
        len(rows[index].chunks) == 1
        and not _hangs_on(rows, index, above)
        and not _hangs_on(rows, index, below)
        and min(rows[index].middle - rows[above].middle, rows[below].middle - rows[index].middle) > 0.9 * pitch
        for index in range(above + 1, below)
    )


def _hangs_on(rows: Sequence[_Row], index: int, anchor: int) -> bool:
    """Whether all lines from one to an anchor follow tightly, as those of a wrapped label do."""
    low, high = min(index, anchor), max(index, anchor)
    return all(_is_tight(rows[place].line.box, rows[place + 1].line.box) for place in range(low, high))


def _is_tight(above: Box, below: Box) -> bool:
    return below[1] - above[3] <= TIGHT * min(above[3] - above[1], below[3] - below[1])


def _header_start(rows: Sequence[_Row], first: int, lowest: int, pitch: float) -> int:
    """Index of the topmost line of the header over an anchor."""
    values = _first_value(rows[first])
    start, has_skipped = first, False
    for index in range(first - 1, max(lowest, first - HEADER_LINES) - 1, -1):
        row, below = rows[index], rows[index + 1]
        is_far = below.line.box[1] - row.line.box[3] > max(1.5 * pitch, 2.0 * row.chunks[0].height)
        if is_far or row.is_anchor:
            break
        if len(row.chunks) > 1 or not _is_heading(row, values) or _hangs_on(rows, index, first):
            start = index
        elif has_skipped or start < first:
            break
        else:
            has_skipped = True  # a group's heading may stand between the header and the first row
    return start


def _is_heading(row: _Row, values: float) -> bool:
    """Whether a line's only text stands left of the values, or is numbered as sections are."""
    return row.chunks[0].box[0] < values or HEADING.match(row.chunks[0].text) is not None


def _first_value(row: _Row) -> float:
    return next((chunk.box[0] for chunk in row.chunks if chunk.is_numeric), row.chunks[-1].box[0])


def _wrapped_end(rows: Sequence[_Row], last: int) -> int:
    """Index after the last line of the label of the last anchor."""
    end = last + 1
    while end < len(rows) and len(rows[end].chunks) == 1 and _hangs_on(rows, end, last):
        if rows[end].chunks[0].box[2] > _first_value(rows[last]):
            break
        end += 1
    return end


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table's columns are: `starts` of the label columns, left and right of the columns of numbers."""

    starts: tuple[float, ...]
    values: tuple[tuple[float, float], ...]

    @property
    def labels(self) -> int:
        return len(self.starts)

    def place(self, chunk: _Chunk) -> tuple[int, int]:
        """First column and span of a chunk."""
        if self.starts and (chunk.box[0] + chunk.box[2]) / 2 < self.values[0][0]:
            inner = self.starts[1:]
            first = sum(edge <= chunk.box[0] for edge in inner)
            last = sum(edge < chunk.box[2] - chunk.height / 2 for edge in inner)
            return first, max(last - first, 0) + 1
        covered = [
            index
            for index, (left, right) in enumerate(self.values)
            if chunk.box[0] <= (left + right) / 2 <= chunk.box[2]
        ]
        if not covered:
            middle = (chunk.box[0] + chunk.box[2]) / 2
            covered = [min(range(len(self.values)), key=lambda index: abs(sum(self.values[index]) / 2 - middle))]
        return self.labels + covered[0], len(covered)

    def edges(self, rows: Sequence[_Row]) -> tuple[float, ...]:
        """Edges of all columns, the outer ones where the text ends."""
        left = min(chunk.box[0] for row in rows for chunk in row.chunks)
        right = max(chunk.box[2] for row in rows for chunk in row.chunks)
        gaps = [(before[1] + after[0]) / 2 for before, after in pairwise(self.values)]
        before = (*self.starts[1:], self.values[0][0] - 2) if self.starts else ()
        return left, *before, *gaps, max(right, self.values[-1][1])


def _table(rows: Sequence[_Row], page: int) -> Fragment | None:
    """The grid of a region; None where its numbers do not stand in columns beside words."""
    anchors = [row for row in rows if row.is_anchor]
    columns = _columns(rows, anchors)
    if columns is None:
        return None
    first = anchors[0]
    body = [row for row in rows if row.middle >= first.middle or _is_wrap(row, first, columns)]
    header = [row for row in rows if row not in body]
    middles = _row_middles(body, anchors, columns)
    entries = [
        *_header_entries(header, columns, page),
        *(replace(one, row=one.row + len(header)) for one in _body_entries(body, middles, columns, page)),
    ]
    ordered = tuple(sorted(entries, key=lambda one: (one.row, one.column)))
    return Fragment(columns.edges(rows), len(header) + len(middles), ordered, page)


def _is_wrap(row: _Row, first: _Row, columns: _Columns) -> bool:
    """Whether a line above the first anchor is the beginning of its label."""
    is_near = first.middle - row.middle <= 1.2 * row.chunks[0].height
    return is_near and all(chunk.box[2] < columns.values[0][0] for chunk in row.chunks)


def _columns(rows: Sequence[_Row], anchors: Sequence[_Row]) -> _Columns | None:
    numbers = sorted(
        (chunk.box[0], chunk.box[2])
        for row in anchors
        for place, chunk in enumerate(row.chunks)
        if chunk.is_numeric and (place or all(one.is_numeric for one in row.chunks))
    )
    values: list[tuple[float, float]] = []
    for left, right in numbers:
        if values and left <= values[-1][1]:
            values[-1] = (values[-1][0], max(values[-1][1], right))
        else:
            values.append((left, right))
    if not values:
        return None
    labels = [[chunk for chunk in row.chunks if chunk.box[2] < values[0][0]] for row in rows]
    if not any(labels):
        return _Columns((), tuple(values))
    starts = [min(chunk.box[0] for row in labels for chunk in row)]
    for start in sorted(after.box[0] - 1 for row in labels for _, after in pairwise(row)):
        if start - starts[-1] > 2 * rows[0].chunks[0].height or len(starts) == 1:
            starts.append(start)
    return _Columns(tuple(starts), tuple(values))


def _header_entries(header: Sequence[_Row], columns: _Columns, page: int) -> list[Entry]:
    """Cells of the header: words of one column that follow tightly are one cell over several lines."""
    open_cells: dict[tuple[int, int], Entry] = {}
    done: list[Entry] = []
    for index, row in enumerate(header):
        for chunk in row.chunks:
            place = columns.place(chunk)
            above = open_cells.get(place)
            if above is not None and above.box is not None and _is_tight(above.box, chunk.box):
                box = (min(above.box[0], chunk.box[0]), above.box[1], max(above.box[2], chunk.box[2]), chunk.box[3])
                span = index - above.row + 1
                open_cells[place] = replace(above, text=f"{above.text}\n{chunk.text}", row_span=span, box=box)
                continue
            if above is not None:
                done.append(above)
            open_cells[place] = Entry(chunk.text, index, place[0], 1, place[1], page, chunk.box)
    return [*done, *open_cells.values()]


def _label_columns(body: Sequence[_Row], columns: _Columns) -> dict[int, list[list[_Chunk]]]:
    """Labels by their first column: each a block of lines that follow tightly."""
    blocks: dict[int, list[list[_Chunk]]] = {}
    chunks = sorted((chunk for row in body for chunk in row.chunks), key=lambda one: one.middle)
    for chunk in chunks:
        column = columns.place(chunk)[0]
        if column >= columns.labels:
            continue
        known = blocks.setdefault(column, [])
        if known and _is_tight(known[-1][-1].box, chunk.box):
            known[-1].append(chunk)
        else:
            known.append([chunk])
    return blocks


def _row_middles(body: Sequence[_Row], anchors: Sequence[_Row], columns: _Columns) -> tuple[float, ...]:
    """Where the rows are: at each anchor, and at each label whose nearest anchor has a label of its own."""
    middles = [anchor.middle for anchor in anchors]
    own: list[float] = []
    for blocks in _label_columns(body, columns).values():
        rows = [_rows_of(block, middles) for block in blocks]
        taken = set().union(*rows)
        for block, at in zip(blocks, rows, strict=True):
            middle = (block[0].box[1] + block[-1].box[3]) / 2
            if not at and _nearest(middles, middle) in taken:
                own.append(middle)
    height = anchors[0].chunks[0].height
    return tuple(sorted((*middles, *cluster(own, height / 2))))


def _rows_of(block: Sequence[_Chunk], middles: Sequence[float]) -> set[int]:
    """The rows a label stands beside: those of its lines, or the one its lines enclose."""
    rows = {row for chunk in block if (row := _row_at(middles, chunk)) is not None}
    return rows or {index for index, middle in enumerate(middles) if block[0].box[1] <= middle <= block[-1].box[3]}


def _body_entries(body: Sequence[_Row], middles: Sequence[float], columns: _Columns, page: int) -> list[Entry]:
    """Cells of the rows: values where their columns are, an empty cell where one lacks, labels with their wraps."""
    found: dict[tuple[int, int], Entry] = {}
    for row in body:
        for chunk in row.chunks:
            column, span = columns.place(chunk)
            if column >= columns.labels:
                _add(found, Entry(chunk.text, _nearest(middles, chunk.middle), column, 1, span, page, chunk.box))
    for column, blocks in _label_columns(body, columns).items():
        for entry in _label_entries(blocks, column, columns, middles, page):
            _add(found, entry)
    for index in range(len(middles)):
        for column in range(columns.labels, columns.labels + len(columns.values)):
            if not any(
                (index, other) in found and _reaches(found[index, other], column) for other in range(column + 1)
            ):
                found[index, column] = Entry("", index, column, page=page)
    return sorted(found.values(), key=lambda entry: (entry.row, entry.column))


def _reaches(entry: Entry, column: int) -> bool:
    return entry.column <= column < entry.column + entry.column_span


def _nearest(middles: Sequence[float], middle: float) -> int:
    return min(range(len(middles)), key=lambda index: abs(middles[index] - middle))


def _add(found: dict[tuple[int, int], Entry], entry: Entry) -> None:
    key = entry.row, entry.column
    other = found.get(key)
    if other is not None:
        spans = max(other.row_span, entry.row_span), max(other.column_span, entry.column_span)
        entry = replace(other, text=f"{other.text}\n{entry.text}", row_span=spans[0], column_span=spans[1])
    found[key] = entry


def _label_entries(
    blocks: Sequence[Sequence[_Chunk]], column: int, columns: _Columns, middles: Sequence[float], page: int
) -> Iterable[Entry]:
    """Labels of one column; lines that each have a row of their own are labels of their own."""
    for block in blocks:
        rows = sorted(_rows_of(block, middles))
        if len(block) > 2 and all(len(chunk.text) == 1 for chunk in block):
            ends = [_nearest(middles, block[0].middle), _nearest(middles, block[-1].middle)]
            yield _label(block, ends[0], column, columns, page, ends[1] - ends[0] + 1)
        elif len(rows) <= 1:
            middle = (block[0].box[1] + block[-1].box[3]) / 2
            yield _label(block, rows[0] if rows else _nearest(middles, middle), column, columns, page)
        else:
            for chunk in block:
                yield _label([chunk], _nearest(middles, chunk.middle), column, columns, page)


def _row_at(middles: Sequence[float], chunk: _Chunk) -> int | None:
    index = _nearest(middles, chunk.middle)
    return index if abs(middles[index] - chunk.middle) < chunk.height / 2 else None


def _label(block: Sequence[_Chunk], row: int, column: int, columns: _Columns, page: int, row_span: int = 1) -> Entry:
    span = max(columns.place(chunk)[1] for chunk in block)
    box = (
        min(chunk.box[0] for chunk in block),
        block[0].box[1],
        max(chunk.box[2] for chunk in block),
        block[-1].box[3],
    )
    return Entry("\n".join(chunk.text for chunk in block), row, column, row_span, span, page, box)
