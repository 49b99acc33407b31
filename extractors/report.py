"""A document in, everything that is read from it out: the only door to the extractors.

    extract(read(data), Hints())  -> ExtractedReport(report, cells, figures, sections, findings, …)

It decides nothing itself: it asks whether the document is a report, whose and of what year (`identify`), cuts it
where a second report begins, reads the tables of its form (`tables`), its sections and the figures of its prose, and
checks the accounting identities. For what is no report the answer holds the reason as a finding and not one cell.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractors.document import Document
from extractors.identify import Identification, identify
from extractors.identities import check_identities
from extractors.sections import find_sections
from extractors.tables import TablesRead, read_tables
from schemas.findings import finding
from schemas.records import ExtractedReport, Finding, Hints, ReportIdentity


def extract(document: Document, hints: Hints | None = None) -> ExtractedReport:
    """All that the document says as a report; `report` is None and `cells` empty for what is none."""
    known = hints or Hints()
    warnings = tuple(finding(code, detail=detail) for code, detail in document.warnings)
    identification = identify(document, known)
    if not identification.is_report:
        reason = finding("report.none", reason=identification.reason, found=identification.title)
        return ExtractedReport(None, findings=(*warnings, reason), medium=document.medium)
    end = identification.other_reports[0].start if identification.other_reports else None
    tables = read_tables(document, identification.year, end)
    sections = find_sections(document)
    return ExtractedReport(
        report=_identity(identification, tables, known),
        cells=tables.cells,
        sections=sections,
        findings=(
            *warnings,
            *identification.findings,
            *_others(identification),
            *tables.findings,
            *check_identities(tables.cells),
        ),
        readings=tables.readings,
        medium=document.medium,
    )


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
