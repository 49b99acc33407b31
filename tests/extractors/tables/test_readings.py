"""The kinds of reading, each on the smallest page that needs it: text in, cells out."""

from __future__ import annotations

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.readers import read
from extractors.tables import read_tables
from schemas.form import load_form
from schemas.records import Medium, State

DISCLOSURE = (
    "第二十条第（一）项\n信息内容{0}本年制发件数{0}本年废止件数{0}现行有效件数\n规章{0}1{0}2{0}3\n行政规范性文件{0}4{0}5{0}66\n"
    "第二十条第（五）项\n信息内容{0}本年处理决定数量\n行政许可{0}777\n"
)
APPLICANTS = "自然人\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他\n总计\n"


def cells_of(text: str, table: str, year: int = 2022) -> dict[tuple[str, str], object]:
    """(item, column) -> number, or the state where there is none."""
    return cells_in(read(text.encode()), table, year)


def cells_in(document: Document, table: str, year: int = 2022) -> dict[tuple[str, str], object]:
    found = read_tables(document, year).cells
    return {(c.item, c.column): c.value if c.value is not None else c.state for c in found if c.table == table}


def grid_of(*rows: tuple[str, ...]) -> Document:
    builder = DocumentBuilder(Medium.HTML)
    builder.grid(GridSource(text, row, column) for row, texts in enumerate(rows) for column, text in enumerate(texts))
    return builder.build()


def test_lines_joined_by_any_delimiter_give_the_same_cells() -> None:
    readings = [cells_of(DISCLOSURE.format(delimiter), "disclosure") for delimiter in ("\t", "|", "   ", "\n")]
    assert readings[0] == readings[1] == readings[2] == readings[3]
    assert readings[0][("normative_documents", "in_force")] == 66
    assert readings[0][("licensing", "decisions")] == 777


def test_row_that_the_report_lacks_is_missing() -> None:
    assert cells_of(DISCLOSURE.format("\t"), "disclosure")[("penalties", "decisions")] is State.MISSING


def test_columns_are_taken_by_their_labels_whatever_their_order() -> None:
    permuted = grid_of(
        ("信息内容", "现行有效件数", "本年制发件数", "本年废止件数"),
        ("规章", "3", "1", "2"),
        ("行政规范性文件", "66", "4", "5"),
    )
    assert cells_in(permuted, "disclosure")[("normative_documents", "in_force")] == 66
    assert cells_in(permuted, "disclosure")[("rules", "issued")] == 1


def test_number_under_a_foreign_column_is_no_cell_of_the_form() -> None:
    wider = grid_of(
        ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数", "备注序号"),
        ("规章", "1", "2", "3", "9"),
        ("行政规范性文件", "4", "5", "66", "8"),
    )
    assert cells_in(wider, "disclosure")[("rules", "in_force")] == 3


def test_labels_and_numbers_interleaved_are_told_by_their_labels() -> None:
    rules = "规章\n本年制发件数\n1\n现行有效件数\n3\n本年废止件数\n2\n"
    documents = "行政规范性文件\n本年制发件数\n4\n本年废止件数\n5\n现行有效件数\n66\n"
    found = cells_of("第二十条第（一）项\n" + rules + documents, "disclosure")
    assert (found[("rules", "repealed")], found[("rules", "in_force")]) == (2, 3)


def test_label_broken_over_lines_is_one_label() -> None:
    text = (
        APPLICANTS
        + "一、本年新收政府信\n息公开申请\n数量\n5\n0\n0\n0\n0\n1\n6\n"
        + "二、上年结转政府信息公开申请数量\n0\n0\n0\n0\n0\n0\n0\n"
    )
    text += "三、本年度办理结果\n（一）予以\n公开\n4\n0\n0\n0\n0\n1\n5\n"
    found = cells_of(text, "requests")
    assert (found[("received", "total")], found[("granted", "other_organisation")]) == (6, 1)


def test_lost_blanks_leave_cells_unread_rather_than_guessed() -> None:
    text = (
        APPLICANTS
        + "一、本年新收政府信息公开申请数量\n5\n5\n二、上年结转政府信息公开申请数量\n"
        + "（一）予以公开\n5\n5\n（七）总计\n5\n5\n"
    )
    found = cells_of(text, "requests")
    assert found[("received", "natural_person")] is State.UNREAD
    assert found[("received", "total")] == 5
    assert found[("carried_in", "total")] is State.BLANK


def test_heading_of_three_rows_is_not_the_single_row_of_2019() -> None:
    items = [item for item in load_form("2021").table("requests").items if item.id != "closed"]
    rows = [("", *(column.label for column in load_form("2021").table("requests").columns))]
    for number, item in enumerate(items):
        heading = item.groups[-1] if item.groups else ""
        rows.append((f"{heading}", item.label, *(str(number * 10 + n) for n in range(7))))
    rows[0] = ("", "", *rows[0][1:])
    found = cells_in(grid_of(*rows), "requests")
    assert ("other", "total") not in found
    assert found[("other.other", "natural_person")] == 220


def test_money_keeps_the_unit_its_header_tells() -> None:
    text = (
        "信息内容\t采购项目数量\t采购总金额（单位：元）\n政府集中采购\t12\t3400\n规章\t0\t0\t0\n规范性文件\t1\t2\t3\n"
    )
    document = read(("第二十条第（九）项\n" + text).encode())
    amount = next(c for c in read_tables(document, 2020).cells if c.column == "amount")
    assert (amount.value, amount.unit) == (3400, "元")


def test_table_of_another_kind_gives_no_cell() -> None:
    other = grid_of(("指标", "今年", "去年"), *((f"第{n}小学招生人数", str(n), str(n + 1)) for n in range(30)))
    assert set(cells_in(other, "requests").values()) == {State.MISSING}
