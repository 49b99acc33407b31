"""The choice among candidate readings, and what becomes of the chosen one: a document in, `TablesRead` out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from extractors.document import Document
from extractors.identities import Key
from extractors.tables.alignment import STRONG
from extractors.tables.grid import read_cells_down, read_rows, read_single_row
from extractors.tables.labels import CLEAR, item_axis, likeness
from extractors.tables.reading import Reading, Weight, weigh
from extractors.tables.sheet import Sheet, SheetCell
from extractors.tables.sheets import explode, find_sheets, transpose
from extractors.tables.stream import read_stream
from extractors.tables.tokens import Token, find_tokens
from schemas.findings import finding
from schemas.form import era_of_year, load_form, load_forms, merged_table, table_ids, unit_of_cell
from schemas.records import Cell, Finding, State, TableReading

Scored = tuple[Weight, Reading]
WIDEST = 120  # rows of a sheet that may be a table on its side: no form has half as many items


@dataclass(frozen=True, slots=True)
class TablesRead:
    """The tables of a report. `spans` are the characters of the document's text that belong to a table."""

    era: str | None
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    readings: tuple[TableReading, ...]
    spans: tuple[tuple[int, int], ...]


def read_tables(document: Document, year: int | None = None, end: int | None = None) -> TablesRead:
    """All statutory tables in the document up to character `end`; `year` is the report's, where it is known."""
    era = era_of_year(year) if year is not None and year >= 2008 else None
    sources = _open(document, end)
    ranked = {table_id: _rank(table_id, sources, era) for table_id in table_ids()}
    decided = _decide_era([scored[0][1] for scored in ranked.values() if scored], era)
    if decided != era:
        # An old form kept in a later year: rows without a header are read by the form they belong to.
        ranked = {table_id: _rank(table_id, sources, decided) for table_id in table_ids()}
        decided = _decide_era([scored[0][1] for scored in ranked.values() if scored], decided)
    era = decided
    chosen = {table_id: scored[0] for table_id, scored in ranked.items() if scored}
    cells: list[Cell] = []
    findings: list[Finding] = []
    spans: list[tuple[int, int]] = []
    for table_id in table_ids():
        if table_id not in chosen:
            labels = _labels_told(table_id, sources.tokens)
            if era is not None and labels >= _keys_needed(table_id, era):
                reason = f"{labels} of its labels stand in the report, but no reading recognises rows and columns"
                findings.append(finding("table.unreadable", place=table_id, reason=reason))
                cells.extend(_whole_table(table_id, era, State.UNREAD))
            else:
                cells.extend(_whole_table(table_id, era, State.MISSING))
            continue
        _, reading = chosen[table_id]
        if reading.side_by_side:
            findings.append(finding("table.side_by_side", place=table_id))
            spans.extend(_spans(reading))
            cells.extend(_whole_table(table_id, era, State.UNREAD))
            continue
        if _is_misread(reading):
            reason = f"{len(reading.left)} of its numbers fit no row and column of the best reading ({reading.kind})"
            findings.append(finding("table.unreadable", place=table_id, reason=reason))
            cells.extend(_whole_table(table_id, era, State.UNREAD))
            spans.extend(_spans(reading))
            continue
        made = _cells(reading, era)
        cells.extend(made)
        spans.extend(_spans(reading))
        findings.extend(_findings(reading, made))
        if any(other.repeated for _, other in ranked[table_id]):
            findings.append(finding("table.repeated", place=table_id))
    readings = tuple(_evidence(scored) for scored in ranked.values() if scored)
    return TablesRead(era, tuple(cells), tuple(findings), readings, _merged(spans))


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a document offers to read a table from, made once for all tables."""

    sheets: tuple[tuple[str, tuple[Sheet, ...]], ...]
    tokens: tuple[Token, ...]


def _open(document: Document, end: int | None) -> _Sources:
    sheets = find_sheets(document, end)
    variants = [("grid", sheets)]
    parted = tuple(explode(sheet) for sheet in sheets)
    if parted != sheets:
        variants.append(("parted grid", parted))
    # Only lines parted by blanks may be read by place as well; their cells have no columns to count.
    if any(sheet.from_lines and not sheet.has_geometry for sheet in sheets):
        aligned = find_sheets(document, end, aligned=True)
        if aligned != sheets:
            variants.append(("aligned grid", aligned))
    variants.append(("turned grid", tuple(transpose(sheet) for sheet in sheets if len(sheet.rows) <= WIDEST)))
    return _Sources(tuple(variants), find_tokens(document, end))


def _rank(table_id: str, sources: _Sources, era: str | None) -> list[Scored]:
    """Supported readings of a table, best first; readings of a later copy of the table only when there is no other."""
    readings = [reading for reading in _candidates(table_id, sources, era) if _is_supported(reading)]
    scored = sorted(
        ((weigh(reading), reading) for reading in readings),
        key=lambda one: (not one[1].side_by_side, one[1].repeated, -one[0].score, one[1].cost, one[1].kind),
    )
    if any(_is_sound(weight, reading) for weight, reading in scored):
        scored = [one for one in scored if not one[1].side_by_side]
    firsts = [one for one in scored if not one[1].repeated]
    if firsts and scored[-1][1].repeated:
        best = max(one[0].labels for one in scored)
        if firsts[0][0].labels < 0.5 * best:
            scored.sort(key=lambda one: -one[0].score)
    return scored


def _is_sound(weight: Weight, reading: Reading) -> bool:
    """Whether a reading accounts for nearly all numbers of its table: then no second report stands beside it."""
    read = sum(cell.is_number for cell in reading.cells.values())
    return not reading.side_by_side and weight.score >= 0.5 * weight.labels and 10 * len(reading.left) <= read


def _candidates(table_id: str, sources: _Sources, era: str | None) -> Iterator[Reading]:
    for kind, sheets in sources.sheets:
        found = list(read_rows(table_id, sheets, era, kind))
        if table_id == "proceedings":
            found.extend(read_single_row(table_id, sheets, kind))
            found.extend(read_cells_down(table_id, sheets, kind))
        yield from found
        if kind == "grid":
            settled = [reading for reading in found if _is_supported(reading) and _is_settled(reading)]
            if settled:
                return
    yield from read_stream(table_id, sources.tokens, era)


def _is_settled(reading: Reading) -> bool:
    """Whether a reading of the page's own grid leaves nothing open, so that no other way of reading need be tried."""
    words = sum(cell.is_words for cell in reading.cells.values())
    if any(cell.state is State.UNREAD for cell in reading.cells.values()):
        return False
    if reading.unread or reading.left or reading.side_by_side or reading.repeated or words > 2:
        return False
    items = {item for item, _ in reading.cells}
    forms = [
        {item.id for item in table.items}
        for form in load_forms().values()
        for table in form.tables
        if table.id == reading.table
    ]
    return any(len(items & form) >= 0.9 * len(form) for form in forms)


def _is_supported(reading: Reading) -> bool:
    """Whether enough of the table's own labels were recognised to believe that this is the table at all."""
    table = merged_table(reading.table)
    rows, columns = len(reading.rows), len(reading.columns)
    if reading.side_by_side:
        return rows >= 0.5 * len(table.items) or columns >= 8
    values = sum(cell.is_number for cell in reading.cells.values())
    if not reading.cells and not reading.unread:
        return False
    if len(reading.left) > values and (reading.table == "proceedings" or not reading.unread):
        return False
    if len(table.columns) == 1:
        return rows >= 8 and _density(reading) >= 0.6 and sum(reading.rows.values()) / rows >= CLEAR
    if reading.table == "proceedings":
        return columns >= 8 or rows >= 8 or (rows >= 3 and columns >= 3)
    if rows < 2:
        return False
    likely = sum(reading.rows.values()) / rows
    return likely >= 0.75 and (columns >= 2 or rows >= 0.25 * len(table.items))


def _density(reading: Reading) -> float:
    """Share of the items from the first to the last found that were found: local lists share a few with the form."""
    places = [n for n, item in enumerate(merged_table(reading.table).items) if item.id in reading.rows]
    return len(places) / (places[-1] - places[0] + 1) if places else 0.0


def _is_misread(reading: Reading) -> bool:
    """Whether so many numbers of the table are left over that the others can hardly stand where they belong."""
    read = sum(cell.is_number for cell in reading.cells.values())
    return "grid" in reading.kind and len(reading.left) > 0.25 * (read + len(reading.left))


def _decide_era(readings: Iterable[Reading], by_year: str | None) -> str | None:
    """The era of most rows and columns that exist in one era only; the report year's when none or a tie decides."""
    votes: Counter[str] = Counter()
    for reading in readings:
        if reading.side_by_side:
            continue
        items = {item for item, _ in reading.cells}
        columns = {column for _, column in reading.cells}
        for era, form in load_forms().items():
            for table in form.tables:
                if table.id == reading.table:
                    own_items, own_columns = _only(era, reading.table)
                    votes[era] += len(items & own_items) + len(columns & own_columns)
    ranked = votes.most_common(2)
    if not ranked or ranked[0][1] == 0 or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return by_year
    return ranked[0][0]


@cache
def _only(era: str, table_id: str) -> tuple[set[str], set[str]]:
    """Ids of items and of columns that the table has in this era alone."""
    here: tuple[set[str], set[str]] = (set(), set())
    others: tuple[set[str], set[str]] = (set(), set())
    for form in load_forms().values():
        for table in form.tables:
            if table.id == table_id:
                side = here if form.era == era else others
                side[0].update(item.id for item in table.items)
                side[1].update(column.id for column in table.columns)
    return here[0] - others[0], here[1] - others[1]


def _keys(table_id: str, era: str | None) -> tuple[Key, ...]:
    tables = load_form(era).tables if era else ()
    return tuple(key for table in tables if table.id == table_id for key in table.keys())  # noqa: SIM118  # a method of Table, not of a dict


def _whole_table(table_id: str, era: str | None, state: State) -> Iterator[Cell]:
    for item, column in _keys(table_id, era):
        yield Cell(table_id, item, column, None, unit_of_cell(table_id, item, column), state)


def _labels_told(table_id: str, tokens: Sequence[Token]) -> int:
    """How many different items of a table are named by words that stand alone, as the labels of a table do."""
    axis = item_axis(table_id)
    told: set[int] = set()
    for token in tokens:
        if token.words:
            told.update(node for node, score in enumerate(likeness(axis, token.words)) if score >= STRONG)
    return len(told)


def _keys_needed(table_id: str, era: str) -> int:
    """So many labels make it likely that the table is there: a third of the form's, two at least."""
    items = {item for item, _ in _keys(table_id, era)}
    return max(2, len(items) // 3) if items else 10**6


def _cells(reading: Reading, era: str | None) -> tuple[Cell, ...]:
    """All cells of the era's table, and those of another era that the report has, in the order of all forms."""
    own = set(_keys(reading.table, era))
    made = []
    for key in merged_table(reading.table).keys():  # noqa: SIM118  # a method of Table, not of a dict
        written = reading.cells.get(key)
        if written is not None:
            made.append(_written(reading, key, written))
        elif key in reading.unread and (key in own or key[0] in reading.rows):
            made.append(Cell(reading.table, *key, None, unit_of_cell(reading.table, *key), State.UNREAD))
        elif key in own:
            made.append(Cell(reading.table, *key, None, unit_of_cell(reading.table, *key), State.MISSING))
    return tuple(made)


def _written(reading: Reading, key: Key, cell: SheetCell) -> Cell:
    unit = cell.unit or reading.units.get(key) or unit_of_cell(reading.table, *key)
    value = cell.value if cell.state is State.VALUE else None
    return Cell(reading.table, *key, value, unit, cell.state, cell.text, cell.locator)


def _spans(reading: Reading) -> Iterator[tuple[int, int]]:
    for cell in (*reading.cells.values(), *reading.left):
        if cell.locator.start is not None and cell.locator.end is not None:
            yield cell.locator.start, cell.locator.end


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order; what lies between two cells of one table is the table's too when it is short."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] <= 120:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _findings(reading: Reading, cells: Sequence[Cell]) -> Iterator[Finding]:
    unread = [cell for cell in cells if cell.state is State.UNREAD]
    if unread:
        yield finding(
            "table.ambiguous", place=reading.table, count=len(unread), found=_some(cell.place for cell in unread)
        )
    if reading.placed:
        yield finding(
            "table.placed_by_identity",
            place=reading.table,
            count=len(reading.placed),
            found=_some(f"{reading.table}/{item}/{column}" for item, column in sorted(reading.placed)),
        )
    for cell in cells:
        if cell.state is State.TEXT:
            yield finding("table.text_in_cell", place=cell.place, found=cell.text, locator=cell.locator)
    if reading.left:
        yield finding(
            "table.tokens_left",
            place=reading.table,
            count=len(reading.left),
            found=_some(cell.text.strip() for cell in reading.left),
            locator=reading.left[0].locator,
        )


def _some(words: Iterable[str], most: int = 8) -> str:
    listed = list(words)
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def _evidence(scored: list[Scored]) -> TableReading:
    weight, reading = scored[0]
    runner_up = next((one for one in scored[1:] if one[1].kind != reading.kind), None)
    return TableReading(
        reading.table,
        reading.kind,
        (round(weight.score, 3), round(weight.labels, 3)),
        weight.kept,
        weight.broken,
        len(reading.rows) + len(reading.columns),
        len(reading.left),
        runner_up[1].kind if runner_up else None,
        (round(runner_up[0].score, 3), round(runner_up[0].labels, 3)) if runner_up else None,
    )
