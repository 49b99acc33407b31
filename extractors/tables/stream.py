"""The stream reading: labels and numbers in sequence, aligned to the form's template.

In: the tokens of a document (see `tokens`), a table of the forms. Out: candidate `Reading`s. An alignment (dynamic
programming) lets each item of the form take a stretch of words that is like its label, however many pieces the label is
broken into, and the run of numbers behind it; words and numbers between are passed over at a price.

A run as long as the row fills it. Where empty cells left gaps, a run is counted with them, in several ways that
compete. Where they vanished, the row's numbers are placed by the identities (`placing`) or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from extractors.identities import Key
from extractors.tables.cells import read_cell
from extractors.tables.headers import find_unit, order_of
from extractors.tables.labels import (
    CLEAR,
    Axis,
    cell_axis,
    column_axis,
    is_heading_of,
    is_numbered,
    is_unit,
    item_axis,
    likeness,
)
from extractors.tables.placing import Slots, place_by_identities
from extractors.tables.reading import Reading
from extractors.tables.runs import (
    count_numbers,
    count_places,
    find_inside_labelled_runs,
    find_run_end,
    merge_pieces,
    words_before,
)
from extractors.tables.sheet import SheetCell, make_cell
from extractors.tables.single_row import read_single_row_of_stream
from extractors.tables.tokens import Piece, Token
from schemas.form import Kind, Table, load_forms, merged_table
from schemas.records import Locator, State

LABEL_PIECES = 10
LABEL_LENGTH = 60
FLOOR = 0.68
SKIP_WORDS, SKIP_NUMBER, SKIP_PROSE = 0.02, 0.06, 0.05
_FIGURE = re.compile(r"\d[^\w]*$|[\]〕]$")
SEPARATORS = (None, 0, 1, 2)  # empty lines between two filled cells; None: gaps mean nothing


@dataclass(frozen=True, slots=True)
class _Match:
    """An item found in the stream: tokens[begin:label_end] are its label, tokens[label_end:end] its run."""

    node: int
    score: float
    begin: int
    label_end: int
    end: int


def read_stream(table_id: str, tokens: Sequence[Token], era: str | None) -> Iterator[Reading]:
    """Readings of a table from the token stream of a document, one for each way to count gaps."""
    table = merged_table(table_id)
    if table_id == "proceedings":
        yield from read_single_row_of_stream(table_id, tokens)
        axis, columns = cell_axis(table_id), None
    else:
        axis, columns = item_axis(table_id), column_axis(table_id)
    if columns is not None:
        tokens = _join_column_pieces(tokens, columns)
    inside = find_inside_labelled_runs(tokens, columns)
    found = [
        () if index in inside else tuple(_matches_at(tokens, index, axis, columns)) for index in range(len(tokens))
    ]
    found = [_without_detours(row, found) for row in found]
    matches = _without_headings(_align(tokens, found, len(axis.nodes)), axis, tokens)
    if table_id == "disclosure":
        matches = _with_moved(matches, found)
    if len(matches) < 2 or _numbers_come_first(tokens, matches):
        return
    if columns is None:
        # Where only the last label has a number behind it, the labels are a header and the number its row.
        filled = sum(count_numbers(tokens[match.label_end : match.end]) > 0 for match in matches)
        if filled >= 0.5 * len(matches) or (not filled and _ends_without_numbers(tokens, matches[-1].end)):
            yield _read_list(table_id, tokens, matches, axis)
        return
    seen: list[dict[str, Slots]] = []
    told = {trusts: _columns_of_rows(table, tokens, matches, axis, columns, era, trusts) for trusts in (True, False)}
    for separator, trusts_header in product(SEPARATORS, (True, False)):
        wanted, named, units = told[trusts_header]
        rows = {
            item: _slots(tokens[match.label_end : match.end], wanted[item], columns, separator)
            for match, item in ((match, axis.nodes[match.node].key[0]) for match in matches)
        }
        if rows not in seen:
            seen.append(rows)
            reading = _read_rows(table_id, tokens, matches, axis, rows, named, units, separator)
            yield reading if trusts_header else replace(reading, cost=reading.cost + 0.1)


def _join_column_pieces(tokens: Sequence[Token], columns: Axis) -> tuple[Token, ...]:
    """Neighbouring words of a line joined where together they are a column's label to the letter (自然 人)."""
    spellings = {spelling for node in columns.nodes for spelling in node.spellings}
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.cell is not None
            and token.cell is not None
            and last.piece is token.piece is Piece.WORDS
            and last.words + token.words in spellings
            and not {last.words, token.words} & spellings
        ):
            joined[-1] = replace(last, cell=replace(last.cell, words=last.words + token.words))
        else:
            joined.append(token)
    return tuple(joined)


def _numbers_come_first(tokens: Sequence[Token], matches: list[_Match]) -> bool:
    """Whether numbers stand before their labels: one before the first label, none behind the last."""
    before = next(
        (t for t in reversed(tokens[: matches[0].begin]) if t.piece is not Piece.GAP and not is_unit(t.words)), None
    )
    last = matches[-1]
    return before is not None and before.piece is Piece.NUMBER and not count_numbers(tokens[last.label_end : last.end])


def _without_detours(row: tuple[_Match, ...], found: Sequence[tuple[_Match, ...]]) -> tuple[_Match, ...]:
    """The matches of a place but for those that only add words before a label that a later place has alone."""
    return tuple(
        match
        for match in row
        if not any(
            other.node == match.node and other.label_end == match.label_end and other.score >= match.score
            for place in range(match.begin + 1, match.label_end)
            for other in found[place]
        )
    )


def _with_moved(matches: list[_Match], found: Sequence[tuple[_Match, ...]]) -> list[_Match]:
    """The matches and clear ones beside them that break the form's order: articles are printed in any order."""
    moved = list(matches)
    for match in sorted((one for row in found for one in row if one.score >= CLEAR), key=lambda one: -one.score):
        near = any(abs(match.begin - one.begin) <= 60 for one in moved)
        free = all(match.end <= one.begin or match.begin >= one.end for one in moved)
        if near and free and match.node not in {one.node for one in moved} and match.end > match.label_end:
            moved.append(match)
    return sorted(moved, key=lambda one: one.begin)


def _align(tokens: Sequence[Token], found: Sequence[tuple[_Match, ...]], size: int) -> list[_Match]:
    """The items in the stream: the alignment of greatest likeness, items in the form's order, first copy first."""
    worst = float("-inf")
    # best[t][n]: greatest worth of tokens[t:] when the next item may be n or later; filled from the end.
    best = [[0.0] * (size + 1) for _ in range(len(tokens) + 1)]
    step: list[list[_Match | None]] = [[None] * (size + 1) for _ in range(len(tokens) + 1)]
    for index in range(len(tokens) - 1, -1, -1):
        price = _price(tokens[index])
        row, below = best[index], best[index + 1]
        for node in range(size, -1, -1):
            # Past the last item nothing costs: what follows the table is not the table's.
            row[node] = max(0.0, below[node] - price) if below[node] else 0.0
            later = row[node + 1] if node < size else worst
            if later > row[node] + 1e-12:
                row[node], step[index][node] = later, step[index][node + 1]
        for match in found[index]:
            gain = match.score - 0.5 + best[match.end][match.node + 1]
            for node in range(match.node, -1, -1):
                if gain >= row[node] - 1e-12:
                    row[node], step[index][node] = gain, match
    return _follow(best, step, len(tokens))


def _follow(best: list[list[float]], step: list[list[_Match | None]], count: int) -> list[_Match]:
    start = max(range(count + 1), key=lambda index: (best[index][0], -index))
    matches: list[_Match] = []
    index, node = start, 0
    while index < count and best[index][node] > 0:
        match = step[index][node]
        if match is None or match.begin != index:
            index += 1
            continue
        matches.append(match)
        index, node = match.end, match.node + 1
    return matches


def _without_headings(matches: list[_Match], axis: Axis, tokens: Sequence[Token]) -> list[_Match]:
    """Matches without labels that are but the heading of the next row: （六）其他处理 over its three rows of 2021."""
    kept = []
    for index, match in enumerate(matches):
        following = matches[index + 1] if index + 1 < len(matches) else None
        empty = not count_numbers(tokens[match.label_end : match.end])
        if following is not None and empty and is_heading_of(axis, match.node, following.node):
            continue
        kept.append(match)
    return kept


def _price(token: Token) -> float:
    if token.piece is Piece.NUMBER:
        return SKIP_NUMBER
    if token.piece is Piece.PROSE:
        return SKIP_PROSE
    return SKIP_WORDS if token.piece is Piece.WORDS else 0.0


def _matches_at(tokens: Sequence[Token], begin: int, axis: Axis, columns: Axis | None) -> Iterator[_Match]:
    """Items whose label may begin at a token, each with its best stretch of words."""
    if not tokens[begin].words and tokens[begin].piece is not Piece.WORDS:
        return
    best: dict[int, _Match] = {}
    words = ""
    pieces = 0
    for index in range(begin, len(tokens)):
        token = tokens[index]
        if token.piece in (Piece.NUMBER, Piece.PROSE) or pieces >= LABEL_PIECES or len(words) > LABEL_LENGTH:
            break
        if token.piece is Piece.GAP:
            continue
        pieces += 1
        words += token.words
        if not words:
            continue
        for node, score in enumerate(likeness(axis, words)):
            # Of two stretches that are as like, the longer one: its last piece is no row of its own.
            if score >= FLOOR and (node not in best or score >= best[node].score - 1e-9):
                best[node] = _Match(node, score, begin, index + 1, find_run_end(tokens, index + 1, columns, axis))
    yield from best.values()


def _columns_of_rows(
    table: Table,
    tokens: Sequence[Token],
    matches: list[_Match],
    axis: Axis,
    columns: Axis,
    era: str | None,
    trusts_header: bool,
) -> tuple[dict[str, tuple[str, ...]], dict[str, float], dict[Key, str]]:
    """For each item found the columns of its row as printed; the columns that headers name; units that they tell."""
    units: dict[Key, str] = {}
    told: dict[str, str] = {}
    wanted: dict[str, tuple[str, ...]] = {}
    named: dict[str, float] = {}
    order: tuple[str, ...] = ()
    ends = [0, *(match.end for match in matches)]
    for position, match in enumerate(matches):
        found = _header_between(tokens[ends[position] : match.begin], columns, first=position == 0)
        item = axis.nodes[match.node].key[0]
        told_here = _units_between(tokens[ends[position] : match.end], columns, table)
        if found:
            order, told = found, told_here
            named.update(dict.fromkeys(found, 0.95))
        units.update({(item, column): unit for column, unit in {**told, **told_here}.items()})
        count = count_numbers(tokens[match.label_end : match.end])
        wanted[item] = _wanted(table, item, order, era, count, trusts_header)
    return wanted, named, units


def _units_between(tokens: Sequence[Token], columns: Axis, table: Table) -> dict[str, str]:
    """Units of money told with a column's label, as in 采购总金额（单位：万元）, or in the piece after it."""
    units: dict[str, str] = {}
    column: str | None = None
    written = ""
    amounts = tuple(one.id for one in table.columns if one.kind is Kind.AMOUNT)
    for token in tokens if amounts else ():
        if token.cell is None or token.piece is not Piece.WORDS:
            continue
        scores = likeness(columns, token.words)
        best = max(range(len(scores)), key=scores.__getitem__)
        if scores[best] >= 0.7:
            column, written = columns.nodes[best].key[0], ""
        # A label and its unit may be broken into pieces: they are read together from the label on.
        written += token.cell.text
        unit = find_unit(written) or find_unit(token.cell.text)
        if unit and column:
            units.update({one: unit for one in ((column,) if column in amounts else amounts) if one not in units})
    return units


def _read_rows(
    table_id: str,
    tokens: Sequence[Token],
    matches: list[_Match],
    axis: Axis,
    rows: dict[str, Slots],
    named: dict[str, float],
    units: dict[Key, str],
    separator: int | None,
) -> Reading:
    table = merged_table(table_id)
    doubtful = _doubtful_rows(tokens, matches, axis)
    placement = place_by_identities(table_id, {item: slots for item, slots in rows.items() if item not in doubtful})
    scores = {axis.nodes[match.node].key[0]: match.score for match in matches}
    units = dict(units)
    for match in matches:
        unit = next((t.cell.text for t in tokens[match.label_end : match.end] if t.cell and is_unit(t.words)), None)
        if unit is not None:
            item = axis.nodes[match.node].key[0]
            units.update({(item, column): unit for column in rows[item].columns})
    return Reading(
        table_id,
        "stream" if separator is None else f"stream with gaps {separator}",
        placement.cells,
        placement.unread | {(item, column) for item in doubtful for column in table.item(item).columns},
        scores,
        named,
        (
            *placement.left,
            *(number for item in sorted(doubtful & set(rows)) for number in rows[item].numbers),
            *_numbers_between(tokens, matches),
        ),
        placement.placed,
        units,
        side_by_side=_stand_side_by_side(tokens, matches),
        cost=0.5 + (0.0 if separator is None else 0.02 * (separator + 1)),
    )


def _ends_without_numbers(tokens: Sequence[Token], end: int) -> bool:
    """Whether words go on behind a table up to a heading without a number: its row is blank, not cut off."""
    for token in tokens[end : end + 20]:
        if token.piece is Piece.NUMBER:
            return False
        if token.cell is not None and is_numbered(token.cell.text):
            return True
    return any(token.piece is not Piece.GAP for token in tokens[end : end + 20])


def _read_list(table_id: str, tokens: Sequence[Token], matches: list[_Match], axis: Axis) -> Reading:
    """A table printed as a list of all its cells, each with its own label and one number or none."""
    cells: dict[Key, SheetCell] = {}
    unread: set[Key] = set()
    left: list[SheetCell] = []
    for match in matches:
        key = axis.nodes[match.node].key
        place = (key[0], key[1])
        numbers = [t.cell for t in tokens[match.label_end : match.end] if t.piece is Piece.NUMBER and t.cell]
        if len(numbers) > 1:
            unread.add(place)
            left.extend(numbers)
        else:
            cells[place] = numbers[0] if numbers else make_cell("", 0, 0, Locator(0))
    rows = {"/".join(axis.nodes[match.node].key): match.score for match in matches}
    left.extend(_numbers_between(tokens, matches))
    return Reading(table_id, "stream list", cells, frozenset(unread), rows, left=tuple(left), cost=0.5)


def _stand_side_by_side(tokens: Sequence[Token], matches: list[_Match]) -> bool:
    """Whether most labels stand again behind their numbers, with numbers of their own: two reports in one print."""
    again = 0
    for before, after in pairwise(matches):
        label = "".join(token.words for token in tokens[before.begin : before.label_end])
        behind = tokens[before.end : after.begin]
        again += count_numbers(behind) > 0 and any(token.words and label.endswith(token.words) for token in behind)
    return again >= 0.5 * len(matches)


def _doubtful_rows(tokens: Sequence[Token], matches: list[_Match], axis: Axis) -> frozenset[str]:
    """Rows that lack numbers while some stand behind them that no row claims, or words that hold a figure.

    A figure there may as well belong to a row whose label is beyond recognition: those between are doubtful too.
    """
    doubtful: set[str] = set()
    ends = [*(match.begin for match in matches[1:]), matches[-1].end + 3]
    nexts = [*(match.node for match in matches[1:]), matches[-1].node + 1]
    for match, end, following in zip(matches, ends, nexts, strict=True):
        behind = tokens[match.end : end]
        unclaimed = count_numbers(behind) + sum(_holds_figure(token) for token in behind[:4])
        if not unclaimed:
            continue
        if count_numbers(tokens[match.label_end : match.end]) <= unclaimed:
            doubtful.add(axis.nodes[match.node].key[0])
        doubtful.update(axis.nodes[node].key[0] for node in range(match.node + 1, following))
    return frozenset(doubtful)


def _holds_figure(token: Token) -> bool:
    """Whether words end with a figure that could not be read as a number."""
    if token.piece is not Piece.WORDS or token.cell is None:
        return False
    return _FIGURE.search(token.cell.text) is not None or read_cell(token.cell.text).state is State.VALUE


def _numbers_between(tokens: Sequence[Token], matches: list[_Match]) -> list[SheetCell]:
    """Numbers between the first row and the last that belong to no row."""
    return [
        token.cell
        for before, after in pairwise(matches)
        for token in tokens[before.end : after.begin]
        if token.piece is Piece.NUMBER and token.cell is not None
    ]


def _header_between(tokens: Sequence[Token], columns: Axis, *, first: bool) -> tuple[str, ...]:
    """Columns named in the words before an item, in the order printed; labels may be broken into pieces."""
    words = [token.words for token in words_before(tokens, len(tokens))]
    if not words:
        return ()
    merged = merge_pieces(words, columns)
    order = order_of(merged, columns)
    least = 2 if first and len(columns.nodes) > 5 else 1
    return tuple(columns.nodes[node].key[0] for node in order) if len(order) >= least else ()


def _wanted(
    table: Table, item: str, order: tuple[str, ...], era: str | None, count: int, trusts_header: bool
) -> tuple[str, ...]:
    """The columns of an item's row in the order printed: those of the header, else those of the form that fits.

    A header of a wide table that names a column or two too few may lack them, or their labels, and one that lost a
    heading may tell another order: `trusts_header` takes it at its word, the form's own columns are weighed against it.
    """
    allowed = table.item(item).columns
    named = tuple(column for column in order if column in allowed)
    options = []
    for form in reversed(load_forms().values()):
        for one in form.tables:
            if one.id == table.id:
                columns = next((entry.columns for entry in one.items if entry.id == item), None)
                if columns is not None:
                    options.append((bool(named) and not set(named) <= set(columns), form.era != era, columns))
    options.sort(key=lambda option: option[:2])
    if not options:
        return named or allowed
    best = options[0][2]
    if trusts_header and (len(named) == len(best) or (len(best) > 5 and len(named) >= max(count, len(best) - 2))):
        return named
    fitting = [columns for _, _, columns in options if len(columns) == count]
    return fitting[0] if fitting and not named else best


def _slots(run: Sequence[Token], wanted: tuple[str, ...], columns: Axis, separator: int | None) -> Slots:
    """The numbers of a row: each with its column where the run tells it, else free in order."""
    labelled = _labelled(run, columns)
    if labelled:
        return Slots(
            wanted, tuple(labelled.values()), tuple(wanted.index(c) if c in wanted else None for c in labelled)
        )
    numbers = tuple(token.cell for token in run if token.piece is Piece.NUMBER and token.cell is not None)
    if separator is None or len(numbers) == len(wanted):
        return Slots(wanted, numbers, None)
    places = count_places(run, separator, len(wanted))
    return Slots(wanted, numbers, None if places is None else tuple(places))


def _labelled(run: Sequence[Token], columns: Axis) -> dict[str, SheetCell]:
    found: dict[str, SheetCell] = {}
    column: str | None = None
    for token in run:
        if token.piece is Piece.WORDS and not is_unit(token.words):
            scores = likeness(columns, token.words)
            column = columns.nodes[max(range(len(scores)), key=scores.__getitem__)].key[0]
        elif token.piece is Piece.NUMBER and token.cell is not None and column is not None:
            found[column] = token.cell
            column = None
    return found
