"""A report's words in, its publisher out: the body's name and the witness that told it.

The title names the body, or only its place (安福县2020年…), or nobody; then the registry, the sentence on who compiled
the report, the contact sentence, the signature and at last the record box are asked, the last of which may name the
site's operator instead. A name is completed from the text where it stands there with its city or province before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.identify.titles import Title
from extractors.lines import Line, Lines
from schemas.regions import RegionTable
from schemas.reports import Bracket, load_report_words

_SIGN = r"[\u3400-\u9fff·\d]"
_LONGEST_PREFIX = 26
_SIGNATURE_LINES = 14
_LEAST_CORE = 2
_SIGNATURE_CHARACTERS = 60
_CHINESE = "一二三四五六七八九十"
_DATED = re.compile(
    rf"(?:20\d\d年\d{{1,2}}月\d{{1,2}}日|[二2][〇零○Oo0◯{_CHINESE}]{{3}}年[{_CHINESE}]{{1,3}}月[{_CHINESE}]{{1,3}}日)\)?$"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A body's name and the witness that told it: title, source, compiler, contact, signature or record."""

    name: str
    witness: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The end of a report: who signed, "" for nobody, and the date in matching form, "" for none."""

    name: str
    dated: str


def complete_name(name: str) -> str:
    """A body's full name: a place alone becomes its government, a sub-district its office, 政府 becomes 人民政府."""
    words = load_report_words().publisher
    for short, full in words.full_names.items():
        if name.endswith(short):
            return name.removesuffix(short) + full
    if name.endswith(words.subdistrict):
        return name + words.office_of_subdistrict
    if name.endswith(words.short_government):
        return without_government(name) + words.government_of_place
    if name.endswith(words.departments + words.township_offices + words.offices):
        return name
    if name.endswith(words.places + words.townships):
        return name + words.government_of_place
    return name


def without_government(name: str) -> str:
    """The place a government's name begins with: 宿城区 for 宿城区人民政府."""
    words = load_report_words().publisher
    return name.removesuffix(words.government_of_place).removesuffix(words.short_government)


def lengthen_name(name: str, text: str, regions: RegionTable) -> str:
    """`name` with the names of its province and city before it, where `text` writes them so."""
    longest = name
    for match in re.finditer(re.escape(name), text):
        begin = at = match.start()
        spans = regions.find_in(text[max(0, at - _LONGEST_PREFIX) : at])
        shift = max(0, at - _LONGEST_PREFIX)
        for _, start, end in reversed(spans):
            if end + shift == begin:
                begin = start + shift
        longest = max(longest, text[begin:at] + name, key=len)
    return longest


def is_other_body(one: str, other: str, regions: RegionTable) -> bool:
    """Whether two names cannot be one body's: their counties differ, or what is left of them shares too few signs.

    A government and its office count as one; so do a name in full and in short (卫生健康局, 卫健局).
    """
    places = [{region.name for region, _, _ in regions.find_in(name)} for name in (one, other)]
    if places[0] and places[1] and not places[0] & places[1]:
        return True
    shared_place = len(_shared_place(one, other))
    cores = [_core(name[shared_place:], regions) for name in (one, other)]
    if min(map(len, cores)) < _LEAST_CORE:
        return False
    shared = set(cores[0]) & set(cores[1])
    return len(shared) * 2 < min(len(set(core)) for core in cores)


def _shared_place(one: str, other: str) -> str:
    """The longest beginning of both names that ends like a place, known to the table of regions or not."""
    ends = (one[:end] for end in range(min(len(one), len(other)), 0, -1) if one[:end] == other[:end])
    return next((place for place in ends if place.endswith(load_report_words().publisher.places)), "")


def _core(name: str, regions: RegionTable) -> str:
    """What a name says besides its place and that it is a government or an office."""
    spans = regions.find_in(name)
    core = name[max((end for _, _, end in spans), default=0) :]
    words = load_report_words().publisher
    for ending in (*words.offices, *words.inner_offices, *words.governments):
        core = core.removesuffix(ending)
    return core


def find_names(lines: Lines, head: str, announced: tuple[Title, ...], signature: Signature) -> tuple[Named, ...]:
    """Every body the text outside the title names as its author, the most trustworthy witness first."""
    words = load_report_words().publisher
    found = [
        *((name, "compiler") for name in _between(head, words.compiled_by)),
        *((name, "compiler") for name in _between(head, words.in_view_of)),
        *((title.body, "announcement") for title in announced if title.body),
        *((name, "announcement") for name in _announcers(head)),
        *((name, "contact") for name in _between(head, words.contact)),
        *([(signature.name, "signature")] if signature.name else []),
        *((name, "record") for name in _records(lines)),
    ]
    return tuple(Named(complete_name(name), witness) for name, witness in found)


def find_signature(lines: Lines) -> Signature:
    """The last short lines that name a body or tell a date, before the site's furniture."""
    name = dated = ""
    own = [line for line in lines.lines if not line.in_table]
    for line in reversed(own[_furniture_free(own) - _SIGNATURE_LINES :][:_SIGNATURE_LINES]):
        if len(line.text) > _SIGNATURE_CHARACTERS:
            continue
        date = _DATED.search(line.text)
        if date and not dated:
            dated = date.group()
        rest = line.text[: date.start()] if date else line.text
        if not name and _is_body(rest):
            name = rest
        if name and dated:
            break
    return Signature(name, dated)


def ends_like_a_body(name: str) -> bool:
    """Whether a name ends as bodies' names do: 局, 人民政府, 街道办事处, or a place's 县."""
    return name.rstrip(")").endswith(_body_ends())


def _is_named(name: str) -> bool:
    """Whether words from a sentence name one body, and not a title that ran into it."""
    title = load_report_words().title
    return (
        ends_like_a_body(name) and name not in title.nameless and not any(word in name for word in title.report_words)
    )


def _furniture_free(lines: list[Line]) -> int:
    """How many lines stand before the site's furniture at the end of a page."""
    middle = len(lines) // 2
    for index, line in enumerate(lines[middle:], start=middle):
        if len(line.text) <= _SIGNATURE_CHARACTERS and _furniture().search(line.text):
            return max(index, _SIGNATURE_LINES)
    return max(len(lines), _SIGNATURE_LINES)


@cache
def _furniture() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load_report_words().furniture)))


def _is_body(text: str) -> bool:
    """Whether a line of its own, at the end of a page, is the name of who signed."""
    least = 4
    words = load_report_words()
    return (
        least <= len(text) <= _LONGEST_PREFIX
        and re.fullmatch(rf"{_SIGN}(?:{_SIGN}|[()])+", text) is not None
        and text.endswith(words.publisher.governments + _authors())
        and text not in words.title.nameless
        and not any(word in text for word in (*words.title.not_in_names, *words.furniture))
    )


def _between(text: str, bracket: Bracket) -> list[str]:
    names = []
    for match in _bracket_pattern(bracket.before, bracket.after).finditer(text):
        name = _without_division(match["name"])
        if _is_named(name):
            names.append(name)
    return names


@cache
def _bracket_pattern(before: tuple[str, ...], after: tuple[str, ...]) -> re.Pattern[str]:
    opening = "|".join(sorted(map(re.escape, before), key=len, reverse=True))
    closing = "|".join(sorted(map(re.escape, after), key=len, reverse=True))
    return re.compile(rf"(?:{opening})[:]?(?P<name>{_SIGN}{{3,36}}?)(?:{closing}|[(,;。:])")


def _announcers(text: str) -> list[str]:
    """Bodies that a sentence opens with and that compile or publish something in it."""
    names = (_without_division(_without_lead(match["name"])) for match in _announcer_pattern().finditer(text))
    return [name for name in names if _is_named(name)]


def _without_lead(name: str) -> str:
    for word in load_report_words().publisher.leading_words:
        name = name.removeprefix(word)
    return name


@cache
def _announcer_pattern() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, load_report_words().publisher.announcing_verbs))
    return re.compile(rf"(?:^|[。,;:\n])(?P<name>{_SIGN}{{3,30}}?)(?:{verbs})")


def _without_division(name: str) -> str:
    """A body's name without the division that answers the telephone, or a bureau's own office."""
    words = load_report_words().publisher
    for division in words.divisions:
        stem = name.removesuffix(division)
        if stem != name and ends_like_a_body(stem):
            name = stem
            break
    for office in words.inner_offices:
        stem = name.removesuffix(office)
        if stem != name and stem.endswith(words.departments + words.township_offices + words.townships):
            return stem
    return name


def _records(lines: Lines) -> list[str]:
    """Bodies named in the record box at the head of a page, operators of sites left out."""
    words = load_report_words().publisher
    found = []
    head = lines.text[: _record_reach(lines)]
    for match in _record_pattern().finditer(head):
        name = match["name"]
        if ends_like_a_body(name) and not name.endswith(words.operators):
            found.append(name)
    return found


def _record_reach(lines: Lines) -> int:
    most_lines = 60
    return lines.lines[most_lines].at if len(lines.lines) > most_lines else len(lines.text)


@cache
def _record_pattern() -> re.Pattern[str]:
    labels = "|".join(map(re.escape, load_report_words().publisher.record_labels))
    return re.compile(
        rf"(?:{labels})[:\]】|]*\n?[|]?(?P<name>{_SIGN}{{3,30}}?)(?=\n|$|发|成|生|文号|索引|公开|日期|时间|\[|【|\||:)"
    )


@cache
def _authors() -> tuple[str, ...]:
    words = load_report_words().publisher
    return words.offices + words.township_offices + words.departments


@cache
def _body_ends() -> tuple[str, ...]:
    words = load_report_words().publisher
    return _authors() + words.governments + words.townships + words.places
