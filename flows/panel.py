"""Normalized tables in, the wide panel out: one row a government (province, city, county) and year.

Columns are the cells of all forms under their short names and the metrics with their notes; a column of another form is
null. Where two reports claim one government and year, the one with more numbers stands (then the smaller id), and the
other gets the finding `panel.several_reports`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.normalize import Frames, make_table
from flows.validate import Found, add_findings
from schemas.dataset import CELL_TABLES, load_tables, panel_cells
from schemas.findings import finding
from schemas.metrics import Metric, MetricKind, MetricValue, Place, evaluate, load_metrics
from schemas.records import Level, State

_STATES = {state.value: state for state in State}  # looked up ten million times for a country
GOVERNMENTS = (Level.PROVINCE.value, Level.CITY.value, Level.COUNTY.value)


@dataclass(frozen=True, slots=True)
class GovernmentReport:
    """A whole government's report: who, when, which form, and its cells."""

    district_code: str
    report_year: int
    district: str | None
    province_code: str | None
    level: str
    era: str | None
    report_id: str
    publisher_id: str | None
    cells: Mapping[Place, tuple[State, Decimal | None]]


def add_panel(frames: Frames) -> Frames:
    """The same tables with `panel` made from them."""
    chosen, found = _choose(frames["reports"])
    reports = tuple(_with_cells(chosen, frames))
    values = metric_values(reports)
    rows = [_row(report, values[report.report_id]) for report in reports]
    return {
        **frames,
        "panel": make_table("panel", rows),
        "findings": add_findings(frames["findings"], frames["reports"], found),
    }


def metric_values(reports: Iterable[GovernmentReport]) -> dict[str, dict[str, MetricValue]]:
    """Every metric of every report, by report id and metric id."""
    known = tuple(reports)
    years = {(report.publisher_id or report.district_code, report.report_year): report for report in known}
    values = {}
    for report in known:
        before = years.get((report.publisher_id or report.district_code, report.report_year - 1))
        values[report.report_id] = {
            metric.id: evaluate(metric, report.era, report.cells, _previous(metric, before))
            for metric in load_metrics().values()
        }
    return values


def _previous(metric: Metric, before: GovernmentReport | None) -> Decimal | None:
    """What a growth grows from: the same terms in the report of the year before, under that year's form."""
    if metric.kind is not MetricKind.GROWTH or before is None:
        return None
    total = load_metrics()["requests_received"]
    return evaluate(total, before.era, before.cells).value


def _choose(reports: pa.Table) -> tuple[list[dict[str, Any]], list[Found]]:
    kept = pc.and_(reports.column("is_latest"), pc.is_in(reports.column("level"), pa.array(GOVERNMENTS)))
    for name in ("district_code", "report_year"):
        kept = pc.and_(kept, pc.is_valid(reports.column(name)))
    rows = reports.filter(kept).to_pylist()
    rows.sort(key=lambda row: (row["district_code"], row["report_year"], -row["value_count"], row["report_id"]))
    chosen: list[dict[str, Any]] = []
    found: list[Found] = []
    for row in rows:
        first = chosen[-1] if chosen else None
        if first and (first["district_code"], first["report_year"]) == (row["district_code"], row["report_year"]):
            words = finding("panel.several_reports", place=row["district_code"], expected=str(first["report_id"]))
            found.append((row["report_id"], words))
        else:
            chosen.append(row)
    return chosen, found


def _with_cells(chosen: list[dict[str, Any]], frames: Frames) -> Iterator[GovernmentReport]:
    cells: dict[str, dict[Place, tuple[State, Decimal | None]]] = {row["report_id"]: {} for row in chosen}
    wanted = pa.array(list(cells), pa.string())
    for table in CELL_TABLES:
        rows = frames[table].filter(pc.is_in(frames[table].column("report_id"), wanted))
        columns = (rows.column(name).to_pylist() for name in ("report_id", "item", "column", "state", "value"))
        for report_id, item, column, state, value in zip(*columns, strict=True):
            number = None if value is None else Decimal(repr(value))
            cells[report_id][table, item, column] = (_STATES[state], number)
    for row in chosen:
        told = {name: row[name] for name in GovernmentReport.__slots__ if name != "cells"}
        yield GovernmentReport(cells=cells[row["report_id"]], **told)


def _row(report: GovernmentReport, values: Mapping[str, MetricValue]) -> tuple[object, ...]:
    row: dict[str, object] = {
        name: getattr(report, name)
        for name in ("district_code", "report_year", "district", "province_code", "level", "era", "report_id")
    }
    for cell in panel_cells():
        _, number = report.cells.get((cell.table, cell.item.id, cell.column.id), (State.MISSING, None))
        row[cell.name] = None if number is None else float(number)
    for metric in load_metrics().values():
        given = values[metric.id]
        row[metric.short] = None if given.value is None else float(given.value)
        row[f"note_{metric.short}"] = given.note
    return tuple(row[name] for name in load_tables()["panel"].names)
