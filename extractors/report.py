"""A document in, everything that is read from it out: the only door to the extractors.

    extract(read(data), Hints())  -> ExtractedReport(report, cells, figures, sections, findings, …)

It decides nothing itself: it asks whether the document is a report, whose and of what year (`identify`), cuts it
where a second report begins, reads the tables of its form (`tables`), its sections and the figures of its prose, and
checks the accounting identities. For what is no report the answer holds the reason as a finding and not one cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractors.document import Document
from extractors.figures import check_narrative, find_document_figures
from extractors.identify import Identification, identify
from extractors.identities import check_identities
from extractors.sections import find_sections
from extractors.tables import TablesRead, read_tables
from schemas.findings import finding
from schemas.form import merged_table
from schemas.records import ExtractedReport, Finding, Hints, ReportIdentity, Section, State

_HIDDEN = "html.hidden_source"
_TRUNCATED = "document.truncated"
_PICTURE = "[img]"
_EMPTY_SECTION = 40  # characters of a section that holds its heading and nothing else


def extract(document: Document, hints: Hints | None = None) -> ExtractedReport:
    """All that the document says as a report; `report` is None and `cells` empty for what is none."""
    known = hints or Hints()
    warnings = tuple(finding(code, detail=detail) for code, detail in document.warnings)
    identification = identify(document, known)
    if not identification.is_report:
        reason = finding("report.none", reason=identification.reason, found=identification.title)
        return ExtractedReport(None, findings=(*warnings, reason), medium=document.medium)
    end = identification.other_reports[0].start if identification.other_reports else None
    sections = find_sections(document)
    tables = _with_lost_tables(read_tables(document, identification.year, end), document, sections, end)
    figures = find_document_figures(document, sections, identification.year, tables.spans)
    return ExtractedReport(
        report=_identity(identification, tables, known),
        cells=tables.cells,
        figures=figures,
        sections=sections,
        findings=(
            *warnings,
            *identification.findings,
            *_others(identification),
            *tables.findings,
            *check_identities(tables.cells),
            *check_narrative(figures, tables.cells),
        ),
        readings=tables.readings,
        medium=document.medium,
    )


def _with_lost_tables(
    tables: TablesRead, document: Document, sections: tuple[Section, ...], end: int | None
) -> TablesRead:
    """The tables with cells `unread`, not `missing`, where the report may have what was not read."""
    lost, reason = _find_lost(tables, document, sections, end)
    cells = tuple(
        replace(cell, state=State.UNREAD) if cell.table in lost and cell.state is State.MISSING else cell
        for cell in tables.cells
    )
    findings = tuple(finding("table.unreadable", place=table, reason=reason) for table in sorted(lost))
    return replace(tables, cells=cells, findings=(*tables.findings, *findings))


def _find_lost(
    tables: TablesRead, document: Document, sections: tuple[Section, ...], end: int | None
) -> tuple[set[str], str]:
    """Tables that may be there unread, and why.

    A file that breaks off may have had every row that is not there. Hidden tables stand behind all text, so that they
    may belong to either of two reports on the page. A section without words, on a page with pictures, has its table in
    one of them.
    """
    codes = {code for code, _ in document.warnings}
    gaps = {cell.table for cell in tables.cells if cell.state is State.MISSING}
    absent = gaps - {cell.table for cell in tables.cells if cell.state is not State.MISSING}
    if _TRUNCATED in codes:
        return gaps, "the file breaks off before its end"
    if end is not None and _HIDDEN in codes and absent:
        return absent, "the page hides tables, and holds more than one report that they may belong to"
    if _has_pictures(document):
        empty = {section.number for section in sections if len(section.text) < _EMPTY_SECTION}
        pictured = {table for table in absent if merged_table(table).section in empty}
        return pictured, "its section holds no words, and the page has pictures"
    return set(), ""


def _has_pictures(document: Document) -> bool:
    return any(text.startswith(_PICTURE) for _, text in document.links)


def _identity(identification: Identification, tables: TablesRead, hints: Hints) -> ReportIdentity:
    return ReportIdentity(
        era=tables.era or identification.era_by_year,
        year=identification.year,
        title=identification.title,
        publisher=identification.publisher,
        level=identification.level,
        district=identification.district,
        district_code=identification.district_code,
        published_date=identification.published_date,
        publisher_id=hints.publisher_id,
        sha256=hints.sha256,
    )


def _others(identification: Identification) -> Iterator[Finding]:
    for other in identification.other_reports:
        yield finding("report.another", found=other.title)
