"""How well and how fast sites are collected: recall, look-alikes taken, politeness, and the cost of a second night.

    python -m benchmarks.bench_farm --sites 60 --reports 2000

A farm of sites on loopback with all families and faults (`tests/farm.py`) is collected twice. Recall is told apart
for families with a reader of their own and for those read by the generic one. Exit status 1 when a report that can be
had was not found, a look-alike was taken, or the pause was not kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

from flows.addresses import site_of
from flows.aligned import aligned
from flows.archive import Archive
from flows.collect import collect_site, count_events, sites_of
from flows.discover.families import reader_of
from flows.fetch import Fetcher
from flows.settings import Settings
from tests.farm import Farm


def night(farm: Farm, settings: Settings, run_id: str) -> tuple[float, int, int, Counter[str]]:
    """Collect once: seconds, requests, bytes received, reports by what became of them."""
    fetcher, archive = Fetcher(settings), Archive(settings.archive_directory, run_id)
    sites = sites_of(farm.sources)
    start = time.monotonic()
    with ThreadPoolExecutor(settings.hosts_at_once) as pool:
        collections = list(pool.map(lambda site: collect_site(site, sites[site], fetcher, archive), sites))
    traffic = fetcher.traffic().values()
    counts = Counter({status.value: count for status, count in count_events(collections).items()})
    archive.close()
    return (
        time.monotonic() - start,
        sum(each.requests for each in traffic),
        sum(each.received_bytes for each in traffic),
        counts,
    )


def recall_by_family(farm: Farm, captured: set[str]) -> list[tuple[str, str, int, int]]:
    """Family, its reader, reports that can be had, and how many of them were captured."""
    families = {site_of(source.list_url or source.portal): source.cms_family or "generic" for source in farm.sources}
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for url in farm.wanted:
        family = families[site_of(url)]
        wanted[family] += 1
        found[family] += url in captured
    return [(family, reader_of(family), wanted[family], found[family]) for family in sorted(wanted)]


def shortest_gap(farm: Farm, requests: int) -> float:
    """The shortest time between two requests to one site."""
    times: dict[str, list[float]] = defaultdict(list)
    for site, _, at in farm.log[:requests]:
        times[site].append(at)
    return min(later - earlier for each in times.values() for earlier, later in pairwise(each))


def main() -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--pause", type=float, default=0.05)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, Farm(options.sites, options.reports) as farm:
        settings = Settings(
            data_directory=Path(directory),
            allow_private_addresses=True,
            pause_seconds=options.pause,
            backoff_seconds=0.05,
            read_seconds=0.5,
            max_bytes=5_000_000,
            hosts_at_once=options.sites,
        )
        nights = []
        for run_id in ("first", "second"):
            nights.append(night(farm, settings, run_id))
            if run_id == "first":
                gap = shortest_gap(farm, len(farm.log))
        captured = {capture.url for _, capture in Archive(settings.archive_directory).reports()}
        table = recall_by_family(farm, captured)
        taken = farm.unwanted & captured
        broken = Counter(farm.broken.values())
    print(f"{options.sites} sites, {len(farm.wanted)} reports that can be had, {sum(broken.values())} that cannot")
    print(aligned(("family", "reader", "reports", "found"), table))
    print(f"look-alikes taken: {len(taken)}; shortest pause {gap:.3f} s of {options.pause:g} s")
    print("broken: " + ", ".join(f"{count} {fault}" for fault, count in sorted(broken.items())))
    rows = [
        (name, f"{seconds:.1f}", asked, size, dict(counts))
        for name, (seconds, asked, size, counts) in zip(("first night", "second night"), nights, strict=True)
    ]
    print(aligned(("", "seconds", "requests", "bytes", "reports"), rows))
    missed = sum(reports - found for *_, reports, found in table)
    return int(bool(missed or taken or gap < options.pause))


if __name__ == "__main__":
    sys.exit(main())
