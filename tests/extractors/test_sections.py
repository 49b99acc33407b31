"""Sections: the six of the form however they are numbered, the free ones of older reports, and what is no section."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.sections import find_sections
from schemas.records import Medium

TITLES = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
CHINESE = "一二三四五六"
SIX = [1, 2, 3, 4, 5, 6]


def _document(*lines: str) -> Document:
    builder = DocumentBuilder(Medium.TEXT)
    for line in lines:
        builder.paragraph(line)
    return builder.build()


def _report(headings: list[str], body: str = "本节如实报告了有关情况。") -> list[str]:
    return [line for number, heading in enumerate(headings) for line in (heading, f"{number}{body}")]


def _numbers(document: Document) -> list[int | None]:
    return [section.number for section in find_sections(document)]


@pytest.mark.parametrize(
    "headings",
    [
        [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)],
        [f"（{CHINESE[n]}）{title}" for n, title in enumerate(TITLES)],
        [f"{n + 1}.{title}" for n, title in enumerate(TITLES)],
        [f"{n + 1}、{title}" for n, title in enumerate(TITLES)],
        [f"第{CHINESE[n]}部分　{title}" for n, title in enumerate(TITLES)],
        [f"{CHINESE[n]}．{title}：" for n, title in enumerate(TITLES)],
        list(TITLES),
        ["⼀、总体情况", "⼆、主动公开政府信息情况", *(f"{CHINESE[n]}、{TITLES[n]}" for n in range(2, 6))],
        [f"{CHINESE[n]} 、 {' '.join(title)}" for n, title in enumerate(TITLES)],
    ],
    ids=["chinese", "bracketed", "arabic", "arabic comma", "part", "full stop", "unnumbered", "radicals", "spaced"],
)
def test_six_sections_in_any_numbering(headings: list[str]) -> None:
    document = _document("青澜区2022年政府信息公开工作年度报告", *_report(headings))
    sections = find_sections(document)
    assert [section.number for section in sections] == SIX
    assert [section.text for section in sections] == [f"{n}本节如实报告了有关情况。" for n in range(6)]


def test_heading_and_text_stand_where_the_section_says() -> None:
    document = _document("题目", *_report([f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]))
    third = find_sections(document)[2]
    assert document.text[third.start : third.end] == "三、收到和处理政府信息公开申请情况\n2本节如实报告了有关情况。"
    assert third.heading == "三、收到和处理政府信息公开申请情况"
    assert third.locator == document.locate(third.start, third.end)


def test_mutilated_headings_are_known_by_likeness_and_order() -> None:
    headings = [
        "一、总体情況",
        "二、主动公政府信息情况",
        "三、收到和处理政府信息公开申请",
        "四、政府信息公开行政复议诉讼情况",
    ]
    assert _numbers(_document(*_report([*headings, "五、存在主要问题及改进", "六、其它需要报告的事项"]))) == SIX


def test_a_missing_heading_shifts_no_other() -> None:
    headings = [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES) if n != 3]
    assert _numbers(_document(*_report(headings))) == [1, 2, 3, 5, 6]


def test_a_wrong_numeral_does_not_move_a_section() -> None:
    headings = [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]
    headings[4] = "四、存在的主要问题及改进情况"
    assert _numbers(_document(*_report(headings))) == SIX


def test_parts_of_the_first_section_are_no_sections() -> None:
    headings = _report([f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)])
    parts = ["（一）主动公开情况", "公开了很多。", "（二）依申请公开情况", "答复了很多。", "（三）监督保障", "有力。"]
    document = _document(*headings[:1], *parts, *headings[1:])
    sections = find_sections(document)
    assert [section.number for section in sections] == SIX
    assert sections[0].text.startswith("（一）主动公开情况")


def test_rows_of_a_flattened_table_are_no_sections() -> None:
    headings = _report([f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)])
    rows = ["一、本年新收政府信息公开申请数量", "3", "二、上年结转政府信息公开申请数量", "0", "三、本年度办理结果"]
    document = _document(*headings[:5], *rows, "（一）予以公开", "3", "四、结转下年度继续办理", "0", *headings[6:])
    sections = find_sections(document)
    assert [section.number for section in sections] == SIX
    assert sections[2].text.endswith("四、结转下年度继续办理\n0")


def test_rows_of_a_table_do_not_replace_a_lost_heading() -> None:
    headings = _report([f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)])
    document = _document(*headings[:5], "本年新收政府信息公开申请数量", "四、结转下年度继续办理", "0", *headings[8:])
    assert _numbers(document) == [1, 2, 3, 5, 6]


def test_a_table_of_contents_is_passed_over() -> None:
    headings = [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]
    contents = [f"{heading}………{n + 1}" for n, heading in enumerate(headings)]
    document = _document("目录", *contents[:1], "（一）主动公开情况……1", *contents[1:], *_report(headings))
    sections = find_sections(document)
    assert [section.number for section in sections] == SIX
    assert sections[0].text == "0本节如实报告了有关情况。"


def test_headings_with_nothing_between_are_still_found() -> None:
    headings = [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]
    assert _numbers(_document(*headings)) == SIX


def test_a_heading_that_runs_on_into_its_text() -> None:
    document = _document(
        *(f"{CHINESE[n]}、{title}。第{n}节如实报告了有关的一切情况。" for n, title in enumerate(TITLES))
    )
    sections = find_sections(document)
    assert [section.heading for section in sections] == [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]
    assert sections[5].text == "第5节如实报告了有关的一切情况。"


def test_a_page_in_one_line() -> None:
    body = "".join(f"{CHINESE[n]}、{title} 2022年，这一节的工作平稳有序，群众满意。 " for n, title in enumerate(TITLES))
    document = _document("根据条例编制本报告，统计期限为一年，现予公布。 " + body)
    sections = find_sections(document)
    assert [section.number for section in sections] == SIX
    assert sections[1].heading == "二、主动公开政府信息情况"
    assert sections[1].text == "2022年，这一节的工作平稳有序，群众满意。"


def test_headings_in_a_sheet() -> None:
    builder = DocumentBuilder(Medium.XLSX)
    cells = [line for n, title in enumerate(TITLES) for line in (f"{CHINESE[n]}、{title}", "如实报告。")]
    builder.grid([GridSource(text, row=row, column=0) for row, text in enumerate(cells)])
    assert _numbers(builder.build()) == SIX


def test_the_second_report_of_a_page_is_left_out() -> None:
    headings = [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]
    document = _document(*_report(headings), "青澜区2021年政府信息公开工作年度报告", *_report(headings, "另一份报告。"))
    sections = find_sections(document)
    assert [section.number for section in sections] == SIX
    assert "另一份报告" not in sections[5].text


def test_the_footer_of_a_site_is_no_part_of_the_last_section() -> None:
    headings = [f"{CHINESE[n]}、{title}" for n, title in enumerate(TITLES)]
    document = _document(*_report(headings), "主办单位：青澜区人民政府办公室", "网站标识码9900000001")
    assert find_sections(document)[5].text == "5本节如实报告了有关情况。"


def test_older_reports_keep_their_own_sections() -> None:
    headings = ["一、概述", "二、主动公开情况", "三、依申请公开情况", "四、收费及减免", "五、存在的问题"]
    document = _document(
        *_report(headings), "附件：政府信息公开情况统计表", "一、主动公开情况", "（一）主动公开政府信息数"
    )
    sections = find_sections(document)
    assert [(section.number, section.heading) for section in sections] == [(None, heading) for heading in headings]


@pytest.mark.parametrize(
    "opening", ["政府信息公开情况统计表（2015年度）", "（一）主动公开政府信息数", "1.主动公开规范性文件数\t条\t5"]
)
def test_the_list_of_2014_ends_the_sections(opening: str) -> None:
    headings = ["一、概述", "二、主动公开情况", "三、依申请公开情况"]
    annex = [opening, "收到申请数", "四、行政复议数量", "五、行政诉讼数量"]
    sections = find_sections(_document(*_report(headings), *annex))
    assert [section.heading for section in sections] == headings
    assert sections[2].text == "2本节如实报告了有关情况。"


def test_old_headings_around_new_tables_are_numbered_by_their_words() -> None:
    tables = ["第二十条第（一）项", "本年新制作数量", "对外公开总数量", "尚未审结"]
    lines = ["一、概述", "平稳。", "二、主动公开情况", *tables, "三、依申请公开情况", "无申请。"]
    document = _document(
        *lines, "四、收费及减免情况", "没有收费。", "五、复议、诉讼情况", "没有。", "六、存在的问题及改进措施", "不少。"
    )
    assert _numbers(document) == [1, 2, 3, None, 4, 5]


def test_a_text_without_headings_has_no_sections() -> None:
    assert find_sections(_document("青澜区2022年政府信息公开工作年度报告", "全年公开信息若干条。")) == ()
    assert find_sections(_document()) == ()


@given(st.lists(st.text(alphabet="一二三、（）1.总体情况公开申请其他事项\n\t 。", max_size=40), max_size=20))
def test_sections_never_overlap_nor_leave_the_text(lines: list[str]) -> None:
    document = _document(*lines)
    place = 0
    for section in find_sections(document):
        assert place <= section.start < section.end <= len(document.text)
        assert section.text in document.text[section.start : section.end]
        place = section.end
