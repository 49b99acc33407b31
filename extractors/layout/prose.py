"""Lines of pages in, paragraphs out, without what stands on every page (page numbers, running heads).

A line ends its paragraph when it stops short of the right margin, or when the next line is indented, numbered as a
section is, far below or of another size. Lines of one paragraph stay apart by a line break, so nothing written is
changed. A paragraph may go on over the end of a page. What it refuses: to call a line furniture because of its words;
place, repetition and counting tell it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Box
from extractors.layout.glyphs import Line

MARGIN_SHARE = 0.12  # of a page's height: running heads and page numbers stand no further from its edge
PAGE_NUMBER = re.compile(
    r"[\s\-—–－·•~第page]*(\d{1,4})\s*页?(?:\s*[/／共of,，]+\s*\d{1,4}\s*页?)?[\s\-—–－·•~]*", re.IGNORECASE
)
FEW_LINES = 10
SECTION = re.compile(r"\s*[一二三四五六七八九十]+、")
INDENT = 1.2  # of a character's height
SHORT = 2.5  # of a character's height


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line, its text, the page it stands on (from 1), its box, and its text column (0: the whole page's width)."""

    text: str
    page: int
    box: Box
    height: float
    column: int = 0


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Number and height of a page."""

    page: int
    height: float


def page_line(line: Line, page: int, column: int = 0) -> PageLine:
    """A line with its place, its text as read."""
    return PageLine(line.text, page, line.box, line.height, column)


def find_furniture(lines: Sequence[PageLine], frames: Sequence[PageFrame]) -> frozenset[PageLine]:
    """The lines that belong to the pages, not to the text."""
    heights = {frame.page: frame.height for frame in frames}
    edge = [line for line in lines if _is_at_edge(line, heights[line.page])]
    numbers = {line: int(match[1]) for line in edge if (match := PAGE_NUMBER.fullmatch(line.text.strip()))}
    offsets: dict[int, set[int]] = {}
    for line, number in numbers.items():
        offsets.setdefault(number - line.page, set()).add(line.page)
    counted = {line for line, number in numbers.items() if _is_page_number(line, number, offsets)}
    repeated: dict[tuple[str, int], set[int]] = {}
    for line in edge:
        repeated.setdefault(_run_key(line), set()).add(line.page)
    needed = max(2, (len(frames) + 1) // 2)
    return frozenset(line for line in edge if line in counted or len(repeated[_run_key(line)]) >= needed)


def _is_page_number(line: PageLine, number: int, offsets: dict[int, set[int]]) -> bool:
    """A number counts pages when it does so on two pages, or is dressed as one, or is this page's own number."""
    return len(offsets[number - line.page]) > 1 or not line.text.strip().isdigit() or number == line.page


def _is_at_edge(line: PageLine, height: float) -> bool:
    return line.box[3] < height * MARGIN_SHARE or line.box[1] > height * (1 - MARGIN_SHARE)


def _run_key(line: PageLine) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text.strip()), round(line.box[1] / 8)


def find_margins(lines: Sequence[PageLine], width: float) -> dict[int, tuple[float, float]]:
    """For each text column, where most of its lines begin and where the longest of them end.

    Lines that never reach half of the page's `width` do not show where its margin is: there every line ends short.
    Where there are few lines, the right margin is taken to be as wide as the left one.
    """
    margins = {}
    for column in sorted({line.column for line in lines}):
        lefts = sorted(line.box[0] for line in lines if line.column == column)
        rights = sorted(line.box[2] for line in lines if line.column == column)
        left, right = lefts[len(lefts) // 10], rights[(len(rights) * 9) // 10]
        if column == 0 and len(lefts) < FEW_LINES:
            right = max(right, width - left)
        margins[column] = left, width if column == 0 and right < width / 2 else right
    return margins


def group_paragraphs(
    lines: Sequence[PageLine], margins: dict[int, tuple[float, float]]
) -> tuple[tuple[PageLine, ...], ...]:
    """Lines in reading order, grouped into paragraphs."""
    groups: list[list[PageLine]] = []
    for line in lines:
        if not groups or _ends(groups[-1][-1], line, *margins[line.column]):
            groups.append([])
        groups[-1].append(line)
    return tuple(tuple(group) for group in groups)


def _ends(before: PageLine, line: PageLine, left: float, right: float) -> bool:
    height = before.height
    if before.column != line.column and min(before.column, line.column) == 0:
        return True
    if line.box[0] > left + INDENT * height or SECTION.match(line.text):
        return True
    if before.column == line.column and before.box[2] < right - SHORT * height:
        return True
    if abs(before.height - line.height) > 0.25 * height:
        return True
    return (before.page, before.column) == (line.page, line.column) and line.box[1] - before.box[3] > 1.8 * height
