"""True numbers for the tables of a form: a form and a seeded generator in, whole numbers and amounts by key out.

Numbers are as real reports have them: mostly zero, a natural person more often than any organisation, a township with
nothing at all, a county with hundreds. They balance; `break_identity` then spoils one named identity on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from schemas.form import Identity, Kind, Table, merged_identities
from tests.generate.abstract import Key

Numbers = dict[Key, Decimal]
FLOWS = ("received", "carried_in", "closed", "carried_out")
SIZES = {"none": 0, "small": 9, "medium": 240, "large": 6200}
BREAKABLE = ("requests.balance", "requests.outcomes", "requests.applicants", "proceedings.total", "statistics.parts")


def draw_numbers(rng: Random, tables: Sequence[Table], items: Mapping[str, Sequence[str]]) -> Numbers:
    """A number for each cell of `tables` whose item is among `items` of its table."""
    size = SIZES[rng.choices(tuple(SIZES), (2, 4, 4, 1))[0]]
    numbers: Numbers = {}
    for table in tables:
        present = [item for item in table.items if item.id in items[table.id]]
        if table.id == "requests":
            numbers |= _requests(rng, [item.id for item in present], [column.id for column in table.columns], size)
        elif table.id == "proceedings":
            numbers |= _proceedings(rng, table, size)
        elif table.id == "disclosure":
            numbers |= _disclosure(rng, table, items["disclosure"], size)
        else:
            numbers |= _statistics(rng, table, items[table.id], size)
    return numbers


def break_identity(rng: Random, numbers: Numbers, rule: str) -> Numbers:
    """The numbers with one identity broken: its right-hand side is too large in one column or item."""
    spoilt = dict(numbers)
    candidates = [identity for identity in merged_identities() if identity.rule == rule]
    rng.shuffle(candidates)
    for identity in candidates:
        key = _spoil(rng, identity, numbers)
        if key is not None:
            spoilt[key] += rng.randint(1, 9)
            return spoilt
    return spoilt


def _spoil(rng: Random, identity: Identity, numbers: Numbers) -> Key | None:
    ids = {one for term in identity.right for words in term.alternatives for one in words}
    place = 1 if identity.over == "column" else 2
    keys = [key for key in numbers if key[0] == identity.table and key[place] in ids]
    return rng.choice(keys) if keys else None


def count(rng: Random, size: int, zero: float = 0.5) -> int:
    """A count between 0 and about `size`, small ones more often."""
    if size == 0 or rng.random() < zero:
        return 0
    return max(1, round(size ** rng.random()))


def _requests(rng: Random, items: Sequence[str], columns: Sequence[str], size: int) -> Numbers:
    outcomes = [item for item in items if item not in FLOWS]
    numbers: Numbers = {}
    for place, column in enumerate(columns[:-1]):
        busy = place == 0 or rng.random() < 0.3
        counts = {item: count(rng, size if place == 0 else size // 8, 0.65) if busy else 0 for item in outcomes}
        closed = sum(counts.values())
        carried_out = count(rng, size // 10, 0.6) if busy else 0
        carried_in = min(count(rng, size // 10, 0.6), closed + carried_out) if busy else 0
        counts |= {"closed": closed, "carried_out": carried_out, "carried_in": carried_in}
        counts["received"] = closed + carried_out - carried_in
        numbers |= {("requests", item, column): Decimal(counts[item]) for item in items}
    for item in items:
        total = sum(numbers["requests", item, column] for column in columns[:-1])
        numbers["requests", item, columns[-1]] = Decimal(total)
    return numbers


def _proceedings(rng: Random, table: Table, size: int) -> Numbers:
    numbers: Numbers = {}
    parts = [column.id for column in table.columns if column.id != "total"]
    for item in table.items:
        counts = {part: count(rng, size // 12, 0.5) for part in parts}
        numbers |= {(table.id, item.id, part): Decimal(counts[part]) for part in parts}
        numbers[table.id, item.id, "total"] = Decimal(sum(counts.values()))
    return numbers


def _disclosure(rng: Random, table: Table, items: Sequence[str], size: int) -> Numbers:
    numbers: Numbers = {}
    keys = [(item.id, column) for item in table.items for column in item.columns]
    for item_id, column_id in keys:
        if item_id in items:
            numbers[table.id, item_id, column_id] = _number(rng, table.kind_of(item_id, column_id), size)
    for item_id in items:
        prior, change = (numbers.get((table.id, item_id, column)) for column in ("prior_items", "change"))
        if prior is not None and change is not None and prior + change < 0:
            numbers[table.id, item_id, "change"] = -prior
        if (table.id, item_id, "decisions") in numbers and prior is not None and rng.random() < 0.5:
            numbers[table.id, item_id, "decisions"] = prior + numbers[table.id, item_id, "change"]
    return numbers


def _number(rng: Random, kind: Kind, size: int) -> Decimal:
    if kind is Kind.CHANGE:
        return Decimal(count(rng, size * 5, 0.5) * rng.choice((1, 1, -1)))
    if kind is Kind.AMOUNT:
        whole = count(rng, size * 30, 0.45)
        return Decimal(whole) + Decimal(rng.choice((0, 0, rng.randint(1, 99)))) / 100 if whole else Decimal(0)
    return Decimal(count(rng, size * 40, 0.4))


def _statistics(rng: Random, table: Table, items: Sequence[str], size: int) -> Numbers:
    numbers: Numbers = {}
    for item in table.items:
        if item.id in items:
            column = item.columns[0]
            numbers[table.id, item.id, column] = _number(rng, table.kind_of(item.id, column), max(size // 4, 1))
    sums = [one for one in merged_identities() if one.rule == "statistics.parts"]
    # A whole may itself be a part, so the sums are drawn up twice: parts first, then what they are parts of.
    for _ in range(2):
        for identity in sums:
            _add_up(table.id, identity, numbers)
    return numbers


def _add_up(table: str, identity: Identity, numbers: Numbers) -> None:
    parts = [one for term in identity.left for one in term.alternatives[0]]
    whole = (table, identity.right[0].alternatives[0][0], "value")
    written = [numbers[table, part, "value"] for part in parts if (table, part, "value") in numbers]
    if whole in numbers and len(written) == len(parts):
        numbers[whole] = Decimal(sum(written))
