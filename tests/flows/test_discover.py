from collections.abc import Mapping
from datetime import date

import pytest

from flows.discover import Discovery, Listing, Page, discover, generic
from flows.discover.pages import find_embedded, find_links, page_name
from flows.discover.titles import Kind, judge
from schemas.records import Level, ReportLink, Source

US = "示例市云麓区人民政府"
LIST = "http://www.yunlu.gov.cn/ndbg/"


def source(**changes: str) -> Source:
    values = {"publisher_id": "990101-01", "district_code": "990101", "publisher": US, "list_url": LIST}
    return Source(level=Level.COUNTY, **{**values, **changes})


def walk(pages: Mapping[str, str], reports: tuple[str, ...] = (), **changes: str) -> Discovery:
    def open_page(url: str) -> Page | str:
        return Page(url, pages[url]) if url in pages else "the server answers 404"

    return discover(source(**changes), open_page, lambda page: page.url in reports, 50)


def links(discovery: Discovery) -> list[tuple[int | None, str]]:
    return [(link.year, link.url.removeprefix(LIST)) for link in discovery.links]


@pytest.mark.parametrize(
    ("words", "kind", "year"),
    [
        ("示例市云麓区人民政府2022年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("2021年云麓区政府信息公开工作年度报告", Kind.REPORT, 2021),
        ("云麓区政府信息公开工作2010年度报告", Kind.REPORT, 2010),
        ("云麓区2020年度政府信息公开工作报告", Kind.REPORT, 2020),
        ("云麓区2019年政府信息公开年报", Kind.REPORT, 2019),
        ("2021年政府信息公开工作年度报告", Kind.REPORT, 2021),
        ("附件：云麓区2022年政府信息公开工作年度报告.docx", Kind.REPORT, 2022),
        ("[区政府]云麓区2022年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("云麓区2023年政府信息公开工作年度报告（更正）", Kind.REPORT, 2023),
        ("云麓区2022年政府信息公开工作年度报告 2023-01-18", Kind.REPORT, 2022),
        ("[2023-01-18] 云麓区2022年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("2023年1月18日云麓区2022年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("云麓区2022年政府信息公开工作年度报告 NEW", Kind.REPORT, 2022),
        ("云麓区2022年政府信息公开工作年度报告.pdf（下载）", Kind.REPORT, 2022),
        ("云麓区二〇二二年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("政府信息公开工作年度报告（2022年）", Kind.REPORT, 2022),
        ("区政府2022年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("云麓区（本级）2022年政府信息公开工作年度报告", Kind.REPORT, 2022),
        ("示例云麓2022年政府信息公开年报", Kind.REPORT, 2022),
        ("云麓区2022年政府信息公开工作年度报告已发布", Kind.REPORT, 2022),
        ("2022年政府信息公开工作年度报告-云麓区人民政府", Kind.REPORT, 2022),
        ("云麓区政务公开办2022年政府信息公开工作年度报告", Kind.OTHER_PUBLISHER, None),
        ("云麓县2022年政府信息公开工作年度报告", Kind.OTHER_PUBLISHER, None),
        ("《云麓区2022年政府信息公开工作年度报告》解读", Kind.LOOK_ALIKE, None),
        ("【图解】云麓区2022年政府信息公开工作年度报告", Kind.LOOK_ALIKE, None),
        ("一图读懂云麓区2022年政府信息公开工作年度报告", Kind.LOOK_ALIKE, None),
        ("云麓区政府信息公开指南", Kind.LOOK_ALIKE, None),
        ("2023年政务公开工作要点", Kind.LOOK_ALIKE, None),
        ("2023年政府工作报告", Kind.LOOK_ALIKE, None),
        ("云麓区人民政府办公室2022年政府信息公开工作年度报告", Kind.OTHER_PUBLISHER, None),
        ("澄湾区2022年政府信息公开年报", Kind.OTHER_PUBLISHER, None),
        ("2022年", Kind.COLUMN, None),
        ("历年年报", Kind.COLUMN, None),
        ("政府信息公开年报", Kind.COLUMN, None),
        ("首页", Kind.NOTHING, None),
        ("2022年云麓区财政预算公开", Kind.NOTHING, None),
    ],
)
def test_words_of_a_link_are_judged(words: str, kind: Kind, year: int | None) -> None:
    judgement = judge(words, US)
    assert (judgement.kind, judgement.year) == (kind, year)


def test_links_are_found_with_title_date_and_base() -> None:
    page = Page(
        LIST,
        '<base href="http://www.yunlu.gov.cn/x/"><ul><li><a href="a.html" title="云麓区2022年政府信息公开工作年度报告">'
        "云麓区2022年政府信…</a><span>2023-01-18</span></li></ul>",
    )
    (link,) = find_links(page)
    assert link.url == "http://www.yunlu.gov.cn/x/a.html"
    assert link.text == "云麓区2022年政府信息公开工作年度报告"
    assert link.published_date == date(2023, 1, 18)


def test_year_never_comes_from_the_address() -> None:
    found = walk({LIST: '<a href="2024/t20240101_1.html">云麓区2020年政府信息公开工作年度报告</a>'})
    assert links(found) == [(2020, "2024/t20240101_1.html")]


def test_next_pages_are_followed_and_each_only_once() -> None:
    pages = {
        LIST: '<a href="1.html">云麓区2022年政府信息公开年报</a><a href="p2.html">下一页</a><a href="p2.html">2</a>',
        LIST + "p2.html": '<a href="2.html">云麓区2021年政府信息公开年报</a><a href="./">上一页</a><a href="./">1</a>',
    }
    found = walk(pages)
    assert links(found) == [(2022, "1.html"), (2021, "2.html")]
    assert found.pages == 2


def test_pages_of_a_pager_printed_by_script_are_followed() -> None:
    pages = {
        LIST: '<a href="1.html">云麓区2022年政府信息公开年报</a><script>createPageHTML(3, 0, "index", "html")</script>',
        LIST + "index_1.html": '<a href="2.html">云麓区2021年政府信息公开年报</a>',
        LIST + "index_2.html": '<a href="3.html">云麓区2020年政府信息公开年报</a>',
    }
    assert links(walk(pages)) == [(2022, "1.html"), (2021, "2.html"), (2020, "3.html")]


def test_links_inside_scripts_comments_and_json_are_found() -> None:
    record = "<li><a href='/1.html' title='云麓区2022年政府信息公开年报'>云麓区2022…</a></li>"
    written = 'document.write("<a href=\\"/3.html\\">云麓区2020年政府信息公开年报</a>"); $.getJSON("/list.json", f)'
    pages = {
        LIST: f'<script type="text/xml"><record><![CDATA[{record}]]></record></script>'
        '<!-- <a href="/2.html">云麓区2021年政府信息公开年报</a> -->'
        f"<script>{written}</script>",
        "http://www.yunlu.gov.cn/list.json": '{"data": {"rows": [{"title": "云麓区<b>2019</b>年政府信息公开年报",'
        ' "url": "/4.html", "pubDate": "2020-03-01"}]}}',
    }
    found = walk(pages)
    assert [(link.year, link.url[-6:]) for link in found.links] == [
        (2022, "1.html"),
        (2021, "2.html"),
        (2020, "3.html"),
        (2019, "4.html"),
    ]
    assert found.links[3].published_date == date(2020, 3, 1)


def test_columns_of_years_are_entered_and_a_column_that_is_a_report_is_one() -> None:
    pages = {
        LIST: '<a href="2022n/">2022年</a><a href="2021n/">2021年</a>',
        LIST + "2022n/": '<a href="../1.html">云麓区2022年政府信息公开年报</a>',
        LIST + "2021n/": "<p>全文</p>",
    }
    found = walk(pages, reports=(LIST + "2021n/",))
    assert found.links == (
        ReportLink("990101-01", LIST + "1.html", "云麓区2022年政府信息公开年报", 2022),
        ReportLink("990101-01", LIST + "2021n/", "2021年"),
    )


def test_look_alikes_are_rejected_with_their_kind() -> None:
    found = walk({LIST: '<a href="1.html">《云麓区2022年政府信息公开工作年度报告》解读</a>'})
    assert links(found) == []
    assert [(each.title, each.reason) for each in found.rejected] == [
        ("《云麓区2022年政府信息公开工作年度报告》解读", "interpretation")
    ]


def test_report_of_another_publisher_is_left_to_its_own_row() -> None:
    found = walk({LIST: '<a href="1.html">云麓区教育局2022年政府信息公开工作年度报告</a>'})
    assert (links(found), [each.reason for each in found.others]) == ([], ["云麓区教育局"])


def test_report_on_a_foreign_host_is_rejected() -> None:
    found = walk({LIST: '<a href="http://www-yunlu-gov-cn.example.com/1.html">云麓区2022年政府信息公开年报</a>'})
    assert links(found) == []
    assert found.rejected[0].reason == "the host is neither the list's nor under gov.cn"


def test_list_that_cannot_be_had_is_a_problem() -> None:
    assert walk({}).problems == ((LIST, "the server answers 404"),)


def test_single_addresses_of_the_registry_are_links() -> None:
    found = discover(
        Source("a", "990101", US, Level.COUNTY, "", ("http://a.gov.cn/1.html",)), lambda url: "", lambda page: False, 5
    )
    assert found.links == (ReportLink("a", "http://a.gov.cn/1.html", ""),)


def test_portal_gives_only_the_publishers_own_reports() -> None:
    portal = "http://www.shili.gov.cn/qx/"
    page = '<a href="1.html">云麓区2022年政府信息公开年报</a><a href="2.html">澄湾区2022年政府信息公开年报</a>'
    found = walk({portal: page}, list_url="", portal=portal)
    assert [link.url for link in found.links] == [portal + "1.html"]


def test_endless_pager_is_cut_and_told() -> None:
    def open_page(url: str) -> Page | str:
        number = int(url.rpartition("=")[2] or 0) if "=" in url else 0
        return Page(url, f'<a href="?page={number + 1}">下一页</a>')

    found = discover(source(), open_page, lambda page: False, 10)
    assert found.pages == 10
    assert found.problems[0][1] == "more than 10 list pages"


def test_names_of_numbered_pages() -> None:
    assert page_name("http://a.gov.cn/l/", 2) == "http://a.gov.cn/l/index_2.html"
    assert page_name("http://a.gov.cn/l/list_1.shtml", 3) == "http://a.gov.cn/l/list_3.shtml"


@pytest.mark.parametrize("address", ["http://a.gov.cn:abc/", "http://[bad/", "//:80"])
def test_broken_address_is_passed_over(address: str) -> None:
    words = "云麓区2022年政府信息公开年报"
    found = walk({LIST: f'<a href="{address}">{words}</a><a href="2.html">{words}</a>'})
    assert links(found) == [(2022, "2.html")]


def test_page_that_breaks_its_reader_is_told_and_the_walk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_listing(page: Page) -> Listing:
        if page.url == LIST + "p2.html":
            raise RecursionError("too deep")
        return original(page)

    original = generic.read_listing
    monkeypatch.setattr(generic, "read_listing", read_listing)
    pages = {
        LIST: '<a href="p2.html">2</a><a href="p3.html">3</a>',
        LIST + "p2.html": "<p>",
        LIST + "p3.html": '<a href="3.html">云麓区2020年政府信息公开年报</a>',
    }
    found = walk(pages)
    assert links(found) == [(2020, "3.html")]
    assert found.problems == ((LIST + "p2.html", "its reader broke: RecursionError: too deep"),)


def test_portal_leads_to_the_publishers_own_site() -> None:
    portal, own = "http://www.shili.gov.cn/qx/", "http://www.yunlu.gov.cn/nb/"
    pages = {
        portal: f'<a href="{own}">云麓区</a><a href="http://www.chengwan.gov.cn/nb/">澄湾区</a>',
        own: '<a href="1.html">2022年政府信息公开年报</a>',
    }
    found = walk(pages, list_url="", portal=portal)
    assert [link.url for link in found.links] == [own + "1.html"]
    assert found.pages == 2


def test_another_port_of_the_same_host_is_followed() -> None:
    found = walk({LIST: '<a href="https://www.yunlu.gov.cn:8443/1.html">云麓区2022年政府信息公开年报</a>'})
    assert [link.url for link in found.links] == ["https://www.yunlu.gov.cn:8443/1.html"]


@pytest.mark.parametrize(
    "markup",
    [
        '<embed src="/a/1.pdf">',
        '<object data="/a/1.pdf"></object>',
        '<iframe src="/pdfjs/web/viewer.html?file=/a/1.pdf"></iframe>',
        '<iframe src="/viewer.html?file=%2Fa%2F1.pdf&page=1"></iframe>',
    ],
)
def test_document_in_a_viewer_is_found(markup: str) -> None:
    assert [each.url for each in find_embedded(Page(LIST, markup))] == ["http://www.yunlu.gov.cn/a/1.pdf"]
