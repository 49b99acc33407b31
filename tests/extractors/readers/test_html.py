import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Grid, Heading, Paragraph
from extractors.readers.html import read


def read_page(markup: str) -> Document:
    return read(markup.encode())


def outline(markup: str) -> list[object]:
    """Headings as (level, text), paragraphs as text, grids as rows of texts (each cell once, where it begins)."""
    return [show(block) for block in read_page(markup).blocks]


def show(block: Heading | Paragraph | Grid) -> object:
    if isinstance(block, Heading):
        return (block.level, block.text)
    if isinstance(block, Paragraph):
        return block.text
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def spans(markup: str) -> list[tuple[str, int, int, int, int]]:
    (grid,) = (block for block in read_page(markup).blocks if isinstance(block, Grid))
    return [(cell.text, cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells]


CASES = Path(__file__).parents[2] / "cases" / "readers"


@pytest.mark.parametrize("page", sorted(CASES.glob("*.html")), ids=lambda page: page.stem)
def test_page_in_the_style_of_a_content_system(page: Path) -> None:
    found = json.loads(json.dumps([show(block) for block in read(page.read_bytes()).blocks]))
    assert found == json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))


# Paragraphs


def test_headings_paragraphs_and_breaks_come_in_reading_order() -> None:
    page = "<h1>某区<br>年报</h1>序<div>前<p>一、总体情况<p>第一行<br>第二行<br/></p>后</div><h3> 二 </h3>"
    assert outline(page) == [(1, "某区\n年报"), "序", "前", "一、总体情况", "第一行\n第二行", "后", (3, "二")]


def test_a_span_a_character_makes_one_word() -> None:
    page = "<p class=MsoNormal><span lang=EN>2</span><span>0</span>20<span>年<o:p></o:p></span>\n<i>收</i>\n  <b>到</b>"
    assert outline(page) == ["2020年收到"]


def test_source_line_break_is_a_space_only_beside_latin_text() -> None:
    assert outline("<p>政府信息\r\n  公开\n12 件\n(条)</p>") == ["政府信息公开 12 件 (条)"]


def test_fixed_spaces_are_spaces_and_invisible_characters_go() -> None:
    assert outline("<p>&nbsp;&emsp;\u3000收&shy;到\u200b1&nbsp;2\ufeff件\u3000</p>") == ["收到1 2件"]


def test_entities_escaped_twice_are_read() -> None:
    assert outline("<p>&amp;nbsp;收到&amp;nbsp;3件&amp;ldquo;好&amp;rdquo;</p>") == ["收到 3件“好”"]


def test_line_break_by_its_end_tag_is_a_line_break() -> None:
    assert outline("<p>12</br>34<br></br>56</p>") == ["12\n34\n56"]


def test_elements_styled_as_blocks_or_columns_do_not_run_together() -> None:
    page = "<p><span style='display:block'>12</span><i style='DISPLAY: block'>3</i><b style='display:inline'>4</b>5</p>"
    assert outline(page) == ["12", "3", "45"]
    page = "<p><span style='display:inline-block;width:9em'>12</span><span style='float:left'>34</span></p>"
    assert outline(page) == ["12 34"]


def test_preformatted_text_keeps_lines_and_tabs() -> None:
    assert outline("<pre>规章\t0\t1\n  收费\t2</pre><p>a\n\tb</p>") == ["规章\t0\t1\n  收费\t2", "a b"]


def test_paragraph_end_without_a_beginning_parts_numbers() -> None:
    assert outline("<div>收到12</p>5件办结</div>") == ["收到12", "5件办结"]


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "select", "template", "button"])
def test_what_is_no_text_is_left_out(tag: str) -> None:
    assert outline(f"<p>前<{tag}><option>9</option></{tag}>后</p><!-- 8 --><input value=7><textarea>6</textarea>") == [
        "前后"
    ]


def test_hidden_elements_are_left_out() -> None:
    assert outline("<p>12<span style='DISPLAY : none'>99</span>3件</p><div hidden>8</div><p>尾") == ["123件", "尾"]


def test_hidden_report_is_read_when_nothing_else_is_there() -> None:
    document = read_page("<div style='display:none'><p>" + "收到申请" * 60 + "</p></div>")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["收到申请" * 60]
    assert document.warnings == (("html.hidden_source", "hidden element: 240 letters"),)


def test_word_processor_conditions_leave_their_text() -> None:
    page = (
        "<html xmlns:o='urn:x'><head><!--[if gte mso 9]><xml><w:View>9</w:View></xml><![endif]--></head><body>"
        "<p><![if !supportLists]><span>一、<span style='font:7pt'>&nbsp; </span></span><![endif]>总体情况</p></body>"
    )
    assert outline(page) == ["一、  总体情况"]


def test_title_metadata_and_links() -> None:
    document = read_page(
        "<title>年报\n- 某区</title><meta name=PubDate content='2021-01-20'><meta charset=utf-8><base href='http://a.cn/'>"
        "<a href='#top'>上</a><a href='a.doc'>附件<b>1</b></a><img src=t.png alt=表一><iframe src='b.pdf'></iframe>"
        "<table><tr><td>1<td><a href=c.htm>丙</a></table>"
    )
    assert document.title == "年报 - 某区"
    assert document.metadata == (("PubDate", "2021-01-20"), ("base", "http://a.cn/"))
    assert document.links == (("a.doc", "附件1"), ("t.png", "[img] 表一"), ("b.pdf", "[frame]"), ("c.htm", "丙"))


def test_picture_that_loads_lazily_and_link_that_leads_nowhere() -> None:
    page = "<img src='data:image/gif;base64,R0' data-src='b.jpg'><a href='javascript:void(0)'>打印</a>"
    assert read_page(page).links == (("b.jpg", "[img]"),)


# Tables


def test_spans_are_placed_by_the_table_algorithm() -> None:
    page = (
        "<TABLE><THEAD><TR><TH rowspan=2>项<TH colspan='2'>法人</THEAD><TBODY><TR><TD>企业<TD>科研"
        "<TR><TD>新收<TD>1<TD>2</TBODY></TABLE>"
    )
    assert spans(page) == [
        ("项", 0, 0, 2, 1),
        ("法人", 0, 1, 1, 2),
        ("企业", 1, 1, 1, 1),
        ("科研", 1, 2, 1, 1),
        ("新收", 2, 0, 1, 1),
        ("1", 2, 1, 1, 1),
        ("2", 2, 2, 1, 1),
    ]


def test_spans_that_run_out_of_the_table_are_clipped() -> None:
    page = "<table><tr><td colspan=99>甲<tr><td rowspan=50>乙<td rowspan=0>丙<tr><td colspan=0>丁</table>"
    assert spans(page) == [("甲", 0, 0, 1, 3), ("乙", 1, 0, 2, 1), ("丙", 1, 1, 2, 1), ("丁", 2, 2, 1, 1)]


def test_spans_that_overlap_stay_as_written() -> None:
    page = "<table><tr><td>1<td rowspan=2>2<td>3<tr><td colspan=3>4</table>"
    assert spans(page) == [("1", 0, 0, 1, 1), ("2", 0, 1, 2, 1), ("3", 0, 2, 1, 1), ("4", 1, 0, 1, 3)]


def test_blank_cells_are_cells() -> None:
    assert outline("<table><tr><td>规章<td><td>&nbsp;<td><p><o:p>&nbsp;</o:p></p><td>0</table>") == [
        [["规章", "", "", "", "0"]]
    ]


def test_header_cells_are_marked() -> None:
    (grid,) = read_page("<table><tr><th scope=col>甲<td>1</table>").blocks
    assert isinstance(grid, Grid)
    assert [cell.is_header for cell in grid.cells] == [True, False]


def test_blocks_and_breaks_in_a_cell_are_lines() -> None:
    page = "<table><tr><td><p>自</p>\n<p>然</p> <p>人</p><td>1<br>2<br><br>4<td><p>5</p><p>&nbsp;</p><p>7</p></table>"
    assert outline(page) == [[["自\n然\n人", "1\n2\n\n4", "5\n\n7"]]]


def test_neighbours_of_a_list_of_rows_keep_their_blank_lines() -> None:
    page = "<table><tr><td>新收<br>结转<br>总计<td><br>5<br><td><br><br>7<td>8<td><br></table>"
    assert outline(page) == [[["新收\n结转\n总计", "\n5\n", "\n\n7", "8", ""]]]


def test_blank_lines_around_a_single_value_go() -> None:
    page = "<table><tr><td><p>&nbsp;</p><p>新收</p><td><br>5<br><td><p>0</p><p><br></p></table>"
    assert outline(page) == [[["新收", "5", "0"]]]


def test_number_of_a_footnote_stays_apart() -> None:
    page = "<p>收到12<sup>1</sup>件，面积3m<sup>2</sup></p><table><tr><td>新收<sup>注</sup><td>12<sup>1</sup></table>"
    assert outline(page) == ["收到12[1]件，面积3m[2]", [["新收注", "12[1]"]]]


def test_number_struck_out_is_left_out() -> None:
    page = "<p>收到<del>12</del>13件，<span style='text-decoration: line-through'>9</span>8件</p>"
    assert outline(page) == ["收到13件，8件"]


def test_hidden_cells_and_rows_take_no_place() -> None:
    page = "<table><tr><td>甲<td style='display:none'>9<td>1<tr style='display:none'><td>8<tr><td>乙<td>2</table>"
    assert outline(page) == [[["甲", "1"], ["乙", "2"]]]


def test_fields_in_cells_count_as_their_values() -> None:
    page = "<table><tr><td>新收<td><input value=12><td><textarea>3</textarea><td><input type=hidden value=9></table>"
    assert outline(page) == [[["新收", "12", "3", ""]]]


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>",
        "<tr><td>1<td>2<tr><td>3<td>4",
        "<td>1<td>2<tr><td>3<td>4",
        "<tr><td><div>1<td>2<tr><td><span>3<td>4",
        "<tr><td><font>1</td><td>2</font></td></tr><form><tr><td>3</td><td>4</td></tr></form>",
        "<colgroup><col><col></colgroup><tbody><tr><td>1<td>2</tbody><tfoot><tr><td>3<td>4</tfoot>",
        "<tr><td>1<td>2</tr></td></div><tr><td>3<td>4</tr></p>",
    ],
)
def test_rows_survive_careless_tags(rows: str) -> None:
    assert outline(f"<table>{rows}</table>") == [[["1", "2"], ["3", "4"]]]


@pytest.mark.parametrize("torn", ["<tr><td>结转</td><td>1", "<tr><td>结转<td>12</td>", "<tr><td>结转<td>1</td><t"])
def test_row_in_which_a_page_breaks_off_is_left_out_and_told(torn: str) -> None:
    document = read_page("<p>前言</p><table><tr><td>新收</td><td>1</td></tr>" + torn)
    assert [show(block) for block in document.blocks] == ["前言", [["新收", "1"]]]
    assert document.warnings == (("document.truncated", "the page ends inside a table"),)


def test_page_that_breaks_off_after_a_row_keeps_it() -> None:
    document = read_page("<table><tr><td>新收</td><td>1</td></tr><tr><td>结转</td><td>2</td></tr>")
    assert [show(block) for block in document.blocks] == [[["新收", "1"], ["结转", "2"]]]
    assert document.warnings == (("document.truncated", "the page ends inside a table"),)


def test_table_left_open_in_a_whole_page_is_kept() -> None:
    document = read_page("<html><body><table><tr><td>新收<td>1<tr><td>结转<td>2</body></html>")
    assert [show(block) for block in document.blocks] == [[["新收", "1"], ["结转", "2"]]]
    assert document.warnings == ()


@pytest.mark.parametrize(
    "row",
    [
        "<td>新收</td>1</td><td>2</td><td></td>",
        "<td>新收</td>1</td> 2</td><td></td>",
        "新收</td><td>1</td><td>2</td><td></td>",
        "<td>新收</td><p><span>1</span></p></td>\n<td>2</td><td></td>",
        "<td>新收</td><td>1</td><b>2</b></td><td></td>",
        "<form><td>新收</td></form><td>1</td><!-- 9 -->2<i></i></td><td></td>",
    ],
)
def test_number_bare_in_its_row_keeps_its_column(row: str) -> None:
    assert outline(f"<table><tr><td>项<td>甲<td>乙<td>丙</tr><tr>{row}</tr></table>") == [
        [["项", "甲", "乙", "丙"], ["新收", "1", "2", ""]]
    ]


def test_table_that_is_not_closed_before_the_next_is_two() -> None:
    assert outline("<table><tr><td>1<td>2</tr><table><tr><td>3<td>4</table>") == [[["1", "2"]], [["3", "4"]]]


def test_table_inside_a_cell_follows_as_a_grid_of_its_own() -> None:
    page = "<table><tr><td>甲<td>乙<td>丙<tr><td>丁<td>戊<table><tr><td>1<td>2</table><td>己</table>"
    document = read_page(page)
    assert [show(block) for block in document.blocks] == [[["甲", "乙", "丙"], ["丁", "戊", "己"]], [["1", "2"]]]
    assert [block.nested_in for block in document.blocks if isinstance(block, Grid)] == [None, 0]


def test_table_of_one_cell_inside_a_cell_is_the_cell_s_text() -> None:
    assert outline("<table><tr><td>甲<td><table><tr><td>5</table></table>") == [[["甲", "5"]]]


def test_frame_of_one_cell_is_no_table() -> None:
    page = "<table><tr><td><h2>一、总体情况</h2><p>收到3件。</p><table><tr><td>1<td>2</table><p>尾</table>"
    assert outline(page) == [(2, "一、总体情况"), "收到3件。", [["1", "2"]], "尾"]


def test_table_that_holds_larger_tables_is_a_frame() -> None:
    inner = "<table>" + "<tr><td>行<td>1<td>2" * 4 + "</table>"
    page = f"<table><tr><td>首页<td>公开<tr><td>导航<td><p>前言</p>{inner}<p>尾</p></table>"
    assert outline(page) == [[["首页", "公开"]], "导航", "前言", [["行", "1", "2"]] * 4, "尾"]


def test_sheet_with_paragraphs_as_rows_is_parted() -> None:
    prose = "本年度认真落实条例，加强组织领导，收到申请12件，全部按期办结。" * 3
    empty = "<td></td>" * 300
    page = (
        f"<table><tr><td colspan=8>年度报告</td>{empty}</tr><tr><td colspan=8>{prose}</td>{empty}</tr>"
        "<tr><td>新收</td><td>12</td></tr><tr><td>结转</td><td>0</td></tr>"
        f"<tr><td>五、问题</td></tr><tr><td>{prose}</td></tr></table>"
    )
    assert outline(page) == ["年度报告", prose, [["新收", "12"], ["结转", "0"]], "五、问题", prose]


def test_blank_row_above_prose_stays_in_the_table() -> None:
    prose = "本年度没有行政复议和行政诉讼。" * 6
    page = (
        f"<table><tr><td>新收<td>1<td>2<tr><td>结转<td><td><tr><td colspan=3>四、复议<tr><td colspan=3>{prose}</table>"
    )
    assert outline(page) == [[["新收", "1", "2"], ["结转", "", ""]], "四、复议", prose]


def test_row_of_a_label_and_blanks_alone_is_a_table() -> None:
    assert outline("<table><tr><td>总计<td><td><td></table>") == [[["总计", "", "", ""]]]


def test_numbers_beside_a_long_remark_stay_in_the_table() -> None:
    remark = "申请人要求说明理由，已答复。" * 8
    assert outline(f"<table><tr><td>新收<td>1<td>2<td>{remark}</table>") == [[["新收", "1", "2", remark]]]


def test_table_of_one_column_is_lines() -> None:
    assert outline("<table><tr><td>收到3件<tr><td><tr><td>办结2件</table>") == ["收到3件", "办结2件"]


def test_caption_and_stray_text_stand_before_the_grid() -> None:
    assert outline("<table><caption>表一</caption>单位：件<tr><td>1<td>2</table>") == ["表一", "单位：件", [["1", "2"]]]


SPANS = st.integers(0, 12)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.lists(st.tuples(SPANS, SPANS), max_size=6), max_size=8))
def test_no_span_leaves_its_grid_and_no_cell_is_lost(rows: list[list[tuple[int, int]]]) -> None:
    markup = "".join(
        "<tr>"
        + "".join(f"<td rowspan={height} colspan={width}>{height}×{width}</td>" for height, width in row)
        + "</tr>"
        for row in rows
    )
    written = [f"{height}×{width}" for row in rows for height, width in row]
    document = read_page(f"<table>{markup}</table>")
    cells = [cell for block in document.blocks if isinstance(block, Grid) for cell in block.cells]
    paragraphs = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert [cell.text for cell in cells] + paragraphs == written
    for grid in (block for block in document.blocks if isinstance(block, Grid)):
        assert all(cell.row + cell.row_span <= grid.row_count for cell in grid.cells)
        assert all(cell.column + cell.column_span <= grid.column_count for cell in grid.cells)
        assert all(cell.row_span >= 1 and cell.column_span >= 1 for cell in grid.cells)


# Hidden sources

ROWS = "".join(f"<tr><td>行{number}</td><td>{number}</td></tr>" for number in range(10))
TABLE = [[f"行{number}", str(number)] for number in range(10)]


def test_table_written_by_script_stands_where_it_is_written() -> None:
    script = "document.write('<table><tr><td>新收<\\/td>'); document.write(\"<td>\" + n + '</td></table>');"
    page = f"<p>前<script>{script}</script><p>后"
    assert outline(page) == ["前", [["新收", "\ufffd"]], "后"]


@pytest.mark.parametrize(
    "script",
    [
        "document.getElementById('x').innerHTML = '<table><tr><td>新收<td>' + \"5</table>\"; var y = '<p>9';",
        "$('#x').html('<table><tr><td>新收</td>'); $(\"#x\").append('<td>5<\\/td></table>');",
    ],
)
def test_table_put_into_an_element_stands_there(script: str) -> None:
    page = f"<table>{ROWS}</table><p>前</p><div class=a id='x'></div><p>后</p><script>{script}</script>"
    assert outline(page) == [TABLE, "前", [["新收", "5"]], "后"]


@pytest.mark.parametrize(
    "source",
    [
        '<script>var content = "<table>{}</table>";</script>',
        "<script>show({{html: '\\u003ctable>{}'}})</script>",
        "<script type='text/template'><table>{}</table></script>",
        "<!-- <table>{}</table> -->",
        "<textarea style='display:none'><table>{}</table></textarea>",
        "<template><table>{}</table></template>",
    ],
)
def test_table_held_by_a_hidden_source_is_appended_and_told(source: str) -> None:
    document = read_page("<p>年报</p>" + source.format(ROWS) + "<p>尾</p>")
    assert [show(block) for block in document.blocks] == ["年报", "尾", TABLE]
    assert [code for code, _ in document.warnings] == ["html.hidden_source"]


def test_hidden_table_beside_a_visible_one_is_left_out() -> None:
    assert outline(f"<table>{ROWS}</table><!-- <table>{ROWS.replace('行', '旧')}</table> -->") == [TABLE]


def test_tags_written_as_text_are_obeyed() -> None:
    document = read_page("<p>" + f"<p>年报</p><table>{ROWS}</table>".replace("<", "&lt;") + "</p>")
    assert [show(block) for block in document.blocks] == ["年报", TABLE]
    assert document.warnings == (("html.hidden_source", "tags written as text"),)


def test_answer_in_json_is_unwrapped() -> None:
    document = read(
        '{"code": 0, "data": {"title": "某区年报", "content": "<p>收到\\u003cb>5\\u003c/b>件</p>"}}'.encode()
    )
    assert (document.title, [show(block) for block in document.blocks]) == ("某区年报", ["收到5件"])
    assert document.metadata == (("title", "某区年报"),)


# Hostile pages


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div>" * 100_000 + "收到5件<p>办结4件", ["收到5件", "办结4件"]),
        ("<font>" * 3_000 + "<p>收到5件<p>办结4件", ["收到5件", "办结4件"]),
        ("<ul><li>5" * 3_000, ["5"] * 3_000),
    ],
)
def test_deep_nesting_is_flattened(page: str, expected: list[str]) -> None:
    assert outline(page) == expected


def test_nesting_beyond_repair_is_told() -> None:
    document = read_page("<table><tr><td>" * 3_000 + "5")
    assert ("document.over_limit", "tags are nested too deep") in document.warnings


@pytest.mark.parametrize(
    "part", ["<script>document.write(", "<table><td>", "<td colspan=1000>1", "'", "<!--", "</p>", "&amp;"]
)
def test_repetition_takes_no_quadratic_time(part: str) -> None:
    start = time.process_time()
    read_page("<p>" + part * 4_000)
    assert time.process_time() - start < 5
