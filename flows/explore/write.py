"""A release in, a directory of pages and shards out; it is replaced as a whole or not at all.

`write_site(release, out)` builds beside `out` under a name that begins with a dot and then takes the place of what was
made there before. It refuses with `ReleaseError` to write over a directory that was not made here.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from statistics import median

from flows.explore.cells import Json
from flows.explore.district import GOVERNMENTS, DistrictShards, build_district, coverage_letters, plain
from flows.explore.read import read_regions
from flows.explore.terms import fields_shard, terms_shard, words_shard
from flows.releases import Manifest, load_manifest
from schemas.errors import ReleaseError
from schemas.findings import load_finding_codes
from schemas.metrics import load_metrics
from schemas.records import Level
from schemas.regions import load_regions

MARK = "explorer.json"
LIBRARY = "plotly"
LIBRARY_FILE = "plotly/package_data/plotly.min.js"


@dataclass(frozen=True, slots=True)
class Site:
    """What was written."""

    directory: Path
    release: str
    districts: int
    reports: int
    files: int
    bytes: int


@dataclass(slots=True)
class _Country:
    """What the indexes need to know, gathered district by district."""

    years: tuple[int, int]
    districts: list[list[Json]] = field(default_factory=list)
    coverage: dict[str, Counter[tuple[int, str]]] = field(default_factory=dict)
    provinces: dict[str, list[list[Json]]] = field(default_factory=dict)
    panels: dict[str, dict[int, list[Mapping[str, object]]]] = field(default_factory=dict)
    findings: dict[tuple[str, str], list[list[Json]]] = field(default_factory=dict)
    finding_years: Counter[tuple[str, str, object]] = field(default_factory=Counter)
    reports: int = 0


def write_site(release: Path, out: Path) -> Site:
    """Write the explorer of the release directory `release` to `out`. Raises `ReleaseError`."""
    manifest = load_manifest(release)
    _check_target(out)
    target = out.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.parent / f".{target.name}.building-{os.getpid()}"
    try:
        (building / "data").mkdir(parents=True)
        site = _build(release, manifest, building)
        _move_in_place(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    written = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    return Site(out, manifest.release, len(site.districts), site.reports, len(written), sum(written))


def _check_target(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ReleaseError(f"{out}: is no directory; name a new or empty directory")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise ReleaseError(f"{out}: holds files that are not an explorer; name a new or empty directory")


def _move_in_place(building: Path, out: Path) -> None:
    if out.exists():
        old = out.parent / f".{out.name}.old-{os.getpid()}"
        out.rename(old)
        building.rename(out)
        shutil.rmtree(old)
    else:
        building.rename(out)


def _build(release: Path, manifest: Manifest, out: Path) -> _Country:
    country = _Country(_years(manifest))
    for rows in read_regions(release, manifest):
        for code in rows.districts():
            shards = build_district(rows, code)
            _write_district(out, shards)
            _add(country, shards)
        for province in sorted(country.provinces):
            _write(out, f"province/{province}", _province(country, province))
        country.provinces.clear()
        country.panels.clear()
    _write_findings(out, country)
    _write(out, "index", _index(manifest, country))
    _write(out, "districts", sorted(country.districts, key=lambda row: str(row[0])))
    _write(out, "terms", terms_shard())
    _write(out, "fields", fields_shard())
    _write(out, "words", words_shard())
    _copy_pages(out)
    mark = {"made_by": "gongkai explore", "release": manifest.release}
    (out / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
    return country


def _years(manifest: Manifest) -> tuple[int, int]:
    """First and last year with a row about reports or coverage."""
    years = [file.year for file in manifest.files if file.year and file.rows and file.table in ("reports", "coverage")]
    return (min(years), max(years)) if years else (0, -1)


def _add(country: _Country, shards: DistrictShards) -> None:
    country.reports += shards.report_count
    letters = coverage_letters(shards.coverage, country.years)
    row: list[Json] = [shards.code, shards.name, shards.full_name, shards.level, shards.report_count]
    country.districts.append(row)
    province = shards.province
    counts = country.coverage.setdefault(province, Counter())
    counts.update((int(str(one["report_year"])), str(one["coverage_state"])) for one in shards.coverage)
    country.provinces.setdefault(province, []).append([*row, letters, int(shards.has_more_than_letters)])
    panels = country.panels.setdefault(province, {})
    for record in shards.panel:
        if record["level"] == Level.COUNTY.value:
            panels.setdefault(int(str(record["report_year"])), []).append(record)
    for one in shards.findings:
        code = str(one["code"])
        country.finding_years[code, str(one["severity"]), one["report_year"]] += 1
        words = [plain(one[name]) for name in ("severity", "place", "expected", "found", "message")]
        own = one["level"] in GOVERNMENTS
        country.findings.setdefault((code, province), []).append(
            [shards.code, one["report_id"], one["report_year"], own, *words]
        )


def _province(country: _Country, province: str) -> dict[str, Json]:
    """Coverage of a province's districts, and the median of each metric over its counties."""
    panels = country.panels.get(province, {})
    return {
        "code": province,
        "districts": country.provinces[province],
        "medians": {one.short: _medians(panels, one.short) for one in load_metrics().values()},
    }


def _medians(panels: Mapping[int, list[Mapping[str, object]]], name: str) -> dict[str, Json]:
    """For each year the median and how many counties have the metric."""
    medians: dict[str, Json] = {}
    for year, rows in sorted(panels.items()):
        values = [row[name] for row in rows if isinstance(row[name], float)]
        if values:
            medians[str(year)] = [median(values), len(values)]  # type: ignore[type-var]  # all are floats here
    return medians


def _index(manifest: Manifest, country: _Country) -> dict[str, Json]:
    names = {code: load_regions().get(f"{code}0000") for code in country.coverage}
    return {
        "release": manifest.release,
        "created_at": manifest.created_at,
        "code_version": manifest.code_version,
        "readers": list(manifest.readers),
        "years": list(country.years),
        "tables": manifest.tables,
        "reports": country.reports,
        "provinces": [
            [code, region.name if (region := names[code]) else code, _coverage_counts(country.coverage[code])]
            for code in sorted(country.coverage)
        ],
        "findings": [[*key, count] for key, count in sorted(country.finding_years.items(), key=str)],
        "finding_places": sorted([code, province, len(rows)] for (code, province), rows in country.findings.items()),
    }


def _coverage_counts(counts: Counter[tuple[int, str]]) -> list[Json]:
    return [[year, state, count] for (year, state), count in sorted(counts.items())]


def _write_district(out: Path, shards: DistrictShards) -> None:
    if shards.has_more_than_letters:
        _write(out, f"district/{shards.code}", {**shards.district, "name": shards.name, "full": shards.full_name})
    if shards.bodies:
        _write(out, f"bodies/{shards.code}", shards.bodies)
    for name, prose in (("prose", shards.prose), ("bodies-prose", shards.bodies_prose)):
        if prose:
            _write(out, f"{name}/{shards.code}", prose)


def _write_findings(out: Path, country: _Country) -> None:
    known = load_finding_codes()
    for (code, province), rows in country.findings.items():
        if code in known:
            _write(out, f"findings/{code}/{province}", rows)


def _write(out: Path, key: str, value: Json) -> None:
    """One shard: a script that hands `value` to the pages under `key`."""
    path = out / "data" / f"{key}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(f"gongkai.receive({json.dumps(key)},{text});\n", encoding="utf-8")


def _copy_pages(out: Path) -> None:
    for page in files("flows.explore").joinpath("site").iterdir():
        (out / page.name).write_bytes(page.read_bytes())
    library = distribution(LIBRARY)
    shutil.copyfile(Path(str(library.locate_file(LIBRARY_FILE))), out / Path(LIBRARY_FILE).name)
    for file in _licences(library.files or ()):
        shutil.copyfile(Path(str(library.locate_file(file))), out / f"LICENSE-{LIBRARY}.txt")


def _licences(paths: Iterable[object]) -> list[str]:
    found = sorted(str(path) for path in paths if "dist-info" in str(path) and "LICENSE" in Path(str(path)).name)
    if not found:
        raise ReleaseError(f"the package {LIBRARY} carries no licence; install it again from the lock")
    return found[:1]
