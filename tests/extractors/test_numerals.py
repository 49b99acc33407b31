from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numerals import Number, find_numbers, fold_widths, parse_number
from schemas.records import Qualifier

WRITTEN = [
    ("27470", "27470", None, "exact"),
    ("27,470", "27470", None, "exact"),
    ("27，470", "27470", None, "exact"),
    ("２７４７０", "27470", None, "exact"),
    ("1 286 条", "1286", "条", "exact"),
    ("27, 470", "27470", None, "exact"),
    ("105\u00a0件", "105", "件", "exact"),
    ("+9800", "9800", None, "exact"),
    ("-171", "-171", None, "exact"),
    ("－171", "-171", None, "exact"),
    ("↑12", "12", None, "exact"),
    ("↓12", "-12", None, "exact"),
    ("1.53万", "15300", None, "exact"),
    ("4.28万件", "42800", "件", "exact"),
    ("1.23亿次", "123000000", "次", "exact"),
    ("7523.55万元", "7523.55", "万元", "exact"),
    ("0.75亿元", "0.75", "亿元", "exact"),
    ("251000 元", "251000", "元", "exact"),
    ("三十万元", "30", "万元", "exact"),
    ("五千元", "5000", "元", "exact"),
    ("2万余元", "2", "万元", "more_than"),
    ("20多万元", "20", "万元", "more_than"),
    ("三次", "3", "次", "exact"),
    ("两件", "2", "件", "exact"),
    ("廿五件", "25", "件", "exact"),
    ("〇", "0", None, "exact"),
    ("零", "0", None, "exact"),
    ("三千零五条", "3005", "条", "exact"),
    ("一万零五十", "10050", None, "exact"),
    ("两千三", "2300", None, "exact"),
    ("三万五", "35000", None, "exact"),
    ("二〇", "20", None, "exact"),
    ("三点五万", "35000", None, "exact"),
    ("二十余场", "20", "场", "more_than"),
    ("10余万条", "100000", "条", "more_than"),
    ("5800余", "5800", None, "more_than"),
    ("100多", "100", None, "more_than"),
    ("百余条", "100", "条", "more_than"),
    ("千余人次", "1000", "人次", "more_than"),
    ("逾万", "10000", None, "more_than"),
    ("突破600万次", "6000000", "次", "more_than"),
    ("近300", "300", None, "approx"),
    ("约20", "20", None, "approx"),
    ("将近四千人次", "4000", "人次", "approx"),
    ("二百来个", "200", "个", "approx"),
    ("30场左右", "30", "场", "approx"),
    ("不足10", "10", None, "less_than"),
    ("50以上", "50", None, "at_least"),
    ("50篇以上", "50", "篇", "at_least"),
    ("上千人次", "1000", "人次", "at_least"),
    ("不下百块", "100", "块", "at_least"),
    ("不超过20件", "20", "件", "at_most"),
    ("20件以内", "20", "件", "at_most"),
    ("51.6%", "51.6", "%", "exact"),
    ("５１．６％", "51.6", "%", "exact"),
    ("百分之五十", "50", "%", "exact"),
    ("百分之五点三", "5.3", "%", "exact"),
    ("近四成", "40", "%", "approx"),
    ("3.2个百分点", "3.2", "个百分点", "exact"),
    ("1.8倍", "1.8", "倍", "exact"),
    ("98（件）", "98", "件", "exact"),
]


@pytest.mark.parametrize(("text", "value", "unit", "qualifier"), WRITTEN)
def test_number_is_read_as_written(text: str, value: str, unit: str | None, qualifier: str) -> None:
    assert parse_number(text) == Number(Decimal(value), unit, Qualifier(qualifier), text, 0, len(text))


@pytest.mark.parametrize("text", ["", "无", "/", "—", "27,4700", "1 2", "3和4", "七八次", "12abc", "万元", "1.2.3"])
def test_what_is_no_single_number_raises(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_number(text)


def test_blank_around_a_cell_is_not_part_of_the_number() -> None:
    assert parse_number(" \n12 ") == Number(Decimal(12), None, Qualifier.EXACT, "12", 2, 4)


def test_numbers_of_a_sentence_carry_their_spans() -> None:
    text = "发布近３,０００条信息，举办培训两期，"
    assert find_numbers(text) == (
        Number(Decimal(3000), "条", Qualifier.APPROX, "近３,０００条", 2, 9),
        Number(Decimal(2), "期", Qualifier.EXACT, "两期", 16, 18),
    )


@pytest.mark.parametrize("text", ["统一", "三公经费", "十几场", "数十次", "七八次", "若干条", "一体化", "第3次"])
def test_indefinite_words_and_ordinals_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == ()


def test_range_has_no_sign() -> None:
    assert [number.value for number in find_numbers("2019-2020")] == [2019, 2020]


@given(st.integers(min_value=0, max_value=10**9))
def test_digits_survive_separators_and_widths(value: int) -> None:
    wide = f"{value:,}".translate({ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789,"})
    assert parse_number(f"{value:,}").value == value
    assert parse_number(wide).value == value


@given(st.integers(min_value=0, max_value=99_999_999))
def test_chinese_numerals_agree_with_an_independent_library(value: int) -> None:
    assert parse_number(cn2an.an2cn(value)).value == value


@given(st.text())
def test_folding_keeps_every_offset_and_finding_never_raises(text: str) -> None:
    assert len(fold_widths(text)) == len(text)
    assert all(text[number.start : number.end] == number.text for number in find_numbers(text))
