"""What happened in a run in, its report out: `runs/<id>.json` for machines, a summary for people.

A run holds the lock `runs/.lock` while it works; a second one is refused with the first one's id. The lock is the
operating system's, so a killed run leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from flows.collect import Collection, Event, Status, count_events
from flows.discover import Rejected
from flows.fetch import Traffic
from flows.settings import Settings
from schemas.errors import GongkaiError
from schemas.records import Finding, Severity

_LOCK = ".lock"


class RunError(GongkaiError):
    """A run cannot be started or found."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run as it is written. `counts` are report addresses by what became of them."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    sources: int
    sites: int
    found: int
    counts: dict[str, int]
    list_pages: dict[str, int]
    requests: int
    received_bytes: int
    documents_read: int
    documents_known: int
    documents_unlisted: int
    reports: int
    revisions: int
    release: str
    partitions: int
    partitions_linked: int
    by_site: dict[str, dict[str, int]]
    problems: tuple[Event, ...]
    look_alikes: tuple[Rejected, ...]
    other_publishers: tuple[Rejected, ...]
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something failed or was refused that a person should look at."""
        told = any(found.severity is not Severity.INFO for found in self.findings)
        return told or any(event.status is not Status.GONE or event.is_list for event in self.problems)


_REPORT: TypeAdapter[RunReport] = TypeAdapter(RunReport)


def run_id_of(now: datetime) -> str:
    """A run is called by its start in UTC."""
    return now.strftime("%Y%m%dT%H%M%SZ")


@contextmanager
def only_run(directory: Path, run_id: str) -> Iterator[None]:
    """Hold the lock of runs; raises `RunError` when another run holds it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / _LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "of unknown name"
            raise RunError(f"{directory}: run {holder} is under way; wait for its end or stop that process") from error
        lock.seek(0)
        lock.truncate()
        lock.write(f"{run_id} (process {os.getpid()})")
        lock.flush()
        yield


def write_run(directory: Path, report: RunReport) -> Path:
    """Write `<run id>.json`, in one step."""
    path = directory / f"{report.run_id}.json"
    draft = directory / f".{report.run_id}.json"
    draft.write_bytes(_REPORT.dump_json(report, indent=1))
    draft.replace(path)
    return path


def load_run(directory: Path, run_id: str = "") -> RunReport:
    """A run's report, the newest where none is named."""
    names = run_ids(directory)
    if not names or (run_id and run_id not in names):
        raise RunError(f"{directory}: no run {run_id or 'yet'}; there are {', '.join(names[-5:]) or 'none'}")
    return _REPORT.validate_json((directory / f"{run_id or names[-1]}.json").read_bytes())


def last_run(directory: Path) -> RunReport | None:
    """The newest run's report, None before the first."""
    return load_run(directory) if run_ids(directory) else None


def run_ids(directory: Path) -> tuple[str, ...]:
    """Ids of all runs that came to their end, oldest first."""
    return tuple(sorted(path.stem for path in directory.glob("[!.]*.json")))


def counts_by_site(collections: Iterable[Collection], traffic: dict[str, Traffic]) -> dict[str, dict[str, int]]:
    """For each site: reports by what became of them, requests sent and bytes received."""
    table = {}
    for collection in collections:
        counts = {status.value: count for status, count in sorted(count_events([collection]).items())}
        sent = traffic.get(collection.site, Traffic())
        table[collection.site] = counts | {"requests": sent.requests, "received_bytes": sent.received_bytes}
    return table


def problems_of(collections: Iterable[Collection]) -> tuple[Event, ...]:
    """Every address that failed, was refused or is gone."""
    bad = {Status.FAILED, Status.BLOCKED, Status.GONE}
    return tuple(event for collection in collections for event in collection.events if event.status in bad)


def announce(settings: Settings, report: RunReport, path: Path) -> None:
    """Run the command the settings name for a run with errors, with the path of the run report as its last word."""
    if settings.on_error_command and report.has_errors:
        subprocess.run([*shlex.split(settings.on_error_command), str(path)], check=False)
