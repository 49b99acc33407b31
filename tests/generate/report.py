"""A seed in, a whole report with its truth out: bytes as a page would have them, cells as a careful reader takes them.

    made = draw(17, layout="html_split", era="2021", damage="heavy")
    made.data, made.truth["cells"], made.lossy

The truth is in the shape of `gongkai extract --json`. It is drawn before the page is written, and knows nothing of how
pages are read.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from schemas.form import Form, Kind, Table, load_form, merged_table
from schemas.records import State
from tests.generate import prose
from tests.generate.abstract import AbstractTable, Key
from tests.generate.damage import damage_labels, noise_line
from tests.generate.forms import FOREIGN_ROWS, FOREIGN_SERVICE, Plan, tables_of
from tests.generate.layouts import BY_NAME, LAYOUT_LIST, Layout, drop_totals, together
from tests.generate.values import BREAKABLE, break_identity, draw_numbers
from tests.generate.writing import (
    DEGREES,
    Degree,
    Style,
    WrittenCell,
    draw_style,
    write_money,
    write_number,
    write_numeral,
    write_words,
)

ERAS = ("2021", "2019", "2014", "mixed")
MIXTURES = (
    "single_other",
    "three_others",
    "late_old_form",
    "dropped_rows",
    "foreign_rows",
    "extra_column",
    "article_order",
    "table_missing",
    "another_report",
)
STATISTICS_COLUMNS = (
    ("label", "unit", "value"),
    ("label", "unit", "value"),
    ("number", "label", "unit", "value"),
    ("label", "unit", "value", "note"),
)
ORGANISATIONS = ("business", "research", "nonprofit", "legal_service", "other_organisation")


@dataclass(frozen=True, slots=True)
class Generated:
    """A report: `data` as its file holds it, `truth` as `extract --json` should tell it.

    `lossy`: blank cells left no trace, so that `unread` is a right answer too. `broken` names the identity the numbers
    break, None when they balance; `notes` are the mixtures drawn.
    """

    data: bytes
    filename: str
    truth: dict[str, Any]
    layout: str
    era: str
    damage: str
    lossy: bool = False
    broken: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """What a report is about, before anything is written."""

    form: Form
    year: int
    tables: tuple[Table, ...]
    items: Mapping[str, tuple[str, ...]]
    articles: tuple[str, ...]
    notes: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class _Report:
    """A report as (kind, content) parts below its title, and what is true of it."""

    case: _Case
    district: str
    publisher: str
    title: str
    written: Mapping[Key, WrittenCell]
    printed: frozenset[Key]
    broken: str | None
    parts: tuple[tuple[str, str], ...]


def draw(seed: int, layout: str | None = None, era: str | None = None, damage: str = "default") -> Generated:
    """The report of a seed; what is not given is drawn. `KeyError` for an unknown layout or damage."""
    rng = Random(f"{seed}/{layout}/{era}/{damage}")
    degree = DEGREES[damage]
    kind = era or rng.choices(ERAS, (45, 25, 15, 15))[0]
    if layout is None:
        chosen = rng.choice([one for one in LAYOUT_LIST if (one.statistics if kind == "2014" else one.sections)])
    else:
        chosen = BY_NAME[layout]
        kind = _fitting(kind, chosen)
    first = compose(rng, kind, chosen, degree)
    parts = list(first.parts)
    if "another_report" in first.case.notes:
        second = compose(rng, kind, chosen, degree)
        parts += [("title", second.title), *second.parts]
    data, filename = _render(rng, first, chosen, degree, parts)
    blank = any(first.written[key].state is State.BLANK for key in first.printed)
    notes = tuple(sorted(first.case.notes))
    return Generated(
        data, filename, truth_of(first, chosen), chosen.name, kind, damage, chosen.lossy and blank, first.broken, notes
    )


def compose(rng: Random, kind: str, layout: Layout, degree: Degree) -> _Report:
    """One report, written but not yet a page."""
    case = _draw_case(rng, kind)
    numbers = draw_numbers(rng, case.tables, case.items)
    broken = _draw_broken(rng, case)
    if broken:
        numbers = break_identity(rng, numbers, broken)
    style = draw_style(rng, ORGANISATIONS, layout.blanks, layout.strokes)
    plan = _draw_plan(rng, case)
    written = _write(rng, case, numbers, style, degree, layout, plan)
    tables = tables_of(plan, written)
    if layout.drop_total:
        tables = tuple(drop_totals(table) for table in tables)
    printed = frozenset(cell.key for table in tables for cell in table.cells if cell.key is not None)
    tables = tuple(damage_labels(rng, table, degree) for table in tables)
    district, publisher = prose.draw_publisher(rng)
    title = prose.title_of(rng, publisher, case.year)
    make = _old_parts if case.form.era == "2014" else _parts
    parts = make(rng, case, layout, degree, tables)
    return _Report(case, district, publisher, title, written, printed, broken, tuple(parts))


def truth_of(report: _Report, layout: Layout) -> dict[str, Any]:
    cells = _truth_cells(report.case, report.written, report.printed)
    if layout.group_rows:
        cells = [cell for cell in cells if cell["item"] != "other" or cell["state"] != "missing"]
    told = {
        "era": _era(report.case, report.printed),
        "year": report.case.year,
        "publisher": report.publisher,
        "district": report.district,
        "title": report.title,
    }
    return {"report": told, "cells": cells}


def _fitting(kind: str, layout: Layout) -> str:
    """The form asked for, or the nearest the layout is ever used for."""
    if kind == "2014" and not layout.statistics:
        return "2021"
    return kind if layout.sections else "2014"


def _draw_case(rng: Random, kind: str) -> _Case:
    notes = frozenset(rng.sample(MIXTURES, rng.randint(1, 2))) if kind == "mixed" else frozenset[str]()
    era = kind if kind != "mixed" else rng.choice(("2021", "2019"))
    era = "2019" if notes & {"late_old_form", "three_others"} else "2021" if "single_other" in notes else era
    if {"three_others", "single_other"} <= notes:
        notes -= {"single_other"}
    form = load_form(era)
    year = rng.randint(form.first_year, form.last_year or 2025)
    if "late_old_form" in notes:
        year = rng.randint(2021, 2022)
    tables = list(form.tables)
    if "table_missing" in notes:
        tables.remove(rng.choice(tables))
    items = {table.id: tuple(item.id for item in table.items) for table in tables}
    if "requests" in items:
        items["requests"] = _mixed_others(items["requests"], notes)
    if "dropped_rows" in notes:
        items = {table: _dropped(rng, table, ids) for table, ids in items.items()}
    articles: tuple[str, ...] = ()
    for table in tables:
        if table.id == "disclosure":
            articles = tuple(dict.fromkeys(item.groups[0] for item in table.items))
    if "article_order" in notes:
        articles = tuple(rng.sample(articles, len(articles)))
    merged = tuple(merged_table(table.id) if _is_mixed(notes) and table.id == "requests" else table for table in tables)
    return _Case(form, year, merged, items, articles, notes)


def _is_mixed(notes: frozenset[str]) -> bool:
    return bool(notes & {"single_other", "three_others"})


def _mixed_others(items: tuple[str, ...], notes: frozenset[str]) -> tuple[str, ...]:
    parts = ("other.no_supplement", "other.fee_unpaid", "other.other")
    if "single_other" in notes:
        kept = [item for item in items if item not in parts]
        return (*kept[: kept.index("closed")], "other", *kept[kept.index("closed") :])
    if "three_others" in notes:
        place = items.index("other")
        return (*items[:place], *parts, *items[place + 1 :])
    return items


def _dropped(rng: Random, table: str, items: tuple[str, ...]) -> tuple[str, ...]:
    if table == "proceedings":
        return items
    sure = {"received", "carried_in", "closed", "carried_out", "granted", "rules", "licensing"}
    gone = set(rng.sample([item for item in items if item not in sure], rng.randint(1, 3)))
    return tuple(item for item in items if item not in gone)


def _draw_broken(rng: Random, case: _Case) -> str | None:
    if rng.random() > 0.15:
        return None
    ids = {table.id for table in case.tables}
    tables = {"requests": "requests", "proceedings": "proceedings", "statistics": "statistics_2014"}
    rules = [rule for rule in BREAKABLE if tables[rule.split(".")[0]] in ids]
    return rng.choice(rules) if rules else None


def _draw_plan(rng: Random, case: _Case) -> Plan:
    foreign: dict[str, tuple[tuple[str, ...], ...]] = {}
    if "foreign_rows" in case.notes:
        numbers = tuple(str(rng.choice((0, 0, rng.randint(1, 30)))) for _ in range(7))
        foreign = {
            "requests": ((rng.choice(FOREIGN_ROWS), *numbers),),
            "disclosure": ((*FOREIGN_SERVICE[:2], FOREIGN_SERVICE[2], str(rng.randint(0, 99))),),
        }
    extra = None
    if "extra_column" in case.notes:
        numbering = tuple(str(number) for number in range(1, 30))
        extra = rng.choice((("front", "序号", numbering), ("back", "备注", ("", "", "见附件")), ("back", "备注", ())))
        if "foreign_rows" in case.notes:
            extra = None
    return Plan(
        case.tables,
        case.items,
        case.articles,
        foreign,
        extra,
        "万元" if rng.random() < 0.7 else None,
        rng.choice((None, None, "万元", "元")),
        rng.choice(STATISTICS_COLUMNS),
    )


def _write(
    rng: Random,
    case: _Case,
    numbers: Mapping[Key, Decimal],
    style: Style,
    degree: Degree,
    layout: Layout,
    plan: Plan,
) -> dict[Key, WrittenCell]:
    tables = {table.id: table for table in case.tables}
    empty = {
        column
        for column in style.blank_columns
        if not any(number for key, number in numbers.items() if key[0] == "requests" and key[2] == column)
    }
    written: dict[Key, WrittenCell] = {}
    for key, number in numbers.items():
        table, item, column = key
        kind = tables[table].kind_of(item, column)
        unit = tables[table].unit_of(item, column)
        if table == "requests" and column in empty:
            cell = WrittenCell("", State.BLANK)
        elif layout.words and rng.random() < degree.cells / 100:
            cell = write_words(rng)
        elif kind is Kind.AMOUNT and table == "disclosure":
            header = plan.money_header if unit else plan.old_money_header
            cell = write_money(rng, number, header or unit, degree)
        elif layout.numerals and rng.random() < 0.3 and (word := write_numeral(rng, number, unit or "件")):
            cell = word
        else:
            cell = write_number(rng, number, kind, unit or "件", style, degree, layout.inner)
        written[key] = cell if cell.unit else replace(cell, unit=unit)
    return written


def _era(case: _Case, printed: frozenset[Key]) -> str:
    """The era of most rows and columns that one era alone has; a tie, or none: that of the year."""
    if case.form.era == "2014":
        return "2014"
    votes = {"2019": 0, "2021": 0}
    for table_id in ("disclosure", "requests"):
        old, new = load_form("2019").table(table_id), load_form("2021").table(table_id)
        for era, here, there in (("2019", old, new), ("2021", new, old)):
            items = {item.id for item in here.items} - {item.id for item in there.items}
            columns = {column.id for column in here.columns} - {column.id for column in there.columns}
            votes[era] += len({key[1] for key in printed if key[0] == table_id} & items)
            votes[era] += len({key[2] for key in printed if key[0] == table_id} & columns)
    if votes["2019"] != votes["2021"]:
        return max(votes, key=lambda era: votes[era])
    return "2019" if case.year < 2021 else "2021"


def _truth_cells(case: _Case, written: Mapping[Key, WrittenCell], printed: frozenset[Key]) -> list[dict[str, Any]]:
    form = load_form(_era(case, printed))
    keys = [(table.id, item.id, column) for table in form.tables for item in table.items for column in item.columns]
    keys += [key for key in written if key in printed and key not in set(keys)]
    return [_truth_cell(key, written.get(key) if key in printed else None) for key in keys]


def _truth_cell(key: Key, cell: WrittenCell | None) -> dict[str, Any]:
    state = cell.state if cell else State.MISSING
    value = cell.value if cell else None
    unit = cell.unit if cell and state is State.VALUE else None
    return {"table": key[0], "item": key[1], "column": key[2], "value": value, "unit": unit, "state": str(state)}


def _render(
    rng: Random, report: _Report, layout: Layout, degree: Degree, parts: Sequence[tuple[str, str]]
) -> tuple[bytes, str]:
    if layout.medium == "html":
        return _html_page(rng, report, layout, degree, parts), "report.html"
    lines = [report.title, ""]
    for kind, content in parts:
        lines += [content, ""] if kind == "title" or (kind == "paragraph" and rng.random() < 0.5) else [content]
    text = "\n".join(lines).replace("\n", layout.line_end)
    return text.encode(layout.encoding), "report.txt"


def _parts(
    rng: Random, case: _Case, layout: Layout, degree: Degree, tables: Sequence[AbstractTable]
) -> list[tuple[str, str]]:
    """(kind, content) of everything below the title: headings, paragraphs, tables."""
    year = case.year
    homes = {"disclosure": 1, "requests": 2, "proceedings": 3}
    sections: list[list[tuple[str, str]]] = [[("heading", heading)] for heading in prose.SECTIONS]
    sections[0] += [("paragraph", one) for one in prose.sentences(rng, prose.OVERVIEW, 3, year)]
    sections[4] += [("paragraph", one) for one in prose.sentences(rng, prose.TROUBLES, 1, year)]
    sections[5] += [("paragraph", one) for one in prose.sentences(rng, prose.OTHERS, 1, year)]
    if layout.together:
        titles = [prose.SECTIONS[homes[table.id]] for table in tables]
        sections[1] = [("table", layout.paint(rng, together(tables, titles), degree))]
        sections[2] = sections[3] = []
        return [part for section in sections for part in section]
    if layout.headless:
        sections[1:4] = [], [], []
    for table in tables:
        section = sections[homes[table.id]]
        if layout.prose_between or rng.random() < 0.1:
            section += [("paragraph", one) for one in prose.sentences(rng, prose.BETWEEN, 2, year)]
        if rng.random() < degree.noise:
            section.append(("paragraph", "单位：件" if table.id != "disclosure" else "（统计期限：全年）"))
        section.append(("table", layout.paint(rng, table, degree)))
    for name, home in homes.items():
        if name not in {table.id for table in tables}:
            sections[home].append(("paragraph", "本年度有关情况已在前文说明。"))
    return [part for section in sections for part in section]


def _old_parts(
    rng: Random, case: _Case, layout: Layout, degree: Degree, tables: Sequence[AbstractTable]
) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for number, heading in enumerate(prose.OLD_SECTIONS):
        pool = prose.TROUBLES if number == 3 else prose.OVERVIEW
        parts += [("heading", heading)]
        parts += [("paragraph", one) for one in prose.sentences(rng, pool, 2, case.year)]
    for table in tables:
        parts += [("heading", "附件"), ("heading", f"政府信息公开情况统计表（{case.year}年度）")]
        parts += [("table", layout.paint(rng, table, degree))]
    return parts


def _html_page(rng: Random, report: _Report, layout: Layout, degree: Degree, parts: Sequence[tuple[str, str]]) -> bytes:
    heading = rng.choice(("<p><strong>{}</strong></p>", "<h2>{}</h2>", "<p>{}</p>"))
    frames = {"heading": heading, "paragraph": "<p>{}</p>", "title": rng.choice(("<h1>{}</h1>", "<p>{}</p>"))}
    body = [
        content if kind == "table" else frames[kind].format(html.escape(content, quote=False))
        for kind, content in parts
    ]
    if rng.random() < degree.noise:
        body.insert(rng.randrange(len(body)), f"<p>{noise_line(rng, rng.randint(2, 9))}</p>")
    metadata = _METADATA.format(year=report.case.year + 1, publisher=report.publisher) if layout.metadata else ""
    charset = "gb2312" if rng.random() < degree.noise / 2 else "utf-8"
    markup = _PAGE.format(charset=charset, title=report.title, metadata=metadata, body="\n".join(body))
    return markup.encode("gb18030" if charset == "gb2312" else "utf-8")


_METADATA = (
    "<table><tr><td>索引号</td><td>9900{year}-00017</td><td>主题分类</td><td>政务公开</td></tr>"
    "<tr><td>发布机构</td><td>{publisher}</td><td>发布日期</td><td>{year}-01-20</td></tr>"
    "<tr><td>文号</td><td>无</td><td>有效性</td><td>有效</td></tr></table>"
)
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>{title}</title></head>
<body><div class="nav"><a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a></div>
<h1>{title}</h1>
{metadata}
<div class="content">
{body}
</div>
<div class="footer">主办单位：信息中心 备案号：第99000017号</div>
</body></html>
"""
