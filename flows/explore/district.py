"""The rows of one district in, its shards out: reports with cells, findings and revisions, panel and coverage.

`district` holds the reports of whole governments (level province, city, county), `bodies` those of departments and
townships, which are many and are looked at one by one; figures told in prose stand beside each in shards of their own.
Both have the same shape:

    {"reports": [{"id", "revision", "year", ..., "tables": {"requests": {"c": [...], "l": [...]}}, "findings": [...]}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flows.explore.cells import Json, encode_table
from flows.explore.prose import encode_prose
from flows.explore.read import UNKNOWN, RegionRows
from schemas.dataset import CELL_TABLES
from schemas.metrics import load_metrics
from schemas.records import Level
from schemas.regions import FIRST_YEAR, Region, load_regions

GOVERNMENTS = (Level.PROVINCE.value, Level.CITY.value, Level.COUNTY.value)
COVERAGE_LETTERS = {
    "read": "r",
    "read_with_findings": "f",
    "unreadable": "u",
    "blocked": "b",
    "not_found": "n",
    "not_looked_for": "l",
}
_REPORT = (
    "revision",
    "publisher",
    "level",
    "era",
    "title",
    "published_date",
    "url",
    "list_url",
    "sha256",
    "captured_at",
    "medium",
    "cell_count",
    "value_count",
    "blank_count",
    "not_applicable_count",
    "text_count",
    "missing_count",
    "unread_count",
    "figure_count",
)
_FINDING = ("code", "severity", "place", "expected", "found", "message")
_REVISION = ("revision", "table", "item", "column", "value_before", "value_after", "state_before", "state_after")
_REVISION_TEXTS = ("text_before", "text_after")
Shard = dict[str, Json]


@dataclass(frozen=True, slots=True)
class DistrictShards:
    """What is written for one district, and what the indexes need to know of it."""

    code: str
    name: str
    full_name: str
    level: str | None
    province: str
    district: Shard
    bodies: Shard | None
    prose: Shard
    bodies_prose: Shard
    report_count: int
    findings: tuple[dict[str, object], ...]
    coverage: tuple[dict[str, object], ...]
    panel: tuple[dict[str, object], ...]

    @property
    def has_more_than_letters(self) -> bool:
        """Whether there is anything to tell beyond one letter of coverage for each year."""
        told = ("reports", "bodies", "strays", "before", "after")
        looked_for = any(row["coverage_state"] != "not_looked_for" or row["reason"] for row in self.coverage)
        return looked_for or bool(self.panel) or any(self.district.get(name) for name in told)


def build_district(rows: RegionRows, code: str) -> DistrictShards:
    """Everything about one district of a region."""
    region = load_regions().get(code) if code != UNKNOWN else None
    findings = tuple(rows.records("findings", code))
    reports = list(_reports(rows, code, findings))
    own = [report for report in reports if report["level"] in GOVERNMENTS]
    bodies = [report for report in reports if report["level"] not in GOVERNMENTS]
    ids_of_bodies = {report["id"] for report in bodies}
    prose = encode_prose(rows.rows("figures", code))
    coverage = tuple(rows.records("coverage", code))
    panel = tuple(rows.records("panel", code))
    named = next((str(row["district"]) for row in (*coverage, *rows.records("reports", code)) if row["district"]), code)
    shard: Shard = {
        "code": code,
        "coverage": [_coverage(row) for row in coverage],
        "panel": encode_panel(panel),
        "reports": own,
        "bodies": [_body(report) for report in bodies],
        "strays": _strays(findings, reports),
        **_relatives(region),
    }
    return DistrictShards(
        code,
        region.name if region else named,
        (load_regions().full_name(code) or named) if region else named,
        region.level.value if region else None,
        code[:2] if code != UNKNOWN else UNKNOWN,
        shard,
        {"reports": bodies} if bodies else None,
        {name: figures for name, figures in prose.items() if name not in ids_of_bodies},
        {name: figures for name, figures in prose.items() if name in ids_of_bodies},
        len(reports),
        findings,
        coverage,
        panel,
    )


def _relatives(region: Region | None) -> Shard:
    """Codes of the units that stood or stand on the same ground, for a district that was renamed or merged."""
    table = load_regions()
    if region is None:
        return {}
    before = table.in_year(region, region.valid_from - 1) if region.valid_from > FIRST_YEAR else ()
    after = table.in_year(region, region.valid_to + 1) if region.valid_to else ()
    return {
        "valid": [region.valid_from, region.valid_to],
        "before": [[one.code, one.name] for one in before if one != region],
        "after": [[one.code, one.name] for one in after if one != region],
    }


def _reports(rows: RegionRows, code: str, findings: Iterable[dict[str, object]]) -> Iterator[Shard]:
    """The latest revision of each report, newest year first."""
    tables: dict[str, Shard] = {}
    for table in CELL_TABLES:
        for report_id, group in groupby(rows.rows(table, code), key=lambda row: row[0]):
            tables.setdefault(str(report_id), {})[table] = encode_table(table, (row[1:] for row in group))
    found = _by_report(findings)
    revised = _by_report(rows.records("revisions", code))
    latest = [row for row in rows.records("reports", code) if row["is_latest"]]
    for row in sorted(latest, key=lambda row: (-(row["report_year"] or 0), str(row["report_id"]))):  # type: ignore[operator]
        # report_year is an integer or null by the schema
        report_id = str(row["report_id"])
        yield {
            "id": report_id,
            "year": row["report_year"],
            **{name: plain(row[name]) for name in _REPORT},
            "tables": tables.get(report_id, {}),
            "findings": [[one[name] for name in _FINDING] for one in found.get(report_id, ())],
            "revisions": [
                [plain(one[name]) for name in (*_REVISION, *_REVISION_TEXTS)] for one in revised.get(report_id, ())
            ],
        }


def _by_report(rows: Iterable[dict[str, object]]) -> Mapping[str, list[dict[str, object]]]:
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        grouped.setdefault(str(row["report_id"]), []).append(row)
    return grouped


def _strays(findings: Iterable[dict[str, object]], reports: Iterable[Shard]) -> list[Json]:
    """Findings about pages that are in no row of `reports`: what could not be read or was no report."""
    known = {report["id"] for report in reports}
    return [
        [row["report_id"], row["report_year"], *(row[name] for name in _FINDING)]
        for row in findings
        if row["report_id"] not in known
    ]


def _body(report: Shard) -> list[Json]:
    findings = report["findings"]
    return [
        report["id"],
        report["year"],
        report["publisher"],
        report["level"],
        report["value_count"],
        len(findings) if isinstance(findings, list) else 0,
    ]


def _coverage(row: Mapping[str, object]) -> list[Json]:
    names = ("report_year", "coverage_state", "reason", "checked_date", "report_id")
    return [plain(row[name]) for name in names]


def encode_panel(rows: Iterable[Mapping[str, object]]) -> Shard:
    """The panel by column: years, eras, report ids, and for each metric its values and, where there is any, notes."""
    known = sorted(rows, key=lambda row: int(str(row["report_year"])))
    shard: Shard = {
        "years": [row["report_year"] for row in known],
        "eras": [row["era"] for row in known],
        "reports": [row["report_id"] for row in known],
    }
    shard["values"] = {one.short: [short(row[one.short]) for row in known] for one in load_metrics().values()}
    shard["notes"] = {one.short: [row[f"note_{one.short}"] for row in known] for one in load_metrics().values()}
    return shard


def short(value: object) -> Json:
    """A number as JSON writes it shortest: whole numbers without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plain(value: object) -> Json:
    """A value as JSON has it: dates and times in ISO 8601."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    return short(value)


def coverage_letters(rows: Iterable[Mapping[str, object]], years: tuple[int, int]) -> str:
    """One letter a year from the first to the last, `.` where the unit has no row."""
    states = {row["report_year"]: COVERAGE_LETTERS[str(row["coverage_state"])] for row in rows}
    return "".join(states.get(year, ".") for year in range(years[0], years[1] + 1))
