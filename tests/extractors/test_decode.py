import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.decode import Decoded, decode, normalize_charset

TEXT = "某区2020年政府信息公开工作年度报告：收到申请12件，予以公开7件。"


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("utf-8", None),
        ("utf-8", "utf-8"),
        ("utf-8", "gbk"),
        ("utf-8", "gb2312"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", "no-such-charset"),
        ("gb18030", None),
        ("gb18030", "gb2312"),
        ("gb18030", "GBK"),
        ("gb18030", "utf-8"),
        ("gb18030", "ISO-8859-1"),
        ("gb18030", "x-gbk"),
    ],
)
def test_text_is_right_whatever_was_declared(charset: str, declared: str | None) -> None:
    assert decode(TEXT.encode(charset), declared) == Decoded(TEXT, charset)


def test_declared_gb2312_means_gb18030() -> None:
    text = '<meta charset="gb2312">姓名：㐱𠮷，镕'
    assert decode(text.encode("gb18030")) == Decoded(text, "gb18030")


@pytest.mark.parametrize("declaration", ['<meta charset="big5">', "<?xml version='1.0' encoding='big5'?>"])
def test_declaration_inside_the_file_is_heard(declaration: str) -> None:
    text = declaration + "政府資訊公開年度報告，受理申請三件"
    assert decode(text.encode("big5")) == Decoded(text, "big5hkscs")


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_decides(charset: str) -> None:
    assert decode(TEXT.encode(charset), "gbk").text == TEXT


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark_is_known_by_its_zeros(charset: str) -> None:
    text = f"<html><body><p>{TEXT}</p></body></html>"
    assert decode(text.encode(charset)) == Decoded(text, charset)


def test_last_character_cut_in_two_is_told() -> None:
    for charset in ("utf-8", "gb18030"):
        assert decode(TEXT.encode(charset)[:-1]) == Decoded(
            TEXT[:-1], charset, (("document.charset", f"{charset}: the file ends inside a character"),)
        )


def test_damaged_bytes_are_marked_and_told() -> None:
    data = TEXT.encode() + b"\xe5\x85" + "件".encode() * 20
    assert decode(data, "utf-8") == Decoded(
        TEXT + "\ufffd" + "件" * 20, "utf-8", (("document.charset", "utf-8: 1 damaged characters"),)
    )


def test_description_cut_inside_a_character_does_not_spoil_a_utf_8_page() -> None:
    data = b'<meta charset="gbk"><meta name="description" content="' + "公开".encode()[:-1] + b'">' + TEXT.encode() * 5
    decoded = decode(data)
    assert decoded.charset == "utf-8"
    assert decoded.text.endswith(TEXT)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("GB2312", "gb18030"), ("'gbk'", "gb18030"), ("UTF8", "utf-8"), ("utf8mb4", "utf-8"), ("q\x00", None), ("", None)],
)
def test_names_of_charsets(name: str, codec: str | None) -> None:
    assert normalize_charset(name) == codec


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=300), st.sampled_from([None, "gbk", "utf-16", "big5", "base64", "idna", "x\x00y"]))
def test_no_bytes_raise(data: bytes, declared: str | None) -> None:
    assert isinstance(decode(data, declared).text, str)


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=8))
def test_utf_8_chinese_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "utf-8").text == text
