"""Lists of plain links (TRS WCM and most others): every link, and every way to further pages a person could see.

Paging: links called next or numbered, pages that a script counts (as TRS does, and others after it), frames, and
addresses of JSON that a script loads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from flows.discover.pages import Candidate, Listing, Page, find_frames, find_links
from flows.discover.paging import find_counted_pages

_NEXT = re.compile(
    r"^(?:下一?页|后一?页|尾页|末页|最后一?页|next|last|[>›»]{1,2}|\[?第?\d{1,3}页?\]?)[\s>›»]*$", re.IGNORECASE
)
_LOADED = re.compile(
    r"""(?:getJSON|\.get|\.post|fetch|\bload|axios\.get)\s*\(\s*["']([^"'\s]+)["']|\b(?:url|dataUrl|api|listUrl)\s*[:=]\s*["']([^"'\s]+\.json[^"'\s]*|[^"'\s]*/api/[^"'\s]+)["']""",
    re.IGNORECASE,
)


def read_listing(page: Page) -> Listing:
    """Links and further pages of a list page."""
    links = find_links(page)
    further = [*find_next_pages(links), *find_counted_pages(page), *find_frames(page), *find_loaded(page)]
    return Listing(links, tuple(dict.fromkeys(url for url in further if url != page.url)))


def find_next_pages(links: tuple[Candidate, ...]) -> Iterator[str]:
    """Addresses behind links that are called next, last or by a number."""
    return (link.url for link in links if _NEXT.match(link.text))


def find_loaded(page: Page) -> Iterator[str]:
    """Addresses a script of the page loads its list from."""
    for match in _LOADED.finditer(page.text):
        address = match[1] or match[2]
        if not address.endswith((".js", ".css", ".png", ".gif", ".jpg")):
            yield urljoin(page.url, address.replace("\\/", "/"))
