"""Archived reports and what was read from them in, the items of a release out: which revision of which report each is.

A report is a publisher and a year (`report_id`); the year is the one the document tells, else its link's. Captures of
one report are put in the order of publication; one that says exactly what an earlier one said (a copy at another
address, a page whose counter ticked) is no revision. A report whose own title names another body (an office on its
government's list) is published under its own name and belongs to no row of the registry. A page without a report is
left out where a document linked from it holds the report, and is an item of its own where nothing does, so that its
findings are published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from extractors.identify.titles import parse_title
from extractors.normal import fold
from flows.discover.titles import is_same_publisher
from flows.normalize import Item
from schemas.findings import finding
from schemas.records import Capture, ExtractedReport, Hints, ReportLink, Source

_NAMED_CHANGES = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A report page as it was captured and read."""

    link: ReportLink
    capture: Capture
    source: Source | None
    extracted: ExtractedReport


def hints_of(link: ReportLink, capture: Capture, source: Source | None) -> Hints:
    """What is known of a document before it is opened."""
    code = source.district_code if source else ""
    return Hints(
        year=link.year,
        link_title=link.title or None,
        publisher=source.publisher if source else None,
        publisher_id=link.publisher_id,
        level=source.level if source else None,
        district_code=code or None,
        province_code=code[:2] or None,
        url=capture.final_url or capture.url,
        declared_charset=capture.declared_charset,
        sha256=capture.sha256,
        captured_date=capture.captured_at.date(),
    )


def assemble(readings: Iterable[Reading]) -> tuple[Item, ...]:
    """Items with report_id and revision, sorted by both."""
    reports: dict[str, list[Reading]] = {}
    pages: list[Reading] = []
    for reading in readings:
        year = _year(reading)
        other = _other_body(reading)
        if other is not None:
            pages.append(_detached(reading, other))
        elif reading.extracted.report is None or year is None:
            pages.append(reading)
        else:
            reports.setdefault(f"{reading.link.publisher_id}-{year}", []).append(reading)
    items = [item for report_id in sorted(reports) for item in _revise(report_id, reports[report_id])]
    told = {
        (each.link.publisher_id, each.link.title, each.link.year) for versions in reports.values() for each in versions
    }
    alone = (
        page
        for page in pages
        if page.extracted.report is not None or (page.link.publisher_id, page.link.title, page.link.year) not in told
    )
    return (*items, *(_page_item(page) for page in sorted(alone, key=lambda page: page.capture.sha256)))


def count_by_publisher(items: Iterable[Item]) -> Mapping[str, int]:
    """Reports by publisher, revisions not counted."""
    counts: dict[str, int] = {}
    for item in items:
        if item.revision == 1 and item.source is not None and item.extracted.report is not None:
            counts[item.source.publisher_id] = counts.get(item.source.publisher_id, 0) + 1
    return counts


def _year(reading: Reading) -> int | None:
    report = reading.extracted.report
    return (report.year if report else None) or reading.link.year


def _other_body(reading: Reading) -> str | None:
    """The body a report's own title names, where it is not the publisher of its source."""
    report = reading.extracted.report
    title = parse_title(fold(report.title)) if report is not None and report.title else None
    if title is None or not title.body or reading.source is None:
        return None
    return None if is_same_publisher(reading.source.publisher, title.body) else title.body


def _detached(reading: Reading, body: str) -> Reading:
    """The same without the source that it does not belong to, and a finding that says so."""
    extracted, source = reading.extracted, reading.source
    told = finding("report.other_publisher", found=body, expected=source.publisher if source else None)
    identity = extracted.report and replace(extracted.report, publisher_id=None, report_id=None)
    return replace(
        reading, source=None, extracted=replace(extracted, report=identity, findings=(*extracted.findings, told))
    )


def _published(reading: Reading) -> date:
    report = reading.extracted.report
    told = report.published_date if report else None
    return reading.link.published_date or told or reading.capture.captured_at.date()


def _revise(report_id: str, versions: list[Reading]) -> Iterable[Item]:
    versions.sort(key=lambda each: (_published(each), each.capture.captured_at, each.capture.url))
    seen: list[tuple[object, ...]] = []
    before: ExtractedReport | None = None
    for each in versions:
        content = _content(each.extracted)
        if content in seen:
            continue
        seen.append(content)
        extracted = each.extracted if before is None else _with_changes(before, each.extracted, len(seen))
        before = each.extracted
        yield Item(extracted, each.source, each.capture, len(seen), report_id)


def _with_changes(before: ExtractedReport, after: ExtractedReport, revision: int) -> ExtractedReport:
    """The later revision with a finding that names the cells it changed."""
    was = {cell.place: (cell.value, cell.unit, cell.state) for cell in before.cells}
    now = {cell.place: (cell.value, cell.unit, cell.state) for cell in after.cells}
    changed = sorted(place for place in was.keys() | now.keys() if was.get(place) != now.get(place))
    named = ", ".join(changed[:_NAMED_CHANGES]) + (", …" if len(changed) > _NAMED_CHANGES else "")
    told = finding("report.revised", revision=revision, count=len(changed), found=named or "prose only")
    return replace(after, findings=(*after.findings, told))


def _content(extracted: ExtractedReport) -> tuple[object, ...]:
    """What a report says, without where on the page it says it."""
    cells = tuple((cell.place, cell.value, cell.unit, cell.state, cell.text) for cell in extracted.cells)
    figures = tuple((figure.indicator, figure.value, figure.text) for figure in extracted.figures)
    sections = tuple((section.heading, "".join(section.text.split())) for section in extracted.sections)
    return cells, figures, sections


def _page_item(page: Reading) -> Item:
    return Item(page.extracted, page.source, page.capture, 1, f"sha256:{page.capture.sha256[:12]}", _year(page))
