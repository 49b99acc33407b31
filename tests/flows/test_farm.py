import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from flows.addresses import canonical
from flows.archive import Archive
from flows.collect import Collection, Status, collect_site, sites_of
from flows.fetch import Fetcher
from flows.settings import Settings
from flows.sources import write_sources
from tests.farm import Farm

PAUSE = 0.05


def settings(data: Path) -> Settings:
    return Settings(
        data_directory=data,
        allow_private_addresses=True,
        pause_seconds=PAUSE,
        backoff_seconds=0.01,
        read_seconds=0.5,
        total_seconds=20,
        max_bytes=5_000_000,
    )


def collect(farm: Farm, data: Path) -> tuple[Collection, ...]:
    fetcher, archive = Fetcher(settings(data)), Archive(settings(data).archive_directory, "run")
    sites = sites_of(farm.sources)
    with ThreadPoolExecutor(len(sites)) as pool:
        return tuple(pool.map(lambda site: collect_site(site, sites[site], fetcher, archive), sites))


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(sites=12, reports=200, seed=5) as farm:
        yield farm


@pytest.fixture(scope="module")
def first(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Collection, ...], int]:
    data = tmp_path_factory.mktemp("farm")
    return data, collect(farm, data), len(farm.log)


def captured(data: Path) -> set[str]:
    return {capture.url for _, capture in Archive(settings(data).archive_directory).reports()}


def test_every_report_a_person_can_reach_is_found(farm: Farm, first: tuple[Path, tuple[Collection, ...], int]) -> None:
    data, _, _ = first
    assert farm.documents
    assert (set(farm.wanted) | farm.documents) - captured(data) == set()


def test_each_report_is_found_for_its_publisher_and_year(
    farm: Farm, first: tuple[Path, tuple[Collection, ...], int]
) -> None:
    found = {
        capture.url: (link.publisher_id, link.year)
        for link, capture in Archive(settings(first[0]).archive_directory).reports()
        if link.year is not None
    }
    assert {url: told for url, told in farm.wanted.items() if url in found} == {
        url: told for url, told in found.items() if url in farm.wanted
    }
    assert len(found) > 150


def test_no_look_alike_and_no_other_publisher_is_taken(
    farm: Farm, first: tuple[Path, tuple[Collection, ...], int]
) -> None:
    data, collections, _ = first
    assert farm.unwanted & captured(data) == set()
    told = {each.url for collection in collections for each in (*collection.rejected, *collection.others)}
    assert {canonical(url) for url in farm.unwanted} == {canonical(url) for url in told}


def test_every_broken_report_is_told_with_its_kind(farm: Farm, first: tuple[Path, tuple[Collection, ...], int]) -> None:
    data, collections, _ = first
    events = {event.url: event.status for collection in collections for event in collection.events}
    kinds = {"robots": Status.BLOCKED, "wall": Status.BLOCKED, "gone": Status.GONE}
    assert farm.broken
    assert {url: events[url] for url in farm.broken} == {
        url: kinds.get(fault, Status.FAILED) for url, fault in farm.broken.items()
    }
    assert set(farm.broken) & captured(data) == set()


def test_one_request_at_a_time_with_a_pause_between(
    farm: Farm, first: tuple[Path, tuple[Collection, ...], int]
) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    for site, _, at in farm.log[: first[2]]:
        times[site].append(at)
    gaps = [later - earlier for each in times.values() for earlier, later in pairwise(each)]
    assert len(gaps) > 200
    assert min(gaps) >= PAUSE


def test_forbidden_paths_are_not_asked_for(farm: Farm, first: tuple[Path, tuple[Collection, ...], int]) -> None:
    forbidden = {url for url, fault in farm.broken.items() if fault == "robots"}
    assert forbidden
    assert forbidden & {site + path for site, path, _ in farm.log} == set()


def test_second_night_fetches_nothing_new(farm: Farm, first: tuple[Path, tuple[Collection, ...], int]) -> None:
    data, _, _ = first
    before = captured(data)
    statuses = {event.status for collection in collect(farm, data) for event in collection.events}
    assert statuses <= {Status.NOT_MODIFIED, Status.GONE, Status.BLOCKED, Status.FAILED}
    assert captured(data) == before


def test_nothing_is_lost_when_a_run_is_killed(tmp_path: Path) -> None:
    with Farm(sites=4, reports=40, seed=7, faults=False) as farm:
        write_sources(tmp_path / "sources.csv", farm.sources)
        program = (
            "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
            "from flows.line import Line; from flows.settings import load_settings\n"
            "from flows.sources import load_sources\n"
            "sources = load_sources(Path(sys.argv[1]))\n"
            "line = Line(load_settings()[0], sources, sys.argv[2], datetime.now(UTC))\n"
            "for site in line.sites: line.collect(site)\n"
        )
        environment = {
            "GONGKAI_DATA_DIRECTORY": str(tmp_path / "data"),
            "GONGKAI_ALLOW_PRIVATE_ADDRESSES": "true",
            "GONGKAI_PAUSE_SECONDS": "0.02",
        }

        def start(run_id: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-c", program, str(tmp_path / "sources.csv"), run_id]
            return subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[2])

        killed = start("killed")
        deadline = time.monotonic() + 120
        while len(farm.log) < 25 and time.monotonic() < deadline:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        kept = captured(tmp_path / "data")
        assert 0 < len(kept) < len(farm.wanted)
        assert start("again").wait() == 0
        again = Archive(tmp_path / "data" / "archive").reports()
    expected = set(farm.wanted) | farm.documents
    assert {capture.url for _, capture in again} == expected
    assert len(again) == len(expected)
