from extractors.document import Paragraph
from extractors.readers import read, text
from schemas.records import Medium


def test_each_line_is_a_paragraph_with_its_tabs_and_its_place() -> None:
    document = text.read("标题\r\n\r\n  收到\t12\r件\n".encode("gb18030"), "gb2312")
    assert document.medium is Medium.TEXT
    assert document.text == "标题\n\n  收到\t12\n件\n"
    assert document.blocks == (Paragraph("标题", 0), Paragraph("  收到\t12", 4), Paragraph("件", 12))


def test_markdown_rows_stay_lines() -> None:
    lines = ["| 项目 | 自<br>然<br>人 |", "|---|---|", "| 规章 | 0 |"]
    document = read("\n".join(lines).encode())
    assert document.medium is Medium.TEXT
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == lines


def test_blank_file_says_so() -> None:
    document = text.read(b" \n\t\n")
    assert document.blocks == ()
    assert document.warnings == (("document.empty", "the file holds no text"),)


def test_byte_order_mark_is_no_text() -> None:
    assert text.read("\ufeff年报".encode()).text == "年报"
