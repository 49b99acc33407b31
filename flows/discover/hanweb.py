"""Lists of Hanweb's jcms: records inside a script, further ones from a data proxy, annual reports by query.

    <script type="text/xml"><datastore>
      <totalpage>3</totalpage>
      <nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&columnid=…&unitid=…"></a>]]></nextgroup>
      <recordset><record><![CDATA[<li><a href='/art/…' title='…'>…</a><span>2023-01-18</span></li>]]></record>…

The proxy answers GET with the same `datastore`, page by page. `/module/xxgk/xxgkAnnualReport.jsp?area=…&fbtime=2022`
is list and report in one: the years on offer stand in a `<select>`. Known from public descriptions of the module
`jpage` and from addresses of the annual report module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from w3lib.url import add_or_replace_parameter

from flows.discover import generic
from flows.discover.pages import Listing, Page

_NEXT_GROUP = re.compile(r"<nextgroup>.*?href\s*=\s*\\?[\"'](?P<url>[^\"'\\]+)", re.IGNORECASE | re.DOTALL)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(\d+)", re.IGNORECASE)
_ANNUAL_REPORT = re.compile(r"xxgkAnnualReport\.jsp", re.IGNORECASE)
_YEAR_OPTION = re.compile(r"<option[^>]*?value\s*=\s*[\"']?(20\d{2})[\"']?", re.IGNORECASE)
_MOST_PAGES = 300


def read_listing(page: Page) -> Listing:
    """Links and further pages of a list page, of an answer of the data proxy, or of the annual report module."""
    return generic.read_listing(page).also((*find_groups(page), *find_years(page)))


def find_groups(page: Page) -> Iterator[str]:
    """Pages of the data proxy, as many as the page says there are; the next one where it does not say."""
    group = _NEXT_GROUP.search(page.text)
    if group is None:
        return
    address = urljoin(page.url, unescape(group["url"]))
    total = _TOTAL_PAGES.search(page.text)
    if total is None:
        yield address
        return
    for number in range(1, min(int(total[1]), _MOST_PAGES) + 1):
        yield add_or_replace_parameter(address, "page", str(number))


def find_years(page: Page) -> Iterator[str]:
    """The annual report module asked for each year its `<select>` offers."""
    if _ANNUAL_REPORT.search(page.url):
        for year in dict.fromkeys(_YEAR_OPTION.findall(page.text)):
            yield add_or_replace_parameter(page.url, "fbtime", year)
