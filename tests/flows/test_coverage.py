from collections import Counter
from dataclasses import replace
from datetime import date

from sample_items import cells_of, item_of

from flows.coverage import Check, add_coverage, load_checks, save_checks
from flows.normalize import normalize
from schemas.findings import finding
from schemas.form import load_form
from schemas.records import ExtractedReport, State
from schemas.regions import Kind, load_regions

DAY = date(2026, 11, 24)
CODE, OTHER = "321302", "321311"
UNREAD = {
    f"{table.id}__{item}__{column}": State.UNREAD
    for table in load_form("2021").tables
    for item, column in tuple(table.keys())
}


def coverage_of(items=(), sources=(), checks=(), years=(2021,)):
    frames = add_coverage(normalize(items), sources, checks, years)
    return {(row["district_code"], row["report_year"]): row for row in frames["coverage"].to_pylist()}


def state_of(rows, code, year=2021):
    row = rows[code, year]
    return row["coverage_state"], row["reason"], row["checked_date"]


def clean(publisher="3213020001", **parts):
    return item_of(publisher, **parts)


def test_denominator_is_every_county_of_that_year():
    rows = coverage_of(years=(2012, 2021))
    assert Counter(year for _, year in rows) == {year: len(load_regions().counties(year)) for year in (2012, 2021)}
    assert {row["coverage_state"] for row in rows.values()} == {"not_looked_for"}


def test_sample_districts_count_only_where_a_source_has_them():
    rows = coverage_of([item_of()], [item_of().source])
    assert {code for code, _ in rows if code.startswith("99")} == {
        region.code for region in load_regions().counties(2021, kind=Kind.SAMPLE)
    }


def test_report_is_read_and_told_apart_from_one_with_findings():
    rows = coverage_of([clean()])
    assert state_of(rows, CODE) == ("read", None, DAY)
    told = clean(findings=(finding("requests.balance", place="p", expected="1", found="2"),))
    assert state_of(coverage_of([told]), CODE) == ("read_with_findings", "requests.balance", DAY)


def test_report_without_a_readable_cell_is_unreadable():
    assert state_of(coverage_of([clean(cells=cells_of(**UNREAD))]), CODE)[0] == "unreadable"


def test_page_that_could_not_be_read_is_unreadable():
    page = replace(clean(), extracted=ExtractedReport(None, findings=(finding("extract.failed", found="x"),)))
    assert state_of(coverage_of([page]), CODE) == ("unreadable", "extract.failed", None)


def test_page_known_by_its_bytes_alone_counts_for_the_year_of_its_link():
    failed = ExtractedReport(None, findings=(finding("extract.failed", found="x"),))
    page = replace(clean(), extracted=failed, report_id="sha256:0123456789ab", year=2021)
    assert state_of(coverage_of([page]), CODE)[:2] == ("unreadable", "extract.failed")


def test_source_looked_at_without_the_year_is_not_found():
    rows = coverage_of([clean()], [clean().source], [Check("3213020001", DAY)], (2020, 2021))
    assert state_of(rows, CODE, 2020) == ("not_found", None, DAY)
    assert state_of(rows, OTHER, 2020) == ("not_looked_for", None, None)


def test_source_that_refused_us_is_blocked_with_its_reason():
    rows = coverage_of([], [clean().source], [Check("3213020001", DAY, "403 forbidden")])
    assert state_of(rows, CODE) == ("blocked", "403 forbidden", DAY)


def test_source_never_looked_at_is_not_looked_for():
    assert state_of(coverage_of([], [clean().source]), CODE) == ("not_looked_for", None, None)


def test_source_of_today_stands_for_the_code_of_its_time():
    source = item_of("3206140001").source
    rows = coverage_of([], [source], [Check("3206140001", DAY)], (2018,))
    assert state_of(rows, "320684", 2018) == ("not_found", None, DAY)


def test_checks_are_kept_and_newer_ones_win(tmp_path):
    file = tmp_path / "runs" / "checks.jsonl"
    save_checks(file, [Check("a", DAY, "timeout"), Check("b", DAY)])
    kept = save_checks(file, [Check("a", date(2026, 12, 1))])
    assert kept == (Check("a", date(2026, 12, 1)), Check("b", DAY))
    assert load_checks(file) == {"a": kept[0], "b": kept[1]}
    assert load_checks(tmp_path / "none") == {}
