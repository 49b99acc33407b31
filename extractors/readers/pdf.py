"""A PDF in, a `Document` out: ruled and unruled tables as grids, all else as paragraphs, in reading order.

pdfplumber gives characters, lines and rectangles with their places; what they mean is worked out in
`extractors.layout`. Fills are no rulings: word processors put a white rectangle behind every line of shaded text, and
taken for cells those turn prose into tables. Only strokes, and filled rectangles so thin that they are drawn as lines,
part cells.

What it refuses: to read what is not there. A page that is a picture yields the warning `document.needs_ocr` where
`gongkai[ocr]` is not installed, a file that wants a password `document.encrypted`, one that cannot be parsed
`document.corrupt`, one past a limit `document.over_limit`.
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1

from extractors.document import Document, DocumentBuilder
from extractors.layout.glyphs import Glyph, without_twins
from extractors.layout.pages import Page, build_blocks, turned
from extractors.layout.rulings import Ruling
from extractors.readers import scan
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from schemas.records import Medium

THIN = 3.0  # points: a filled rectangle no thicker is a line
SLANT = 2.0  # points: a stroke that leaves its axis no further is straight
TURNED_SHARE = 0.8  # of a page's characters: so many turned the same way, and the page is turned
PICTURE_SHARE = 0.15  # of a page's area: a picture this large, with no text on it, may hold a table
FEW = 20  # characters on a picture: fewer are a stamp's or a caption's
SCAN_DPI = 200
LOST_SHARE = 0.3  # of all characters: so many without a meaning, and the text layer is worthless

_Mark = Mapping[str, Any]  # what pdfplumber tells of a character, line, rectangle or picture


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
    warnings += build_blocks(builder, pages, limits.cells)
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


def _pages_told(pages: Sequence[Page]) -> str:
    return "pages " + ", ".join(str(page.number) for page in pages)


def _read_pages(pdf: Any, limits: Limits) -> tuple[list[Page], list[tuple[str, str]]]:
    """Pages as far as they can be read, and what was met on the way."""
    pages: list[Page] = []
    warnings: list[tuple[str, str]] = []
    for page in pdf.pages:
        if page.page_number > limits.pages:
            warnings.append(("document.over_limit", f"{len(pdf.pages)} pages"))
            break
        try:
            if len(page.chars) + len(page.lines) + len(page.rects) + len(page.curves) > limits.page_marks:
                warnings.append(("document.over_limit", f"marks on page {page.page_number}"))
            else:
                pages.append(_scanned(page, warnings) if _is_scan(page) else _read_page(page))
        except Exception as error:  # one broken page must not cost the others
            warnings.append(("document.corrupt", f"page {page.page_number}: {type(error).__name__}"))
        page.close()
    return pages, warnings


def _is_scan(page: Any) -> bool:
    """Whether a page is a picture that can be read here."""
    return bool(page.images) and not page.chars and scan.is_available()


def _scanned(page: Any, warnings: list[tuple[str, str]]) -> Page:
    pixels = scan.grey_pixels(page.to_image(resolution=SCAN_DPI).original)
    found = scan.read_scan(pixels, 72 / SCAN_DPI)
    if found.doubtful:
        warnings.append(("document.doubtful", f"{found.doubtful} numbers on page {page.page_number}"))
    return Page(page.page_number, found.width, found.height, 0, found.glyphs, found.rulings, False)


def _read_page(page: Any) -> Page:
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
    return Page(page.page_number, *upright, turns, glyphs, rulings, pictures)


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


def _glyph(char: _Mark, turns: int, width: float, height: float) -> Glyph:
    text = "\ufffd" if char["text"].startswith("(cid:") else char["text"]
    return Glyph(text, *turned((char["x0"], char["top"], char["x1"], char["bottom"]), turns, width, height))


def _turned_ruling(ruling: Ruling, turns: int, width: float, height: float) -> Ruling:
    if not turns:
        return ruling
    if ruling.horizontal:
        box = (ruling.start, ruling.at, ruling.end, ruling.at)
    else:
        box = (ruling.at, ruling.start, ruling.at, ruling.end)
    left, top, right, bottom = turned(box, turns, width, height)
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
