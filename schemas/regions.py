"""Region codes and names in, the units of a given year out: the dated table of provinces, cities and counties.

`regions.csv` holds one row a code, name and validity. `valid_from` and `valid_to` are report years, both included: a
row is valid in a year when it stood in the code table (GB/T 2260) at the end of that year, since the reports on a year
are signed in the first months of the next. The first year is 2008; an empty `valid_to` means still valid.
`successor_codes` names the units that stand on the ground of an ended row from the next year on:

    320684,海门市,海门,,county,32,320600,2008,2019,320614,gb,,...
    330110,余杭区,余杭,,county,33,330100,2008,2020,330110 330113,gb,,...

`kind` is `gb` for codes of the standard, `zone` for development zones and other areas that have a code but no place in
the standard, `sample` for the invented places of the sample site, whose codes begin with 99. The years of a zone are
those of the statistical tables that list it, not of its life, so a zone stands for itself in every other year too.

A name alone is not a place: six units of the country may share it, so lookups return all of them, and a caller narrows
them by province, city or year. Where a row comes from is told in its `source`; the sources are described in
`docs/sources/regions.md`.

Nothing here guesses: a name in no row is found nowhere, and `nearest_names` only proposes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from rapidfuzz import process

from schemas.errors import SourceError
from schemas.records import Level

FIRST_YEAR = 2008
LAST_YEAR = 2025
UNKNOWN_REGION = "unknown"
_FILE = "regions.csv"
_COLUMNS = (
    "code",
    "name",
    "short_name",
    "aliases",
    "level",
    "province_code",
    "city_code",
    "valid_from",
    "valid_to",
    "successor_codes",
    "kind",
    "iso_region",
    "source",
)
_LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
_RUNS_ON = "级域"  # 市级, 县域, 区域 are words: what looks like a name before these signs is none


class Kind(StrEnum):
    """Where a code comes from."""

    GB = "gb"
    ZONE = "zone"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Region:
    """A unit under one code and name, for the report years `valid_from` to `valid_to` (None: still valid).

    `short_name` is the name without its class and peoples (宿城, 威宁), None where too little is left (城区, 涉县);
    `aliases` are other names in daily use (威宁县 for 威宁彝族回族苗族自治县).
    `city_code` is the prefecture-level unit it is or lies in, None for provinces and what a province governs directly.
    `iso_region` is set on provinces alone; `RegionTable.iso_region` answers for every code.
    """

    code: str
    name: str
    level: Level
    province_code: str
    city_code: str | None
    valid_from: int
    valid_to: int | None
    successors: tuple[str, ...]
    kind: Kind
    source: str
    short_name: str | None = None
    aliases: tuple[str, ...] = ()
    iso_region: str | None = None

    def is_valid_in(self, year: int | None) -> bool:
        """Whether the row stands in the table of `year`; any row does when no year is asked for."""
        return year is None or (self.valid_from <= year and (self.valid_to is None or year <= self.valid_to))


class RegionTable:
    """The rows with the indexes that answer questions about them; use `load_regions`, which builds it once."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self.regions = tuple(sorted(regions, key=lambda region: (region.code, region.valid_from)))
        self._by_code: dict[str, list[Region]] = {}
        self._by_name: dict[str, list[Region]] = {}
        self._by_start: dict[str, list[str]] = {}
        self._names: dict[str, set[str]] = {}
        self._predecessors: dict[str, list[Region]] = {}
        for region in self.regions:
            self._by_code.setdefault(region.code, []).append(region)
            for name in _names_of(region):
                self._by_name.setdefault(name, []).append(region)
                self._names.setdefault(region.code, set()).add(name)
            for code in region.successors:
                self._predecessors.setdefault(code, []).append(region)
        self._full_names = tuple(sorted({region.name for region in self.regions}))
        for name in sorted(self._by_name, key=len, reverse=True):
            self._by_start.setdefault(name[:2], []).append(name)

    def get(self, code: str, year: int | None = None) -> Region | None:
        """The unit with `code` in `year`; without a year its latest row."""
        rows = [region for region in self._by_code.get(code, ()) if region.is_valid_in(year)]
        return rows[-1] if rows else None

    def find(
        self,
        name: str,
        year: int | None = None,
        *,
        level: Level | None = None,
        province_code: str | None = None,
        city_code: str | None = None,
    ) -> tuple[Region, ...]:
        """All units of that name, sorted by code, one row a code (the latest of those asked for).

        `name` is full or short, alone or after the names of its city and province (宿城区, 宿城, 宿迁市宿城区,
        江苏宿迁宿城区). Full names go before other ones: 东乡县 is the county of that name, not 东乡族自治县; 吉林 is
        both the province and the city.
        """
        rows = [
            region
            for region in self._spelled(name)
            if region.is_valid_in(year)
            and level in (None, region.level)
            and (province_code is None or region.province_code == province_code[:2])
            and city_code in (None, region.city_code)
        ]
        return _first_rank({region.code: region for region in rows}.values(), name)

    def find_in(
        self, text: str, year: int | None = None, *, short_forms: bool = False
    ) -> tuple[tuple[Region, int, int], ...]:
        """All units named in `text` with the span of the name, in the order of the text, same-named ones side by side.

        At each place the longest name wins and spans do not overlap. A name right after that of its province or city
        means the unit there (长春市朝阳区). Names of two characters (城区, 涉县, 和县) occur by chance in ordinary
        sentences, so they count only at the start of the text, after a sign or after another name. Short forms hold
        their place (上海城市 does not name 海城市) but are told on request alone: many are ordinary words (和平, 新城).
        """
        found: list[tuple[Region, int, int]] = []
        before: tuple[Region, ...] = ()
        at = 0
        while at < len(text) - 1:
            if text[at : at + 2] not in self._by_start:
                before, at = (), at + 1
                continue
            loose = bool(before) or at == 0 or not text[at - 1].isalpha()
            name, rows = self._named_at(text, at, year, loose=loose)
            before = _narrow(rows, before)
            end = at + max(len(name), 1)
            found.extend((region, at, end) for region in before if short_forms or name != region.short_name)
            at = end
        return tuple(found)

    def resolve(self, name: str, year: int, context: Iterable[Region] = ()) -> tuple[Region, ...]:
        """The units valid in `year` that `name` can mean, narrowed by the provinces and cities of `context`.

        A name of another time (江干区 for 2022, 海门区 for 2017) leads to the units that stood there in `year`. A
        context that fits no candidate narrows nothing: the caller sees all and decides.
        """
        rows = self.find(name, year)
        if not rows:
            rows = tuple({unit.code: unit for row in self.find(name) for unit in self.in_year(row, year)}.values())
        for place in context:
            rows = _narrow(rows, (place,))
        return rows

    def in_year(self, region: Region, year: int) -> tuple[Region, ...]:
        """The units that stand in `year` where `region` stands in its own time, forward or backward; sorted by code."""
        if region.is_valid_in(year):
            return (region,)
        steps = self._after(region) if region.valid_from < year else self._before(region)
        if not steps and region.kind is Kind.ZONE:
            return (region,)
        units = {unit.code: unit for step in steps for unit in self.in_year(step, year)}
        return tuple(units[code] for code in sorted(units))

    def successor(self, code: str, year: int) -> tuple[Region, ...]:
        """The units valid in `year` on the ground of `code`, whose own time may be past; empty where none is known."""
        region = self.get(code, year) or self.get(code)
        return self.in_year(region, year) if region and region.valid_from <= year else ()

    def children(self, code: str, year: int | None = None) -> tuple[Region, ...]:
        """The units directly under a province or city in `year`, sorted by code; zones are not among them."""
        if not code.endswith("00"):
            return ()
        city_code = None if code.endswith("0000") else code
        return tuple(
            region
            for region in self._valid(year)
            if region.kind is not Kind.ZONE
            and region.province_code == code[:2]
            and region.code != code
            and (region.city_code == city_code or (city_code is None and region.level is Level.CITY))
        )

    def parents(self, code: str, year: int | None = None) -> tuple[str, ...]:
        """The names above `code`, from the top: (江苏省, 宿迁市) for 321302, () for a province or an unknown code."""
        region = self.get(code, year)
        return tuple(parent.name for parent in self._above(region, year)) if region else ()

    def full_name(self, code: str, year: int | None = None) -> str | None:
        """The name with those above it: 江苏省宿迁市宿城区; None for an unknown code."""
        region = self.get(code, year)
        return "".join((*self.parents(code, year), region.name)) if region else None

    def counties(self, year: int, *, kind: Kind = Kind.GB) -> tuple[Region, ...]:
        """The county-level units of `year`, the denominator of coverage; cities without districts (东莞) are none."""
        return tuple(region for region in self._valid(year) if region.level is Level.COUNTY and region.kind is kind)

    def iso_region(self, code: str | None) -> str:
        """ISO 3166-2 code of the province of `code` (two or six digits): CN-JS; `sample` for 99; else `unknown`."""
        province = self.get(f"{code[:2]}0000") if code else None
        return province.iso_region or UNKNOWN_REGION if province else UNKNOWN_REGION

    def nearest_names(self, name: str, limit: int = 5) -> tuple[str, ...]:
        """Names that look like `name`, the nearest first, to propose to someone who misspelt one."""
        return tuple(match for match, _, _ in process.extract(name, self._full_names, limit=limit))

    def _valid(self, year: int | None) -> Iterable[Region]:
        if year is None:
            return (rows[-1] for rows in self._by_code.values())
        return (region for region in self.regions if region.is_valid_in(year))

    def _above(self, region: Region, year: int | None) -> tuple[Region, ...]:
        when = year if year is not None else region.valid_to
        codes = (f"{region.province_code}0000", region.city_code)
        above = (self.get(code, when) for code in codes if code is not None and code != region.code)
        return tuple(parent for parent in above if parent is not None)

    def _spelled(self, name: str) -> list[Region]:
        """Rows whose full or short name ends `name`, where what goes before it spells the units above."""
        rows = []
        for at in range(len(name) - 1):
            for region in self._by_name.get(name[at:], ()):
                if self._is_path(name[:at], region):
                    rows.append(region)
        return sorted(rows, key=lambda region: (region.code, region.valid_from))

    def _is_path(self, head: str, region: Region) -> bool:
        """Whether `head` is made of the names that the units above `region` have had, from the top, each or none."""
        for code in (f"{region.province_code}0000", region.city_code):
            if code is not None and code != region.code:
                head = _without_start(head, self._names.get(code, ()))
        return not head

    def _named_at(self, text: str, at: int, year: int | None, *, loose: bool) -> tuple[str, tuple[Region, ...]]:
        """The longest name at `at` and its units, "" where there is none; full names of two characters if `loose`."""
        for name in self._by_start[text[at : at + 2]]:
            if not text.startswith(name, at) or text[at + len(name) : at + len(name) + 1] in tuple(_RUNS_ON):
                continue
            rows = {
                region.code: region
                for region in self._by_name[name]
                if region.is_valid_in(year) and (loose or len(name) > 2 or name == region.short_name)
            }
            if rows:
                return name, _first_rank(rows.values(), name)
        return "", ()

    def _after(self, region: Region) -> tuple[Region, ...]:
        if region.valid_to is None:
            return ()
        rows = (self.get(code, region.valid_to + 1) for code in region.successors)
        return tuple(row for row in rows if row is not None)

    def _before(self, region: Region) -> tuple[Region, ...]:
        rows = self._predecessors.get(region.code, ())
        return tuple(row for row in rows if row.valid_to == region.valid_from - 1)


def _names_of(region: Region) -> tuple[str, ...]:
    return (region.name, *region.aliases, *((region.short_name,) if region.short_name else ()))


def _first_rank(regions: Iterable[Region], written: str) -> tuple[Region, ...]:
    """Those of `regions` whose full name ends `written`; if none, those whose alias does; else all, by short name."""
    regions = tuple(regions)
    full = tuple(region for region in regions if written.endswith(region.name))
    return full or tuple(region for region in regions if written.endswith(region.aliases)) or regions


def _without_start(text: str, words: Iterable[str]) -> str:
    """`text` without the longest of `words` that it starts with."""
    return text[max((len(word) for word in words if text.startswith(word)), default=0) :]


def _narrow(rows: tuple[Region, ...], places: tuple[Region, ...]) -> tuple[Region, ...]:
    """The rows that lie in one of `places`; all of them when none does."""
    return tuple(row for row in rows if any(_lies_in(row, place) for place in places)) or rows


def _lies_in(region: Region, place: Region) -> bool:
    if place.level is Level.PROVINCE:
        return region.province_code == place.province_code
    return place.city_code is not None and region.city_code == place.city_code


@cache
def load_regions() -> RegionTable:
    """The packaged table, read and checked once. Raises `SourceError` naming file, line and reason for a bad row."""
    return parse_regions(files("schemas").joinpath(_FILE).read_text(encoding="utf-8"), _FILE)


def parse_regions(text: str, name: str) -> RegionTable:
    """CSV `text` as a table; `name` is the file named in errors. Raises `SourceError` with file, line and reason."""
    reader = csv.reader(io.StringIO(text))
    header = tuple(next(reader, ()))
    if header != _COLUMNS:
        raise SourceError(f"{name}:1: expected the columns {','.join(_COLUMNS)}, found {','.join(header)}")
    regions: list[Region] = []
    last: Region | None = None
    for row in reader:
        try:
            region = _parse_row(row)
            _check_order(region, last)
        except ValueError as error:
            raise SourceError(f"{name}:{reader.line_num}: {error}; correct this row") from error
        regions.append(region)
        last = region
    _check_links(regions, name)
    return RegionTable(regions)


def _parse_row(row: list[str]) -> Region:
    if len(row) != len(_COLUMNS):
        raise ValueError(f"expected {len(_COLUMNS)} fields, found {len(row)}")
    code, name, short_name, aliases, level, province, city, start, end, successors, kind, iso_region, source = row
    region = Region(
        code=code,
        name=name,
        level=Level(level),
        province_code=province,
        city_code=city or None,
        valid_from=int(start),
        valid_to=int(end) if end else None,
        successors=tuple(successors.split()),
        kind=Kind(kind),
        source=source,
        short_name=short_name or None,
        aliases=tuple(aliases.split()),
        iso_region=iso_region or None,
    )
    _check_row(region)
    return region


def _check_row(region: Region) -> None:
    if not (len(region.code) == 6 and region.code.isascii() and region.code.isdecimal()):
        raise ValueError(f"code: expected six digits, found {region.code!r}")
    if region.level not in _LEVELS or region.level is not _level_of(region):
        raise ValueError(f"level: {region.level} does not fit the code {region.code}")
    if region.province_code != region.code[:2]:
        raise ValueError(f"province_code: expected {region.code[:2]}, found {region.province_code!r}")
    if region.city_code not in (None, f"{region.code[:4]}00"):
        raise ValueError(f"city_code: expected {region.code[:4]}00 or nothing, found {region.city_code!r}")
    if not FIRST_YEAR <= region.valid_from <= (region.valid_to or LAST_YEAR) <= LAST_YEAR:
        raise ValueError(f"valid_from, valid_to: expected years in order from {FIRST_YEAR} to {LAST_YEAR}")
    if not (region.name and region.source):
        raise ValueError("name, source: expected some text, found nothing")


def _level_of(region: Region) -> Level:
    if region.code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if region.code.endswith("00") else Level.COUNTY


def _check_order(region: Region, last: Region | None) -> None:
    if last is None or region.code > last.code:
        return
    if region.code < last.code:
        raise ValueError(f"code: {region.code} stands after {last.code}; rows are sorted by code, then valid_from")
    if last.valid_to is None or region.valid_from <= last.valid_to:
        raise ValueError(f"valid_from: {region.code} is valid twice in {region.valid_from}")


def _check_links(regions: list[Region], name: str) -> None:
    years: dict[str, list[Region]] = {}
    for region in regions:
        years.setdefault(region.code, []).append(region)
    for line, region in enumerate(regions, start=2):
        if region.valid_to is None and region.successors:
            raise SourceError(
                f"{name}:{line}: successor_codes: {region.code} is still valid; give valid_to or no successor"
            )
        for code in region.successors:
            if not any(row.is_valid_in((region.valid_to or 0) + 1) for row in years.get(code, ())):
                raise SourceError(
                    f"{name}:{line}: successor_codes: {code} is not valid in the year after {region.valid_to}"
                )
