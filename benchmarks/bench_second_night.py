"""What a night without news costs: known captures asked for again, nothing read, everything linked.

    python -m benchmarks.bench_second_night --reports 10000

A farm of sites is collected once and its reports are given the content of one sample report (reading them is measured
elsewhere), so that the release has its real size. Then the line runs again without Prefect, stage by stage.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flows.aligned import aligned
from flows.extract import dump_extracted, extract_bytes
from flows.line import Line
from flows.sample import SITE
from flows.settings import Settings
from tests.farm import Farm

REPORT = SITE / "chengwan/ndbg/202003/t20200321_98779.html"


def fill(line: Line) -> None:
    """Give every capture that is not read yet the content of the sample report."""
    extracted = extract_bytes(REPORT.read_bytes())
    for key, document in line._documents.items():
        identity = extracted.report and replace(extracted.report, year=document.link.year, title=document.link.title)
        line._state.keep([(key, dump_extracted(replace(extracted, report=identity)))])


def night(farm: Farm, settings: Settings, run_id: str, is_first: bool) -> list[tuple[str, str]]:
    """One run; seconds by stage and what the run report says."""
    times = []
    start = time.monotonic()
    with Line(settings, farm.sources, run_id, datetime.now(UTC)) as line:
        times.append(("open", time.monotonic() - start))
        start = time.monotonic()
        with ThreadPoolExecutor(settings.hosts_at_once) as pool:
            list(pool.map(line.collect, line.sites))
        times.append(("discover and fetch", time.monotonic() - start))
        if is_first:
            fill(line)
        start = time.monotonic()
        for batch in line.batches():
            line.read(batch)
        times.append(("find what is unread, read it", time.monotonic() - start))
        start = time.monotonic()
        report = line.publish()
        times.append(("publish", time.monotonic() - start))
    told = [
        ("requests", str(report.requests)),
        ("bytes received", str(report.received_bytes)),
        ("documents read", str(report.documents_read)),
        ("documents known", str(report.documents_known)),
        ("partitions", str(report.partitions)),
        ("partitions linked", str(report.partitions_linked)),
    ]
    return [(stage, f"{seconds:.1f} s") for stage, seconds in times] + told


def main() -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--reports", type=int, default=10000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        Farm(options.sites, options.reports, faults=False) as farm,
    ):
        settings = Settings(
            data_directory=Path(directory), allow_private_addresses=True, pause_seconds=0, hosts_at_once=16
        )
        first = night(farm, settings, "first", True)
        second = night(farm, settings, "second", False)
    rows = [(name, value, again) for (name, value), (_, again) in zip(first, second, strict=True)]
    print(aligned(("", "first night", "second night"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
