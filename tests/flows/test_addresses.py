import pytest

from flows.addresses import canonical, is_government, is_web_address, site_of


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("http://WWW.a.gov.cn:80/art/1.html;jsessionid=AB12#top", "a.gov.cn/art/1.html"),
        ("https://a.gov.cn/art/1.html", "a.gov.cn/art/1.html"),
        ("http://big5.www.gov.cn/gate/big5/www.gov.cn/a.htm", "gov.cn/a.htm"),
        ("https://a.gov.cn:8443/x?b=2&a=1&token=9", "a.gov.cn:8443/x?a=1&b=2"),
        ("http://a.gov.cn", "a.gov.cn/"),
        ("http://a.gov.cn/年报/", "a.gov.cn/%E5%B9%B4%E6%8A%A5/"),
        ("http://a.gov.cn/%e5%b9%b4%e6%8a%a5/", "a.gov.cn/%E5%B9%B4%E6%8A%A5/"),
    ],
)
def test_identity_of_an_address(url: str, identity: str) -> None:
    assert canonical(url) == identity


def test_case_of_a_path_and_year_of_a_query_tell_pages_apart() -> None:
    assert canonical("http://a.gov.cn/A.html") != canonical("http://a.gov.cn/a.html")
    assert canonical("http://a.gov.cn/x.jsp?fbtime=2020") != canonical("http://a.gov.cn/x.jsp?fbtime=2021")


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://www.a.gov.cn/", True),
        ("http://gov.cn/", True),
        ("http://www-a-gov-cn.example.com/", False),
        ("http://agov.cn/", False),
        ("http://122.137.242.24/", False),
    ],
)
def test_government_host_ends_in_gov_cn(url: str, is_one: bool) -> None:
    assert is_government(url) is is_one


def test_site_is_host_and_port() -> None:
    assert site_of("http://user@A.gov.cn:8080/x") == "a.gov.cn:8080"


@pytest.mark.parametrize("url", ["ftp://a.gov.cn/", "http://", "javascript:void(0)", "http://a.gov.cn:99999/"])
def test_other_schemes_and_broken_addresses_are_no_web_addresses(url: str) -> None:
    assert not is_web_address(url)
