"""The generator of reports: its tables tile a rectangle, its operations keep every value, its truth is on the page."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from schemas.findings import finding
from schemas.form import load_form
from schemas.records import Cell, ExtractedReport, ReportIdentity, State
from tests.generate import DAMAGES, LAYOUTS, AbstractTable, Generated, Plan, draw, score_report, tables_of
from tests.generate.abstract import insert_column, stack, take_columns, take_rows, transpose, unmerge
from tests.generate.layouts import (
    article_left,
    drop_totals,
    group_rows,
    joined_headers,
    one_label_column,
    proceedings_rows,
)
from tests.generate.writing import WrittenCell

ERAS = ("2014", "2019", "2021")


def _tables(era: str) -> tuple[AbstractTable, ...]:
    """The form's tables with 1, 2, 3, … in its cells."""
    form = load_form(era)
    keys = [(table.id, item, column) for table in form.tables for item, column in table.keys()]  # noqa: SIM118 (a Table is no mapping)
    written = {key: WrittenCell(str(number), State.VALUE) for number, key in enumerate(keys, 1)}
    items = {table.id: tuple(item.id for item in table.items) for table in form.tables}
    articles = tuple(dict.fromkeys(item.groups[0] for item in form.tables[0].items if item.groups))
    return tables_of(Plan(form.tables, items, articles), written)


def _values(table: AbstractTable) -> dict[object, str]:
    return {cell.key: cell.text for cell in table.cells if cell.key is not None}


def _tiles(table: AbstractTable) -> bool:
    covered = [
        (row, column)
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    ]
    return len(covered) == len(set(covered)) == table.width * table.height


@pytest.mark.parametrize("era", ERAS)
def test_tables_of_a_form_tile_a_rectangle_and_hold_each_cell_once(era: str) -> None:
    tables = _tables(era)
    assert all(_tiles(table) for table in tables)
    assert [len(_values(table)) for table in tables] == [len(list(table.keys())) for table in load_form(era).tables]


@pytest.mark.parametrize("era", ERAS)
def test_operations_keep_the_rectangle_and_every_value(era: str) -> None:
    for table in _tables(era):
        half = table.height // 2
        for changed in (
            insert_column(table, 2),
            transpose(table),
            unmerge(table, repeat=False),
            take_columns(table, range(table.width)),
            stack([take_rows(table, range(half)), take_rows(table, range(half, table.height))], ["", ""]),
            article_left(table),
            group_rows(table),
            one_label_column(table, joined=True),
            proceedings_rows(table),
            joined_headers(table),
        ):
            assert _tiles(changed), table.id
            assert _values(changed) == _values(table), table.id


def test_dropped_totals_take_their_columns_along() -> None:
    requests = next(table for table in _tables("2021") if table.id == "requests")
    assert len(_values(requests)) - len(_values(drop_totals(requests))) == 25


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_layout_is_drawn_at_every_damage(damage: str) -> None:
    for layout in LAYOUTS:
        made = draw(Random(layout).randrange(1000), layout, damage=damage)
        assert made.layout == layout
        assert made.truth["report"]["title"] in made.data.decode(
            "gb18030" if b"gb2312" in made.data or "gb18030" in layout else "utf-8"
        )


def test_numbers_of_the_truth_stand_on_an_undamaged_page() -> None:
    made = draw(5, "text_pipes", "2019", "none")
    words = set(made.data.decode().replace("|", " ").replace("+", "").split())
    plain = [cell for cell in made.truth["cells"] if cell["state"] == "value" and cell["column"] != "amount"]
    assert len(plain) > 20
    assert {str(abs(cell["value"])) for cell in plain} <= {word.lstrip("-") for word in words}


def _read_perfectly(made: Generated) -> ExtractedReport:
    cells = tuple(
        Cell(cell["table"], cell["item"], cell["column"], cell["value"], cell["unit"], State(cell["state"]))
        for cell in made.truth["cells"]
    )
    return ExtractedReport(ReportIdentity(era=made.truth["report"]["era"]), cells)


def test_score_of_the_truth_itself_is_perfect() -> None:
    made = draw(3, "html_plain", "2021")
    score = score_report(made, _read_perfectly(made))
    assert (score.cells, score.era_right) == ((), True)
    assert score.counts["right"] == score.counts["values"] > 0


def _changed(made: Generated, **changes: object) -> ExtractedReport:
    """The truth with the first value read otherwise."""
    read = _read_perfectly(made)
    place = next(index for index, cell in enumerate(read.cells) if cell.state is State.VALUE)
    return replace(read, cells=(*read.cells[:place], replace(read.cells[place], **changes), *read.cells[place + 1 :]))


def test_score_tells_wrong_lost_unread_and_silently_unread_cells_apart() -> None:
    made = draw(3, "html_plain", "2021")
    table = made.truth["cells"][0]["table"]
    told = (finding("table.ambiguous", place=table, count=1),)
    wrong = _changed(made, value=Decimal(987654))
    lost = _changed(made, value=None, state=State.BLANK)
    unread = _changed(made, value=None, state=State.UNREAD)
    assert [cell.kind for cell in score_report(made, wrong).cells] == ["wrong"]
    assert [cell.kind for cell in score_report(made, lost).cells] == ["lost"]
    assert [cell.kind for cell in score_report(made, unread).cells] == ["silent"]
    assert [cell.kind for cell in score_report(made, replace(unread, findings=told)).cells] == ["unread"]


def test_score_counts_a_number_where_none_stands_as_invented() -> None:
    made = draw(3, "html_plain", "2021")
    read = _read_perfectly(made)
    extra = Cell("disclosure", "other_services", "decisions", Decimal(4), "件", State.VALUE)
    assert [cell.kind for cell in score_report(made, replace(read, cells=(*read.cells, extra))).cells] == ["invented"]
