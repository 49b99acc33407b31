"""Tables in broken markup: `repair_tables(root)` puts rows, cells and stray content where their author meant them.

An unclosed `<div>` swallows the cells after it; a cell stands in a table without a row; a lost `<td>` leaves a number
bare in its row, where a browser would move it out of the table and every number after it one column to the left. Such
content gets a cell of its own, since a number in the wrong column is worse than a page that looks wrong.

`cut_torn_row(source)` takes away the row in which a file breaks off: what is left of it would be read as blank cells,
or as a number that was longer.
"""

from __future__ import annotations

import re
from itertools import takewhile

from extractors.readers.markup import CELLS, Element

_ROW_GROUPS = frozenset(("table", "tbody", "thead", "tfoot"))
_NO_CONTENT = frozenset(("form", "script", "style", "template", "tr", "table", "hr"))
_TABLE_EDGE = re.compile(r"<(/?)table\b", re.IGNORECASE)
_BARE = re.compile(r"(</t[dh]\s*>\s*)([^<\s][^<]{0,200})(?=</t[dh]\s*>)", re.IGNORECASE)
_PAGE_END = re.compile(r"</(?:body|html|script)\b", re.IGNORECASE)
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_TAIL = 200
_ROW_END = re.compile(r"</(?:tr|tbody|thead)\s*>\s*$", re.IGNORECASE)


def cut_torn_row(source: str) -> tuple[str, bool]:
    """The source without the row it breaks off in, if it ends inside a table; and whether it does."""
    edges = list(_TABLE_EDGE.finditer(source))
    if not edges or edges[-1].group(1) or _PAGE_END.search(source, edges[-1].end()):
        return source, False
    if _ROW_END.search(source, len(source) - _TAIL):
        return source, True
    rows = [match.start() for match in _ROW.finditer(source, edges[-1].end())]
    return source[: rows[-1] if rows else edges[-1].start()], True


def open_bare_cells(source: str) -> str:
    """The source with a `<td>` before text that stands between two `</td>`: the parser would join two such to one."""
    return _BARE.sub(r"\1<td>\2", source)


def repair_tables(root: Element) -> None:
    """Put the parts of tables in their places."""
    _part_cells(root)
    for row in list(root.iter("tr")):
        if _has_stray_content(row):
            _give_cells(row)


def _has_stray_content(row: Element) -> bool:
    if row.text and not row.text.isspace():
        return True
    return any(child.tag not in CELLS or (child.tail and not child.tail.isspace()) for child in row)


def _give_cells(row: Element) -> None:
    """A cell for each stretch of a row that stands in none."""
    if not _is_well_placed(row):
        return
    text, row.text = row.text, None
    cell = _take_text(None, row, 0, text)
    for child in [child for child in row if child is not cell]:
        tail, child.tail = child.tail, None
        if child.tag in CELLS or child.tag in _NO_CONTENT:
            cell = None
        elif isinstance(child.tag, str) and (cell is not None or "".join(map(str, child.itertext())).strip()):
            cell = _make_cell(row, row.index(child)) if cell is None else cell
            cell.append(child)
        place = row.index(cell) if cell is not None else row.index(child)
        cell = _take_text(cell, row, place + 1, tail)


def _make_cell(row: Element, place: int) -> Element:
    cell = row.makeelement("td", {})
    row.insert(place, cell)
    return cell


def _take_text(cell: Element | None, row: Element, place: int, text: str | None) -> Element | None:
    """Put bare text into the open cell, or a new one at `place`; the cell that is open then."""
    if text is None or text.isspace():
        return cell
    cell = _make_cell(row, place) if cell is None else cell
    _append_text(cell, text)
    return cell


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _part_cells(root: Element) -> None:
    """Put rows and cells that an unclosed tag has swallowed beside the cell they stand in; give stray cells a row."""
    for part in [part for part in root.iter("td", "th", "tr") if not _is_well_placed(part)]:
        host = _swallowing_cell(part)
        if host is None:
            if part.tag in CELLS and _stands_in_no_row(part):
                _give_row(part)
            continue
        row = host.getparent()
        anchor = row if part.tag == "tr" and row is not None and row.tag == "tr" else host
        for moved in (part, *_find_followers(part)):
            anchor.addnext(moved)
            anchor = moved


def _find_followers(part: Element) -> tuple[Element, ...]:
    """The cells after a cell, or the rows after a row, up to the first of the other kind."""
    others = part.itersiblings("td", "th", "tr")
    return tuple(takewhile(lambda other: (other.tag == "tr") == (part.tag == "tr"), others))


def _is_well_placed(part: Element) -> bool:
    parent = part.getparent()
    return parent is not None and (parent.tag == "tr" if part.tag in CELLS else parent.tag in _ROW_GROUPS)


def _give_row(cell: Element) -> None:
    """A row around a cell that has none, shared by the cells that follow it."""
    before = cell.getprevious()
    if before is not None and before.get("made-for-cells") is not None:
        before.append(cell)
        return
    row = cell.makeelement("tr", {"made-for-cells": ""})
    cell.addprevious(row)
    row.append(cell)


def _swallowing_cell(part: Element) -> Element | None:
    """The cell that `part` stands in without a table between."""
    host = next(part.iterancestors("td", "th", "table"), None)
    return host if host is not None and host.tag in CELLS else None


def _stands_in_no_row(cell: Element) -> bool:
    host = next(cell.iterancestors("tr", "table"), None)
    return host is not None and host.tag == "table"
