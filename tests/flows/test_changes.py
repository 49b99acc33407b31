from dataclasses import replace
from datetime import date
from decimal import Decimal

from sample_items import LATER, NOW, cells_of, item_of

from flows.changes import Version, find_changes
from flows.normalize import normalize
from flows.overrides import Override, Reading
from flows.publish import publish
from flows.releases import load_manifest
from schemas.records import Figure, Period, Qualifier, State


def changes_between(root, before, after, first=None, then=None):
    """(report, table, item, kind, cause) of every row of `changes`; before and after are tables."""
    publish(before, root, NOW, **{"code_version": "x", **(first or {})})
    release = publish(after, root, LATER, **{"code_version": "x", **(then or {})})
    rows = release.changes.table.to_pylist()
    return [(row["report_id"], row["table"], row["item"], row["kind"], row["cause"]) for row in rows]


def figure(value, start=4):
    number = Decimal(value)
    return Figure(
        "requests.received", number, "件", Qualifier.EXACT, None, None, Period.CURRENT, None, value, start, start + 2
    )


def test_override_is_the_cause_of_what_it_corrects(tmp_path):
    item = item_of(cells=cells_of(requests__granted__total=12))
    use = Override(
        "o-1",
        item.report_id,
        "requests",
        "granted",
        "total",
        Reading(State.VALUE, Decimal(12)),
        Reading(State.VALUE, Decimal(72)),
        "why",
        "page 1",
        "someone",
        date(2026, 1, 1),
        item.capture.sha256,
    )
    assert changes_between(tmp_path, normalize([item]), normalize([item], [use])) == [
        ("9901010001-2021", "requests", "granted", "changed", "override")
    ]


def test_other_readers_are_told_before_other_code(tmp_path):
    better = item_of(cells=cells_of(requests__granted__total=4))
    found = changes_between(
        tmp_path, normalize([item_of()]), normalize([better]), {}, {"code_version": "y", "readers": ["ocr"]}
    )
    assert found == [("9901010001-2021", "requests", "granted", "changed", "new_readers")]


def test_change_that_nothing_explains_is_unattributed(tmp_path):
    better = item_of(cells=cells_of(requests__granted__total=4))
    assert changes_between(tmp_path, normalize([item_of()]), normalize([better])) == [
        ("9901010001-2021", "requests", "granted", "changed", "unattributed")
    ]


def test_report_that_moved_to_another_region_is_one_row(tmp_path):
    lost = item_of("3213020001")
    lost = replace(lost, source=replace(lost.source, district_code=""))
    lost = replace(lost, extracted=replace(lost.extracted, report=replace(lost.extracted.report, district_code=None)))
    assert changes_between(tmp_path, normalize([lost]), normalize([item_of("3213020001")])) == [
        ("3213020001-2021", "reports", "", "moved", "new_region")
    ]


def test_figure_is_compared_at_its_place_in_the_text(tmp_path):
    before = item_of(figures=(figure("72"), figure("5", 40)))
    after = item_of(figures=(figure("3", 0), figure("73"), figure("5", 40)))
    found = changes_between(tmp_path, normalize([before]), normalize([after]), {}, {"code_version": "y"})
    assert found == [
        ("9901010001-2021", "figures", "requests.received", "added", "new_code"),
        ("9901010001-2021", "figures", "requests.received", "changed", "new_code"),
    ]


def test_two_published_releases_can_be_compared_again(tmp_path):
    changes_between(tmp_path, normalize([item_of()]), normalize([item_of(), item_of(year=2022)]))
    old, new = sorted(path for path in tmp_path.iterdir() if path.name.startswith("2026"))
    changes = find_changes(Version.of(old, load_manifest(old)), Version.of(new, load_manifest(new)))
    counts = {(one.table, one.year, one.kind): one.rows for one in changes.counts}
    assert counts == {
        ("reports", 2022, "added"): 1,
        ("disclosure", 2022, "added"): 10,
        ("requests", 2022, "added"): 175,
        ("proceedings", 2022, "added"): 15,
    }
