"""The matching form of text, and the way back to what was written."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from extractors.normal import fold, normalise, squeeze


def test_width_radicals_and_spaces_are_folded() -> None:
    assert fold("⼀、 总体\u3000情 况（２０２２）") == "一、总体情况(2022)"


def test_signs_that_show_nothing_are_dropped() -> None:
    assert fold("信\u200b息\u00ad公\ufeff开\u00a0") == "信息公开"


def test_lines_and_cells_part_on_demand() -> None:
    assert normalise("规章\t0\r\n1 2", keep_lines=True).text == "规章\n0\n\n12"
    assert normalise("规章\t0\r\n1 2").text == "规章012"


def test_span_leads_back_to_the_source() -> None:
    source = "共 ㈠ ２ 件"
    normal = normalise(source)
    assert normal.text == "共(一)2件"
    start, end = normal.span(1, 4)
    assert source[start:end] == "㈠"
    start, end = normal.span(3, 6)
    assert source[start:end] == "㈠ ２ 件"
    assert normal.span(2, 2) == (2, 2)


def test_squeezed_text_keeps_its_signs() -> None:
    assert squeeze(" ２０２２ 年\u200b（⼀）") == "２０２２年（⼀）"


@given(st.text())
def test_every_position_leads_to_the_character_it_came_from(source: str) -> None:
    normal = normalise(source, keep_lines=True)
    assert len(normal.offsets) == len(normal.text) + 1
    assert list(normal.offsets) == sorted(normal.offsets)
    assert normal.offsets[-1] == len(source)
    for sign, offset in zip(normal.text, normal.offsets, strict=False):
        assert sign == "\n" or sign in unicodedata.normalize("NFKC", source[offset])
