"""Text as written in, text for matching out, with the way back to the characters it came from.

Labels and headings are compared in one spelling: NFKC (full width, Kangxi radicals such as ⼀, circled figures) and
without spaces. What is published stays as written, so every position of the matching text knows its source:

    normal = normalise("⼀、 总体 情况", keep_lines=True)
    normal.text                # "一、总体情况"
    normal.offsets[2]          # 3, the place of 总 as written

Line breaks are kept on demand, as one sign each; a tab then counts as one too, since it parts the cells of a table.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import chain, count, repeat

# Signs that show nothing and that NFKC leaves alone: soft hyphen, zero width spaces and joiners, byte order mark.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_BREAKS = frozenset("\n\r\t\x07\x0b\x0c\u2028\u2029")


class _Folding(dict[str, str]):
    """A character's matching form, worked out when it is first met."""

    def __init__(self, keep_lines: bool) -> None:
        super().__init__()
        self._breaks = _BREAKS if keep_lines else frozenset()

    def __missing__(self, character: str) -> str:
        if character in self._breaks:
            folded = "\n"
        elif character in _INVISIBLE:
            folded = ""
        else:
            folded = "".join(unicodedata.normalize("NFKC", character).split())
        self[character] = folded
        return folded


_FLAT = _Folding(keep_lines=False)
_LINES = _Folding(keep_lines=True)


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` for matching; `offsets[i]` is where its character i stood, `offsets[len(text)]` the source's length."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source's span of `text[start:end]`; empty spans stay empty."""
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def fold(text: str) -> str:
    """The matching form of a short text, where no way back is needed."""
    return "".join(map(_FLAT.__getitem__, text))


def squeeze(text: str) -> str:
    """A short text as written, but without spaces and signs that show nothing."""
    return "".join(character for character in text if not character.isspace() and character not in _INVISIBLE)


def normalise(text: str, *, keep_lines: bool = False) -> Normalised:
    """The matching form of `text` with the offset of every character."""
    table = _LINES if keep_lines else _FLAT
    folded = list(map(table.__getitem__, text))
    offsets = chain.from_iterable(map(repeat, count(), map(len, folded)))
    return Normalised("".join(folded), (*offsets, len(text)))
