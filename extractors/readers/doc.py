"""A DOC or WPS file of Word's binary format in, a `Document` out, without any outside program.

`extractors.readers.word_binary` gives paragraphs and where cells and rows end; here they become grids. A row tells the
edges of its cells, and a cell spans as many columns of the grid as edges of other rows lie between its own.

What it refuses: encrypted files (`document.encrypted`), Word 95 and before (`document.unsupported`). Automatic list
numbers are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import olefile

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.layout.rulings import cluster, nearest
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from extractors.readers.word_binary import (
    CellLayout,
    EncryptedWordError,
    UnsupportedWordError,
    WordParagraph,
    read_paragraphs,
)
from schemas.records import Medium

_SAME_EDGE = 30.0  # twentieths of a point: edges this near are one
_STREAM_NAMES = ("WordDocument", "0Table", "1Table", "Data")


@dataclass
class _Table:
    """A table that is being read: finished rows, the cells of the row under way, the lines of the cell under way."""

    rows: list[tuple[tuple[str, ...], tuple[CellLayout, ...]]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    inner: list[_Table] = field(default_factory=list)

    def add(self, paragraph: WordParagraph) -> None:
        """Take in the next paragraph of this table."""
        if paragraph.is_row_end:
            self.rows.append((tuple(self.cells), paragraph.cells))
            self.cells = []
            return
        self.lines.append(paragraph.text)
        if paragraph.is_cell_end:
            self.cells.append("\n".join(line for line in self.lines if line.strip()))
            self.lines = []

    def close(self) -> None:
        """Take what is left as a last row: a file that is cut off has no end of its row."""
        if self.cells or any(line.strip() for line in self.lines):
            self.rows.append(((*self.cells, "\n".join(self.lines)) if self.lines else tuple(self.cells), ()))


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a Word binary file. Never raises on content: what is wrong with it is in `warnings`."""
    builder = DocumentBuilder(Medium.DOC)
    if len(data) > limits.file_bytes:
        return builder.build(warnings=[("document.over_limit", f"{len(data)} bytes")])
    try:
        paragraphs = _paragraphs(data)
    except EncryptedWordError:
        return builder.build(warnings=[("document.encrypted", "doc")])
    except UnsupportedWordError as error:
        return builder.build(warnings=[("document.unsupported", str(error))])
    except Exception as error:  # olefile and a damaged structure fail in many ways
        return builder.build(warnings=[("document.corrupt", f"doc: {type(error).__name__}")])
    return builder.build(warnings=_build(builder, paragraphs, limits))


def _paragraphs(data: bytes) -> tuple[WordParagraph, ...]:
    with olefile.OleFileIO(BytesIO(data)) as container:
        if container.exists("EncryptedPackage"):
            raise EncryptedWordError
        streams = {name: container.openstream(name).read() for name in _STREAM_NAMES if container.exists(name)}
    return read_paragraphs(streams["WordDocument"], streams, streams.get("Data", b""))


def _build(builder: DocumentBuilder, paragraphs: Iterable[WordParagraph], limits: Limits) -> list[tuple[str, str]]:
    """Blocks in order; returns warnings."""
    opened: list[_Table] = []
    cells = 0
    for paragraph in (*paragraphs, WordParagraph("")):
        depth = min(paragraph.depth, limits.nesting)
        _close_down_to(builder, opened, depth)
        while len(opened) < depth:
            opened.append(_Table())
        cells += paragraph.is_cell_end
        if cells > limits.cells:
            return [("document.over_limit", f"{cells} cells")]
        if opened:
            opened[-1].add(paragraph)
        elif 1 <= paragraph.style <= 9:  # the first styles of every file are the headings
            builder.heading(paragraph.text, paragraph.style)
        else:
            builder.paragraph(paragraph.text)
    return []


def _close_down_to(builder: DocumentBuilder, opened: list[_Table], depth: int) -> None:
    while len(opened) > depth:
        table = opened.pop()
        table.close()
        if opened:
            opened[-1].inner.append(table)
        else:
            _write(builder, table, None)


def _write(builder: DocumentBuilder, table: _Table, nested_in: int | None) -> None:
    """A table as a grid; a frame of a single cell as the text in it."""
    if len(table.rows) == 1 and len(table.rows[0][0]) == 1:
        for line in table.rows[0][0][0].split("\n"):
            builder.paragraph(line)
        index = nested_in
    else:
        index = builder.grid(_sources(table.rows), nested_in=nested_in)
    for inner in table.inner:
        _write(builder, inner, index)


def _sources(rows: Sequence[tuple[tuple[str, ...], tuple[CellLayout, ...]]]) -> list[GridSource]:
    laid_out = [(texts, cells if len(cells) == len(texts) else _evenly(texts)) for texts, cells in rows]
    edges = cluster((edge for _, cells in laid_out for cell in cells for edge in (cell.left, cell.right)), _SAME_EDGE)
    sources: list[GridSource] = []
    open_above: dict[tuple[int, int], int] = {}
    for row, (texts, cells) in enumerate(laid_out):
        here: dict[tuple[int, int], int] = {}
        for text, place, goes_on in _places(texts, cells, edges):
            above = open_above.get(place) if goes_on else None
            if above is None:
                here[place] = len(sources)
                sources.append(GridSource(text, row, place[0], 1, place[1]))
            else:
                here[place] = above
                first = sources[above]
                sources[above] = GridSource(first.text, first.row, place[0], row - first.row + 1, place[1])
        open_above = here
    return sources


def _evenly(texts: Sequence[str]) -> tuple[CellLayout, ...]:
    """Edges for a row that does not tell its own: an inch a cell."""
    return tuple(CellLayout(1440 * index, 1440 * (index + 1)) for index in range(len(texts)))


def _places(
    texts: Sequence[str], cells: Sequence[CellLayout], edges: Sequence[float]
) -> list[tuple[str, tuple[int, int], bool]]:
    """Text, (column, span) and whether it goes on from above, for each cell of a row; sideways merges made one."""
    placed: list[tuple[str, tuple[int, int], bool]] = []
    for text, cell in zip(texts, cells, strict=True):
        first, last = nearest(edges, cell.left), nearest(edges, cell.right)
        if cell.goes_on_sideways and placed:
            before, (column, _), goes_on = placed[-1]
            placed[-1] = (before or text, (column, max(last - column, 1)), goes_on)
        else:
            placed.append((text, (first, max(last - first, 1)), cell.goes_on_downwards))
    return placed
