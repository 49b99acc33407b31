"""Parts of tables, one a page, in; whole tables out.

A table that does not fit its page goes on at the top of the next one. `join` puts the lower part under the upper one
where their outlines fit, and mends what the break tore:

* a header repeated on the new page is dropped (the same rows, word for word, without a number in them);
* a row whose label goes on after the break becomes one row again;
* a merged cell that goes on becomes one cell again.

It refuses to join by words: whether two parts belong together is told by their edges alone, and a row is called torn
only when its label fills its last line to the edge and its numbers stand on one side of the break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extractors.document import Box, GridSource
from extractors.layout.rulings import cluster, nearest

SAME_EDGE = 6.0  # points: outer edges of parts of one table differ no more
SAME_COLUMN = 4.0  # points: inner edges this near are one
MARKER = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十]+[）)、.．]|[（(]?\d{1,2}[）)、.．]|第\S{1,5}条)")
NUMERIC = re.compile(r"[-+－＋]?[\d０-９.,，．\s]+%?|[/／\-—–]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a part. `is_full` tells that its last line has no room for more."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    page: int | None = None
    box: Box | None = None
    is_full: bool = False

    @property
    def end(self) -> int:
        """The row below the cell."""
        return self.row + self.row_span

    @property
    def is_numeric(self) -> bool:
        """Whether the cell holds a number or a dash, and nothing else."""
        return NUMERIC.fullmatch(self.text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Fragment:
    """A table, or the part of one on a page: edges of the columns, number of rows, cells."""

    columns: tuple[float, ...]
    row_count: int
    entries: tuple[Entry, ...]
    page: int | None = None

    def sources(self) -> tuple[GridSource, ...]:
        """The cells as `DocumentBuilder.grid` takes them."""
        return tuple(
            GridSource(one.text, one.row, one.column, one.row_span, one.column_span, page=one.page, box=one.box)
            for one in self.entries
        )


def fits(above: Fragment, below: Fragment) -> bool:
    """Whether two parts have the same outline."""
    return (
        abs(above.columns[0] - below.columns[0]) <= SAME_EDGE
        and abs(above.columns[-1] - below.columns[-1]) <= SAME_EDGE
    )


def join(above: Fragment, below: Fragment) -> Fragment:
    """One table of two parts that fit."""
    edges = _common_edges(above.columns, below.columns)
    upper = list(_onto(above, edges))
    lower = list(_without_repeated_header(upper, _onto(below, edges)))
    if not lower:
        return Fragment(edges, above.row_count, tuple(upper), above.page)
    start = above.row_count
    if _is_torn(upper, lower, above.row_count):
        start -= 1
        upper, lower = _mend_row(upper, lower, above.row_count)
    else:
        upper, lower = _mend_groups(upper, lower, above.row_count)
    moved = [replace(entry, row=entry.row + start) for entry in lower]
    entries = tuple(sorted((*upper, *moved), key=lambda one: (one.row, one.column)))
    return Fragment(edges, max(one.end for one in entries), entries, above.page)


def _common_edges(above: tuple[float, ...], below: tuple[float, ...]) -> tuple[float, ...]:
    """Edges of both parts; parts with the same number of columns at nearly the same places keep their columns."""
    if len(above) == len(below) and all(abs(a - b) <= 2 * SAME_EDGE for a, b in zip(above, below, strict=True)):
        return above
    inner = cluster((*above[1:-1], *below[1:-1]), SAME_COLUMN)
    return above[0], *(edge for edge in inner if above[0] + 1 < edge < above[-1] - 1), above[-1]


def _onto(fragment: Fragment, edges: tuple[float, ...]) -> Iterable[Entry]:
    """The cells of a part, their columns counted by the common edges."""
    if len(fragment.columns) == len(edges):
        return fragment.entries
    places = [nearest(edges, edge) for edge in fragment.columns]
    return tuple(
        replace(
            entry,
            column=places[entry.column],
            column_span=max(places[entry.column + entry.column_span] - places[entry.column], 1),
        )
        for entry in fragment.entries
    )


def _without_repeated_header(upper: Iterable[Entry], lower: Iterable[Entry]) -> list[Entry]:
    """The lower part without the rows that repeat the upper part's first ones."""
    upper, lower = list(upper), list(lower)
    repeated = 0
    for count in range(1, max(entry.end for entry in lower) + 1):
        first, second = ([entry for entry in part if entry.row < count] for part in (upper, lower))
        if any(entry.is_numeric for entry in second) or _words(first) != _words(second):
            break
        if all(entry.end <= count for entry in second):
            repeated = count
    return [replace(entry, row=entry.row - repeated) for entry in lower if entry.row >= repeated]


def _words(entries: Iterable[Entry]) -> list[tuple[int, int, int, int, str]]:
    return [
        (one.row, one.column, one.row_span, one.column_span, "".join(one.text.split()))
        for one in sorted(entries, key=lambda one: (one.row, one.column))
    ]


def _is_torn(upper: Iterable[Entry], lower: Iterable[Entry], rows: int) -> bool:
    """Whether the last row above and the first row below are two halves of one."""
    last = {(one.column, one.column_span): one for one in upper if one.row == rows - 1 and one.row_span == 1}
    first = {(one.column, one.column_span): one for one in lower if one.row == 0 and one.row_span == 1}
    shared = sorted(last.keys() & first.keys())
    written = [key for key in shared if first[key].text.strip()]
    if len(shared) < 2 or not written or MARKER.match(first[written[0]].text):
        return False
    if any(key > written[0] for key in last.keys() ^ first.keys()):
        return False
    label = last[written[0]]
    if not label.is_full or not label.text.strip() or label.is_numeric or first[written[0]].is_numeric:
        return False
    others = [key for key in shared if key > written[0]]
    if all(not last[key].text.strip() for key in others):
        return True
    return all(not first[key].text.strip() or _is_torn_number(last[key], first[key]) for key in others)


def _is_torn_number(above: Entry, below: Entry) -> bool:
    """Whether a number wider than its cell goes on after the break."""
    return above.is_full and above.is_numeric and below.is_numeric


def _mend_row(upper: list[Entry], lower: list[Entry], rows: int) -> tuple[list[Entry], list[Entry]]:
    """The halves of the torn row put together, and the merged cells beside them."""
    return _merge(upper, lower, {one.column for one in lower if one.row == 0}, rows, is_same_row=True)


def _mend_groups(upper: list[Entry], lower: list[Entry], rows: int) -> tuple[list[Entry], list[Entry]]:
    """Merged cells that go on below the break made one again."""
    ends = {(one.column, one.column_span): one for one in upper if one.end == rows}
    torn = set()
    for one in lower:
        other = ends.get((one.column, one.column_span))
        if one.row == 0 and other is not None and _goes_on(other, one, lower):
            torn.add(one.column)
    return _merge(upper, lower, torn, rows, is_same_row=False)


def _goes_on(above: Entry, below: Entry, lower: Iterable[Entry]) -> bool:
    """Whether a cell at the top of a page is the rest of the cell at the bottom of the page before."""
    if MARKER.match(below.text) or not above.text.strip() or above.is_numeric or below.is_numeric:
        return False
    if above.row_span > 1 or below.row_span > 1:
        return not below.text.strip() or above.is_full
    labels = [one for one in lower if one.row == 0 and one.column > below.column and one.text.strip()]
    return not below.text.strip() and bool(labels) and not labels[0].is_numeric


def _merge(
    upper: list[Entry], lower: list[Entry], columns: set[int], rows: int, *, is_same_row: bool
) -> tuple[list[Entry], list[Entry]]:
    """Cells at the break joined in the given columns; the lower halves are taken out of the lower part."""
    halves = {(one.column, one.column_span): one for one in lower if one.row == 0 and one.column in columns}
    merged = []
    for one in upper:
        half = halves.get((one.column, one.column_span)) if one.end == rows else None
        if half is None:
            merged.append(one)
            continue
        between = "" if _is_torn_number(one, half) else "\n"
        text = between.join(part for part in (one.text, half.text) if part.strip())
        span = one.row_span + half.row_span - is_same_row
        kept = one if one.text.strip() or not half.text.strip() else half
        merged.append(replace(one, text=text, row_span=span, page=kept.page, box=kept.box, is_full=half.is_full))
    taken = {id(half) for one in upper if one.end == rows if (half := halves.get((one.column, one.column_span)))}
    return merged, [one for one in lower if id(one) not in taken]
