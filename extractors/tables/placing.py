"""Numbers whose empty neighbours vanished: rows of numbers in, their columns out where the identities leave one choice.

When a page lost its empty cells, a row of seven columns may hold three numbers, in order. The identities of severity
error (applicants add up to the total, outcomes to closed, received and carried in balance) leave some of the possible
placements; a number that stands in the same column in all of them is placed, any other is unread. When no placement
keeps them all, nothing is placed: the report may not add up, and a reading is never bent to make it.

For each way to set a row a search looks for a way to set all others with it. It is exact, but bounded: past `STEPS` it
gives the way the benefit of the doubt, so that numbers stay unread rather than placed by half a proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations

from extractors.identities import Key
from extractors.tables.sheet import SheetCell, make_cell
from schemas.form import Identity, merged_identities, merged_table
from schemas.records import Locator, Severity, State

STEPS = 2_000  # of one search
BUDGET = 20_000  # of all searches for a table
REACH = 20_000
OPTIONS = 4_000


@dataclass(frozen=True, slots=True)
class Slots:
    """The numbers of a row in order, the columns the row has, and each number's column where the page tells it."""

    columns: tuple[str, ...]
    numbers: tuple[SheetCell, ...]
    places: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class Placement:
    """What was placed; `placed` are the cells that only the identities tell."""

    cells: dict[Key, SheetCell]
    unread: frozenset[Key]
    placed: frozenset[Key]
    left: tuple[SheetCell, ...]


Option = tuple[int, ...]
_SCALE = 10_000  # sums are kept in whole ten-thousandths
Sums = tuple[int, ...]


def place_by_identities(table_id: str, rows: Mapping[str, Slots]) -> Placement:
    """Columns for the numbers of all rows of a table. A row "" holds `item/column` names: a table of one row."""
    options: dict[str, tuple[Option, ...]] = {}
    left: list[SheetCell] = []
    unread: set[Key] = set()
    for item, slots in rows.items():
        found = _options(table_id, item, slots)
        if not found:
            unread.update(_key(item, column) for column in slots.columns)
            left.extend(slots.numbers)
        options[item] = found
    free = {item for item, found in options.items() if len(found) > 1}
    if free:
        options = _feasible(table_id, rows, options)
    cells: dict[Key, SheetCell] = {}
    placed: set[Key] = set()
    for item, slots in rows.items():
        if not options[item]:
            unread.update(_key(item, column) for column in slots.columns)
            continue
        _settle(item, slots, options[item], item in free or _is_floating(slots), cells, unread, placed)
    return Placement(cells, frozenset(unread - set(cells)), frozenset(placed & set(cells)), tuple(left))


def _is_floating(slots: Slots) -> bool:
    return slots.places is None and 0 < len(slots.numbers) < len(slots.columns)


def _key(item: str, column: str) -> Key:
    if item:
        return item, column
    head, _, tail = column.partition("/")
    return head, tail


def _options(table_id: str, item: str, slots: Slots) -> tuple[Option, ...]:
    """Ways to set the numbers on the columns; those that keep the row's own identities where any does."""
    count, width = len(slots.numbers), len(slots.columns)
    if slots.places is not None:
        known = [place for place in slots.places if place is not None]
        return (tuple(known),) if len(known) == count and len(set(known)) == count else ()
    if count > width:
        return ()
    if count in (0, width):
        return (tuple(range(count)),)
    every = tuple(combinations(range(width), count))
    if len(every) > OPTIONS * 4:
        return ()
    return tuple(option for option in every if _keeps_row(table_id, item, slots, option))


def _keeps_row(table_id: str, item: str, slots: Slots, option: Option) -> bool:
    """Whether a way keeps all identities of severity error that lie within the row."""
    values = {
        _key(item, slots.columns[place]): _number(cell) for place, cell in zip(option, slots.numbers, strict=True)
    }
    present = {_key(item, column) for column in slots.columns}
    for identity in _row_identities(table_id):
        for line in dict.fromkeys(key[0] for key in present):
            names = [
                [(line, one) for term in side for one in term.alternatives[0]]
                for side in (identity.left, identity.right)
            ]
            if all(name in present for side in names for name in side):
                sums = [sum((values.get(name, Decimal(0)) for name in side), Decimal(0)) for side in names]
                if sums[0] != sums[1]:
                    return False
    return True


@cache
def _row_identities(table_id: str) -> tuple[Identity, ...]:
    return tuple(
        one
        for one in _error_identities(table_id)
        if one.over == "item" and one.relation == "=" and not one.across_years
    )


@cache
def _error_identities(table_id: str) -> tuple[Identity, ...]:
    return tuple(one for one in merged_identities() if one.table == table_id and one.severity is Severity.ERROR)


def _number(cell: SheetCell) -> Decimal:
    return cell.value if cell.state is State.VALUE and cell.value is not None else Decimal(0)


def _coefficients(table_id: str, present: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """For each item the factor with which it enters each identity over columns that can be evaluated."""
    factors: dict[str, list[int]] = {item: [] for item in present}
    for identity in _error_identities(table_id):
        if identity.over != "column" or identity.across_years:
            continue
        signed: dict[str, int] = {}
        for side, sign in ((identity.left, 1), (identity.right, -1)):
            for term in side:
                ids = next(
                    (ids for ids in term.alternatives if any(one in factors for one in ids)), term.alternatives[-1]
                )
                for one in ids:
                    signed[one] = signed.get(one, 0) + sign * term.sign
        if all(one in factors for one in signed):
            for item, row in factors.items():
                row.append(signed.get(item, 0))
    return {item: tuple(row) for item, row in factors.items()}


def _feasible(
    table_id: str, rows: Mapping[str, Slots], options: dict[str, tuple[Option, ...]]
) -> dict[str, tuple[Option, ...]]:
    """The options of each row that belong to some way of setting all rows that keeps every identity over columns."""
    factors = _coefficients(table_id, [item for item in rows if options[item]])
    width = len(next(iter(factors.values()), ()))
    if not width:
        return options
    columns = tuple(column.id for column in merged_table(table_id).columns)
    moves = {
        item: [_move(rows[item], option, factors[item], columns) for option in options[item]]
        for item in rows
        if options[item]
    }
    free = [item for item in moves if len(moves[item]) > 1]
    owed = _total([ways[0] for item, ways in moves.items() if item not in free], len(columns) * width)
    used: dict[str, set[int]] = {item: set() for item in free}
    budget = BUDGET
    for item in free:
        others = sorted((other for other in free if other != item), key=lambda other: len(moves[other]))
        search = _Search([moves[other] for other in others])
        for number, move in enumerate(moves[item]):
            if number in used[item]:
                continue
            found = search.run(_total([owed, move], len(owed)), min(STEPS, budget)) if budget > 0 else ()
            budget -= search.steps_taken
            if found is not None:
                used[item].add(number)
                for other, way in zip(others, found, strict=False):
                    used[other].add(way)
        if not used[item]:
            return {one: ways if len(ways) == 1 else () for one, ways in options.items()}
    return {
        item: tuple(way for number, way in enumerate(ways) if item not in used or number in used[item])
        for item, ways in options.items()
    }


class _Search:
    """Whether rows can be set so that nothing is owed: depth first, cut where one sum alone cannot be met any more."""

    def __init__(self, rows: Sequence[Sequence[Sums]]) -> None:
        self._rows = rows
        # reach[r][k]: what rows r and after can still add to sum k, each sum for itself.
        # None where that is too much to tell.
        self._reach: list[list[set[int] | None]] = [[{0} for _ in (rows[0][0] if rows else ())]]
        for row in reversed(rows):
            adds = [{way[k] for way in row} for k in range(len(self._reach[0]))]
            self._reach.insert(0, [_widen(sums, add) for sums, add in zip(self._reach[0], adds, strict=True)])
        self._steps = 0
        self.steps_taken = 0

    def run(self, owed: Sums, steps: int) -> tuple[int, ...] | None:
        """One way to set all rows, an option number each; () when the search was given up; None when there is none."""
        self._steps = steps
        dead: set[tuple[int, Sums]] = set()
        found = self._go(0, owed, dead)
        self.steps_taken = steps - self._steps
        return () if found is None and self._steps <= 0 else found

    def _go(self, row: int, owed: Sums, dead: set[tuple[int, Sums]]) -> tuple[int, ...] | None:
        if row == len(self._rows):
            return () if not any(owed) else None
        self._steps -= 1
        if self._steps <= 0 or (row, owed) in dead:
            return None
        if all(reach is None or -one in reach for one, reach in zip(owed, self._reach[row], strict=True)):
            for number, move in enumerate(self._rows[row]):
                found = self._go(row + 1, _total([owed, move], len(owed)), dead)
                if found is not None:
                    return (number, *found)
        dead.add((row, owed))
        return None


def _widen(sums: set[int] | None, adds: set[int]) -> set[int] | None:
    if sums is None or len(sums) * len(adds) > REACH:
        return None
    return {one + add for one in sums for add in adds}


def _total(vectors: Sequence[Sums], width: int) -> Sums:
    return tuple(map(sum, zip(*vectors, strict=True))) if vectors else (0,) * width


def _move(slots: Slots, option: Option, factors: tuple[int, ...], columns: tuple[str, ...]) -> Sums:
    """What a way of setting a row adds to each sum: one for each identity over columns, in each column."""
    sums = [0] * (len(columns) * len(factors))
    for place, cell in zip(option, slots.numbers, strict=True):
        at = columns.index(slots.columns[place])
        for index, factor in enumerate(factors):
            sums[index * len(columns) + at] += factor * int(_number(cell) * _SCALE)
    return tuple(sums)


def _settle(
    item: str,
    slots: Slots,
    options: tuple[Option, ...],
    is_free: bool,
    cells: dict[Key, SheetCell],
    unread: set[Key],
    placed: set[Key],
) -> None:
    """Cells on which all remaining options agree, and the doubtful ones."""
    for place, column in enumerate(slots.columns):
        holders = {option.index(place) if place in option else None for option in options}
        key = _key(item, column)
        if len(holders) > 1:
            unread.add(key)
            continue
        (holder,) = holders
        cells[key] = slots.numbers[holder] if holder is not None else _blank(slots)
        if is_free:
            placed.add(key)


def _blank(slots: Slots) -> SheetCell:
    locator = slots.numbers[0].locator if slots.numbers else Locator(0)
    return make_cell("", 0, 0, Locator(locator.block))
