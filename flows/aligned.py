"""Rows of text in, an aligned table for a terminal out; Chinese characters count as two columns wide."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width


def width(text: str) -> int:
    """Columns the text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def aligned(header: Sequence[str], rows: Sequence[Sequence[object]], indent: str = "") -> str:
    """A table with a rule under its header: first column to the left, columns of numbers to the right.

    None is shown as `-`.
    """
    texts = [[("-" if value is None else str(value)) for value in row] for row in rows]
    widths = [max(width(line[place]) for line in [list(header), *texts]) for place in range(len(header))]
    right = [all(_is_number(line[place]) for line in texts) for place in range(len(header))]

    def line(values: Sequence[str]) -> str:
        padded = (_pad(value, widths[place], right[place]) for place, value in enumerate(values))
        return (indent + "  ".join(padded)).rstrip()

    return "\n".join([line(header), indent + "  ".join("-" * size for size in widths), *(line(row) for row in texts)])


def _pad(text: str, size: int, to_right: bool) -> str:
    space = " " * (size - width(text))
    return space + text if to_right else text + space


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(",", "").replace(".", "", 1).rstrip("%").isdigit() or text in {"-", ""}
