import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flows.connection import is_public
from flows.fetch import Blocked, Failed, Fetched, Fetcher, Gone, NotModified
from flows.settings import Settings

PAGE = ("<html><body><p>" + "全年收到政府信息公开申请。" * 60 + "</p></body></html>").encode()
Responder = Callable[[BaseHTTPRequestHandler, int], None]


class Site:
    """A loopback server whose paths are functions; `log` holds (path, headers) of each request but robots.txt."""

    def __init__(self) -> None:
        self.pages: dict[str, Responder] = {}
        self.log: list[tuple[str, dict[str, str]]] = []
        self.robots = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == "/robots.txt":
                    answer(self, site.robots.encode(), content_type="text/plain")
                    return
                site.log.append((self.path, dict(self.headers)))
                times = sum(path == self.path for path, _ in site.log)
                site.pages.get(self.path, not_found)(self, times)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"


def answer(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
    length: int | None = None,
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def not_found(handler: BaseHTTPRequestHandler, times: int) -> None:
    answer(handler, b"no", 404)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "allow_private_addresses": True,
        "pause_seconds": 0,
        "backoff_seconds": 0.01,
        "read_seconds": 0.5,
        "total_seconds": 5,
    }
    return Settings.model_validate(values | changes)


def fetcher(**changes: object) -> Fetcher:
    return Fetcher(settings(**changes), now=lambda: datetime(2024, 3, 1, tzinfo=UTC))


def test_page_comes_with_what_the_server_said_of_it(site: Site) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, PAGE, headers=(("ETag", '"7"'),))
    outcome = fetcher(contact="mail@example.org").fetch(site.url("/a"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == PAGE
    assert outcome.capture.etag == '"7"'
    assert outcome.capture.declared_charset == "utf-8"
    assert outcome.capture.captured_at == datetime(2024, 3, 1, tzinfo=UTC)
    assert "mail@example.org" in site.log[0][1]["User-Agent"]


def test_known_page_is_asked_for_conditionally(site: Site) -> None:
    def respond(handler: BaseHTTPRequestHandler, _: int) -> None:
        if handler.headers["If-None-Match"] == '"7"':
            handler.send_response(304)
            handler.end_headers()
        else:
            answer(handler, PAGE, headers=(("ETag", '"7"'),))

    site.pages["/a"] = respond
    fetches = fetcher()
    first = fetches.fetch(site.url("/a"))
    assert isinstance(first, Fetched)
    assert fetches.fetch(site.url("/a"), first.capture) == NotModified(site.url("/a"), first.capture)


def test_server_that_fails_once_is_asked_again(site: Site) -> None:
    site.pages["/a"] = lambda handler, times: answer(handler, PAGE, 500 if times == 1 else 200)
    assert isinstance(fetcher().fetch(site.url("/a")), Fetched)
    assert len(site.log) == 2


def test_server_that_always_fails_is_a_failed_attempt(site: Site) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, b"", 503)
    outcome = fetcher(attempts=2).fetch(site.url("/a"))
    assert outcome == Failed(site.url("/a"), "the server answers 503 (2 attempts)")


def test_retry_after_is_waited_for(site: Site) -> None:
    waits: list[float] = []
    site.pages["/a"] = lambda handler, times: (
        answer(handler, b"", 429, headers=(("Retry-After", "3"),)) if times == 1 else answer(handler, PAGE)
    )
    assert isinstance(Fetcher(settings(), sleep=waits.append).fetch(site.url("/a")), Fetched)
    assert waits == [3.0]


def test_retry_after_beyond_the_limit_is_not_waited_for(site: Site) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, b"", 429, headers=(("Retry-After", "9000"),))
    assert fetcher().fetch(site.url("/a")) == Failed(site.url("/a"), "the server answers 429; asks to wait 9000 s")


def test_robots_txt_is_obeyed(site: Site) -> None:
    site.robots = "User-agent: *\nDisallow: /private/\nCrawl-delay: 4\n"
    site.pages["/private/a"] = site.pages["/a"] = lambda handler, _: answer(handler, PAGE)
    waits: list[float] = []
    fetches = Fetcher(settings(), sleep=waits.append, clock=lambda: 100.0)
    assert fetches.fetch(site.url("/private/a")) == Blocked(site.url("/private/a"), "robots.txt forbids it")
    assert site.log == []
    fetches.fetch(site.url("/a"))
    fetches.fetch(site.url("/a"))
    assert waits == [4.0]


def test_default_pause_between_two_requests_is_two_seconds(site: Site) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, PAGE)
    waits: list[float] = []
    fetches = Fetcher(Settings(allow_private_addresses=True), sleep=waits.append, clock=lambda: 100.0)
    fetches.fetch(site.url("/a"))
    fetches.fetch(site.url("/a"))
    assert waits == [2.0, 2.0]  # after robots.txt, after the first page


def test_redirects_are_followed_by_status_meta_and_script(site: Site) -> None:
    site.pages["/1"] = lambda handler, _: answer(handler, b"", 302, headers=(("Location", "/2"),))
    site.pages["/2"] = lambda handler, _: answer(
        handler, b'<html><meta http-equiv="refresh" content="0; url=/3"></html>'
    )
    site.pages["/3"] = lambda handler, _: answer(handler, b'<script>window.location.href = "/4";</script>')
    site.pages["/4"] = lambda handler, _: answer(handler, PAGE)
    outcome = fetcher().fetch(site.url("/1"))
    assert isinstance(outcome, Fetched)
    assert (outcome.capture.url, outcome.capture.final_url) == (site.url("/1"), site.url("/4"))


def test_redirects_in_a_circle_end(site: Site) -> None:
    site.pages["/1"] = lambda handler, _: answer(handler, b"", 302, headers=(("Location", "/2"),))
    site.pages["/2"] = lambda handler, _: answer(handler, b"", 302, headers=(("Location", "/1"),))
    outcome = fetcher().fetch(site.url("/1"))
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("redirects in a circle")


def test_endless_redirects_end(site: Site) -> None:
    for number in range(20):
        site.pages[f"/{number}"] = lambda handler, _, n=number: answer(  # type: ignore[misc]
            handler, b"", 302, headers=(("Location", f"/{n + 1}"),)
        )
    assert fetcher(max_redirects=4).fetch(site.url("/0")) == Failed(site.url("/0"), "more than 4 redirects")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (412, b"", "the server answers 412"),
        (521, b"<script>document.cookie='__jsl_clearance=1'</script>", "a challenge (__jsl_clearance)"),
        (200, "<html><body>请完成安全验证后继续访问</body></html>".encode(), "a challenge (安全验证)"),
        (200, b"<html><script>$_ts=window['$_ts'];</script></html>", "a challenge ($_ts=window['$_ts'])"),
    ],
)
def test_wall_against_robots_is_blocked(site: Site, status: int, body: bytes, reason: str) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, body, status)
    assert fetcher().fetch(site.url("/a")) == Blocked(site.url("/a"), reason)


def test_words_of_a_wall_inside_a_long_page_do_not_block_it(site: Site) -> None:
    body = PAGE.replace(b"<body>", "<body>网站采用安全验证，页面不存在时提示".encode())
    site.pages["/a"] = lambda handler, _: answer(handler, body)
    assert isinstance(fetcher().fetch(site.url("/a")), Fetched)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, b"", "the server answers 404"),
        (410, b"", "the server answers 410"),
        (200, "<html><body><h1>抱歉，您访问的页面不存在</h1></body></html>".encode(), "the page says “页面不存在”"),
    ],
)
def test_page_that_is_not_there_is_gone(site: Site, status: int, body: bytes, reason: str) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, body, status)
    assert fetcher().fetch(site.url("/a")) == Gone(site.url("/a"), reason)


def test_body_that_ends_too_early_is_asked_for_again(site: Site) -> None:
    def respond(handler: BaseHTTPRequestHandler, times: int) -> None:
        answer(handler, PAGE, length=len(PAGE) + (50 if times == 1 else 0))
        handler.close_connection = True

    site.pages["/a"] = respond
    outcome = fetcher().fetch(site.url("/a"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == PAGE
    assert len(site.log) == 2


def test_body_that_always_ends_too_early_is_no_page(site: Site) -> None:
    def respond(handler: BaseHTTPRequestHandler, _: int) -> None:
        answer(handler, PAGE, length=len(PAGE) + 50)
        handler.close_connection = True

    site.pages["/a"] = respond
    assert fetcher(attempts=2).fetch(site.url("/a")) == Failed(
        site.url("/a"), "the body ends before its announced length (2 attempts)"
    )


def test_announced_giant_is_refused_without_reading(site: Site) -> None:
    def respond(handler: BaseHTTPRequestHandler, _: int) -> None:
        answer(handler, b"", length=10 * 2**30)
        handler.close_connection = True

    site.pages["/a"] = respond
    assert fetcher().fetch(site.url("/a")) == Failed(site.url("/a"), "larger than 67108864 bytes")
    assert len(site.log) == 1


def test_gzip_bomb_is_stopped_at_the_size_limit(site: Site) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    site.pages["/a"] = lambda handler, _: answer(handler, bomb, headers=(("Content-Encoding", "gzip"),))
    assert fetcher(max_bytes=1_000_000).fetch(site.url("/a")) == Failed(site.url("/a"), "larger than 1000000 bytes")


def test_server_that_stalls_is_given_up(site: Site) -> None:
    release = threading.Event()
    site.pages["/a"] = lambda handler, _: release.wait(5) and None
    outcome = fetcher(attempts=1, read_seconds=0.2).fetch(site.url("/a"))
    release.set()
    assert outcome == Failed(site.url("/a"), "no answer in time (1 attempts)")


def test_server_that_drips_is_given_up_after_the_total_time(site: Site) -> None:
    stop = threading.Event()

    def respond(handler: BaseHTTPRequestHandler, _: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not stop.wait(0.05):
            handler.wfile.write(b"x")

    site.pages["/a"] = respond
    outcome = fetcher(total_seconds=0.6).fetch(site.url("/a"))
    stop.set()
    assert outcome == Failed(site.url("/a"), "slower than 0.6 s")


def test_host_that_is_down_is_a_failed_attempt() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = fetcher(attempts=2).fetch(f"http://127.0.0.1:{port}/")
    assert outcome == Failed(f"http://127.0.0.1:{port}/", "robots.txt: no connection (2 attempts)")


def test_private_addresses_are_refused_before_a_request(site: Site) -> None:
    outcome = Fetcher(settings(allow_private_addresses=False)).fetch(site.url("/a"))
    assert isinstance(outcome, Failed)
    assert "not a public address" in outcome.reason
    assert site.log == []


def test_address_of_another_scheme_is_refused() -> None:
    assert fetcher().fetch("file:///etc/passwd") == Failed("file:///etc/passwd", "not an http or https address")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.1.1", "::1", "::ffff:127.0.0.1", "224.0.0.1"])
def test_address_is_private(address: str) -> None:
    assert not is_public(address)


def test_address_is_public() -> None:
    assert is_public("114.114.114.114")


def test_old_tls_is_spoken_only_to_the_host_that_names_it(site: Site) -> None:
    site.pages["/a"] = lambda handler, _: answer(handler, PAGE)
    fetches = fetcher()
    fetches.fetch(site.url("/a"))
    (host,) = fetches._hosts.values()
    assert host.session.get_adapter("https://").poolmanager.connection_pool_kw.get("ssl_context") is None
    fetches.fetch(site.url("/a"), options={"tls": "old"})
    context = host.session.get_adapter("https://").poolmanager.connection_pool_kw["ssl_context"]
    assert (context.minimum_version, context.check_hostname) == (ssl.TLSVersion.TLSv1, True)
    assert len(fetches._hosts) == 1
