"""Pages of characters and rulings in, blocks of a document out: where grids and paragraphs of all paged media are made.

For each page ruled tables are found first, then tables without rulings and text in what is left; then what stands on
every page is dropped, tables that go on over the end of a page are joined, and lines become paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from extractors.document import Box, DocumentBuilder
from extractors.layout.columns import find_parts
from extractors.layout.fragments import Entry, Fragment, fits, join
from extractors.layout.glyphs import DIGITS, Glyph, Line, enclosing, group_lines, runs
from extractors.layout.prose import PageFrame, PageLine, find_furniture, find_margins, group_paragraphs, page_line
from extractors.layout.rulings import Lattice, Ruling, find_lattices

FULL = 2.0  # of a character's height: a line that ends this near to its cell's edge is full
PADDING = 14.0  # points on both sides of a number together: what word processors leave free, and some slack

_Item = PageLine | Fragment


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page, upright. `turns` is how many quarter turns made it so."""

    number: int
    width: float
    height: float
    turns: int
    glyphs: tuple[Glyph, ...]
    rulings: tuple[Ruling, ...]
    has_pictures: bool


def turned(box: Box, turns: int, width: float, height: float) -> Box:
    """A box of a page of that size after some quarter turns clockwise."""
    left, top, right, bottom = box
    if turns == 1:
        return height - bottom, left, height - top, right
    if turns == 2:
        return width - right, height - bottom, width - left, height - top
    if turns == 3:
        return top, width - right, bottom, width - left
    return box


def build_blocks(builder: DocumentBuilder, pages: Sequence[Page], max_cells: int) -> list[tuple[str, str]]:
    """Add the blocks of all pages to a document, in reading order; returns warnings."""
    items = _without_furniture([item for page in pages for item in _items(page)], pages)
    sizes = {page.number: page for page in pages}
    margins = find_margins([item for item in items if isinstance(item, PageLine)], pages[0].width if pages else 0.0)
    cells = 0
    for _, group in groupby(_join_fragments(items), key=lambda item: isinstance(item, Fragment)):
        members = list(group)
        for fragment in (item for item in members if isinstance(item, Fragment)):
            cells += len(fragment.entries)
            if cells > max_cells:
                return [("document.over_limit", f"{cells} cells")]
            builder.grid(fragment.sources(), page=fragment.page)
        lines = [item for item in members if isinstance(item, PageLine)]
        for paragraph in group_paragraphs(lines, margins):
            page = sizes[paragraph[0].page]
            box = enclosing(Glyph("", *line.box) for line in paragraph if line.page == page.number)
            back = turned(box, (4 - page.turns) % 4, page.width, page.height)
            builder.paragraph("\n".join(line.text for line in paragraph), page.number, back)
    return []


def _items(page: Page) -> tuple[_Item, ...]:
    """Lines and table parts of a page in reading order."""
    lattices = _without_frames(find_lattices(page.rulings), page.height)
    inside, outside = _assign(page.glyphs, lattices)
    fragments = [_fragment(page, lattice, inside[index]) for index, lattice in enumerate(lattices)]
    placed: list[tuple[float, _Item]] = [
        (lattice.rows[0], fragment)
        for lattice, fragment in zip(lattices, fragments, strict=True)
        if any(entry.text for entry in fragment.entries)
    ]
    tops = sorted(top for top, _ in placed)
    lines = [line for line in group_lines(outside) if line.text]
    for _, band in groupby(lines, key=lambda line: sum(top < line.box[1] for top in tops)):
        placed += _band_items(page, list(band))
    return tuple(item for _, item in sorted(placed, key=lambda pair: pair[0]))


def _band_items(page: Page, lines: Sequence[Line]) -> Iterator[tuple[float, _Item]]:
    """Lines between two ruled tables: text in one or more columns, and tables without rulings."""
    for part in find_parts(lines, page.number):
        if part.table is not None:
            yield part.top, _turned_back(part.table, page)
        for column, line in part.lines:
            yield part.top, page_line(line, page.number, column)


def _turned_back(table: Fragment, page: Page) -> Fragment:
    """A table with its cells' boxes as they lie on the page."""
    back = (4 - page.turns) % 4
    entries = (
        replace(entry, box=turned(entry.box, back, page.width, page.height) if entry.box else None)
        for entry in table.entries
    )
    return replace(table, entries=tuple(entries))


def _without_frames(lattices: Sequence[Lattice], height: float) -> tuple[Lattice, ...]:
    """Without single boxes around a page or around a table."""
    kept = []
    for lattice in lattices:
        box = lattice.box
        holds = any(other is not lattice and _holds(box, other.box) for other in lattices)
        if len(lattice.fields) > 1 or not (holds or box[3] - box[1] > 0.6 * height):
            kept.append(lattice)
    return tuple(kept)


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _assign(
    glyphs: Sequence[Glyph], lattices: Sequence[Lattice]
) -> tuple[list[dict[int, list[Glyph]]], tuple[Glyph, ...]]:
    """For each lattice the glyphs of each of its cells, and the glyphs outside all; the smallest lattice wins."""
    inside: list[dict[int, list[Glyph]]] = [{} for _ in lattices]
    outside: list[Glyph] = []
    order = sorted(range(len(lattices)), key=lambda index: _area(lattices[index].box))
    boxes = [[lattice.box_of(field) for field in lattice.fields] for lattice in lattices]
    for run in runs(glyphs):
        box = enclosing(run)
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        place = next(
            ((index, cell) for index in order if (cell := _cell_at(lattices[index], boxes[index], x, y)) is not None),
            None,
        )
        if place is None:
            outside += run
        else:
            inside[place[0]].setdefault(place[1], []).extend(run)
    return inside, tuple(outside)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _cell_at(lattice: Lattice, boxes: Sequence[Box], x: float, y: float) -> int | None:
    left, top, right, bottom = lattice.box
    if not (left <= x <= right and top <= y <= bottom):
        return None
    return next((index for index, box in enumerate(boxes) if box[0] <= x <= box[2] and box[1] <= y <= box[3]), None)


def _fragment(page: Page, lattice: Lattice, inside: Mapping[int, Sequence[Glyph]]) -> Fragment:
    entries = []
    for index, field in enumerate(lattice.fields):
        box = lattice.box_of(field)
        lines = [line for line in group_lines(inside.get(index, ())) if line.text]
        text = _text(lines, box)
        place = (field.row, field.column, field.row_span, field.column_span)
        entries.append(Entry(text, *place, page.number, box, bool(lines) and _is_full(lines[-1], box)))
    return _turned_back(Fragment(lattice.columns, len(lattice.rows) - 1, tuple(entries), page.number), page)


def _text(lines: Sequence[Line], box: Box) -> str:
    """Text of a cell. Its lines stay apart, but for a number that was broken because its cell is too narrow."""
    texts = [line.text for line in lines]
    is_broken = all(set(text) <= DIGITS for text in texts) and all(_is_full(line, box) for line in lines[:-1])
    return ("" if is_broken else "\n").join(texts)


def _is_full(line: Line, box: Box) -> bool:
    """Whether the next character would not have fitted into the line's cell."""
    left, _, right, _ = line.box
    if set(line.text) <= DIGITS:
        return right - left + (right - left) / len(line.text) + PADDING > box[2] - box[0]
    return right > box[2] - FULL * line.height


def _without_furniture(items: Sequence[_Item], pages: Sequence[Page]) -> list[_Item]:
    lines = [item for item in items if isinstance(item, PageLine)]
    furniture = find_furniture(lines, [PageFrame(page.number, page.height) for page in pages])
    return [item for item in items if isinstance(item, Fragment) or item not in furniture]


def _join_fragments(items: Sequence[_Item]) -> list[_Item]:
    """Tables that go on over the end of a page as one; a box with a single cell as the lines in it."""
    joined: list[_Item] = []
    last_page = 0
    for item in items:
        before = joined[-1] if joined else None
        page = (item.page or 0) if isinstance(item, Fragment) else 0
        if isinstance(item, Fragment) and isinstance(before, Fragment) and page == last_page + 1 and fits(before, item):
            joined[-1] = join(before, item)
        else:
            joined.append(item)
        last_page = page
    return [line for item in joined for line in _unboxed(item)]


def _unboxed(item: _Item) -> tuple[_Item, ...]:
    if isinstance(item, PageLine) or len(item.entries) != 1:
        return (item,)
    (entry,) = item.entries
    if entry.page is None or entry.box is None:
        return (item,)
    return tuple(PageLine(text, entry.page, entry.box, 10.0) for text in entry.text.split("\n") if text)
