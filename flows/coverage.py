"""Tables, sources and checks in, the table `coverage` out: what became of each county-level unit's report of each year.

The denominator is the region table: every county-level unit as it stood in that year. Each is in one state:

    read, read_with_findings    the report is in the data set (with findings of severity error or warning)
    unreadable                  it was found, and no cell of it could be read
    blocked                     the site refused us or could not be reached when last looked at
    not_found                   its source was looked at and showed no report of that year
    not_looked_for              no source is known, or it was never looked at

`reason` is the finding's code, or why the site was blocked. A check is the last look at a publisher's list; checks are
kept in one JSON lines file, since a run looks at some publishers only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.normalize import Frames, make_table
from schemas.records import Level, Severity, Source
from schemas.regions import Kind, Region, load_regions

FIRST_YEAR = 2008


class CoverageState(StrEnum):
    """What became of a report; the best of several wins, in this order."""

    READ = "read"
    READ_WITH_FINDINGS = "read_with_findings"
    UNREADABLE = "unreadable"
    BLOCKED = "blocked"
    NOT_FOUND = "not_found"
    NOT_LOOKED_FOR = "not_looked_for"


@dataclass(frozen=True, slots=True)
class Check:
    """The last look at a publisher's list of reports; `reason` is None where the list was there."""

    publisher_id: str
    checked_date: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """The state of one unit and year."""

    state: CoverageState
    reason: str | None = None
    checked_date: date | None = None
    report_id: str | None = None


Unit = tuple[str, int]


def add_coverage(frames: Frames, sources: Iterable[Source], checks: Iterable[Check], years: Iterable[int]) -> Frames:
    """The same tables with `coverage` for the given years; sample districts count where a source has them."""
    known = [source for source in sources if source.level is Level.COUNTY]
    looked = {check.publisher_id: check for check in checks}
    read = _read_units(frames, looked)
    with_samples = any(source.district_code.startswith("99") for source in known)
    rows = []
    for year in sorted(years):
        by_code = {source.district_code: source for source in known}
        for region in _units(year, with_samples):
            covered = read.get((region.code, year)) or _unread(_source_of(region, by_code), looked)
            rows.append(
                (
                    region.code,
                    year,
                    region.name,
                    region.province_code,
                    covered.state.value,
                    covered.reason,
                    covered.checked_date,
                    covered.report_id,
                )
            )
    rows.sort(key=lambda row: (row[3], row[1], row[0]))
    return {**frames, "coverage": make_table("coverage", rows)}


def _units(year: int, with_samples: bool) -> Iterator[Region]:
    yield from load_regions().counties(year)
    if with_samples:
        yield from load_regions().counties(year, kind=Kind.SAMPLE)


def _source_of(region: Region, by_code: Mapping[str, Source]) -> Source | None:
    """The source of a unit: under its own code, else under the one that stands on its ground today."""
    if region.code in by_code:
        return by_code[region.code]
    later = load_regions().successor(region.code, region.valid_to + 1) if region.valid_to else ()
    return by_code.get(later[0].code) if len(later) == 1 else None


def _unread(source: Source | None, looked: Mapping[str, Check]) -> Covered:
    check = looked.get(source.publisher_id) if source else None
    if check is None:
        return Covered(CoverageState.NOT_LOOKED_FOR)
    if check.reason:
        return Covered(CoverageState.BLOCKED, check.reason, check.checked_date)
    return Covered(CoverageState.NOT_FOUND, None, check.checked_date)


def _read_units(frames: Frames, looked: Mapping[str, Check]) -> dict[Unit, Covered]:
    """What the tables say of each county and year; of several reports the one in the best state."""
    findings = _worst_findings(frames["findings"])
    units: dict[Unit, Covered] = {}
    reports = [row for row in frames["reports"].to_pylist() if row["is_latest"]]
    in_reports = {row["report_id"] for row in reports}
    for row in reports:
        _take(units, row, _of_report(row, findings.get(row["report_id"]), looked))
    for report_id, row in findings.items():
        if report_id not in in_reports:
            check = looked.get(row["publisher_id"] or "")
            date_looked = check.checked_date if check else None
            _take(units, row, Covered(CoverageState.UNREADABLE, row["code"], date_looked, report_id))
    return units


def _take(units: dict[Unit, Covered], row: Mapping[str, Any], covered: Covered) -> None:
    code, year, level = row["district_code"], row["report_year"], row["level"]
    if level != Level.COUNTY.value or not isinstance(code, str) or not isinstance(year, int):
        return
    order = list(CoverageState)
    before = units.get((code, year))
    if before is None or order.index(covered.state) < order.index(before.state):
        units[code, year] = covered


def _of_report(row: Mapping[str, Any], worst: Mapping[str, Any] | None, looked: Mapping[str, Check]) -> Covered:
    check = looked.get(str(row["publisher_id"]))
    captured = row["captured_at"].date()
    checked = max(captured, check.checked_date) if check else captured
    code = str(worst["code"]) if worst else None
    report_id = str(row["report_id"])
    if row["unread_count"] and not row["value_count"]:
        return Covered(CoverageState.UNREADABLE, code, checked, report_id)
    state = CoverageState.READ_WITH_FINDINGS if worst else CoverageState.READ
    return Covered(state, code, checked, report_id)


def _worst_findings(findings: pa.Table) -> dict[str, dict[str, Any]]:
    """For each report its gravest finding of severity error or warning, the first of several."""
    grave = [Severity.ERROR.value, Severity.WARNING.value]
    worst: dict[str, dict[str, Any]] = {}
    for row in findings.to_pylist():
        if row["severity"] not in grave:
            continue
        before = worst.get(row["report_id"])
        if before is None or grave.index(row["severity"]) < grave.index(str(before["severity"])):
            worst[row["report_id"]] = row
    return worst


def load_checks(file: Path) -> dict[str, Check]:
    """The last look at each publisher; none when the file does not exist."""
    if not file.exists():
        return {}
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line)
    return {
        row["publisher_id"]: Check(row["publisher_id"], date.fromisoformat(row["checked_date"]), row["reason"])
        for row in rows
    }


def save_checks(file: Path, checks: Iterable[Check]) -> tuple[Check, ...]:
    """Put newer looks in the place of older ones and keep all; returns what the file then holds."""
    known = load_checks(file)
    for check in checks:
        known[check.publisher_id] = check
    kept = tuple(known[publisher_id] for publisher_id in sorted(known))
    lines = (
        json.dumps(
            {"publisher_id": one.publisher_id, "checked_date": one.checked_date.isoformat(), "reason": one.reason}
        )
        for one in kept
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    new.write_text("\n".join([*lines, ""]), encoding="utf-8")
    new.replace(file)
    return kept
