"""Tables as markup: an `AbstractTable` in, HTML out, as tidy or as untidy as pages are."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.generate.abstract import AbstractCell, AbstractTable, Role

BLANKS = ("", "&nbsp;", "<br>", " ")


def plain(text: str) -> str:
    """A cell's text escaped, no-break spaces as the entity; nothing for a blank."""
    return html.escape(text, quote=False).replace("\u00a0", "&nbsp;")


@dataclass(frozen=True, slots=True)
class Painter:
    """How the inside of a cell is marked up, and the attributes of its table."""

    inside: Callable[[AbstractCell], str]
    attributes: str = ' border="1" cellspacing="0"'
    header_tag: str = "td"

    def table(self, table: AbstractTable, spans: Callable[[AbstractCell], tuple[int, int]] | None = None) -> str:
        """A `<table>`; `spans` may tell other spans than the true ones."""
        rows = []
        for row in table.rows():
            cells = "".join(
                self._cell(cell, spans(cell) if spans else (cell.row_span, cell.column_span)) for cell in row
            )
            rows.append(f"<tr>{cells}</tr>")
        return f"<table{self.attributes}>\n" + "\n".join(rows) + "\n</table>"

    def _cell(self, cell: AbstractCell, spans: tuple[int, int]) -> str:
        tag = self.header_tag if cell.role is Role.HEADER else "td"
        attributes = "".join(
            f' {name}="{span}"' for name, span in zip(("rowspan", "colspan"), spans, strict=True) if span != 1
        )
        return f"<{tag}{attributes}>{self.inside(cell)}</{tag}>"


def simple_painter(rng: Random) -> Painter:
    """Bare cells, or each in a paragraph or span of its own."""
    wrap = rng.choice(("{}", "{}", "<p>{}</p>", "<span>{}</span>", '<p style="text-align:center">\n{}\n</p>'))
    blank = rng.choice(BLANKS)
    attributes = rng.choice((' border="1" cellspacing="0"', "", ' class="table" width="100%"'))
    return Painter(
        lambda cell: wrap.format(plain(cell.text)) if cell.text else blank, attributes, rng.choice(("td", "td", "th"))
    )


def word_painter(rng: Random) -> Painter:
    """Markup as Word pastes it: paragraphs of class MsoNormal, `o:p`, a span a piece, short headers upright."""
    upright = rng.random() < 0.5
    pieces = rng.random() < 0.5

    def inside(cell: AbstractCell) -> str:
        if not cell.text:
            return '<p class="MsoNormal" align="center"><span lang="EN-US"><o:p>&nbsp;</o:p></span></p>'
        if upright and cell.role is Role.HEADER and len(cell.text) <= 4:
            return "".join(_paragraph(plain(letter)) for letter in cell.text)
        return _paragraph("".join(_span(piece) for piece in _pieces(rng, cell.text, pieces)))

    return Painter(inside, ' class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0"')


def _paragraph(inner: str) -> str:
    start, end = '<p class="MsoNormal" style="text-align:center;mso-pagination:none">', "<o:p></o:p></span></p>"
    return f'{start}{inner}<span lang="EN-US">{end}'


def _span(piece: str) -> str:
    return f"<span style='font-family:仿宋_GB2312;mso-hansi-font-family:宋体'>{plain(piece)}</span>"


def _pieces(rng: Random, text: str, apart: bool) -> list[str]:
    if not apart or len(text) < 2:
        return [text]
    cut = rng.randrange(1, len(text))
    return list(text) if rng.random() < 0.5 else [text[:cut], text[cut:]]


def wrong_spans(rng: Random, table: AbstractTable, kind: str) -> Callable[[AbstractCell], tuple[int, int]]:
    """Spans as careless pages give them: `overlap` too long, `overrun` out of the table, `missing` left out."""
    spanning = [cell for cell in table.cells if cell.row_span > 1 and cell.role is Role.LABEL]
    victims = set(rng.sample(spanning, min(len(spanning), rng.randint(1, 2))))

    def spans(cell: AbstractCell) -> tuple[int, int]:
        if kind == "overlap" and cell in victims:
            return cell.row_span + rng.randint(1, 2), cell.column_span
        if kind == "overrun" and cell.role is Role.LABEL and cell.column_span > 1 and cell.row + 1 == table.height:
            return cell.row_span + 20, cell.column_span
        if kind == "overrun" and (cell in victims or cell.role is Role.ARTICLE):
            return (cell.row_span + 40 if cell in victims else 1), cell.column_span + 10 * (cell.role is Role.ARTICLE)
        if kind == "missing" and (cell in victims or cell.role in (Role.ARTICLE, Role.VALUE)):
            return 1, 1
        return cell.row_span, cell.column_span

    return spans


def nested(rng: Random, tables: Sequence[str]) -> str:
    """Tables inside the cells of a table that only lays out."""
    rows = "".join(f'<tr><td colspan="2" valign="top">{table}</td></tr>' for table in tables)
    return (
        f'<table width="960" align="center"><tr><td>&nbsp;</td><td>{rng.choice(("", "正文"))}</td></tr>{rows}</table>'
    )


def div_grid(rng: Random, table: AbstractTable) -> str:
    """Rows and cells as `<div>`s, laid out by a style."""
    css = rng.choice(
        (
            ('<div class="tr" style="display:table-row">', '<div class="td" style="display:table-cell">'),
            ('<div class="row">', '<div class="cell">'),
            ('<div style="display:flex">', "<div>"),
        )
    )
    rows = [
        css[0] + "".join(f"{css[1]}{plain(cell.text) or '&nbsp;'}</div>" for cell in row) + "</div>"
        for row in table.rows()
    ]
    return '<div class="table" style="display:table">' + "\n".join(rows) + "</div>"


def written_by_script(rng: Random, markup: str) -> str:
    """Markup that a script prints where it stands."""
    return f"<script>document.write({_literal(rng, markup)});</script>"


def set_by_script(rng: Random, markup: str, name: str) -> str:
    """Markup that a script puts into the element of that name."""
    script = f'document.getElementById("{name}").innerHTML = {_literal(rng, markup)};'
    return f'<div id="{name}"></div><script type="text/javascript">{script}</script>'


def _literal(rng: Random, markup: str) -> str:
    return json.dumps(markup, ensure_ascii=rng.random() < 0.3).replace("</", "<\\/")


def in_comment(markup: str) -> str:
    """Markup inside a comment, which the page's script would put in place."""
    return f'<div class="lazy"><!-- {markup} --></div>'


def join_rows(table: AbstractTable, first: int, last: int) -> AbstractTable:
    """Rows `first` to `last` as one row whose cells are lists; label cells that span them all stay."""
    kept: list[AbstractCell] = []
    lists: dict[int, list[AbstractCell]] = {}
    for cell in table.cells:
        inside = first <= cell.row <= last
        if inside and cell.row_span == 1:
            lists.setdefault(cell.column, []).append(cell)
        elif cell.row > last:
            kept.append(replace(cell, row=cell.row - (last - first)))
        elif cell.row + cell.row_span > last and cell.row <= first:
            kept.append(replace(cell, row_span=max(1, cell.row_span - (last - first))))
        else:
            kept.append(cell)
    for column, cells in lists.items():
        ordered = sorted(cells, key=lambda cell: cell.row)
        kept.append(replace(ordered[0], text="\n".join(cell.text for cell in ordered), row=first, column=column))
    return replace(table, cells=tuple(sorted(kept, key=lambda cell: (cell.row, cell.column))))


def list_painter(rng: Random) -> Painter:
    """Cells whose lines are parted by `<br>`."""
    line_break = rng.choice(("<br>", "<br/>", "<br />\n"))
    return Painter(lambda cell: line_break.join(plain(line) for line in cell.text.split("\n")))
