from pathlib import Path

import pytest

from flows.propose import propose_source, recognise_address
from flows.sample import SITE
from schemas.records import Level, Source


def test_row_is_proposed_from_a_report() -> None:
    url = "http://www.yunlu.gov.cn/zw/ndbg/202203/t20220320_15781.html"
    body = (SITE / "yunlu/ndbg/202203/t20220320_15781.html").read_bytes()
    assert propose_source(url, body, None, ()) == Source(
        "990101-01",
        "990101",
        "示例市云麓区人民政府",
        Level.COUNTY,
        "http://www.yunlu.gov.cn/zw/ndbg/",
        (url,),
        "",
        "trs",
    )


def test_row_is_proposed_from_a_list_with_the_next_free_id() -> None:
    url = "http://www.chengwan.gov.cn/ndbg/"
    known = (Source("990102-01", "990102", "示例市澄湾区教育局", Level.DEPARTMENT, "http://a.gov.cn/"),)
    proposed = propose_source(url, Path(SITE / "chengwan/ndbg/index.html").read_bytes(), None, known)
    assert (proposed.publisher_id, proposed.publisher, proposed.list_url) == ("990102-02", "示例市澄湾区人民政府", url)
    assert (proposed.level, proposed.district_code) == (Level.COUNTY, "990102")


def test_nothing_is_made_up_for_a_page_that_tells_nothing() -> None:
    proposed = propose_source("http://www.a.gov.cn/x/", b"<p>hello</p>", None, ())
    assert (proposed.publisher, proposed.district_code) == ("", "")


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://www-liangqing-gov-cn.example.com/art/2020/1/1/art_1_1.html", "the host does not end in .gov.cn"),
        ("http://122.137.242.24/zfxxgk/202101/t20210128_1.html", "the host does not end in .gov.cn"),
        ("https://www.quanzhou.gov.cn/zfb/xxgk/zfxxgkzl/zfxxgkzn", "a folder of guide"),
        ("ftp://a.gov.cn/", "not an http or https address"),
        ("https://www.weihai.gov.cn:8443/art/2020/1/1/art_1_1.html", None),
    ],
)
def test_address_that_should_not_stand_in_a_registry_is_refused(url: str, refused: str | None) -> None:
    assert recognise_address(url).refused == refused


def test_twins_of_an_address_are_recognised_as_one() -> None:
    twins = ("http://www.a.gov.cn/nb/202301/t20230118_1.html", "https://a.gov.cn:443/nb/202301/t20230118_1.html#top")
    assert {recognise_address(url).identity for url in twins} == {"a.gov.cn/nb/202301/t20230118_1.html"}
