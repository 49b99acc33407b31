"""Identification over the corpus of heads of pages, and the single behaviours the corpus cannot show."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.identify import identify
from extractors.readers import read
from schemas.records import Hints, Level, Medium

CASES = Path(__file__).parents[1] / "cases" / "identify"
BODIES = yaml.safe_load((CASES / "bodies.yaml").read_text(encoding="utf-8"))
CORPUS = [json.loads(line) for line in (CASES / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]


def _document(*parts: str, medium: Medium = Medium.TEXT) -> Document:
    builder = DocumentBuilder(medium)
    for part in parts:
        for line in part.split("\n"):
            builder.paragraph(line)
    return builder.build()


def _page(case: dict[str, Any]) -> Document:
    body = BODIES[case["body"]]
    tail = case["tail"]
    if tail.startswith("@"):  # a second report, with the same body
        return _document(case["head"], body, tail[1:], body)
    return _document(case["head"], body, tail)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"{case['id']} {case['trap']}")
def test_corpus(case: dict[str, Any]) -> None:
    found = identify(_page(case), Hints(**case["hints"]))
    truth = dict(case["truth"])
    others = truth.pop("others", [])
    got: dict[str, Any] = {name: getattr(found, name) for name in truth if name != "published"}
    if "published" in truth:
        got["published"] = found.published_date.isoformat() if found.published_date else None
    assert got == truth
    assert {one.code for one in found.findings} == set(case["findings"])
    assert [other.title for other in found.other_reports] == others


def _html(body: str, title: str = "") -> Document:
    return read(f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode())


def _report_html(year: int = 2022) -> str:
    headings = "".join(f"<p>{line}</p>" for line in BODIES["headings"].splitlines())
    return f"<p>统计期限自{year}年1月1日起至{year}年12月31日止。</p>{headings}"


def test_corpus_is_large_and_holds_each_trap() -> None:
    traps = {case["trap"].split(" ")[0] for case in CORPUS}
    assert {f"4.{number}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12)} <= traps
    assert len({case["head"] for case in CORPUS if case["head"]}) >= 200


def test_title_broken_over_lines_is_joined_as_written() -> None:
    document = _document("青澜区人民政府\n\n2022年政府信息公开\n工作年度报告", BODIES["tables_2021"])
    assert identify(document, Hints()).title == "青澜区人民政府2022年政府信息公开工作年度报告"


def test_title_keeps_its_own_signs() -> None:
    document = _document("青澜区⼈民政府２０２２年政府信息公开工作年度报告（修订）", BODIES["tables_2021"])
    found = identify(document, Hints())
    assert found.title == "青澜区⼈民政府２０２２年政府信息公开工作年度报告（修订）"
    assert found.publisher == "青澜区人民政府"


def test_heading_of_the_page_goes_before_links_to_other_years() -> None:
    links = "".join(f"<li>青澜区人民政府{year}年政府信息公开工作年度报告</li>" for year in (2020, 2021, 2023))
    found = identify(
        _html(f"<h1>青澜区人民政府2022年政府信息公开工作年度报告</h1><ul>{links}</ul>{_report_html()}"), Hints()
    )
    assert (found.title, found.year) == ("青澜区人民政府2022年政府信息公开工作年度报告", 2022)


def test_title_of_the_file_serves_where_the_page_has_none() -> None:
    page = _html(_report_html(), "青澜区审计局2022年政府信息公开工作年度报告-青澜区人民政府网")
    found = identify(page, Hints())
    assert (found.title, found.publisher) == ("青澜区审计局2022年政府信息公开工作年度报告", "青澜区审计局")


def test_title_of_the_link_serves_last() -> None:
    found = identify(_html(_report_html()), Hints(link_title="青澜区审计局2022年政府信息公开工作年度报告"))
    assert (found.title, found.level) == ("青澜区审计局2022年政府信息公开工作年度报告", Level.DEPARTMENT)


def test_marked_menu_entry_is_not_the_title() -> None:
    page = _html(f"<h2>政府信息公开指南</h2><p>青澜区审计局2022年政府信息公开工作年度报告</p>{_report_html()}")
    assert identify(page, Hints()).title == "青澜区审计局2022年政府信息公开工作年度报告"


def test_disagreement_names_the_witness_and_both_years() -> None:
    head = "青澜区人民政府2022年政府信息公开工作年度报告\n统计期限自2021年1月1日起至2021年12月31日止。"
    found = identify(_document(head, BODIES["tables_2021"], "2023年1月19日"), Hints())
    assert found.year == 2022
    assert [(one.code, one.expected, one.found) for one in found.findings] == [
        ("identify.year_disagrees", "2022", "2021")
    ]
    assert found.findings[0].message == "the period tells 2021; the report was taken for that of 2022"


@pytest.mark.parametrize(
    "period",
    [
        "统计期限自2022年1月1日起至2022年12月31日止",
        "统计期限为2022年1月1日至12月31日",
        "统计时限从2022年1月1日开始到2022年12月31日止",
        "统计时间：2022.1.1-2022.12.31",
        "统计期限自２０２２年１月１日—１２月３１日",
        "统计期限自 2022 年 1 月 1 日 起 至 2022 年 12 月 31 日 止",
        "统计期限自202211日起至20221231日止",
        "统计期自2022年1月至12月",
        "统计年度为2022年度",
        "数据统计期限自二〇二二年一月一日起至二〇二二年十二月三十一日止",
    ],
)
def test_year_of_the_period_however_it_is_written(period: str) -> None:
    document = _document("青澜区政府信息公开年报", f"根据条例编制本报告，{period}。", BODIES["tables_2021"])
    found = identify(document, Hints())
    assert (found.year, found.findings) == (2022, ())


def test_period_broken_over_the_lines_of_a_print() -> None:
    lines = [
        "本报告根据条例编制，向社会公布，所列数据的统计期限自 2022 年 1 月",
        "1 日起至 2022 年 12 月 31 日止，请予监督。",
    ]
    document = _document("青澜区政府信息公开年报", *lines, BODIES["tables_2021"])
    assert identify(document, Hints()).year == 2022


def test_one_table_alone_is_read_as_a_report() -> None:
    builder = DocumentBuilder(Medium.DOCX)
    labels = ("未经复议直接起诉", "复议后起诉", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    builder.grid([GridSource(label, row=0, column=column) for column, label in enumerate(labels)])
    found = identify(builder.build(), Hints())
    assert (found.is_report, found.year) == (True, None)


def test_year_of_the_source_breaks_no_majority() -> None:
    head = "青澜区人民政府2022年政府信息公开工作年度报告\n统计期限自2022年1月1日起至2022年12月31日止。"
    found = identify(_document(head, BODIES["tables_2021"]), Hints(year=2023, link_title="2023年度报告"))
    assert found.year == 2022
    assert {one.found for one in found.findings} == {"2023"}


def test_address_has_no_vote() -> None:
    document = _document("政府信息公开工作年度报告", BODIES["tables_2021"])
    found = identify(document, Hints(url="https://x.gov.cn/2019/201901/t20190119_1.html"))
    assert found.year is None
    assert [one.code for one in found.findings] == ["identify.year_unknown"]


@pytest.mark.parametrize(
    ("year", "era"),
    [
        (2008, "2008"),
        (2013, "2008"),
        (2014, "2014"),
        (2018, "2014"),
        (2019, "2019"),
        (2020, "2019"),
        (2021, "2021"),
        (2025, "2021"),
    ],
)
def test_era_follows_the_year(year: int, era: str) -> None:
    document = _document(f"青澜区人民政府{year}年政府信息公开工作年度报告", BODIES["tables_2021"])
    assert identify(document, Hints()).era_by_year == era


def test_published_date_from_metadata_and_signature() -> None:
    builder = DocumentBuilder(Medium.HTML)
    for line in (
        "青澜区审计局2022年政府信息公开工作年度报告",
        *BODIES["tables_2021"].splitlines(),
        "二〇二三年一月九日",
    ):
        builder.paragraph(line)
    assert identify(builder.build(), Hints()).published_date == date(2023, 1, 9)
    named = builder.build(metadata=[("PubDate", "2023-01-19 10:20")])
    assert identify(named, Hints()).published_date == date(2023, 1, 19)


def test_date_before_the_report_year_is_not_its_publication() -> None:
    document = _document("发布时间：1970-01-01\n青澜区审计局2022年政府信息公开工作年度报告", BODIES["tables_2021"])
    assert identify(document, Hints()).published_date is None


def test_code_of_the_source_settles_a_name_two_places_share() -> None:
    document = _document("市中区人民政府2022年政府信息公开工作年度报告", BODIES["tables_2021"])
    found = identify(document, Hints(district_code="370402"))
    assert (found.district, found.district_code, found.findings) == ("市中区", "370402", ())


def test_source_of_another_district_is_followed_and_said() -> None:
    document = _document("宿城区人民政府2022年政府信息公开工作年度报告", BODIES["tables_2021"])
    found = identify(document, Hints(district_code="320813"))
    assert found.district_code == "320813"
    assert [(one.code, one.expected, one.found) for one in found.findings] == [
        ("identify.district_disagrees", "320813", "321302")
    ]


def test_code_of_the_source_is_taken_to_the_report_year() -> None:
    document = _document("海门市人民政府2018年政府信息公开工作年度报告", BODIES["list_2014"])
    found = identify(document, Hints(district_code="320614"))
    assert (found.district, found.district_code, found.findings) == ("海门市", "320684", ())


def test_name_without_its_place_is_completed_by_the_contact_sentence() -> None:
    head = "信访局2021年政府信息公开工作年度报告\n我局依条例编制本报告。如有疑问，请与通榆县信访局联系（电话略）。"
    found = identify(_document(head, BODIES["tables_2021"]), Hints())
    assert (found.publisher, found.district_code) == ("通榆县信访局", "220822")


def test_ambiguous_district_is_left_open_and_said() -> None:
    document = _document("城关区人民政府2022年政府信息公开工作年度报告", BODIES["tables_2021"])
    found = identify(document, Hints())
    assert (found.district, found.district_code) == ("城关区", None)
    assert [(one.code, one.expected) for one in found.findings] == [("identify.district_ambiguous", "540102, 620102")]


def test_invented_district_takes_code_from_the_source_and_name_from_the_publisher() -> None:
    document = _document("云汀县鹭洲镇人民政府2022年政府信息公开工作年度报告", BODIES["tables_2021"])
    found = identify(document, Hints(district_code="997702"))
    assert (found.district, found.district_code, found.level) == ("云汀县", "997702", Level.TOWNSHIP)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("青澜区水利局", "本报告由青澜区教育体育局编制。"),
        ("宿城区人民政府", "本报告由宿豫区人民政府办公室根据各部门情况编制。"),
        ("通榆县民政局", "现公布通榆县审计局2022年政府信息公开工作年度报告。"),
    ],
)
def test_text_of_another_body_is_said(title: str, words: str) -> None:
    document = _document(f"{title}2022年政府信息公开工作年度报告", words, BODIES["tables_2021"])
    found = identify(document, Hints())
    assert [one.code for one in found.findings] == ["identify.author_disagrees"]
    assert found.findings[0].expected == title


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("青澜区卫生健康局", "本报告由青澜区卫健局编制。"),
        ("宿城区人民政府", "本报告由宿迁市宿城区人民政府办公室根据各部门情况编制。"),
        ("通榆县民政局", "本报告由局办公室编制。"),
        ("通榆县八面乡人民政府", "现公布八面乡2022年政府信息公开工作年度报告。"),
    ],
)
def test_one_body_under_two_names_is_no_disagreement(title: str, words: str) -> None:
    document = _document(f"{title}2022年政府信息公开工作年度报告", words, BODIES["tables_2021"])
    assert identify(document, Hints()).findings == ()


def test_rejection_tells_code_and_words() -> None:
    document = _document("青澜区2022年政府信息公开工作年度报告解读", BODIES["filler"])
    found = identify(document, Hints())
    assert found.reason == (
        "identify.look_alike: the title is that of another kind of page: 青澜区2022年政府信息公开工作年度报告解读"
    )
    assert identify(_document(), Hints()).reason == "identify.empty: the document holds no text"


def test_two_tables_of_other_numbers_are_no_report() -> None:
    builder = DocumentBuilder(Medium.HTML)
    builder.heading("青澜区2022年主要统计指标", 1)
    builder.grid([GridSource(str(n), row=0, column=n) for n in range(14)])
    builder.grid([GridSource(str(n), row=n // 7, column=n % 7) for n in range(175)])
    found = identify(builder.build(), Hints())
    assert (found.is_report, found.kind) == (False, "other")


def test_interpretation_that_carries_the_whole_tables_is_read() -> None:
    document = _document("青澜区人民政府2022年政府信息公开工作年度报告图文解读", BODIES["tables_2021"])
    assert identify(document, Hints()).is_report


def test_further_report_is_named_with_its_place() -> None:
    title = "青澜区人民政府办公室2022年政府信息公开工作年度报告"
    body = BODIES["tables_2021"]
    document = _document("青澜区人民政府2022年政府信息公开工作年度报告", body, title, body)
    found = identify(document, Hints())
    assert [(other.title, other.start) for other in found.other_reports] == [(title, document.text.index(title))]


def test_two_old_reports_without_tables_are_told_apart() -> None:
    prose = "主动公开和依申请公开工作平稳，收费、行政复议、行政诉讼均未发生，《条例》得到落实。" * 8
    titles = [f"青澜区人民政府{year}年政府信息公开年度报告" for year in (2009, 2008)]
    found = identify(_document(titles[0], prose, titles[1], prose), Hints())
    assert (found.year, [other.title for other in found.other_reports]) == (2009, titles[1:])


def test_links_to_other_years_below_the_report_are_no_reports() -> None:
    links = "\n".join(f"青澜区人民政府{year}年政府信息公开工作年度报告" for year in (2021, 2020, 2019))
    document = _document("青澜区人民政府2022年政府信息公开工作年度报告", BODIES["tables_2021"], links)
    assert identify(document, Hints()).other_reports == ()


@given(
    st.lists(
        st.text(alphabet="青澜区人民政府2０2二年月日统计期限自至信息公开年度报告解读()《》：，。|\n\t ", max_size=60),
        max_size=8,
    )
)
def test_identification_never_raises(lines: list[str]) -> None:
    found = identify(_document(*lines), Hints())
    assert found.is_report == (found.reason == "")
