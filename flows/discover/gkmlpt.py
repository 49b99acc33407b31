"""Lists of Guangdong's disclosure platform: a page without a list, and a JSON service that has it.

    https://host/unit/gkmlpt/index                 window._CONFIG = {SID: '2', TREE: [{"id": 21, "name": "…年报", …}]}
    https://host/unit/gkmlpt/api/all/21?page=1&sid=2      {"articles": [{"title", "url", "display_publish_time"}],
    "total": 130}

The column is the one whose name speaks of annual reports. Known from public descriptions of the service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from w3lib.url import add_or_replace_parameter

from flows.discover import generic
from flows.discover.families import load_families
from flows.discover.pages import Listing, Page

_SITE = re.compile(r"""\bSID["']?\s*[:=]\s*["']?(\d+)""")
_COLUMN = re.compile(r"""["']?\bid["']?\s*:\s*["']?(\d+)["']?\s*,[^{}]*?["']?\bname["']?\s*:\s*["']([^"']+)["']""")
_MOST_PAGES = 100


def read_listing(page: Page) -> Listing:
    """Links and further pages of the platform's page or of an answer of its service."""
    further = _find_pages(page) if "/api/all/" in page.url else _find_columns(page)
    return generic.read_listing(page).also(further)


def _find_columns(page: Page) -> Iterator[str]:
    site = _SITE.search(page.text)
    root, found, _ = page.url.partition("/gkmlpt")
    if site is None or not found:
        return
    for column, written in _COLUMN.findall(page.text):
        name = _unescaped(written)
        if any(word in name for word in load_families().column_words):
            yield f"{root}/gkmlpt/api/all/{column}?page=1&sid={site[1]}"


def _find_pages(page: Page) -> Iterator[str]:
    """The other pages of a column, told by the first: its total over the articles of a page."""
    try:
        answer = json.loads(page.text)
        count, total = len(answer["articles"]), int(answer["total"])
    except (ValueError, KeyError, TypeError):
        return
    if count and parse_qs(urlsplit(page.url).query).get("page", ["1"]) == ["1"]:
        for number in range(2, min(-(-total // count), _MOST_PAGES) + 1):
            yield add_or_replace_parameter(page.url, "page", str(number))


def _unescaped(written: str) -> str:
    """Text of a script with its escapes of characters resolved."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), written)
