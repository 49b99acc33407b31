"""Text as it came in, one clean line of prose a paragraph out: `Flat(text, offsets)`.

Why: a sentence on a page is broken by line ends, pasted blanks, quotation marks and full-width forms, none of which
mean anything. The grammar reads the flat text, the evidence points into the source: `offsets[i]` is where character
`i` stood.

What stays: hard line ends (a blank line, a heading, a numbered item), tabs, and one blank between letters or digits.
A line end inside a sentence goes. Titles in 《》 lose their marks when short, and their words when long: a title is a
name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.numerals import fold_widths

HOLE = "◇"  # stands for one character that is no prose: never a word, never a number

_QUOTES = frozenset("“”\"'‘’「」『』\u200b\ufeff\u200c\u200d`")
_BLANKS = re.compile(r"[ \u200b\ufeff\r\n\x0b\x0c\u2028\u2029]+")
_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、)](?!\d)|第[一二三四五六七八九十]+[章节部]|[一二三四五六七八九十]是|[①-⑳]"
)
_HEADING_END = re.compile(r"(?:情况|方面|工作|概述|建设|保障|公开|管理|报告|解读|回应|事项|措施|问题|监督|平台)$")
_TITLE = re.compile(r"《([^《》\n]{1,80})》")
_PAGE_NUMBER = re.compile(r"(?<=\n)[ \t]*(?:[-—–] ?\d{1,3} ?[-—–]|第 ?\d+ ?页(?:[,/ ]*共 ?\d+ ?页)?)[ \t]*(?:\n|$)")
_SHORT_TITLE = 8
_SHORT_LINE = 18
_LONGEST_LINE = 500  # characters of a line that are looked at


@dataclass(frozen=True, slots=True)
class Flat:
    """Clean text with the place of each of its characters in the source."""

    text: str
    offsets: tuple[int, ...]


def flatten(source: str) -> Flat:
    """The flat form of `source`; characters in `HOLE` are holes from the start."""
    folded = _PAGE_NUMBER.sub(lambda match: " " * len(match[0]), _hide_titles(fold_widths(source)))
    kept: list[str] = []
    offsets: list[int] = []
    line_start = position = 0
    length = len(folded)
    while position < length:
        character = folded[position]
        if character in " \u200b\ufeff\r\n\x0b\x0c\u2028\u2029":
            match = _BLANKS.match(folded, position)
            end = match.end() if match else position + 1
            joint = _joint(folded, position, end, "".join(kept[max(line_start, len(kept) - _LONGEST_LINE) :]))
            if joint:
                kept.append(joint)
                offsets.append(position)
                line_start = len(kept) if joint == "\n" else line_start
            position = end
            continue
        if character not in _QUOTES:
            kept.append(character)
            offsets.append(position)
        position += 1
    return Flat("".join(kept), tuple(offsets))


def _hide_titles(folded: str) -> str:
    def hide(match: re.Match[str]) -> str:
        inner = match[1]
        if len(inner) <= _SHORT_TITLE and not re.search(r"\d", inner):
            return f"\u200b{inner}\u200b"
        return HOLE * len(match[0])

    return _TITLE.sub(hide, folded) if "《" in folded else folded


def _joint(folded: str, start: int, end: int, line: str) -> str:
    """What becomes of a run of blanks: nothing, one blank, or a hard line end."""
    if start == 0 or end == len(folded):
        return ""
    breaks = folded.count("\n", start, end) or folded.count("\r", start, end)
    if breaks and _is_hard(folded, start, end, line, breaks):
        return "\n"
    before, after = folded[start - 1], folded[end]
    return " " if before.isascii() and before.isalnum() and after.isascii() and after.isalnum() else ""


def _is_hard(folded: str, start: int, end: int, line: str, breaks: int) -> bool:
    if breaks > 1 or folded[start - 1] in "。!?" or _ITEM.match(folded, end):
        return True
    if "\t" in line.strip("\t"):
        return True
    if line[-1:] in tuple(",;:、("):
        return False
    return len(line) <= _SHORT_LINE and (bool(_HEADING_END.search(line)) or _ITEM.match(line) is not None)
