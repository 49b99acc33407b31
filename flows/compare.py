"""A release's panel in, districts beside each other by year out, for one metric or several.

Ranks are among all governments of the same level in the city or province, not among those asked for. A change is told
only where both years belong to one series and one area. Values that contradict themselves are shown and not ranked.

Raises `SelectionError` where the release holds no report of what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.selection import Relation, Selection, SelectionError, Unit, nothing_found, read_rows, unit_in
from flows.standing import Peers, Place
from schemas.metrics import Metric, load_metrics
from schemas.records import Severity
from schemas.regions import LAST_YEAR, Region, load_regions

_ALL = "all"
CONTRADICTS = "out_of_range"
_NOT_IN_YEAR = "not_in_year"
_NO_REPORT = "no_report"


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric of one district and year.

    `code` is that of the unit whose report it is, `relation` how that unit differs from the district asked for.
    `errors` counts findings of severity error in the tables the metric rests on; `is_of_old_series` marks a form that
    must not be compared with those of 2019 and later.
    """

    metric: str
    district_code: str
    district: str
    year: int
    value: float | None = None
    note: str | None = None
    code: str | None = None
    relation: Relation | None = None
    errors: int = 0
    report_id: str | None = None
    change: float | None = None
    in_city: Place | None = None
    in_province: Place | None = None
    province_median: float | None = None
    is_of_old_series: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Metrics for districts and years, in the order asked for: all rows of the first metric, then of the next."""

    metrics: tuple[Metric, ...]
    years: tuple[int, ...]
    rows: tuple[Compared, ...]

    def of(self, metric: Metric) -> tuple[Compared, ...]:
        """The rows of one metric."""
        return tuple(row for row in self.rows if row.metric == metric.id)


def parse_metrics(words: str) -> tuple[Metric, ...]:
    """Ids or column names of metrics, parted by commas; `all` for all but the parts. Raises `SelectionError`."""
    names = [word.strip() for word in words.replace("，", ",").split(",") if word.strip()]
    if names == [_ALL]:
        return tuple(metric for metric in load_metrics().values() if "." not in metric.id)
    if not names:
        raise SelectionError(f"--metric: no metric is named; there are {', '.join(load_metrics())}")
    return tuple({metric.id: metric for metric in map(find_metric, names)}.values())


def find_metric(name: str) -> Metric:
    """The metric of that id or column name. Raises `SelectionError`."""
    for metric in load_metrics().values():
        if name in {metric.id, metric.short}:
            return metric
    raise SelectionError(f"--metric {name}: no such metric; there are {', '.join(load_metrics())}, or {_ALL}")


def compare(release: Path, metrics: Sequence[Metric], selection: Selection) -> Comparison:
    """Metrics for the districts of a selection (all of the panel if none are named), year by year."""
    panel = _Panel(_read_panel(release, metrics, selection), metrics)
    districts = selection.districts or panel.districts()
    years = selection.years or panel.years_of(districts, selection.follow_successors)
    places = [(one, year, unit_in(one, year, selection.follow_successors)) for one in districts for year in years]
    if not any(unit and (unit.code, year) in panel.index for _, year, unit in places):
        raise nothing_found(release, "panel", selection)
    errors = _count_errors(release, metrics, selection)
    rows = tuple(
        panel.compared(metric, district, year, unit, errors, selection.follow_successors)
        for metric in metrics
        for district, year, unit in places
    )
    return Comparison(tuple(metrics), years, rows)


def _read_panel(release: Path, metrics: Sequence[Metric], selection: Selection) -> pa.Table:
    """The panel of all peers of the districts asked for, with the years before, for the change."""
    years = selection.years and tuple(sorted({*selection.years, *(year - 1 for year in selection.years)}))
    folders = selection.folders
    wanted = Selection(None, years, None if folders is None else tuple(sorted(folders)))
    names = ["district_code", "report_year", "level", "era", "report_id"]
    for metric in metrics:
        names += [metric.short, f"note_{metric.short}"]
    return read_rows(release, "panel", wanted, names)


class _Panel:
    """Columns of the panel with an index of their rows by district code and year."""

    def __init__(self, table: pa.Table, metrics: Sequence[Metric]) -> None:
        self._columns = table.to_pydict()
        self._codes: list[str] = self._columns["district_code"]
        self._years: list[int] = self._columns["report_year"]
        self.index = {place: row for row, place in enumerate(zip(self._codes, self._years, strict=True))}
        self._cities = [_city_of(code, year) for code, year in self.index]
        self._peers = {
            metric.id: (Peers(self._grouped(metric, 0)), Peers(self._grouped(metric, 1))) for metric in metrics
        }

    def districts(self) -> tuple[Region, ...]:
        """All districts of the panel under their newest codes."""
        regions = load_regions()
        rows: dict[tuple[str, int], Region] = {}
        for code, year in self.index:
            region = regions.get(code, year) or regions.get(code)
            if region is not None:
                rows[region.code, region.valid_from] = region
        newest = {}
        for region in rows.values():
            unit = unit_in(region, LAST_YEAR)
            later = regions.get(unit.code) if unit else None
            one = later or region
            newest[one.code] = one
        return tuple(newest[code] for code in sorted(newest))

    def years_of(self, districts: Sequence[Region], follow: bool) -> tuple[int, ...]:
        """The years in which any of some districts has a row."""
        every = sorted(set(self._years))
        there = (
            year
            for year in every
            if any((unit := unit_in(one, year, follow)) and (unit.code, year) in self.index for one in districts)
        )
        return tuple(there)

    def compared(
        self,
        metric: Metric,
        district: Region,
        year: int,
        unit: Unit | None,
        errors: dict[tuple[str, str], int],
        follow: bool,
    ) -> Compared:
        """A metric of a district and year with all that is told beside it."""
        row = self.index.get((unit.code, year)) if unit else None
        who = metric.id, district.code, district.name, year
        if unit is None:
            return Compared(*who, note=_NOT_IN_YEAR)
        if row is None:
            return Compared(*who, note=_NO_REPORT, code=unit.code, relation=unit.relation)
        value, note = self._value(metric, row), self._columns[f"note_{metric.short}"][row]
        report_id: str = self._columns["report_id"][row]
        city, province = self._peers[metric.id]
        groups = self._groups(row)
        ranked = None if note == CONTRADICTS else value
        return Compared(
            *who,
            value=value,
            note=note,
            code=unit.code,
            relation=unit.relation,
            errors=sum(errors.get((report_id, table), 0) for table in _tables_of(metric.id)),
            report_id=report_id,
            change=self._change(metric, row, district, unit, follow),
            in_city=city.place(groups[0], ranked) if ranked is not None and groups[0] else None,
            in_province=province.place(groups[1], ranked) if ranked is not None and groups[1] else None,
            province_median=province.median(groups[1]),
            is_of_old_series=self._is_of_old_series(metric, row),
        )

    def _change(self, metric: Metric, row: int, district: Region, unit: Unit, follow: bool) -> float | None:
        year = self._years[row] - 1
        before = unit_in(district, year, follow)
        row_before = self.index.get((before.code, year)) if before else None
        if before is None or row_before is None or _area(before) != _area(unit):
            return None
        notes = [self._columns[f"note_{metric.short}"][each] for each in (row, row_before)]
        now, then = self._value(metric, row), self._value(metric, row_before)
        is_one_series = self._is_of_old_series(metric, row) == self._is_of_old_series(metric, row_before)
        return (
            now - then if now is not None and then is not None and is_one_series and CONTRADICTS not in notes else None
        )

    def _is_of_old_series(self, metric: Metric, row: int) -> bool:
        formula = metric.eras.get(self._columns["era"][row] or "")
        return formula is not None and formula.break_in_series

    def _value(self, metric: Metric, row: int) -> float | None:
        value: float | None = self._columns[metric.short][row]
        return value

    def _groups(self, row: int) -> tuple[tuple[int, str, str] | None, tuple[int, str, str] | None]:
        """City and province of a row with year and level; None where it has no peers of the kind."""
        year, level, code = self._years[row], self._columns["level"][row], self._codes[row]
        city = self._cities[row]
        in_city = (year, level, city) if city is not None and city != code else None
        return in_city, (year, level, code[:2]) if not code.endswith("0000") else None

    def _grouped(self, metric: Metric, kind: int) -> Iterator[tuple[tuple[int, str, str], float]]:
        values, notes = self._columns[metric.short], self._columns[f"note_{metric.short}"]
        for row, (value, note) in enumerate(zip(values, notes, strict=True)):
            group = self._groups(row)[kind]
            if value is not None and note != CONTRADICTS and group is not None:
                yield group, value


def _city_of(code: str, year: int) -> str | None:
    regions = load_regions()
    region = regions.get(code, year) or regions.get(code)
    return region.city_code if region else None


def _area(unit: Unit) -> tuple[bool, str]:
    """What must be equal for two years to be of one area; a change of code alone is none."""
    if unit.relation in {None, Relation.OTHER_CODE}:
        return True, ""
    return False, unit.code


@cache
def _tables_of(metric_id: str) -> tuple[str, ...]:
    eras = load_metrics()[metric_id].eras.values()
    return tuple(sorted({term.table for era in eras for term in (*era.numerator, *era.denominator)}))


def _count_errors(release: Path, metrics: Sequence[Metric], selection: Selection) -> dict[tuple[str, str], int]:
    """Findings of severity error by report and table, for the tables the metrics rest on."""
    tables = {table for metric in metrics for table in _tables_of(metric.id)}
    rows = read_rows(release, "findings", selection, ["report_id", "severity", "place"])
    rows = rows.filter(pc.equal(rows.column("severity"), Severity.ERROR.value))
    counts: dict[tuple[str, str], int] = {}
    for report_id, place in zip(*(rows.column(name).to_pylist() for name in ("report_id", "place")), strict=True):
        table = (place or "").split("/")[0]
        if table in tables:
            counts[report_id, table] = counts.get((report_id, table), 0) + 1
    return counts


def comparison_rows(comparison: Comparison) -> list[dict[str, object]]:
    """One row a metric, district and year, for CSV and JSON."""
    return [
        {
            "district_code": row.district_code,
            "district": row.district,
            "report_year": row.year,
            "metric": row.metric,
            "value": row.value,
            "note": row.note,
            "change": row.change,
            "city_rank": row.in_city.rank if row.in_city else None,
            "city_count": row.in_city.count if row.in_city else None,
            "province_rank": row.in_province.rank if row.in_province else None,
            "province_count": row.in_province.count if row.in_province else None,
            "province_percentile": row.in_province.percentile if row.in_province else None,
            "unit_code": row.code,
            "relation": row.relation.value if row.relation else None,
            "errors": row.errors,
            "report_id": row.report_id,
        }
        for row in comparison.rows
    ]
