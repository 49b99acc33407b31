"""A page whose script counts its pager in, the addresses of the other pages out.

    <script>createPageHTML(5, 0, "index", "shtml");</script>      five pages, this is the first
    var countPage = 5

The count and the names of the pages stand in the call alone; there is no link to follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from flows.discover.pages import Page, page_name

_CALL = re.compile(
    r"""createPageHTML\w*\s*\(\s*["']?(?P<count>\d+)["']?\s*,\s*["']?\d+["']?\s*,\s*["'](?P<stem>[\w-]+)["']\s*,\s*["'](?P<suffix>\w+)["']"""
)
_COUNT = re.compile(r"\bcountPage\s*=\s*[\"']?(\d+)")
_MOST_PAGES = 300


def find_counted_pages(page: Page) -> Iterator[str]:
    """The further pages a script of the page counts."""
    call = _CALL.search(page.text)
    if call:
        first = urljoin(page.url, f"{call['stem']}.{call['suffix']}")
        count = int(call["count"])
    else:
        counted = _COUNT.search(page.text)
        first, count = page.url, int(counted[1]) if counted else 0
    return (page_name(first, number) for number in range(1, min(count, _MOST_PAGES)))
