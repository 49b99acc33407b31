from hypothesis import given
from hypothesis import strategies as st

from flows.addresses import canonical
from flows.discover import READERS, Page, read_listing
from flows.discover.families import find_family, propose_list
from flows.discover.titles import judge
from flows.pages import find_challenge, find_signpost, find_soft_gone, visible_text

URL = "http://a.gov.cn/nb/"
WORDS = st.text(
    st.sampled_from(
        "云麓区澄湾县市省人民政府信息公开工作年度报告解读图指南0123456789年〇二（）【】《》-_ .:\t\u3000aZ"
    ),
    max_size=40,
)
PIECES = st.sampled_from(
    [
        "<a href='",
        "<a href=x.html>",
        "</a>",
        "<li onclick=\"f('1.html')\">",
        "<option value='/a/'>",
        "<iframe src=//>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<script>createPageHTML(9,0,'index','html')",
        "</script>",
        "<nextgroup><![CDATA[<a href='dataproxy.jsp?page=1'>",
        "_simple_list_gotopage_fun(99999,",
        "云麓区2022年政府信息公开年报",
        '{"title": "',
        '"url": 3}',
        "[",
        "http://[",
        "\x00",
    ]
)


@given(WORDS, WORDS)
def test_any_words_are_judged(words: str, publisher: str) -> None:
    judge(words, publisher)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["hanweb", "trs", "vsb", "gkmlpt", "generic"]))
def test_any_page_is_read_by_any_reader(text: str, family: str) -> None:
    listing = read_listing(Page(URL, text), family)
    assert all(url.startswith("http") for url in listing.further)
    assert all(candidate.url.startswith("http") for candidate in listing.candidates)
    assert len(listing.further) < 1000
    assert set(READERS)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_page_is_weighed(text: str) -> None:
    visible_text(text)
    find_challenge(text)
    find_soft_gone(text)
    find_signpost(text, URL)


@given(st.text(st.sampled_from("abAB01/?&=;#%._-"), max_size=30))
def test_identity_of_an_address_is_its_own_identity(path: str) -> None:
    identity = canonical(f"http://www.a.gov.cn/{path}")
    assert canonical(f"http://{identity}") == identity


@given(st.text(max_size=60))
def test_any_address_is_recognised_or_not(text: str) -> None:
    find_family(f"http://a.gov.cn/{text}")
    propose_list(f"http://a.gov.cn/{text}")
