"""A fetched page in, what it is out: the page asked for, a wall against robots, a polite "not here", or a signpost.

Servers answer 200 for all four. The words that tell them apart stand in `pages.yaml`; they count only on short pages,
so that no real report is thrown away for a phrase in its text.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import urljoin

import yaml
from pydantic import BaseModel, ConfigDict
from w3lib.html import get_meta_refresh, remove_comments, remove_tags, remove_tags_with_content

_SCRIPT_REDIRECT = re.compile(
    r"""(?:\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\s*\()\s*(["'])(?P<url>[^"'\s]+)\1"""
)
_REFRESH_AT_MOST = 10.0
_SIGNPOST_CHARACTERS = 120
_MARKUP = re.compile(r"<\s*(?:html|head|body|script|meta|div|table|p|a)\b", re.IGNORECASE)


class PageRules(BaseModel):
    """The content of `pages.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    short: int
    blocked_statuses: frozenset[int]
    challenges: tuple[str, ...]
    soft_gone: tuple[str, ...]


@cache
def load_page_rules() -> PageRules:
    """The rules, read once."""
    return PageRules.model_validate(yaml.safe_load(files("flows").joinpath("pages.yaml").read_text(encoding="utf-8")))


def decode_page(body: bytes, declared_charset: str | None) -> str:
    """The text of a web page; undecodable bytes are replaced, for here it is only looked at."""
    from extractors.decode import decode

    return decode(body, declared_charset).text


@lru_cache(maxsize=4)
def visible_text(markup: str) -> str:
    """What a reader would see of a page, without white space. The last few are kept, for a page is asked thrice."""
    bare = remove_tags_with_content(remove_comments(markup), ("script", "style", "noscript", "title"))
    return "".join(remove_tags(bare).replace("&nbsp;", " ").split())


def find_challenge(markup: str) -> str | None:
    """The mark of a wall against robots on a short page."""
    if len(visible_text(markup)) > load_page_rules().short:
        return None
    return next((mark for mark in load_page_rules().challenges if mark in markup), None)


def find_soft_gone(markup: str) -> str | None:
    """The words by which a short page says that there is nothing here."""
    seen = visible_text(markup)
    if len(seen) > load_page_rules().short:
        return None
    return next((words for words in load_page_rules().soft_gone if "".join(words.split()) in seen), None)


def find_signpost(markup: str, url: str) -> str | None:
    """The address an almost empty page sends its reader to, by `<meta http-equiv=refresh>` or by script."""
    if len(visible_text(markup)) > _SIGNPOST_CHARACTERS:
        return None
    seconds, target = get_meta_refresh(markup, url)
    if target and seconds is not None and seconds <= _REFRESH_AT_MOST and target != url:
        return str(target)
    match = _SCRIPT_REDIRECT.search(remove_comments(markup))
    found = urljoin(url, match["url"]) if match else None
    return found if found != url else None


def looks_like_markup(body: bytes) -> bool:
    """Whether the bytes begin like a web page."""
    return _MARKUP.search(body[:4096].decode("latin-1")) is not None
