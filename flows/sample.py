"""A directory of pages in, a web server on loopback out: the bundled sample site as a run meets it.

    with serve(SITE) as address:
        ...  # http://127.0.0.1:<free port>/

It answers like an ordinary static server: `ETag` on every page, 304 to a conditional request, 404 for
what is not there, and no charset in `Content-Type`, so that a page's own declaration (right or wrong) is all there is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from schemas.records import Source

SITE = Path("data/sample/site")
SOURCES = Path("data/sample/sources.csv")
PLACEHOLDER = "http://sample.invalid"
_TYPES = {".html": "text/html", ".txt": "text/plain", ".json": "application/json", ".pdf": "application/pdf"}


@contextmanager
def serve(directory: Path, port: int = 0) -> Iterator[str]:
    """Serve a directory on 127.0.0.1 while the block runs; gives the address without a slash at its end."""
    root = directory.resolve()

    class Handler(_Handler):
        site = root

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def at(address: str, source: Source) -> Source:
    """A row of the sample's registry with the address the sample is served from in place of its placeholder."""
    return replace(
        source,
        list_url=source.list_url.replace(PLACEHOLDER, address),
        portal=source.portal.replace(PLACEHOLDER, address),
        report_urls=tuple(url.replace(PLACEHOLDER, address) for url in source.report_urls),
    )


class _Handler(BaseHTTPRequestHandler):
    """Answers GET from files below `site`."""

    site: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        file = self._file()
        if file is None:
            self._answer(404, b"<html><body><h1>404 Not Found</h1></body></html>", "text/html", None)
            return
        body = file.read_bytes()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        kind = _TYPES.get(file.suffix, "application/octet-stream")
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, b"", kind, etag)
        else:
            self._answer(200, body, kind, etag)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the run itself tells what was asked for."""

    def _file(self) -> Path | None:
        file = (self.site / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        if file.is_dir():
            file = file / "index.html"
        return file if file.is_file() and file.is_relative_to(self.site) else None

    def _answer(self, status: int, body: bytes, kind: str, etag: str | None) -> None:
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
