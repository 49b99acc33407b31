"""An `ExtractedReport` in, a text for a terminal out: what `gongkai extract` prints when nobody asks for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flows.aligned import aligned
from schemas.records import Cell, ExtractedReport, Finding, ReportIdentity, State

_SHOWN_FIGURES = 20
_MARKS = {
    State.BLANK: "",
    State.NOT_APPLICABLE: "/",
    State.MISSING: "missing",
    State.UNREAD: "unread",
}


def show_report(name: str, extracted: ExtractedReport, explain: bool = False) -> str:
    """Identity, tables, figures and findings of one report, with the readings weighed when `explain` is asked for."""
    parts = [name, _identity(extracted.report)]
    parts += [_table(table, cells) for table, cells in _by_table(extracted.cells)]
    if extracted.figures:
        parts.append(_figures(extracted))
    if explain and extracted.readings:
        parts.append(_readings(extracted))
    parts.append(show_findings(extracted.findings))
    return "\n\n".join(parts) + "\n"


def show_findings(findings: tuple[Finding, ...]) -> str:
    """Findings as a table, or the word that there are none."""
    if not findings:
        return "findings: none"
    rows = [(found.severity.value, found.code, found.message) for found in findings]
    return f"findings: {len(findings)}\n" + aligned(("severity", "code", "message"), rows, "  ")


def _identity(report: ReportIdentity | None) -> str:
    if report is None:
        return "  no annual report was recognised in this file"
    named = (
        ("title", report.title),
        ("publisher", report.publisher),
        ("level", report.level),
        ("district", " ".join(filter(None, (report.district, report.district_code))) or None),
        ("year", report.year),
        ("era", report.era),
        ("published", report.published_date),
        ("report_id", report.report_id),
        ("sha256", report.sha256),
    )
    return "\n".join(f"  {label:<10} {'unknown' if value is None else value}" for label, value in named)


def _by_table(cells: tuple[Cell, ...]) -> Iterator[tuple[str, list[Cell]]]:
    tables: dict[str, list[Cell]] = {}
    for cell in cells:
        tables.setdefault(cell.table, []).append(cell)
    yield from tables.items()


def _table(table: str, cells: list[Cell]) -> str:
    states = Counter(cell.state.value for cell in cells)
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    columns = list(dict.fromkeys(cell.column for cell in cells))
    items: dict[str, dict[str, str]] = {}
    for cell in cells:
        items.setdefault(cell.item, {})[cell.column] = _cell(cell)
    rows = [(item, *(values.get(column, "") for column in columns)) for item, values in items.items()]
    return f"{table}: {len(cells)} cells ({counts})\n" + aligned(("item", *columns), rows, "  ")


def _cell(cell: Cell) -> str:
    if cell.value is None:
        return _MARKS.get(cell.state, f"“{cell.text}”")
    unit = "" if cell.unit in {None, "件"} else f" {cell.unit}"
    return f"{cell.value:f}{unit}"


def _figures(extracted: ExtractedReport) -> str:
    known = [figure for figure in extracted.figures if figure.indicator is not None]
    rows = [(figure.indicator, figure.text, figure.channel, figure.period.value) for figure in known[:_SHOWN_FIGURES]]
    more = f"\n  … and {len(known) - _SHOWN_FIGURES} more" if len(known) > _SHOWN_FIGURES else ""
    head = f"figures told in prose: {len(known)} of the codebook, {len(extracted.figures)} in all"
    return head + ("\n" + aligned(("indicator", "text", "channel", "period"), rows, "  ") + more if rows else "")


def _readings(extracted: ExtractedReport) -> str:
    rows = [
        (
            reading.table,
            reading.kind,
            reading.identities_kept,
            reading.identities_broken,
            reading.labels_matched,
            reading.tokens_left,
            reading.runner_up,
        )
        for reading in extracted.readings
    ]
    header = ("table", "reading", "kept", "broken", "labels", "left over", "runner-up")
    return "how the tables were read\n" + aligned(header, rows, "  ")
