"""No test reaches further than loopback: a connection to any other address fails the test that tried."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import settings

# A busy machine is no failure: no example fails for the time it takes.
settings.register_profile("any machine", settings.default, deadline=None)
settings.load_profile("any machine")

_connect = socket.socket.connect


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    try:
        return ip_address(str(address[0])).is_loopback
    except ValueError:
        return address[0] == "localhost"


def _guarded(self: socket.socket, address: Any) -> None:
    if not _is_loopback(address):
        pytest.fail(f"a test tried to connect to {address!r}")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)
