"""The registry in, a release and a run report out, every night: the line as a Prefect flow.

Tasks are thin: each names a stage of `flows.line` and what to do it with. Sites are collected side by side, as many as
the settings allow; unread captures are read in site-year batches through a pool of processes; then all is published in
one step. A run that was killed is simply run again: nothing archived is fetched twice, nothing read is read twice.

Prefect is imported here only. `flows.scheduler` sets its environment before that import: its home inside
the data directory, telemetry off, no traceback of its own server on a user's screen.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, wait
from prefect.schedules import Cron
from prefect.server.schemas.schedules import CronSchedule
from prefect.task_runners import ThreadPoolTaskRunner

from flows.line import Batch, Choice, Line
from flows.runs import announce, last_run, load_run, only_run, run_id_of, write_run
from flows.settings import Settings, load_settings
from flows.sources import load_sources
from flows.summary import run_markdown

_LINES: dict[str, Line] = {}
"""Lines under way in this process, by run: tasks pass names, not objects."""


@task(task_run_name="collect-{site}", cache_policy=NO_CACHE, persist_result=False, retries=1)
def collect(run_id: str, site: str) -> int:
    """Discover and fetch at one site; the number of reports found."""
    return sum(count for _, count in _LINES[run_id].collect(site).found)


@task(task_run_name="read-{batch.site}-{batch.year}", cache_policy=NO_CACHE, persist_result=False, retries=1)
def read(run_id: str, batch: Batch) -> int:
    """Read the unread captures of one site and year; their number."""
    return _LINES[run_id].read(batch)


@task(cache_policy=NO_CACHE, persist_result=False)
def publish(run_id: str, failures: tuple[str, ...]) -> str:
    """Publish everything that is read; the path of the run report."""
    line = _LINES[run_id]
    return str(write_run(line.settings.runs_directory, line.publish(failures)))


_RUNNER: Any = ThreadPoolTaskRunner(max_workers=load_settings()[0].hosts_at_once)


@flow(name="nightly", persist_result=False, task_runner=_RUNNER)
def nightly(sources_file: str = "", years: str = "", regions: str = "") -> str:
    """The whole line once, as the settings say; the path of the run report."""
    settings, now = load_settings()[0], datetime.now(UTC)
    run_id = run_id_of(now)
    with only_run(settings.runs_directory, run_id):
        sources = load_sources(Path(sources_file) if sources_file else settings.sources_file)
        with Line(settings, sources, run_id, now, Choice.parse(years, regions)) as line:
            _LINES[run_id] = line
            collected = [collect.submit(run_id, site) for site in line.sites]
            failures = failures_of(collected)
            failures += failures_of([read.submit(run_id, batch) for batch in line.batches()])
            path = publish(run_id, failures)
    report = load_run(settings.runs_directory, run_id)
    create_markdown_artifact(run_markdown(report), key="run-report", description=f"run {run_id}")
    announce(settings, report, Path(path))
    return path


def serve(settings: Settings) -> None:
    """Keep the schedule until stopped; a night missed while nobody served is made up for first."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # Prefect's runner cancels its tasks noisily when stopped
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="prefect")
    schedule = Cron(settings.schedule, timezone=settings.timezone)
    if missed_night(settings, datetime.now(UTC)):
        nightly()
    nightly.serve(name="nightly", schedule=schedule, limit=1, pause_on_shutdown=False, print_starting_message=False)


def missed_night(settings: Settings, now: datetime) -> bool:
    """Whether the schedule had a night since the last run; a first start misses none."""
    last = last_run(settings.runs_directory)
    if last is None:
        return False
    schedule = CronSchedule(cron=settings.schedule, timezone=settings.timezone)
    due = asyncio.run(schedule.get_dates(1, start=last.started_at))[0]
    return bool(due <= now)


def failures_of(futures: Iterable[PrefectFuture[int]]) -> tuple[str, ...]:
    """Wait for tasks; what is said of those that broke. One site's trouble never stops the others."""
    done, _ = wait(list(futures))
    return tuple(sorted(str(future.state.message) for future in done if future.state.is_failed()))
