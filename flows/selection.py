"""What a user asks for in words in, codes and rows of a release out: districts, regions, years, tables.

Districts are given by code or by name (宿城区, 江苏宿迁宿城区), regions by ISO 3166-2 code or name of the province,
years as `2019-2024,2026`. A name that several districts share, or none has, is refused with the candidates: nothing is
guessed.

A district is followed through changes of its code alone (海门市 320684, 海门区 320614: the same ground). Where ground
was added, taken away, merged or split, another unit reported: it stands for the district only when successors are asked
for. `unit_in` tells which unit it is and how it relates to the district.

Raises `SelectionError` for what cannot be understood, `ReleaseSchemaError` for a release of another shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from schemas.dataset import arrow_schema, load_tables
from schemas.errors import GongkaiError, ReleaseError
from schemas.records import Level
from schemas.regions import FIRST_YEAR, LAST_YEAR, UNKNOWN_REGION, Region, load_regions

_NAMED = 12


class SelectionError(GongkaiError):
    """A district, region, year, metric or table that cannot be understood, or of which a release holds nothing."""

    exit_code = 2


class ReleaseSchemaError(ReleaseError):
    """A release whose tables have another shape than this code knows."""

    exit_code = 2


class Relation(StrEnum):
    """How the unit that stands for a district in a year differs from the district asked for."""

    OTHER_CODE = "other_code"
    OTHER_BOUNDARIES = "other_boundaries"
    MERGED_OR_SPLIT = "merged_or_split"


@dataclass(frozen=True, slots=True)
class Unit:
    """The code under which a district's numbers of a year stand; `relation` None for the district itself."""

    code: str
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows wanted: districts (with their names as asked for), regions (ISO 3166-2) and years; None for all."""

    districts: tuple[Region, ...] | None = None
    years: tuple[int, ...] | None = None
    regions: tuple[str, ...] | None = None
    follow_successors: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether anything at all was asked for."""
        return (self.districts, self.years, self.regions) != (None, None, None)

    @property
    def codes(self) -> tuple[str, ...] | None:
        """Every code the districts have had in the years asked for."""
        if self.districts is None:
            return None
        years = range(FIRST_YEAR, LAST_YEAR + 1) if self.years is None else self.years
        units = (unit_in(region, year, self.follow_successors) for region in self.districts for year in years)
        return tuple(sorted({*(region.code for region in self.districts), *(unit.code for unit in units if unit)}))

    @property
    def folders(self) -> frozenset[str] | None:
        """The `region=` folders that can hold wanted rows."""
        asked = None if self.regions is None else frozenset(self.regions)
        codes = self.codes
        if codes is None:
            return asked
        theirs = frozenset(load_regions().iso_region(code) for code in codes)
        return theirs if asked is None else theirs & asked


def unit_in(region: Region, year: int, follow_successors: bool = False) -> Unit | None:
    """The unit whose report of a year stands for a district; None where none does without following successors."""
    regions = load_regions()
    if region.is_valid_in(year):
        return Unit(region.code)
    units = regions.in_year(region, year)
    one = units[0] if len(units) == 1 else None
    if one is not None and _same_ground(region, one):
        return Unit(one.code, Relation.OTHER_CODE if one.code != region.code else None)
    if regions.get(region.code, year) is not None:
        return Unit(region.code, Relation.OTHER_BOUNDARIES)
    if one is not None and follow_successors:
        return Unit(one.code, Relation.MERGED_OR_SPLIT)
    return None


def _same_ground(region: Region, one: Region) -> bool:
    """Whether nothing but code and name lies between two units: the way back leads to the same one."""
    when = region.valid_to if one.valid_from > region.valid_from else region.valid_from
    return when is not None and load_regions().in_year(one, when) == (region,)


def parse_years(words: str) -> tuple[int, ...] | None:
    """`2019-2024,2026` as years; None for no words."""
    if not words.strip():
        return None
    years: set[int] = set()
    for word in words.replace("，", ",").split(","):
        first, _, last = word.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()) or int(first) > int(last or first):
            raise SelectionError(f"--years {words}: {word.strip()!r} is no year or span; write 2019-2024 or 2019,2021")
        years.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(years))


def parse_districts(words: str) -> tuple[Region, ...] | None:
    """Names and codes, parted by commas, as districts; None for no words."""
    if not words.strip():
        return None
    names = [word.strip() for word in words.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    return tuple(dict.fromkeys(_find_district(name) for name in names))


def _find_district(name: str) -> Region:
    regions = load_regions()
    if name.isdecimal():
        region = regions.get(name)
        if region is None:
            raise SelectionError(f"--districts: no district has the code {name}; codes have six digits (GB/T 2260)")
        return region
    found = regions.find(name)
    current = tuple(region for region in found if region.valid_to is None) or found
    if len(current) == 1:
        return current[0]
    if not current:
        alike = dict.fromkeys([*(region.name for region in regions.find(name[:-1])), *regions.nearest_names(name)])
        near = "、".join(list(alike)[:5])
        raise SelectionError(f"--districts: no district is called {name}; did you mean one of {near}?")
    ways = ", ".join(f"{regions.full_name(region.code)} ({region.code})" for region in current)
    raise SelectionError(f"--districts: {name} is the name of several districts: {ways}; give one of these or its code")


def parse_tables(words: str) -> tuple[str, ...]:
    """Names of published tables, parted by commas."""
    names = tuple(word.strip() for word in words.split(",") if word.strip())
    unknown = sorted(set(names) - set(load_tables()))
    if unknown or not names:
        raise SelectionError(f"--tables {words}: no table {', '.join(unknown)}; there are {', '.join(load_tables())}")
    return names


def parse_regions(words: str) -> tuple[str, ...] | None:
    """ISO 3166-2 codes or names of provinces, parted by commas, as codes; None for no words."""
    names = [word.strip() for word in words.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    return tuple(dict.fromkeys(_find_region(name) for name in names)) or None


def _find_region(name: str) -> str:
    regions = load_regions()
    known = {one.iso_region: one.name for one in regions.regions if one.level is Level.PROVINCE and one.iso_region}
    found = regions.find(name, level=Level.PROVINCE)
    if name in {*known, UNKNOWN_REGION}:
        return name
    if len(found) == 1 and found[0].iso_region:
        return found[0].iso_region
    ways = ", ".join(f"{code} {province}" for code, province in sorted(known.items()))
    raise SelectionError(f"regions: no region {name!r}; there are {ways}, {UNKNOWN_REGION}")


def read_rows(
    release: Path, table: str, selection: Selection | None = None, columns: Iterable[str] | None = None
) -> pa.Table:
    """The rows of a published table that a selection asks for, without the keys of the path.

    Only folders that can hold such rows are opened. Columns that an older release does not have are left out, and
    refused with `ReleaseSchemaError` where they are asked for by name.
    """
    wanted = selection or Selection()
    condition = pc.scalar(True)
    codes = wanted.codes
    if codes is not None:
        condition = condition & ds.field("district_code").isin(list(codes))
    if wanted.years is not None:
        condition = condition & ds.field("report_year").isin(list(wanted.years))
    files = _files(release / table, wanted.folders, wanted.years)
    names = _names(release, table, files, columns)
    known = arrow_schema(table)
    schema = pa.schema([known.field(name) for name in dict.fromkeys([*names, "district_code", "report_year"])])
    return ds.dataset(files, schema=schema).to_table(columns=names, filter=condition)


def nothing_found(release: Path, table: str, selection: Selection) -> SelectionError:
    """The error to raise where a table holds no row of a selection: what was asked for, and what there is."""
    there = read_rows(release, table, None, ["district_code", "report_year"])
    years = sorted(set(there.column("report_year").to_pylist()) - {None})
    codes = sorted(set(there.column("district_code").to_pylist()) - {None})
    asked = [*(one.name for one in selection.districts or ()), *(selection.regions or ())]
    asked += map(str, selection.years or ())
    regions = load_regions()
    names = [f"{regions.full_name(code) or ''} ({code})" for code in codes[:_NAMED]]
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    holds = f"it has the years {years[0]} to {years[-1]} and {', '.join(names)}{more}" if years else "it has no rows"
    return SelectionError(
        f"{release.name}: nothing in {table} for {', '.join(asked) or 'what was asked for'}; {holds}; "
        "`gongkai coverage` tells what became of a report"
    )


def _files(table: Path, folders: frozenset[str] | None, years: tuple[int, ...] | None) -> list[str]:
    """Files of the partitions that can hold wanted rows."""
    return [
        str(file)
        for file in sorted(table.glob("region=*/year=*/*.parquet"))
        if (folders is None or file.parent.parent.name.removeprefix("region=") in folders)
        and (years is None or int(file.parent.name.removeprefix("year=")) in years)
    ]


def _names(release: Path, table: str, files: list[str], columns: Iterable[str] | None) -> list[str]:
    """The columns to read: those asked for, or all that the release and this code both know."""
    known = arrow_schema(table)
    asked = list(columns) if columns is not None else known.names
    stored = pq.read_schema(files[0]) if files else known
    other = [name for name in asked if name in stored.names and not _same_type(stored.field(name), known.field(name))]
    absent = [name for name in asked if name not in stored.names]
    if other or (absent and columns is not None):
        raise ReleaseSchemaError(
            f"{release.name}: table {table} has no column {', '.join(other or absent)} of the kind this code reads: "
            "the release was made by other code; name another with --release (`gongkai releases list`), or publish "
            "again with `gongkai replay`"
        )
    return [name for name in asked if name not in absent]


def _same_type(stored: pa.Field, known: pa.Field) -> bool:
    kind = stored.type.value_type if pa.types.is_dictionary(stored.type) else stored.type
    return bool(kind == known.type)
