"""A release's panel in, districts beside each other by year out, for one metric.

    district   2019   2020   2021
    ---------  -----  -----  -----
    云麓区     0.521  0.494      -
    澄湾区     0.556  0.416  0.479!

A dash is no number, and the reason stands below the table with the district and year. `*` marks a value of another
series, `!` one whose report has findings of severity error in the tables the metric is made of, or that contradicts
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from flows.aligned import aligned
from flows.selection import Selection, SelectionError, code_in, read_rows
from schemas.metrics import Metric, MetricKind, load_metrics, load_reasons
from schemas.records import Severity
from schemas.regions import Region, load_regions

_NO_REPORT = "no_report"
_MARKED = ("out_of_range",)


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric of one district and year. `errors` counts findings of severity error in the tables it rests on."""

    district_code: str
    district: str
    year: int
    value: float | None
    note: str | None
    errors: int
    report_id: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A metric for districts and years, in the order asked for."""

    metric: Metric
    years: tuple[int, ...]
    rows: tuple[Compared, ...]


def find_metric(name: str) -> Metric:
    """The metric of that id or column name. Raises `SelectionError`."""
    for metric in load_metrics().values():
        if name in {metric.id, metric.short}:
            return metric
    raise SelectionError(f"--metric {name}: no such metric; there are {', '.join(load_metrics())}")


def compare(release: Path, metric: Metric, selection: Selection) -> Comparison:
    """The metric for the districts of a selection (all of the panel if none are named), year by year."""
    note = f"note_{metric.short}"
    names = ["district_code", "report_year", "district", "report_id", metric.short, note]
    panel = {
        (row["district_code"], row["report_year"]): row
        for row in read_rows(release, "panel", selection, names).to_pylist()
    }
    years = selection.years or tuple(sorted({year for _, year in panel}))
    errors = _count_errors(release, metric, selection)
    rows = []
    for region in selection.districts or _districts_of(panel):
        for year in years:
            row = panel.get((code_in(region, year) or region.code, year))
            if row is None:
                rows.append(Compared(region.code, region.name, year, None, _NO_REPORT, 0, None))
            else:
                count = errors.get(row["report_id"], 0)
                rows.append(
                    Compared(region.code, region.name, year, row[metric.short], row[note], count, row["report_id"])
                )
    return Comparison(metric, years, tuple(rows))


def _districts_of(panel: Iterable[tuple[str, int]]) -> tuple[Region, ...]:
    """The districts of a panel under their newest codes."""
    regions = load_regions()
    newest: dict[str, Region] = {}
    for code, year in panel:
        region = regions.get(code, year) or regions.get(code)
        if region is not None:
            later = regions.in_year(region, max(year, 2025)) if region.valid_to else (region,)
            one = later[0] if len(later) == 1 else region
            newest[one.code] = one
    return tuple(newest[code] for code in sorted(newest))


def _count_errors(release: Path, metric: Metric, selection: Selection) -> dict[str, int]:
    tables = {term.table for era in metric.eras.values() for term in (*era.numerator, *era.denominator)}
    rows = read_rows(release, "findings", selection, ["report_id", "severity", "place"])
    rows = rows.filter(pc.equal(rows.column("severity"), Severity.ERROR.value))
    counts: dict[str, int] = {}
    for row in rows.to_pylist():
        if (row["place"] or "").split("/")[0] in tables:
            counts[row["report_id"]] = counts.get(row["report_id"], 0) + 1
    return counts


def comparison_text(comparison: Comparison, language: str = "en") -> str:
    """The comparison as a table for a terminal, with what must be known to read it below."""
    metric = comparison.metric
    texts = {name: getattr(getattr(metric, name), language) for name in ("label", "formula", "caveat")}
    rows: dict[str, list[str]] = {}
    for one in comparison.rows:
        rows.setdefault(f"{one.district_code} {one.district}", []).append(_spell(metric, one))
    if not rows:
        return f"{texts['label']}: no district of the release fits\n"
    table = aligned(("district", *map(str, comparison.years)), [(name, *values) for name, values in rows.items()])
    lines = [f"{texts['label']}: {texts['formula']}", "", table, "", texts["caveat"], *_notes(comparison, language)]
    return "\n".join(lines) + "\n"


def _spell(metric: Metric, one: Compared) -> str:
    if one.value is None:
        return "-"
    number = f"{one.value:.0f}" if metric.kind is MetricKind.TOTAL else f"{one.value:.3f}"
    mark = "!" if one.errors or one.note in _MARKED else ""
    return number + mark + ("*" if one.note == "break_in_series" else "")


def _notes(comparison: Comparison, language: str) -> Iterator[str]:
    reasons = load_reasons()
    places: dict[str, list[str]] = {}
    for one in comparison.rows:
        if one.note:
            places.setdefault(one.note, []).append(f"{one.district} {one.year}")
    for note, where in places.items():
        sign = {"break_in_series": "*", "out_of_range": "!"}.get(note, "-")
        yield f"{sign} {note}: {getattr(reasons[note], language)} ({_short(where)})"
    broken = [f"{one.district} {one.year}" for one in comparison.rows if one.errors and one.value is not None]
    if broken:
        yield f"! findings of severity error: `gongkai findings` tells them ({_short(broken)})"


def _short(words: list[str], shown: int = 6) -> str:
    more = f" and {len(words) - shown} more" if len(words) > shown else ""
    return ", ".join(words[:shown]) + more


def comparison_rows(comparison: Comparison) -> list[dict[str, object]]:
    """One row a district and year, for CSV and JSON."""
    return [
        {
            "district_code": one.district_code,
            "district": one.district,
            "report_year": one.year,
            "metric": comparison.metric.id,
            "value": one.value,
            "note": one.note,
            "errors": one.errors,
            "report_id": one.report_id,
        }
        for one in comparison.rows
    ]
