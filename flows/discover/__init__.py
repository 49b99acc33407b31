"""A `Source` in, the links to its reports out: list pages walked as a person would click through them.

Start at the publisher's list (or at a portal that lists it among others), follow paging, script-filled parts and
columns of years, and judge each link by its words. What is rejected is kept with its reason; what is another
publisher's is counted and left to its own row. A page that is itself a report (lists by query, pages that carry the
report inline) is a link to itself. A page that breaks its reader is a problem told with its address, not the end of
the site. Single addresses of the registry are links as they stand.

A content management system has a reader: a module with `read_listing(page) -> Listing`, named in `READERS`, and its
address patterns in `families.yaml`. A new one is one file and one line. What no reader knows goes to `generic`.

Nothing here touches the network: `open_page` is given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from flows.addresses import canonical, may_lead_to, site_of
from flows.discover.families import find_family, find_look_alike, reader_of
from flows.discover.pages import Candidate, Listing, Page
from flows.discover.titles import Judgement, Kind, is_attachment, judge, names_publisher
from schemas.records import ReportLink, Source

READERS = {
    "generic": "flows.discover.generic",
    "gkmlpt": "flows.discover.gkmlpt",
    "hanweb": "flows.discover.hanweb",
    "vsb": "flows.discover.vsb",
}
_DEEPEST = 3

OpenPage = Callable[[str], Page | str]
"""Gives the page of an address, or in words why there is none."""

IsReport = Callable[[Page], bool]
"""Tells whether a page's own text is a report."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A link that was not taken, and why: a look-alike's kind, or a host it may not lead to."""

    publisher_id: str
    url: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found for one publisher. `problems` are list pages that could not be had: (address, reason)."""

    links: tuple[ReportLink, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    others: tuple[Rejected, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    pages: int = 0


@dataclass
class _Walk:
    """A walk under way."""

    source: Source
    waiting: deque[tuple[str, int, str]]
    seen: set[str] = field(default_factory=set)
    links: dict[str, ReportLink] = field(default_factory=dict)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    others: dict[str, Rejected] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    pages: int = 0


def discover(source: Source, open_page: OpenPage, is_report: IsReport, most_pages: int) -> Discovery:
    """Find the reports of one publisher."""
    start = source.list_url or source.portal
    walk = _Walk(source, deque([(start, 0, "")] if start else []))
    for url in source.report_urls:
        walk.links[canonical(url)] = ReportLink(source.publisher_id, url, "")
    while walk.waiting and walk.pages < most_pages:
        url, depth, words = walk.waiting.popleft()
        if canonical(url) not in walk.seen:
            walk.seen.add(canonical(url))
            _visit(walk, url, depth, words, open_page, is_report)
    if walk.waiting:
        walk.problems.append((walk.waiting[0][0], f"more than {most_pages} list pages"))
    return Discovery(
        tuple(walk.links.values()),
        tuple(walk.rejected.values()),
        tuple(walk.others.values()),
        tuple(walk.problems),
        walk.pages,
    )


def read_listing(page: Page, family: str) -> Listing:
    """The links of a list page, by the reader of its family."""
    listing: Listing = import_module(READERS[reader_of(family)]).read_listing(page)
    return listing


def _visit(walk: _Walk, url: str, depth: int, words: str, open_page: OpenPage, is_report: IsReport) -> None:
    walk.pages += 1
    page = open_page(url)
    if isinstance(page, str):
        walk.problems.append((url, page))
        return
    family = walk.source.cms_family or find_family(walk.source.list_url or url) or "generic"
    try:
        listing = read_listing(page, family)
    except Exception as error:
        walk.problems.append((url, f"its reader broke: {type(error).__name__}: {error}"))
        return
    before = len(walk.links)
    for candidate in listing.candidates:
        _weigh(walk, candidate, page, depth)
    walk.waiting.extend((further, depth, "") for further in listing.further if site_of(further) == site_of(page.url))
    if len(walk.links) == before and canonical(url) not in walk.links and is_report(page):
        walk.links[canonical(url)] = ReportLink(walk.source.publisher_id, url, words)


def _weigh(walk: _Walk, candidate: Candidate, page: Page, depth: int) -> None:
    """Put one link where it belongs."""
    publisher_id, identity = walk.source.publisher_id, canonical(candidate.url)
    judgement = judge(candidate.text, walk.source.publisher)
    if (
        judgement.kind is Kind.NOTHING
        and _is_from_portal(walk)
        and names_publisher(candidate.text, walk.source.publisher)
    ):
        judgement = Judgement(Kind.COLUMN)
    if judgement.kind is Kind.NOTHING or identity in walk.links:
        return
    rejection = Rejected(publisher_id, candidate.url, candidate.text, judgement.reason)
    if judgement.kind is Kind.LOOK_ALIKE:
        walk.rejected.setdefault(identity, rejection)
    elif judgement.kind is Kind.OTHER_PUBLISHER:
        walk.others.setdefault(identity, rejection)
    elif not may_lead_to(candidate.url, page.url):
        reason = "the host is neither the list's nor under gov.cn"
        walk.rejected.setdefault(identity, Rejected(publisher_id, candidate.url, candidate.text, reason))
    elif judgement.kind is Kind.REPORT:
        walk.links[identity] = ReportLink(
            publisher_id, candidate.url, candidate.text, judgement.year, candidate.published_date
        )
    elif _is_way_on(walk, candidate.url, page.url, depth):
        walk.waiting.append((candidate.url, depth + 1, candidate.text))


def _is_from_portal(walk: _Walk) -> bool:
    """Whether the walk began on a page of a higher body, where a publisher's name is the way to its reports."""
    return not walk.source.list_url


def _is_way_on(walk: _Walk, url: str, page_url: str, depth: int) -> bool:
    """Whether a column is entered: on the page's own site, or from a portal on a publisher's own."""
    is_near = site_of(url) == site_of(page_url) or (_is_from_portal(walk) and may_lead_to(url, page_url))
    return is_near and not is_attachment(url) and depth < _DEEPEST and find_look_alike(url) is None
