"""A text or a document in, its figures out, each with offsets into what was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.document import Document, Grid
from extractors.figures.clause import read_items
from extractors.figures.flatten import HOLE, Flat, flatten
from extractors.figures.mask import find_years, mask
from extractors.figures.walk import Draft, Memory, Walk
from extractors.figures.wholes import find_whole
from extractors.numerals import Number, find_numbers
from schemas.indicators import load_codebook
from schemas.records import Figure, Period, Section
from schemas.reports import load_report_words

_SENTENCE = re.compile(r"[^。!?\n]+[。!?\n]?")
_UNIT_BESIDE = re.compile(r"单位:?([一-鿿]{1,2})")
_UNIT_COLUMN = re.compile(r"\t([一-鿿]{1,2}|%)\t")
_TIME_UNITS = ("年", "月", "日", "天", "岁", "小时", "分钟", "届", "级")
_CONTEXT = 2  # sentences without a number that are read for the topic of the next one
_PROSE_CELL = 40
_LONGEST_SENTENCE = 2000
_LINE = re.compile(r"[^\n]+")
_FURNITURE_CHARACTERS = 120  # a longer line is prose


def extract_figures(text: str, year: int | None = None) -> tuple[Figure, ...]:
    """The figures of `text`; `year` is the report's, by which other years are told to be earlier."""
    flat = flatten(text)
    drafts = _drafts(flat, year)
    figures = []
    seen = set()
    wholes = [find_whole(draft, position, drafts) for position, draft in enumerate(drafts)]
    for draft, whole in zip(drafts, wholes, strict=True):
        key = (draft.indicator, draft.value, draft.unit, draft.channel, draft.period, draft.change)
        if draft.indicator is not None and key in seen:
            continue
        seen.add(key)
        figures.append(_figure(text, flat, draft, whole))
    return tuple(figures)


def find_document_figures(
    document: Document,
    sections: tuple[Section, ...],
    year: int | None,
    skip: tuple[tuple[int, int], ...] = (),
) -> tuple[Figure, ...]:
    """The figures of a document's prose: outside the spans `skip` that tables claim, grids and the site's furniture."""
    characters = list(document.text)
    for start, end in (*skip, *_grid_spans(document), *_furniture_spans(document.text, sections)):
        characters[start:end] = [_blank(character) for character in characters[start:end]]
    figures = extract_figures("".join(characters), year)
    return tuple(
        replace(
            figure,
            text=document.text[figure.start : figure.end],
            section=_section(figure.start, sections),
            locator=document.locate(figure.start, figure.end),
        )
        for figure in figures
    )


def _blank(character: str) -> str:
    return "\n" if character in "\n\t" else HOLE


def _grid_spans(document: Document) -> list[tuple[int, int]]:
    """Spans of grid cells that hold no prose; a layout grid's long cells are prose."""
    return [
        (cell.start, cell.start + len(cell.text))
        for block in document.blocks
        if isinstance(block, Grid)
        for cell in block.cells
        if len(cell.text) < _PROSE_CELL or "。" not in cell.text
    ]


def _furniture_spans(text: str, sections: Sequence[Section]) -> Iterator[tuple[int, int]]:
    """Lines that are the site's, not the report's: neighbours and footers, and above the first section the byline.

    A counter of visits (阅读：402) and 上一篇 would else be told as statistics.
    """
    words = load_report_words()
    above = sections[0].start if sections else 0
    for line in _LINE.finditer(text):
        told = line[0]
        if "。" in told or len(told) > _FURNITURE_CHARACTERS:
            continue
        in_byline = line.end() <= above and (told.strip().isdecimal() or any(word in told for word in words.byline))
        if in_byline or any(word in told for word in words.furniture):
            yield line.span()


def _section(offset: int, sections: Sequence[Section]) -> int | None:
    return next((section.number for section in sections if section.start <= offset < section.end), None)


def _drafts(flat: Flat, year: int | None) -> list[Draft]:
    hidden = mask(flat.text)
    numbers = tuple(number for number in find_numbers(hidden) if number.unit not in _TIME_UNITS)
    years = find_years(flat.text)
    zeros = _zero_words()
    memory = Memory()
    drafts: list[Draft] = []
    quiet: list[tuple[int, int]] = []
    unit: str | None = None
    next_number = next_year = 0
    for match in _SENTENCE.finditer(hidden):
        start, end = match.span()
        first = next_number
        while next_number < len(numbers) and numbers[next_number].start < end:
            next_number += 1
        first_year = next_year
        while next_year < len(years) and years[next_year].start < end:
            next_year += 1
        inside = numbers[first:next_number]
        if beside := _UNIT_BESIDE.search(match[0]):
            unit = beside[1]
        if row := _UNIT_COLUMN.search(match[0]):
            inside = tuple(replace(number, unit=number.unit or row[1]) for number in inside)
        if inside or zeros.search(match[0]):
            for before, after in quiet[-_CONTEXT:]:
                memory.remember(read_items(hidden, before, after, (), ()))
            quiet.clear()
            items = read_items(hidden, start, end, inside, years[first_year:next_year])
            drafts.extend(_with_units(Walk(items, memory, year).run(), inside, hidden, unit))
        else:
            memory.sentence += 1
            quiet.append((start, end))
    return drafts


_zero_pattern: list[re.Pattern[str]] = []


def _zero_words() -> re.Pattern[str]:
    if not _zero_pattern:
        words = [word for word, features in load_codebook().features.items() if features & {"!none", "!zero"}]
        _zero_pattern.append(re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True))))
    return _zero_pattern[0]


def _with_units(drafts: list[Draft], numbers: Sequence[Number], hidden: str, beside: str | None) -> list[Draft]:
    """Drafts with the unit of their list: of the clause's next number that writes one, or the one beside the list."""
    for draft in drafts:
        if draft.unit is not None or draft.indicator is None or hidden[draft.end - 1 : draft.end] in "万亿":
            continue
        measures = load_codebook().indicators[draft.indicator].measure_words
        if not any(number.start == draft.start for number in numbers):
            continue
        following = next((number for number in numbers if number.start > draft.start and number.unit), None)
        if following is not None and following.unit in measures and ";" not in hidden[draft.end : following.start]:
            draft.unit = following.unit
        elif beside is not None and beside in measures:
            draft.unit = beside
    return drafts


def _figure(text: str, flat: Flat, draft: Draft, whole: str | None) -> Figure:
    start = flat.offsets[draft.start]
    end = flat.offsets[draft.end - 1] + 1
    return Figure(
        draft.indicator,
        draft.value,
        draft.unit,
        draft.qualifier,
        draft.channel,
        whole,
        draft.period if draft.change is None else Period.CURRENT,
        draft.change,
        text[start:end],
        start,
        end,
        _sentence(text, flat, draft.start),
    )


def _sentence(text: str, flat: Flat, position: int) -> str:
    """The sentence around a place, no more than `_LONGEST_SENTENCE` characters of it on either side."""
    first, last = max(0, position - _LONGEST_SENTENCE), min(len(flat.text), position + _LONGEST_SENTENCE)
    begin = max((flat.text.rfind(mark, first, position) for mark in "。!?\n"), default=-1) + 1 or first
    ends = [index for mark in "。!?\n" if (index := flat.text.find(mark, position, last)) >= 0]
    end = min(ends, default=last - 1)
    return text[flat.offsets[begin] : flat.offsets[end] + 1].strip()
