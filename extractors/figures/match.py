"""Words around a number in, the indicator they speak of out.

Every phrase of the codebook that opens with a feature of a word beside the number is tried. An element must be met by
a word beside the number, or, where the phrase allows, by one told earlier. The phrase that explains most characters
wins; the word that stands last before the number is worth more, and a nearer earlier word is worth more than a far
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.figures.clause import Item
from schemas.indicators import Element, Phrase, load_codebook

_HEAD = 3.0
_EARLIER = 1.6
_FAR = 0.6
_SEVERAL = 0.4
_NEARER = 0.005
_REACH = 60
_CLOSE = 12
_PLACE = 2  # a place tells as much however long its name is
_EVENT = "#press_conference"  # an event that is counted itself: no place where items are put


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator, how well the words tell it, and the words that do."""

    indicator: str
    score: float
    words: frozenset[Item]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Words of a number: `near` (since the last comma), `far` (before it), `after` the number, and told `earlier`."""

    near: tuple[Item, ...] = ()
    far: tuple[Item, ...] = ()
    after: tuple[Item, ...] = ()
    earlier: tuple[Item, ...] = ()

    def local(self) -> tuple[tuple[Item, float], ...]:
        """Words beside the number with the weight of their place, nearest first."""
        weighted = [(item, 1.0 - _NEARER * place) for place, item in enumerate(reversed(self.near))]
        weighted += [(item, 0.9 - _NEARER * place) for place, item in enumerate(self.after)]
        weighted += [(item, _FAR) for item in reversed(self.far)]
        return tuple(weighted)


def head_of(words: Sequence[Item]) -> Item | None:
    """The last word that is no filler: the noun or verb the number belongs to."""
    for item in reversed(words):
        if item.is_foreign or item.is_content:
            return item
    return None


def find_match(
    around: Surroundings,
    unit: str | None,
    any_unit: bool = False,
    only: str | None = None,
    counted: tuple[Item, ...] = (),
) -> Match | None:
    """The best indicator for a number with `unit`.

    `only="none"` keeps to indicators that `can_be_none`; one of the words `counted` must be among those that tell it.
    """
    book = load_codebook()
    local = around.local()
    head = head_of(around.near)
    best: Match | None = None
    best_rank = (0.0, 0)
    for phrase in _phrases(local):
        indicator = book.indicators[phrase.indicator]
        if not any_unit and unit is not None and unit not in indicator.measure_words:
            continue
        if not any_unit and unit is None and "%" in indicator.measure_words:
            continue
        if only == "none" and not indicator.can_be_none:
            continue
        match = _try(phrase, local, around, head) if _has_unit(phrase, unit) else None
        if match is None or (counted and match.words.isdisjoint(counted)):
            continue
        rank = (round(match.score, 6), -len(indicator.measure_words))
        if best is None or rank > best_rank:
            best, best_rank = match, rank
    return best


def _phrases(local: Iterable[tuple[Item, float]]) -> Iterable[Phrase]:
    book = load_codebook()
    seen: set[int] = set()
    features = {feature for item, _ in local for feature in item.features}
    if any(feature[0] == "#" for feature in features):
        features.add("#any")
    for feature in sorted(features):
        for phrase in book.phrases_of.get(feature, ()):
            if id(phrase) not in seen:
                seen.add(id(phrase))
                yield phrase


def _try(
    phrase: Phrase, local: tuple[tuple[Item, float], ...], around: Surroundings, head: Item | None
) -> Match | None:
    used: list[Item] = []
    score = -_SEVERAL
    for element in phrase.elements:
        if element.is_unit:
            continue
        if element.must_be_absent:
            if any(_meets(element, item) for item, _ in local):
                return None
            continue
        found = _local(element, local, used) if not element.must_follow else _following(element, around.after)
        if found is not None:
            item, weight = found
            used.append(item)
            is_place = all(feature[0] == "#" for feature in element.features)
            score += (_PLACE if is_place else len(item.text)) * weight + _SEVERAL
            continue
        distance = _distance(element, around.earlier) if element.may_be_earlier else None
        if distance is None or (phrase.elements[0].must_follow and distance > _CLOSE):
            return None
        score += _EARLIER / (1 + distance / 8)
    if head is not None and head in used:
        score += _HEAD
    return Match(phrase.indicator, score, frozenset(used))


def _has_unit(phrase: Phrase, unit: str | None) -> bool:
    return all(unit in element.features for element in phrase.elements if element.is_unit)


def _meets(element: Element, item: Item) -> bool:
    if not element.features.isdisjoint(item.features):
        return True
    return "#any" in element.features and any(feature[0] == "#" and feature != _EVENT for feature in item.features)


def _local(element: Element, local: tuple[tuple[Item, float], ...], used: list[Item]) -> tuple[Item, float] | None:
    for item, weight in local:
        if item not in used and _meets(element, item):
            return item, weight
    return None


def _following(element: Element, after: tuple[Item, ...]) -> tuple[Item, float] | None:
    """The counted noun right behind the number, not the first half of a longer noun (9家乡镇敬老院)."""
    if not after or not _meets(element, after[0]):
        return None
    rest = after[1:2]
    return None if rest and rest[0].is_foreign and rest[0].start == after[0].end else (after[0], 0.9)


def _distance(element: Element, earlier: tuple[Item, ...]) -> int | None:
    for distance, item in enumerate(reversed(earlier[-_REACH:])):
        if _meets(element, item):
            return distance
    return None
