"""The printed form: a plan of a report's tables in, `AbstractTable`s as the official forms set them out.

Which rows are printed, in which order the articles come, what foreign rows and columns there are is the plan's;
labels, headings and columns are the form's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from schemas.form import Column, Item, Kind, Table
from tests.generate.abstract import AbstractCell, AbstractTable, Key, Role, insert_column, table_of_rows
from tests.generate.writing import WrittenCell

ASIDE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
FOREIGN_ROWS = ("其中：通过网络提交的申请", "其中：通过信函提交的申请")
FOREIGN_SERVICE = ("第二十条第（七）项", "行政确认", "本年处理决定数量")


@dataclass(frozen=True, slots=True)
class Plan:
    """The tables a report prints, and how they depart from the form.

    `items` are the item ids by table in order of print. `foreign` are extra rows with their numbers, by table;
    `extra_column` is ("front" or "back", header, cells down the rows) of the table of requests.
    """

    tables: tuple[Table, ...]
    items: Mapping[str, tuple[str, ...]]
    articles: tuple[str, ...] = ()
    foreign: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    extra_column: tuple[str, str, tuple[str, ...]] | None = None
    money_header: str | None = "万元"
    old_money_header: str | None = None
    statistics_columns: tuple[str, ...] = ("label", "unit", "value")


def tables_of(plan: Plan, written: Mapping[Key, WrittenCell]) -> tuple[AbstractTable, ...]:
    """The printed tables of a plan with the written cells in them."""
    makers = {"disclosure": _disclosure, "requests": _requests, "proceedings": _proceedings}
    return tuple(makers.get(table.id, _statistics)(plan, table, written) for table in plan.tables)


def _label(item: Item | Column, text: str = "", **spans: int) -> AbstractCell:
    return AbstractCell(text or item.label, 0, 0, role=Role.LABEL, variants=item.variants, **spans)


def _header(text: str, variants: tuple[str, ...] = (), row_span: int = 1, column_span: int = 1) -> AbstractCell:
    return AbstractCell(text, 0, 0, row_span, column_span, Role.HEADER, variants=variants)


def _other(text: str, row_span: int = 1, column_span: int = 1) -> AbstractCell:
    return AbstractCell(text, 0, 0, row_span, column_span)


def _value(key: Key, written: Mapping[Key, WrittenCell], column_span: int = 1) -> AbstractCell:
    return AbstractCell(written[key].text, 0, 0, 1, column_span, Role.VALUE, key)


def _disclosure(plan: Plan, table: Table, written: Mapping[Key, WrittenCell]) -> AbstractTable:
    present = [table.item(item) for item in plan.items[table.id]]
    rows: list[list[AbstractCell]] = []
    for article in plan.articles:
        items = [item for item in present if item.groups[0] == article]
        if items:
            columns = [table.column(column) for column in items[0].columns]
            rows.append([AbstractCell(article, 0, 0, 1, 4, Role.ARTICLE)])
            headers = [_header(_column_label(plan, column), column.variants) for column in columns]
            rows.append([_header("信息内容"), *_spread(headers)])
            rows += [
                [_label(item), *_spread([_value((table.id, item.id, column), written) for column in item.columns])]
                for item in items
            ]
    for texts in plan.foreign.get(table.id, ()):
        article, label, header, number = texts
        rows.append([AbstractCell(article, 0, 0, 1, 4, Role.ARTICLE)])
        rows.append([_header("信息内容"), _header(header, column_span=3)])
        rows.append([_other(label), _other(number, column_span=3)])
    return table_of_rows(table.id, rows)


def _column_label(plan: Plan, column: Column) -> str:
    if column.kind is not Kind.AMOUNT:
        return column.label
    unit = plan.money_header if column.unit else plan.old_money_header
    return f"{column.label}（单位：{unit}）" if unit else column.label


def _spread(cells: Sequence[AbstractCell]) -> list[AbstractCell]:
    """Cells over the three columns of the table of disclosure: the last one takes what is left."""
    return [*cells[:-1], replace(cells[-1], column_span=4 - len(cells))]


def _requests(plan: Plan, table: Table, written: Mapping[Key, WrittenCell]) -> AbstractTable:
    present = [table.item(item) for item in plan.items[table.id]]
    applicants = table.columns
    rows = [
        [_header(ASIDE, row_span=3, column_span=3), _header("申请人情况", column_span=7)],
        [
            _header(applicants[0].label, row_span=2),
            _header(applicants[1].groups[0], column_span=5),
            _header(applicants[-1].label, applicants[-1].variants, row_span=2),
        ],
        [_header(column.label, column.variants) for column in applicants[1:-1]],
    ]
    seen: set[tuple[str, ...]] = set()
    for item in present:
        row: list[AbstractCell] = []
        for depth in range(1, len(item.groups) + 1):
            path = item.groups[:depth]
            if path not in seen:
                seen.add(path)
                below = sum(1 for other in present if other.groups[:depth] == path)
                row.append(AbstractCell(path[-1], 0, 0, below, 1, Role.LABEL))
        row.append(_label(item, column_span=3 - len(item.groups)))
        row += [_value((table.id, item.id, column.id), written) for column in applicants]
        rows.append(row)
        if item.id == "received":
            for texts in plan.foreign.get(table.id, ()):
                rows.append([_other(texts[0], column_span=3), *(_other(text) for text in texts[1:])])
    made = table_of_rows(table.id, rows, header_rows=3)
    return _add_column(made, plan.extra_column) if plan.extra_column else made


def _add_column(table: AbstractTable, extra: tuple[str, str, tuple[str, ...]]) -> AbstractTable:
    side, header, texts = extra
    at = 0 if side == "front" else table.width
    made = insert_column(table, at)
    cells = [cell for cell in made.cells if cell.column != at]
    cells.append(AbstractCell(header, 0, at, table.header_rows, 1))
    cells += [
        AbstractCell(texts[row - table.header_rows] if row - table.header_rows < len(texts) else "", row, at)
        for row in range(table.header_rows, table.height)
    ]
    return replace(made, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def _proceedings(plan: Plan, table: Table, written: Mapping[Key, WrittenCell]) -> AbstractTable:
    review, *litigation = (table.item(item) for item in plan.items[table.id])
    width = len(table.columns)
    rows = [
        [
            _header(review.label, review.variants, row_span=2, column_span=width),
            _header(litigation[0].groups[0], column_span=width * len(litigation)),
        ],
        [_header(item.label, item.variants, column_span=width) for item in litigation],
        [_header(column.label, column.variants) for _ in (review, *litigation) for column in table.columns],
        [_value((table.id, item.id, column.id), written) for item in (review, *litigation) for column in table.columns],
    ]
    return table_of_rows(table.id, rows, header_rows=3)


def _statistics(plan: Plan, table: Table, written: Mapping[Key, WrittenCell]) -> AbstractTable:
    names = {"label": "统计指标", "unit": "单位", "value": "统计数", "number": "序号", "note": "备注"}
    rows = [[_header(names[column]) for column in plan.statistics_columns]]
    printed: set[str] = set()
    for item_id in plan.items[table.id]:
        item = table.item(item_id)
        headings = [group for group in item.groups if group not in printed]
        rows += [_statistics_row(plan, len(rows) + at, _other(group), None) for at, group in enumerate(headings)]
        printed |= {*headings, item.label}
        unit = table.unit_of(item.id, "value") or item.unit or ""
        value = _value((table.id, item.id, "value"), written)
        rows.append(_statistics_row(plan, len(rows), _label(item), (unit, value)))
    return table_of_rows(table.id, rows, header_rows=1)


def _statistics_row(
    plan: Plan, number: int, label: AbstractCell, filling: tuple[str, AbstractCell] | None
) -> list[AbstractCell]:
    unit, value = filling if filling else ("", _other(""))
    cells = {"label": label, "unit": _other(unit), "value": value, "number": _other(str(number)), "note": _other("")}
    return [cells[column] for column in plan.statistics_columns]
