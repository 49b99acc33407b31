"""What a user asks for in words in, codes and rows of a release out: districts, years, tables.

Districts are given by code or by name (宿城区, 江苏宿迁宿城区), years as `2019-2024,2026`. A name that several
districts share, or none has, is refused with the candidates: nothing is guessed. A district is followed through changes
of its code: its rows of other years are those of the unit that stood on its ground then.

Raises `SelectionError` for what cannot be understood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from schemas.dataset import arrow_schema, load_tables
from schemas.errors import GongkaiError
from schemas.regions import FIRST_YEAR, LAST_YEAR, Region, load_regions


class SelectionError(GongkaiError):
    """A district, year or table that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows wanted: districts (with their names as asked for) and years; None for all."""

    districts: tuple[Region, ...] | None = None
    years: tuple[int, ...] | None = None

    @property
    def codes(self) -> tuple[str, ...] | None:
        """Every code the districts have had in the years asked for."""
        if self.districts is None:
            return None
        return tuple(sorted({code for region in self.districts for code in codes_of(region, self.years)}))


def codes_of(region: Region, years: Iterable[int] | None) -> tuple[str, ...]:
    """The codes a district has had in some years, its own first; None for all years of the region table."""
    asked = range(FIRST_YEAR, LAST_YEAR + 1) if years is None else years
    return tuple(dict.fromkeys([region.code, *(code for year in asked if (code := code_in(region, year)))]))


def code_in(region: Region, year: int) -> str | None:
    """The code of the unit on a district's ground in a year; None where it was merged or split."""
    units = load_regions().in_year(region, year)
    return units[0].code if len(units) == 1 else None


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
        near = "、".join(regions.nearest_names(name))
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


def read_rows(
    release: Path, table: str, selection: Selection | None = None, columns: Iterable[str] | None = None
) -> pa.Table:
    """The rows of a published table that a selection asks for, without the keys of the path."""
    wanted = selection or Selection()
    condition = pc.scalar(True)
    if wanted.codes is not None:
        condition = condition & ds.field("district_code").isin(list(wanted.codes))
    if wanted.years is not None:
        condition = condition & ds.field("report_year").isin(list(wanted.years))
    schema = arrow_schema(table)
    names = list(columns) if columns is not None else schema.names
    files = sorted(str(path) for path in (release / table).glob("**/*.parquet"))
    return ds.dataset(files, schema=schema).to_table(columns=names, filter=condition)
