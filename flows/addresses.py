"""Addresses as identities: two addresses of one page become one string, for comparing and never for fetching.

    canonical("http://WWW.sqsc.gov.cn:80/art/1.html;jsessionid=AB#top") == "sqsc.gov.cn/art/1.html"
    canonical("http://big5.www.gov.cn/gate/big5/www.gov.cn/a.htm") == "gov.cn/a.htm"

Scheme, `www.`, default ports, fragments, session tokens, the order of a query and the traditional-character gate make
no difference between pages. A path's case does, and so does every other part of a query.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

_GATE = re.compile(r"^/gate/big5/(?P<address>.+)$")
_PATH_TOKEN = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_TOKENS = {"jsessionid", "sessionid", "phpsessid", "token", "spm", "from", "t", "timestamp", "_", "rnd", "random"}
_DEFAULT_PORTS = {80, 443}
_GOVERNMENT = ".gov.cn"


def canonical(url: str) -> str:
    """The identity of an address."""
    parts = urlsplit(canonicalize_url(_PATH_TOKEN.sub("", url.strip())))
    gate = _GATE.match(parts.path)
    if gate is not None:
        return canonical("http://" + gate["address"] + (f"?{parts.query}" if parts.query else ""))
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in _DEFAULT_PORTS else ""
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if name.lower() not in _TOKENS]
    return f"{host}{port}{parts.path or '/'}" + (f"?{urlencode(query)}" if query else "")


def site_of(url: str) -> str:
    """Host, and port where one is named: the unit of politeness."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def is_government(url: str) -> bool:
    """Whether the host ends in `.gov.cn`; a mirror that has it elsewhere in its name is none."""
    host = urlsplit(url).hostname or ""
    return host.endswith(_GOVERNMENT) or host == _GOVERNMENT[1:]


def may_lead_to(url: str, page_url: str) -> bool:
    """Whether a link of a page is followed: to the page's own host, whatever the port, or under gov.cn."""
    return is_government(url) or urlsplit(url).hostname == urlsplit(page_url).hostname


def is_web_address(url: str) -> bool:
    """Whether it is an http or https address with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
