"""A list page in, what it links to out: the parts every reader of lists is made of.

`Page` holds one fetched page as text; `Listing` what a reader found on it. `Candidate` is a link with the words a
person would click on. Readers are pure: they neither fetch nor decide what is a report (`flows.discover.titles`
does).
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning

from extractors.normal import fold
from flows.addresses import is_web_address
from flows.discover.families import load_families

# A list may be XML, or text that looks like an address: readers know, and the parser need not warn a user of it.
warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)
warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)

_DATE = re.compile(r"(?<!\d)(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_SCRIPT_LINK = re.compile(
    r"""<a\b(?P<attributes>[^<>]*?href\s*=\s*\\?["'](?P<url>[^"'\\<>]+)\\?["'][^<>]*)>(?P<text>.{0,500}?)<\\?/a>(?=(?P<after>.{0,80}))""",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_ATTRIBUTE = re.compile(r"""\btitle\s*=\s*\\?["']([^"'\\]+)""", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_CUT_SHORT = ("...", "…", "..")
_TITLE_KEYS = ("title", "name", "articletitle", "vc_title", "doctitle", "biaoti")
_URL_KEYS = ("url", "link", "href", "docpuburl", "linkurl", "weburl", "htmlurl")
_DATE_KEYS = ("published_at", "publishdate", "publishtime", "pubdate", "date", "created_at", "display_publish_time")
_CHINA = timedelta(hours=8)
_QUOTED_ADDRESS = re.compile(
    r"""["']([^"'\s<>]+\.(?:s?html?|jhtml|pdf|docx?|wps|xlsx?|jsp|aspx?|php|action|do)(?:\?[^"'\s<>]*)?)["']""",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|\.{0,2}/)\S+")
_INVITATION_CHARACTERS = 6
_MOST_BUTTONS = 3
_HOLDERS = ("li", "tr", "dd", "p", "div")
_HOLDER_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text, at the address it was finally served from."""

    url: str
    text: str

    def soup(self) -> BeautifulSoup:
        """The page parsed."""
        return BeautifulSoup(self.text, "lxml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link and its words; `published_date` where one stands beside it."""

    url: str
    text: str
    published_date: date | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Links found on a page, in order, and addresses of its further pages (paging and script-filled parts)."""

    candidates: tuple[Candidate, ...] = ()
    further: tuple[str, ...] = ()

    def also(self, further: Iterable[str]) -> Listing:
        """The same with more further pages, each once."""
        return Listing(self.candidates, tuple(dict.fromkeys((*self.further, *further))))


def find_links(page: Page) -> tuple[Candidate, ...]:
    """Every link of the page, in order: of its markup, of markup in its scripts and comments, of its JSON."""
    if page.text.lstrip()[:1] in "{[":
        return tuple(_find_json_links(page))
    soup = page.soup()
    base = soup.find("base", href=True)
    root = urljoin(page.url, str(base["href"])) if isinstance(base, Tag) else page.url
    found = [_candidate(tag, address, root) for tag, address in _find_clickable(soup)]
    known = {candidate.url for candidate in found if candidate}
    hidden = (candidate for candidate in _find_script_links(page.text, root) if candidate.url not in known)
    return tuple(candidate for candidate in (*found, *hidden) if candidate is not None)


def find_date(text: str) -> date | None:
    """The first full date in some words."""
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def page_name(url: str, number: int) -> str:
    """Address of page `number` where pages are called index.html, index_1.html, index_2.html, ..."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    stem, dot, suffix = (name or "index.html").rpartition(".")
    stem = re.sub(r"_\d+$", "", stem)
    path = f"{folder}/{stem}_{number}{dot}{suffix}" if number else f"{folder}/{stem}{dot}{suffix}"
    return parts._replace(path=path, fragment="").geturl()


def find_frames(page: Page) -> Iterator[str]:
    """Addresses of the pages shown inside this one, and of the next one where it names it."""
    if page.text.lstrip()[:1] in "{[":
        return
    soup = page.soup()
    framed = (str(tag["src"]) for tag in soup.find_all(["iframe", "frame"], src=True))
    following = (str(tag["href"]) for tag in soup.find_all("link", rel="next", href=True))
    for address in (*framed, *following):
        url = _absolute(page.url, address)
        if url is not None:
            yield url


def find_embedded(page: Page) -> Iterator[Candidate]:
    """Documents a page shows in a viewer: `<embed src>`, `<object data>`, frames, and viewers told `?file=…`."""
    for tag in page.soup().find_all(["iframe", "frame", "embed", "object"]):
        address = str(tag.get("src") or tag.get("data") or "")
        shown = parse_qs(urlsplit(address).query).get("file", [address])[0]
        url = _absolute(page.url, shown)
        if url is not None:
            yield Candidate(url, str(tag.get("title") or ""))


def _find_clickable(soup: BeautifulSoup) -> Iterator[tuple[Tag, str]]:
    """What a person can click on, with the address it leads to."""
    for tag in soup.find_all(["a", "area", "option", "li", "td", "tr", "div", "span", "p", "button"]):
        written = tag.get("href") if tag.name in {"a", "area"} else tag.get("value") if tag.name == "option" else None
        address = str(written or "")
        if address and not address.lower().startswith(("javascript:", "#")):
            if tag.name != "option" or _ADDRESS.fullmatch(address):
                yield tag, address
            continue
        script = f"{address} {tag.get('onclick') or ''}"
        match = _QUOTED_ADDRESS.search(script)
        if match:
            yield tag, match[1]


def _candidate(tag: Tag, address: str, root: str) -> Candidate | None:
    url = _absolute(root, address)
    if url is None:
        return None
    shown = " ".join(tag.get_text(" ", strip=True).split())
    title = " ".join(str(tag.get("title") or "").split())
    if title and (not shown or shown.endswith(_CUT_SHORT) or len(title) > len(shown)):
        shown = title
    if not shown:
        image = tag.find("img", alt=True)
        shown = str(image["alt"]).strip() if isinstance(image, Tag) else ""
    if len(shown) <= _INVITATION_CHARACTERS:
        shown = _words_beside(tag) or shown
    return Candidate(url, shown, _date_beside(tag))


def _words_beside(tag: Tag) -> str:
    """The words in the same row or entry as a link that only says "open" or "download"; empty where it says more."""
    shown = fold(tag.get_text())
    if shown and shown not in load_families().link_flags:
        return ""
    holder = tag.find_parent(["li", "tr", "dd"])
    if holder is None or len(holder.find_all("a")) > _MOST_BUTTONS:
        return ""
    buttons = {fold(each.get_text()) for each in holder.find_all("a")}
    texts = (text.strip() for text in holder.find_all(string=True))
    return max((text for text in texts if fold(text) not in buttons), key=len, default="")


def _date_beside(anchor: Tag) -> date | None:
    """The date in the nearest box around a link, if that box is small enough to be about it alone."""
    holder = anchor.find_parent(_HOLDERS)
    if holder is None or len(holder.find_all("a")) > 2:
        return None
    text = holder.get_text(" ", strip=True)
    return find_date(text.replace(anchor.get_text(" ", strip=True), " ")) if len(text) < _HOLDER_CHARACTERS else None


def _find_script_links(text: str, root: str) -> Iterator[Candidate]:
    """Links written inside scripts, comments and CDATA, where a parser sees no markup."""
    for match in _SCRIPT_LINK.finditer(text):
        url = _absolute(root, unescape(match["url"]))
        if url is None:
            continue
        title = _TITLE_ATTRIBUTE.search(match["attributes"])
        shown = " ".join(unescape(_TAG.sub("", match["text"])).split())
        yield Candidate(url, title[1] if title and len(title[1]) > len(shown) else shown, find_date(match["after"]))


def _find_json_links(page: Page) -> Iterator[Candidate]:
    try:
        content = json.loads(page.text)
    except ValueError:
        return
    waiting = [content]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, dict):
            candidate = _json_candidate(part, page.url)
            if candidate:
                yield candidate
        inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting += [each for each in inside if isinstance(each, dict | list)]


def _json_candidate(part: dict[str, object], root: str) -> Candidate | None:
    values = {name.lower(): value for name, value in part.items() if isinstance(value, str)}
    title = next((values[name] for name in _TITLE_KEYS if values.get(name)), None)
    address = next((values[name] for name in _URL_KEYS if values.get(name)), None)
    url = _absolute(root, address) if address else None
    if title is None or url is None:
        return None
    return Candidate(url, " ".join(_TAG.sub("", title).split()), _json_date(part))


def _json_date(part: dict[str, object]) -> date | None:
    """The first date under a known key, as text or in seconds since 1970 (then the day in China)."""
    for name, value in part.items():
        if name.lower() not in _DATE_KEYS:
            continue
        if isinstance(value, int) and 0 < value < 2**33:
            return (datetime.fromtimestamp(value, UTC) + _CHINA).date()
        found = find_date(value) if isinstance(value, str) else None
        if found:
            return found
    return None


def _absolute(root: str, address: str) -> str | None:
    address = address.strip()
    if not address or address.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    try:
        url = urljoin(root, address)
    except ValueError:
        return None
    return urlsplit(url)._replace(fragment="").geturl() if is_web_address(url) else None
