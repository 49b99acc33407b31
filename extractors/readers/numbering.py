"""Automatic list numbers of a word processor: a paragraph's list and level in, the number Word would show out.

The numbers of 一、（一）1. are often not in a file's text but counted when it is shown, from `numbering.xml`:

    numbering.count("2", 0, None)   ->   "一、 "        the first paragraph of list 2
    numbering.count("2", 1, None)   ->   "（一） "
    numbering.count("2", 0, None)   ->   "二、 "

A space always follows, lest a number run into the digits of its paragraph. Bullets and formats that are not numbers
show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_CHINESE = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list counts: first number, format, and the text with `%1` … `%9` in it."""

    start: int
    number_format: str
    pattern: str


@dataclass
class Numbering:
    """Lists of a document and how far each has been counted.

    `lists` maps a list's id to its counter and levels (lists that continue one another share a counter), `style_lists`
    a paragraph style to the list and level it brings along.
    """

    lists: Mapping[str, tuple[str, Mapping[int, ListLevel]]] = field(default_factory=dict)
    style_lists: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def count(self, list_id: str | None, level: int, style: str | None) -> str:
        """Count a paragraph and return its number with a space, empty where it has none."""
        if list_id is None:
            list_id, level = self.style_lists.get(style or "", ("", 0))
        if list_id not in self.lists:
            return ""
        counter, levels = self.lists[list_id]
        if level not in levels:
            return ""
        counts = self._counts.setdefault(counter, {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return _shown(levels, counts, level)


def load_numbering(part: Any) -> Numbering:
    """The lists of a document part of python-docx; none where it has no numbering part."""
    names = {relation.reltype.rpartition("/")[2]: relation for relation in part.rels.values()}
    if "numbering" not in names or names["numbering"].is_external:
        return Numbering()
    root = part.numbering_part.element
    abstract: dict[str, dict[int, ListLevel]] = {}
    style_levels: dict[str, tuple[str, int]] = {}
    for element in _children(root, "abstractNum"):
        identifier = _attribute(element, "abstractNumId")
        abstract[identifier] = {}
        for level in _children(element, "lvl"):
            number = _whole(_attribute(level, "ilvl"), 0)
            abstract[identifier][number] = _list_level(level)
            style = _value(level, "pStyle")
            if style:
                style_levels[style] = (identifier, number)
    lists: dict[str, tuple[str, dict[int, ListLevel]]] = {}
    of_abstract: dict[str, str] = {}
    for element in _children(root, "num"):
        identifier, base = _attribute(element, "numId"), _value(element, "abstractNumId")
        overrides = {
            _whole(_attribute(one, "ilvl"), 0): _whole(_value(one, "startOverride"), 1)
            for one in _children(element, "lvlOverride")
        }
        levels = {
            number: ListLevel(overrides.get(number, level.start), level.number_format, level.pattern)
            for number, level in abstract.get(base, {}).items()
        }
        lists[identifier] = (f"num {identifier}" if overrides else f"abstract {base}", levels)
        of_abstract.setdefault(base, identifier)
    styles = {style: (of_abstract[base], level) for style, (base, level) in style_levels.items() if base in of_abstract}
    return Numbering(lists, styles)


def _list_level(level: Any) -> ListLevel:
    return ListLevel(_whole(_value(level, "start"), 1), _value(level, "numFmt"), _value(level, "lvlText"))


def _shown(levels: Mapping[int, ListLevel], counts: Mapping[int, int], level: int) -> str:
    if levels[level].number_format not in _FORMATS:
        return ""

    def written(match: re.Match[str]) -> str:
        other = int(match[1]) - 1
        if other not in levels:
            return ""
        number = counts.get(other, levels[other].start)
        return _FORMATS.get(levels[other].number_format, str)(number)

    text = re.sub(r"%([1-9])", written, levels[level].pattern)
    return f"{text} " if text else ""


def _chinese(number: int) -> str:
    """一 … 九十九; larger numbers digit by digit."""
    if not 0 < number < 100:
        return "".join(_CHINESE[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _CHINESE[tens]) + "十" if tens else ""
    return head + (_CHINESE[ones] if ones else "")


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)


def _wide(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _wide,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
}


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name]


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _value(element: Any, name: str) -> str:
    children = _children(element, name)
    return _attribute(children[0], "val") if children else ""


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else default
