from dataclasses import replace

from sample_items import cells_of, item_of

from flows.normalize import normalize
from flows.panel import add_panel
from flows.validate import check_frame
from schemas.dataset import arrow_schema
from schemas.records import Level, State


def panel_of(*items):
    return {(row["district_code"], row["report_year"]): row for row in add_panel(normalize(items))["panel"].to_pylist()}


def test_panel_has_one_row_a_government_and_year():
    township = item_of("9901010002")
    identity = replace(township.extracted.report, level=Level.TOWNSHIP)
    township = replace(township, extracted=replace(township.extracted, report=identity))
    rows = panel_of(township, item_of(year=2020), item_of("9901010003"))
    assert sorted(rows) == [("990101", 2020), ("990101", 2021)]
    assert rows["990101", 2021]["report_id"] == "9901010003-2021"


def test_cells_stand_under_their_short_names_and_blanks_are_null():
    cells = cells_of(
        requests__granted__total=72, requests__received__business=3, disclosure__fees__amount=("251000", "元"),
        proceedings__litigation_direct__upheld=6, requests__closed__total=State.BLANK,
    )  # fmt: skip
    row = panel_of(item_of(cells=cells))["990101", 2021]
    assert (row["req_granted"], row["req_received_business"], row["req_closed"]) == (72.0, 3.0, None)
    assert (row["dis_fees_amount"], row["lit_direct_upheld"]) == (25.1, 6.0)
    assert row["s14_requests_received"] is None


def test_metrics_stand_beside_their_notes():
    cells = cells_of(requests__granted__total=3, requests__partially_granted__total=1, requests__closed__total=16)
    row = panel_of(item_of(cells=cells))["990101", 2021]
    assert (row["disclosure_rate"], row["note_disclosure_rate"]) == (0.25, None)
    assert (row["on_time_rate"], row["note_on_time_rate"]) == (None, "not_in_form")
    assert (row["requests_growth"], row["note_requests_growth"]) == (None, "no_previous_report")


def test_value_of_the_old_annex_is_marked():
    cells = cells_of("2014", statistics_2014__replies_dot_denied__value=2, statistics_2014__replies_dot_total__value=8)
    row = panel_of(item_of(year=2018, cells=cells))["990101", 2018]
    assert (row["refusal_rate"], row["note_refusal_rate"]) == (0.25, "break_in_series")


def test_requests_grow_from_the_year_before_across_forms():
    items = [
        item_of(year=2018, cells=cells_of("2014", statistics_2014__requests_dot_received__value=40)),
        item_of(year=2019, cells=cells_of("2019", requests__received__total=50)),
    ]
    rows = panel_of(*items)
    assert rows["990101", 2019]["requests_growth"] == 0.25


def test_of_two_reports_the_fuller_one_stands_and_the_other_is_told():
    thin = item_of("9901010001", cells=cells_of(requests__granted__total=State.BLANK))
    frames = add_panel(normalize([thin, item_of("9901010002")]))
    assert [row["report_id"] for row in frames["panel"].to_pylist()] == ["9901010002-2021"]
    told = [row["report_id"] for row in frames["findings"].to_pylist() if row["code"] == "panel.several_reports"]
    assert told == ["9901010001-2021"]


def test_panel_keeps_its_schema():
    frames = add_panel(normalize([item_of(), item_of(year=2018)]))
    assert frames["panel"].schema == arrow_schema("panel")
    assert list(check_frame("panel", frames["panel"])) == []
    assert add_panel(normalize([]))["panel"].num_rows == 0
