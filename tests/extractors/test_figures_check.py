from decimal import Decimal

import pytest

from extractors.figures import check_narrative, extract_figures
from schemas.records import Cell, State


def cell(table: str, item: str, column: str, value: str | None, state: State = State.VALUE) -> Cell:
    number = None if value is None else Decimal(value)
    return Cell(table, item, column, number, "件", state, value or "")


RECEIVED = cell("requests", "received", "total", "98")


def test_figure_equal_to_its_cell_is_no_finding() -> None:
    assert check_narrative(extract_figures("全年收到申请98件。", 2020), (RECEIVED,)) == ()


def test_figure_that_differs_from_its_cell_is_told_with_both_values() -> None:
    (found,) = check_narrative(extract_figures("全年收到申请89件。", 2020), (RECEIVED,))
    assert (found.code, found.place, found.expected, found.found) == ("narrative.table", "figures/0", "98", "89件")
    assert "requests/received/total" in found.message


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("收到申请逾90件。", 0),
        ("收到申请逾99件。", 1),
        ("收到申请不足100件。", 0),
        ("收到申请约95件。", 0),
        ("收到申请约50件。", 1),
        ("收到申请较上年增加20件。", 0),
        ("上年收到申请20件。", 0),
    ],
)
def test_hedges_are_inequalities_and_other_periods_are_not_compared(text: str, count: int) -> None:
    assert len(check_narrative(extract_figures(text, 2020), (RECEIVED,))) == count


def test_sum_of_cells_counts_blanks_as_zero() -> None:
    cells = (
        cell("proceedings", "litigation_direct", "total", "3"),
        cell("proceedings", "litigation_after_review", "total", None, State.BLANK),
    )
    assert check_narrative(extract_figures("行政诉讼3件。", 2020), cells) == ()
    assert [item.expected for item in check_narrative(extract_figures("行政诉讼5件。", 2020), cells)] == ["3"]


def test_sum_with_a_missing_cell_is_not_checked() -> None:
    cells = (
        cell("proceedings", "litigation_direct", "total", "3"),
        cell("proceedings", "litigation_after_review", "total", None, State.MISSING),
    )
    assert check_narrative(extract_figures("行政诉讼5件。", 2020), cells) == ()


def test_channel_is_compared_with_its_own_cell() -> None:
    cells = (
        Cell("statistics_2014", "channel.website", "value", Decimal(40), "条", State.VALUE, "40"),
        Cell("statistics_2014", "disclosed.total", "value", Decimal(90), "条", State.VALUE, "90"),
    )
    figures = extract_figures("政府网站公开信息41条。", 2016)
    assert [item.expected for item in check_narrative(figures, cells)] == ["40"]


def test_money_is_compared_across_units() -> None:
    fees = Cell("disclosure", "fees", "amount", Decimal("1.5"), "万元", State.VALUE, "1.5")
    assert check_narrative(extract_figures("行政事业性收费15000元。", 2022), (fees,)) == ()
    assert len(check_narrative(extract_figures("行政事业性收费1.5亿元。", 2022), (fees,))) == 1


def test_parts_beyond_their_whole_are_told() -> None:
    figures = extract_figures("收到申请10件，其中当面申请4件、网络申请8件。", 2020)
    (found,) = check_narrative(figures, ())
    assert (found.code, found.expected, found.found) == ("narrative.parts", "10", "12")


def test_incomplete_parts_may_stay_below_their_whole() -> None:
    assert check_narrative(extract_figures("收到申请10件，其中当面申请4件。", 2020), ()) == ()


def test_complete_parts_below_their_whole_are_told() -> None:
    figures = extract_figures("工作人员9名，其中专职人员2名、兼职人员6名。", 2020)
    assert [(item.code, item.found) for item in check_narrative(figures, ())] == [("narrative.parts", "8")]


def test_parts_of_another_sentence_are_not_added() -> None:
    text = "公开信息30条。财政信息公开20条，其中网站12条。公开就业信息40条。"
    assert check_narrative(extract_figures(text, 2020), ()) == ()
