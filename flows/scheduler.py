"""Settings in, Prefect's environment and, for the schedule, a server of its own out. Nothing here imports Prefect.

One run needs no server: Prefect starts one inside the process and ends it with the run. That one keeps no schedules, so
`gongkai serve` starts a real one on a free loopback port and stops it with itself. Both have their home, a database and
nothing else, in the data directory, send no telemetry and need no account.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from flows.settings import Settings
from schemas.errors import GongkaiError

_STARTUP_SECONDS = 180


class SchedulerError(GongkaiError):
    """Prefect's server cannot be started."""


def prepare_prefect(settings: Settings) -> None:
    """Set Prefect's environment; to be called before it is imported. What the user has set already stays."""
    home = settings.data_directory.resolve() / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    quiet = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(_STARTUP_SECONDS),
    }
    for name, value in quiet.items():
        os.environ.setdefault(name, value)


@contextmanager
def local_server(settings: Settings) -> Iterator[str]:
    """A Prefect server for the time of the block, unless PREFECT_API_URL names one; gives the address of its API."""
    prepare_prefect(settings)
    given = os.environ.get("PREFECT_API_URL")
    if given:
        yield given
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_until_healthy(address, server)
        os.environ["PREFECT_API_URL"] = address
        yield address
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.terminate()
        server.wait(timeout=30)


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SchedulerError(f"Prefect's server ended with {server.returncode}; try `prefect server start` by hand")
        try:
            with urlopen(f"{address}/health", timeout=5):  # noqa: S310 - our own loopback address
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise SchedulerError(f"Prefect's server did not answer at {address} within {_STARTUP_SECONDS} s")
