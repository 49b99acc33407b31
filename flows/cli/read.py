"""Commands that read one report: `extract`, `explain`, `figures`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from schemas.records import ExtractedReport


@click.command(epilog="Example: gongkai extract report.html --json")
@click.argument("files", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON (one FILE).")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Print one JSON line a FILE, in the order given.")
@click.option("--strict", is_flag=True, help="Exit with 1 for what is no report or has errors.")
@click.option("--explain", is_flag=True, help="Tell how each table was read and what else was weighed.")
def extract(files: tuple[str, ...], as_json: bool, as_jsonl: bool, strict: bool, explain: bool) -> None:
    """Read reports from files (no network), addresses or standard input (-) and print what they say."""
    if as_json and len(files) > 1:
        raise click.UsageError("--json prints one report; use --jsonl for several files.")
    failed = False
    for name, extracted in _read_all(files):
        broken = any(found.severity == "error" for found in extracted.findings)
        failed = failed or broken or extracted.report is None
        click.echo(_shown(name, extracted, as_json, as_jsonl, explain))
    sys.exit(1 if strict and failed else 0)


def _read_all(files: tuple[str, ...]) -> Iterator[tuple[str, ExtractedReport]]:
    from flows.extract import extract_bytes

    missing = [name for name in files if not _is_address(name) and name != "-" and not Path(name).is_file()]
    if missing:
        raise click.UsageError(f"{missing[0]}: no such file; nothing was read.")
    for name in files:
        yield name, _read_address(name) if _is_address(name) else extract_bytes(_load(name))


def _is_address(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def _read_address(url: str) -> ExtractedReport:
    from flows.extract import extract_bytes, finding_of_outcome
    from flows.fetch import Fetched, Fetcher
    from flows.settings import load_settings
    from schemas.records import ExtractedReport, Hints

    outcome = Fetcher(load_settings()[0]).fetch(url)
    if not isinstance(outcome, Fetched):
        return ExtractedReport(None, findings=(finding_of_outcome(outcome),))
    capture = outcome.capture
    hints = Hints(
        url=capture.final_url, declared_charset=capture.declared_charset, captured_date=capture.captured_at.date()
    )
    return extract_bytes(outcome.body, hints)


def _load(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror or error}; name a file that can be read.") from error


def _shown(name: str, extracted: ExtractedReport, as_json: bool, as_jsonl: bool, explain: bool) -> str:
    from flows.extract import report_as_json
    from flows.show import show_report

    if as_jsonl:
        return json.dumps({"file": name, **report_as_json(extracted, explain)}, ensure_ascii=False)
    if as_json:
        return json.dumps(report_as_json(extracted, explain), ensure_ascii=False, indent=1)
    return show_report(name, extracted, explain)


@click.command(epilog="Example: gongkai explain 990101-01-2021 requests/granted/total")
@click.argument("report_id")
@click.argument("place", default="")
@click.option("--release", "release_id", default="latest", help="Release to look in.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def explain(report_id: str, place: str, release_id: str, as_json: bool) -> None:
    """Walk from a published value back to the words on the page and the bytes it came from."""
    from flows.archive import Archive
    from flows.explain import explain as explain_place
    from flows.explain import explanation_json, explanation_text
    from flows.releases import find_release
    from flows.settings import load_settings

    settings = load_settings()[0]
    release = find_release(settings.releases_directory, release_id)
    explained = explain_place(release, Archive(settings.archive_directory), report_id, place)
    if as_json:
        click.echo(json.dumps(explanation_json(explained), ensure_ascii=False, indent=1))
    else:
        click.echo(explanation_text(explained, place), nl=False)


@click.command(epilog="Example: gongkai figures cases.jsonl")
@click.argument("cases", type=click.File("r", encoding="utf-8"))
def figures(cases: TextIO) -> None:
    """Find the figures told in prose: JSON lines with id, year and text in, JSON lines with id and figures out."""
    from flows.figures import figures_of_case

    for number, line in enumerate(cases, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            answer = figures_of_case(case)
        except (ValueError, KeyError, TypeError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else str(error)
            place = f"{cases.name}:{number}"
            raise click.UsageError(f"{place}: expected a JSON object with id, year and text: {reason}") from error
        click.echo(json.dumps(answer, ensure_ascii=False))
