"""The words before a number in, its period and the direction of its change out.

较上年增加62件 tells a change of now; 较上年的31件 and 由31件增至93件 tell the older level; 增至98件 tells a level,
not a change. A year that opens a clause rules the numbers after it until another is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractors.figures.clause import Item, Kind
from extractors.numerals import Number
from schemas.records import Change, Period

_RATIOS = ("%", "倍", "个百分点", "百分点")


@dataclass(frozen=True, slots=True)
class Tense:
    """When a number is told of, and whether it is a difference."""

    period: Period
    change: Change | None


def find_tense(
    before: Sequence[Item],
    number: Number,
    following: Sequence[Item],
    scope: Period | None,
    year: int | None,
    is_until: bool = False,
) -> Tense:
    """Period and change of `number` from the items `before` it (since the last number) and the few `following` it."""
    change = _change(before, number)
    if change is not None:
        return Tense(Period.CURRENT, change)
    if any(item.has("monthly") for item in before):
        return Tense(Period.MONTHLY, None)
    if _is_since(before, year) or _is_until(before, is_until, year):
        return Tense(Period.CUMULATIVE, None)
    earlier = _last(before, lambda item: item.has("earlier") or _is_before(item, year))
    current = _last(before, lambda item: item.has("current") or (item.year is not None and item.year == year))
    if earlier > current and _is_told(before, earlier):
        is_start = before[earlier].year is not None and any(
            item.text in ("自", "从") for item in before[max(0, earlier - 2) : earlier]
        )
        return Tense(Period.CUMULATIVE if is_start else Period.PREVIOUS, None)
    if any(item.has("from") for item in before[-4:]) and any(item.has("level") for item in following):
        return Tense(Period.PREVIOUS, None)
    if current > earlier or any(item.has("level") for item in before):
        return Tense(Period.CURRENT, None)
    return Tense(scope or Period.CURRENT, None)


def scope_of_year(item: Item, items: Sequence[Item], position: int, year: int | None) -> tuple[Period | None, bool]:
    """The period a named year opens, and whether it lies after the report's year (a plan)."""
    named = item.year
    if named is None or year is None:
        return None, False
    around = items[max(0, position - 2) : position + 3]
    texts = [other.text for other in around]
    if named < year:
        since = any(text.endswith(("以来", "起", "开始")) for text in texts) or "自" in texts or "从" in texts
        return (Period.CUMULATIVE if since else Period.PREVIOUS), False
    return None, named > year


def _change(before: Sequence[Item], number: Number) -> Change | None:
    if number.text[:1] in "+↑＋" and number.text:
        return Change.INCREASE
    if number.value < 0:
        return Change.DECREASE
    comma = _last(before, lambda item: item.kind is Kind.COMMA)
    cue = _last(before, lambda item: item.has("increase") or item.has("decrease"))
    if cue < comma and not _is_filler(before[comma + 1 :]):
        cue = -1
    compared = _last(before, lambda item: item.has("compared"))
    if cue >= 0 and _last(before, lambda item: item.has("level")) < cue and _is_bare(before[cue + 1 :]):
        is_sure = not before[cue].has("weak_change") or number.unit in _RATIOS
        if is_sure or (compared >= 0 and compared < cue):
            return Change.INCREASE if before[cue].has("increase") else Change.DECREASE
    if number.unit == "倍" and any(item.has("earlier") or item.year is not None for item in before):
        return Change.INCREASE
    return None


def _is_bare(items: Sequence[Item]) -> bool:
    return not any(item.is_foreign or item.is_content for item in items)


def _is_since(before: Sequence[Item], year: int | None) -> bool:
    own_year = any(item.year is not None and item.year == year for item in before)
    return not own_year and any(item.has("cumulative") for item in before)


def _is_until(before: Sequence[Item], is_until: bool, year: int | None) -> bool:
    """截至…累计: summed up to a day, unless the clause names a year of its own."""
    until = _last(before, lambda item: item.has("until"))
    if until < 0 and (not is_until or any(item.has("current") or item.year is not None for item in before)):
        return False
    return any(item.has("sum") for item in before[until + 1 :])


def _is_filler(items: Sequence[Item]) -> bool:
    return not any(item.features for item in items)


def _is_before(item: Item, year: int | None) -> bool:
    return item.year is not None and year is not None and item.year < year


def _is_told(before: Sequence[Item], earlier: int) -> bool:
    """Whether the earlier time is what the number tells of, and not only what it is compared with."""
    opening = [item for item in before[max(0, earlier - 3) : earlier] if item.kind is Kind.WORD]
    if not any(item.has("compared") for item in opening):
        return True
    return _is_bare(before[earlier + 1 :]) and not any(item.kind is Kind.COMMA for item in before[earlier + 1 :])


def _last(items: Sequence[Item], test: Callable[[Item], bool]) -> int:
    for index in range(len(items) - 1, -1, -1):
        if test(items[index]):
            return index
    return -1
