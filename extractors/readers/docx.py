"""A DOCX in, a `Document` out: body order kept, merged cells as spans, what Word shows and nothing it hides.

Read as Word would print it with all changes accepted: insertions stay, deletions go, field codes and hidden text are
left out, text boxes follow the paragraph they hang on, automatic numbers (一、 （一） 1.) are counted and written in
front of their paragraph. Headers and footers belong to pages, not to the text, and are dropped. A table of a single
cell is a frame and its content is read as if the frame were not there; a table in a cell is a grid of its own,
`nested_in` the outer one.

    <w:tc><w:tcPr><w:gridSpan w:val="3"/><w:vMerge w:val="restart"/></w:tcPr>…   ->   column_span 3, row_span counted

What it refuses: to follow links out of the file, and to expand more than `Limits` allow.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import docx

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from extractors.readers.numbering import Numbering, load_numbering
from schemas.records import Medium

_Element = Any  # lxml has no types for what python-docx hands out

_DROPPED = frozenset({"del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "sdtPr", "tblPr", "tcPr", "trPr"})
_WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_BLOCKS = frozenset({"p", "tbl"})


@dataclass(frozen=True, slots=True)
class _TableCell:
    """A `w:tc` with its place; `goes_on` marks the lower part of a vertically merged cell."""

    element: _Element
    column: int
    column_span: int
    goes_on: bool


@dataclass
class _Reader:
    """Walks the body once, in order. Holds the counters that automatic numbers need."""

    builder: DocumentBuilder
    limits: Limits
    numbering: Numbering
    heading_levels: Mapping[str, int]
    cells: int = 0
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def read_blocks(self, parent: _Element, depth: int = 0) -> None:
        """Paragraphs and tables under an element, in order."""
        for element in _find_blocks(parent):
            if _name(element) == "p":
                self._read_paragraph(element, depth)
            else:
                self._read_table(element, depth, nested_in=None)

    def _read_paragraph(self, paragraph: _Element, depth: int) -> None:
        text = self._paragraph_text(paragraph)
        level = self._heading_level(paragraph)
        if level is None:
            self.builder.paragraph(text)
        else:
            self.builder.heading(text.strip(), level)
        for box in _find_text_boxes(paragraph):
            self.read_blocks(box, depth)

    def _paragraph_text(self, paragraph: _Element) -> str:
        text = "".join(_written(paragraph))
        number = self.numbering.count(*_number_of(paragraph))
        return number + text if text.strip() else text

    def _heading_level(self, paragraph: _Element) -> int | None:
        properties = _child(paragraph, "pPr")
        own = _value(properties, "outlineLvl")
        if own is not None and own.isdigit() and int(own) < 9:
            return int(own) + 1
        return self.heading_levels.get(_value(properties, "pStyle") or "")

    def _read_table(self, table: _Element, depth: int, nested_in: int | None) -> None:
        if depth >= self.limits.nesting:
            self.warnings.append(("document.over_limit", f"tables nested {depth} deep"))
            return
        rows = [_find_cells(row) for row in _find_rows(table)]
        self.cells += sum(map(len, rows))
        if self.cells > self.limits.cells:
            self.warnings.append(("document.over_limit", f"{self.cells} cells"))
            return
        if len(rows) == 1 and len(rows[0]) == 1:
            self.read_blocks(rows[0][0].element, depth + 1)
            return
        sources, inner = [], []
        for row, cells in enumerate(rows):
            for cell in cells:
                if not _is_covered(rows, row, cell):
                    text, tables = self._cell_content(cell.element)
                    sources.append(GridSource(text, row, cell.column, _row_span(rows, row, cell), cell.column_span))
                    inner += tables
        index = self.builder.grid(sources, nested_in=nested_in)
        for element in inner:
            self._read_table(element, depth + 1, index)

    def _cell_content(self, cell: _Element) -> tuple[str, list[_Element]]:
        """Text of a cell, a line a paragraph, and the tables in it."""
        lines: list[str] = []
        tables: list[_Element] = []
        for element in _find_blocks(cell):
            if _name(element) == "tbl":
                tables.append(element)
                continue
            lines.append(self._paragraph_text(element))
            for box in _find_text_boxes(element):
                text, inner = self._cell_content(box)
                lines.append(text)
                tables += inner
        return "\n".join(line for line in lines if line.strip()), tables


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a DOCX's bytes. Never raises on content: what is wrong with it is in `warnings`."""
    builder = DocumentBuilder(Medium.DOCX)
    try:
        refusal = _refusal(data, limits)
        if refusal:
            return builder.build(warnings=[refusal])
        package = docx.Document(BytesIO(data))
        reader = _Reader(builder, limits, load_numbering(package.part), _heading_levels(package.styles.element))
        reader.read_blocks(package.element.body)
        title = package.core_properties.title or None
    except Exception as error:  # a damaged package fails in ways no library documents
        return DocumentBuilder(Medium.DOCX).build(warnings=[("document.corrupt", f"docx: {type(error).__name__}")])
    return builder.build(title=title, warnings=reader.warnings)


def _refusal(data: bytes, limits: Limits) -> tuple[str, str] | None:
    if len(data) > limits.file_bytes:
        return "document.over_limit", f"{len(data)} bytes"
    with zipfile.ZipFile(BytesIO(data)) as archive:
        expanded = sum(member.file_size for member in archive.infolist())
    return ("document.over_limit", f"{expanded} bytes expanded") if expanded > limits.expanded_bytes else None


def _heading_levels(styles: _Element) -> dict[str, int]:
    """Level of each paragraph style that is a heading, by its name or its outline level, its own or inherited."""
    own: dict[str, int | None] = {}
    parents: dict[str, str] = {}
    for style in styles:
        identifier = _attribute(style, "styleId")
        if _name(style) != "style" or identifier is None:
            continue
        parents[identifier] = _value(style, "basedOn") or ""
        name = (_value(style, "name") or "").lower()
        outline = _value(_child(style, "pPr"), "outlineLvl")
        if name == "title":
            own[identifier] = 1
        elif name.startswith("heading ") and name[8:].isdigit():
            own[identifier] = int(name[8:])
        elif outline is not None and outline.isdigit():
            own[identifier] = int(outline) + 1 if int(outline) < 9 else None
    return {style: level for style in parents if (level := _inherited(style, own, parents)) is not None}


def _inherited(style: str, own: Mapping[str, int | None], parents: Mapping[str, str]) -> int | None:
    for _ in range(10):  # styles that inherit from each other in a circle are no reason to hang
        if style in own:
            return own[style]
        style = parents.get(style, "")
    return None


def _name(element: _Element) -> str:
    """The name without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: _Element | None, name: str) -> _Element | None:
    return None if element is None else next((child for child in element if _name(child) == name), None)


def _attribute(element: _Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _value(element: _Element | None, name: str) -> str | None:
    """`w:val` of a child; empty where the child has none, None where there is no such child."""
    child = _child(element, name)
    return None if child is None else _attribute(child, "val") or ""


def _number_of(paragraph: _Element) -> tuple[str | None, int, str | None]:
    """List, level and style of a paragraph, as far as it names them itself."""
    properties = _child(paragraph, "pPr")
    numbers = _child(properties, "numPr")
    level = _value(numbers, "ilvl") or "0"
    return _value(numbers, "numId"), int(level) if level.isdigit() else 0, _value(properties, "pStyle")


def _find_blocks(parent: _Element) -> Iterator[_Element]:
    """Paragraphs and tables under an element, through content controls and insertions, not through one another."""
    for child in parent:
        name = _name(child)
        if name in _BLOCKS:
            yield child
        elif name == "AlternateContent":
            yield from _find_blocks(_chosen(child))
        elif name not in _DROPPED:
            yield from _find_blocks(child)


def _find_text_boxes(element: _Element) -> Iterator[_Element]:
    """Contents of text boxes that hang on a paragraph, outermost only."""
    for child in element:
        name = _name(child)
        if name == "txbxContent":
            yield child
        elif name == "AlternateContent":
            yield from _find_text_boxes(_chosen(child))
        elif name not in _DROPPED and name != "tbl":
            yield from _find_text_boxes(child)


def _chosen(alternatives: _Element) -> _Element:
    """The first way to say a thing that has something to say: the others repeat it for older programs."""
    ways = [child for child in alternatives if _name(child) in ("Choice", "Fallback")]
    return next((way for way in ways if any(_name(inner) == "t" for inner in way.iter())), ())


def _written(element: _Element) -> Iterator[str]:
    """Text of a paragraph as shown, text boxes left out."""
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _WRITTEN:
            yield _WRITTEN[name]
        elif name == "r" and _is_hidden(child):
            continue
        elif name == "AlternateContent":
            yield from _written(_chosen(child))
        elif name not in _DROPPED and name != "txbxContent":
            yield from _written(child)


def _is_hidden(run: _Element) -> bool:
    mark = _value(_child(run, "rPr"), "vanish")
    return mark is not None and mark not in ("0", "false", "off")


def _find_rows(table: _Element) -> Iterator[_Element]:
    for child in table:
        name = _name(child)
        if name == "tr":
            if _child(_child(child, "trPr"), "del") is None:
                yield child
        elif name not in _DROPPED:
            yield from _find_rows(child)


def _find_cells(row: _Element) -> list[_TableCell]:
    """Cells of a row with the grid columns they take; the further parts of a cell merged sideways widen the first."""
    column = _whole(_value(_child(row, "trPr"), "gridBefore"), 0)
    cells: list[_TableCell] = []
    for element in _find_row_cells(row):
        properties = _child(element, "tcPr")
        span = max(_whole(_value(properties, "gridSpan"), 1), 1)
        if cells and _value(properties, "hMerge") in ("", "continue"):
            last = cells[-1]
            cells[-1] = _TableCell(last.element, last.column, last.column_span + span, last.goes_on)
        else:
            cells.append(_TableCell(element, column, span, _value(properties, "vMerge") in ("", "continue")))
        column += span
    return cells


def _find_row_cells(row: _Element) -> Iterator[_Element]:
    for child in row:
        name = _name(child)
        if name == "tc":
            yield child
        elif name not in _DROPPED:
            yield from _find_row_cells(child)


def _whole(text: str | None, default: int) -> int:
    """A span or an offset; what is no small number is no span."""
    return int(text) if text and text.isdecimal() and int(text) <= 1000 else default


def _at(cells: Sequence[_TableCell], column: int) -> _TableCell | None:
    return next((cell for cell in cells if cell.column == column), None)


def _is_covered(rows: Sequence[Sequence[_TableCell]], row: int, cell: _TableCell) -> bool:
    """Whether a cell is the lower part of one that begins above."""
    return cell.goes_on and row > 0 and _at(rows[row - 1], cell.column) is not None


def _row_span(rows: Sequence[Sequence[_TableCell]], row: int, cell: _TableCell) -> int:
    span = 1
    while row + span < len(rows):
        below = _at(rows[row + span], cell.column)
        if below is None or not below.goes_on:
            break
        span += 1
    return span
