"""The page of a list or report in, a row for the registry out: what `gongkai sources add URL` proposes.

The family comes from the address; publisher, level and district from the page: from the report itself, else from the
body most titles of a list name. What is not told stays empty, and a person decides: nothing is written unasked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.identify import identify
from extractors.identify.places import find_level, find_place
from extractors.identify.publishers import complete_name
from extractors.identify.titles import REPORT, parse_title
from extractors.normal import fold
from extractors.readers import read
from flows.addresses import canonical, is_government, is_web_address
from flows.discover import read_listing
from flows.discover.families import find_family, find_look_alike, load_families, propose_list
from flows.discover.pages import Page
from flows.pages import decode_page
from schemas.records import Hints, Level, Source
from schemas.regions import load_regions

_UNKNOWN_CODE = "000000"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an address alone tells. `refused` says why a registry should not have it, None where nothing speaks so."""

    url: str
    family: str | None
    identity: str
    proposed_list: str | None
    refused: str | None


def recognise_address(url: str) -> Recognised:
    """Family, identity and proposed list of an address, without opening it."""
    if not is_web_address(url):
        return Recognised(url, None, url, None, "not an http or https address")
    folder = find_look_alike(url)
    refused = f"a folder of {folder}" if folder else None
    if not is_government(url):
        refused = "the host does not end in .gov.cn"
    return Recognised(url, find_family(url), canonical(url), propose_list(url), refused)


def propose_source(url: str, body: bytes, declared_charset: str | None, known: Iterable[Source]) -> Source:
    """A row for the publisher of a page; `publisher_id` is the next free one of its district."""
    family = find_family(url) or load_families().generic
    found = identify(read(body, declared_charset), Hints(url=url))
    reports: tuple[str, ...] = ()
    if found.is_report:
        name, code, level = found.publisher or "", found.district_code or "", found.level or Level.COUNTY
        lists, reports = propose_list(url) or "", (url,)
    else:
        name = _common_body(Page(url, decode_page(body, declared_charset)), family)
        code, level = _place(name)
        lists = url
    return Source(_next_id(code, known), code, name, level, lists, reports, "", family)


def _common_body(page: Page, family: str) -> str:
    """The body most report titles of a list name; empty where none does."""
    titles = (parse_title(fold(candidate.text)) for candidate in read_listing(page, family).candidates)
    bodies = Counter(title.body for title in titles if title is not None and title.kind == REPORT and title.body)
    return complete_name(bodies.most_common(1)[0][0]) if bodies else ""


def _place(name: str) -> tuple[str, Level]:
    """Code and level of a body by its name alone, where it tells one place."""
    if not name:
        return "", Level.COUNTY
    place = find_place(name, name, None, Hints(), load_regions())
    return place.code or "", find_level(name, place, is_summary=True) or Level.COUNTY


def _next_id(code: str, known: Iterable[Source]) -> str:
    stem = code or _UNKNOWN_CODE
    used = {source.publisher_id for source in known}
    number = next(number for number in range(1, len(used) + 2) if f"{stem}-{number:02d}" not in used)
    return f"{stem}-{number:02d}"
