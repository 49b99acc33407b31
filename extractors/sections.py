"""A `Document` in, its sections out: the six of 2019 and later, or the free ones of older reports.

A statutory heading is known by its words, mutilated or not, and by the place of its number in the order 1 to 6; the
numbering may be 一、 (一) 1. 第一部分 or none. Many lines look like one: a table's rows open with 一、 and 三、, an
opening section has parts of its own called 主动公开情况, a table of contents names all six. So every line that may be a
heading is weighed, and the chain of rising numbers with the greatest weight is taken. A second report on the same page
begins a second run of headings, and the first run is the report.

Reports without the statutory tables keep their own headings: there `number` is None, whatever the words.

A section's `start` and `end` span heading and text; `text` is what follows the heading. Nothing is repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from extractors.document import Document
from extractors.lines import Line, Lines, find_lines
from extractors.numerals import parse_number
from schemas.records import Section
from schemas.reports import load_report_words

_NUMBERING = re.compile(
    r"^(?:第(?P<part>[一二三四五六七八九十]{1,3}|\d{1,2})(?:部分|章|节)[、.:,]?"
    r"|(?P<chinese>[一二三四五六七八九十]{1,3})(?:、|[.,:])"
    r"|\((?P<paren>[一二三四五六七八九十]{1,3})\)[、.]?"
    r"|(?P<arabic>\d{1,2})(?:[、)]|\.(?!\d)))"
)
_STYLES = ("part", "chinese", "paren", "arabic")
_TRAILING = re.compile(r"[.…·\-—_]*\d{0,3}$|[。:;,、]+$")
_RUN_ON = re.compile(r"[。:;,]|(?:19|20)\d\d年")

_NUMBER_FITS, _NUMBER_DIFFERS, _MAIN_STYLE, _INNER_STYLE, _MARKED, _IN_TABLE, _HAS_BODY = 30, -25, 30, -15, 10, -30, 10
_VARIANT_SHARE = 0.85
_LEAST_WEIGHT = 75.0
_OPENING_WEIGHT = 120.0  # a heading of the outermost numbering, in its place
_OWN_WORDS = 86.0  # more likeness than any variant has: the form's own words, mutilated at most
_STATUTORY_LABELS = 3
_LEAST_TOLD = 2  # sections told in a run; of a table of contents only the last may seem so, before the report
_RUN_HEADINGS = 3  # so many sections seen, a new first one opens another report
_LEAST_FREE = 2
_TITLE_REACH = 12  # so many lines may stand between the title of a list and its first label
_FURNITURE_CHARACTERS = 80
_RUN_ON_SIGNS = "。：:；;，, \n\t"
_PROMISING = re.compile("情况|概|总|公开|申请|复议|诉讼|问题|事项|不足|措施")


@dataclass(frozen=True, slots=True)
class Headline:
    """A line that may open a section.

    `numeral` is how it counts itself (in `style`), `number` the statutory section its words name, `likeness` how well
    (100 for the form's own words). `length` is how much of the line's matching text is the heading.
    """

    index: int
    style: str | None
    numeral: int | None
    number: int | None
    likeness: float
    length: int
    in_table: bool
    is_marked: bool
    has_body: bool
    weight: float = 0.0


def find_sections(document: Document) -> tuple[Section, ...]:
    """The sections of the (first) report in a document, in order; empty where no heading was found."""
    lines = find_lines(document)
    headlines = find_headlines(lines)
    runs = find_runs(headlines)
    end = runs[1][0].index if len(runs) > 1 else len(lines.lines)
    chain = runs[0] if runs else ()
    if is_statutory(lines, headlines):
        chain = _with_extra(chain, headlines, end)
        return _cut(document, lines, chain, end, numbered=True)
    end = _find_annex(lines, headlines, end)
    free = _free_chain(headlines, end) or tuple(headline for headline in chain if headline.index < end)
    return _cut(document, lines, free, end, numbered=False)


def find_headlines(lines: Lines) -> tuple[Headline, ...]:
    """Every line that is numbered like a section or speaks like a statutory heading, in order."""
    parsed = [headline for index, line in enumerate(lines.lines) if (headline := _parse(index, line)) is not None]
    told: list[Headline] = []
    following = len(lines.lines)
    for headline in reversed(parsed):
        if headline.number is None:
            told.append(headline)
            continue
        told.append(replace(headline, has_body=_has_body(lines.lines, headline, following)))
        following = headline.index
    return tuple(reversed(told))


def find_runs(headlines: tuple[Headline, ...]) -> tuple[tuple[Headline, ...], ...]:
    """The statutory headings of each report on the page, tables of contents left out; usually one run."""
    candidates = _weigh([headline for headline in headlines if headline.number is not None])
    parts: list[list[Headline]] = [[]]
    seen: set[int | None] = set()  # sections of the run under way that are headed beyond doubt
    for headline in candidates:
        is_sure = headline.weight > _OPENING_WEIGHT
        if is_sure and headline.number == 1 and len(seen) >= _RUN_HEADINGS:
            parts.append([])
            seen.clear()
        parts[-1].append(headline)
        seen.update({headline.number} if is_sure else ())
    chains = [chain for chain in map(_best_chain, parts) if chain]
    told = [chain for chain in chains if sum(headline.has_body for headline in chain) >= _LEAST_TOLD]
    return tuple(told or chains[:1])


def is_statutory(lines: Lines, headlines: tuple[Headline, ...]) -> bool:
    """True where the tables of 2019 and later are there, or headings in the form's own words."""
    labels = load_report_words().structure.table_labels
    if sum(label in lines.text for label in labels) >= _STATUTORY_LABELS:
        return True
    own = {headline.number for headline in headlines if headline.likeness >= _OWN_WORDS}
    return 3 in own or {1, 6} <= own


def _parse(index: int, line: Line) -> Headline | None:
    words = load_report_words()
    numbering = _NUMBERING.match(line.text)
    style = numeral = None
    begin = 0
    if numbering:
        style = numbering.lastgroup
        numeral = _count(numbering[style]) if style else None
        begin = numbering.end()
    length = _heading_length(line.text, begin, numbering is not None, words.section_max_characters)
    bare = _TRAILING.sub("", line.text[begin:length])
    if not bare or any(bare.startswith(row) for row in words.not_sections):
        return None
    number, likeness = _name(bare) if _PROMISING.search(bare) else (None, 0.0)
    if number is None and numeral is None:
        return None
    return Headline(index, style, numeral, number, likeness, length, line.in_table, line.is_heading, has_body=False)


def _heading_length(text: str, begin: int, is_numbered: bool, longest: int) -> int:
    """How much of a line is heading: a numbered one may run on into its text, another must be short."""
    if not is_numbered:
        return len(text) if len(text) <= longest else 0
    run_on = _RUN_ON.search(text, begin + 1)
    cut = run_on.start() if run_on else len(text)
    if cut - begin <= longest:
        return cut
    own = (begin + len(title) for title in _own_titles() if text.startswith(title, begin))
    return next(own, 0)


@cache
def _own_titles() -> tuple[str, ...]:
    return tuple(section.title for section in load_report_words().sections)


@lru_cache(maxsize=4096)
def _name(bare: str) -> tuple[int | None, float]:
    """The statutory section that a heading's words name, and how well; (None, 0) for none."""
    names = _section_names()
    found = process.extractOne(bare, names.keys(), scorer=fuzz.ratio, score_cutoff=load_report_words().section_likeness)
    if found is None:
        return None, 0.0
    number, is_own = names[found[0]]
    return number, found[1] * (1.0 if is_own else _VARIANT_SHARE)


@cache
def _section_names() -> dict[str, tuple[int, bool]]:
    names: dict[str, tuple[int, bool]] = {}
    for section in load_report_words().sections:
        names[section.title] = (section.number, True)
        names.update((variant, (section.number, False)) for variant in section.variants)
    return names


@lru_cache(maxsize=256)
def _count(numeral: str) -> int | None:
    """What a heading's numeral counts; None for signs that make no number (一二, 七八)."""
    try:
        return int(parse_number(numeral).value)
    except ValueError:
        return None


def _has_body(lines: tuple[Line, ...], headline: Headline, following: int) -> bool:
    """Whether a section is told up to the next heading: in sentences or a table; no table of contents has either."""
    between = lines[headline.index + 1 : following]
    text = lines[headline.index].text[headline.length + 1 :] + "\n".join(line.text for line in between)
    if "。" in text or any(line.in_table for line in between):
        return True
    return any(label in text for label in load_report_words().structure.table_labels)


def _weigh(candidates: list[Headline]) -> list[Headline]:
    styles = [headline.style for headline in candidates if headline.numeral == headline.number and headline.style]
    main = max(_STYLES, key=styles.count) if styles else None
    weighed = (replace(headline, weight=_weight(headline, main)) for headline in candidates)
    return [headline for headline in weighed if headline.weight >= _LEAST_WEIGHT]


def _weight(headline: Headline, main: str | None) -> float:
    weight = headline.likeness
    if headline.numeral is not None:
        weight += _NUMBER_FITS if headline.numeral == headline.number else _NUMBER_DIFFERS
    if headline.style == main:
        weight += _MAIN_STYLE
    elif headline.style is not None and main is not None and _STYLES.index(headline.style) > _STYLES.index(main):
        weight += _INNER_STYLE
    weight += _MARKED * headline.is_marked + _IN_TABLE * headline.in_table + _HAS_BODY * headline.has_body
    return weight


def _best_chain(candidates: list[Headline]) -> tuple[Headline, ...]:
    """The heaviest chain of rising section numbers; of equals the earliest."""
    best: dict[int, tuple[float, tuple[Headline, ...]]] = {}  # by the number a chain ends with
    for headline in candidates:
        number = headline.number or 0
        before = max((best[end] for end in sorted(best) if end < number), key=_total, default=(0.0, ()))
        chain = (before[0] + headline.weight, (*before[1], headline))
        if number not in best or chain[0] > best[number][0]:
            best[number] = chain
    return max((best[end] for end in sorted(best)), key=_total, default=(0.0, ()))[1]


def _total(chain: tuple[float, tuple[Headline, ...]]) -> float:
    return chain[0]


def _with_extra(chain: tuple[Headline, ...], headlines: tuple[Headline, ...], end: int) -> tuple[Headline, ...]:
    """The statutory chain and the report's own headings among them, where their numerals fit in between."""
    styles = {headline.style for headline in chain if headline.numeral is not None}
    taken = {headline.index for headline in chain}
    extra = list(chain)
    for headline in headlines:
        if headline.style not in styles or headline.in_table or headline.index in taken or headline.index >= end:
            continue
        before = [known.numeral for known in extra if known.index < headline.index and known.numeral]
        after = [known.numeral for known in extra if known.index > headline.index and known.numeral]
        if before and before[-1] + 1 == headline.numeral and (not after or headline.numeral < after[0]):
            extra.append(replace(headline, number=None))
            extra.sort(key=lambda known: known.index)
    return tuple(extra)


def _free_chain(headlines: tuple[Headline, ...], end: int) -> tuple[Headline, ...]:
    """Headings that count 1, 2, 3 … in the outermost style of numbering that does, before line `end`."""
    for style in _STYLES:
        chain: list[Headline] = []
        for headline in headlines:
            expected = (chain[-1].numeral or 0) + 1 if chain else 1
            fits = headline.style == style and headline.numeral in (expected, expected + bool(chain))
            if fits and not headline.in_table and headline.index < end:
                chain.append(headline)
        if len(chain) >= _LEAST_FREE:
            return tuple(chain)
    return ()


def _find_annex(lines: Lines, headlines: tuple[Headline, ...], end: int) -> int:
    """Index of the line that opens the list of 2014, whose groups are no sections: its title, else its first label."""
    label = next((index for index, line in enumerate(lines.lines[:end]) if _list_label().match(line.text)), end)
    opening = next((headline.index for headline in headlines if headline.numeral == 1), 0)
    titles = [index for index in range(opening + 1, label) if _is_annex_title(lines.lines[index].text)]
    if not titles or (label < end and titles[-1] < label - _TITLE_REACH):
        return label
    return titles[-1]


def _is_annex_title(text: str) -> bool:
    words = load_report_words()
    return len(text) <= words.section_max_characters and any(title in text for title in words.annex_titles)


@cache
def _list_label() -> re.Pattern[str]:
    labels = "|".join(map(re.escape, load_report_words().structure.list_labels))
    return re.compile(rf"(?:[(]?[一二三四五六七八九十\d]+[)、.]+)?(?:其中:?)?(?:{labels})(?:$|[^量\d])")


def _cut(
    document: Document, lines: Lines, chain: tuple[Headline, ...], end: int, *, numbered: bool
) -> tuple[Section, ...]:
    ends = [lines.lines[headline.index].start for headline in chain[1:]] + [_report_end(document, lines, chain, end)]
    sections = []
    for headline, stop in zip(chain, ends, strict=False):
        line = lines.lines[headline.index]
        start, heading_end = lines.normal.span(line.at, line.at + headline.length)
        text = document.text[heading_end:stop]
        stop = heading_end + len(text.rstrip())
        sections.append(
            Section(
                headline.number if numbered else None,
                " ".join(document.text[start:heading_end].split()),
                text.lstrip(_RUN_ON_SIGNS).strip(),
                start,
                stop,
                document.locate(start, stop),
            )
        )
    return tuple(sections)


def _report_end(document: Document, lines: Lines, chain: tuple[Headline, ...], end: int) -> int:
    """Where the last section ends: at another report, at the site's furniture, or with the document."""
    furniture = load_report_words().furniture
    last = chain[-1].index if chain else 0
    for line in lines.lines[last + 1 : end]:
        if len(line.text) <= _FURNITURE_CHARACTERS and any(word in line.text for word in furniture):
            return line.start
    return lines.lines[end].start if end < len(lines.lines) else len(document.text)
