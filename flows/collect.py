"""The sources of one site in, its lists walked, its reports fetched and archived; out: what happened, link by link.

A site is one host: its sources are collected one after another, so that one connection and one pause serve them all;
sites run side by side. Every body is in the archive before anything else is done with it. A page asked for before is
asked for conditionally, and an answer of "not modified" or equal bytes is nothing new.

A report page that holds no report but a document (PDF, Word, a scan) leads on to the document: both are captured under
the same link, and reading tells which of them is the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from extractors.identify import identify
from extractors.readers import read
from flows.addresses import canonical, may_lead_to, site_of
from flows.archive import Archive
from flows.discover import Discovery, Rejected, discover
from flows.discover.pages import Page, find_embedded, find_links
from flows.discover.titles import Kind, is_attachment, judge
from flows.fetch import Blocked, Failed, Fetched, Fetches, Gone, NotModified, Outcome
from flows.pages import decode_page, looks_like_markup, visible_text
from schemas.records import Capture, Hints, ReportLink, Source

_WRAPPER_CHARACTERS = 1500


class Status(StrEnum):
    """What became of one address in a run."""

    NEW = "new"
    CHANGED = "changed"
    NOT_MODIFIED = "not_modified"
    GONE = "gone"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Event:
    """One address and what became of it; `title` is empty and `is_list` true for list pages."""

    publisher_id: str
    url: str
    status: Status
    title: str = ""
    reason: str = ""
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """All that happened at one site. `found` counts links by publisher."""

    site: str
    events: tuple[Event, ...]
    rejected: tuple[Rejected, ...]
    others: tuple[Rejected, ...]
    found: tuple[tuple[str, int], ...]

    @property
    def silent(self) -> tuple[str, ...]:
        """Publishers with a list that yielded no report."""
        return tuple(publisher_id for publisher_id, count in self.found if not count)


def sites_of(sources: Iterable[Source]) -> dict[str, tuple[Source, ...]]:
    """Sources by the site their list (else portal, else first report) stands on."""
    sites: dict[str, list[Source]] = {}
    for source in sources:
        start = source.list_url or source.portal or next(iter(source.report_urls), "")
        if start:
            sites.setdefault(site_of(start), []).append(source)
    return {site: tuple(sites[site]) for site in sorted(sites)}


def collect_site(
    site: str,
    sources: Iterable[Source],
    fetcher: Fetches,
    archive: Archive,
    most_list_pages: int = 200,
    years: frozenset[int] = frozenset(),
) -> Collection:
    """Discover and fetch for the sources of one site; only reports of `years`, if any are named, or of unknown year."""
    collector = _Collector(fetcher, archive, most_list_pages, years)
    discoveries = [(source, collector.collect(source)) for source in sources]
    return Collection(
        site,
        tuple(collector.events),
        tuple(each for _, discovery in discoveries for each in discovery.rejected),
        tuple(each for _, discovery in discoveries for each in discovery.others),
        tuple((source.publisher_id, len(discovery.links)) for source, discovery in discoveries),
    )


def count_events(collections: Iterable[Collection], is_list: bool = False) -> Counter[Status]:
    """Report addresses (or list pages) by what became of them."""
    return Counter(
        event.status for collection in collections for event in collection.events if event.is_list is is_list
    )


class _Collector:
    """Collects at one site."""

    def __init__(self, fetcher: Fetches, archive: Archive, most_list_pages: int, years: frozenset[int]) -> None:
        self._fetcher = fetcher
        self._archive = archive
        self._most_list_pages = most_list_pages
        self._years = years
        self.events: list[Event] = []

    def collect(self, source: Source) -> Discovery:
        options = dict(source.options)
        discovery = discover(
            source, lambda url: self._open(source, url, options), self._is_report, self._most_list_pages
        )
        for link in discovery.links:
            if not self._years or link.year is None or link.year in self._years:
                self._fetch_report(link, options)
        return discovery

    def _open(self, source: Source, url: str, options: Mapping[str, str]) -> Page | str:
        """A list page, from the network or unchanged from the archive."""
        known = self._archive.latest(url)
        outcome = self._fetcher.fetch(url, known, options)
        status, capture, body = self._keep(outcome, known, None)
        reason = getattr(outcome, "reason", "")
        self.events.append(Event(source.publisher_id, url, status, reason=reason, is_list=True))
        if capture is None:
            return reason or status.value
        return Page(capture.final_url or url, decode_page(body, capture.declared_charset))

    def _is_report(self, page: Page) -> bool:
        return looks_like_markup(page.text.encode()) and _holds_report(page.text.encode(), "utf-8")

    def _fetch_report(self, link: ReportLink, options: Mapping[str, str]) -> None:
        known = self._archive.latest(link.url)
        outcome = self._fetcher.fetch(link.url, known, options)
        status, capture, body = self._keep(outcome, known, link)
        reason = getattr(outcome, "reason", "")
        self.events.append(Event(link.publisher_id, link.url, status, link.title, reason))
        if capture is not None and not is_attachment(link.url):
            for attachment in _find_attachments(link, capture, body):
                self._fetch_report(attachment, options)

    def _keep(
        self, outcome: Outcome, known: Capture | None, link: ReportLink | None
    ) -> tuple[Status, Capture | None, bytes]:
        """Archive what is new and say what became of the address; the capture and its bytes where there are any."""
        match outcome:
            case NotModified(_, capture):
                return self._keep_again(capture, self._archive.read_capture(capture.sha256), link)
            case Fetched(_, capture, body):
                if known is not None and known.sha256 == capture.sha256:
                    return self._keep_again(capture, body, link)
                self._archive.keep(capture, body, link)
                return (Status.CHANGED if known else Status.NEW), capture, body
            case Gone():
                return Status.GONE, None, b""
            case Blocked():
                return Status.BLOCKED, None, b""
            case Failed():
                return Status.FAILED, None, b""

    def _keep_again(
        self, capture: Capture, body: bytes, link: ReportLink | None
    ) -> tuple[Status, Capture | None, bytes]:
        """Nothing new, unless a page known as a list turns out to be a publisher's report as well."""
        if link is None or self._archive.is_report_of(link.publisher_id, link.url):
            return Status.NOT_MODIFIED, capture, body
        self._archive.keep(capture, body, link)
        return Status.NEW, capture, body


def _find_attachments(link: ReportLink, capture: Capture, body: bytes) -> tuple[ReportLink, ...]:
    """Documents a page holds in place of a report: only where the page has little text and no report of its own."""
    if not looks_like_markup(body):
        return ()
    page = Page(capture.final_url or capture.url, decode_page(body, capture.declared_charset))
    shown = (*find_embedded(page), *find_links(page))
    documents = [each for each in shown if is_attachment(each.url) and may_lead_to(each.url, page.url)]
    is_wrapper = len(visible_text(page.text)) < _WRAPPER_CHARACTERS
    if not documents or not is_wrapper or _holds_report(body, capture.declared_charset):
        return ()
    named = [each for each in documents if judge(each.text, "").kind is Kind.REPORT]
    chosen = {canonical(each.url): each.url for each in named or documents}
    return tuple(replace(link, url=url) for url in chosen.values())


def _holds_report(body: bytes, charset: str | None) -> bool:
    return identify(read(body, charset), Hints()).is_report
