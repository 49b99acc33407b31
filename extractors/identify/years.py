"""Words in, years out: those a title names, the period a report says it covers, the year a signature implies.

Years stand as 2020年, 2020年度, 二〇二〇年 (with any sign for the zero), or as a range, whose last year counts.
Extraction drops signs: 201911日 stands for 2019年1月1日 and still tells its year. No year is taken from an address.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from extractors.numerals import parse_number
from schemas.reports import load_report_words

FIRST_YEAR, LAST_YEAR = 2007, 2049
_ZERO = "〇零○Oo0◯"
_CHINESE_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | dict.fromkeys(_ZERO, "0")
_ONE_YEAR = rf"(?:20[0-4]\d|[二2][{_ZERO}][{_ZERO}一二三四][{_ZERO}一二三四五六七八九])"
YEAR = re.compile(rf"(?:{_ONE_YEAR}年?[-—~至到])?(?<!\d){_ONE_YEAR}(?!\d)(?:年度|年份|年)?")
_DIGITS = re.compile(_ONE_YEAR)
_COUNT = r"(?:\d{0,2}|[一二三四五六七八九十]{0,3})"
_START = rf"(?P<start>{_ONE_YEAR})[年.]?{_COUNT}[月.]?{_COUNT}日?(?:起|开始)?"
_PERIOD = re.compile(rf"{_START}(?:零时)?[至到\-—~-]+(?P<end>{_ONE_YEAR})?[年.]?(?:12|十二)?月?(?:3[01]|三十一?)?日?")
_DATE = re.compile(rf"(?P<year>{_ONE_YEAR})年(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})月")
_DAY = re.compile(
    rf"(?P<year>{_ONE_YEAR})[-/.年](?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[-/.月]"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})日?(?!\d?星期)"
)
_PERIOD_REACH = 60
_LABEL_REACH = 12
_WHOLE_YEAR = re.compile(rf"统计(?:期限?|时限|时间|周期|年度)[为是:]{{0,2}}(?P<year>{_ONE_YEAR})年(?!\d)")
_LATE_MONTHS = ("11", "12", "十一", "十二")


@dataclass(frozen=True, slots=True)
class Witness:
    """One place that tells the report's year, and how much its word weighs in the vote."""

    name: str
    year: int
    weight: int


def parse_year(text: str) -> int:
    """Four signs of a year, Arabic or Chinese, as a number. Raises `ValueError` for other text."""
    return int("".join(_CHINESE_DIGITS.get(sign, sign) for sign in text))


def find_years(text: str) -> tuple[int, ...]:
    """The years named in a title, a range by its last; in order, each once."""
    years = (parse_year(_DIGITS.findall(match.group())[-1]) for match in YEAR.finditer(text))
    return tuple(dict.fromkeys(year for year in years if FIRST_YEAR <= year <= LAST_YEAR))


def find_period_years(text: str) -> tuple[int, ...]:
    """First and last year of the period the report says its figures cover; empty where it says none."""
    for word in load_report_words().dates.period_words:
        for at in _places(text, word):
            match = _PERIOD.search(text, at, at + _PERIOD_REACH)
            if match:
                end = match["end"] or match["start"]
                return tuple(dict.fromkeys((parse_year(match["start"]), parse_year(end))))
    whole = _WHOLE_YEAR.search(text)
    return (parse_year(whole["year"]),) if whole else ()


def find_signature_year(dated: str) -> int | None:
    """The report year a signature's date implies: the year before, but its own when signed in the last two months."""
    match = _DATE.search(dated)
    if match is None:
        return None
    year = parse_year(match["year"])
    return year if match["month"] in _LATE_MONTHS else year - 1


def find_commonest_year(text: str) -> int | None:
    """The year most often named in a text as 20xx年; of equals the first."""
    counts = Counter(re.findall(r"(20[0-4]\d)年", text))
    return int(max(counts, key=lambda year: counts[year])) if counts else None


def find_dates(text: str, labels: tuple[str, ...]) -> tuple[date, ...]:
    """The dates that stand right behind a label, in order; without labels all dates. A weekday marks a site's clock."""
    found = []
    for match in _DAY.finditer(text):
        before = text[max(0, match.start() - _LABEL_REACH) : match.start()].rstrip(":]】)\n|")
        if not labels or before.endswith(labels):
            day = _day(match)
            if day is not None:
                found.append(day)
    return tuple(found)


def _day(match: re.Match[str]) -> date | None:
    try:
        month, day = (int(parse_number(match[part]).value) for part in ("month", "day"))
        return date(parse_year(match["year"]), month, day)
    except ValueError:
        return None


def decide_year(witnesses: tuple[Witness, ...]) -> int | None:
    """The year with the greatest weight of witnesses; of equals the one whose first witness comes first."""
    votes: dict[int, int] = {}
    for witness in witnesses:
        votes[witness.year] = votes.get(witness.year, 0) + witness.weight
    return max(votes, key=lambda year: votes[year]) if votes else None


def _places(text: str, word: str) -> list[int]:
    places, at = [], text.find(word)
    while at >= 0:
        places.append(at)
        at = text.find(word, at + 1)
    return places
