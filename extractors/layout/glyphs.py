"""Characters with places in, lines of text out.

A PDF does not hold text but characters put at places, in any order, some of them twice (a poor man's bold). This module
orders them by position, lets no character stand twice, and turns a run of them into the text a person would read:

    Line((Glyph("2", …), Glyph("1", …))).text   ->   "21"

Places are in points from the upper left corner of the page. What it refuses: to guess a space where the page has a gap
smaller than `SPACE_GAP` of a character, and to part a number that reaches over the edge of its cell (`runs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.document import Box

SPACE_GAP = 0.3  # of a character's height: a gap wider than this is a space between words
DIGIT_GAP = 0.06  # of a character's height: digits nearer than this are of one number, whatever ruling they cross
TWIN_DISTANCE = 0.25  # of a character's height: the same character this near is the same character drawn twice
DIGITS = frozenset("0123456789０１２３４５６７８９.．,，")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Height of the box, never 0."""
        return max(self.bottom - self.top, 0.1)

    @property
    def center(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs on one line, from left to right; at least one."""

    glyphs: tuple[Glyph, ...]

    @property
    def box(self) -> Box:
        """The box around all glyphs."""
        return enclosing(self.glyphs)

    @property
    def height(self) -> float:
        """Usual height of a character."""
        return median(glyph.height for glyph in self.glyphs)

    @property
    def text(self) -> str:
        """The line as read, with a space for each wide gap."""
        parts = [self.glyphs[0].text]
        for before, glyph in pairwise(self.glyphs):
            if _is_gap(before, glyph, SPACE_GAP) and not (before.text.isspace() or glyph.text.isspace()):
                parts.append(" ")
            parts.append(glyph.text)
        return "".join(parts).strip()


def enclosing(glyphs: Iterable[Glyph]) -> Box:
    """The box around some glyphs."""
    boxes = [(glyph.left, glyph.top, glyph.right, glyph.bottom) for glyph in glyphs]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def without_twins(glyphs: Sequence[Glyph]) -> tuple[Glyph, ...]:
    """Each character once: a second one of the same text at nearly the same place is a trick to look bold."""
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    kept = []
    for glyph in glyphs:
        reach = glyph.height * TWIN_DISTANCE
        column, row = int(glyph.left // 4), int(glyph.top // 4)
        near = (
            other
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for other in seen.get((glyph.text, x, y), ())
        )
        if any(abs(other.left - glyph.left) < reach and abs(other.top - glyph.top) < reach for other in near):
            continue
        seen.setdefault((glyph.text, column, row), []).append(glyph)
        kept.append(glyph)
    return tuple(kept)


def group_lines(glyphs: Iterable[Glyph]) -> tuple[Line, ...]:
    """Lines from top to bottom. A glyph joins the line whose middle is less than half a character away."""
    groups: list[list[Glyph]] = []
    middle = 0.0
    for glyph in sorted(glyphs, key=lambda one: (one.center[1], one.left)):
        if groups and abs(glyph.center[1] - middle) < 0.5 * min(glyph.height, groups[-1][0].height):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
        middle = sum(one.center[1] for one in groups[-1]) / len(groups[-1])
    return tuple(Line(tuple(sorted(group, key=lambda one: (one.left, one.top)))) for group in groups)


def runs(glyphs: Iterable[Glyph]) -> tuple[tuple[Glyph, ...], ...]:
    """Glyphs that belong to one cell together: a number as a whole, any other character alone.

    A number wider than its cell reaches over the ruling; cut there it would become two wrong numbers.
    """
    found: list[tuple[Glyph, ...]] = []
    for line in group_lines(glyphs):
        number: list[Glyph] = []
        for glyph in line.glyphs:
            if number and (glyph.text not in DIGITS or _is_gap(number[-1], glyph, DIGIT_GAP)):
                found.append(tuple(number))
                number = []
            if glyph.text in DIGITS:
                number.append(glyph)
            else:
                found.append((glyph,))
        if number:
            found.append(tuple(number))
    return tuple(found)


def _is_gap(before: Glyph, glyph: Glyph, share: float) -> bool:
    return glyph.left - before.right > share * min(before.height, glyph.height)
