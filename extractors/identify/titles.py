"""Lines in, the title of the page out, taken apart into who, which year and what kind of page.

A report's title is any order of body, year, subject (政府信息公开) and report word (年度报告, 年报, 工作报告),
perhaps broken over lines. The page around it repeats the same words: navigation, breadcrumbs, record boxes, links to
other years. So all candidates before the body are collected and the one that says most wins, of equals the one nearest
to the body. A title with the words of a look-alike (解读, 指南, 通知 …) is a candidate too: what a page calls itself
decides, not what its menu offers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.document import Document
from extractors.identify.years import YEAR, find_years
from extractors.lines import Line, Lines
from extractors.normal import fold, squeeze
from schemas.reports import load_report_words

REPORT = "report"
_MOST_LINES = 4
_LEAST_NAME = 3
_MOST_NAME = 30
_NEAR_LINES = 14  # a candidate so far above the best one is furniture
_BODY_CHARACTERS = 50
_SENTENCE_CHARACTERS = 12
_SENTENCE = re.compile(r"[。;!?]|,.*,")
_LEAD = re.compile(r"^(?:【.{1,10}?】|\[.{1,10}?\]|.{1,8}?[:|])")
_FILE_ENDING = re.compile(r"\.?(?:pdf|docx?|wps|xlsx?|html?)$", re.IGNORECASE)
_CLAUSES = re.compile(r"[。,;:、《》<>“”\n]")
_SITE_PARTS = re.compile(r"[-_|—–]+")
_BRACKETS = re.compile(r"[《》〈〉<>\"“”【】\[\]]")
_NAME = re.compile(r"[\u3400-\u9fff\u3007()、·\dA-Za-z]+")


@dataclass(frozen=True, slots=True)
class Title:
    """A page's title. `text` as written, `folded` in matching form, `body` the publisher's words in it, "" for none.

    `kind` is `report` or a look-alike's; `index` the title's last line, -1 when it stood outside the text.
    """

    text: str
    folded: str
    body: str
    years: tuple[int, ...]
    kind: str
    index: int
    start: int = 0
    is_marked: bool = False

    @property
    def says(self) -> int:
        """How much the title tells: its body, its year, and, where it tells either, being marked as a heading."""
        told = bool(self.body) + bool(self.years)
        return told + (self.is_marked and told > 0)


def parse_title(folded: str) -> Title | None:
    """A title in matching form taken apart; None for words that neither name a report nor one of its look-alikes."""
    cleaned = _BRACKETS.sub("", folded)
    if not cleaned or len(cleaned) > load_report_words().title.max_characters:
        return None
    for prefix in load_report_words().title.prefixes:
        cleaned = cleaned.removeprefix(prefix).lstrip(":")
    match = _pattern().match(cleaned) if _lead_kind(folded) == REPORT else None
    if match and _is_tail(match["tail"]) and not _is_sentence(cleaned):
        body = _body(match["before"], match["subject"])
        kind = _kind_of(match["before"]) if body is None else REPORT
        if body is not None or kind != REPORT:
            own = cleaned[: match.start("report")]
            return Title(folded, cleaned, body or "", find_years(own) or find_years(cleaned), kind, -1)
        return None
    kind = _kind_of(cleaned)
    if kind == REPORT or "。" in cleaned or not _about().search(cleaned):
        return None
    body = _body(_about().split(cleaned)[0], "") if _about().search(cleaned) else ""
    return Title(folded, cleaned, body or "", find_years(cleaned), kind, -1)


def find_title(
    document: Document, lines: Lines, first_heading: int | None, link_title: str | None, *, is_proven: bool = False
) -> Title | None:
    """The title of a page: from its text, else from what its file and its link call it.

    Of a page that is proven a report by its body (`is_proven`), only a report's title is taken where it has one.
    """
    candidates = find_candidates(document, lines, first_heading)
    if is_proven:
        candidates = [title for title in candidates if title.kind == REPORT] or candidates
    best = _nearest_best(candidates)
    outside = [*_named_outside(document), *([link_title] if link_title else [])]
    titles = [title for text in outside if (title := _parse_outside(text)) is not None]
    if best is None:
        return max(titles, key=lambda title: title.says, default=None)
    if not best.body and not best.years:
        return next((title for title in titles if title.body or title.years), best)
    return best


def find_candidates(document: Document, lines: Lines, first_heading: int | None) -> list[Title]:
    """Every title before the body of the page, each window of lines once, in order."""
    return titles_between(document, lines, 0, body_index(lines, first_heading))


def titles_between(document: Document, lines: Lines, first: int, last: int) -> list[Title]:
    """The titles in lines `first` up to, not including, `last`; a title over several lines ends at its last."""
    found: list[Title] = []
    index = first
    while index < last:
        title, taken = _title_at(document, lines.lines, index, last)
        if title:
            found.append(title)
        index += taken
    return found


def find_announced(introduction: str) -> tuple[Title, ...]:
    """The report's own name where its opening words announce it: 现公布…2020年度政府信息公开工作年度报告."""
    publisher = load_report_words().publisher
    found = []
    for clause in _CLAUSES.split(introduction):
        if not (_about().search(clause) and _report_words().search(clause)):
            continue
        for verb in publisher.announcing:
            clause = clause.removeprefix(verb)
        tails = (tail for tail in publisher.announced_tails if clause.endswith(tail))
        named = (parse_title(clause.removesuffix(tail)) for tail in tails)
        found += [title for title in named if title is not None and title.kind == REPORT][:1]
    return tuple(found)


def body_index(lines: Lines, first_heading: int | None) -> int:
    """Index of the first line of running text or of the first section, whichever comes first."""
    end = len(lines.lines) if first_heading is None else first_heading
    for index, line in enumerate(lines.lines[:end]):
        is_long = len(line.text) >= _BODY_CHARACTERS and _is_sentence(line.text)
        is_told = len(line.text) >= _SENTENCE_CHARACTERS and line.text.endswith("。")
        if (is_long or is_told) and not _is_furniture(line.text):
            return index
    return end


def _title_at(document: Document, lines: tuple[Line, ...], first: int, last: int) -> tuple[Title | None, int]:
    """The title that begins at a line, and how many lines it takes (1 where there is none)."""
    if _breadcrumb().search(lines[first].text) or _is_furniture(lines[first].text):
        return None, 1
    joined = ""
    best: tuple[Title | None, int] = (None, 1)
    for size, line in enumerate(lines[first : min(first + _MOST_LINES, last)], start=1):
        joined += line.text
        if len(joined) > load_report_words().title.max_characters or _breadcrumb().search(line.text):
            break
        title = parse_title(joined) if _about().search(joined) else None
        if title is None:
            continue
        if size > 1 and not _is_one_title(title, lines[first].text, line.text):
            break
        start = lines[first].start
        text = squeeze(document.text[start : line.end])
        for prefix in load_report_words().title.prefixes:
            text = text.removeprefix(prefix).lstrip("：:")
        index = first + size - 1
        marked = lines[first].is_heading
        best = (Title(text, title.folded, title.body, title.years, title.kind, index, start, marked), size)
        break
    return best


def _is_one_title(title: Title, first: str, last: str) -> bool:
    """Whether lines belong to one title: the first opens it (a body, a year, its words), the last is none by itself."""
    alone = parse_title(last) if _about().search(last) else None
    if title.kind != REPORT or (alone is not None and alone.body):
        return False
    rest = YEAR.sub("", first).strip("()度年")
    opens = not rest or (_NAME.fullmatch(rest) is not None and _ends_like_a_body(rest))
    return opens or (title.body != "" and _about().search(first) is not None) or _is_cut(title, first)


def _is_cut(title: Title, first: str) -> bool:
    """Whether a line ends in the middle of a title's name or subject."""
    return len(first) > len(title.body) > 0 and first.startswith(title.body[:_LEAST_NAME])


def _nearest_best(candidates: list[Title]) -> Title | None:
    if not candidates:
        return None
    near = [title for title in candidates if title.index > candidates[-1].index - _NEAR_LINES]
    return max(near, key=lambda title: (title.says, title.index))


def _named_outside(document: Document) -> list[str]:
    names = load_report_words().dates.title_metadata
    named = [value for name, value in document.metadata if name.lower() in names]
    return [*named, *([document.title] if document.title else [])]


def _parse_outside(text: str) -> Title | None:
    whole = fold(text)
    for part in (whole, *_SITE_PARTS.split(whole)):
        title = parse_title(part)
        if title is not None:
            written = next((piece for piece in _SITE_PARTS.split(text) if fold(piece) == part), text)
            return Title(squeeze(written), title.folded, title.body, title.years, title.kind, -1)
    return None


def _body(before: str, subject: str) -> str | None:
    """The publisher's words in front of the subject: "" where it names none, None where they are no name."""
    words = load_report_words()
    government, short = words.publisher.government_of_place, words.publisher.short_government
    if subject.startswith(short) and (before + short).endswith(government):
        before += short
    name = YEAR.sub("", before)
    name = name.strip("年度的:·-—、 ")
    name = name if name.count("(") == name.count(")") else name.strip("()")
    for prefix in words.title.prefixes:
        name = name.removeprefix(prefix).removesuffix(prefix)
    if not name or name in words.title.nameless:
        return ""
    is_plain = _NAME.fullmatch(name) is not None and not _about().search(name)
    is_plain = is_plain and not any(word in name for word in words.title.not_in_names)
    return name if is_plain and (_ends_like_a_body(name) or _may_be_a_body(name)) else None


def _may_be_a_body(name: str) -> bool:
    """A name of unknown ending, long enough to be one and without the words of a look-alike."""
    return _LEAST_NAME < len(name) <= _MOST_NAME and _kind_of(name) == REPORT and not any(map(str.isdigit, name))


def _ends_like_a_body(name: str) -> bool:
    return name.rstrip(")").endswith(_body_ends())


@cache
def _body_ends() -> tuple[str, ...]:
    publisher = load_report_words().publisher
    ends = publisher.governments + publisher.offices + publisher.township_offices + publisher.townships
    return ends + publisher.departments + publisher.places


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.search(text))


def _is_furniture(text: str) -> bool:
    if text.count(":") <= 1:
        return False
    labels = load_report_words().publisher.record_labels + load_report_words().dates.published_labels
    return sum(f"{label}:" in text for label in labels) > 1


def _is_tail(tail: str) -> bool:
    rest = re.sub(r"\([^()]*\)", "", YEAR.sub("", tail)) if not _kind_words().search(tail) else tail
    rest = _FILE_ENDING.sub("", rest)
    for word in load_report_words().title.tails:
        rest = rest.replace(word, "")
    return not rest.strip("()[]年度、-— .*")


def _lead_kind(folded: str) -> str:
    """The kind that a label in front of a title tells, as in 【解读】…, 图解:… or 一图读懂|… ."""
    lead = _LEAD.match(folded)
    if lead:
        return _kind_of(lead.group())
    interpretation = load_report_words().look_alikes[0]
    return interpretation.kind if folded.startswith(interpretation.words) else REPORT


def _kind_of(title: str) -> str:
    if not _any_look_alike().search(title):
        return REPORT
    kinds = load_report_words().look_alikes
    return next(kind.kind for kind in kinds if any(word in title for word in kind.words))


@cache
def _any_look_alike() -> re.Pattern[str]:
    return _either(tuple(word for kind in load_report_words().look_alikes for word in kind.words))


@cache
def _kind_words() -> re.Pattern[str]:
    tails = set(load_report_words().title.tails)
    words = [word for entry in load_report_words().look_alikes for word in entry.words if word not in tails]
    return _either(tuple(words))


@cache
def _about() -> re.Pattern[str]:
    return _either((*load_report_words().title.subjects, *load_report_words().title.other_subjects))


@cache
def _breadcrumb() -> re.Pattern[str]:
    return _either(load_report_words().breadcrumbs)


@cache
def _report_words() -> re.Pattern[str]:
    return _either(load_report_words().title.report_words)


@cache
def _pattern() -> re.Pattern[str]:
    title = load_report_words().title
    fillers = _either(title.fillers).pattern
    return re.compile(
        f"(?P<before>.*?)(?P<subject>{_either(title.subjects).pattern})"
        rf"(?P<middle>(?:{fillers}|{YEAR.pattern}|[()]){{0,6}}?)(?P<report>{_either(title.report_words).pattern})(?P<tail>.*)$"
    )


def _either(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
