from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from flows.discover import READERS, Page, discover
from flows.discover.families import find_family, find_look_alike, load_families, propose_list, reader_of
from flows.sources import load_sources
from schemas.records import Level, ReportLink, Source

US = "示例市云麓区人民政府"


def links_of(
    list_url: str, pages: Mapping[str, str], reports: tuple[str, ...] = (), family: str = ""
) -> tuple[ReportLink, ...]:
    def open_page(url: str) -> Page | str:
        return Page(url, pages[url]) if url in pages else "the server answers 404"

    source = Source("990101-01", "990101", US, Level.COUNTY, list_url, cms_family=family)
    return discover(source, open_page, lambda page: page.url in reports, 50).links


def found(
    list_url: str, pages: Mapping[str, str], reports: tuple[str, ...] = (), family: str = ""
) -> list[tuple[int | None, str]]:
    return [(link.year, link.url) for link in links_of(list_url, pages, reports, family)]


def anchor(url: str, year: int) -> str:
    title = f"云麓区{year}年政府信息公开工作年度报告"
    return f'<li><a href="{url}" title="{title}">云麓区{year}年…</a><span>{year + 1}-01-18</span></li>'


@pytest.mark.parametrize(
    ("url", "family"),
    [
        ("https://a.gov.cn/x/202301/t20230119_2136694.shtml", "trs"),
        ("https://a.gov.cn/art/2023/1/17/art_6093_475998.html", "hanweb"),
        ("https://a.gov.cn/art/2025/art_4a25005ad4da4e0bbca9a04b98caea18.html", "hanweb"),
        ("http://a.gov.cn/module/xxgk/xxgkAnnualReport.jsp?area=002510696&fbtime=2017", "hanweb"),
        ("http://a.gov.cn/col/col1229214366/index.html", "hanweb"),
        ("http://a.gov.cn/info/1308/19387.htm", "vsb"),
        ("http://a.gov.cn/unit/gkmlpt/content/7/7654/post_7654321.html", "gkmlpt"),
        ("https://a.gov.cn/x/content/post_1665156.html", "gd_post"),
        ("http://a.gov.cn/public/column/16551?type=3&action=list", "public_column"),
        ("http://a.gov.cn/openness/OpennessAnnualReport/show/1.html", "openness"),
        ("http://a.gov.cn/c/2016-08-25/1192822.shtml", "c_date"),
        ("http://a.gov.cn/news/about", None),
    ],
)
def test_family_is_told_by_the_address(url: str, family: str | None) -> None:
    assert find_family(url) == family


@pytest.mark.parametrize(
    ("url", "proposed"),
    [
        ("http://a.gov.cn/zwgk/nb/202301/t20230119_21.shtml", "http://a.gov.cn/zwgk/nb/"),
        ("http://a.gov.cn/art/2023/1/17/art_6093_475998.html", "http://a.gov.cn/col/col6093/index.html"),
        ("http://a.gov.cn/zfxxgknb/content/post_1.html", "http://a.gov.cn/zfxxgknb/"),
        ("http://a.gov.cn/info/1308/19387.htm", None),
    ],
)
def test_list_is_proposed_from_the_address_of_a_report(url: str, proposed: str | None) -> None:
    assert propose_list(url) == proposed


def test_every_family_has_a_reader() -> None:
    assert {reader_of(family.id) for family in load_families().families} <= set(READERS)


def test_registry_can_be_read_and_every_row_has_a_reader() -> None:
    sources = load_sources(Path("data/sources.csv"))
    assert len(sources) > 250
    assert {reader_of(source.cms_family) for source in sources} <= set(READERS)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://www.quanzhou.gov.cn/zfb/xxgk/zfxxgkzl/zfxxgkzn", "guide"),
        ("http://www.shenyang.gov.cn/zwgk/zfxxgkzd/sszf/202112/t20211201_1729584.html", "rules"),
        ("http://www.guiyang.gov.cn/zwgk/zfxxgks/zfxxgknb/", None),
    ],
)
def test_folder_of_another_kind_of_page_is_told(url: str, kind: str | None) -> None:
    assert find_look_alike(url) == kind


def test_trs_pages_take_their_names_from_the_call() -> None:
    pages = {
        "http://a.gov.cn/nb/": anchor("./202301/t20230118_1.shtml", 2022)
        + '<script>createPageHTML(2, 0, "list", "shtml");</script>',
        "http://a.gov.cn/nb/list_1.shtml": anchor("./202201/t20220118_2.shtml", 2021),
    }
    assert found("http://a.gov.cn/nb/", pages) == [
        (2022, "http://a.gov.cn/nb/202301/t20230118_1.shtml"),
        (2021, "http://a.gov.cn/nb/202201/t20220118_2.shtml"),
    ]


def test_hanweb_records_come_from_the_data_proxy() -> None:
    proxy = "http://a.gov.cn/module/web/jpage/dataproxy.jsp?page={}&columnid=9&unitid=7"
    group = f'<nextgroup><![CDATA[<a href="{proxy.format(1)}"></a>]]></nextgroup>'
    store = "<datastore><totalpage>2</totalpage>{}<recordset><record><![CDATA[{}]]></record></recordset></datastore>"
    first = store.format(group, anchor("/art/1.html", 2022))
    pages = {
        "http://a.gov.cn/col/col9/index.html": f'<script type="text/xml">{first}</script>',
        proxy.format(1): first,
        proxy.format(2): store.format(group, anchor("/art/2.html", 2021)),
    }
    assert found("http://a.gov.cn/col/col9/index.html", pages) == [
        (2022, "http://a.gov.cn/art/1.html"),
        (2021, "http://a.gov.cn/art/2.html"),
    ]


def test_hanweb_annual_reports_by_query_are_reports_themselves() -> None:
    address = "http://a.gov.cn/module/xxgk/xxgkAnnualReport.jsp?area=0025&fbtime={}"
    page = '<select><option value="2022">2022</option><option value="2021">2021</option></select><p>全文</p>'
    pages = {address.format(year): page for year in (2021, 2022)}
    assert found(address.format(2022), pages, reports=tuple(pages)) == [
        (None, address.format(2022)),
        (None, address.format(2021)),
    ]


def test_vsb_pages_are_counted_downwards() -> None:
    pages = {
        "http://a.gov.cn/zw/ndbg.htm": anchor("../info/1/3.htm", 2022)
        + "<script>_simple_list_gotopage_fun(3, 'a1GOPAGE', 2)</script>",
        "http://a.gov.cn/zw/ndbg/2.htm": anchor("../../info/1/2.htm", 2021),
        "http://a.gov.cn/zw/ndbg/1.htm": anchor("../../info/1/1.htm", 2020),
    }
    source = Source("990101-01", "990101", US, Level.COUNTY, "http://a.gov.cn/zw/ndbg.htm", cms_family="vsb")
    links = discover(
        source, lambda url: Page(url, pages[url]) if url in pages else "none", lambda page: False, 50
    ).links
    assert [(link.year, link.url) for link in links] == [
        (2022, "http://a.gov.cn/info/1/3.htm"),
        (2021, "http://a.gov.cn/info/1/2.htm"),
        (2020, "http://a.gov.cn/info/1/1.htm"),
    ]


def test_gkmlpt_column_is_found_in_the_tree_and_its_pages_by_their_total() -> None:
    index = "http://a.gov.cn/unit/gkmlpt/index"
    api = "http://a.gov.cn/unit/gkmlpt/api/all/21?page={}&sid=2"
    article = '{{"title": "云麓区{}年政府信息公开工作年度报告", "url": "{}", "display_publish_time": 1674000000}}'
    pages = {
        index: """<script>window._CONFIG = {SID: '2', TREE: [{"id": 7, "name": "政策"},
            {"id": 21, "pid": 1, "name": "\\u653f\\u5e9c\\u4fe1\\u606f\\u516c\\u5f00\\u5e74\\u62a5"}]}</script>""",
        api.format(1): f'{{"articles": [{article.format(2022, "http://a.gov.cn/c/post_1.html")}], "total": 2}}',
        api.format(2): f'{{"articles": [{article.format(2021, "http://a.gov.cn/c/post_2.html")}], "total": 2}}',
    }
    source = Source("990101-01", "990101", US, Level.COUNTY, index)
    links = discover(
        source, lambda url: Page(url, pages[url]) if url in pages else "none", lambda page: False, 50
    ).links
    assert [(link.year, link.url, link.published_date) for link in links] == [
        (2022, "http://a.gov.cn/c/post_1.html", date(2023, 1, 18)),
        (2021, "http://a.gov.cn/c/post_2.html", date(2023, 1, 18)),
    ]
