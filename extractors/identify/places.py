"""A publisher's name and its text in, the level it reports for and the district it belongs to out.

A government's own report covers all its bodies, an office's covers itself, unless the text says that it sums up the
departments and townships (汇总, 综合…各部门、各乡镇). Same-named districts are told apart by the registry first, then
by the city and province in the name, then by those the text names. What stays ambiguous is left open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.identify.publishers import without_government
from schemas.records import Hints, Level
from schemas.regions import Region, RegionTable
from schemas.reports import load_report_words

_PARENS = re.compile(r"\(.*?\)$")


@dataclass(frozen=True, slots=True)
class Place:
    """The unit a publisher belongs to.

    `candidates` are the codes it may be when the text does not tell them apart; `contradicted` is the code the text
    tells where the registry has another.
    """

    name: str | None = None
    code: str | None = None
    level: Level | None = None
    candidates: tuple[str, ...] = ()
    contradicted: str | None = None


def sums_up(text: str) -> bool:
    """Whether a text says that it sums up the reports of departments and townships."""
    return _whole_pattern().search(text) is not None


def speaks_of_whole(text: str, preface: str) -> bool:
    """Whether a text, or the preface to it, tells the doings of a whole government rather than of one office."""
    scope = load_report_words().scope
    whole = sum(text.count(word) for word in scope.government_words)
    own = sum(text.count(word) for word in scope.self_words[Level.DEPARTMENT])
    return sums_up(preface) or (whole > own and whole > 1)


def find_level(publisher: str, place: Place, *, is_summary: bool) -> Level | None:
    """The level of a publisher's report; `is_summary` when its text sums up a whole government."""
    words = load_report_words().publisher
    if "(" in publisher and publisher.endswith(")"):
        inner = publisher[publisher.rindex("(") :]
        if any(office in inner for office in words.summing_offices):
            return place.level if is_summary else Level.DEPARTMENT
    name = _PARENS.sub("", publisher)
    if name.endswith(words.township_offices):
        return Level.TOWNSHIP
    if name.endswith(words.offices) or (is_summary and name.endswith(words.summing_offices)):
        return place.level if is_summary else Level.DEPARTMENT
    if name.endswith(words.governments):
        seat = without_government(name)
        return Level.TOWNSHIP if seat.endswith(words.townships) else place.level or _level_by_ending(seat)
    return Level.DEPARTMENT


def level_by_own_words(text: str) -> Level | None:
    """The level a text without a publisher gives away by what it calls itself (我镇, 我局); None for a tie or none."""
    counts = {
        level: sum(text.count(word) for word in words) for level, words in load_report_words().scope.self_words.items()
    }
    most = max(counts.values())
    leaders = [level for level, count in counts.items() if count == most]
    return leaders[0] if most and len(leaders) == 1 else None


def find_place(publisher: str | None, text: str, year: int | None, hints: Hints, regions: RegionTable) -> Place:
    """The unit a publisher belongs to: as the registry has it, as its name tells, else as its text tells."""
    named = _named_place(publisher, text, year, hints, regions) if publisher else Place()
    if hints.district_code is None:
        return named
    if named.code is not None and named.code.startswith(_stem(hints.district_code)):
        return named
    known = _in_year(hints.district_code, year, regions)
    if known is not None:
        is_above = named.code is None or known.code.startswith(_stem(named.code))
        return Place(known.name, known.code, known.level, contradicted=None if is_above else named.code)
    level = _level_by_ending(_seat(publisher)) if publisher else None
    leading = _place_pattern().match(publisher) if publisher else None
    return Place(leading.group() if leading else None, hints.district_code, level)


def _in_year(code: str, year: int | None, regions: RegionTable) -> Region | None:
    """The unit of a code, as it stood in the report's year where it is known to have been one unit then."""
    latest = regions.get(code)
    if latest is None or year is None:
        return latest
    then = regions.in_year(latest, year)
    return then[0] if len(then) == 1 else latest


def _named_place(publisher: str, text: str, year: int | None, hints: Hints, regions: RegionTable) -> Place:
    spans = regions.find_in(publisher) or _short_spans(publisher, text, regions)
    around = [region for region in _hinted(hints, regions) if region is not None]
    if (spans and spans[0][1] == 0) or len({start for _, start, _ in spans}) > 1:
        last = max(start for _, start, _ in spans)
        name = next(publisher[start:end] for _, start, end in spans if start == last)
        context = around + [region for region, start, _ in spans if start < last]
    else:
        found = _county_in(text, year, regions)
        if found is None:
            return Place()
        name, context = found, around
    return _resolve(name, context, text, year, regions)


def _short_spans(publisher: str, text: str, regions: RegionTable) -> tuple[tuple[Region, int, int], ...]:
    """Units named in short, from the start of a name inwards: each lies in the one before it.

    Short names of counties are words that towns and streets bear too (太平镇, 和平街道): one counts only where the text
    writes it in full.
    """
    kept: list[tuple[Region, int, int]] = []
    for region, start, end in regions.find_in(publisher, short_forms=True):
        above = [outer for outer, outer_start, _ in kept if outer_start < start]
        is_sure = region.level is not Level.COUNTY or region.name in text or publisher.startswith(region.name, start)
        if is_sure and (start == 0 or any(_lies_in(region, outer) for outer in above)):
            kept.append((region, start, end))
    return tuple(kept)


def _resolve(name: str, context: list[Region], text: str, year: int | None, regions: RegionTable) -> Place:
    rows = _candidates(name, year, context, regions)
    if len(rows) > 1:
        near = {region.code: region for region, _, _ in regions.find_in(text, year) if region.level is not Level.COUNTY}
        rows = _candidates(name, year, [*context, *near.values()], regions)
    if len(rows) == 1:
        return Place(rows[0].name, rows[0].code, rows[0].level)
    levels = {region.level for region in rows}
    level = levels.pop() if len(levels) == 1 else None
    return Place(name if rows else None, None, level, tuple(region.code for region in rows))


def _candidates(name: str, year: int | None, context: list[Region], regions: RegionTable) -> tuple[Region, ...]:
    if year is not None:
        return regions.resolve(name, year, context)
    rows = regions.find(name)
    for place in context:
        near = tuple(row for row in rows if _lies_in(row, place))
        rows = near or rows
    return rows


def _lies_in(region: Region, place: Region) -> bool:
    if place.level is Level.PROVINCE:
        return region.province_code == place.province_code
    return place.city_code is not None and region.city_code == place.city_code


def _hinted(hints: Hints, regions: RegionTable) -> list[Region | None]:
    province = regions.get(f"{hints.province_code[:2]}0000") if hints.province_code else None
    return [province]


def _county_in(text: str, year: int | None, regions: RegionTable) -> str | None:
    """The county the text names first, else the city."""
    found = regions.find_in(text, year)
    counties = [text[start:end] for region, start, end in found if region.level is Level.COUNTY]
    cities = [text[start:end] for region, start, end in found if region.level is Level.CITY]
    return next(iter(counties + cities), None)


def _stem(code: str) -> str:
    """The digits of a code that its parts share: 32 for 320000, 3213 for 321300, all six of a county's."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _seat(publisher: str) -> str:
    return without_government(_PARENS.sub("", publisher))


def _level_by_ending(seat: str) -> Level | None:
    endings = load_report_words().publisher.level_endings
    return next((ending.level for ending in endings if seat.endswith(ending.words)), None)


@cache
def _place_pattern() -> re.Pattern[str]:
    ends = "|".join(sorted(map(re.escape, load_report_words().publisher.places), key=len, reverse=True))
    return re.compile(rf"[\u3400-\u9fff]{{1,8}}?(?:{ends})")


@cache
def _whole_pattern() -> re.Pattern[str]:
    return re.compile("|".join(load_report_words().scope.whole))
