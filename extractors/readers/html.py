"""HTML to a `Document`: headings, paragraphs and tables as a reader of the page sees them, in reading order.

In: the bytes of a page, or of an interface's JSON answer with HTML inside. Out: a `Document`.

- A paragraph is the text of one block element; `<br>` is a newline in it. Only `<h1>` to `<h6>` make headings.
- A table is a `Grid`, its cells' blocks (a `<p>` a character, in pages pasted from Word) joined by newlines for a later
  stage to join or to part. A table inside a cell follows as a grid of its own, `nested_in` the outer one. Tables that
  only hold a page together give their text as paragraphs (see `html_table`).
- What a browser does not show is left out: scripts, styles, choices of a form, hidden elements. A field inside a table
  cell counts as its value, as in a printed form.
- `links` holds anchors (address, text), pictures (address, "[img] …") and frames (address, "[frame]").

Nothing is refused: what holds no text is a document without blocks and the warning `document.empty`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from extractors.decode import decode
from extractors.document import Document, DocumentBuilder, Grid
from extractors.readers.html_divs import mark_tables
from extractors.readers.html_hidden import (
    LEAST_CELLS,
    LEAST_LETTERS,
    find_hidden,
    has_cells,
    has_table,
    is_substantial,
    letters_of,
    shows_markup,
    unwrap_json,
    write_out,
)
from extractors.readers.html_repair import cut_torn_row, open_bare_cells, repair_tables
from extractors.readers.html_table import CellText, Row, count_cells, find_cells, find_rows, place_cells, split_rows
from extractors.readers.markup import (
    DROPPED,
    HARD_BREAK,
    SOFT_BREAK,
    Collector,
    Element,
    fold_all_lines,
    fold_lines,
    is_block,
    is_hidden,
    parse_markup,
    preserve_space,
    stands_apart,
    strip_lines,
)
from schemas.records import Medium

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_VALUE_FIELDS = frozenset(("", "text", "number", "tel"))
_PLAIN_TAGS = frozenset(("p", "div", "span", "font", "b", "strong", "center", "u", "em", "i", "o:p"))
_PICTURE_SOURCES = ("src", "data-src", "data-original", "original", "_src")  # the later ones where pictures load lazily
_NOWHERE = re.compile(r"#|javascript:|data:|about:", re.IGNORECASE)
_FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}


def read(data: bytes, declared_charset: str | None = None) -> Document:
    """The document in the page `data`; `declared_charset` is what an HTTP header said of it."""
    decoded = decode(data, declared_charset)
    return read_markup(decoded.text, decoded.warnings)


def read_markup(source: str, warnings: tuple[tuple[str, str], ...] = ()) -> Document:
    """The document in a page that is already a string; `warnings` are those of the decoding."""
    answer = unwrap_json(source)
    markup, named = answer if answer is not None else (source, ())
    markup, written = write_out(markup)
    told = [*warnings]
    if has_cells(written) or is_substantial(written):
        told.append(("html.hidden_source", f"document.write: {len(letters_of(written))} letters"))
    markup, is_torn = cut_torn_row(markup)
    if is_torn:
        told.append(("document.truncated", "the page ends inside a table"))
    root, is_cut = parse_markup(open_bare_cells(markup))
    if is_cut:
        told.append(("document.over_limit", "tags are nested too deep"))
    if root is None:
        return _empty(tuple(told), named)
    page = _read_tree(root)
    shown = page.builder.build().text
    if shows_markup(shown):
        told.append(("html.hidden_source", "tags written as text"))
        obeyed, _ = parse_markup(shown)
        page = _read_tree(obeyed) if obeyed is not None else page
    told += page.add_hidden(root)
    metadata = (*_find_metadata(root), *named)
    title = _find_title(root) or dict(named).get("title")
    document = page.builder.build(title, metadata, page.links, told)
    return document if document.blocks else _empty(tuple(told), metadata, title, document.links)


def _read_tree(root: Element) -> _Page:
    repair_tables(root)
    mark_tables(root)
    page = _Page()
    page.walk(root)
    page.flush()
    return page


def _empty(
    warnings: tuple[tuple[str, str], ...],
    metadata: tuple[tuple[str, str], ...],
    title: str | None = None,
    links: tuple[tuple[str, str], ...] = (),
) -> Document:
    told = (*warnings, ("document.empty", "the page holds no text"))
    return Document(Medium.HTML, (), "", title, metadata, links, told)


def _find_title(root: Element) -> str | None:
    title = root.find(".//title")
    words = " ".join(fold_lines(_all_text(title))) if title is not None else ""
    return words or None


def _find_metadata(root: Element) -> tuple[tuple[str, str], ...]:
    pairs = []
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        content = meta.get("content")
        if name and content:
            pairs.append((name.strip(), content.strip()))
    base = root.find(".//base")
    if base is not None and base.get("href"):
        pairs.append(("base", str(base.get("href"))))
    return tuple(pairs)


@dataclass
class _Walker:
    """Goes through a tree without recursion and gathers its visible text; subclasses know edges and tables."""

    links: list[tuple[str, str]] = field(default_factory=list)
    collector: Collector = field(default_factory=Collector)
    fields_count: bool = False
    _preserved: int = 0

    def walk(self, root: Element) -> None:
        """Gather all below `root`."""
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                if self.opens(element):
                    walker.skip_subtree()
                continue
            if event == "end":
                self.closes(element)
            if element is not root:
                self.text(element.tail)

    def text(self, text: str | None) -> None:
        """Text of the page."""
        if text:
            self.collector.add(preserve_space(text) if self._preserved else text)

    def opens(self, element: Element) -> bool:
        """Take note of a start tag; True if all it holds is to be skipped."""
        tag = element.tag
        if tag in _FRAMES:
            self._note_link(element, (_FRAMES[tag],), "[frame]")
        if tag in DROPPED or is_hidden(element):
            return True
        if is_block(element):
            self.edge(element, opens=True)
            if tag in ("table", "tr") and self.opens_table_part(element):
                return True
        self._opens_inline(tag, element)
        if tag == "textarea" and not self.fields_count:
            return True
        self.text(element.text)
        return False

    def closes(self, element: Element) -> None:
        """Take note of an end tag."""
        if is_hidden(element):
            return
        if is_block(element):
            self.edge(element, opens=False)
            self._preserved -= element.tag == "pre"
        elif stands_apart(element):
            self.collector.add(" ")
        elif _is_raised_number(element):
            self.collector.add("]")

    def _opens_inline(self, tag: str, element: Element) -> None:
        if tag == "br":
            self.collector.add(HARD_BREAK)
        elif tag == "a":
            self._note_link(element, ("href",), "".join(fold_lines(_all_text(element))))
        elif tag == "img":
            self._note_link(element, _PICTURE_SOURCES, f"[img] {element.get('alt') or ''}".strip())
        elif tag == "input" and self.fields_count and (element.get("type") or "").lower() in _VALUE_FIELDS:
            self.text(element.get("value"))
        elif tag == "pre":
            self._preserved += 1
        elif stands_apart(element):
            self.collector.add(" ")
        elif _is_raised_number(element):
            self.collector.add("[")

    def _note_link(self, element: Element, attributes: tuple[str, ...], text: str) -> None:
        """Note the first address that leads anywhere."""
        addresses = ((element.get(attribute) or "").strip() for attribute in attributes)
        address = next((address for address in addresses if address and not _NOWHERE.match(address)), None)
        if address is not None:
            self.links.append((address, text))

    def edge(self, element: Element, opens: bool) -> None:
        """The edge of a block element."""
        raise NotImplementedError

    def opens_table_part(self, element: Element) -> bool:
        """A table or a row begins; True if it has been dealt with."""
        raise NotImplementedError


@dataclass
class _CellWalker(_Walker):
    """The text of a cell: blocks are lines, tables of more than one cell are set aside."""

    nested: list[Element] = field(default_factory=list)

    def edge(self, element: Element, opens: bool) -> None:
        """A block's edge is the edge of a line."""
        self.collector.add(SOFT_BREAK)

    def opens_table_part(self, element: Element) -> bool:
        """Set an inner table aside, but for one that is a mere frame."""
        if element.tag == "table" and count_cells(element, 2) > 1:
            self.nested.append(element)
            return True
        return False


@dataclass
class _Page(_Walker):
    """The blocks of a page."""

    builder: DocumentBuilder = field(default_factory=lambda: DocumentBuilder(Medium.HTML))
    _level: int | None = None
    _runs: dict[Element, tuple[Row, ...]] = field(
        default_factory=dict
    )  # first row of a grid -> all its rows; others -> ()

    def edge(self, element: Element, opens: bool) -> None:
        """A block's edge ends the paragraph before it."""
        self.flush()
        if element.tag in _HEADINGS:
            self._level = _HEADINGS[element.tag] if opens else None

    def flush(self) -> None:
        """Make a block of the text gathered so far."""
        lines = fold_lines(self.collector.take())
        if not lines:
            return
        text = "\n".join(lines)
        if self._level is None:
            self.builder.paragraph(text)
        else:
            self.builder.heading(text, self._level)

    def opens_table_part(self, element: Element) -> bool:
        """A table is judged as it opens; a row that belongs to a grid makes the grid, or is part of it already."""
        if element.tag == "table":
            for run in split_rows(self._read_rows(element)):
                if run.is_data:
                    self._runs.update(dict.fromkeys((row.element for row in run.rows), ()))
                    self._runs[run.rows[0].element] = run.rows
            return False
        rows = self._runs.get(element)
        if rows:
            self._grid(rows)
        return rows is not None

    def _grid(self, rows: tuple[Row, ...]) -> None:
        waiting: list[tuple[tuple[Row, ...], int | None]] = [(rows, None)]
        while waiting:
            rows, outer = waiting.pop(0)
            self._note_links(rows)
            block = self.builder.grid(place_cells(rows), nested_in=outer)
            inner = [table for row in rows for cell in row.cells for table in cell.nested]
            waiting = [(self._read_rows(table), block) for table in inner] + waiting

    def _note_links(self, rows: tuple[Row, ...]) -> None:
        for row in rows:
            for cell in row.cells:
                self.links += cell.links

    def add_hidden(self, root: Element) -> list[tuple[str, str]]:
        """Append what the page hides if that looks like a report, and the visible page does not; give warnings."""
        visible = self.builder.build()
        if any(isinstance(block, Grid) and len(block.cells) >= LEAST_CELLS for block in visible.blocks):
            return []
        seen = letters_of(visible.text)
        warnings = []
        for hidden in find_hidden(root):
            inner, _ = parse_markup(hidden.markup)
            if inner is None or (len(seen) >= LEAST_LETTERS and not has_table(hidden.markup)):
                continue
            letters = letters_of(_all_text(inner))
            if letters in seen and not has_table(hidden.markup):
                continue
            repair_tables(inner)
            mark_tables(inner)
            self.walk(inner)
            self.flush()
            warnings.append(("html.hidden_source", f"{hidden.kind}: {len(letters)} letters"))
        return warnings

    def _read_rows(self, table: Element) -> tuple[Row, ...]:
        return tuple(_read_row(row) for row in find_rows(table) if not is_hidden(row))


def _read_row(row: Element) -> Row:
    """A row; where a cell lists several rows, its neighbours keep the blank lines that make them as long."""
    cells = tuple(map(_read_cell, find_cells(row)))
    if all(len(cell.lines) < 2 for cell in cells):
        return Row(row, cells)
    stripped = tuple(replace(cell, lines=strip_lines(cell.lines)) for cell in cells)
    longest = max(len(cell.lines) for cell in stripped)
    if longest < 2:
        return Row(row, stripped)
    return Row(row, tuple(a if len(a.lines) == longest else b for a, b in zip(cells, stripped, strict=True)))


def _read_cell(cell: Element) -> CellText:
    single = _find_single_text(cell)
    if single is not None:
        return CellText(cell, fold_all_lines(single))
    walker = _CellWalker(fields_count=True)
    walker.walk(cell)
    lines = fold_all_lines(walker.collector.take())
    return CellText(cell, lines, tuple(walker.nested), tuple(walker.links))


def _find_single_text(cell: Element) -> str | None:
    """The only text of a cell whose tags mean nothing beyond it; None for any other cell. Most cells are such."""
    pieces = [cell.text]
    for element in cell.iterdescendants():
        if element.tag not in _PLAIN_TAGS or is_hidden(element):
            return None
        pieces += (element.text, element.tail)
    written = [piece for piece in pieces if piece and not piece.isspace()]
    if len(written) > 1:
        return None
    return written[0] if written else ""


def _is_raised_number(element: Element) -> bool:
    """Whether it is a footnote's number, which would run into the number before it."""
    if element.tag != "sup" and "super" not in (element.get("style") or ""):
        return False
    return not is_hidden(element) and _all_text(element).strip().isdigit()


def _all_text(element: Element) -> str:
    return "".join(map(str, element.itertext()))
