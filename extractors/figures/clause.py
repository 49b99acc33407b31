"""A sentence in, its items out: words with their features, numbers, and the marks that part them.

Words carry the features the codebook gives them (`@class`, `#channel`, `!cue`, themselves). A word without any is
neutral (it may stand between a noun and its number) or foreign: a counted noun the codebook does not know. Words are
cut by `jieba` with the codebook's words in its dictionary, so that 公开栏 is never read as 公开.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from extractors.figures.cut import cut_words
from extractors.figures.flatten import HOLE
from extractors.figures.mask import Year
from extractors.numerals import MEASURE_WORDS, Number
from schemas.indicators import load_codebook


class Kind(StrEnum):
    """What an item is."""

    WORD = "word"
    NUMBER = "number"
    YEAR = "year"
    COMMA = "comma"
    SEMICOLON = "semicolon"
    LIST = "list"
    OPEN = "open"
    CLOSE = "close"
    COLON = "colon"


_MARKS = {",": Kind.COMMA, "\t": Kind.COMMA, ";": Kind.SEMICOLON, "、": Kind.LIST, "(": Kind.OPEN, ")": Kind.CLOSE}
_MARKS |= {":": Kind.COLON}
_MARKS |= {"[": Kind.OPEN, "]": Kind.CLOSE, "【": Kind.OPEN, "】": Kind.CLOSE}
_CONJUNCTIONS = frozenset(("和", "与", "及", "以及", "或"))
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z]")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A word, a number, a year or a mark, at flat offsets. A content word is a noun or verb of some phrase."""

    kind: Kind
    text: str
    start: int
    end: int
    features: frozenset[str] = frozenset()
    number: Number | None = None
    year: int | None = None
    is_foreign: bool = False
    is_content: bool = False

    def has(self, cue: str) -> bool:
        """Whether the word is a cue of that name."""
        return "!" + cue in self.features


def read_items(
    flat: str, start: int, end: int, numbers: tuple[Number, ...], years: tuple[Year, ...]
) -> tuple[Item, ...]:
    """Items of the sentence `flat[start:end]` (masked), with the numbers and years that stand in it, in order."""
    characters = list(flat[start:end])
    items = [Item(Kind.NUMBER, number.text, number.start, number.end, number=number) for number in numbers]
    for number in numbers:
        characters[number.start - start : number.end - start] = HOLE * (number.end - number.start)
    items.extend(Item(Kind.YEAR, str(year.year), year.start, year.start + 1, year=year.year) for year in years)
    position = start
    for word in cut_words("".join(characters)):
        item = _item(word, position)
        position += len(word)
        if item is not None:
            items.append(item)
    return tuple(sorted(items, key=lambda item: (item.start, item.kind is not Kind.YEAR)))


def _item(word: str, start: int) -> Item | None:
    end = start + len(word)
    if word in _MARKS:
        return Item(_MARKS[word], word, start, end)
    if word in _CONJUNCTIONS:
        return Item(Kind.LIST, word, start, end)
    if not _HAN.search(word):
        return None
    return Item(Kind.WORD, word, start, end, *_word_sense(word))


@cache
def _word_sense(word: str) -> tuple[frozenset[str], None, None, bool, bool]:
    """The last fields of a word's `Item`: features, no number, no year, is it foreign, is it content."""
    book = load_codebook()
    features = book.features.get(word) or book.features.get(word.upper()) or frozenset()
    in_class = any(feature[0] in "@#" for feature in features)
    if word in book.foreign and not any(feature[0] == "@" for feature in features):
        return frozenset(), None, None, True, False
    is_filler = word in book.neutral or word in MEASURE_WORDS or len(word) == 1
    is_literal = not is_filler and any(feature[0] not in "@#!" for feature in features)
    return features, None, None, not features and not is_filler, in_class or is_literal
