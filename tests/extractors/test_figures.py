import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.score_figures import load_cases, score
from extractors.document import DocumentBuilder, GridSource
from extractors.figures import extract_figures, find_document_figures
from extractors.figures.cut import choose_cutter, cut_words
from extractors.figures.flatten import HOLE, flatten
from extractors.figures.mask import Year, find_years, mask
from extractors.readers.text import read as read_text
from extractors.sections import find_sections
from flows.figures import figures_of_case
from schemas.records import Change, Medium, Period, Qualifier, Section

TESTS = Path(__file__).parent.parent
FLOORS = json.loads((TESTS / "floors.json").read_text(encoding="utf-8"))["figures"]


def told(text: str, year: int | None = 2020) -> list[tuple[str | None, str, str | None]]:
    return [(figure.indicator, str(figure.value), figure.unit) for figure in extract_figures(text, year)]


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_recorded_cases_are_read_at_least_as_well_as_before(name: str) -> None:
    result = score(load_cases(TESTS / "cases" / "narrative" / name))
    reached = {row: round(result.scores[row].f1, 3) for row in ("main", "channel and qualifier", "all")}
    floors = FLOORS[name]
    assert all(reached[row] >= floors[row] for row in reached), (reached, result.errors[:20])
    assert result.false_in_negatives <= floors["false_in_negatives"], result.errors[:20]


# flatten


def test_line_end_inside_a_sentence_goes_and_offsets_stay() -> None:
    source = "主动公开政府\n信息“12条”，办结"
    flat = flatten(source)
    assert flat.text == "主动公开政府信息12条,办结"
    assert [source[offset] for offset in flat.offsets][6:10] == ["信", "息", "1", "2"]


def test_heading_and_blank_line_end_a_sentence() -> None:
    assert flatten("一、总体情况\n全年公开").text == "一、总体情况\n全年公开"
    assert flatten("全年公开\n\n全年收到").text == "全年公开\n全年收到"


def test_long_title_becomes_holes_and_short_title_stays() -> None:
    assert flatten("《条例》规定").text == "条例规定"
    assert set(flatten("《关于做好2020年工作的通知》").text) == {HOLE}


def test_page_number_parts_no_sentence() -> None:
    assert flatten("公开信息\n - 4 - \n12条").text == "公开信息12条"


# mask


@pytest.mark.parametrize(
    "text",
    [
        "2020年1月1日",
        "1月至12月",
        "二〇二〇年十二月",
        "国办公开办函〔2021〕30号",
        "国令第711号",
        "第二十条第(八)项",
        "0999-1234567",
        "邮编:999001",
        "20个工作日内",
        "1+32+N",
        "PM2.5",
        "5G",
        "7×24小时",
        "十四五规划",
        "610元/人/月",
        "9:00-11:30",
        "一网通办",
        "www.example.gov.cn/2020",
        "三大攻坚战",
    ],
)
def test_what_is_no_statistic_is_hidden(text: str) -> None:
    hidden = mask(text)
    assert len(hidden) == len(text)
    assert not any(character.isdigit() or character in "二十三" for character in hidden)


@pytest.mark.parametrize("text", ["公开12条", "收到三件", "增长5.6%", "第三方权益2件", "文件15件"])
def test_statistics_are_not_hidden(text: str) -> None:
    assert mask(text) == text


def test_hotline_number_is_a_name_of_its_length() -> None:
    assert mask("12345受理诉求9件") == f"{HOLE * 3}热线受理诉求9件"


def test_years_are_told_in_digits_and_in_characters() -> None:
    assert find_years("2019年和二〇一八年") == (Year(2019, 0), Year(2018, 6))


# attach


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("制定规章2件。", [("documents.rules_issued", "2", "件")]),
        ("召开4次推进会议。", [("meetings.held", "4", "次")]),
        ("确定2名专职人员、5名兼职人员。", [("staff.full_time", "2", "名"), ("staff.part_time", "5", "名")]),
        ("发布A类、推送信息1.53万条。", [("disclosed.items", "15300", "条")]),
        ("全年采购总金额7523.55万元。", [("procurement.amount", "7523.55", "万元")]),
        ("印发简报六期。", [("circulars.issued", "6", "期")]),
        ("收到申请9，办结申请8件。", [("requests.received", "9", "件"), ("requests.closed", "8", "件")]),
        ("政务公开满意率达百分之九十七。", [("satisfaction.rate", "97", "%")]),
        (
            "收到申请4件。占用停车位30个。",
            [("requests.received", "4", "件"), (None, "30", "个")],
        ),
    ],
)
def test_number_goes_to_the_indicator_its_words_tell(
    text: str, expected: list[tuple[str | None, str, str | None]]
) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "办理结婚登记6318对。",
        "受理行政许可申请8214件。",
        "抽检食品3405批次。",
        "接通率98%，服务企业200家。",
        "计划明年公开信息3000条。",
        "日均访问量1.2万次。",
        "开展一项政府信息公开工作。",
    ],
)
def test_other_counts_are_never_forced_into_an_indicator(text: str) -> None:
    assert [indicator for indicator, _, _ in told(text) if indicator] == []


def test_figure_told_twice_is_reported_once_at_its_first_place() -> None:
    assert [figure.start for figure in extract_figures("收到申请98件。98件申请均已登记。", 2020)] == [4]


def test_older_level_change_and_new_level_are_told_apart() -> None:
    figures = extract_figures("收到申请由上年31件增至93件，增加62件，增幅200%。", 2020)
    assert [(str(figure.value), figure.period, figure.change) for figure in figures] == [
        ("31", Period.PREVIOUS, None),
        ("93", Period.CURRENT, None),
        ("62", Period.CURRENT, Change.INCREASE),
        ("200", Period.CURRENT, Change.INCREASE),
    ]


def test_earlier_year_rules_its_clause_only_when_the_report_year_is_known() -> None:
    text = "2019年收到申请7件。"
    assert extract_figures(text, 2020)[0].period is Period.PREVIOUS
    assert extract_figures(text, 2019)[0].period is Period.CURRENT
    assert extract_figures(text)[0].period is Period.CURRENT


def test_monthly_and_cumulative_figures_say_so() -> None:
    assert extract_figures("每月推送文章20篇，微信公众号。", 2020)[0].period is Period.MONTHLY
    assert extract_figures("截至2020年底，网站累计公开信息900条。", 2020)[0].period is Period.CUMULATIVE


def test_share_names_its_whole() -> None:
    figures = extract_figures("收到申请40件，其中网上申请30件，占75%。", 2020)
    assert [(figure.indicator, figure.part_of) for figure in figures] == [
        ("requests.received", None),
        ("requests.way.online", "requests.received"),
        ("requests.way.online", "requests.received"),
    ]


def test_sum_after_its_parts_is_their_whole() -> None:
    assert told("当面申请4件、信函申请14件，合计18件。")[2] == ("requests.received", "18", "件")


def test_none_governs_every_object_of_its_list() -> None:
    figures = extract_figures("未发生行政复议、行政诉讼。", 2020)
    assert [(figure.indicator, figure.value, figure.text, figure.unit) for figure in figures] == [
        ("reconsideration.total", Decimal(0), "未发生", None),
        ("litigation.total", Decimal(0), "未发生", None),
    ]


@pytest.mark.parametrize("text", ["没有严格按照时限办理申请。", "不存在的问题。", "无正当理由。", "无障碍改造。"])
def test_no_is_not_always_a_zero(text: str) -> None:
    assert extract_figures(text, 2020) == ()


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("网站公开信息3条。", "website"),
        ("微博、微信发布信息3条。", "new_media"),
        ("网站、公报发布信息3条。", None),
        ("通过广播播发信息3条。", "broadcast"),
        ("客户端推送信息3条。", "app"),
        ("公开信息3条。", None),
    ],
)
def test_channel_is_where_the_number_was_told(text: str, channel: str | None) -> None:
    assert extract_figures(text, 2020)[0].channel == channel


def test_qualifier_and_evidence_stand_in_the_source() -> None:
    text = "全年接待查阅 近\u00a03000 人次。"
    (figure,) = extract_figures(text, 2020)
    assert (figure.qualifier, figure.text, figure.sentence) == (Qualifier.APPROX, "近\u00a03000 人次", text)
    assert text[figure.start : figure.end] == figure.text


# documents


def test_document_figures_skip_tables_and_know_their_section() -> None:
    builder = DocumentBuilder(Medium.HTML)
    builder.heading("一、总体情况", 2)
    builder.paragraph("全年收到申请")
    builder.paragraph("3件。")
    builder.grid([GridSource("新收申请", 0, 0), GridSource("7", 0, 1)])
    builder.paragraph("办结申请9件。")
    document = builder.build()
    at = document.text.index("办结申请9件")
    sections = (Section(1, "一、总体情况", "", 0, at), Section(2, "二", "", at, len(document.text)))
    figures = find_document_figures(document, sections, 2020)
    assert [(figure.indicator, str(figure.value), figure.section) for figure in figures] == [
        ("requests.received", "3", 1),
        ("requests.closed", "9", 2),
    ]
    assert [figure.locator.block for figure in figures if figure.locator] == [2, 4]
    assert [figure.text for figure in find_document_figures(document, sections, 2020, ((at, at + 7),))] == ["3件"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="公开信息申请收到未发生12３,，。、（(其中分别为各占%年件条\n\t “", max_size=60))
def test_any_text_is_read_without_error_and_evidence_holds(text: str) -> None:
    for figure in extract_figures(text, 2020):
        assert text[figure.start : figure.end] == figure.text
        assert figure.value >= 0


def test_case_comes_back_as_plain_values() -> None:
    assert figures_of_case({"id": "a", "year": None, "text": "收费12.5元。"}) == {
        "id": "a",
        "figures": [
            {
                "indicator": "request_fees.amount",
                "value": 12.5,
                "unit": "元",
                "qualifier": "exact",
                "channel": None,
                "part_of": None,
                "period": "current",
                "change": None,
                "text": "12.5元",
                "start": 2,
            }
        ],
    }


def test_furniture_of_the_site_tells_no_figures() -> None:
    text = (
        "霁坪县2022年政府信息公开工作年度报告\n来源：县财政局　阅读：402\n点击数：217\n1863\n一、总体情况\n"
        "全年收到申请12件，全部办结。网站浏览量：52万次。\n六、其他需要报告的事项\n无其他需要报告的事项。\n"
        "上一篇：霁坪县2021年政府信息公开工作年度报告　下一篇：没有了\n"
    )
    document = read_text(text.encode())
    figures = find_document_figures(document, find_sections(document), 2022)
    assert [(figure.indicator, figure.value) for figure in figures] == [
        ("requests.received", 12),
        ("websites.visits", 520000),
    ]


def test_codebook_words_are_cut_whole() -> None:
    assert "公开栏" in cut_words("更新公开栏内容")


def test_unknown_cutter_is_refused() -> None:
    with pytest.raises(ValueError, match="jieba or rjieba"):
        choose_cutter("other")


def test_fast_cutter_gives_the_same_figures() -> None:
    pytest.importorskip("rjieba")
    cases = load_cases(TESTS / "cases" / "narrative" / "recorded.jsonl")
    reference = [figures_of_case(case) for case in cases]
    choose_cutter("rjieba")
    try:
        assert [figures_of_case(case) for case in cases] == reference
    finally:
        choose_cutter("jieba")
