"""Sources, reports and a day in, the overdue out: publishers whose report should be there by now and is not.

Watched are publishers with a list or a portal; one known by single addresses alone may well have reported elsewhere.
Only the newest year that is due is told: older gaps stand in the table `coverage`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from schemas.deadlines import due_date, latest_due_year
from schemas.findings import finding
from schemas.records import Finding, Source


def find_overdue(sources: Iterable[Source], report_ids: Iterable[str], today: date) -> Iterator[Finding]:
    """One finding a publisher whose newest due report is not among `report_ids` (`<publisher_id>-<year>`)."""
    known = frozenset(report_ids)
    for source in sources:
        year = latest_due_year(source.level, today)
        report_id = f"{source.publisher_id}-{year}"
        if (source.list_url or source.portal) and report_id not in known:
            day = due_date(source.level, year).isoformat()
            yield finding("report.overdue", place=report_id, expected=day, found=source.publisher)
