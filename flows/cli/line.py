"""Commands that run the line: `settings`, `nightly`, `sample`, `replay`, `serve`, `runs`."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.runs import RunReport
    from flows.settings import Settings


@click.command(epilog="Example: GONGKAI_PAUSE_SECONDS=3 gongkai settings")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def settings(as_json: bool) -> None:
    """Print every setting, its value and where it came from."""
    from flows.aligned import aligned
    from flows.settings import Settings, load_settings

    values, origins = load_settings()
    plain = values.model_dump(mode="json")
    if as_json:
        shape = {name: {"value": value, "origin": origins[name]} for name, value in plain.items()}
        click.echo(json.dumps(shape, ensure_ascii=False, indent=1))
        return
    fields = Settings.model_fields
    rows = [(name, repr(value), origins[name], fields[name].description or "") for name, value in plain.items()]
    click.echo(aligned(("name", "value", "from", "meaning"), rows))


@click.command(epilog="Example: gongkai nightly --years 2019-2025 --regions 32,33")
@click.option("--sources", "sources_file", default="", help="Registry to use instead of the one in settings.")
@click.option("--years", default="", help="Report years to fetch, such as 2019-2025; all by default.")
@click.option("--regions", default="", help="Provinces to fetch, such as 32,33; all by default.")
@click.option("--strict", is_flag=True, help="Exit with 1 when something failed, was blocked or fell silent.")
def nightly(sources_file: str, years: str, regions: str, strict: bool) -> None:
    """Run the whole line once: discover, fetch, read, publish, and tell what came out."""
    from flows.settings import load_settings

    report = _run(load_settings()[0], sources_file, years, regions)
    sys.exit(1 if strict and report.has_errors else 0)


@click.command(epilog="Example: gongkai sample")
def sample() -> None:
    """Serve the bundled sample site on loopback and run the whole line on it."""
    from flows.sample import SITE, SOURCES, at, serve
    from flows.settings import load_settings
    from flows.sources import load_sources, write_sources

    os.environ.setdefault("GONGKAI_ALLOW_PRIVATE_ADDRESSES", "true")
    os.environ.setdefault("GONGKAI_PAUSE_SECONDS", "0")
    settings = load_settings()[0]
    settings.work_directory.mkdir(parents=True, exist_ok=True)
    with serve(SITE, _sample_port(settings.work_directory / "sample-port")) as address:
        registry = settings.work_directory / "sample-sources.csv"
        write_sources(registry, (at(address, source) for source in load_sources(SOURCES)))
        click.echo(f"The sample site is served at {address}/", err=True)
        _run(settings, str(registry), "", "")


@click.command(epilog="Example: gongkai replay")
@click.option("--sources", "sources_file", default="", help="Registry to use instead of the one in settings.")
def replay(sources_file: str) -> None:
    """Run the line from the archive alone, without network: read, publish, and tell what came out."""
    from datetime import UTC, datetime

    from flows.line import Line
    from flows.replay import Replay
    from flows.runs import only_run, run_id_of, write_run
    from flows.settings import load_settings
    from flows.sources import load_sources
    from flows.summary import run_text

    settings, now = load_settings()[0], datetime.now(UTC)
    run_id = run_id_of(now)
    sources = load_sources(Path(sources_file) if sources_file else settings.sources_file)
    with only_run(settings.runs_directory, run_id), Line(settings, sources, run_id, now, fetcher=Replay) as line:
        report = line.run()
        write_run(settings.runs_directory, report)
    click.echo(run_text(report, settings.releases_directory))


@click.command(epilog="Example: gongkai serve")
def serve() -> None:
    """Keep the schedule of the settings: 02:00 in Shanghai every night, until stopped."""
    from flows.scheduler import local_server
    from flows.settings import load_settings

    settings = load_settings()[0]
    with local_server(settings):
        from flows.nightly import serve as serve_nightly

        click.echo(f"Serving: {settings.schedule} ({settings.timezone}); stop with Ctrl-C.", err=True)
        serve_nightly(settings)


@click.command(epilog="Example: gongkai runs 20260101T180000Z")
@click.argument("run_id", default="")
@click.option("--json", "as_json", is_flag=True, help="Print the run report as JSON.")
def runs(run_id: str, as_json: bool) -> None:
    """Print the report of a run, or list all runs."""
    from flows.aligned import aligned
    from flows.runs import load_run, run_ids
    from flows.settings import load_settings
    from flows.summary import run_text

    settings = load_settings()[0]
    if as_json:
        name = load_run(settings.runs_directory, run_id).run_id
        click.echo((settings.runs_directory / f"{name}.json").read_text(encoding="utf-8"))
    elif run_id:
        click.echo(run_text(load_run(settings.runs_directory, run_id), settings.releases_directory))
    else:
        reports = [load_run(settings.runs_directory, name) for name in run_ids(settings.runs_directory)]
        rows = [(each.run_id, each.found, each.documents_read, len(each.problems), each.release) for each in reports]
        click.echo(aligned(("run", "found", "read", "problems", "release"), rows))


def _sample_port(note: Path) -> int:
    """The port of the last run if it is still free, so that addresses stay the same; else any free one."""
    wanted = int(note.read_text()) if note.exists() else 0
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            free: int = probe.getsockname()[1]
            note.write_text(str(free))
            return free
    raise click.ClickException("no free port on 127.0.0.1")


def _run(settings: Settings, sources_file: str, years: str, regions: str) -> RunReport:
    from flows.line import Choice
    from flows.runs import load_run, only_run
    from flows.scheduler import prepare_prefect

    Choice.parse(years, regions)
    with only_run(settings.runs_directory, "about to start"):
        pass  # refused here, before Prefect costs its seconds; the flow takes the lock again
    prepare_prefect(settings)
    from flows.nightly import nightly as run_nightly
    from flows.summary import run_text

    path = Path(run_nightly(sources_file, years, regions))
    report = load_run(settings.runs_directory, path.stem)
    click.echo(run_text(report, settings.releases_directory))
    return report
