"""A PDF in, a `Document` out: ruled and unruled tables as grids, all else as paragraphs, in reading order.

pdfplumber gives characters, lines and rectangles with their places; what they mean is worked out in
`extractors.layout`. Fills are no rulings: word processors put a white rectangle behind every line of shaded text, and
taken for cells those turn prose into tables. Only strokes, and filled rectangles so thin that they are drawn as lines,
part cells.

What it refuses: to read what is not there. A page that is a picture yields the warning `document.needs_ocr`, a file
that wants a password `document.encrypted`, one that cannot be parsed `document.corrupt`, one past a limit
`document.over_limit`.
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby, pairwise
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1

from extractors.document import Box, Document, DocumentBuilder
from extractors.layout.columns import find_parts
from extractors.layout.fragments import Entry, Fragment, fits, join
from extractors.layout.glyphs import Glyph, Line, enclosing, group_lines, runs, text_of, without_twins
from extractors.layout.prose import PageFrame, PageLine, find_furniture, find_margins, group_paragraphs, page_line
from extractors.layout.rulings import Lattice, Ruling, find_lattices
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from schemas.records import Medium

THIN = 3.0  # points: a filled rectangle no thicker is a line
SLANT = 2.0  # points: a stroke that leaves its axis no further is straight
TURNED_SHARE = 0.8  # of a page's characters: so many turned the same way, and the page is turned
PICTURE_SHARE = 0.15  # of a page's area: a picture this large, with no text on it, may hold a table
FEW = 20  # characters on a picture: fewer are a stamp's or a caption's
LOST_SHARE = 0.3  # of all characters: so many without a meaning, and the text layer is worthless
FULL = 2.0  # of a character's height: a line that ends this near to its cell's edge is full

_Mark = Mapping[str, Any]  # what pdfplumber tells of a character, line, rectangle or picture
_Item = PageLine | Fragment


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands on one page, upright. `turns` is how many quarter turns made it so."""

    number: int
    width: float
    height: float
    turns: int
    glyphs: tuple[Glyph, ...]
    rulings: tuple[Ruling, ...]
    has_pictures: bool


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a PDF's bytes. Never raises on content: what is wrong with it is in `warnings`."""
    builder = DocumentBuilder(Medium.PDF)
    if len(data) > limits.file_bytes:
        return builder.build(warnings=[("document.over_limit", f"{len(data)} bytes")])
    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            title = _title(pdf.doc.info)
            pages, warnings = _read_pages(pdf, limits)
    except Exception as error:  # a parser fed hostile bytes fails in ways it does not document
        return builder.build(warnings=[_told(error)])
    lost = sum(glyph.text == "\ufffd" for page in pages for glyph in page.glyphs)
    written = sum(len(page.glyphs) for page in pages)
    if pages and (not written or lost > LOST_SHARE * written):
        return builder.build(title=title, warnings=[*warnings, ("document.needs_ocr", _pages_told(pages))])
    pictures = [page for page in pages if page.has_pictures]
    if pictures:
        warnings.append(("document.needs_ocr", _pages_told(pictures)))
    _build(builder, pages, limits, warnings)
    return builder.build(title=title, warnings=warnings)


def _title(info: Iterable[Mapping[str, Any]]) -> str | None:
    """The title among a file's properties: UTF-16 where it has a byte order mark, else ASCII; None for all else."""
    for properties in info:
        raw = resolve1(properties.get("Title"))
        if isinstance(raw, bytes):
            is_wide = raw.startswith((BOM_UTF16_BE, BOM_UTF16_LE))
            title = raw.decode("utf-16" if is_wide else "ascii", errors="ignore").strip()
            if title and "\ufffd" not in title:
                return title
    return None


def _told(error: Exception) -> tuple[str, str]:
    """The warning for what pdfminer raised; pdfplumber wraps it."""
    causes = (error, error.__cause__, error.__context__, *error.args)
    if any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in causes):
        return "document.encrypted", "pdf"
    return "document.corrupt", f"pdf: {type(error).__name__}"


def _pages_told(pages: Sequence[_Page]) -> str:
    return "pages " + ", ".join(str(page.number) for page in pages)


def _read_pages(pdf: Any, limits: Limits) -> tuple[list[_Page], list[tuple[str, str]]]:
    """Pages as far as they can be read, and what was met on the way."""
    pages: list[_Page] = []
    warnings: list[tuple[str, str]] = []
    for page in pdf.pages:
        if page.page_number > limits.pages:
            warnings.append(("document.over_limit", f"{len(pdf.pages)} pages"))
            break
        try:
            if len(page.chars) + len(page.lines) + len(page.rects) + len(page.curves) > limits.page_marks:
                warnings.append(("document.over_limit", f"marks on page {page.page_number}"))
            else:
                pages.append(_read_page(page))
        except Exception as error:  # one broken page must not cost the others
            warnings.append(("document.corrupt", f"page {page.page_number}: {type(error).__name__}"))
        page.close()
    return pages, warnings


def _read_page(page: Any) -> _Page:
    width, height = float(page.width), float(page.height)
    marks = [char for char in page.chars if _is_on_page(char, width, height)]
    turns = _turns(marks)
    glyphs = without_twins([_glyph(char, turns, width, height) for char in marks if not _is_slanted(char)])
    rulings = tuple(
        _turned_ruling(ruling, turns, width, height)
        for mark in (*page.lines, *page.rects, *page.curves)
        for ruling in _rulings(mark)
    )
    pictures = any(_is_unread_picture(image, marks, width * height) for image in page.images)
    upright = (width, height) if turns % 2 == 0 else (height, width)
    return _Page(page.page_number, *upright, turns, glyphs, rulings, pictures)


def _is_on_page(mark: _Mark, width: float, height: float) -> bool:
    return bool(-1 <= mark["x0"] <= width + 1 and -1 <= mark["top"] <= height + 1)


def _is_slanted(char: _Mark) -> bool:
    """Whether a character is set at an angle: a watermark."""
    a, b = char["matrix"][:2]
    return bool(min(abs(a), abs(b)) > 0.1 * max(abs(a), abs(b)))


def _turns(chars: Sequence[_Mark]) -> int:
    """Quarter turns clockwise that make most of the page's text upright."""
    ways = Counter(_way(char) for char in chars if not char["text"].isspace())
    if not ways:
        return 0
    way, count = ways.most_common(1)[0]
    return way if count >= TURNED_SHARE * ways.total() else 0


def _way(char: _Mark) -> int:
    a, b = char["matrix"][:2]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def _turned(box: Box, turns: int, width: float, height: float) -> Box:
    """A box of a page of that size after some quarter turns clockwise."""
    left, top, right, bottom = box
    if turns == 1:
        return height - bottom, left, height - top, right
    if turns == 2:
        return width - right, height - bottom, width - left, height - top
    if turns == 3:
        return top, width - right, bottom, width - left
    return box


def _glyph(char: _Mark, turns: int, width: float, height: float) -> Glyph:
    text = "\ufffd" if char["text"].startswith("(cid:") else char["text"]
    return Glyph(text, *_turned((char["x0"], char["top"], char["x1"], char["bottom"]), turns, width, height))


def _turned_ruling(ruling: Ruling, turns: int, width: float, height: float) -> Ruling:
    if not turns:
        return ruling
    if ruling.horizontal:
        box = (ruling.start, ruling.at, ruling.end, ruling.at)
    else:
        box = (ruling.at, ruling.start, ruling.at, ruling.end)
    left, top, right, bottom = _turned(box, turns, width, height)
    if ruling.horizontal is (turns % 2 == 0):
        return Ruling(True, top, left, right)
    return Ruling(False, left, top, bottom)


def _rulings(mark: _Mark) -> Iterator[Ruling]:
    """The rulings a stroke or a thin fill draws, none for what is white or has a body."""
    left, top, right, bottom = mark["x0"], mark["top"], mark["x1"], mark["bottom"]
    if mark["fill"] and min(right - left, bottom - top) <= THIN and not _is_white(mark["non_stroking_color"]):
        yield from _segment((left, (top + bottom) / 2), (right, (top + bottom) / 2))
        yield from _segment(((left + right) / 2, top), ((left + right) / 2, bottom))
    elif mark["stroke"] and not _is_white(mark["stroking_color"]):
        points = mark.get("pts") or ()
        if mark["object_type"] == "rect":
            points = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
        for start, end in pairwise(points):
            yield from _segment(start, end)


def _segment(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Ruling]:
    across, along = abs(end[0] - start[0]), abs(end[1] - start[1])
    if along <= SLANT and across > along:
        yield Ruling(True, (start[1] + end[1]) / 2, *sorted((start[0], end[0])))
    elif across <= SLANT and along > across:
        yield Ruling(False, (start[0] + end[0]) / 2, *sorted((start[1], end[1])))


def _is_white(color: Any) -> bool:
    """White in grey, RGB or CMYK; a colour that is not told is black."""
    parts = color if isinstance(color, tuple | list) else (color,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return bool(max(parts) <= 0.02 if len(parts) == 4 else min(parts) >= 0.98)


def _is_unread_picture(image: _Mark, chars: Iterable[_Mark], area: float) -> bool:
    if (image["x1"] - image["x0"]) * (image["bottom"] - image["top"]) < PICTURE_SHARE * area:
        return False
    inside = [
        char
        for char in chars
        if image["x0"] <= char["x0"] <= image["x1"] and image["top"] <= char["top"] <= image["bottom"]
    ]
    return len(inside) < FEW


def _build(builder: DocumentBuilder, pages: Sequence[_Page], limits: Limits, warnings: list[tuple[str, str]]) -> None:
    """Blocks in reading order: tables joined over page breaks, lines joined to paragraphs."""
    items = _without_furniture([item for page in pages for item in _items(page)], pages)
    sizes = {page.number: page for page in pages}
    margins = find_margins([item for item in items if isinstance(item, PageLine)], pages[0].width if pages else 0.0)
    cells = 0
    for _, group in groupby(_join_fragments(items), key=lambda item: isinstance(item, Fragment)):
        members = list(group)
        for fragment in (item for item in members if isinstance(item, Fragment)):
            cells += len(fragment.entries)
            if cells > limits.cells:
                warnings.append(("document.over_limit", f"{cells} cells"))
                return
            builder.grid(fragment.sources(), page=fragment.page)
        lines = [item for item in members if isinstance(item, PageLine)]
        for paragraph in group_paragraphs(lines, margins):
            page = sizes[paragraph[0].page]
            box = enclosing(Glyph("", *line.box) for line in paragraph if line.page == page.number)
            back = _turned(box, (4 - page.turns) % 4, page.width, page.height)
            builder.paragraph("\n".join(line.text for line in paragraph), page.number, back)


def _items(page: _Page) -> tuple[_Item, ...]:
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


def _band_items(page: _Page, lines: Sequence[Line]) -> Iterator[tuple[float, _Item]]:
    """Lines between two ruled tables: text in one or more columns, and tables without rulings."""
    for part in find_parts(lines, page.number):
        if part.table is not None:
            yield part.top, _turned_back(part.table, page)
        for column, line in part.lines:
            yield part.top, page_line(line, page.number, column)


def _turned_back(table: Fragment, page: _Page) -> Fragment:
    """A table with its cells' boxes as they lie on the page."""
    back = (4 - page.turns) % 4
    entries = (
        replace(entry, box=_turned(entry.box, back, page.width, page.height) if entry.box else None)
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


def _fragment(page: _Page, lattice: Lattice, inside: Mapping[int, Sequence[Glyph]]) -> Fragment:
    entries = [
        Entry(
            text_of(inside.get(index, ())),
            field.row,
            field.column,
            field.row_span,
            field.column_span,
            page.number,
            lattice.box_of(field),
            _is_full(inside.get(index, ()), lattice.box_of(field)[2]),
        )
        for index, field in enumerate(lattice.fields)
    ]
    return _turned_back(Fragment(lattice.columns, len(lattice.rows) - 1, tuple(entries), page.number), page)


def _is_full(glyphs: Sequence[Glyph], right: float) -> bool:
    lines = group_lines(glyphs)
    return bool(lines) and lines[-1].box[2] > right - FULL * lines[-1].height


def _without_furniture(items: Sequence[_Item], pages: Sequence[_Page]) -> list[_Item]:
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
