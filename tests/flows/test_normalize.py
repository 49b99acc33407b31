import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sample_items import cells_of, item_of

from flows.normalize import REPORT_TABLES, normalize
from flows.overrides import Override, Reading
from schemas.dataset import arrow_schema
from schemas.findings import finding
from schemas.records import ExtractedReport, Figure, Level, Period, Qualifier, Section, State


def rows_of(frames, table, **wanted):
    rows = frames[table].to_pylist()
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def cell_of(frames, place, **wanted):
    table, item, column = place.split("/")
    (row,) = rows_of(frames, table, item=item, column=column, **wanted)
    return row


def override_of(item, place, found, use):
    table, row, column = place.split("/")
    return Override(
        "o-1",
        item.report_id,
        table,
        row,
        column,
        found,
        use,
        "why",
        "page 1",
        "someone",
        date(2026, 1, 1),
        item.capture.sha256,
    )


def test_no_items_give_all_tables_without_rows():
    frames = normalize([])
    assert set(frames) == set(REPORT_TABLES)
    assert all(frames[table].num_rows == 0 and frames[table].schema == arrow_schema(table) for table in frames)


def test_cell_keeps_number_unit_text_and_place():
    frames = normalize([item_of(cells=cells_of(requests__granted__total=72))])
    row = cell_of(frames, "requests/granted/total")
    assert (row["value"], row["unit"], row["state"], row["text"]) == (72.0, "件", "value", "72")
    assert (row["report_id"], row["district_code"], row["province_code"]) == ("9901010001-2021", "990101", "99")
    assert (row["report_year"], row["era"], row["level"]) == (2021, "2021", "county")
    assert (row["locator_row"], row["locator_column"]) == (1, 2)
    assert row["locator_end"] - row["locator_start"] == 3


@pytest.mark.parametrize("state", [State.BLANK, State.NOT_APPLICABLE, State.TEXT, State.MISSING, State.UNREAD])
def test_blank_cell_is_not_zero(state):
    row = cell_of(normalize([item_of(cells=cells_of(requests__granted__total=state))]), "requests/granted/total")
    assert (row["value"], row["state"]) == (None, state.value)


@pytest.mark.parametrize(
    ("written", "unit", "value"), [("251000", "元", 25.1), ("0.75", "亿元", 7500.0), ("7523.55", "万元", 7523.55)]
)
def test_money_is_published_in_wan_beside_what_was_written(written, unit, value):
    frames = normalize([item_of(cells=cells_of(disclosure__fees__amount=(written, unit)))])
    row = cell_of(frames, "disclosure/fees/amount")
    assert (row["value"], row["unit"]) == (value, "万元")
    assert (row["value_written"], row["unit_written"]) == (float(written), unit)


def test_money_without_a_unit_is_null_with_a_finding_and_zero_needs_none():
    cells = cells_of("2019", disclosure__central_procurement__amount=("441", None))
    frames = normalize([item_of(year=2020, cells=cells)])
    row = cell_of(frames, "disclosure/central_procurement/amount")
    assert (row["value"], row["value_written"], row["state"]) == (None, 441.0, "value")
    (found,) = rows_of(frames, "findings", code="unit.unknown")
    assert (found["place"], found["found"]) == ("disclosure/central_procurement/amount", "441")
    cells = cells_of("2019", disclosure__central_procurement__amount=("0", None))
    frames = normalize([item_of(year=2020, cells=cells)])
    assert cell_of(frames, "disclosure/central_procurement/amount")["value"] == 0.0
    assert not rows_of(frames, "findings", code="unit.unknown")


def test_count_in_multiples_is_counted_in_ones():
    frames = normalize([item_of(cells=cells_of(disclosure__licensing__decisions=("4.28", "万件")))])
    row = cell_of(frames, "disclosure/licensing/decisions")
    assert (row["value"], row["unit"], row["value_written"], row["unit_written"]) == (42800.0, "件", 4.28, "万件")


def test_newest_revision_gives_the_cells_and_what_it_moved_is_listed():
    first = item_of(cells=cells_of(requests__granted__total=5))
    second = item_of(revision=2, body="corrected", cells=cells_of(requests__granted__total=8))
    frames = normalize([second, first])
    assert cell_of(frames, "requests/granted/total")["value"] == 8.0
    assert [(row["revision"], row["is_latest"]) for row in rows_of(frames, "reports")] == [(1, False), (2, True)]
    (moved,) = rows_of(frames, "revisions")
    assert (moved["item"], moved["column"], moved["value_before"], moved["value_after"]) == (
        "granted",
        "total",
        5.0,
        8.0,
    )
    assert moved["revision"] == 2


def test_same_report_twice_is_published_once():
    item = item_of()
    assert normalize([item, item])["requests"].equals(normalize([item])["requests"])


def test_two_files_under_one_revision_are_told():
    frames = normalize([item_of(), item_of(body="other", cells=cells_of(add=1000))])
    assert frames["reports"].num_rows == 1
    assert len(rows_of(frames, "findings", code="report.double_revision")) == 1


def test_page_that_is_no_report_has_only_findings():
    item = item_of()
    empty = replace(item, extracted=ExtractedReport(None, findings=(finding("document.empty", detail="0 bytes"),)))
    frames = normalize([empty])
    assert frames["reports"].num_rows == frames["requests"].num_rows == 0
    (row,) = rows_of(frames, "findings")
    assert (row["code"], row["report_id"], row["report_year"]) == ("document.empty", "9901010001-2021", 2021)


def test_later_page_that_is_no_report_does_not_displace_the_report():
    item = item_of()
    gone = replace(
        item_of(revision=2, body="x"),
        extracted=ExtractedReport(None, findings=(finding("document.empty", detail="0 bytes"),)),
    )
    frames = normalize([item, gone])
    assert rows_of(frames, "reports")[0]["is_latest"]
    assert frames["requests"].num_rows == 175
    assert len(rows_of(frames, "findings", code="document.empty")) == 1


def test_publisher_without_a_region_is_told_and_has_no_code():
    item = item_of(cells=())
    identity = replace(item.extracted.report, district_code=None)
    frames = normalize([replace(item, source=None, extracted=replace(item.extracted, report=identity))])
    assert rows_of(frames, "reports")[0]["district_code"] is None
    assert rows_of(frames, "findings")[0]["code"] == "region.unresolved"


def test_code_of_another_time_leads_to_the_one_valid_in_the_report_year():
    frames = normalize([item_of("3206840001", 2021), item_of("3206840001", 2018, cells=())])
    codes = {row["report_year"]: row["district_code"] for row in rows_of(frames, "reports")}
    assert codes == {2018: "320684", 2021: "320614"}


def test_override_is_applied_and_marked_and_identities_are_checked_anew():
    found = finding("requests.applicants", place="requests/granted", expected="1", found="2")
    item = item_of(cells=cells_of(requests__granted__total=12), findings=(found,))
    use = override_of(
        item, "requests/granted/total", Reading(State.VALUE, Decimal(12)), Reading(State.VALUE, Decimal(72))
    )
    frames = normalize([item], [use])
    row = cell_of(frames, "requests/granted/total")
    assert (row["value"], row["value_written"], row["text"], row["override_id"]) == (72.0, 12.0, "12", "o-1")
    kept = [
        one for one in rows_of(frames, "findings", code="requests.applicants") if one["place"] == "requests/granted"
    ]
    assert [(one["found"]) for one in kept] == ["72"]


def test_override_with_a_state_takes_the_number_away():
    item = item_of(cells=cells_of(requests__granted__total=12))
    use = override_of(item, "requests/granted/total", Reading(State.VALUE, Decimal(12)), Reading(State.BLANK))
    row = cell_of(normalize([item], [use]), "requests/granted/total")
    assert (row["value"], row["state"], row["value_written"]) == (None, "blank", 12.0)


def test_override_is_stale_when_the_reading_or_the_bytes_changed():
    item = item_of(cells=cells_of(requests__granted__total=13))
    use = override_of(
        item, "requests/granted/total", Reading(State.VALUE, Decimal(12)), Reading(State.VALUE, Decimal(72))
    )
    for stale in (use, replace(use, found=Reading(State.VALUE, Decimal(13)), sha256="0" * 64)):
        frames = normalize([item], [stale])
        assert cell_of(frames, "requests/granted/total")["value"] == 13.0
        assert [row["place"] for row in rows_of(frames, "findings", code="override.stale")] == [
            "requests/granted/total"
        ]


def test_figures_and_sections_keep_their_order_and_place():
    figure = Figure(
        "requests.received", Decimal(7), "件", Qualifier.EXACT, None, None, Period.CURRENT, None, "7件", 4, 6
    )
    section = Section(1, "一、总体情况", "本年收到7件。", 0, 20)
    frames = normalize([item_of(figures=(figure, replace(figure, value=Decimal(8))), sections=(section,))])
    assert [(row["n"], row["value"], row["locator_start"]) for row in rows_of(frames, "figures")] == [
        (0, 7.0, 4),
        (1, 8.0, 4),
    ]
    assert [(row["number"], row["text"]) for row in rows_of(frames, "sections")] == [(1, "本年收到7件。")]


def test_order_of_items_does_not_matter():
    items = [item_of(f"99010{n}0001", year) for n in range(1, 4) for year in (2018, 2020, 2021)]
    shuffled = random.Random(7).sample(items, len(items))
    once, again = normalize(items), normalize(shuffled)
    assert all(once[table].equals(again[table]) for table in REPORT_TABLES)


def test_prose_is_compared_with_the_corrected_cell():
    told = Figure(
        "requests.received", Decimal(72), "件", Qualifier.EXACT, None, None, Period.CURRENT, None, "72件", 4, 7
    )
    stale = finding(
        "narrative.table", place="figures/0", expected="12", found="72件", indicator="requests.received", cell="-"
    )
    item = item_of(cells=cells_of(requests__received__total=12), figures=(told,), findings=(stale,))
    assert [row["expected"] for row in rows_of(normalize([item]), "findings", code="narrative.table")] == ["12"]
    use = override_of(
        item, "requests/received/total", Reading(State.VALUE, Decimal(12)), Reading(State.VALUE, Decimal(72))
    )
    assert rows_of(normalize([item], [use]), "findings", code="narrative.table") == []


def test_office_report_under_the_registry_row_of_its_county_keeps_its_own_level():
    item = item_of()
    own = replace(item.extracted, report=replace(item.extracted.report, level=Level.DEPARTMENT))
    frames = normalize([replace(item, extracted=own)])
    assert rows_of(frames, "reports")[0]["level"] == "department"
    (told,) = rows_of(frames, "findings", code="report.level_differs")
    assert (told["expected"], told["found"]) == ("county", "department")


def test_text_that_no_file_can_hold_does_not_stop_the_others():
    cells = cells_of(requests__granted__total=72)
    broken = tuple(replace(cell, text="7\ud8002") if cell.text == "72" else cell for cell in cells)
    assert cell_of(normalize([item_of(cells=broken)]), "requests/granted/total")["text"] == "7?2"
