"""What stands in a cell: every way a number, a blank, a stroke or words come."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.tables.cells import read_cell
from schemas.records import State


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0", "0", None),
        ("97 ", "97", None),
        ("27,470", "27470", None),
        ("27，470", "27470", None),
        ("27 470", "27470", None),
        ("２７４７０", "27470", None),
        ("\u00a06\u00a0", "6", None),
        ("+9800", "9800", None),
        ("-171", "-171", None),
        ("－171", "-171", None),
        ("↑12", "12", None),
        ("减少3", "-3", None),
        ("12件", "12", "件"),
        ("4.28万件", "42800", "件"),
        ("7523.55万元", "7523.55", "万元"),
        ("0.75亿元", "0.75", "亿元"),
        ("251000 元", "251000", "元"),
        ("三次", "3", "次"),
        ("12①", "12", None),
        ("12[1]", "12", None),
        ("12*", "12", None),
    ],
)
def test_number_is_read_with_its_unit_as_written(text: str, value: str, unit: str | None) -> None:
    written = read_cell(text)
    assert (written.state, written.value, written.unit) == (State.VALUE, Decimal(value), unit)


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u3000", "\n", "\u200b"])
def test_blank_cell_is_not_zero(text: str) -> None:
    written = read_cell(text)
    assert (written.state, written.value) == (State.BLANK, None)


@pytest.mark.parametrize("text", ["/", "／", "-", "—", "——", "–", "一", "无", "不适用", "\\"])
def test_stroke_is_neither_blank_nor_zero(text: str) -> None:
    assert read_cell(text).state is State.NOT_APPLICABLE


@pytest.mark.parametrize("text", ["见附件", "=SUM(B4:G4)", "#REF!", "约20", "3,0", "12.5%", "自然人"])
def test_words_where_a_number_belongs_are_text(text: str) -> None:
    written = read_cell(text)
    assert (written.state, written.value) == (State.TEXT, None)


@pytest.mark.parametrize("text", ["5\n0", "1\n2", "12 0", "0 0"])
def test_digits_that_may_be_several_numbers_are_unread(text: str) -> None:
    assert read_cell(text).state is State.UNREAD


@given(st.integers(min_value=0, max_value=10**9))
def test_any_count_is_read_back_in_each_way_of_writing(number: int) -> None:
    full_width = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (str(number), f"{number:,}", f"{number:,}".replace(",", "，"), full_width, f" {number} 件"):
        assert read_cell(text).value == number


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    written = read_cell(text)
    assert (written.value is not None) == (written.state is State.VALUE)
