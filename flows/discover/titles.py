"""A link's words and a publisher in, the judgement out: a report of this publisher, a look-alike, a way on, or nothing.

The words are taken apart by `extractors.identify.titles`; the year comes from them and never from the address. A report
of another body under the same list (an office beside its government, a department beside its district) is not this
publisher's: it is told apart by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from extractors.identify.publishers import complete_name, ends_like_a_body
from extractors.identify.titles import REPORT, parse_title
from extractors.identify.years import YEAR, find_years
from extractors.normal import fold
from flows.discover.families import load_families
from schemas.reports import load_report_words

_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|zip|png|jpe?g|tiff?)(?:[\"'?#].*)?$", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|zip|html?|png|jpe?g|tiff?)$", re.IGNORECASE)
_DAY = r"[\[(]?20\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\])]?"
_DATE = re.compile(rf"^{_DAY}|{_DAY}$")
_BULLET = re.compile(r"^(?:[·•\-—*◆●■▪>]+|\(?\d{1,2}[.、)])+|^附件\d*[:.、]?")
_PARTS = re.compile(r"[-_|—]+")
_PARTS_OF_NAME = re.compile(r"[、,和]")
_OWN_LEVEL = re.compile(r"\(?本级\)?$")
_LABEL = re.compile(r"^[\[【](?P<label>[^\]】]{1,8})[\]】]")


_COLUMN_CHARACTERS = 20


class Kind(StrEnum):
    """What a link promises."""

    REPORT = "report"
    LOOK_ALIKE = "look_alike"
    COLUMN = "column"  # a page that may list reports: a year, or reports without a year or a body
    OTHER_PUBLISHER = "other_publisher"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Kind, the year the words tell, and for a rejection its reason."""

    kind: Kind
    year: int | None = None
    reason: str = ""


def judge(text: str, publisher: str) -> Judgement:
    """Judge the words of a link on a list of `publisher`."""
    folded = _cleaned(text)
    if not folded:
        return Judgement(Kind.NOTHING)
    label = _LABEL.match(folded)
    if label:
        kind = _look_alike_of(label["label"])
        return Judgement(Kind.LOOK_ALIKE, reason=kind) if kind else judge(folded[label.end() :], publisher)
    if YEAR.fullmatch(folded):
        return Judgement(Kind.COLUMN)
    title = parse_title(folded) or next(filter(None, map(parse_title, _PARTS.split(folded))), None)
    if title is None:
        return _judge_doubtful(folded, publisher)
    if title.kind == "list":
        return Judgement(Kind.COLUMN)
    if title.kind != REPORT:
        return Judgement(Kind.LOOK_ALIKE, reason=title.kind)
    kind = _look_alike_of(title.body)
    if kind:
        return Judgement(Kind.LOOK_ALIKE, reason=kind)
    if title.body and not is_same_publisher(publisher, title.body):
        return Judgement(Kind.OTHER_PUBLISHER, reason=title.body)
    if not title.years:
        return Judgement(Kind.COLUMN)
    return Judgement(Kind.REPORT, title.years[-1])


def _judge_doubtful(folded: str, publisher: str) -> Judgement:
    """Words that are no title as titles go, and yet speak of a year's report on disclosure: reading will tell."""
    words = load_report_words().title
    years = find_years(folded)
    at = max((folded.rfind(subject) for subject in words.subjects), default=-1)
    is_report = at >= 0 and bool(years) and any(word in folded[at:] for word in words.report_words)
    kind = _look_alike_of(folded)
    if not is_report:
        return Judgement(Kind.COLUMN if _names_a_column(folded) else Kind.NOTHING)
    if kind:
        return Judgement(Kind.LOOK_ALIKE, reason=kind)
    body = YEAR.sub("", folded[:at]).strip("()度年的:·-—、")
    if body and not is_same_publisher(publisher, body):
        return Judgement(Kind.OTHER_PUBLISHER, reason=body)
    return Judgement(Kind.REPORT, years[-1])


def is_attachment(url: str) -> bool:
    """Whether an address names a document or an image rather than a page."""
    return _ATTACHMENT.search(url) is not None


def is_same_publisher(publisher: str, named: str) -> bool:
    """Whether a title's body is this publisher, written shorter or longer: 云麓区 is 示例市云麓区人民政府."""
    ours, theirs = _core(publisher), _core(_PARTS_OF_NAME.split(_OWN_LEVEL.sub("", fold(named)))[-1])
    if not ours or not theirs:
        return True
    if not ends_like_a_body(theirs):  # 示例云麓 for 示例市云麓区: a name without its units
        ours = _unitless(ours)
    return ours.endswith(theirs) or theirs.endswith(ours)


def names_publisher(text: str, publisher: str) -> bool:
    """Whether the words of a link are nothing but this publisher's name, as portals list it: 云麓区."""
    ours, theirs = _core(publisher), _core(_cleaned(text))
    return len(theirs) > 1 and (ours.endswith(theirs) or theirs.endswith(ours)) and ends_like_a_body(theirs)


def _core(name: str) -> str:
    """The name without the word for government; an office keeps its word and so differs from its government."""
    full = complete_name(fold(name))
    government = load_report_words().publisher.government_of_place
    return full.removesuffix(government)


def _unitless(name: str) -> str:
    """A name of places without the words for their kinds."""
    for unit in sorted(load_report_words().publisher.places, key=len, reverse=True):
        name = name.replace(unit, "")
    return name


def _cleaned(text: str) -> str:
    bare = _BULLET.sub("", _DATE.sub("", fold(text)))
    for flag in load_families().link_flags:
        bare = bare.removesuffix(f"[{flag}]").removesuffix(f"({flag})").removesuffix(flag).removeprefix(f"[{flag}]")
    return _SUFFIX.sub("", bare)


def _look_alike_of(words: str) -> str | None:
    """The kind of look-alike some words name; a list is none."""
    entries = load_report_words().look_alikes
    return next(
        (entry.kind for entry in entries if any(word in words for word in entry.words) and entry.kind != "list"), None
    )


def _names_a_column(folded: str) -> bool:
    """Whether short words speak of annual reports without being a title: 历年年报, 2023年年度报告."""
    short = len(folded) <= _COLUMN_CHARACTERS and _look_alike_of(folded) is None
    return short and any(word in YEAR.sub("", folded) for word in load_families().column_words)
