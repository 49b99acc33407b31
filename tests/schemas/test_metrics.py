from decimal import Decimal

import pytest

from schemas.form import load_form
from schemas.metrics import MetricValue, evaluate, load_metrics, load_reasons
from schemas.records import State


def cells_of(**values):
    """Cells of the requests table, column total; a number, or a state."""
    cells = {
        ("requests", item, "total"): (State.VALUE, Decimal(0))
        for item in (row.id for row in load_form("2019").table("requests").items)
    }
    for item, value in values.items():
        state = State.VALUE if isinstance(value, int) else value
        number = Decimal(value) if isinstance(value, int) else None
        cells["requests", item.replace("__", "."), "total"] = (state, number)
    return cells


def metric(name):
    return load_metrics()[name]


def test_disclosure_rate_adds_partial_grants():
    cells = cells_of(granted=5, partially_granted=2, closed=10)
    assert evaluate(metric("disclosure_rate"), "2019", cells) == MetricValue(Decimal("0.7"))


def test_refusal_rate_sums_all_grounds_and_tells_each():
    cells = cells_of(denied__state_secret=1, denied__deliberative=3, closed=16)
    assert evaluate(metric("refusal_rate"), "2021", cells).value == Decimal("0.25")
    assert evaluate(metric("refusal_rate.deliberative"), "2021", cells).value == Decimal("0.1875")


def test_zero_denominator_is_null_with_its_reason():
    assert evaluate(metric("disclosure_rate"), "2019", cells_of()) == MetricValue(None, "denominator_zero")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.MISSING, "part_missing"),
        (State.UNREAD, "part_unread"),
        (State.TEXT, "part_text"),
    ],
)
def test_unusable_part_is_null_with_its_reason(state, reason):
    cells = cells_of(granted=state, closed=4)
    assert evaluate(metric("disclosure_rate"), "2019", cells) == MetricValue(None, reason)


def test_blank_part_counts_as_zero_and_blank_denominator_does_not():
    assert evaluate(metric("full_disclosure_rate"), "2019", cells_of(granted=State.BLANK, closed=4)).value == 0
    blank = cells_of(granted=1, closed=State.BLANK)
    assert evaluate(metric("full_disclosure_rate"), "2019", blank) == MetricValue(None, "part_blank")


def test_metric_of_another_form_is_not_in_form():
    assert evaluate(metric("on_time_rate"), "2019", cells_of()) == MetricValue(None, "not_in_form")
    assert evaluate(metric("disclosure_rate"), "2008", {}) == MetricValue(None, "not_in_form")


def test_value_of_the_old_annex_is_marked_as_another_series():
    cells = {
        ("statistics_2014", "replies.denied", "value"): (State.VALUE, Decimal(1)),
        ("statistics_2014", "replies.total", "value"): (State.VALUE, Decimal(4)),
    }
    assert evaluate(metric("refusal_rate"), "2014", cells) == MetricValue(Decimal("0.25"), "break_in_series")


def test_share_above_one_is_given_and_marked():
    cells = cells_of(granted=5, closed=4)
    assert evaluate(metric("disclosure_rate"), "2019", cells) == MetricValue(Decimal("1.25"), "out_of_range")


def test_pending_cases_are_subtracted():
    cells = {
        ("proceedings", "review", column): (State.VALUE, Decimal(number))
        for column, number in {"corrected": 3, "total": 10, "pending": 2}.items()
    }
    assert evaluate(metric("review_correction_rate"), "2019", cells).value == Decimal("0.375")


def test_growth_needs_the_year_before():
    cells = cells_of(received=12)
    assert evaluate(metric("requests_growth"), "2019", cells) == MetricValue(None, "no_previous_report")
    assert evaluate(metric("requests_growth"), "2019", cells, Decimal(8)) == MetricValue(Decimal("0.5"))


def test_every_metric_is_named_in_both_languages_and_fits_a_column_name():
    metrics = load_metrics()
    assert len({one.short for one in metrics.values()}) == len(metrics)
    for one in metrics.values():
        assert len(one.short) <= 27, one.id
        assert all(
            (
                *[words.en for words in (one.label, one.formula, one.caveat, one.across)],
                one.label.zh,
                one.across.zh,
                one.caveat.zh,
            )
        )
        assert one.eras, one.id


def test_reasons_cover_what_evaluate_returns():
    named = {"not_in_form", "part_missing", "part_unread", "part_text", "part_blank", "denominator_zero"}
    assert named | {"out_of_range", "no_previous_report", "break_in_series", "no_report", "not_in_year"} == set(
        load_reasons()
    )
