"""An address in, one of five outcomes out: `Fetched`, `NotModified`, `Gone`, `Blocked` or `Failed`; never an exception.

A `Fetcher` asks as a good guest: one connection a host (host and port), a pause between two requests to it,
`robots.txt` and its `Crawl-delay` obeyed, its name and a contact in every request, validators of the last capture
sent along, a `Retry-After` waited for. Hosts do not wait for each other: threads may share one fetcher.

It protects itself too: limits in time, size (after decompression) and redirects; private addresses refused on every
hop; a body shorter than announced is a failed attempt, not a page. A wall against robots is `Blocked`, whatever its
status, and a page that says politely that there is nothing is `Gone`: neither is ever taken for a report.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol, cast
from urllib.parse import urljoin

import requests
from protego import Protego
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

from flows.addresses import is_web_address, site_of
from flows.archive import charset_of
from flows.connection import PrivateAddressError, new_session
from flows.pages import (
    decode_page,
    find_challenge,
    find_signpost,
    find_soft_gone,
    load_page_rules,
    looks_like_markup,
)
from flows.settings import Settings
from schemas.records import Capture

_PIECE = 65536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_ROBOT = "gongkai"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page with its bytes."""

    url: str
    capture: Capture
    body: bytes


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that the capture we hold is still the page."""

    url: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such page (any more)."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """We are not let in: by robots.txt, by a status, or by a challenge."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No page was had: the host is down, too slow, too large, in a circle, or refused by us."""

    url: str
    reason: str


Outcome = Fetched | NotModified | Gone | Blocked | Failed


class Fetches(Protocol):
    """What discovery and collection need: the network, or the archive in its place (`gongkai replay`)."""

    def fetch(self, url: str, known: Capture | None = None, options: Mapping[str, str] | None = None) -> Outcome:
        """The outcome for one address."""

    def traffic(self) -> dict[str, Traffic]:
        """What was asked for and received so far, by site."""


@dataclass
class Traffic:
    """What a host was asked for and gave."""

    requests: int = 0
    received_bytes: int = 0
    failed_attempts: int = 0


@dataclass
class _Host:
    session: requests.Session
    lock: threading.RLock = field(default_factory=threading.RLock)
    free_at: float = 0.0
    pause: float = 0.0
    speaks_old_tls: bool = False
    robots: Protego | None = None
    robots_reason: str | None = None
    traffic: Traffic = field(default_factory=Traffic)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A response read to its end."""

    status: int
    headers: Mapping[str, str]
    raw_headers: tuple[tuple[str, str], ...]
    body: bytes


class _TooLargeError(Exception):
    pass


class _TooSlowError(Exception):
    pass


class Fetcher:
    """Fetches politely; see the module's docstring. `sleep` and `clock` are arguments for tests only."""

    def __init__(
        self,
        settings: Settings,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._sleep, self._clock, self._now = sleep, clock, now
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def fetch(self, url: str, known: Capture | None = None, options: Mapping[str, str] | None = None) -> Outcome:
        """Fetch one address. `known` is our newest capture of it; `options` are those of its source (`tls=old`)."""
        deadline = self._clock() + self._settings.total_seconds
        target, seen = url, {url}
        for _ in range(self._settings.max_redirects + 1):
            refusal = self._refusal(target, options or {}, deadline)
            if refusal is not None:
                return refusal if refusal.url == url else type(refusal)(url, refusal.reason)
            answer = self._ask(target, _validators(known), options or {}, deadline)
            if isinstance(answer, str):
                return Failed(url, answer)
            onward = _onward(answer, target)
            if onward is None:
                return self._judge(url, target, answer, known)
            if onward in seen:
                return Failed(url, f"redirects in a circle at {onward}")
            seen.add(onward)
            target = onward
        return Failed(url, f"more than {self._settings.max_redirects} redirects")

    def traffic(self) -> dict[str, Traffic]:
        """Requests, bytes and failed attempts by host so far."""
        return {site: host.traffic for site, host in sorted(self._hosts.items())}

    def _host(self, url: str, options: Mapping[str, str]) -> _Host:
        site, old_tls = site_of(url), options.get("tls") == "old"
        with self._lock:
            host = self._hosts.get(site)
            if host is None:
                host = self._hosts[site] = _Host(self._new_session(old_tls), pause=self._settings.pause_seconds)
            elif old_tls and not host.speaks_old_tls:
                host.session = self._new_session(old_tls)
            host.speaks_old_tls = host.speaks_old_tls or old_tls
            return host

    def _new_session(self, old_tls: bool) -> requests.Session:
        return new_session(self._settings.user_agent, self._settings.allow_private_addresses, old_tls)

    def _refusal(self, url: str, options: Mapping[str, str], deadline: float) -> Blocked | Failed | None:
        """Why an address may not be asked for at all."""
        if not is_web_address(url):
            return Failed(url, "not an http or https address")
        host = self._host(url, options)
        with host.lock:
            if host.robots is None and host.robots_reason is None:
                self._read_robots(host, url, options, deadline)
        if host.robots is None:
            return Failed(url, host.robots_reason or "robots.txt unknown")
        if not host.robots.can_fetch(url, _ROBOT):
            return Blocked(url, "robots.txt forbids it")
        return None

    def _read_robots(self, host: _Host, url: str, options: Mapping[str, str], deadline: float) -> None:
        """robots.txt of a host, once a run; absent or not a text means all is allowed, a broken server nothing."""
        answer = self._ask(urljoin(url, "/robots.txt"), {}, options, deadline)
        if not isinstance(answer, str) and answer.status in _REDIRECTS:
            onward = _onward(answer, url)
            if onward is not None and site_of(onward) == site_of(url):
                answer = self._ask(onward, {}, options, deadline)
        if isinstance(answer, str):
            host.robots_reason = f"robots.txt: {answer}"
            return
        is_text = answer.status == 200 and not looks_like_markup(answer.body)
        host.robots = Protego.parse(answer.body.decode("utf-8", "replace") if is_text else "")
        host.pause = max(host.pause, float(host.robots.crawl_delay(_ROBOT) or 0))

    def _ask(self, url: str, headers: Mapping[str, str], options: Mapping[str, str], deadline: float) -> _Answer | str:
        """One address, asked again while it makes sense; the answer, or in words why there is none."""
        host = self._host(url, options)
        retry = Retry(
            total=self._settings.attempts - 1,
            status_forcelist=_AGAIN,
            backoff_factor=self._settings.backoff_seconds,
            raise_on_status=True,
        )
        while True:
            answer, reason, may_repeat = self._attempt(host, url, headers, deadline)
            if answer is not None and answer.status not in _AGAIN:
                return answer
            host.traffic.failed_attempts += 1
            if not may_repeat:
                return reason
            try:
                retry = retry.increment("GET", url, error=HTTPError(reason))
            except MaxRetryError:
                return f"{reason} ({self._settings.attempts} attempts)"
            wait = _retry_after(retry, answer) or max(retry.get_backoff_time(), self._settings.backoff_seconds)
            if wait > self._settings.longest_wait_seconds:
                return f"{reason}; asks to wait {wait:.0f} s"
            if self._clock() + wait > deadline:
                return f"{reason}; no time left of {self._settings.total_seconds:g} s"
            self._sleep(wait)

    def _attempt(
        self, host: _Host, url: str, headers: Mapping[str, str], deadline: float
    ) -> tuple[_Answer | None, str, bool]:
        """One request: the answer if any, in words what was wrong with it, and whether another try makes sense."""
        with host.lock:
            self._wait_turn(host)
            host.traffic.requests += 1
            try:
                answer = self._request(host, url, headers, deadline)
            except _TooLargeError:
                return None, f"larger than {self._settings.max_bytes} bytes", False
            except _TooSlowError:
                return None, f"slower than {self._settings.total_seconds:g} s", False
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                refused = _find_cause(error, PrivateAddressError)
                return None, str(refused) if refused else _in_words(error), refused is None
            finally:
                host.free_at = self._clock() + host.pause
        return answer, f"the server answers {answer.status}", True

    def _wait_turn(self, host: _Host) -> None:
        wait = host.free_at - self._clock()
        if wait > 0:
            self._sleep(wait)

    def _request(self, host: _Host, url: str, headers: Mapping[str, str], deadline: float) -> _Answer:
        limit = self._settings
        left = max(deadline - self._clock(), 0.001)
        timeout = (min(limit.connect_seconds, left), min(limit.read_seconds, left))
        response = host.session.get(url, headers=headers, stream=True, timeout=timeout, allow_redirects=False)
        try:
            raw = cast(HTTPResponse, response.raw)
            if int(response.headers.get("Content-Length") or 0) > limit.max_bytes:
                raise _TooLargeError
            body = bytearray()
            while piece := raw.read1(_PIECE, decode_content=True):
                body += piece
                if len(body) > limit.max_bytes:
                    raise _TooLargeError
                if self._clock() > deadline:
                    raise _TooSlowError
            host.traffic.received_bytes += len(body)
            return _Answer(response.status_code, response.headers, tuple(raw.headers.items()), bytes(body))
        except BaseException:
            host.session.close()
            raise
        finally:
            response.close()

    def _judge(self, url: str, final_url: str, answer: _Answer, known: Capture | None) -> Outcome:
        rules = load_page_rules()
        if answer.status == 304:
            return NotModified(url, known) if known else Failed(url, "the server answers 304 to a first request")
        if answer.status in _GONE:
            return Gone(url, f"the server answers {answer.status}")
        capture = self._capture(url, final_url, answer)
        markup = decode_page(answer.body, capture.declared_charset) if looks_like_markup(answer.body) else ""
        challenge = find_challenge(markup) if markup else None
        if challenge or answer.status in rules.blocked_statuses:
            return Blocked(url, f"a challenge ({challenge})" if challenge else f"the server answers {answer.status}")
        if answer.status != 200:
            return Failed(url, f"the server answers {answer.status}")
        words = find_soft_gone(markup) if markup else None
        if words:
            return Gone(url, f"the page says “{words}”")
        if not answer.body:
            return Failed(url, "an empty body")
        return Fetched(url, capture, answer.body)

    def _capture(self, url: str, final_url: str, answer: _Answer) -> Capture:
        content_type = answer.headers.get("Content-Type") or ""
        return Capture(
            url=url,
            sha256=sha256(answer.body).hexdigest(),
            captured_at=self._now(),
            status=answer.status,
            content_type=content_type,
            declared_charset=charset_of(content_type),
            etag=answer.headers.get("ETag"),
            last_modified=answer.headers.get("Last-Modified"),
            final_url=final_url,
            headers=answer.raw_headers,
        )


def _validators(known: Capture | None) -> dict[str, str]:
    headers = {}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _onward(answer: _Answer, url: str) -> str | None:
    """Where a response sends us, by its status or by an almost empty page."""
    if answer.status in _REDIRECTS and answer.headers.get("Location"):
        return urljoin(url, _location(answer.headers["Location"]))
    if answer.status == 200 and looks_like_markup(answer.body):
        markup = decode_page(answer.body, charset_of(answer.headers.get("Content-Type") or ""))
        return None if find_challenge(markup) else find_signpost(markup, url)
    return None


def _location(value: str) -> str:
    """A Location as it was meant: http.client reads bytes as Latin-1, servers write UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _retry_after(retry: Retry, answer: _Answer | None) -> float | None:
    value = answer.headers.get("Retry-After") if answer is not None else None
    try:
        return retry.parse_retry_after(value) if value else None
    except HTTPError:
        return None


def _find_cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The error of `kind` inside another, however it was wrapped."""
    seen: list[BaseException] = [error]
    for found in seen:
        if isinstance(found, kind):
            return found
        inside = (found.__cause__, found.__context__, getattr(found, "reason", None), *found.args)
        seen += [each for each in inside if isinstance(each, BaseException) and each not in seen]
    return None


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (requests.exceptions.SSLError, "no secure connection"),
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.ReadTimeout, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (requests.exceptions.ConnectionError, "no connection"),
)


def _in_words(error: BaseException) -> str:
    """A network error in a few words, without addresses of objects."""
    if isinstance(error, HTTPError) and "IncompleteRead" in repr(error):
        return "the body ends before its announced length"
    words = next((words for kind, words in _WORDS if isinstance(error, kind)), None)
    if words is None:
        return "no answer in time" if "timed out" in str(error).lower() else f"{type(error).__name__}"
    return words
