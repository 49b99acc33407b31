"""Pixels of a scanned page in, characters and rulings with places out, as a PDF would tell them.

Needs the extra `gongkai[ocr]` (rapidocr with onnxruntime; its models come inside its package, nothing is downloaded).
The page is turned upright by the slant of its long lines, rulings are what survives an opening with a long thin
kernel, words are found and read by the recogniser; a word over several cells is read again in each. Then the cells of
each table are gone over one by one: a cell with ink and no word is read alone, and so is, a second time, each cell that
holds a number. A number that the two readings tell differently, or one told without confidence, gets the sign U+FFFD:
nobody may take it for a value. Recognisers take / for 1, so what is read as a stroke and leans is a slash.

    read_scan(pixels, points=0.48)   ->   ScannedPage(glyphs, rulings, doubtful=1)

Boxes are in points; `points` is how many of them a pixel has.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from extractors.document import Box
from extractors.layout.fragments import NUMERIC
from extractors.layout.glyphs import Glyph
from extractors.layout.rulings import Lattice, Ruling, find_lattices

SURE = 0.9  # confidence below which a number is doubtful
DOUBT = "\ufffd"
_STROKES = frozenset("1lI|/丿")
MOST_SLANT = 8.0  # degrees
SHORTEST_RULING = 1 / 45  # of the page's width
SHRED = 3  # pixels: what is no thicker and touches the edge of a cell is left of its ruling
SPECK = 6  # pixels: smaller marks are dust
INK = 12  # pixels: smaller marks in a cell are dirt
LEAN = 0.16  # of its height: how far the top of a stroke lies to the right of its foot in a slash
MARGIN = 3  # pixels inside a cell's edges that may hold its ruling

_Pixels = Any  # numpy array, grey, 0 black; numpy and OpenCV come with the extra


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What was read on a page, and how many numbers are doubtful."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rulings: tuple[Ruling, ...]
    doubtful: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A recognised piece of text, its box in pixels, its confidence."""

    text: str
    box: Box
    score: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def is_available() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2", "numpy"))


def decode_picture(data: bytes) -> _Pixels | None:
    """Grey pixels of a PNG, JPEG or the like; None where it cannot be decoded."""
    import cv2
    import numpy as np

    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)


def grey_pixels(picture: Any) -> _Pixels:
    """Grey pixels of a picture of Pillow's."""
    import numpy as np

    return np.asarray(picture.convert("L"))


def read_scan(pixels: _Pixels, points: float) -> ScannedPage:
    """Characters and rulings of a page."""
    upright = _upright(pixels)
    black = _black(upright)
    rulings = tuple(_rulings(black))
    ink = _without_rulings(black, rulings)
    words, doubtful = _checked(upright, ink, _words(upright), find_lattices(rulings))
    glyphs = tuple(glyph for word in words for glyph in _glyphs(word, points))
    scaled = tuple(Ruling(one.horizontal, one.at * points, one.start * points, one.end * points) for one in rulings)
    height, width = upright.shape[:2]
    return ScannedPage(width * points, height * points, glyphs, scaled, doubtful)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    engine = RapidOCR()
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return engine


def _black(pixels: _Pixels) -> _Pixels:
    """Ink as 255, paper as 0, by the brightness around; specks are no ink."""
    import cv2
    import numpy as np

    smooth = cv2.medianBlur(pixels, 3)
    black = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    _, labels, parts, _ = cv2.connectedComponentsWithStats(black, connectivity=8)
    is_ink = parts[:, cv2.CC_STAT_AREA] >= SPECK
    is_ink[0] = False  # the paper
    return np.where(is_ink[labels], 255, 0).astype(np.uint8)


def _upright(pixels: _Pixels) -> _Pixels:
    """The page turned by the usual slant of its long lines."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    lines = cv2.HoughLinesP(_black(pixels), 1, np.pi / 1800, 200, minLineLength=width // 5, maxLineGap=8)
    slants = (
        [] if lines is None else [np.degrees(np.arctan2(y1 - y0, x1 - x0)) for x0, y0, x1, y1 in lines.reshape(-1, 4)]
    )
    flat = [slant for slant in slants if abs(slant) <= MOST_SLANT]
    if not flat:
        return pixels
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.median(flat)), 1.0)
    return cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)


def _long_marks(black: _Pixels, horizontal: bool) -> _Pixels:
    """What is left of the ink after an opening with a long thin kernel: lines."""
    import cv2

    length = max(int(black.shape[1] * SHORTEST_RULING), 12)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (length, 1) if horizontal else (1, length))
    bridge = cv2.getStructuringElement(cv2.MORPH_RECT, (1, 3) if horizontal else (3, 1))
    return cv2.morphologyEx(cv2.dilate(black, bridge), cv2.MORPH_OPEN, kernel)


def _rulings(black: _Pixels) -> Iterator[Ruling]:
    import cv2

    for horizontal in (True, False):
        contours, _ = cv2.findContours(_long_marks(black, horizontal), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for left, top, width, height in map(cv2.boundingRect, contours):
            if horizontal:
                yield Ruling(True, top + height / 2, left, left + width)
            else:
                yield Ruling(False, left + width / 2, top, top + height)


def _without_rulings(black: _Pixels, rulings: Sequence[Ruling]) -> _Pixels:
    """The ink of characters: that of lines would be taken for strokes of a digit."""
    ink = black.copy()
    for one in rulings:
        at, start, end = round(one.at), max(round(one.start) - MARGIN, 0), round(one.end) + MARGIN
        near = slice(max(at - MARGIN, 0), at + MARGIN + 1)
        if one.horizontal:
            ink[near, start:end] = 0
        else:
            ink[start:end, near] = 0
    return ink


def _words(pixels: _Pixels) -> list[_Word]:
    found = _engine()(pixels)
    if found.boxes is None or found.txts is None:
        return []
    return [
        _Word(text, (float(min(xs)), float(min(ys)), float(max(xs)), float(max(ys))), float(score))
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        for xs, ys in [(box[:, 0], box[:, 1])]
    ]


def _checked(
    pixels: _Pixels, black: _Pixels, words: Sequence[_Word], lattices: Sequence[Lattice]
) -> tuple[list[_Word], int]:
    """Words with the numbers of tables read a second time, each cell alone; and how many of those are doubtful."""
    boxes = [lattice.box_of(field) for lattice in lattices for field in lattice.fields]
    words = _parted(pixels, black, words, boxes)
    inside = {box: [word for word in words if _holds(box, word.middle)] for box in boxes}
    again = [
        box
        for box in boxes
        if (not inside[box] and _marks(_cut(black, _inner(box)))) or (inside[box] and _is_number(inside[box]))
    ]
    kept = [word for word in words if not any(word in inside[box] for box in again)]
    doubtful = 0
    for box, second in zip(again, _read_alone(pixels, black, [_inner(box) for box in again]), strict=True):
        word = _agreed(inside[box], second)
        doubtful += DOUBT in word.text
        kept.append(word)
    return kept, doubtful


def _parted(pixels: _Pixels, black: _Pixels, words: Sequence[_Word], boxes: Sequence[Box]) -> list[_Word]:
    """Words, those that reach over several cells read anew in each of them."""
    kept: list[_Word] = []
    pieces: list[Box] = []
    for word in words:
        height = word.box[3] - word.box[1]
        shared = [_shared(word.box, _inner(box)) for box in boxes if box[1] <= word.middle[1] <= box[3]]
        wide = [piece for piece in shared if piece[2] - piece[0] > 0.3 * height]
        if len(wide) > 1:
            pieces += [piece for piece in wide if _marks(_cut(black, piece))]
        else:
            kept.append(word)
    return kept + [word for word in _read_alone(pixels, black, pieces) if word.text.strip()]


def _shared(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _inner(box: Box) -> Box:
    """A cell without its rulings."""
    return box[0] + MARGIN, box[1] + MARGIN, box[2] - MARGIN, box[3] - MARGIN


def _holds(box: Box, place: tuple[float, float]) -> bool:
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def _is_number(words: Sequence[_Word]) -> bool:
    return all(NUMERIC.fullmatch(word.text.strip()) for word in words)


def _cut(pixels: _Pixels, box: Box) -> _Pixels:
    left, top, right, bottom = (max(round(edge), 0) for edge in box)
    return pixels[top:bottom, left:right]


def _read_alone(pixels: _Pixels, black: _Pixels, boxes: Sequence[Box]) -> list[_Word]:
    """Each box as one line of text, cut down to its ink."""
    import cv2

    places = [_around_ink(black, box) for box in boxes]
    cuts = [_cut(pixels, (left - 4, top - 4, right + 4, bottom + 4)) for left, top, right, bottom in places]
    colored = [cv2.cvtColor(cut, cv2.COLOR_GRAY2BGR) for cut in cuts if cut.size]
    if len(colored) < len(boxes) or not colored:
        return [_Word("", box, 0.0) for box in boxes]
    found = _engine().recognize_txt(colored)
    return [
        _Word("/" if text.strip() in _STROKES | {""} and _leans(_cut(black, place)) else text, place, float(score))
        for text, place, score in zip(found.txts, places, found.scores, strict=True)
    ]


def _marks(cut: _Pixels) -> list[tuple[int, int, int, int]]:
    """Boxes of the marks in a cell; dirt, and shreds of its rulings at its edge, are none."""
    import cv2

    if not cut.size:
        return []
    height, width = cut.shape[:2]
    _, _, parts, _ = cv2.connectedComponentsWithStats(cut, connectivity=8)
    return [
        (x, y, x + wide, y + high)
        for x, y, wide, high, area in parts[1:].tolist()
        if area >= INK and (min(wide, high) > SHRED or (x > 0 and y > 0 and x + wide < width and y + high < height))
    ]


def _around_ink(black: _Pixels, box: Box) -> Box:
    marks = _marks(_cut(black, box))
    if not marks:
        return box
    left, top = (max(round(edge), 0) for edge in box[:2])
    return (
        left + min(mark[0] for mark in marks),
        top + min(mark[1] for mark in marks),
        left + max(mark[2] for mark in marks),
        top + max(mark[3] for mark in marks),
    )


def _leans(black: _Pixels) -> bool:
    """Whether the ink goes from the lower left to the upper right."""
    rows, columns = black.nonzero()
    if not rows.size:
        return False
    top, height = rows.min(), rows.max() - rows.min() + 1
    upper, lower = columns[rows < top + height / 3], columns[rows >= top + 2 * height / 3]
    return bool(upper.size and lower.size and upper.mean() - lower.mean() > LEAN * height)


def _agreed(first: Sequence[_Word], second: _Word) -> _Word:
    """One word of two readings; with the sign of doubt where they differ or neither is sure."""
    if second.text == "/" and all(word.text.strip() in _STROKES for word in first):
        return second
    words = " ".join(word.text.strip() for word in first)
    if not first:
        is_sure = second.text.strip() and second.score >= SURE
        return second if is_sure else _Word(second.text + DOUBT, second.box, second.score)
    score = max(second.score, min(word.score for word in first))
    if "".join(words.split()) == "".join(second.text.split()) and score >= SURE:
        return _Word(words, second.box, score)
    return _Word(words + DOUBT, second.box, score)


def _glyphs(word: _Word, points: float) -> Iterator[Glyph]:
    """Characters spread over the box of their word, wide ones twice as wide as narrow ones."""
    widths = [1.0 if character.isascii() else 2.0 for character in word.text]
    left, top, right, bottom = (edge * points for edge in word.box)
    step = (right - left) / sum(widths)
    for character, width in zip(word.text, widths, strict=True):
        yield Glyph(character, left, top, left + width * step, bottom)
        left += width * step
