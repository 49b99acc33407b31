"""Values of many districts in, where each stands among its peers out: rank in city and province, percentile.

Peers are the governments of the same level in the same city or province that have a value of the same metric and year.
Rank 1 is the highest value, whatever is better; equal values share a rank. The percentile is the share of peers below,
with half of those that are equal (0 to 100, the mid-rank), so a district alone stands at 50.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A rank among `count` peers, and the percentile of it."""

    rank: int
    count: int
    percentile: float


class Peers:
    """Values gathered by group, asked for the place of one of them."""

    def __init__(self, values: Iterable[tuple[Hashable, float]]) -> None:
        self._values: dict[Hashable, list[float]] = {}
        for group, value in values:
            self._values.setdefault(group, []).append(value)
        for ordered in self._values.values():
            ordered.sort()

    def place(self, group: Hashable, value: float) -> Place:
        """The place of a value that is among those of the group."""
        ordered = self._values[group]
        below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
        count = len(ordered)
        return Place(count - upto + 1, count, 100 * (below + upto) / (2 * count))

    def median(self, group: Hashable) -> float | None:
        """The middle value of a group, None for one without values."""
        ordered = self._values.get(group, [])
        middle = len(ordered) // 2
        if not ordered:
            return None
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
