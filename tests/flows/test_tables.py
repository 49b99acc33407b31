from datetime import date

from sample_items import LATER, NOW, item_of

from flows.collect import Collection, Event, Status
from flows.coverage import Check
from flows.publish import publish, publish_partitions
from flows.releases import load_manifest
from flows.tables import build_partitions, build_tables, checks_of, load_tables_of

DAY = date(2026, 11, 24)
SAMPLE = [item_of(f"99010{n}0001", year) for n in (1, 2) for year in (2019, 2020, 2021)]
JIANGSU = [item_of("3213020001", year) for year in (2018, 2021)]
MORE = ([], [item.source for item in (SAMPLE[0], JIANGSU[0])], [Check("3213020001", DAY)], 2021)


def files_of(release):
    return {file.path: file.sha256 for file in load_manifest(release.directory).files}


def test_region_by_region_gives_the_same_files_as_all_at_once(tmp_path):
    whole = publish(build_tables([*SAMPLE, *JIANGSU], *MORE), tmp_path / "a", NOW, code_version="x")
    parts = publish_partitions(build_partitions([JIANGSU, SAMPLE], *MORE), tmp_path / "b", NOW, code_version="x")
    assert files_of(whole) == files_of(parts)
    assert {path.split("/")[0] for path in files_of(parts)} >= {"panel", "coverage", "findings"}


def test_tables_of_a_release_publish_the_same_files_again(tmp_path):
    first = publish(build_tables([*SAMPLE, *JIANGSU], *MORE), tmp_path, NOW, code_version="x")
    again = publish(load_tables_of(first.directory), tmp_path, LATER, code_version="x")
    assert files_of(first) == files_of(again)
    assert again.changes.counts == ()


def test_list_that_was_there_is_a_check_and_one_that_was_not_gives_its_reason():
    events = (
        Event("a", "http://127.0.0.1/1", Status.NOT_MODIFIED, is_list=True),
        Event("b", "http://127.0.0.1/2", Status.BLOCKED, reason="403", is_list=True),
        Event("c", "http://127.0.0.1/3", Status.FAILED, reason="timeout", is_list=True),
        Event("c", "http://127.0.0.1/4", Status.NEW, is_list=True),
        Event("d", "http://127.0.0.1/5", Status.GONE, title="report"),
    )
    collection = Collection("127.0.0.1", events, (), (), ())
    assert checks_of([collection], DAY) == (Check("a", DAY), Check("b", DAY, "403"), Check("c", DAY))
