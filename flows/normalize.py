"""Reports as they were read in, the tidy tables of a release out: every judgement after reading is made here.

    items (report, source, capture, revision)  ->  {"reports": Table, "requests": Table, ..., "findings": Table}

For each report the newest revision gives the cells, figures and sections; older ones give the rows of `reports` and,
cell by cell, what changed (`revisions`). On the way overrides of our own misreadings are applied, money is converted
to 万元 with the written number beside it, and the publisher is placed under the district code valid in that year. A
page that is no report has rows in `findings` and nowhere else.

The same items in any order give the same tables. Nothing here drops a row because it looks wrong, asks the time, or
guesses: an amount without a unit has no `value`, a publisher without a region no code, each with a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pyarrow as pa

from extractors.figures.check import check_narrative
from extractors.identities import check_identities
from flows.overrides import Override, Reading, by_report
from schemas.dataset import CELL_TABLES, arrow_schema
from schemas.findings import finding
from schemas.form import Kind, merged_identities, merged_table
from schemas.records import Capture, Cell, ExtractedReport, Finding, Locator, ReportIdentity, Source, State
from schemas.regions import Region, load_regions
from schemas.units import convert_count, convert_money, money_unit

Frames = dict[str, pa.Table]
REPORT_TABLES = ("reports", *CELL_TABLES, "figures", "sections", "findings", "revisions")
_COMPARING = {"cells.type", "narrative.table", "narrative.parts"}
_YEAR_AT_END = re.compile(r"-(\d{4})$")


@dataclass(frozen=True, slots=True)
class Item:
    """One revision of one report as it was read, with where it came from.

    `revision` counts from 1; `year` is what the link says, for a page that does not tell its year or could not be read.
    """

    extracted: ExtractedReport
    source: Source | None
    capture: Capture
    revision: int
    report_id: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A cell as it is published: `value` corrected and converted, `value_written` as extracted."""

    table: str
    item: str
    column: str
    value: Decimal | None
    unit: str | None
    value_written: Decimal | None
    unit_written: str | None
    state: State
    text: str
    override_id: str | None
    locator: Locator | None

    @property
    def reading(self) -> tuple[Decimal | None, str | None, State, str]:
        """What a reader of the row would call its content."""
        return self.value, self.unit, self.state, self.text


@dataclass(frozen=True, slots=True)
class _Placed:
    """An item with its publisher placed and its cells published."""

    item: Item
    publisher_id: str | None
    publisher: str | None
    level: str | None
    district_code: str | None
    district: str | None
    year: int | None
    cells: tuple[PublishedCell, ...]
    findings: tuple[Finding, ...]

    @property
    def province_code(self) -> str | None:
        return self.district_code[:2] if self.district_code else None

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Partition by partition, then as published, so that the tables need not be sorted again."""
        return (
            self.province_code or "~",
            self.year or 0,
            self.district_code or "~",
            self.item.report_id,
        )

    @property
    def who(self) -> tuple[str | None, ...]:
        return self.publisher_id, self.level, self.province_code, self.district_code


@dataclass(slots=True)
class _Rows:
    """Rows of all tables while they are gathered."""

    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=lambda: {name: [] for name in REPORT_TABLES})

    def add(self, table: str, *values: object) -> None:
        self.rows[table].append(values)


def normalize(items: Iterable[Item], overrides: Iterable[Override] = ()) -> Frames:
    """The tables of `REPORT_TABLES`, sorted as published, from items in any order."""
    corrections = by_report(overrides)
    reports: dict[str, list[Item]] = {}
    for item in items:
        reports.setdefault(item.report_id, []).append(item)
    placed = [
        tuple(_place(item, doubled, corrections.get(report_id, ())) for item, doubled in _revisions(versions))
        for report_id, versions in reports.items()
    ]
    placed.sort(key=lambda versions: versions[-1].sort_key)
    rows = _Rows()
    for versions in placed:
        _add_report(rows, versions)
    return {name: make_table(name, rows.rows[name]) for name in REPORT_TABLES}


def make_table(table_id: str, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    """Rows with the table's fields in their order as an Arrow table of the published schema."""
    schema = arrow_schema(table_id)
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [_array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(column: Sequence[object], kind: pa.DataType) -> pa.Array:
    """A column; what no file can hold (half a surrogate pair, from a page's script) becomes a question mark."""
    try:
        return pa.array(column, kind)
    except UnicodeEncodeError:
        return pa.array([_encodable(value) for value in column], kind)


def _encodable(value: object) -> object:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def locate(locator: Locator | None) -> tuple[int | None, ...]:
    """Block, row, column, start, end, page."""
    if locator is None:
        return (None,) * 6
    return locator.block, locator.row, locator.column, locator.start, locator.end, locator.page


def _revisions(versions: list[Item]) -> Iterator[tuple[Item, Item | None]]:
    """The items to keep, oldest revision first, each with the one it displaced, if two claimed the same revision."""
    kept: dict[int, tuple[Item, Item | None]] = {}
    for item in sorted(versions, key=lambda one: (one.revision, one.capture.captured_at, one.capture.sha256)):
        before = kept.get(item.revision, (None, None))[0]
        other = before if before and before.capture.sha256 != item.capture.sha256 else None
        kept[item.revision] = (item, other)
    yield from (kept[revision] for revision in sorted(kept))


def _place(item: Item, displaced: Item | None, overrides: tuple[Override, ...]) -> _Placed:
    report, source = item.extracted.report, item.source
    year = _year(item)
    region = _find_region(report, source, year)
    name = source.publisher if source else report.publisher if report else None
    findings: list[Finding] = []
    if displaced:
        findings.append(finding("report.double_revision", expected=item.capture.sha256[:12], found=str(item.revision)))
    if region is None:
        findings.append(finding("region.unresolved", found=name or item.capture.url))
    mine = tuple(one for one in overrides if one.sha256 == item.capture.sha256)
    cells, checks = _publish_cells(item.extracted, mine)
    level = (report.level if report else None) or (source.level if source else None)
    if source and level is not source.level:
        findings.append(finding("report.level_differs", expected=source.level.value, found=str(level)))
    return _Placed(
        item,
        source.publisher_id if source else report.publisher_id if report else None,
        name,
        level.value if level else None,
        region.code if region else source.district_code or None if source else None,
        region.name if region else report.district if report else None,
        year,
        cells,
        (*_kept_findings(item.extracted, bool(mine)), *checks, *findings, *_stale(item, cells, overrides)),
    )


def _year(item: Item) -> int | None:
    if item.extracted.report and item.extracted.report.year:
        return item.extracted.report.year
    match = _YEAR_AT_END.search(item.report_id)
    return item.year or (int(match[1]) if match else None)


def _find_region(report: ReportIdentity | None, source: Source | None, year: int | None) -> Region | None:
    """The publisher's district in the report's year; None where the region table has no row for it.

    The registry of sources goes before the report: it says which of several districts of one name this is. A code
    of another time leads to the unit that stood there in the report's year, where there was only one.
    """
    regions = load_regions()
    codes = (source.district_code if source else None, report.district_code if report else None)
    known = (regions.get(code, year) or regions.get(code) for code in codes if code)
    region = next((one for one in known if one is not None), None)
    if region is None or year is None or region.is_valid_in(year):
        return region
    then = regions.in_year(region, year)
    return then[0] if len(then) == 1 else region


def _kept_findings(extracted: ExtractedReport, corrected: bool) -> tuple[Finding, ...]:
    """The report's findings; without those that compare cells where cells were corrected, for they are checked anew."""
    if not corrected:
        return extracted.findings
    rules = {identity.rule for identity in merged_identities()} | _COMPARING
    return tuple(one for one in extracted.findings if one.code not in rules)


def _publish_cells(
    extracted: ExtractedReport, overrides: tuple[Override, ...]
) -> tuple[tuple[PublishedCell, ...], tuple[Finding, ...]]:
    """The cells in published order, and what came up on the way."""
    corrections = {one.place: one for one in overrides}
    cells, corrected, findings = [], [], []
    for cell in extracted.cells:
        use = corrections.get((cell.table, cell.item, cell.column))
        applies = use is not None and use.found == _reading(cell)
        right = replace(cell, state=use.use.state, value=use.use.value) if use and applies else cell
        corrected.append(right)
        value, unit = _convert(right)
        if right.value is not None and value is None:
            findings.append(_unit_unknown(right))
        override_id = use.override_id if use and applies else None
        cells.append(
            PublishedCell(
                cell.table,
                cell.item,
                cell.column,
                value,
                unit,
                cell.value,
                cell.unit,
                right.state,
                cell.text,
                override_id,
                cell.locator,
            )
        )
    if overrides:
        findings.extend((*check_identities(corrected), *check_narrative(extracted.figures, corrected)))
    cells.sort(key=lambda cell: (cell.table, cell.item, cell.column))
    return tuple(cells), tuple(findings)


def _reading(cell: Cell) -> Reading:
    return Reading(cell.state, cell.value if cell.state is State.VALUE else None)


def _convert(cell: Cell) -> tuple[Decimal | None, str | None]:
    if _is_amount(cell.table, cell.item, cell.column):
        return (None if cell.value is None else convert_money(cell.value, cell.unit)), money_unit()
    if cell.value is None:
        return None, cell.unit
    return convert_count(cell.value, cell.unit)


@cache
def _is_amount(table: str, item: str, column: str) -> bool:
    return merged_table(table).kind_of(item, column) is Kind.AMOUNT


def _unit_unknown(cell: Cell) -> Finding:
    words = f"{cell.value} {cell.unit or ''}".strip()
    return finding("unit.unknown", place=cell.place, expected=money_unit(), found=words, locator=cell.locator)


def _stale(item: Item, cells: tuple[PublishedCell, ...], overrides: tuple[Override, ...]) -> Iterator[Finding]:
    applied = {cell.override_id for cell in cells}
    readings = {(cell.table, cell.item, cell.column): cell for cell in cells}
    for one in overrides:
        if one.override_id in applied:
            continue
        cell = readings.get(one.place)
        same_bytes = one.sha256 == item.capture.sha256
        spelled = "absent" if cell is None else str(Reading(cell.state, cell.value_written))
        yield finding(
            "override.stale",
            place="/".join(one.place),
            expected=str(one.found) if same_bytes else f"{one.found} in {one.sha256[:12]}",
            found=spelled if same_bytes else f"{spelled} in {item.capture.sha256[:12]}",
            override_id=one.override_id,
        )


def _add_report(rows: _Rows, versions: tuple[_Placed, ...]) -> None:
    read = [one for one in versions if one.item.extracted.report is not None]
    for one in read:
        _add_version(rows, one, one is read[-1])
    for before, after in pairwise(read):
        _add_revision(rows, before, after)
    if read:
        _add_content(rows, read[-1])
    _add_findings(rows, versions, read[-1] if read else None)


def _add_version(rows: _Rows, one: _Placed, is_latest: bool) -> None:
    extracted, report = one.item.extracted, one.item.extracted.report
    if report is None:
        return
    states = Counter(cell.state for cell in one.cells)
    rows.add(
        "reports",
        one.item.report_id,
        one.item.revision,
        is_latest,
        one.publisher_id,
        one.publisher,
        one.level,
        one.province_code,
        one.district_code,
        one.district,
        report.era,
        one.year,
        report.title,
        report.published_date,
        one.item.capture.final_url or one.item.capture.url,
        one.item.source.list_url if one.item.source else None,
        one.item.capture.sha256,
        one.item.capture.captured_at,
        extracted.medium.value,
        len(one.cells),
        *(states[state] for state in State),
        len(extracted.figures),
        len(extracted.sections),
    )


def _add_content(rows: _Rows, one: _Placed) -> None:
    extracted, report = one.item.extracted, one.item.extracted.report
    era = report.era if report else None
    for cell in one.cells:
        rows.add(
            cell.table,
            one.item.report_id,
            *one.who,
            era,
            one.year,
            cell.item,
            cell.column,
            _number(cell.value),
            cell.unit,
            _number(cell.value_written),
            cell.unit_written,
            cell.state.value,
            cell.text,
            cell.override_id,
            *locate(cell.locator),
        )
    for n, figure in enumerate(extracted.figures):
        block, _, _, start, end, page = locate(figure.locator)
        rows.add(
            "figures",
            one.item.report_id,
            n,
            *one.who,
            one.year,
            figure.indicator,
            float(figure.value),
            figure.unit,
            figure.qualifier.value,
            figure.channel,
            figure.part_of,
            figure.period.value,
            figure.change.value if figure.change else None,
            figure.text,
            figure.sentence,
            figure.section,
            block,
            figure.start if start is None else start,
            figure.end if end is None else end,
            page,
        )
    for n, section in enumerate(extracted.sections):
        block = section.locator.block if section.locator else None
        words = section.number, section.heading, section.text, block, section.start, section.end
        rows.add("sections", one.item.report_id, n, *one.who, one.year, *words)


def _add_revision(rows: _Rows, before: _Placed, after: _Placed) -> None:
    old = {(cell.table, cell.item, cell.column): cell for cell in before.cells}
    new = {(cell.table, cell.item, cell.column): cell for cell in after.cells}
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place), new.get(place)
        if was and now and was.reading == now.reading:
            continue
        rows.add(
            "revisions",
            after.item.report_id,
            after.item.revision,
            *place,
            *after.who,
            after.year,
            _number(was.value) if was else None,
            _number(now.value) if now else None,
            was.unit if was else None,
            now.unit if now else None,
            was.state.value if was else None,
            now.state.value if now else None,
            was.text if was else None,
            now.text if now else None,
        )


def _add_findings(rows: _Rows, versions: tuple[_Placed, ...], latest: _Placed | None) -> None:
    """Findings of the revision that is published, and of pages of this report that turned out to be none."""
    n = 0
    for one in versions:
        if one is not latest and one.item.extracted.report is not None:
            continue
        for found in one.findings:
            rows.add("findings", *finding_row(one.item.report_id, n, one.who, one.year, found))
            n += 1


def finding_row(
    report_id: str, n: int, who: tuple[str | None, ...], year: int | None, found: Finding
) -> tuple[object, ...]:
    """A row of `findings`; `who` is publisher_id, level, province_code, district_code."""
    words = found.code, found.severity.value, found.place, found.expected, found.found, found.message
    return report_id, n, *who, year, *words, *locate(found.locator)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
