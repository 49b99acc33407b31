"""Tables built of other tags than those of tables."""

import pytest

from extractors.document import Grid, Paragraph
from extractors.readers.html import read

ROWS = [["新收", "12", "3", "0"], ["结转", "", "1", "2"], ["公开", "5", "6", "7"], ["总计", "8", "9", "10"]]


def grids(markup: str) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]
        for block in read(markup.encode()).blocks
        if isinstance(block, Grid)
    ]


def paragraphs(markup: str) -> list[str]:
    return [block.text for block in read(markup.encode()).blocks if isinstance(block, Paragraph)]


def build(row: str, cell: str, rows: list[list[str]] = ROWS) -> str:
    """Rows and cells of the tags given, each as `tag attributes`."""
    row_end, cell_end = row.split()[0], cell.split()[0]
    return "".join(
        f"<{row}>\n" + "".join(f"<{cell}>{text}</{cell_end}>\n" for text in cells) + f"</{row_end}>\n" for cells in rows
    )


@pytest.mark.parametrize(
    "table",
    [
        build("div class=r", "div class=c"),
        build("div", "div"),
        build("ul", "li"),
        build("li", "span class=c"),
        build("div", "span style='width:12%;float:left'"),
        build("dl", "dd"),
        build("div role=row", "span role=cell"),
        build("div style='display: table-row'", "span style='display: table-cell'"),
        "<style>#a .z, b{color:red} .q .x , .y{display:table-cell}.r{display:table-row}</style>"
        + build("div class=r", "i class='k x'"),
    ],
)
def test_rows_of_other_tags_are_a_table(table: str) -> None:
    page = f"<h2>三、申请</h2><div>{table}</div><p>尾</p>"
    assert grids(page) == [ROWS]
    assert paragraphs(page) == ["尾"]


def test_head_and_body_of_groups_are_one_table() -> None:
    head = [["项", "企业", "科研", "总计"]]
    page = f"<div><div>{build('div class=tr', 'div', head)}</div><div>{build('div class=tr', 'div')}</div></div>"
    assert grids(page) == [head + ROWS]


def test_title_row_of_the_same_class_belongs_to_the_table() -> None:
    rows = [["第二十条"], *ROWS]
    assert grids("<section>" + build("div class=tr", "div class=td", rows) + "</section>") == [rows]


def test_rows_of_unlike_lengths_are_a_table_when_they_are_many() -> None:
    rows = [
        ["复议", "诉讼"],
        ["维持", "纠正", "其他", "直接", "复议后"],
        ["维持", "纠正"] * 3,
        ["1", "2", "3", "4"] * 3,
    ]
    assert grids("<ul>" + build("li", "span class=c", rows) + "</ul>") == [rows]


def test_two_declared_rows_are_enough() -> None:
    assert grids("<div>" + build("div role=row", "div role=cell", ROWS[:2]) + "</div>") == [ROWS[:2]]


def test_three_tables_in_a_row_stay_three() -> None:
    table = "<div>" + build("div", "div") + "</div>"
    assert grids(f"<div>{table * 3}</div>") == [ROWS] * 3


def test_grid_layout_is_cut_into_rows() -> None:
    cells = "".join(f"<div>{text}</div>" for row in ROWS for text in row)
    style = "display:grid; grid-template-columns: 3fr repeat(3, minmax(10px, 1fr))"
    page = f"<div style='{style}'><div style='grid-column: span 4'>申请</div>{cells}</div>"
    assert grids(page) == [[["申请"], *ROWS]]


@pytest.mark.parametrize(
    "prose",
    [
        "<p><span class=a>本年</span><span class=b>收到申请</span></p>",
        "<div><p>本年</p><p>收到申请</p></div>",
        "<div><span>本年</span><span>收到申请</span></div>",
        "<div><div>本年收到申请12件。</div><div>办结12件。</div></div>",
        "<li>本年<span class=a>收到</span><span class=a>申请</span></li>",
    ],
)
def test_prose_stays_prose(prose: str) -> None:
    assert grids(f"<div>{prose * 5}</div>") == []
