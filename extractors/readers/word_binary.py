"""A Word 97 binary file in, its paragraphs out: text, where cells and rows end, how rows are laid out.

The format is Microsoft's [MS-DOC]; WPS writes the same. A compound file holds the stream `WordDocument` (characters, in
pieces, and pages of 512 bytes with properties) and a table stream that tells where the pieces are:

    FIB (start of WordDocument)  ->  Clx: the piece table, character position -> byte offset
                                 ->  bins of PAPX pages: properties of paragraphs, by byte offset
                                 ->  bins of CHPX pages: properties of characters, by byte offset

Of some hundred properties only those are read that part cells and rows, and those that hide characters. A cell ends
with U+0007 and so does a row; an empty cell and the end of a row look alike, so the property `sprmPFTtp` decides.

What it refuses: files of Word 95 and before (`UnsupportedWordError`) and encrypted ones (`EncryptedWordError`).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MAGIC = 0xA5EC
_WORD_97 = 0x00C1
_PAGE = 512
_BX_SIZE = 13  # bytes a paragraph takes in the index of a PAPX page

_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW_END = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_TABLE_DEFINITION, _CHANGED_TABS, _ELSEWHERE = 0xD608, 0xC615, 0x6646
_HIDING = (0x0800, 0x083C)  # deleted by a tracked change; hidden
_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, 0, 3)  # by the upper three bits of a property's code; 0: told by the next byte
_CELL_BYTES = 20

_EntryReader = Callable[[bytes, int, int], tuple[int, bytes]]


class EncryptedWordError(Exception):
    """The file wants a password."""


class UnsupportedWordError(Exception):
    """The file is older than Word 97."""


@dataclass(frozen=True, slots=True)
class CellLayout:
    """A cell of a row as laid out: edges in twentieths of a point; which merge it goes on with."""

    left: int
    right: int
    goes_on_sideways: bool = False
    goes_on_downwards: bool = False


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph without its end mark. `depth` 0 is outside all tables; `cells` is told at the end of a row."""

    text: str
    depth: int = 0
    is_cell_end: bool = False
    is_row_end: bool = False
    style: int = 0
    cells: tuple[CellLayout, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters that stand together: from `start` on, at byte `offset`, one or two bytes each."""

    start: int
    end: int
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Bytes from `start` to `end` with the same properties."""

    start: int
    end: int
    style: int
    properties: bytes


def read_paragraphs(main: bytes, tables: dict[str, bytes], data: bytes = b"") -> tuple[WordParagraph, ...]:
    """Paragraphs of the body, then those of text boxes.

    Args:
        main: The stream `WordDocument`.
        tables: The streams `0Table` and `1Table`, as far as they exist.
        data: The stream `Data`, where properties too long for their page stand.

    Raises:
        EncryptedWordError, UnsupportedWordError: See the module.
        ValueError, struct.error, IndexError, KeyError: The file is damaged.
    """
    magic, version = struct.unpack_from("<HH", main, 0)
    if magic != _MAGIC or version < _WORD_97:
        raise UnsupportedWordError(f"Word format {version}")
    flags = _u16(main, 0x0A)
    if flags & 0x0100:
        raise EncryptedWordError
    table = tables["1Table" if flags & 0x0200 else "0Table"]
    pieces = _pieces(_part(main, table, 0x01A2))
    hidden = [(run.start, run.end) for run in _runs(main, _part(main, table, 0x00FA), _chpx) if _is_hidden(run)]
    runs = sorted(_runs(main, _part(main, table, 0x0102), _papx), key=lambda run: run.start)
    lengths = struct.unpack_from("<8i", main, 0x4C)  # body, notes, headers, macros, comments, end notes, text boxes, …
    boxes = sum(lengths[:6])
    spans = ((0, lengths[0]), (boxes, boxes + lengths[6]))
    return tuple(
        paragraph for span in spans for paragraph in _paragraphs(_characters(main, pieces, hidden, span), runs, data)
    )


def _u16(data: bytes, offset: int) -> int:
    return int(struct.unpack_from("<H", data, offset)[0])


def _part(main: bytes, table: bytes, entry: int) -> bytes:
    """The part of the table stream that an entry of the FIB points at."""
    offset, length = struct.unpack_from("<II", main, entry)
    return table[offset : offset + length]


def _pieces(clx: bytes) -> tuple[_Piece, ...]:
    position = 0
    while clx[position] == 1:  # properties of pieces, which tell nothing about cells
        position += 3 + _u16(clx, position + 1)
    if clx[position] != 2:
        raise ValueError("no piece table")
    length = struct.unpack_from("<I", clx, position + 1)[0]
    body = clx[position + 5 : position + 5 + length]
    count = (len(body) - 4) // 12
    starts = struct.unpack_from(f"<{count + 1}I", body, 0)
    pieces = []
    for index, (start, end) in enumerate(pairwise(starts)):
        place = struct.unpack_from("<I", body, 4 * (count + 1) + 8 * index + 2)[0]
        is_compressed = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        pieces.append(_Piece(start, end, place // 2 if is_compressed else place, 1 if is_compressed else 2))
    return tuple(pieces)


def _characters(
    main: bytes, pieces: Sequence[_Piece], hidden: Sequence[tuple[int, int]], span: tuple[int, int]
) -> Iterator[tuple[str, int, bool]]:
    """Characters of a span, each with its byte offset and whether it is hidden."""
    starts = [start for start, _ in sorted(hidden)]
    ends = [end for _, end in sorted(hidden)]
    for piece in pieces:
        first, last = max(piece.start, span[0]), min(piece.end, span[1])
        offset = piece.offset + (first - piece.start) * piece.width
        raw = main[offset : offset + max(last - first, 0) * piece.width]
        if piece.width == 1:
            text = raw.decode("cp1252", errors="replace")
        else:
            text = "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))
        for index, character in enumerate(text):
            place = offset + index * piece.width
            before = bisect_right(starts, place) - 1
            yield character, place, before >= 0 and place < ends[before]


def _runs(main: bytes, bins: bytes, entry_of: _EntryReader) -> Iterator[_Run]:
    """All runs of the pages that a bin table names."""
    count = max((len(bins) - 4) // 8, 0)
    for number in struct.unpack_from(f"<{count}I", bins, 4 * (count + 1)) if count else ():
        page = main[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
        if len(page) < _PAGE:
            continue
        places = struct.unpack_from(f"<{page[-1] + 1}I", page, 0) if 4 * (page[-1] + 1) < _PAGE else ()
        for index, (start, end) in enumerate(pairwise(places)):
            yield _Run(start, end, *entry_of(page, 4 * len(places), index))


def _papx(page: bytes, index_at: int, index: int) -> tuple[int, bytes]:
    """Style and properties of a paragraph."""
    place = page[index_at + _BX_SIZE * index] * 2
    if not place:
        return 0, b""
    length = 2 * page[place] - 1 if page[place] else 2 * page[place + 1]
    start = place + (1 if page[place] else 2)
    entry = page[start : start + length]
    return (_u16(entry, 0), entry[2:]) if len(entry) >= 2 else (0, b"")


def _chpx(page: bytes, index_at: int, index: int) -> tuple[int, bytes]:
    """Properties of characters; they have no style of their own here."""
    place = page[index_at + index] * 2
    return 0, page[place + 1 : place + 1 + page[place]] if place else b""


def _properties(raw: bytes, data: bytes = b"", depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """Codes and operands; those kept in the stream `Data` are followed there."""
    position = 0
    while position + 2 < len(raw):
        code = _u16(raw, position)
        position += 2
        length = _OPERAND_BYTES[code >> 13]
        if code == _TABLE_DEFINITION:
            length = _u16(raw, position) + 1 if position + 2 <= len(raw) else len(raw)
        elif code == _CHANGED_TABS and raw[position] == 255:
            return  # the only operand whose length must be worked out; nothing about tables follows it
        elif not length:
            length = raw[position] + 1
        operand = raw[position : position + length]
        position += length
        if code == _ELSEWHERE and len(operand) == 4 and not depth:
            place = struct.unpack("<I", operand)[0]
            if place + 2 <= len(data):
                yield from _properties(data[place + 2 : place + 2 + _u16(data, place)], data, depth + 1)
        else:
            yield code, operand


def _is_hidden(run: _Run) -> bool:
    return any(code in _HIDING and operand == b"\x01" for code, operand in _properties(run.properties))


def _paragraphs(
    characters: Iterator[tuple[str, int, bool]], runs: Sequence[_Run], data: bytes
) -> Iterator[WordParagraph]:
    starts = [run.start for run in runs]
    written: list[str] = []
    fields: list[bool] = []  # of each open field, whether its result has begun
    for character, place, is_hidden in characters:
        if character == "\x13":
            fields.append(False)
        elif character == "\x14" and fields:
            fields[-1] = True
        elif character == "\x15" and fields:
            fields.pop()
        elif character in "\r\x07\x0c":
            before = bisect_right(starts, place) - 1
            run = runs[before] if before >= 0 and place < runs[before].end else None
            yield _paragraph("".join(written), character, run, data)
            written = []
        elif all(fields) and not is_hidden:
            written.append(_SHOWN.get(character, character))
    if written:
        yield WordParagraph(_text("".join(written)))


_SHOWN = {"\x0b": "\n", "\x1e": "-", "\x1f": "", "\x01": "", "\x02": "", "\x05": "", "\x08": "", "\x0e": "\n"}


def _text(units: str) -> str:
    """Characters of UTF-16 units."""
    return units.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")


def _paragraph(units: str, mark: str, run: _Run | None, data: bytes) -> WordParagraph:
    text = _text(units)
    if run is None:
        return WordParagraph(text, depth=int(mark == "\x07"), is_cell_end=mark == "\x07")
    found = dict(_properties(run.properties, data))
    is_in_table = found.get(_IN_TABLE, b"\0") != b"\0"
    depth = struct.unpack("<i", found[_DEPTH])[0] if len(found.get(_DEPTH, b"")) == 4 else int(is_in_table)
    is_row_end = found.get(_ROW_END if depth <= 1 else _INNER_ROW_END, b"\0") != b"\0"
    is_cell_end = mark == "\x07" if depth <= 1 else found.get(_INNER_CELL, b"\0") != b"\0"
    cells = tuple(_cells(found.get(_TABLE_DEFINITION, b""))) if is_row_end else ()
    return WordParagraph(text, max(depth, 0), is_cell_end and not is_row_end, is_row_end, run.style, cells)


def _cells(definition: bytes) -> Iterator[CellLayout]:
    """Cells of a row from the operand of `sprmTDefTable`: count, edges, then a record a cell."""
    if len(definition) < 3:
        return
    count = definition[2]
    if len(definition) < 3 + 2 * (count + 1):
        return
    edges = struct.unpack_from(f"<{count + 1}h", definition, 3)
    records = definition[3 + 2 * (count + 1) :]
    first = 0
    for index, (left, right) in enumerate(pairwise(edges)):
        at = _CELL_BYTES * index
        flags = _u16(records, at) if at + 2 <= len(records) else 0
        sideways, downwards = flags & 0x3, flags >> 5 & 0x3
        goes_on = bool(first and sideways and sideways != first)
        if not goes_on:
            first = sideways
        yield CellLayout(left, right, goes_on, downwards == 1)
