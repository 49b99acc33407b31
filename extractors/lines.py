"""A `Document` in, its lines in matching form out: what titles, headings and signatures are looked for in.

A line ends at a line break of the text, at the border of a table's cell, or before a section's heading where a page
runs on in one line. Each line knows whether it stood in a table (a grid, or a row of cells parted by signs in a plain
text) and whether the page marked it as a heading.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.document import Document, Grid, Heading
from extractors.normal import Normalised, normalise
from schemas.reports import load_report_words

_ENDS = ("。", ";", ":", "!", "?")
_WRAPPED_CHARACTERS = 20  # a shorter line did not reach the margin
_HEADING_SIGN = "#"
_BREAK = re.compile(r"(\n+)")
_LONG_CHARACTERS = 60  # a line this long may hold headings of sections within
_CELL_BORDERS = 2  # so many upright strokes make a line of text a row of a table


@dataclass(frozen=True, slots=True)
class Line:
    """`text` in matching form, never empty; `start`/`end` span it in `Document.text`, `at` is its place in `Lines`."""

    text: str
    at: int
    start: int
    end: int
    in_table: bool
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a document, in order; `normal.text` holds them parted by line breaks."""

    lines: tuple[Line, ...]
    normal: Normalised

    @property
    def text(self) -> str:
        """The whole document in matching form, with line breaks."""
        return self.normal.text

    def index_at(self, position: int) -> int:
        """Index of the line that holds position `position` of `text`, or of the last one before it."""
        return max(bisect_right(self.lines, position, key=lambda line: line.at) - 1, 0)

    def prose(self, first: int, last: int) -> str:
        """Lines `first` up to, not including, `last` as running text: lines that only wrapped are joined."""
        joined = ""
        before = ""
        for line in self.lines[first:last]:
            wraps = len(before) >= _WRAPPED_CHARACTERS and not before.endswith(_ENDS)
            joined += line.text if wraps or not before else "\n" + line.text
            before = line.text
        return joined


def find_lines(document: Document) -> Lines:
    """The lines of a document; blank ones are left out."""
    normal = normalise(document.text, keep_lines=True)
    blocks = document.blocks
    found: list[Line] = []
    at = block = 0
    for text in _split(normal.text):
        signs = len(text) - len(text.lstrip(_HEADING_SIGN))  # a heading, in a page kept as Markdown
        if text[signs:].strip("\n"):
            start, end = normal.span(at + signs, at + len(text))
            while block + 1 < len(blocks) and blocks[block + 1].start <= start:
                block += 1
            holder = blocks[block] if blocks else None
            in_table = isinstance(holder, Grid) or text.count("|") >= _CELL_BORDERS
            is_heading = isinstance(holder, Heading) or signs > 0
            found.append(Line(text[signs:], at + signs, start, end, in_table, is_heading))
        at += len(text)
    return Lines(tuple(found), normal)


def _split(text: str) -> Iterator[str]:
    """Parts of a text that add up to it: its lines, each break apart, and a long line before each section's heading."""
    for line in _BREAK.split(text):
        if len(line) < _LONG_CHARACTERS:
            yield line
            continue
        begin = 0
        for heading in _heading_within().finditer(line, 1):
            yield line[begin : heading.start()]
            begin = heading.start()
        yield line[begin:]


@cache
def _heading_within() -> re.Pattern[str]:
    titles = "|".join(re.escape(section.title) for section in load_report_words().sections)
    return re.compile(rf"(?<=[。;:)])[一二三四五六]、(?:{titles})(?![、;,])")
