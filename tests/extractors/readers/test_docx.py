"""DOCX: merged cells, what Word shows and hides, automatic numbers, damage told."""

from __future__ import annotations

import zipfile
from io import BytesIO

from documents import disclosure_2021, docx_bytes, docx_document, placed, report_2021, requests_2021, saved
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Grid, GridSource, Heading, Paragraph
from extractors.readers.docx import read
from extractors.readers.limits import Limits

PAIR = (GridSource("项目", 0, 0), GridSource("数量", 0, 1), GridSource("许可", 1, 0), GridSource("31", 1, 1))


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph | Heading)]


def with_body(*xml: str) -> bytes:
    """A document whose body is some XML, the prefix w: declared."""
    document = docx_document([])
    for number, part in enumerate(xml):
        tag, rest = part[1:].split(" " if " " in part[: part.index(">")] else ">", 1)
        separator = " " if " " in part[: part.index(">")] else ">"
        document.element.body.insert(number, parse_xml(f"<{tag} {nsdecls('w')}{separator}{rest}"))
    return saved(document)


def test_form_of_2021_keeps_every_cell() -> None:
    document = read(docx_bytes(report_2021()))
    disclosure, requests = grids(document)
    assert placed(disclosure.cells) == placed(disclosure_2021())
    assert placed(requests.cells) == placed(requests_2021())
    assert document.warnings == ()


def test_blocks_come_in_body_order() -> None:
    document = read(docx_bytes(["前", PAIR, "中", PAIR, "后"]))
    assert [type(block).__name__ for block in document.blocks] == [
        "Paragraph",
        "Grid",
        "Paragraph",
        "Grid",
        "Paragraph",
    ]


def test_blank_cell_stays_a_cell() -> None:
    document = read(docx_bytes([PAIR[:3]]))
    assert [cell.text for cell in grids(document)[0].cells] == ["项目", "数量", "许可", ""]


def test_insertions_stay_and_deletions_go() -> None:
    data = with_body(
        "<w:p><w:r><w:t>收到</w:t></w:r><w:del w:id='1'><w:r><w:delText>21</w:delText></w:r></w:del>"
        "<w:ins w:id='2'><w:r><w:t>37</w:t></w:r></w:ins><w:moveFrom w:id='3'><w:r><w:t>99</w:t></w:r></w:moveFrom>"
        "<w:r><w:t>件</w:t></w:r></w:p>"
    )
    assert texts(read(data)) == ["收到37件"]


def test_deleted_row_goes() -> None:
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
    data = with_body(
        "<w:tbl><w:tblPr/>" + row.format("", "甲") + row.format("<w:trPr><w:del w:id='4'/></w:trPr>", "乙") + "</w:tbl>"
    )
    assert [cell.text for cell in grids(read(data))[0].cells] == ["甲", ""]


def test_hidden_text_and_field_codes_are_left_out() -> None:
    data = with_body(
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>88</w:t></w:r><w:r><w:instrText>PAGE 77</w:instrText></w:r>"
        "<w:r><w:t>见</w:t></w:r></w:p>"
    )
    assert texts(read(data)) == ["见"]


def test_content_controls_tabs_and_breaks_are_read() -> None:
    data = with_body(
        "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:sdt><w:sdtContent><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/>"
        "<w:t>丙</w:t></w:r></w:sdtContent></w:sdt></w:p></w:sdtContent></w:sdt>"
    )
    assert texts(read(data)) == ["甲\t乙\n丙"]


def test_text_box_is_read_once_after_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框中5件</w:t></w:r></w:p></w:txbxContent>"
    mc = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    data = with_body(
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:t>段落</w:t></w:r></w:p>"
    )
    assert texts(read(data)) == ["段落", "框中5件"]


def test_nested_table_is_a_grid_of_its_own() -> None:
    document = docx_document([PAIR])
    inner = document.tables[0].cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "内", "6"
    outer, nested = grids(read(saved(document)))
    assert [cell.text for cell in outer.cells] == ["项目", "数量", "许可", "31"]
    assert ([cell.text for cell in nested.cells], nested.nested_in) == (["内", "6"], 0)


def test_frame_of_a_single_cell_is_no_grid() -> None:
    document = docx_document([(GridSource("框", 0, 0),), "后"])
    assert texts(read(saved(document))) == ["框", "后"]
    assert grids(read(saved(document))) == []


def test_row_that_begins_late_keeps_its_column() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    data = with_body(
        "<w:tbl><w:tblPr/><w:tr>" + cell.format("甲") + cell.format("乙") + "</w:tr>"
        "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell.format("7") + "</w:tr></w:tbl>"
    )
    assert [(one.row, one.column, one.text) for one in grids(read(data))[0].cells] == [
        (0, 0, "甲"),
        (0, 1, "乙"),
        (1, 1, "7"),
    ]


def test_heading_styles_are_headings() -> None:
    document = docx_document([])
    document.add_heading("一、总体情况", 2)
    document.add_paragraph("正文")
    blocks = read(saved(document)).blocks
    assert [(type(one).__name__, getattr(one, "level", None)) for one in blocks] == [
        ("Heading", 2),
        ("Paragraph", None),
    ]


NUMBERING = """<w:numbering %s><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%%3"/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def numbered(*levels: int) -> bytes:
    document = docx_document([])
    part = document.part.numbering_part
    part._element = parse_xml(NUMBERING % nsdecls("w"))
    for level in levels:
        properties = document.add_paragraph("20件")._p.get_or_add_pPr()
        properties.append(parse_xml(f"<w:numPr {nsdecls('w')}><w:ilvl w:val='{level}'/><w:numId w:val='1'/></w:numPr>"))
    return saved(document)


def test_automatic_numbers_are_counted_and_start_again_below() -> None:
    assert texts(read(numbered(0, 1, 1, 0, 1))) == [
        "一、 20件",
        "（一） 20件",
        "（二） 20件",
        "二、 20件",
        "（一） 20件",
    ]


def test_automatic_number_never_runs_into_the_digits_of_its_paragraph() -> None:
    assert texts(read(numbered(2, 2))) == ["1 20件", "2 20件"]


def test_bullets_show_nothing() -> None:
    assert texts(read(numbered(3))) == ["20件"]


def test_tables_nested_too_deep_are_told() -> None:
    document = docx_document([PAIR])
    inner = document.tables[0].cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text = "内"
    assert read(saved(document), Limits(nesting=1)).warnings == (("document.over_limit", "tables nested 1 deep"),)


def test_archive_that_expands_too_far_is_told() -> None:
    document = read(docx_bytes(["文字"]), Limits(expanded_bytes=1000))
    assert document.blocks == ()
    assert [code for code, _ in document.warnings] == ["document.over_limit"]


def test_package_without_a_body_is_corrupt() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w")
    assert [code for code, _ in read(stream.getvalue()).warnings] == ["document.corrupt"]


WHOLE = docx_bytes([PAIR, "文字"])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_files_never_raise(place: int, noise: bytes) -> None:
    read(noise)
    read(WHOLE[:place])
    read(WHOLE[:place] + noise + WHOLE[place + len(noise) :])
