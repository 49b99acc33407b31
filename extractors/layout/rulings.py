"""Straight lines in, lattices of cells out: tables with rulings, merged cells recovered from the rulings that lack.

A merged cell is one that no ruling crosses. So the edges of all columns and rows of a table are found first, then each
two neighbouring fields without a ruling between them are joined; what comes out of it is a cell with its spans:

    ┌──┬─────┐        (0, 0) spans 2 rows
    │  ├──┬──┤        (0, 1) spans 2 columns
    └──┴──┴──┘        (1, 1), (1, 2)

A table may be open at its sides (no outer ruling, or cut by the end of the page): the reach of the other rulings closes
it. Nothing here reads text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.document import Box

SNAP = 2.5  # points: rulings of neighbouring cells, and double rulings, are one edge
REACH = 3.5  # points: rulings this near touch
SHORTEST = 4.0  # points: anything shorter is a dash, a tick or a letter's part
COVERED = 0.6  # share of a field's side that must be ruled to part it from its neighbour
MAX_FIELDS = 100_000  # rows times columns of one table


@dataclass(frozen=True, slots=True)
class Ruling:
    """A horizontal line at height `at` from `start` to `end`, or a vertical one at distance `at`."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of a lattice: upper left corner and spans."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table's edges (`columns` from left to right, `rows` from top to bottom) and its cells."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    fields: tuple[Field, ...]

    @property
    def box(self) -> Box:
        """The outline."""
        return self.columns[0], self.rows[0], self.columns[-1], self.rows[-1]

    def box_of(self, field: Field) -> Box:
        """The outline of one cell."""
        return (
            self.columns[field.column],
            self.rows[field.row],
            self.columns[field.column + field.column_span],
            self.rows[field.row + field.row_span],
        )


def find_lattices(rulings: Iterable[Ruling]) -> tuple[Lattice, ...]:
    """All tables among the rulings of one page, from top to bottom, then from left to right."""
    joined = _join_rulings(rulings)
    lattices = [lattice for group in _connected(joined) if (lattice := _lattice(group)) is not None]
    return tuple(sorted(lattices, key=lambda lattice: (lattice.rows[0], lattice.columns[0])))


def cluster(values: Iterable[float], distance: float) -> tuple[float, ...]:
    """Middles of groups of values that lie no further than `distance` from the group's first one."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= distance:
            groups[-1].append(value)
        else:
            groups.append([value])
    return tuple(sum(group) / len(group) for group in groups)


def nearest(edges: Sequence[float], value: float) -> int:
    """Index of the edge nearest to a value; the edges are sorted and at least one."""
    place = bisect_left(edges, value)
    candidates = [index for index in (place - 1, place) if 0 <= index < len(edges)]
    return min(candidates, key=lambda index: abs(edges[index] - value))


def _join_rulings(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """Rulings snapped to common edges, dashes and neighbouring pieces joined, specks dropped."""
    kept = tuple(rulings)
    joined: list[Ruling] = []
    for horizontal in (True, False):
        same = [ruling for ruling in kept if ruling.horizontal is horizontal]
        edges = cluster((ruling.at for ruling in same), SNAP)
        on_edge: dict[int, list[tuple[float, float]]] = {}
        for ruling in same:
            on_edge.setdefault(nearest(edges, ruling.at), []).append((ruling.start, ruling.end))
        for index in sorted(on_edge):
            spans = _join_spans(on_edge[index])
            joined += [Ruling(horizontal, edges[index], a, b) for a, b in spans if b - a >= SHORTEST]
    return tuple(joined)


def _join_spans(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + REACH:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _connected(rulings: Sequence[Ruling]) -> tuple[tuple[Ruling, ...], ...]:
    """Groups of rulings that cross or touch one another."""
    parents = list(range(len(rulings)))
    flat = [index for index, ruling in enumerate(rulings) if ruling.horizontal]
    steep = [index for index, ruling in enumerate(rulings) if not ruling.horizontal]
    for one in flat:
        for other in steep:
            if _touch(rulings[one], rulings[other]):
                parents[_root(parents, one)] = _root(parents, other)
    groups: dict[int, list[Ruling]] = {}
    for index, ruling in enumerate(rulings):
        groups.setdefault(_root(parents, index), []).append(ruling)
    return tuple(tuple(group) for group in groups.values())


def _touch(flat: Ruling, steep: Ruling) -> bool:
    return flat.start - REACH <= steep.at <= flat.end + REACH and steep.start - REACH <= flat.at <= steep.end + REACH


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _edges(rulings: Sequence[Ruling], horizontal: bool) -> tuple[float, ...]:
    """Edges in one direction: the rulings themselves, and how far the rulings across reach."""
    at = sorted({ruling.at for ruling in rulings if ruling.horizontal is horizontal})
    across = [ruling for ruling in rulings if ruling.horizontal is not horizontal]
    for reach in (min(ruling.start for ruling in across), max(ruling.end for ruling in across)):
        if all(abs(reach - edge) > 2 * REACH for edge in at):
            at.append(reach)
    return tuple(sorted(at))


def _lattice(rulings: Sequence[Ruling]) -> Lattice | None:
    if len({ruling.horizontal for ruling in rulings}) < 2:
        return None
    columns, rows = _edges(rulings, horizontal=False), _edges(rulings, horizontal=True)
    if len(columns) < 2 or len(rows) < 2 or (len(columns) - 1) * (len(rows) - 1) > MAX_FIELDS:
        return None
    return Lattice(columns, rows, _fields(rulings, columns, rows))


def _fields(rulings: Sequence[Ruling], columns: Sequence[float], rows: Sequence[float]) -> tuple[Field, ...]:
    """Fields joined over the sides where no ruling parts them."""
    width, height = len(columns) - 1, len(rows) - 1
    below = _ruled(rulings, True, rows, columns)
    beside = _ruled(rulings, False, columns, rows)
    parents = list(range(width * height))
    for row in range(height):
        for column in range(width):
            here = row * width + column
            if row + 1 < height and (row + 1, column) not in below:
                parents[_root(parents, here + width)] = _root(parents, here)
            if column + 1 < width and (column + 1, row) not in beside:
                parents[_root(parents, here + 1)] = _root(parents, here)
    groups: dict[int, list[tuple[int, int]]] = {}
    for index in range(width * height):
        groups.setdefault(_root(parents, index), []).append(divmod(index, width))
    found = [field for group in groups.values() for field in _rectangles(group)]
    return tuple(sorted(found, key=lambda field: (field.row, field.column)))


def _ruled(
    rulings: Sequence[Ruling], horizontal: bool, edges: Sequence[float], across: Sequence[float]
) -> frozenset[tuple[int, int]]:
    """Pairs (edge, field along it) where a ruling covers most of the field's side."""
    covered: dict[tuple[int, int], float] = {}
    for ruling in rulings:
        if ruling.horizontal is not horizontal:
            continue
        edge = nearest(edges, ruling.at)
        for place, (start, end) in enumerate(pairwise(across)):
            shared = min(ruling.end, end) - max(ruling.start, start)
            if shared > 0:
                covered[edge, place] = covered.get((edge, place), 0.0) + shared / (end - start)
    return frozenset(key for key, share in covered.items() if share >= COVERED)


def _rectangles(group: Sequence[tuple[int, int]]) -> tuple[Field, ...]:
    """One field for a full rectangle; else (rulings lack in part) stacks of equal runs, row by row."""
    top, bottom = min(row for row, _ in group), max(row for row, _ in group)
    left, right = min(column for _, column in group), max(column for _, column in group)
    if len(group) == (bottom - top + 1) * (right - left + 1):
        return (Field(top, left, bottom - top + 1, right - left + 1),)
    open_runs: dict[tuple[int, int], int] = {}
    found = []
    for row in range(top, bottom + 2):
        here = _row_runs(sorted(column for line, column in group if line == row))
        for run in [run for run in open_runs if run not in here]:
            start = open_runs.pop(run)
            found.append(Field(start, run[0], row - start, run[1] - run[0] + 1))
        for run in here:
            open_runs.setdefault(run, row)
    return tuple(found)


def _row_runs(columns: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column in columns:
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
