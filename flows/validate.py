"""Normalized tables in, their findings completed: what one report alone cannot show, and what no row may break.

Three kinds of checks, each yielding rows of `findings` and changing nothing else:

- across years: the identities of the forms that look into the same publisher's report of the year before
  (`requests.carry_over`, `disclosure.stock`);
- against a publisher's own history: a cell far from the median of the other years (`outlier.history`);
- against the published schema (pandera): types, keys that stand twice, values that are not allowed (`frame.invalid`).
  Those are faults of this program; the rows are flagged and published all the same.

The finding stands with the later report, at the place that disagrees. Blank and struck-out cells count as 0 beside a
number; a cell that is missing, unread or words is not compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import median

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc

from flows.normalize import Frames, finding_row, make_table
from schemas.dataset import CELL_TABLES, DatasetTable, load_tables
from schemas.findings import finding
from schemas.form import Identity, Term, merged_identities, merged_table
from schemas.records import Finding, State

Key = tuple[str, str]
Entry = tuple[str, float | None]
_ABSENT: Entry = (State.MISSING.value, None)
_NOBODY = "unknown"  # whose row breaks the schema, where the row does not say
_ZEROES = (State.BLANK.value, State.NOT_APPLICABLE.value)


@dataclass(frozen=True, slots=True)
class Limits:
    """When a cell is far from its own history: `factor` times the median, at least `difference` away, `years` known."""

    factor: float = 10
    difference: float = 50
    years: int = 3


Found = tuple[str, Finding]


def validate(frames: Frames, limits: Limits | None = None) -> Frames:
    """The same tables with `findings` completed. `frames` must hold all years of the publishers in it."""
    found = [
        *check_across_years(frames),
        *check_history(frames, limits or Limits()),
        *(one for table in frames if table in load_tables() for one in check_frame(table, frames[table])),
    ]
    return {**frames, "findings": add_findings(frames["findings"], frames["reports"], found)}


def add_findings(findings: pa.Table, reports: pa.Table, found: Iterable[Found]) -> pa.Table:
    """`findings` with more rows, numbered on within each report; also those of what is no report, or of no report."""
    by_report: dict[str, list[Finding]] = defaultdict(list)
    for report_id, one in found:
        by_report[report_id].append(one)
    if not by_report:
        return findings
    names = ["report_id", "publisher_id", "level", "province_code", "district_code", "report_year"]
    latest = reports.filter(reports.column("is_latest")).select(names).to_pylist()
    numbers = Counter(findings.column("report_id").to_pylist())
    whose = {row["report_id"]: (tuple(row[name] for name in names[1:5]), row["report_year"]) for row in latest}
    rows = []
    for report_id in [*whose, *sorted(by_report.keys() - whose.keys())]:
        who, year = whose.get(report_id, ((None,) * 4, None))
        for one in by_report.get(report_id, ()):
            rows.append(finding_row(report_id, numbers[report_id], who, year, one))
            numbers[report_id] += 1
    return pa.concat_tables([findings, make_table("findings", rows)])


def check_across_years(frames: Mapping[str, pa.Table]) -> Iterator[Found]:
    """Identities that look into the report of the year before, for each publisher and pair of years."""
    for table_id in CELL_TABLES:
        identities = [one for one in merged_identities() if one.across_years and one.table == table_id]
        if not identities or table_id not in frames:
            continue
        reports = _cells_by_report(frames[table_id], {name for one in identities for name in _names(one)}, identities)
        for (publisher_id, year), (report_id, cells) in sorted(reports.items()):
            before = reports.get((publisher_id, year - 1))
            if before is not None:
                for identity in identities:
                    yield from ((report_id, one) for one in _judge(identity, cells, before[1]))


def _names(identity: Identity) -> Iterator[str]:
    for term in (*identity.left, *identity.right):
        yield from term.alternatives[0]


def _cells_by_report(
    rows: pa.Table, names: set[str], identities: list[Identity]
) -> dict[tuple[str, int], tuple[str, dict[Key, Entry]]]:
    """(report_id, cells) by publisher and year, of the cells that an identity names."""
    wanted = pa.array(sorted(names))
    over = {"item" if one.over == "column" else "column" for one in identities}
    masks = [pc.is_in(rows.column(name), wanted) for name in sorted(over)]
    kept = rows.filter(masks[0] if len(masks) == 1 else pc.or_(*masks))
    columns = ("publisher_id", "report_year", "report_id", "item", "column", "state", "value")
    reports: dict[tuple[str, int], tuple[str, dict[Key, Entry]]] = {}
    for publisher_id, year, report_id, item, column, state, value in zip(
        *(kept.column(name).to_pylist() for name in columns), strict=True
    ):
        if publisher_id is not None and year is not None:
            reports.setdefault((publisher_id, year), (report_id, {}))[1][item, column] = (state, value)
    return reports


def _judge(identity: Identity, now: Mapping[Key, Entry], before: Mapping[Key, Entry]) -> Iterator[Finding]:
    table = merged_table(identity.table)
    over_columns = identity.over == "column"
    right_id = identity.right[0].alternatives[0][0]
    for line in (one.id for one in (table.columns if over_columns else table.items)):

        def entries(terms: tuple[Term, ...], line: str = line) -> list[tuple[int, Entry]]:
            return [
                (
                    term.sign,
                    (before if term.previous else now).get((one, line) if over_columns else (line, one), _ABSENT),
                )
                for term in terms
                for one in term.alternatives[0]
            ]

        left, right = entries(identity.left), entries(identity.right)
        expected, found = _sum(left), _sum(right)
        if not _is_evaluated([entry for _, entry in (*left, *right)]) or expected == found:
            continue
        place = f"{identity.table}/{right_id}/{line}" if over_columns else f"{identity.table}/{line}/{right_id}"
        yield finding(
            identity.rule, place=place, expected=_spell(expected), found=_spell(found), severity=identity.severity
        )


def _is_evaluated(entries: list[Entry]) -> bool:
    written = any(state == State.VALUE for state, _ in entries)
    return written and all((state == State.VALUE and value is not None) or state in _ZEROES for state, value in entries)


def _sum(entries: list[tuple[int, Entry]]) -> float:
    return sum(sign * (value or 0.0) for sign, (_, value) in entries)


def check_history(frames: Mapping[str, pa.Table], limits: Limits) -> Iterator[Found]:
    """Cells far from the median of the same publisher's other years; totals only where a table has applicants."""
    for table_id in CELL_TABLES:
        if table_id not in frames:
            continue
        rows = frames[table_id]
        kept = pc.and_(pc.equal(rows.column("state"), State.VALUE.value), pc.is_valid(rows.column("value")))
        kept = pc.and_(kept, pc.is_valid(rows.column("publisher_id")))
        if table_id == "requests":
            kept = pc.and_(kept, pc.equal(rows.column("column"), "total"))
        names = ["publisher_id", "item", "column", "report_year", "report_id", "value"]
        yield from _outliers(table_id, rows.filter(kept).select(names).to_pandas(), limits)


def _outliers(table_id: str, cells: pd.DataFrame, limits: Limits) -> Iterator[Found]:
    """Each cell against the median of its publisher's other years; series without a far value are passed over."""
    keys = ["publisher_id", "item", "column"]
    cells = cells.sort_values([*keys, "report_year"], kind="stable").reset_index(drop=True)
    if cells.empty:
        return
    series = cells.groupby(keys, sort=False, observed=True).ngroup().to_numpy()
    values = cells["value"].to_numpy(dtype=float)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(series)) + 1))
    sizes = np.diff([*starts, len(values)])
    highest, lowest = np.maximum.reduceat(np.abs(values), starts), np.minimum.reduceat(np.abs(values), starts)
    spread = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts)
    wide = (highest >= limits.factor * np.maximum(lowest, 1.0)) & (spread >= limits.difference) & (sizes > limits.years)
    for start, size in zip(starts[wide].tolist(), sizes[wide].tolist(), strict=True):
        years = values[start : start + size].tolist()
        for place, value in enumerate(years):
            usual = median(years[:place] + years[place + 1 :])
            if _is_far(value, usual, limits):
                row = cells.iloc[start + place]
                words = f"{table_id}/{row['item']}/{row['column']}"
                yield (
                    str(row["report_id"]),
                    finding("outlier.history", place=words, expected=_spell(usual), found=_spell(value)),
                )


def _is_far(value: float, usual: float, limits: Limits) -> bool:
    low, high = sorted((abs(value), abs(usual)))
    return high - low >= limits.difference and high >= limits.factor * max(low, 1.0)


def check_frame(table_id: str, rows: pa.Table) -> Iterator[Found]:
    """Rows that break the table's schema, with their report where the table has one."""
    table = load_tables()[table_id]
    frame = rows.to_pandas()
    try:
        _frame_schema(table_id).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return
    for case in cases.sort_values(["column", "index"], kind="stable", na_position="first").itertuples():
        at = None if pd.isna(case.index) else int(case.index)
        report_id = str(frame["report_id"].iloc[at]) if at is not None and "report_id" in frame else _NOBODY
        yield (
            report_id,
            finding(
                "frame.invalid",
                place=str(case.column),
                expected=str(case.check),
                found=str(case.failure_case),
                table=table.id,
            ),
        )


@cache
def _frame_schema(table_id: str) -> pandera.DataFrameSchema:
    table = load_tables()[table_id]
    return pandera.DataFrameSchema(
        {field.name: _frame_column(table, field.name) for field in table.fields},
        unique=list(table.key),
        strict=True,
        ordered=True,
    )


def _frame_column(table: DatasetTable, name: str) -> pandera.Column:
    field = table.field(name)
    checks = [pandera.Check.isin(field.allowed)] if field.allowed else []
    if field.type == "double":
        checks.append(pandera.Check(np.isfinite, name="finite"))
    return pandera.Column(None, checks, nullable=field.role != "key")


def _spell(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
