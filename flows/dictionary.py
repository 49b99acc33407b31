"""The data dictionary: from forms, metrics, findings and table descriptions to one Markdown text in both languages.

Made anew for every release (`DICTIONARY.md`) and for `docs/dictionary.md`; never edited. Every field of every table is
there, every row and column of every form, every metric with its formula and caveat, every finding code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from schemas.dataset import DatasetTable, load_tables
from schemas.findings import load_finding_codes
from schemas.form import Form, Table, load_form, load_forms
from schemas.indicators import load_codebook
from schemas.metrics import MetricTerm, load_metrics, load_reasons

_INTRODUCTION = """\
# Data dictionary · 数据字典

Generated from the schemas by `gongkai dictionary`; not edited by hand. 由`gongkai dictionary`生成，请勿手工修改。

Tables stand in `<table>/region=<ISO 3166-2>/year=<year>/part-0.parquet`. `region` is the province (CN-JS, …),
`unknown` for publishers without a known region, `sample` for invented districts; `year` is the report year, 0 where
unknown. Both are keys of the path only. Codes are text in every column.

各表按省（`region`）和报告年度（`year`）分区存放；`region=unknown`为地区未能确定，`region=sample`为虚构样例，`year=0`为年度未能确定。
分区键只出现在路径中。所有代码均为文本。
"""


@cache
def dictionary_markdown() -> str:
    """The whole dictionary."""
    lines = [_INTRODUCTION, "## Tables · 数据表", ""]
    for table in load_tables().values():
        lines += [*_table(table), ""]
    lines += ["## Items of the forms · 表式逐项说明", ""]
    for form in load_forms().values():
        for table_form in form.tables:
            lines += [*_items(form, table_form), ""]
    lines += [*_indicators(), "", *_metrics(), "", *_harmonised(), "", *_findings(), ""]
    return "\n".join(lines)


def _table(table: DatasetTable) -> Iterator[str]:
    yield f"### `{table.id}` · {table.title.en} · {table.title.zh}"
    yield ""
    yield f"A row is: {table.row.en}. 每行为：{table.row.zh}。"
    yield f"Key · 主键: {', '.join(f'`{name}`' for name in table.key)}. Sorted by · 排序: {', '.join(table.order)}."
    yield ""
    for warning in table.warnings:
        yield f"- {warning.en} {warning.zh}"
    yield ""
    rows = (
        (f"`{f.name}`", f.type, f.role, f.unit, f.description.en, f.description.zh, " ".join(f.allowed), f.source)
        for f in table.fields
    )
    header = ("field", "type", "role", "unit", "description", "说明", "allowed values · 取值", "source · 依据")
    yield from _markdown_table(header, rows)


def _items(form: Form, table: Table) -> Iterator[str]:
    years = f"{form.first_year}–{form.last_year or ''}"
    yield f"### `{table.id}`, form of {form.era} ({years}; {form.authority})"
    yield ""
    rows = []
    for item in table.items:
        for column_id in item.columns:
            column = table.column(column_id)
            label = "／".join((*item.groups, item.label))
            header = "／".join((*column.groups, column.label))
            unit = table.unit_of(item.id, column_id) or "as written · 按原文"
            rows.append(
                (f"`{item.id}`", f"`{column_id}`", label, header, unit, table.kind_of(item.id, column_id).value)
            )
    yield from _markdown_table(("item", "column", "row label · 行", "column label · 列", "unit", "kind"), rows)


def _indicators() -> Iterator[str]:
    yield "## Indicators told in prose · 正文叙述指标"
    yield ""
    rows = (
        (f"`{one.id}`", one.label, one.definition, one.unit, " ".join(sorted(one.channels)), " ".join(one.cells))
        for one in load_codebook().indicators.values()
    )
    yield from _markdown_table(("indicator", "名称", "definition", "unit", "channels", "table cells"), rows)


def _metrics() -> Iterator[str]:
    yield "## Metrics · 指标"
    yield ""
    yield "In `panel` and `gongkai compare`. Rates are 0 to 1. 见`panel`与`gongkai compare`；比率取值0至1。"
    yield ""
    rows = []
    for metric in load_metrics().values():
        eras = ", ".join(f"{era}{' (break)' if one.break_in_series else ''}" for era, one in metric.eras.items())
        words = metric.label, metric.formula, metric.caveat
        texts = [f"{one.en} · {one.zh}" for one in words]
        rows.append((f"`{metric.id}`", f"`{metric.short}`", metric.unit, *texts, eras))
    yield from _markdown_table(("metric", "column", "unit", "label", "formula", "caveat", "forms"), rows)
    yield ""
    yield "Notes beside a metric (`note_*`) · 指标备注:"
    yield ""
    yield from _markdown_table(
        ("code", "meaning", "含义"), ((f"`{code}`", words.en, words.zh) for code, words in load_reasons().items())
    )


def _harmonised() -> Iterator[str]:
    """How the forms of each era make one metric, item by item."""
    yield "## Metrics item by item · 指标逐项对照"
    yield ""
    yield "What the forms have in common and where a series breaks. 各表式的共同之处与序列中断之处。"
    for metric in load_metrics().values():
        yield ""
        yield f"### `{metric.id}` · {metric.label.en} · {metric.label.zh}"
        yield ""
        if "." not in metric.id:
            yield f"{metric.across.en} {metric.across.zh}"
            yield ""
        rows = (
            (
                era,
                _sum_of(era, one.numerator),
                _sum_of(era, one.denominator),
                "break_in_series" if one.break_in_series else "",
            )
            for era, one in metric.eras.items()
        )
        yield from _markdown_table(("form", "numerator · 分子", "denominator · 分母", "note"), rows)


def _sum_of(era: str, terms: Sequence[MetricTerm]) -> str:
    return " ".join(f"{'−' if term.sign < 0 else '+'} {_cell_label(era, term)} `{term}`" for term in terms)


def _cell_label(era: str, term: MetricTerm) -> str:
    table = load_form(era).table(term.table)
    item = table.item(term.item)
    return "".join((*item.groups[-1:], item.label))


def _findings() -> Iterator[str]:
    yield "## Findings · 发现代码"
    yield ""
    rows = (
        (f"`{one.code}`", one.severity.value, one.title_en, one.title_zh, one.action_en, one.action_zh)
        for one in load_finding_codes().values()
    )
    yield from _markdown_table(("code", "severity", "title", "名称", "what to do", "处理"), rows)


def _markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield f"| {' | '.join(text.replace('|', chr(92) + '|') for text in row)} |"
