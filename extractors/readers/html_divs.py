"""Tables built of other tags to tables: `mark_tables(root)` rewrites such parts of a tree as `<table>`, `<tr>`, `<td>`.

Pages lay tables out with `<div>`s, lists and style sheets. Three things tell one, without knowing any class name:

- it says so: ARIA roles, or `display: table-row` and `table-cell` in a style;
- `display: grid` with so many columns, all cells side by side in one element;
- rows that repeat: three or more neighbours without text of their own, most with as many parts as the others or very
  many parts in all, each part short and no sentence. Parts that flow in a line (`<span>`) must carry a class or a
  width, else any pasted sentence would do.

A menu read as a table costs nothing; prose must stay prose, so a part with a full stop or of more than a cell's length
makes no row. What stands inside a part is left as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from extractors.readers.html_table import PROSE_LENGTH, PROSE_SIGN
from extractors.readers.markup import Element

LEAST_ROWS = 3
LEAST_SHARE = 0.6  # of the rows that have as many parts as most have
LEAST_CELLS = 20  # so many short parts are a table, however many stand in a row
_MOST_TAGS_IN_CELL = 40
_MOST_CELLS_IN_ROW = 40

_CONTAINERS = ("div", "section", "article", "main", "form", "ul", "ol", "dl", "body")
_ROWS = frozenset(("div", "section", "ul", "ol", "li", "dl"))
_BLOCK_CELLS = frozenset(("div", "li", "dd", "dt"))
_INLINE_CELLS = frozenset(("span", "p", "em", "i", "b", "strong", "label", "h4", "h5", "h6"))
_NO_CELL_INSIDE = frozenset(
    ("table", "ul", "ol", "dl", "form", "h1", "h2", "h3", "section", "article", "iframe", "pre")
)
_ROLES = {
    "row": "row",
    "cell": "cell",
    "gridcell": "cell",
    "columnheader": "cell",
    "rowheader": "cell",
    "rowgroup": "group",
}
_DISPLAYS = {
    "table-row": "row",
    "table-cell": "cell",
    "table-row-group": "group",
    "table-header-group": "group",
    "table-footer-group": "group",
}
_DISPLAY = re.compile(r"display\s*:\s*([a-z-]+)", re.IGNORECASE)
_WIDTH = re.compile(r"(?:width|float|flex)\s*:|inline-block", re.IGNORECASE)
_CLASS = re.compile(r"\.([\w-]+)\s*$")
_TEMPLATE = re.compile(r"grid-template-columns\s*:\s*([^;}]+)", re.IGNORECASE)
_REPEAT = re.compile(r"repeat\(\s*(\d{1,2})\s*,[^()]*(?:\([^()]*\))?[^()]*\)")
_COLUMN_SPAN = re.compile(r"grid-column(?:-end)?\s*:\s*(?:\d+\s*/\s*)?span\s*(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Shape:
    """An element seen as a row: its parts, and whether the page itself calls it a row."""

    row: Element
    cells: tuple[Element, ...]
    is_declared: bool

    @property
    def key(self) -> tuple[str, str]:
        return (str(self.row.tag), self.row.get("class") or "")


def mark_tables(root: Element) -> None:
    """Rewrite the tables that are built of other tags."""
    styles = _read_style_sheets(root)
    for container in reversed(list(root.iter(*_CONTAINERS))):
        if len(container) < 2:
            continue
        columns = _count_columns(_style(container, styles))
        if columns >= 2 and _is_flat_grid(container, columns):
            _make_flat_table(container, columns, styles)
            continue
        for run in _find_runs(container, styles):
            _adopt_head(_make_table(run), styles)


def _read_style_sheets(root: Element) -> dict[str, str]:
    """What `<style>` says of classes that are laid out as tables or grids."""
    styles: dict[str, str] = {}
    for sheet in root.iter("style"):
        for rule in (sheet.text or "").split("}"):
            selectors, _, body = rule.rpartition("{")
            if "table" in body or "grid" in body:
                for selector in selectors.split(","):
                    name = _CLASS.search(selector)
                    if name is not None:
                        styles[name.group(1)] = styles.get(name.group(1), "") + body + ";"
    return styles


def _style(element: Element, styles: Mapping[str, str]) -> str:
    own = element.get("style") or ""
    if not styles:
        return own
    return own + ";" + ";".join(styles.get(name, "") for name in (element.get("class") or "").split())


def _role(element: Element, styles: Mapping[str, str]) -> str | None:
    written = element.get("role")
    if written is not None and written in _ROLES:
        return _ROLES[written]
    display = _DISPLAY.search(_style(element, styles))
    return _DISPLAYS.get(display.group(1).lower()) if display is not None else None


def _find_runs(container: Element, styles: Mapping[str, str]) -> list[list[_Shape]]:
    runs: list[list[_Shape]] = [[]]
    for child in container.iterchildren("*"):
        shapes = _shapes_of(child, styles)
        if shapes:
            runs[-1] += shapes
        elif runs[-1]:
            runs.append([])
    return [run for run in map(_trim, runs) if _is_table(run)]


def _shapes_of(child: Element, styles: Mapping[str, str]) -> list[_Shape]:
    """The row an element is, or the rows of which it is a group."""
    shape = _shape_of(child, styles)
    if shape is not None and (shape.is_declared or len(shape.cells) > 1):
        return [shape]
    return _shapes_of_group(child, styles) or ([shape] if shape is not None else [])


def _shapes_of_group(group: Element, styles: Mapping[str, str]) -> list[_Shape]:
    if group.tag not in _ROWS or not len(group) or _has_own_text(group):
        return []
    inner = [_shape_of(row, styles) for row in group.iterchildren("*")]
    shapes = [shape for shape in inner if shape is not None]
    return shapes if len(shapes) == len(inner) and any(len(shape.cells) > 1 for shape in shapes) else []


def _shape_of(row: Element, styles: Mapping[str, str]) -> _Shape | None:
    if row.tag not in _ROWS or not 0 < len(row) <= _MOST_CELLS_IN_ROW or _has_own_text(row):
        return None
    cells = tuple(row.iterchildren("*"))
    if all(_role(cell, styles) == "cell" for cell in cells):
        return _Shape(row, cells, is_declared=True)
    if all(_is_cell(cell) for cell in cells):
        return _Shape(row, cells, is_declared=False)
    return None


def _has_own_text(element: Element) -> bool:
    pieces = (element.text, *(child.tail for child in element))
    return any(piece and not piece.isspace() for piece in pieces)


def _is_cell(element: Element) -> bool:
    if element.tag in _INLINE_CELLS:
        if not element.get("class") and _WIDTH.search(element.get("style") or "") is None:
            return False
    elif element.tag not in _BLOCK_CELLS:
        return False
    inner = list(islice(element.iterdescendants(), _MOST_TAGS_IN_CELL + 1))
    if len(inner) > _MOST_TAGS_IN_CELL or any(tag.tag in _NO_CELL_INSIDE for tag in inner):
        return False
    text = "".join(map(str, element.itertext()))
    return len(text.strip()) < PROSE_LENGTH and PROSE_SIGN not in text


def _trim(run: Sequence[_Shape]) -> list[_Shape]:
    """Rows of one part stay only where rows of several look alike, such as a title across the table."""
    keys = {shape.key for shape in run if len(shape.cells) > 1}
    return [shape for shape in run if shape.key in keys]


def _is_table(run: Sequence[_Shape]) -> bool:
    counts = Counter(len(shape.cells) for shape in run if len(shape.cells) > 1)
    if not counts:
        return False
    if all(shape.is_declared for shape in run):
        return len(run) >= 2
    most = counts.most_common(1)[0][1]
    cells = sum(len(shape.cells) for shape in run)
    return counts.total() >= LEAST_ROWS and (most >= LEAST_SHARE * counts.total() or cells >= LEAST_CELLS)


def _make_table(run: Sequence[_Shape]) -> Element:
    """Wrap the rows of a run in a table; groups of rows are taken apart."""
    first = run[0].row
    table = first.makeelement("table", {})
    parent = first.getparent()
    anchor = first if parent is None or parent is run[-1].row.getparent() else parent
    anchor.addprevious(table)
    for shape in run:
        table.append(_make_row(shape))
    return table


def _make_row(shape: _Shape) -> Element:
    shape.row.tag = "tr"
    for cell in shape.cells:
        cell.tag = "td"
    return shape.row


def _adopt_head(table: Element, styles: Mapping[str, str]) -> None:
    """Take in the rows of a group that stands right before the group the table was made of."""
    place = table
    parent = place.getparent()
    while parent is not None and len(parent) == 1 and parent.tag in _ROWS:
        place, parent = parent, parent.getparent()
    before = place.getprevious()
    shapes = _shapes_of_group(before, styles) if before is not None and isinstance(before.tag, str) else []
    if len(shapes) < LEAST_ROWS:
        for shape in reversed(shapes):
            table.insert(0, _make_row(shape))


def _count_columns(style: str) -> int:
    if "grid" not in style:
        return 0
    template = _TEMPLATE.search(style)
    if template is None:
        return 0
    written = template.group(1)
    repeated = sum(int(count) for count in _REPEAT.findall(written))
    return repeated + len(_REPEAT.sub(" ", written).split())


def _is_flat_grid(container: Element, columns: int) -> bool:
    cells = list(container.iterchildren("*"))
    return len(cells) >= 2 * columns and not _has_own_text(container) and all(map(_is_grid_cell, cells))


def _is_grid_cell(element: Element) -> bool:
    text = "".join(map(str, islice(element.itertext(), _MOST_TAGS_IN_CELL)))
    return len(text.strip()) < PROSE_LENGTH and PROSE_SIGN not in text and element.find(".//table") is None


def _make_flat_table(container: Element, columns: int, styles: Mapping[str, str]) -> None:
    cells = list(container.iterchildren("*"))
    container.tag = "table"
    row, used = None, columns
    for cell in cells:
        span = _COLUMN_SPAN.search(_style(cell, styles))
        width = int(span.group(1)) if span is not None else 1
        if row is None or used + width > columns:
            row, used = container.makeelement("tr", {}), 0
            cell.addprevious(row)
        used += width
        cell.tag = "td"
        cell.set("colspan", str(width))
        row.append(cell)
