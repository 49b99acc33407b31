"""The whole line without a scheduler: a `Line` is opened for one run and asked for one stage at a time.

    with Line(settings, run_id, choice) as line:
        for site in line.sites: line.collect(site)
        for batch in line.batches(): line.read(batch)
        report = line.publish(now)

`flows.nightly` wraps these in Prefect tasks. Every stage may be repeated: what is archived is asked for conditionally,
what is read under the present code is not read again, what has not changed is linked. A batch is the unread captures of
one site and one year; pages of a batch go through a pool of processes, and their results are kept as they come.
"""

from __future__ import annotations

import json
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Self

from flows.addresses import site_of
from flows.archive import Archive, read_record
from flows.assemble import Reading, assemble, hints_of
from flows.collect import Collection, Status, collect_site, count_events, sites_of
from flows.extract import dump_extracted, extract_bytes, load_extracted
from flows.fetch import Fetcher, Fetches
from flows.normalize import Frames, Item
from flows.runs import RunReport, counts_by_site, problems_of
from flows.settings import Settings, SettingsError
from flows.state import State, code_version, result_key
from flows.watch import find_overdue
from schemas.findings import finding
from schemas.records import Capture, ExtractedReport, Finding, Hints, ReportLink, Source

if TYPE_CHECKING:
    from flows.coverage import Check

_YEARS = re.compile(r"(?:\d{4}(?:-\d{4})?(?:,|$))*")
_PROVINCES = re.compile(r"(?:\d{2}(?:,|$))*")
_KEPT_AT_ONCE = 20
_STAGE = "extract"
_RELEASE_KEY = "release"
_ALL_CODE = ("schemas", "extractors", "flows")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run is about: report years and provinces (first two digits of a code); empty means all."""

    years: frozenset[int] = frozenset()
    provinces: frozenset[str] = frozenset()

    def includes(self, source: Source) -> bool:
        """Whether a publisher belongs to the run."""
        return not self.provinces or source.district_code[:2] in self.provinces

    @classmethod
    def parse(cls, years: str, provinces: str) -> Self:
        """From `2019-2025` or `2019,2021` and `32,33`. Raises `SettingsError` for other words."""
        if not _YEARS.fullmatch(years) or not _PROVINCES.fullmatch(provinces):
            raise SettingsError(f"{years!r}, {provinces!r}: expected years like 2019-2025 and provinces like 32,33")
        chosen: set[int] = set()
        for part in filter(None, years.split(",")):
            first, _, last = part.partition("-")
            chosen.update(range(int(first), int(last or first) + 1))
        return cls(frozenset(chosen), frozenset(filter(None, provinces.split(","))))


@dataclass(frozen=True, slots=True)
class Batch:
    """Captures of one site and report year that are to be read."""

    site: str
    year: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    """A capture of a report with all that reading it depends on."""

    link: ReportLink
    capture: Capture
    source: Source
    hints: Hints
    key: str


class Line:
    """One run over the chosen sources. `fetcher` stands in for the network in a replay."""

    def __init__(
        self,
        settings: Settings,
        sources: Iterable[Source],
        run_id: str,
        now: datetime,
        choice: Choice | None = None,
        fetcher: Callable[[Archive], Fetches] | None = None,
    ) -> None:
        self.settings = settings
        self.run_id = run_id
        self.started_at = now
        self._choice = choice or Choice()
        self._sources = {source.publisher_id: source for source in sources}
        self._chosen = tuple(source for source in self._sources.values() if self._choice.includes(source))
        self._sites = sites_of(self._chosen)
        self.archive = Archive(settings.archive_directory, run_id)
        self._state = State(settings.work_directory)
        self._fetcher: Fetches = fetcher(self.archive) if fetcher else Fetcher(settings)
        self._collections: dict[str, Collection] = {}
        self._known_before = frozenset(link.publisher_id for link, _ in self.archive.reports())
        self._pool: Executor | None = None
        self._lock = threading.Lock()
        self._read = 0
        self._unlisted = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._state.close()
        self.archive.close()

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites of the run, in order."""
        return tuple(self._sites)

    def collect(self, site: str) -> Collection:
        """Discover, fetch and archive at one site."""
        collection = collect_site(
            site, self._sites[site], self._fetcher, self.archive, self.settings.max_list_pages, self._choice.years
        )
        self._collections[site] = collection
        return collection

    def batches(self) -> tuple[Batch, ...]:
        """What is archived and not yet read under the present code."""
        known = self._state.known(self._documents)
        groups: dict[tuple[str, int], list[str]] = {}
        for key, document in self._documents.items():
            if key not in known:
                groups.setdefault((site_of(document.capture.url), document.link.year or 0), []).append(key)
        return tuple(Batch(site, year, tuple(groups[site, year])) for site, year in sorted(groups))

    def read(self, batch: Batch) -> int:
        """Read the documents of a batch and keep what they say; the number read."""
        results = self._read_all([self._documents[key] for key in batch.keys])
        done: list[tuple[str, bytes]] = []
        for result in results:
            done.append(result)
            if len(done) >= _KEPT_AT_ONCE:
                self._keep(done)
                done = []
        self._keep(done)
        return len(batch.keys)

    def run(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> RunReport:
        """Every stage, one after another, in this process and its pool; the report of the run."""
        for site in self.sites:
            self.collect(site)
        for batch in self.batches():
            self.read(batch)
        return self.publish(now=now)

    def items(self) -> tuple[Item, ...]:
        """All reports of the archive as they were read, by report and revision."""
        readings = []
        for document in self._documents.values():
            body = self._state.load(document.key)
            if body is not None:
                readings.append(Reading(document.link, document.capture, document.source, load_extracted(body)))
        return assemble(readings)

    def publish(
        self, failures: tuple[str, ...] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> RunReport:
        """Normalise, validate and publish everything; the report of the run. `failures` are told by the scheduler."""
        from flows.coverage import save_checks
        from flows.publish import ACCURACY_FILE, load_accuracy, publish
        from flows.tables import checks_of

        collections = tuple(self._collections.values())
        checks = save_checks(
            self.settings.runs_directory / "checks.jsonl", checks_of(collections, self.started_at.date())
        )
        frames, digest = self._frames(checks)
        release = publish(
            frames,
            self.settings.releases_directory,
            now(),
            code_version=code_version(_ALL_CODE),
            accuracy=load_accuracy(ACCURACY_FILE),
        )
        self._state.keep([(_RELEASE_KEY, f"{release.release} {digest}".encode())])
        revisions = frames["reports"]["revision"].to_pylist()
        reports = set(frames["reports"]["report_id"].to_pylist())
        traffic = self._fetcher.traffic()
        return RunReport(
            run_id=self.run_id,
            started_at=self.started_at,
            finished_at=now(),
            sources=len(self._sources),
            sites=len(self._sites),
            found=sum(count for collection in collections for _, count in collection.found),
            counts=_by_name(count_events(collections)),
            list_pages=_by_name(count_events(collections, is_list=True)),
            requests=sum(each.requests for each in traffic.values()),
            received_bytes=sum(each.received_bytes for each in traffic.values()),
            documents_read=self._read,
            documents_known=len(self._documents) - self._read,
            documents_unlisted=self._unlisted,
            reports=len(reports),
            revisions=sum(revision > 1 for revision in revisions),
            release=release.release,
            partitions=release.files,
            partitions_linked=release.files_linked,
            by_site=counts_by_site(collections, traffic),
            problems=problems_of(collections),
            look_alikes=tuple(each for collection in collections for each in collection.rejected),
            other_publishers=tuple(each for collection in collections for each in collection.others),
            findings=(
                *(finding("run.task_failed", found=failure) for failure in failures),
                *self._silent(collections),
                *find_overdue(self._chosen, reports, self.started_at.date()),
            ),
        )

    def _frames(self, checks: Iterable[Check]) -> tuple[Frames, str]:
        """The tables to publish and the digest of what they are made of.

        Where that is what the latest release was made of, its own rows are taken and only the coverage, which tells the
        day of the last look, is made anew: a night without news costs no more than reading and linking.
        """
        from flows.coverage import FIRST_YEAR, add_coverage
        from flows.overrides import load_overrides
        from flows.releases import latest_release
        from flows.tables import build_tables, load_tables_of

        overrides = load_overrides(self.settings.overrides_directory)
        parts = (
            code_version(_ALL_CODE),
            *sorted(self._documents),
            *map(repr, overrides),
            *map(repr, self._sources.values()),
        )
        digest = sha256("\0".join(parts).encode()).hexdigest()
        latest = latest_release(self.settings.releases_directory)
        last_year = self.started_at.year - 1
        if latest is not None and self._state.load(_RELEASE_KEY) == f"{latest.name} {digest}".encode():
            years = range(FIRST_YEAR, last_year + 1)
            return add_coverage(load_tables_of(latest), self._sources.values(), checks, years), digest
        return build_tables(self.items(), overrides, self._sources.values(), checks, last_year), digest

    @cached_property
    def _documents(self) -> dict[str, _Document]:
        """Every archived report page, by the key of its result. Asked for after collecting is done."""
        documents = {}
        for link, capture in self.archive.reports():
            source = self._sources.get(link.publisher_id)
            if source is None:
                self._unlisted += 1
                continue
            hints = hints_of(link, capture, source)
            key = result_key(_STAGE, capture.sha256, json.dumps(_plain(hints), sort_keys=True))
            documents[key] = _Document(link, capture, source, hints, key)
        return documents

    def _read_all(self, documents: list[_Document]) -> Iterator[tuple[str, bytes]]:
        """Results in order; a document that kills its process is told of and does not take the others with it."""
        jobs = [
            _Job(*self._place(document), document.hints, self.settings.read_limit_seconds) for document in documents
        ]
        done = 0
        try:
            for document, body in zip(documents, self._processes().map(_read_document, jobs), strict=True):
                yield document.key, body
                done += 1
        except BrokenProcessPool:
            for document, job in zip(documents[done:], jobs[done:], strict=True):
                yield document.key, self._read_alone(job)

    def _read_alone(self, job: _Job) -> bytes:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            try:
                return alone.submit(_read_document, job).result()
            except BrokenProcessPool:
                failure = finding("extract.failed", found="the process that read it was killed")
                return dump_extracted(ExtractedReport(None, findings=(failure,)))

    def _processes(self) -> Executor:
        with self._lock:
            if self._pool is None or getattr(self._pool, "_broken", False):
                self._pool = ProcessPoolExecutor(self.settings.processes, mp_context=get_context("spawn"))
            return self._pool

    def _place(self, document: _Document) -> tuple[Path, int, str]:
        place = self.archive.place_of(document.capture.sha256)
        if place is None:  # the row came from this very index
            raise AssertionError(document.capture.sha256)
        return (*place, document.capture.sha256)

    def _keep(self, results: list[tuple[str, bytes]]) -> None:
        with self._lock:
            self._state.keep(results)
            self._read += len(results)

    def _silent(self, collections: Iterable[Collection]) -> Iterator[Finding]:
        """Publishers whose list gave reports before and gives none now, though it was there."""
        for collection in collections:
            there = {event.publisher_id for event in collection.events if event.is_list and not event.reason}
            for publisher_id in collection.silent:
                if publisher_id in self._known_before and publisher_id in there:
                    yield finding("discover.silent", place=publisher_id, found=self._sources[publisher_id].list_url)


@dataclass(frozen=True, slots=True)
class _Job:
    """Where a process finds a document, and what is known of it."""

    file: Path
    offset: int
    sha256: str
    hints: Hints
    seconds: float


def _read_document(job: _Job) -> bytes:
    """In a process of the pool: the document from the archive, read within its time."""

    def give_up(_: int, __: FrameType | None) -> None:
        raise TimeoutError(f"not read within {job.seconds:g} s")

    body = read_record(job.file, job.offset, job.sha256)
    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, job.seconds)
    try:
        return dump_extracted(extract_bytes(body, job.hints))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _by_name(counts: Counter[Status]) -> dict[str, int]:
    return {str(status): count for status, count in sorted(counts.items(), key=str)}


def _plain(hints: Hints) -> Mapping[str, str]:
    return {name: str(getattr(hints, name)) for name in Hints.__slots__ if name != "sha256"}
