"""A `Document` and what is known of it in, an `Identification` out: is it a report, whose, on what year.

Nothing a page says of itself is trusted alone. The year is voted on by the title, the sentence on the period covered,
the opening words, the link and the signature; an address or an unlabelled date at the head of a page has no vote. The
body is taken from the title and completed from the text, and asked of other witnesses only where the title names none.
Each witness that differs is a finding, and the report is not corrected by it.

    identification = identify(document, Hints(link_title="…2020年政府信息公开工作年度报告"))
    identification.is_report, identification.year, identification.publisher

Only the first report of a page is identified; `other_reports` names where further ones begin. What is not told stays
None: no name is made up from an address, no district from a name that two provinces share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from extractors.document import Document
from extractors.identify.kinds import Body, Verdict, decide_kind, weigh_body
from extractors.identify.places import (
    Place,
    find_level,
    find_place,
    level_by_own_words,
    speaks_of_whole,
    sums_up,
)
from extractors.identify.publishers import (
    Named,
    Signature,
    complete_name,
    find_names,
    find_signature,
    is_other_body,
    lengthen_name,
)
from extractors.identify.titles import (
    REPORT,
    Title,
    body_index,
    find_announced,
    find_title,
    titles_between,
)
from extractors.identify.years import (
    YEAR,
    Witness,
    decide_year,
    find_commonest_year,
    find_dates,
    find_period_years,
    find_signature_year,
    find_years,
)
from extractors.lines import Lines, find_lines
from extractors.normal import fold
from extractors.sections import Headline, find_headlines, find_runs
from schemas.findings import finding
from schemas.records import Finding, Hints, Level
from schemas.regions import load_regions
from schemas.reports import load_report_words

__all__ = ["Identification", "OtherReport", "identify"]

_HEAD_CHARACTERS = 2500
_HEAD_LINES = 120
_TAIL_CHARACTERS = 800
_OPENING_CHARACTERS = 1200
_INTRODUCTION_CHARACTERS = 700
_PREFACE = 300  # where no text stands before the first heading, so much of the first section
_OTHER_CHARACTERS = 200  # so much text must follow the title of a further report
_PASTED_MENTIONS = 2
_AUTHORS = {"compiler", "announcement", "signature"}
_VOTES = {"title": 6, "period": 6, "introduction": 4, "link": 4, "column": 4, "signature": 3, "body": 1}


@dataclass(frozen=True, slots=True)
class OtherReport:
    """A further report on the same page: its title, or its first heading, and where it starts in `Document.text`."""

    title: str
    start: int


@dataclass(frozen=True, slots=True)
class Identification:
    """What a page is. `reason` tells why it is no report, code first ("identify.look_alike: …"), "" for a report."""

    is_report: bool
    kind: str
    reason: str = ""
    year: int | None = None
    title: str | None = None
    publisher: str | None = None
    level: Level | None = None
    district: str | None = None
    district_code: str | None = None
    published_date: date | None = None
    era_by_year: str | None = None
    findings: tuple[Finding, ...] = ()
    other_reports: tuple[OtherReport, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """A document with all that is looked at more than once. `head`, `tail` and `opening` are in matching form."""

    document: Document
    lines: Lines
    headlines: tuple[Headline, ...]
    runs: tuple[tuple[Headline, ...], ...]
    body_at: int
    head: str
    preface: str
    introduction: str
    announced: tuple[Title, ...]
    opening: str
    tail: str
    signature: Signature
    names: tuple[Named, ...]


def identify(document: Document, hints: Hints) -> Identification:
    """Decide what a document is and, for a report, who reports on what year."""
    page = _open(document)
    body = weigh_body(page.lines, page.runs[0] if page.runs else ())
    first = page.runs[0][0].index if page.runs else None
    title = find_title(document, page.lines, first, hints.link_title, is_proven=body.overrules)
    title = title or next(iter(page.announced), None)
    verdict = _judge(page, title, body)
    if verdict.kind != REPORT:
        reason = f"{verdict.code}: {verdict.words}"
        return Identification(False, verdict.kind, reason, title=title.text if title else None)
    witnesses = _witnesses(page, title, hints)
    year = decide_year(witnesses)
    named = _publisher(page, title, hints)
    publisher, place, level = _whose(page, named, title, year, hints)
    return Identification(
        is_report=True,
        kind=REPORT,
        year=year,
        title=title.text if title else None,
        publisher=publisher,
        level=level,
        district=place.name,
        district_code=place.code,
        published_date=_published(page, year),
        era_by_year=load_report_words().era_of(year),
        findings=(
            *_year_findings(page, year, witnesses),
            *_place_findings(publisher, place, hints),
            *_author_findings(page, title, publisher),
            *_pasted_findings(page, publisher, level),
        ),
        other_reports=_others(page, title),
    )


def _open(document: Document) -> _Page:
    lines = find_lines(document)
    headlines = find_headlines(lines)
    runs = find_runs(headlines)
    run = [heading.index for heading in runs[0]] if runs else []
    body_at = body_index(lines, run[0] if run else None)
    count = len(lines.lines)
    told, end = (run[1:] or [count])[0], (run[-1:] or [count])[0]
    opening = lines.prose(body_at, told)[:_OPENING_CHARACTERS]
    introduction = opening[:_INTRODUCTION_CHARACTERS]
    preface = lines.prose(body_at, run[0])[:_INTRODUCTION_CHARACTERS] if run[:1] > [body_at] else opening[:_PREFACE]
    head = lines.prose(0, body_at) + "\n" + lines.prose(body_at, min(end, body_at + _HEAD_LINES))[:_HEAD_CHARACTERS]
    announced = find_announced(introduction)
    signature = find_signature(lines)
    return _Page(
        document=document,
        lines=lines,
        headlines=headlines,
        runs=runs,
        body_at=body_at,
        head=head,
        preface=preface,
        introduction=introduction,
        announced=announced,
        opening=opening,
        tail=lines.text[-_TAIL_CHARACTERS:],
        signature=signature,
        names=find_names(lines, head, announced, signature),
    )


def _judge(page: _Page, title: Title | None, body: Body) -> Verdict:
    named = [] if body.is_proven else titles_between(page.document, page.lines, 0, len(page.lines.lines))
    return decide_kind(title, named, body, tells_period=bool(find_period_years(page.head)))


def _witnesses(page: _Page, title: Title | None, hints: Hints) -> tuple[Witness, ...]:
    told: list[tuple[str, int | None]] = []
    told += [("title", year) for year in (title.years if title and title.index >= 0 else ())[-1:]]
    told += [("link", year) for year in _link_years(title, hints)[-1:]]
    others = tuple(Witness(name, year, _VOTES[name]) for name, year in told if year is not None)
    told = [
        ("period", _agreeing(find_period_years(page.head), others)),
        ("introduction", _introduced(page)),
        ("column", hints.year),
        ("signature", find_signature_year(page.signature.dated)),
        ("body", find_commonest_year(page.opening)),
    ]
    return others + tuple(Witness(name, year, _VOTES[name]) for name, year in told if year is not None)


def _link_years(title: Title | None, hints: Hints) -> tuple[int, ...]:
    """Years of the link's words, else of a title that stood outside the text."""
    if hints.link_title:
        return find_years(fold(hints.link_title))
    return title.years if title and title.index < 0 else ()


def _agreeing(years: tuple[int, ...], others: tuple[Witness, ...]) -> int | None:
    """Of a period's two years the one another witness tells; else the last."""
    agreed = [year for year in years if any(year == witness.year for witness in others)]
    return agreed[0] if agreed else years[-1] if years else None


@cache
def _about_year() -> re.Pattern[str]:
    words = load_report_words()
    subjects, cited = ("|".join(map(re.escape, group)) for group in (words.title.subjects, words.cited_works))
    return re.compile(rf"(?P<year>{YEAR.pattern})[^。]{{0,24}}(?:{subjects})(?!{cited})")


def _introduced(page: _Page) -> int | None:
    """The year under which the opening words announce the report, else speak of the year's work."""
    announced = [year for title in page.announced for year in title.years]
    if announced:
        return announced[0]
    match = _about_year().search(page.introduction)
    years = find_years(match["year"]) if match else ()
    return years[-1] if years else None


def _publisher(page: _Page, title: Title | None, hints: Hints) -> Named | None:
    regions = load_regions()
    if title and title.body:
        name = complete_name(title.body)
        name = next((named.name for named in page.names if named.name.endswith(name)), name)
        return Named(lengthen_name(name, page.head + "\n" + page.tail, regions), "title")
    if hints.publisher:
        return Named(hints.publisher, "source")
    for named in page.names:
        if named.witness != "record" or named.name in page.head:
            return Named(lengthen_name(named.name, page.head + "\n" + page.tail, regions), named.witness)
    return None


def _whose(
    page: _Page, named: Named | None, title: Title | None, year: int | None, hints: Hints
) -> tuple[str | None, Place, Level | None]:
    """Publisher, district and level; an office that only answers the telephone gives way to its government."""
    regions = load_regions()
    around = page.head + page.tail
    place = find_place(named.name if named else None, around, year, hints, regions)
    if named is None:
        level = level_by_own_words(page.lines.text) if hints.level is None else hints.level
        return None, place, level
    name = _government_behind(page, named)
    level = find_level(name, place, is_summary=sums_up(page.preface))
    return name, place, level or hints.level


def _government_behind(page: _Page, named: Named) -> str:
    """The government an office compiled the report for, or answers for; the office itself where it reports its own."""
    words = load_report_words().publisher
    office = next((office for office in words.offices if named.name.endswith(office)), None)
    if office is None or named.witness in {"title", "source"}:
        return named.name
    is_announced = named.witness == "announcement"
    is_whole = sums_up(page.preface) if is_announced else speaks_of_whole(page.lines.text, page.preface)
    return named.name.removesuffix(office) + words.government_of_place if is_whole else named.name


def _published(page: _Page, year: int | None) -> date | None:
    """The date a page gives itself: under a label, in its metadata, else the signature's; none before the year."""
    words = load_report_words().dates
    labelled = find_dates(page.lines.text, words.published_labels)
    named = [
        found
        for name, value in page.document.metadata
        if name.lower() in words.metadata_names
        for found in find_dates(value, ())
    ]
    signed = find_dates(page.signature.dated, ())
    for day in (*labelled, *named, *signed):
        if year is None or day.year >= year:
            return day
    return None


def _year_findings(page: _Page, year: int | None, witnesses: tuple[Witness, ...]) -> tuple[Finding, ...]:
    if year is None:
        return (finding("identify.year_unknown"),)
    return tuple(
        finding("identify.year_disagrees", expected=str(year), found=str(witness.year), witness=witness.name)
        for witness in witnesses
        if witness.year != year and witness.name != "body"
    )


def _place_findings(publisher: str | None, place: Place, hints: Hints) -> tuple[Finding, ...]:
    found = []
    if place.candidates:
        codes = ", ".join(place.candidates)
        found.append(finding("identify.district_ambiguous", found=place.name, expected=codes))
    if place.contradicted:
        found.append(finding("identify.district_disagrees", expected=place.code, found=place.contradicted))
    if publisher and hints.publisher and not _is_same_body(publisher, hints.publisher):
        found.append(finding("identify.publisher_disagrees", expected=hints.publisher, found=publisher))
    return tuple(found)


def _author_findings(page: _Page, title: Title | None, publisher: str | None) -> tuple[Finding, ...]:
    """Bodies that the opening words or the signature name as the author, where the title names another."""
    if title is None or not title.body or publisher is None:
        return ()
    regions = load_regions()
    others = (
        named for named in page.names if named.witness in _AUTHORS and is_other_body(publisher, named.name, regions)
    )
    return tuple(
        finding("identify.author_disagrees", expected=publisher, found=named.name, witness=named.witness)
        for named in {named.name: named for named in others}.values()
    )


def _is_same_body(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)


def _pasted_findings(page: _Page, publisher: str | None, level: Level | None) -> tuple[Finding, ...]:
    """Signs that the text is another body's: a government that talks like a bureau, a bureau that says 我镇."""
    if publisher is None or level is None:
        return ()
    scope = load_report_words().scope
    for field in scope.fields:
        said = [word for word in field.words if page.opening.count(word)]
        mentions = sum(page.opening.count(word) for word in said)
        if field.name not in publisher and level is not Level.DEPARTMENT and mentions > _PASTED_MENTIONS:
            return (finding("identify.text_of_other_body", expected=publisher, found="、".join(said)),)
    own = level_by_own_words(page.lines.text)
    if own in {Level.DEPARTMENT, Level.TOWNSHIP} and level in {Level.DEPARTMENT, Level.TOWNSHIP} and own is not level:
        words = [word for word in scope.self_words[own] if word in page.lines.text]
        return (finding("identify.text_of_other_body", expected=publisher, found="、".join(words)),)
    return ()


def _others(page: _Page, title: Title | None) -> tuple[OtherReport, ...]:
    """Where further reports begin: at another run of the statutory headings, or at another title with its own text."""
    lines = page.lines.lines
    if len(page.runs) > 1:
        starts = []
        for run, following in zip(page.runs, page.runs[1:], strict=False):
            between = titles_between(page.document, page.lines, run[-1].index + 1, following[0].index)
            if between:
                starts.append(OtherReport(between[-1].text, between[-1].start))
            else:
                first = lines[following[0].index]
                starts.append(OtherReport(page.document.text[first.start : first.end].strip(), first.start))
        return tuple(starts)
    if page.runs or title is None:
        return ()
    later = titles_between(page.document, page.lines, page.body_at, len(lines))
    if not later:
        return ()
    ends = [other.index for other in later[1:]] + [len(lines)]
    return tuple(
        OtherReport(other.text, other.start)
        for other, end in zip(later, ends, strict=True)
        if (other.body, other.years) != (title.body, title.years)
        and (other.years or other.body)
        and sum(len(line.text) for line in lines[other.index + 1 : end] if not line.in_table) > _OTHER_CHARACTERS
    )
