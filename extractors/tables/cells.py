r"""What stands in a cell: its text in, `Written(state, value, unit)` out.

A cell of a statutory table holds a number in one of the ways of DOMAIN ("How numbers are written"), nothing, a
stroke, or words. Blank is not zero, a stroke is neither, and two numbers in one cell are no number at all.

    read_cell("7523.55万元")  -> value 7523.55, unit 万元
    read_cell("／")           -> not_applicable
    read_cell("5\n0")        -> unread: a list, or digits set below one another
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from extractors.normal import fold
from extractors.numerals import parse_number
from schemas.records import Qualifier, State

_UNKNOWN = "\ufffd"  # what a reader writes for a sign it cannot tell
_STROKES = frozenset("/\\-—–─－_―｜|一ー")
_NOT_APPLICABLE = frozenset({"无", "不适用", "N/A", "n/a", "NA", "无此项", "不涉及"})
_FOOTNOTE = re.compile(r"(?:[*＊†‡※#]+|\[\d{1,2}\]|〔\d{1,2}〕|\((?:注|备注)\d{0,2}\)|（(?:注|备注)\d{0,2}）)+$")
_RAISED = re.compile(r"(?<=[\d%元件条个])[①-⑳⓪¹²³⁰⁴-⁹]+(?=\D*$)")
_CHANGE = re.compile(r"^(增加|增长|新增|增|减少|下降|减)(?=[\d+])")
_SINGLE_DIGITS = re.compile(r"\d(?:[ \u00a0\u3000]\d)+")
_GROUPED = re.compile(r"[+\-－]?\d{1,3}(?:[ \u00a0\u3000,，]\d{3})+(?:\.\d+)?")
_SEVERAL = re.compile(r"\d[\d.,，]*[\s\u3000]+[+\-－]?\d")


@dataclass(frozen=True, slots=True)
class Written:
    """What a cell states."""

    state: State
    value: Decimal | None = None
    unit: str | None = None


def read_cell(text: str) -> Written:
    """The state of a cell, and its number and written unit when it holds one."""
    # Raised and circled figures are footnote marks; folding would make digits of them.
    text = _RAISED.sub("", text)
    folded = fold(text)
    if not folded:
        return Written(State.BLANK)
    if _UNKNOWN in folded or holds_several(text):
        return Written(State.UNREAD)
    if folded in _NOT_APPLICABLE or set(folded) <= _STROKES:
        return Written(State.NOT_APPLICABLE)
    return _read_number(folded)


def holds_several(text: str) -> bool:
    """Whether blanks or line breaks part the digits of a cell in a way that may mean several numbers."""
    stripped = text.strip()
    lines = [fold(line) for line in stripped.split("\n") if line.strip()]
    if len(lines) > 1 and all(_states_something(line) for line in lines):
        return True
    if not _SEVERAL.search(stripped):
        return False
    if _GROUPED.fullmatch(stripped):
        return False
    return not (_SINGLE_DIGITS.fullmatch(stripped) and not stripped.startswith("0"))


def _states_something(line: str) -> bool:
    return line in _NOT_APPLICABLE or set(line) <= _STROKES or _read_number(line).state is State.VALUE


def _read_number(folded: str) -> Written:
    sign = 1
    word = _CHANGE.match(folded)
    if word:
        sign = -1 if word[1] in ("减少", "下降", "减") else 1
        folded = folded[word.end() :]
    folded = _FOOTNOTE.sub("", folded)
    try:
        number = parse_number(folded)
    except (ValueError, ArithmeticError):  # no number, or more digits than a decimal holds
        return Written(State.TEXT)
    if number.qualifier is not Qualifier.EXACT or number.unit == "%":
        return Written(State.TEXT)
    return Written(State.VALUE, sign * number.value, number.unit)
