"""A directory in, its files over HTTP on loopback out, until the process is interrupted."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files of one directory; says that types are not to be guessed, and keeps quiet."""

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # the name is the base class's
        """Say nothing: a line a shard would bury what matters."""


def make_server(directory: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server on loopback, bound and ready; port 0 takes any free one. Raises `OSError` when the port is taken."""
    return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(directory)))
