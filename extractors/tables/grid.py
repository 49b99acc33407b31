"""The grid reading: rows of a sheet by their labels, columns by their headers.

In: sheets (see `sheets`), a table of the forms. Out: candidate `Reading`s. A row's item is found by aligning all rows
with the form's order (`alignment`), its cells by the header over it in one of three ways, tried in the order a mode
names:

    geometry   the cell stands under the label of its column
    order      the n-th cell after the row's label belongs to the n-th label of the header
    position   the n-th cell belongs to the form's n-th column: the header was cut off

A row that fits none is unread, never guessed. Rows that look like values between two known items are unread items too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractors.identities import Key
from extractors.tables.alignment import STRONG, align, cut_repeats
from extractors.tables.headers import Header, is_header_row, read_header
from extractors.tables.labels import (
    CLEAR,
    FLOOR,
    Axis,
    bare,
    cell_axis,
    column_axis,
    compare,
    group_likeness,
    is_unit,
    item_axis,
    likeness,
)
from extractors.tables.reading import Reading
from extractors.tables.sheet import Sheet, SheetCell, make_cell
from schemas.form import Table, load_forms, merged_table
from schemas.records import State

_ENDS_IN_FIGURE = re.compile(r"\d\s*$|\t")
_LABEL_CELLS = 12  # words of a row that may be its label or the headings before it
MODES = (("geometry", "order", "position"), ("order", "geometry", "position"), ("position", "geometry", "order"))
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet with what its label says: `scores` to each item, `label` the place of the label's last cell."""

    sheet: int
    row: int
    cells: tuple[SheetCell, ...]
    scores: tuple[float, ...]
    labels: tuple[int, ...]
    is_header: bool
    opens_group: bool


@dataclass
class _Draft:
    """A reading under way."""

    cells: dict[Key, SheetCell] = field(default_factory=dict)
    unread: set[Key] = field(default_factory=set)
    rows: dict[str, float] = field(default_factory=dict)
    columns: dict[str, float] = field(default_factory=dict)
    left: list[SheetCell] = field(default_factory=list)
    units: dict[Key, str] = field(default_factory=dict)
    side_by_side: bool = False


def read_rows(table_id: str, sheets: Sequence[Sheet], era: str | None, kind: str) -> Iterator[Reading]:
    """Readings with items down the sheet and columns across, one for each mode."""
    table = merged_table(table_id)
    items, columns = item_axis(table_id), column_axis(table_id)
    lines = list(_lines(sheets, items, columns))
    if sum(max(line.scores, default=0.0) >= CLEAR for line in lines) < 2:
        return
    cuts = [0, *cut_repeats([line.scores for line in lines]), len(lines)]
    parts = [(lines[begin:end], index) for index, (begin, end) in enumerate(pairwise(cuts)) if end > begin]
    for part, index in parts:
        assigned = _assign(part, items, table, era)
        if len(assigned.items) < 2:
            continue
        for mode in MODES:
            draft = _Draft()
            _fill(draft, part, assigned, sheets, table, columns, mode, era)
            yield _finish(draft, table_id, f"{kind} {mode[0]}", repeated=index > 0)


def read_cells_down(table_id: str, sheets: Sequence[Sheet], kind: str) -> Iterator[Reading]:
    """Readings of a table printed as a list of all its cells, each with its own label (proceedings on its side)."""
    axis = cell_axis(table_id)
    lines = list(_lines(sheets, axis, axis))
    assigned = align([() if not line.labels else line.scores for line in lines], len(axis.nodes), CLEAR)
    if len(assigned) < 0.8 * len(axis.nodes):
        return
    draft = _Draft()
    beside = [n for n, line in enumerate(lines) if n not in assigned and max(line.scores, default=0.0) >= CLEAR]
    draft.side_by_side = len(beside) >= 0.25 * len(axis.nodes)
    for index, node in assigned.items():
        line = lines[index]
        slots = line.cells[line.labels[node] + 1 :]
        key = (axis.nodes[node].key[0], axis.nodes[node].key[1])
        draft.rows["/".join(key)] = line.scores[node]
        _put(draft, key, [cell for cell in slots if not cell.words])
    yield _finish(draft, table_id, f"{kind} list")


def read_single_row(table_id: str, sheets: Sequence[Sheet], kind: str) -> Iterator[Reading]:
    """Readings of a table printed as one row under headers of several levels (proceedings)."""
    axis = cell_axis(table_id)
    for index, sheet in enumerate(sheets):
        header_rows = [row for row in range(len(sheet.rows)) if _names_leaves(sheet.own(row), axis)]
        if not header_rows:
            continue
        block = tuple(range(max(0, header_rows[0] - 2), header_rows[-1] + 1))
        header = read_header(sheet, block, axis)
        row = _data_row(sheets, index, block[-1] + 1, len(axis.nodes))
        if row is None:
            continue
        slots, data = row
        for mode in ("geometry", "order", "position") if sheet.has_geometry else ("order", "position"):
            draft = _Draft()
            draft.side_by_side = _leaf_count(sheet, block, axis) >= 1.5 * len(axis.nodes)
            _fill_single(draft, mode, header, axis, slots, data)
            yield _finish(draft, table_id, f"{kind} row {mode}")


@dataclass(frozen=True, slots=True)
class _Assigned:
    """Line index -> item index, and the lines between them that look like rows of values without a known label."""

    items: dict[int, int]
    unknown: tuple[int, ...]
    doubtful: frozenset[str]


def _lines(sheets: Sequence[Sheet], items: Axis, columns: Axis) -> Iterator[_Line]:
    groups = {spelling for node in items.nodes for group in node.groups for spelling in group}
    for number, sheet in enumerate(sheets):
        for row in range(len(sheet.rows)):
            cells = sheet.own(row)
            header = is_header_row(cells, columns, least=1)
            strong_header = header and is_header_row(cells, columns, least=2)
            scores, labels = ((), ()) if strong_header else _label_scores(sheet, row, cells, items)
            opens = any(cell.words and _any_like(cell.words, groups) for cell in cells[:2]) and not any(
                cell.is_number for cell in cells
            )
            yield _Line(number, row, cells, scores, labels, header, opens)


def _any_like(words: str, spellings: Iterable[str]) -> bool:
    return any(compare(words, spelling) >= CLEAR for spelling in spellings)


def _label_scores(
    sheet: Sheet, row: int, cells: tuple[SheetCell, ...], axis: Axis
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """For each item the likeness of the row's label, and the index of the cell where that label ends."""
    begin = 1 if len(cells) > 1 and cells[0].is_number and cells[1].words else 0  # past a column of row numbers
    first_value = next(
        (n for n, cell in enumerate(cells) if n >= begin and not cell.words and cell.state is not State.BLANK),
        len(cells),
    )
    labels = [n for n, cell in enumerate(cells) if cell.words and not is_unit(cell.words)]
    wordy = ([n for n in labels if n < (first_value or len(cells))] or labels)[:_LABEL_CELLS]
    if not wordy or (len(cells) < 2 and not sheet.from_lines):
        return (), ()
    best = [0.0] * len(axis.nodes)
    where = [wordy[0]] * len(axis.nodes)
    above = [cell.words for cell in dict.fromkeys(filter(None, sheet.rows[row])) if cell.words]
    support = [group_likeness(axis, words) for words in above]
    for first, last in _spans(wordy):
        words = "".join(cells[n].words for n in wordy if first <= n <= last)
        for node, score in enumerate(likeness(axis, words)):
            if score >= FLOOR - 0.15 and any(one[node] >= 0.7 for one in support):
                score = min(1.0, score + 0.05)
            if score > best[node] or (score == best[node] and cells[last].words == cells[where[node]].words):
                best[node], where[node] = score, last
    # Labels before the last one of a row are headings over it, even where the form has an item of that name.
    last = max((n for n in wordy if max(likeness(axis, cells[n].words)) >= STRONG), default=0)
    return tuple(s if where[n] >= last or s < CLEAR else 0.7 * s for n, s in enumerate(best)), tuple(where)


def _spans(wordy: list[int]) -> Iterator[tuple[int, int]]:
    """Single label cells, then two and three neighbours together: a label may be parted over cells."""
    for size in (1, 2, 3):
        for index in range(len(wordy) - size + 1):
            yield wordy[index], wordy[index + size - 1]


def _assign(lines: list[_Line], axis: Axis, table: Table, era: str | None) -> _Assigned:
    found = align([line.scores for line in lines], len(axis.nodes))
    taken = set(found.values())
    for index, line in enumerate(lines):
        if index in found or not line.scores:
            continue
        node = max(range(len(line.scores)), key=line.scores.__getitem__)
        if line.scores[node] >= STRONG and node not in taken and table.id == "disclosure":
            found[index] = node
            taken.add(node)
    return _close_gaps(lines, dict(sorted(found.items())), axis, table, era)


def _close_gaps(lines: list[_Line], found: dict[int, int], axis: Axis, table: Table, era: str | None) -> _Assigned:
    """Rows of values without a known label between two items: the items missing there, when their counts agree."""
    closed = dict(found)
    doubtful: set[str] = set()
    unknown: list[int] = []
    expected = _expected_items(table, era, {axis.nodes[node].key[0] for node in found.values()})
    for (line_a, node_a), (line_b, node_b) in pairwise(found.items()):
        rows = [n for n in range(line_a + 1, line_b) if _looks_like_values(lines[n])]
        gap = [n for n in range(node_a + 1, node_b) if axis.nodes[n].key[0] in expected and n not in closed.values()]
        if not rows or not gap:
            unknown.extend(rows)
            continue
        likely = [_at(lines[row].scores, node) >= 0.35 for row, node in zip(rows, gap, strict=False)]
        if len(rows) == len(gap) and all(likely):
            closed.update(zip(rows, gap, strict=True))
        else:
            doubtful.update(axis.nodes[node].key[0] for node in gap)
            unknown.extend(rows)
    return _Assigned(dict(sorted(closed.items())), tuple(unknown), frozenset(doubtful))


def _at(scores: Sequence[float], node: int) -> float:
    return scores[node] if scores else 0.0


def _looks_like_values(line: _Line) -> bool:
    numbers = sum(cell.is_number for cell in line.cells)
    return numbers >= 2 and not line.is_header


def _expected_items(table: Table, era: str | None, present: set[str]) -> set[str]:
    """Ids of the form whose rows fit best what is present; the report's era decides a tie."""
    best: tuple[int, bool] = (-1, False)
    expected: set[str] = set()
    for form in load_forms().values():
        for one in form.tables:
            if one.id == table.id:
                ids = {item.id for item in one.items}
                rank = (len(ids & present), form.era == era)
                if rank >= best:
                    best, expected = rank, ids
    return expected


def _fill(
    draft: _Draft,
    lines: list[_Line],
    assigned: _Assigned,
    sheets: Sequence[Sheet],
    table: Table,
    columns: Axis,
    mode: tuple[str, ...],
    era: str | None,
) -> None:
    varies = len({item.columns for item in table.items}) > 1
    headers = _headers(lines, assigned, sheets, columns, varies)
    filled = sum(any(cell.is_number for cell in lines[index].cells) for index in assigned.items)
    one_line_a_row = filled >= 0.5 * len(assigned.items)
    for index, node in assigned.items.items():
        line = lines[index]
        item = table.items[node].id
        draft.rows[item] = _at(line.scores, node)
        header = headers[index]
        label = line.labels[node] if line.labels else _first_slot(line) - 1
        if _is_doubled(line, label) or (header is not None and len(header.doubled) >= 3):
            draft.side_by_side = True
        row = _Row(sheets[line.sheet], line, label, header, table, columns, item, era)
        if one_line_a_row and _is_alone(sheets[line.sheet], line.row, row):
            blank = make_cell("", line.row, 0, line.cells[label].locator)
            draft.cells.update({(item, column): replace(blank, text="") for column in _columns_of(row)})
            continue
        for way in mode:
            if _WAYS[way](draft, row):
                break
        else:
            draft.unread.update((item, column) for column in _columns_of(row))
            draft.left.extend(cell for cell in line.cells[label + 1 :] if cell.is_number)
    for item in assigned.doubtful:
        draft.unread.update((item, column) for column in _common_columns(draft, table, item))
    for index in assigned.unknown:
        if not lines[index].labels or max(lines[index].scores) >= FLOOR:
            draft.left.extend(cell for cell in lines[index].cells if cell.is_number)


def _is_alone(sheet: Sheet, number: int, row: _Row) -> bool:
    """Whether a label stands alone on its line of text and no numbers begin the next: a row of empty cells."""
    if not sheet.from_lines or row.slots or (row.label >= 0 and _ENDS_IN_FIGURE.search(row.line.cells[row.label].text)):
        return False
    following = sheet.own(number + 1) if number + 1 < len(sheet.rows) else ()
    return not following or bool(following[0].words)


def _first_slot(line: _Line) -> int:
    return next((n for n, cell in enumerate(line.cells) if not cell.words), 0)


def _is_doubled(line: _Line, label: int) -> bool:
    """Whether the row's label stands again behind numbers: two reports printed side by side."""
    words = line.cells[label].words if 0 <= label < len(line.cells) else ""
    behind = line.cells[label + 1 :]
    first = next((n for n, cell in enumerate(behind) if cell.is_number), None)
    return bool(words) and first is not None and any(cell.words == words for cell in behind[first:])


def _headers(
    lines: list[_Line], assigned: _Assigned, sheets: Sequence[Sheet], columns: Axis, varies: bool
) -> dict[int, Header | None]:
    """The header over each assigned line: the nearest above, ended by another group's heading where columns vary."""
    headers: dict[int, Header | None] = {}
    block: list[_Line] = []
    current: Header | None = None
    for index, line in enumerate(lines):
        if index in assigned.items:
            if block:
                current = _read_block(block, sheets, columns) or current
                block = []
            headers[index] = current
        elif line.is_header or (line.opens_group and not line.scores) or not any(c.is_number for c in line.cells):
            if block and block[0].sheet != line.sheet:
                block = []
            if varies and line.opens_group and not line.is_header and _starts_anew(line):
                current, block = None, []
            block.append(line)
    return headers


def _starts_anew(line: _Line) -> bool:
    return not any(cell.is_number for cell in line.cells) and len([cell for cell in line.cells if cell.words]) <= 2


def _read_block(block: list[_Line], sheets: Sequence[Sheet], columns: Axis) -> Header | None:
    last = max((n for n, line in enumerate(block) if line.is_header), default=None)
    if last is None:
        return None
    begin = max(0, last - 4)
    rows = tuple(line.row for line in block[begin : last + 1])
    return read_header(sheets[block[last].sheet], rows, columns)


@dataclass(frozen=True, slots=True)
class _Row:
    """Everything a way of placing a row's cells may look at."""

    sheet: Sheet
    line: _Line
    label: int
    header: Header | None
    table: Table
    columns: Axis
    item: str
    era: str | None

    @property
    def slots(self) -> tuple[SheetCell, ...]:
        return self.line.cells[self.label + 1 :]

    def allowed(self, node: int) -> bool:
        return self.columns.nodes[node].key[0] in self.table.item(self.item).columns


def _columns_of(row: _Row) -> list[str]:
    """Columns the row should have: those its header names, else those of the era's form."""
    options = _form_columns(row.table.id, row.item, row.era)
    if row.header is not None and row.header.scores:
        named = [row.columns.nodes[node].key[0] for node in sorted(row.header.scores) if row.allowed(node)]
        if any(set(named) <= set(option) and 3 * len(named) >= 2 * len(option) for option in options):
            return named
    return list(options[0]) if options else list(row.table.item(row.item).columns)


def _common_columns(draft: _Draft, table: Table, item: str) -> list[str]:
    present = {column for _, column in draft.cells}
    return [column for column in table.item(item).columns if column in present]


def _form_columns(table_id: str, item: str, era: str | None) -> list[tuple[str, ...]]:
    """The columns each form gives an item, the report's own era first, newer before older."""
    options = []
    for form in reversed(load_forms().values()):
        for table in form.tables:
            if table.id == table_id:
                columns = next((one.columns for one in table.items if one.id == item), None)
                if columns is not None:
                    options.append((form.era != era, columns))
    return [columns for _, columns in sorted(options, key=lambda option: option[0])]


def _by_geometry(draft: _Draft, row: _Row) -> bool:
    """Cells under the labels of their columns; fails where a number spans two columns or stands under none."""
    if row.header is None or not row.header.by_column or row.header.unnamed or not row.sheet.has_geometry:
        return False
    lattice = row.sheet.rows[row.line.row]
    after = _column_of_label(row)
    found: dict[int, list[SheetCell]] = {}
    for column in _reach(row, lattice, after):
        cell, node = lattice[column], row.header.by_column.get(column)
        if cell is None or node is None or not row.allowed(node):
            if cell is not None and cell.is_number and column not in row.header.foreign:
                return False
            continue
        if all(cell is not one for one in found.setdefault(node, [])):
            found[node].append(cell)
    wanted = [node for node in row.header.scores if row.allowed(node)]
    # As many cells as columns, and not one under each: the row is shifted.
    shifted = len(row.slots) == len(wanted) > len(found)
    if not wanted or shifted or not _is_sound(found, wanted) or _hides_columns(row, lattice, after, len(wanted)):
        return False
    for node, cells in found.items():
        _put(draft, (row.item, row.columns.nodes[node].key[0]), cells)
    for node in wanted:
        _note_column(draft, row, node)
        if node not in found:
            draft.unread.add((row.item, row.columns.nodes[node].key[0]))
    return True


def _column_of_label(row: _Row) -> int:
    """The last column of the sheet that the row's label covers; -1 for a row without one."""
    label = row.line.cells[row.label] if row.label >= 0 else None
    lattice = row.sheet.rows[row.line.row]
    return max((n for n, cell in enumerate(lattice) if label is not None and cell is label), default=-1)


def _reach(row: _Row, lattice: Sequence[SheetCell | None], label: int) -> range:
    """The columns in which a row's numbers may stand: those behind its label, or before a label that comes last."""
    return range(label) if _comes_last(row, lattice, label) else range(label + 1, len(lattice))


def _comes_last(row: _Row, lattice: Sequence[SheetCell | None], label: int) -> bool:
    """Whether the header's columns all stand before the row's label, and behind it no number but a foreign column's."""
    if row.header is None or not row.header.is_left_of(label):
        return False
    behind = [n for n, cell in enumerate(lattice) if n > label and cell is not None and cell.is_number]
    return all(n in row.header.foreign for n in behind)


def _hides_columns(row: _Row, lattice: Sequence[SheetCell | None], after: int, named: int) -> bool:
    """Whether columns of the form may stand under headers too mutilated to name them: then their order must tell."""
    foreign = row.header.foreign if row.header is not None else frozenset()
    filled = {id(cell) for n, cell in enumerate(lattice) if n > after and n in foreign and cell and cell.is_number}
    return any(
        named + len(filled) == len(option) for option in _form_columns(row.table.id, row.item, row.era) if filled
    )


def _is_sound(found: dict[int, list[SheetCell]], wanted: list[int]) -> bool:
    """No written cell under two columns, not two numbers under one, and half of the columns there at least."""
    owners: dict[int, int] = {}
    for node, cells in found.items():
        if sum(cell.state is not State.BLANK for cell in cells) > 1:
            return False
        for cell in cells:
            if owners.setdefault(id(cell), node) != node and cell.state is not State.BLANK:
                return False
    return 2 * len(found) >= len(wanted)


def _by_order(draft: _Draft, row: _Row) -> bool:
    """The n-th cell after the label under the n-th label of the header."""
    if row.header is None or row.sheet.is_aligned or row.header.is_left_of(_column_of_label(row)):
        return False
    order = [node for node in row.header.order if row.allowed(node)]
    columns = [row.columns.nodes[node].key[0] for node in order]
    options = [set(option) for option in _form_columns(row.table.id, row.item, row.era)]
    if any(set(columns) < option and len(option) == len(row.slots) for option in options):
        return False  # a label of the header is lost: the cells are as many as the form's columns
    # Two labels of many may be lost; with fewer the header does not tell the order.
    whole = any(set(columns) <= option and len(columns) >= max(len(option) - len(option) // 3, 1) for option in options)
    return whole and _zip(draft, row, columns, order)


def _by_position(draft: _Draft, row: _Row) -> bool:
    """The n-th cell in the form's n-th column; only where the count of cells fits exactly one form."""
    if row.sheet.is_aligned or (row.header is not None and row.header.is_left_of(_column_of_label(row))):
        return False
    if row.header is not None and any(row.allowed(node) for node in row.header.scores):
        named = {row.columns.nodes[node].key[0] for node in row.header.scores if row.allowed(node)}
        options = [o for o in _form_columns(row.table.id, row.item, row.era) if named <= set(o)]
    else:
        options = _form_columns(row.table.id, row.item, row.era)
    return any(_zip(draft, row, list(option), []) for option in options)


def _zip(draft: _Draft, row: _Row, columns: list[str], nodes: list[int]) -> bool:
    slots = [cell for cell in row.slots if not (row.table.unit_column and is_unit(bare(cell.text)))]
    if len(slots) > len(columns) and slots[0].state is State.BLANK and slots[-1].state is State.BLANK:
        return False  # which of the blanks are cells and which are filler cannot be told
    while len(slots) > len(columns) and slots[-1].state is State.BLANK:
        slots.pop()
    if not slots and row.slots and len(columns) == 1:
        slots = [make_cell("", row.line.row, 0, row.slots[-1].locator)]  # the unit stands, its number does not
    if len(slots) != len(columns):
        return False
    for column, cell in zip(columns, slots, strict=True):
        _put(draft, (row.item, column), [cell])
    for node in nodes:
        _note_column(draft, row, node)
    if row.table.unit_column:
        unit = next((cell.text.strip() for cell in row.slots if is_unit(bare(cell.text))), None)
        if unit:
            draft.units.update({(row.item, column): unit for column in columns})
    return True


_WAYS = {"geometry": _by_geometry, "order": _by_order, "position": _by_position}


def _note_column(draft: _Draft, row: _Row, node: int) -> None:
    column = row.columns.nodes[node].key[0]
    if row.header is not None:
        draft.columns[column] = max(draft.columns.get(column, 0.0), row.header.scores.get(node, 0.0))
        unit = row.header.units.get(node)
        if unit:
            draft.units[(row.item, column)] = unit


def _put(draft: _Draft, key: Key, cells: list[SheetCell]) -> None:
    """The one written cell for a place; blank ones beside it are filler."""
    written = [cell for cell in cells if cell.state is not State.BLANK]
    if len(written) > 1 or not cells:
        draft.unread.add(key)
        draft.left.extend(cell for cell in written if cell.is_number)
        return
    draft.cells[key] = (written or cells)[0]


def _leaf_count(sheet: Sheet, rows: Sequence[int], axis: Axis) -> int:
    cells = [cell for row in rows for cell in sheet.own(row)]
    return sum(bool(cell.words) and max(likeness(axis, cell.words)) >= CLEAR for cell in cells)


def _names_leaves(cells: Sequence[SheetCell], axis: Axis) -> bool:
    leaves = [cell for cell in cells if cell.words and max(likeness(axis, cell.words)) >= CLEAR]
    return len(leaves) >= 3 and not any(cell.is_number for cell in cells)


def _data_row(sheets: Sequence[Sheet], index: int, row: int, width: int) -> tuple[tuple[SheetCell, ...], Place] | None:
    """The first row with numbers at or after `row`, in the next sheet too; before words a row of blanks is the row.

    Words are no cells of it, a label before them say, unless the row has just `width` cells and few of them are words.
    """
    blank: tuple[tuple[SheetCell, ...], Place] | None = None
    for number in range(index, min(index + 2, len(sheets))):
        for candidate in range(row, len(sheets[number].rows)):
            cells = sheets[number].own(candidate)
            slots = tuple(cell for cell in cells if not cell.is_words)
            slots = cells if len(cells) == width and 2 * len(slots) > width else slots
            found = slots, (number, candidate)
            if any(cell.state is not State.BLANK for cell in slots):
                return found
            if any(cell.words for cell in cells) and len(cells) > 2:
                return blank
            if len(slots) >= 5 and blank is None:
                blank = found
        if blank is not None:
            return blank
        row = 0
    return None


def _fill_single(
    draft: _Draft, mode: str, header: Header, axis: Axis, slots: tuple[SheetCell, ...], data: Place
) -> None:
    keys = [(node.key[0], node.key[1]) for node in axis.nodes]
    told = header.scores if mode == "geometry" else dict.fromkeys(header.order, 0.95)
    draft.columns.update({"/".join(keys[node]): score for node, score in (told or header.scores).items()})
    if mode == "geometry":
        # Cells are told from the columns their own place covers; spans make one cell stand in several.
        cells: dict[int, list[SheetCell]] = {}
        for cell in slots:
            node = header.by_column.get(cell.column)
            if node is not None:
                cells.setdefault(node, []).append(cell)
            elif cell.is_number:
                draft.left.append(cell)
        for node, found in cells.items():
            _put(draft, keys[node], found)
        draft.unread.update(keys[node] for node in header.by_column.values() if node not in cells)
        return
    order = list(header.order) if mode == "order" else list(range(len(keys)))
    kept = list(slots)
    doubtful = len(kept) > len(order) and kept[0].state is kept[-1].state is State.BLANK
    while len(kept) > len(order) and kept[-1].state is State.BLANK:
        kept.pop()
    if len(kept) != len(order) or not order or doubtful:
        draft.unread.update(keys)
        draft.left.extend(cell for cell in slots if cell.is_number)
        return
    for node, cell in zip(order, kept, strict=True):
        draft.cells[keys[node]] = cell


def _finish(draft: _Draft, table_id: str, kind: str, *, repeated: bool = False) -> Reading:
    cost = {"geometry": 0.0, "order": 0.02, "position": 0.3}.get(kind.rsplit(" ", 1)[-1], 0.1)
    return Reading(
        table_id,
        kind,
        draft.cells,
        frozenset(draft.unread - set(draft.cells)),
        draft.rows,
        draft.columns,
        tuple(draft.left),
        frozenset(),
        draft.units,
        draft.side_by_side,
        repeated,
        cost,
    )
