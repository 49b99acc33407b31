"""Every layout a page may have, by name: abstract tables in, a piece of markup or text for each out.

A layout says what it can carry: blank cells, strokes, blanks inside a cell, words; whether it loses blank cells; and
which forms are ever printed so. Adding a layout is adding an entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.generate import html, text
from tests.generate.abstract import (
    AbstractCell,
    AbstractTable,
    Role,
    insert_column,
    insert_row,
    stack,
    table_of_rows,
    take_columns,
    take_rows,
    transpose,
    unmerge,
)
from tests.generate.damage import noise_line
from tests.generate.writing import STROKES, SURE_WIDTH, Degree

Paint = Callable[[Random, AbstractTable, Degree], str]


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to set out tables. `statistics` and `sections` tell which forms it fits.

    `blanks`, `strokes`, `inner`, `words`: what cells may hold. `lossy`: blank cells leave no trace. `together`: all
    tables become one, under titles of their own; `drop_total`: the columns of totals are not printed; `group_rows`:
    headings are rows, so that a heading that is an item of another era's form stands there without numbers;
    `headless`: the sections of the tables have no headings; `numerals`: some numbers are written in characters.
    `encoding` and `line_end` are those of a text file.
    """

    name: str
    medium: str
    paint: Paint
    sections: bool = True
    statistics: bool = True
    blanks: bool = True
    strokes: tuple[str, ...] = STROKES
    inner: bool = True
    words: bool = True
    lossy: bool = False
    together: bool = False
    drop_total: bool = False
    group_rows: bool = False
    prose_between: bool = False
    metadata: bool = False
    headless: bool = False
    numerals: bool = False
    encoding: str = "utf-8"
    line_end: str = "\n"


# ---- HTML


def _plain(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.simple_painter(rng).table(table)


def _unclosed(rng: Random, table: AbstractTable, degree: Degree) -> str:
    closing = rng.choice((r"</t[dh]>", r"</t[dhr]>", r"</tr>"))
    return re.sub(closing, "", html.simple_painter(rng).table(table))


def _word(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.word_painter(rng).table(table)


def _articles(rng: Random, table: AbstractTable, degree: Degree) -> str:
    painter = html.simple_painter(rng)
    starts = [cell.row for cell in table.cells if cell.role is Role.ARTICLE]
    if table.id == "statistics_2014":
        starts = [
            cell.row for cell in table.cells if cell.column == 0 and cell.text[1:2] == "、" and cell.role is Role.OTHER
        ]
    if not starts:
        return painter.table(table)
    starts[0] = 0
    parts = [range(start, end) for start, end in zip(starts, [*starts[1:], table.height], strict=True)]
    gap = rng.choice(("", "<p>&nbsp;</p>", "<br>"))
    return gap.join(painter.table(take_rows(table, part)) for part in parts)


def _wrong_spans(kind: str) -> Paint:
    def paint(rng: Random, table: AbstractTable, degree: Degree) -> str:
        return html.simple_painter(rng).table(table, html.wrong_spans(rng, table, kind))

    return paint


def _nested(rng: Random, table: AbstractTable, degree: Degree) -> str:
    painter = html.simple_painter(rng)
    starts = [cell.row for cell in table.cells if cell.role is Role.ARTICLE]
    if not starts or rng.random() < 0.4:
        return html.nested(rng, [painter.table(table)])
    parts = [range(start, end) for start, end in zip(starts, [*starts[1:], table.height], strict=True)]
    return html.nested(rng, [painter.table(take_rows(table, part)) for part in parts])


def _cut_place(rng: Random, table: AbstractTable) -> int:
    """A row to cut at: not between a heading and its first row of values."""
    rows = table.rows()
    places = [
        index
        for index in range(table.header_rows + 1, table.height)
        if any(cell.role is Role.VALUE for cell in rows[index - 1])
    ]
    return rng.choice(places) if places else 0


def _header_repeated(rng: Random, table: AbstractTable, degree: Degree) -> str:
    cut = _cut_place(rng, table)
    painter = html.simple_painter(rng)
    if not cut:
        return painter.table(table)
    top = take_rows(table, range(cut))
    rest = take_rows(table, [*range(table.header_rows), *range(cut, table.height)], keep_merged=rng.random() < 0.5)
    return painter.table(stack([top, rest], ["", ""]))


def _header_cut(rng: Random, table: AbstractTable, degree: Degree) -> str:
    painter = html.simple_painter(rng)
    if table.id == "disclosure":
        told = {cell.row for cell in table.cells if "单位：" in cell.text}  # a unit that is cut off nobody could know
        headers = sorted({cell.row for cell in table.cells if cell.role is Role.HEADER} - told)
        gone = {rng.choice(headers)} if headers else set()
    elif table.id == "proceedings":
        gone = set(range(rng.randint(0, 2)))
    else:
        gone = set(range(rng.randint(1, table.header_rows)))
    return painter.table(take_rows(table, [row for row in range(table.height) if row not in gone]))


def _split(rng: Random, table: AbstractTable, degree: Degree) -> str:
    cut = _cut_place(rng, table)
    painter = html.word_painter(rng) if rng.random() < 0.3 else html.simple_painter(rng)
    if not cut:
        return painter.table(table)
    headers = range(table.header_rows) if rng.random() < 0.4 else ()
    rest = take_rows(table, [*headers, *range(cut, table.height)], keep_merged=rng.random() < 0.5)
    between = f"<p>{noise_line(rng, 3)}</p>" if rng.random() < degree.noise else rng.choice(("", "<p>&nbsp;</p>"))
    return painter.table(take_rows(table, range(cut))) + between + painter.table(rest)


def _filler(rng: Random, table: AbstractTable, degree: Degree) -> str:
    for _ in range(rng.randint(1, 3)):
        table = insert_column(table, rng.randint(1, table.width))
    return html.simple_painter(rng).table(table)


def _filler_rows(rng: Random, table: AbstractTable, degree: Degree) -> str:
    for _ in range(rng.randint(1, 3)):
        table = insert_row(table, rng.randint(1, table.height - 1))
    return html.simple_painter(rng).table(table)


def _caption_row(rng: Random, table: AbstractTable, degree: Degree) -> str:
    caption = AbstractTable("", (AbstractCell("单位：件", 0, 0, 1, table.width),))
    return html.simple_painter(rng).table(stack([caption, table], ["", ""]))


def _row_tables(rng: Random, table: AbstractTable, degree: Degree) -> str:
    painter = html.simple_painter(rng)
    keep = rng.random() < 0.5
    starts = sorted({*range(table.header_rows, table.height), 0})
    parts = [range(start, end) for start, end in zip(starts, [*starts[1:], table.height], strict=True)]
    return "\n".join(painter.table(take_rows(table, part, keep_merged=keep)) for part in parts)


def joined_headers(table: AbstractTable) -> AbstractTable:
    """A table of requests or proceedings whose headers stand in one row, each with the headings above it."""
    if table.id not in ("requests", "proceedings"):
        return table
    lattice = table.lattice()
    cells = [replace(cell, row=cell.row - 2) for cell in table.cells if cell.row >= table.header_rows]
    for column in range(table.width):
        above = dict.fromkeys(cell for row in lattice[:3] if (cell := row[column]) is not None)
        names = [cell.text for cell in above if cell.text != "申请人情况"]
        first = next(iter(above))
        holds = _applicants(table, column)
        if holds or first.column == column:
            span = 1 if holds else first.column_span
            cells.append(AbstractCell("：".join(names), 0, column, 1, span, Role.HEADER))
    return AbstractTable(table.id, tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))), header_rows=1)


def _repeated(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.simple_painter(rng).table(unmerge(table, repeat=True))


def _permuted(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.simple_painter(rng).table(take_columns(table, _order(rng, table)))


def _order(rng: Random, table: AbstractTable) -> list[int]:
    if table.id == "requests":
        fixed = [column for column in range(table.width) if not _applicants(table, column)]
        person, *organisations, total = [column for column in range(table.width) if _applicants(table, column)]
        blocks = [[person], rng.sample(organisations, len(organisations)), [total]]
        order = [column for block in rng.sample(blocks, 3) for column in block]
        return [*fixed, *order] if not fixed or fixed[0] == 0 else [*order, *fixed]
    if table.id == "proceedings":
        within = rng.sample(range(table.width // 3), table.width // 3)
        return [block * len(within) + column for block in rng.sample(range(3), 3) for column in within]
    if table.id == "disclosure":
        return [0, *rng.choice(((1, 2, 3), (2, 3, 1), (3, 2, 1), (1, 3, 2)))]
    return rng.sample(range(table.width), table.width)


def _applicants(table: AbstractTable, column: int) -> bool:
    return any(cell.column == column and cell.role is Role.VALUE for cell in table.cells)


def _transposed(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.simple_painter(rng).table(table if table.id == "disclosure" else transpose(table))


def _div(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.div_grid(rng, unmerge(table, repeat=rng.random() < 0.3))


def _script(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.written_by_script(rng, html.simple_painter(rng).table(table))


def _script_element(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.set_by_script(rng, html.simple_painter(rng).table(table), table.id)


def _comment(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.in_comment(html.simple_painter(rng).table(table))


def _lists(rng: Random, table: AbstractTable, degree: Degree) -> str:
    painter = html.list_painter(rng)
    for first, last in reversed(_list_rows(table)):
        if rng.random() < 0.7:
            table = html.join_rows(table, first, last)
    return painter.table(table)


def _list_rows(table: AbstractTable) -> list[tuple[int, int]]:
    if table.id == "requests":
        groups = [cell for cell in table.cells if cell.role is Role.LABEL and cell.row_span > 1]
        inner = [cell for cell in groups if not any(other is not cell and _holds(cell, other) for other in groups)]
        return [(cell.row, cell.row + cell.row_span - 1) for cell in inner]
    runs: list[list[int]] = []
    for index, row in enumerate(table.rows()):
        if table.id == "proceedings" or not any(cell.role is Role.LABEL for cell in row):
            continue
        if runs and runs[-1][-1] + 1 == index and len(runs[-1]) < 6:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [(run[0], run[-1]) for run in runs if len(run) > 1]


def _holds(outer: AbstractCell, inner: AbstractCell) -> bool:
    return outer.row <= inner.row and inner.row + inner.row_span <= outer.row + outer.row_span


def one_label_column(table: AbstractTable, joined: bool) -> AbstractTable:
    """The labels of a table of requests in one column under one row of headers; other tables as they are."""
    if table.id != "requests":
        return table
    lattice, rows = table.lattice(), table.rows()
    columns = [column for column in range(table.width) if _applicants(table, column)]
    header = [AbstractCell("申请人情况", 0, 0, role=Role.HEADER)]
    header += [replace(cell, row_span=1, column_span=1) for column in columns if (cell := lattice[2][column])]
    made = [header]
    for row in rows[table.header_rows :]:
        values = [cell for cell in row if cell.role is Role.VALUE or cell.column >= columns[0]]
        labels = [cell for cell in row if cell not in values]
        text = "".join(cell.text for cell in labels) if joined else labels[-1].text
        made.append([replace(labels[-1], text=text, row_span=1, column_span=1), *values])
    return table_of_rows(table.id, made, header_rows=1)


def _one_column(rng: Random, table: AbstractTable, degree: Degree) -> str:
    return html.simple_painter(rng).table(one_label_column(table, joined=rng.random() < 0.5))


def article_left(table: AbstractTable) -> AbstractTable:
    """The articles of a table of disclosure in a column of their own, left of the rows they head."""
    if table.id != "disclosure":
        return table
    rows = table.rows()
    articles = [(index, row[0]) for index, row in enumerate(rows) if row and row[0].role is Role.ARTICLE]
    made: list[list[AbstractCell]] = []
    for (start, article), end in zip(articles, [*(index for index, _ in articles[1:]), table.height], strict=True):
        block = [list(row) for row in rows[start + 1 : end]]
        block[0].insert(0, replace(article, row_span=len(block), column_span=1, role=Role.LABEL))
        made += block
    return table_of_rows(table.id, made)


def proceedings_rows(table: AbstractTable) -> AbstractTable:
    """A table of proceedings with a row a group and a column a result."""
    if table.id != "proceedings":
        return table
    rows = table.rows()
    review, litigation = (cell for cell in rows[0] if cell.role is Role.HEADER)
    direct, after = rows[1]
    width = review.column_span
    made = [[AbstractCell("类别", 0, 0, 1, 2, Role.HEADER), *rows[2][:width]]]
    firsts = (
        [replace(review, row_span=1, column_span=2, role=Role.LABEL)],
        [
            replace(litigation, row_span=2, column_span=1, role=Role.LABEL),
            replace(direct, column_span=1, role=Role.LABEL),
        ],
        [replace(after, column_span=1, role=Role.LABEL)],
    )
    for place, first in enumerate(firsts):
        made.append([*first, *rows[3][place * width : (place + 1) * width]])
    return table_of_rows(table.id, made, header_rows=1)


def group_rows(table: AbstractTable) -> AbstractTable:
    """A table of requests whose headings are rows of their own, without numbers."""
    if table.id != "requests":
        return table
    lattice, rows = table.lattice(), table.rows()
    columns = [column for column in range(table.width) if _applicants(table, column)]
    made = [[AbstractCell("申请人情况", 0, 0, role=Role.HEADER)]]
    made[0] += [replace(cell, row_span=1, column_span=1) for column in columns if (cell := lattice[2][column])]
    for row in rows[table.header_rows :]:
        values = [cell for cell in row if cell.role is Role.VALUE or cell.column >= columns[0]]
        *groups, label = [cell for cell in row if cell not in values]
        for group in groups:
            made.append([replace(group, row_span=1, column_span=1), *(AbstractCell("", 0, 0) for _ in values)])
        made.append([replace(label, row_span=1, column_span=1), *values])
    return table_of_rows(table.id, made, header_rows=1)


def _changed(change: Callable[[AbstractTable], AbstractTable]) -> Paint:
    def paint(rng: Random, table: AbstractTable, degree: Degree) -> str:
        return html.simple_painter(rng).table(change(table))

    return paint


def _paragraphs(rng: Random, table: AbstractTable, degree: Degree) -> str:
    tag, blank = rng.choice(("p", "div", "p")), rng.choice(("&nbsp;", "<br>", ""))
    cells = [html.plain(line) or blank for row in text.cell_lines(table, "") for line in row]
    return "\n".join(f"<{tag}>{cell}</{tag}>" for cell in cells)


def _indented_html(rng: Random, table: AbstractTable, degree: Degree) -> str:
    lines = [line for row in text.indented_lines(rng, table) for line in row]
    return "\n".join(f"<p>{html.plain(line)}</p>" for line in lines)


def _mixed(*paints: Paint) -> Paint:
    """Each table of a page in a way of its own."""

    def paint(rng: Random, table: AbstractTable, degree: Degree) -> str:
        return rng.choice(paints)(rng, table, degree)

    return paint


# ---- text


def _text(make: Callable[[Random, AbstractTable], text.Lines]) -> Paint:
    def paint(rng: Random, table: AbstractTable, degree: Degree) -> str:
        return "\n".join(text.with_noise(rng, make(rng, table), degree.noise))

    return paint


def _row_text(rng: Random, table: AbstractTable, separator: str) -> text.Lines:
    rows = text.row_lines(table, separator, covered=rng.random() < 0.5)
    if "|" in separator and rng.random() < 0.4:
        rows = [[f"|{line}|"] for (line,) in rows]
    return rows


LAYOUT_LIST = (
    Layout("html_plain", "html", _plain),
    Layout("html_articles", "html", _articles),
    Layout("html_together", "html", _plain, statistics=False, together=True),
    Layout("html_span_overlap", "html", _wrong_spans("overlap"), statistics=False),
    Layout("html_span_overrun", "html", _wrong_spans("overrun"), statistics=False),
    Layout("html_span_missing", "html", _wrong_spans("missing"), statistics=False),
    Layout("html_nested", "html", _nested),
    Layout("html_header_repeated", "html", _header_repeated),
    Layout("html_header_cut", "html", _header_cut),
    Layout("html_word", "html", _word),
    Layout("html_filler", "html", _filler),
    Layout("html_label_repeated", "html", _repeated, statistics=False),
    Layout("html_permuted", "html", _permuted),
    Layout("html_transposed", "html", _transposed, statistics=False),
    Layout("html_total_absent", "html", _plain, statistics=False, drop_total=True),
    Layout("html_split", "html", _split),
    Layout("html_div", "html", _div),
    Layout("html_script", "html", _script),
    Layout("html_script_element", "html", _script_element),
    Layout("html_comment", "html", _comment),
    Layout("html_lists", "html", _lists, blanks=False),
    Layout("html_metadata", "html", _plain, metadata=True),
    Layout("html_prose_between", "html", _plain, prose_between=True),
    Layout("html_one_label_column", "html", _one_column, statistics=False),
    Layout("html_unclosed", "html", _unclosed),
    Layout("html_article_left", "html", _changed(article_left), statistics=False),
    Layout("html_proceedings_rows", "html", _changed(proceedings_rows), statistics=False),
    Layout("html_group_rows", "html", _changed(group_rows), statistics=False, group_rows=True),
    Layout("html_paragraphs", "html", _paragraphs, words=False, lossy=True),
    Layout("html_indented", "html", _indented_html, sections=False, inner=False, words=False),
    Layout("text_lines_empty", "text", _text(lambda rng, table: text.cell_lines(table, ""))),
    Layout("text_lines_tab", "text", _text(lambda rng, table: text.tabbed_cell_lines(table))),
    Layout("text_lines_apart", "text", _text(lambda rng, table: text.apart(text.cell_lines(table, "")))),
    Layout(
        "text_lines_vanished", "text", _text(lambda rng, table: text.cell_lines(table, None)), words=False, lossy=True
    ),
    Layout("text_tabs", "text", _text(lambda rng, table: _row_text(rng, table, "\t"))),
    Layout("text_pipes", "text", _text(lambda rng, table: _row_text(rng, table, rng.choice(("|", " | "))))),
    Layout(
        "text_spaces",
        "text",
        _text(lambda rng, table: text.spaced_lines(table, rng.choice((" ", "  ", "\u3000")))),
        inner=False,
        words=False,
        lossy=True,
    ),
    Layout("text_markdown", "text", _text(lambda rng, table: text.markdown_lines(table))),
    Layout(
        "text_aligned",
        "text",
        _text(lambda rng, table: text.aligned_lines(one_label_column(table, joined=rng.random() < 0.5))),
        strokes=SURE_WIDTH,
        inner=False,
        words=False,
    ),
    Layout(
        "text_interleaved",
        "text",
        _text(lambda rng, table: text.interleaved_lines(table, rng.choice(("\n", " ", "\t")))),
        blanks=False,
        inner=False,
        words=False,
    ),
    Layout("text_broken_labels", "text", _text(lambda rng, table: text.broken_labels(rng, table, "")), words=False),
    Layout(
        "text_glued",
        "text",
        _text(lambda rng, table: text.glued_lines(table, rng.choice((" ", "  ", "\n", "\t")))),
        blanks=False,
        inner=False,
        words=False,
    ),
    Layout(
        "text_group_rows",
        "text",
        _text(lambda rng, table: _row_text(rng, group_rows(table), rng.choice(("\t", "|")))),
        statistics=False,
        group_rows=True,
    ),
    Layout(
        "text_one_line",
        "text",
        lambda rng, table, degree: " ".join(line for row in text.spaced_lines(table, " ") for line in row),
        inner=False,
        words=False,
        lossy=True,
    ),
    Layout(
        "text_indented",
        "text",
        _text(lambda rng, table: text.indented_lines(rng, table)),
        sections=False,
        inner=False,
        words=False,
    ),
    Layout("html_filler_rows", "html", _filler_rows),
    Layout("html_headless", "html", _plain, statistics=False, headless=True),
    Layout(
        "text_headless", "text", _text(lambda rng, table: _row_text(rng, table, "\t")), statistics=False, headless=True
    ),
    Layout("text_lines_upright", "text", _text(lambda rng, table: text.upright_cell_lines(table))),
    Layout("html_caption_row", "html", _caption_row),
    Layout("html_row_tables", "html", _row_tables),
    Layout("html_joined_headers", "html", _changed(joined_headers), statistics=False),
    Layout("html_numerals", "html", _plain, numerals=True),
    Layout("text_lines_set_in", "text", _text(lambda rng, table: text.set_in(text.cell_lines(table, "")))),
    Layout(
        "html_mixed",
        "html",
        _mixed(_plain, _word, _articles, _nested, _split, _filler, _permuted, _one_column, _changed(group_rows)),
        group_rows=True,
    ),
    Layout(
        "text_mixed",
        "text",
        _mixed(
            _text(lambda rng, table: text.cell_lines(table, "")),
            _text(lambda rng, table: text.tabbed_cell_lines(table)),
            _text(lambda rng, table: text.markdown_lines(table)),
            _text(lambda rng, table: _row_text(rng, table, "|")),
            _text(lambda rng, table: _row_text(rng, table, "\t")),
        ),
    ),
    Layout(
        "text_tabs_gb18030",
        "text",
        _text(lambda rng, table: text.row_lines(table, "\t", covered=True)),
        encoding="gb18030",
        line_end="\r\n",
    ),
)
BY_NAME = {layout.name: layout for layout in LAYOUT_LIST}


def drop_totals(table: AbstractTable) -> AbstractTable:
    """The table without its columns of totals (requests, proceedings)."""
    if table.id not in ("requests", "proceedings"):
        return table
    gone = {
        cell.column
        for cell in table.cells
        if cell.key is not None and cell.key[2] == "total" and cell.role is Role.VALUE
    }
    return take_columns(table, [column for column in range(table.width) if column not in gone])


def together(tables: Sequence[AbstractTable], titles: Sequence[str]) -> AbstractTable:
    """All tables of a report in one."""
    return stack(tables, titles)
