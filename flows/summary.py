"""A run report and its release in, the text a person reads at the end of a run out.

What was found and fetched, what the release holds (cells by state, findings by code), one comparison of districts, and
two lines that load the data. Numbers come from the published Parquet, not from memory of the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.aligned import aligned
from flows.compare import compare, find_metric
from flows.compare_text import comparison_text
from flows.runs import RunReport
from flows.selection import Selection
from schemas.dataset import CELL_TABLES
from schemas.regions import load_regions

_SHOWN = 12
_METRIC = "disclosure_rate"
_SHOWN_OF_CODE = 3
_WORDS = {
    "new": "fetched new",
    "changed": "fetched changed",
    "not_modified": "not modified",
    "gone": "gone",
    "failed": "failed",
    "blocked": "blocked",
}


def run_text(report: RunReport, releases: Path) -> str:
    """The summary of a run for a terminal."""
    release = releases / report.release
    parts = [
        f"Run {report.run_id}: {report.sources} publishers at {report.sites} sites",
        _fetching(report),
        _reading(report),
        f"Release {report.release}\n  {report.partitions} partitions, {report.partitions_linked} linked unchanged",
        _states(release),
        _findings(release),
        _comparison(release),
        _loading(releases),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def run_markdown(report: RunReport) -> str:
    """The run report as a Prefect artifact: counts by site."""
    rows = [
        f"| {site} | {', '.join(f'{name} {count}' for name, count in counts.items())} |"
        for site, counts in report.by_site.items()
    ]
    return "\n".join([f"Run {report.run_id}", "", "| site | counts |", "|---|---|", *rows])


def _fetching(report: RunReport) -> str:
    counts = ", ".join(f"{words} {report.counts.get(name, 0)}" for name, words in _WORDS.items())
    lines = [
        f"Reports found {report.found}: {counts}",
        f"  {report.requests} requests, {report.received_bytes} bytes, {sum(report.list_pages.values())} list pages",
    ]
    lines += [f"  {event.status.value}: {event.url} ({event.reason})" for event in report.problems[:_SHOWN]]
    if len(report.problems) > _SHOWN:
        lines.append(f"  … and {len(report.problems) - _SHOWN} more in the run report")
    if report.look_alikes:
        kinds = Counter(each.reason for each in report.look_alikes)
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        lines.append(f"  look-alikes rejected {len(report.look_alikes)}: {told}")
    return "\n".join([*lines, *_told(report)])


def _told(report: RunReport) -> Iterator[str]:
    """The run's findings, a few of each code."""
    counts = Counter(found.code for found in report.findings)
    for code, count in sorted(counts.items()):
        messages = [found.message for found in report.findings if found.code == code]
        yield from (f"  {code}: {message}" for message in messages[:_SHOWN_OF_CODE])
        if count > _SHOWN_OF_CODE:
            yield f"  {code}: … and {count - _SHOWN_OF_CODE} more"


def _reading(report: RunReport) -> str:
    unlisted = (
        f", {report.documents_unlisted} of publishers outside the registry left out"
        if report.documents_unlisted
        else ""
    )
    return (
        f"Documents read {report.documents_read}, known already {report.documents_known}{unlisted}\n"
        f"  {report.reports} reports and {report.revisions} later revisions of them"
    )


def _states(release: Path) -> str:
    rows = []
    names: list[str] = []
    counts: dict[str, Counter[str]] = {}
    for table in CELL_TABLES:
        states = _column(release, table, "state")
        if states:
            counts[table] = Counter(states)
            names = sorted({*names, *counts[table]})
    for table, states_of in counts.items():
        rows.append((table, *(states_of.get(name, 0) for name in names)))
    return "Cells by state\n" + aligned(("table", *names), rows, "  ") if rows else ""


def _findings(release: Path) -> str:
    codes = Counter(_column(release, "findings", "code"))
    rows = [(code, count) for code, count in sorted(codes.items(), key=lambda each: (-each[1], each[0]))]
    return "Findings by code\n" + aligned(("code", "findings"), rows, "  ") if rows else "Findings: none"


def _comparison(release: Path) -> str:
    """One metric of the districts with the most years, beside each other."""
    years = Counter(_column(release, "panel", "district_code"))
    known = (load_regions().get(code) for code, _ in sorted(years.items(), key=lambda each: (-each[1], each[0])))
    districts = tuple(islice((region for region in known if region is not None), _SHOWN))
    if not districts:
        return ""
    return comparison_text(compare(release, (find_metric(_METRIC),), Selection(districts))).rstrip()


def _loading(releases: Path) -> str:
    return f'Load it\n  import pandas as pd\n  cells = pd.read_parquet("{releases}/latest/requests")'


def _column(release: Path, table: str, name: str) -> list[str]:
    values: list[str] = []
    for file in sorted((release / table).glob("**/*.parquet")):
        values += pc.cast(pq.read_table(file, columns=[name], partitioning=None)[name], "string").to_pylist()
    return values
