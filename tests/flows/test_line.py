import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.archive import Archive
from flows.collect import Event, Status
from flows.fetch import Fetches
from flows.line import Choice, Line
from flows.replay import Replay
from flows.runs import RunError, RunReport, announce, load_run, only_run, write_run
from flows.sample import SITE, SOURCES, at, serve
from flows.settings import Settings, SettingsError
from flows.sources import load_sources
from schemas.records import Level, Source

START = datetime(2024, 6, 1, 2, tzinfo=UTC)


class Site:
    """A copy of the sample site that a test may change between runs."""

    def __init__(self, directory: Path, address: str, data: Path) -> None:
        self.directory = directory
        self.address = address
        self.settings = Settings(
            data_directory=data, allow_private_addresses=True, pause_seconds=0, processes=1, backoff_seconds=0.01
        )
        self.sources: tuple[Source, ...] = tuple(at(address, source) for source in load_sources(SOURCES))
        self.start = START
        self._runs = 0

    def run(self, choice: Choice | None = None, fetcher: Callable[[Archive], Fetches] | None = None) -> RunReport:
        self._runs += 1
        now = self.start + timedelta(days=self._runs)
        with Line(self.settings, self.sources, f"run{self._runs}", now, choice, fetcher) as line:
            return line.run(now=lambda: now + timedelta(minutes=1))

    def rows(self, table: str) -> list[dict[str, object]]:
        folder = self.settings.releases_directory / "latest" / table
        rows: list[dict[str, object]] = pq.read_table(folder).to_pylist()
        return rows

    def page(self, path: str) -> Path:
        return self.directory / path


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, RunReport]]:
    root = tmp_path_factory.mktemp("line")
    shutil.copytree(SITE, root / "site")
    with serve(root / "site") as address:
        site = Site(root / "site", address, root / "data")
        yield site, site.run()


@pytest.fixture
def copied(first: tuple[Site, RunReport], tmp_path: Path) -> Site:
    """The state after the first run, for a test of its own; the site is served for all of them."""
    site, _ = first
    shutil.copytree(site.settings.data_directory, tmp_path / "data", symlinks=True)
    return Site(site.directory, site.address, tmp_path / "data")


def test_first_run_tells_what_it_found(first: tuple[Site, RunReport]) -> None:
    _, report = first
    assert report.counts == {"gone": 1, "new": 15}
    assert (report.found, report.reports, report.revisions) == (16, 14, 1)
    assert (report.documents_read, report.documents_known) == (15, 0)
    assert [(event.status.value, event.url.rpartition("/")[2]) for event in report.problems] == [
        ("gone", "t20200319_96779.html")
    ]
    assert "interpretation" in {each.reason for each in report.look_alikes}


def test_release_holds_every_report_of_the_sample(first: tuple[Site, RunReport]) -> None:
    site, _ = first
    reports = [row for row in site.rows("reports") if row["is_latest"]]
    assert len(reports) == 14
    assert {row["district"] for row in reports} == {"云麓区", "澄湾区", "栖山县"}


def test_corrected_report_is_a_later_revision(first: tuple[Site, RunReport]) -> None:
    site, _ = first
    changed = {
        (row["item"], row["column"]): (row["value_before"], row["value_after"]) for row in site.rows("revisions")
    }
    assert changed == {
        ("granted", "natural_person"): (62.0, 59.0),
        ("granted", "total"): (63.0, 60.0),
        ("unavailable.not_held", "natural_person"): (27.0, 30.0),
        ("unavailable.not_held", "total"): (28.0, 31.0),
    }


def test_report_that_does_not_add_up_is_published_with_its_finding(first: tuple[Site, RunReport]) -> None:
    site, _ = first
    codes = {(row["report_id"], row["code"]) for row in site.rows("findings") if row["severity"] == "error"}
    assert ("990102-01-2021", "requests.balance") in codes
    assert {report_id for report_id, _ in codes} == {"990102-01-2021"}


def test_second_run_fetches_and_reads_nothing_new_and_links(copied: Site) -> None:
    report = copied.run()
    assert report.counts == {"gone": 1, "not_modified": 15}
    assert (report.documents_read, report.documents_known) == (0, 15)
    assert report.partitions_linked == report.partitions


def test_changed_page_is_read_again_as_a_revision(copied: Site) -> None:
    page = copied.page("yunlu/ndbg/202303/t20230321_25782.html")
    before = page.read_bytes()
    page.write_bytes(before.replace("召开政务公开专题会议".encode(), "共召开政务公开专题会议".encode()))
    try:
        report = copied.run()
    finally:
        page.write_bytes(before)
    assert report.counts == {"changed": 1, "gone": 1, "not_modified": 14}
    assert (report.documents_read, report.reports, report.revisions) == (1, 14, 2)


def test_report_that_vanishes_stays_in_the_data(copied: Site) -> None:
    page = copied.page("yunlu/ndbg/202003/t20200318_95779.html")
    body = page.read_bytes()
    page.unlink()
    try:
        report = copied.run()
    finally:
        page.write_bytes(body)
    assert report.counts == {"gone": 2, "not_modified": 14}
    assert report.reports == 14


def test_list_that_falls_silent_is_a_finding(copied: Site) -> None:
    page = copied.page("chengwan/ndbg/index.html")
    body = page.read_bytes()
    page.write_bytes("<html><body><h1>政府信息公开</h1></body></html>".encode())
    try:
        report = copied.run()
    finally:
        page.write_bytes(body)
    assert [(found.code, found.place) for found in report.findings] == [("discover.silent", "990102-01")]
    assert report.reports == 14


def test_site_that_is_down_does_not_stop_the_run(copied: Site) -> None:
    down = Source("990104-01", "990104", "示例市鹭汀区人民政府", Level.COUNTY, "http://127.0.0.1:9/ndbg/")
    copied.sources = (*copied.sources, down)
    report = copied.run()
    failed = [event for event in report.problems if event.status.value == "failed"]
    assert [(event.publisher_id, event.is_list) for event in failed] == [("990104-01", True)]
    assert report.has_errors
    assert report.reports == 14


def test_chosen_years_alone_are_fetched(tmp_path: Path, first: tuple[Site, RunReport]) -> None:
    site = Site(first[0].directory, first[0].address, tmp_path / "data")
    report = site.run(Choice.parse("2022-2023", ""))
    assert report.counts == {"new": 7}


def test_chosen_provinces_alone_are_looked_at(tmp_path: Path, first: tuple[Site, RunReport]) -> None:
    site = Site(first[0].directory, first[0].address, tmp_path / "data")
    report = site.run(Choice.parse("", "32,33"))
    assert (report.requests, report.counts) == (0, {})


@pytest.mark.parametrize("words", [("2019-", ""), ("lately", ""), ("", "Jiangsu")])
def test_choice_in_other_words_is_refused(words: tuple[str, str]) -> None:
    with pytest.raises(SettingsError):
        Choice.parse(*words)


def test_run_killed_after_fetching_loses_nothing(tmp_path: Path, first: tuple[Site, RunReport]) -> None:
    site = Site(first[0].directory, first[0].address, tmp_path / "data")
    line = Line(site.settings, site.sources, "killed", START)
    line.collect(line.sites[0])
    del line
    report = site.run()
    assert report.counts == {"gone": 1, "not_modified": 15}
    assert report.documents_read == 15


def test_lost_index_is_rebuilt_and_nothing_is_fetched_again(copied: Site) -> None:
    (copied.settings.archive_directory / "index.sqlite").unlink()
    assert copied.run().counts == {"gone": 1, "not_modified": 15}
    assert len(Archive(copied.settings.archive_directory).reports()) == 15


def test_replay_makes_the_same_release_without_a_request(copied: Site) -> None:
    before = {table: copied.rows(table) for table in ("reports", "requests", "figures", "findings")}
    shutil.rmtree(copied.settings.releases_directory)
    shutil.rmtree(copied.settings.work_directory)
    report = copied.run(fetcher=Replay)
    assert (report.requests, report.documents_read, report.reports) == (0, 15, 14)
    assert {table: copied.rows(table) for table in before} == before


def test_publisher_whose_report_is_due_and_not_found_is_told(copied: Site) -> None:
    copied.start = datetime(2025, 4, 1, 2, tzinfo=UTC)
    told = [(found.code, found.place, found.expected) for found in copied.run().findings]
    assert told == [("report.overdue", f"99010{n}-01-2024", "2025-03-31") for n in (1, 2, 3)]


def test_second_run_at_once_is_refused(tmp_path: Path) -> None:
    with (
        only_run(tmp_path, "one"),
        pytest.raises(RunError, match=r"run one \(process \d+\) is under way"),
        only_run(tmp_path, "two"),
    ):
        pass


def test_run_report_reads_back_equal(first: tuple[Site, RunReport], tmp_path: Path) -> None:
    _, report = first
    write_run(tmp_path, report)
    assert load_run(tmp_path) == report
    with pytest.raises(RunError, match="no run missing"):
        load_run(tmp_path, "missing")


def test_command_of_the_settings_is_run_with_the_report_of_a_run_with_errors(tmp_path: Path) -> None:
    command = f"{sys.executable} -c 'import sys, pathlib; pathlib.Path(sys.argv[1]).with_suffix(\".seen\").touch()'"
    settings = Settings(data_directory=tmp_path, on_error_command=command)
    report = RunReport("run", START, START, 1, 1, 0, {}, {}, 0, 0, 0, 0, 0, 0, 0, "release", 0, 0, {}, (), (), (), ())
    announce(settings, report, tmp_path / "run.json")
    assert not (tmp_path / "run.seen").exists()
    failed = Event("990101-01", "http://a.gov.cn/", Status.FAILED, is_list=True)
    announce(settings, replace(report, problems=(failed,)), tmp_path / "run.json")
    assert (tmp_path / "run.seen").exists()
