"""Lists of Webber's VSB: the first page is `ndbg.htm`, the others `ndbg/5.htm`, `ndbg/4.htm`, … counted downwards.

    <script>_simple_list_gotopage_fun(6, 'a1GOPAGE', 2)</script>      six pages

Most lists link their neighbours, which the generic reader follows; where only the box for a page number is there, the
count in its call tells the pages. Known from pages of the family.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from flows.discover import generic
from flows.discover.pages import Listing, Page

_CALL = re.compile(r"_simple_list_gotopage_fun\(\s*(\d+)\s*,")
_FIRST_PAGE = re.compile(r"^(?P<stem>.*/[^/]+?)\.html?$")
_MOST_PAGES = 300


def read_listing(page: Page) -> Listing:
    """Links and further pages of a list page."""
    return generic.read_listing(page).also(find_pages(page))


def find_pages(page: Page) -> Iterator[str]:
    """The pages under the first one, newest first."""
    call, parts = _CALL.search(page.text), urlsplit(page.url)
    first = _FIRST_PAGE.match(parts.path)
    if call is None or first is None or first["stem"].rpartition("/")[2].isdigit():
        return
    for number in range(min(int(call[1]), _MOST_PAGES) - 1, 0, -1):
        yield parts._replace(path=f"{first['stem']}/{number}.htm", query="").geturl()
