"""A `Document`: what a page says, in reading order, whatever medium it came in.

In: what a reader found. Out: `Document(blocks, text)`, where each block is a `Heading`, a `Paragraph` or a `Grid` and
`text` is the whole of it as one string. Every block and every grid cell knows its `start` in `text`, so that a number
can be followed from a record to the character it stands at.

`text` holds what was written (no width or compatibility folding). Blocks are joined by line breaks; a grid's rows are
lines and its cells are separated by tabs. For plain text files `text` is the decoded file itself.

    builder = DocumentBuilder(Medium.HTML)
    builder.heading("一、总体情况", level=2)
    builder.paragraph("全年收到申请3件。")
    builder.grid([GridSource("规章", row=0, column=0), GridSource("0", row=0, column=1)])
    document = builder.build(title="…")

A grid mirrors the page faithfully: spans are as written, overlaps and holes stay. `Grid.lattice` lays the cells out on
a rectangle for whoever needs one. Nothing here knows a form or a phrase.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from schemas.records import Locator, Medium

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line marked as a heading. `level` 1 is the highest."""

    text: str
    level: int
    start: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or one line of a plain text file (there with its tabs and spaces as they are)."""

    text: str
    start: int
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as written. `row`/`column` is its upper left corner; spans are at least 1 and never leave the grid."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False
    start: int = 0
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `cells` in reading order; `row_count` x `column_count` holds them all.

    `nested_in` is the index of the block of the table this one stood inside, None at the top.
    """

    cells: tuple[GridCell, ...]
    row_count: int
    column_count: int
    start: int
    page: int | None = None
    nested_in: int | None = None

    def lattice(self) -> tuple[tuple[GridCell | None, ...], ...]:
        """Rows of equal length; a spanning cell stands in each place it covers, the first writer keeps an overlap."""
        rows: list[list[GridCell | None]] = [[None] * self.column_count for _ in range(self.row_count)]
        for cell in self.cells:
            for row in range(cell.row, min(cell.row + cell.row_span, self.row_count)):
                for column in range(cell.column, min(cell.column + cell.column_span, self.column_count)):
                    if rows[row][column] is None:
                        rows[row][column] = cell
        return tuple(tuple(row) for row in rows)


Block = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A page in reading order.

    `title` is what the file calls itself (HTML `<title>`, document properties), often a site's name as well.
    `metadata` are named values beside the text (HTML `<meta>`), `links` pairs of (address, text), both in order.
    `warnings` are codes of findings with a detail that a reader met on the way, such as ("document.truncated", "…").
    """

    medium: Medium
    blocks: tuple[Block, ...]
    text: str
    title: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    def locate(self, start: int, end: int) -> Locator:
        """The locator of a character span of `text`."""
        return Locator(block=self.block_at(start), start=start, end=end, page=self.page_at(start))

    def block_at(self, offset: int) -> int:
        """Index of the last block that starts at or before `offset` (0 when there is none)."""
        low, high = 0, len(self.blocks)
        while low < high:
            middle = (low + high) // 2
            if self.blocks[middle].start <= offset:
                low = middle + 1
            else:
                high = middle
        return max(low - 1, 0)

    def page_at(self, offset: int) -> int | None:
        """Page of the block at `offset`, None where the medium has no pages."""
        return self.blocks[self.block_at(offset)].page if self.blocks else None


@dataclass(frozen=True, slots=True)
class GridSource:
    """A grid cell before it has a place in the text: what a reader hands to `DocumentBuilder.grid`."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False
    page: int | None = None
    box: Box | None = None


@dataclass
class DocumentBuilder:
    """Collects blocks in reading order and keeps the offsets right. The only mutable thing in reading."""

    medium: Medium
    _blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def heading(self, text: str, level: int, page: int | None = None) -> None:
        """Append a heading; blank text is left out."""
        if text.strip():
            self._blocks.append(Heading(text, level, self._append(text), page))

    def paragraph(self, text: str, page: int | None = None, box: Box | None = None) -> None:
        """Append a paragraph; blank text is left out."""
        if text.strip():
            self._blocks.append(Paragraph(text, self._append(text), page, box))

    def grid(self, sources: Iterable[GridSource], page: int | None = None, nested_in: int | None = None) -> int | None:
        """Append a grid and return its block index; None, and nothing appended, when there is no cell."""
        ordered = sorted(sources, key=lambda source: (source.row, source.column))
        if not ordered:
            return None
        start = self._length
        cells: list[GridCell] = []
        lines: list[str] = []
        offset = start
        in_rows: list[list[GridSource]] = [[] for _ in range(ordered[-1].row + 1)]
        for source in ordered:
            in_rows[source.row].append(source)
        for in_row in in_rows:
            for position, source in enumerate(in_row):
                offset += 1 if position else 0
                cells.append(_grid_cell(source, offset))
                offset += len(source.text)
            offset += 1
            lines.append("\t".join(source.text for source in in_row))
        self._append("\n".join(lines))
        rows = max(cell.row for cell in cells) + 1
        columns = max(cell.column + cell.column_span for cell in cells)
        clipped = tuple(_clip(cell, rows) for cell in cells)
        self._blocks.append(Grid(clipped, rows, columns, start, page, nested_in))
        return len(self._blocks) - 1

    def build(
        self,
        title: str | None = None,
        metadata: Sequence[tuple[str, str]] = (),
        links: Sequence[tuple[str, str]] = (),
        warnings: Sequence[tuple[str, str]] = (),
    ) -> Document:
        """The finished document."""
        text = "".join(self._parts)
        return Document(self.medium, tuple(self._blocks), text, title, tuple(metadata), tuple(links), tuple(warnings))

    def _append(self, text: str) -> int:
        start = self._length
        self._parts.append(text + "\n")
        self._length += len(text) + 1
        return start


def _grid_cell(source: GridSource, start: int) -> GridCell:
    return GridCell(
        source.text,
        source.row,
        source.column,
        max(source.row_span, 1),
        max(source.column_span, 1),
        source.is_header,
        start,
        source.page,
        source.box,
    )


def _clip(cell: GridCell, rows: int) -> GridCell:
    if cell.row + cell.row_span <= rows:
        return cell
    return replace(cell, row_span=rows - cell.row)
