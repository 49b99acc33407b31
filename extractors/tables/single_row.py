"""The stream reading of a table printed as one row: its headers in a stretch of words, its numbers in the run behind.

In: the tokens of a document. Out: at most one `Reading`. Empty cells may have left gaps or nothing; each way to count
them is weighed, and where several are as good, the cells on which they differ are unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.identities import Key
from extractors.tables.headers import order_of
from extractors.tables.labels import CLEAR, Axis, cell_axis, likeness
from extractors.tables.placing import Slots, place_by_identities
from extractors.tables.reading import Reading, weigh
from extractors.tables.runs import count_numbers, count_places, find_run_end, merge_pieces, words_before
from extractors.tables.sheet import SheetCell
from extractors.tables.tokens import Piece, Token


def read_single_row_of_stream(table_id: str, tokens: Sequence[Token]) -> Iterator[Reading]:
    """A table printed as one row: its headers in a stretch of words, its numbers in the run behind them."""
    axis = cell_axis(table_id)
    for index, token in enumerate(tokens):
        if token.piece is not Piece.NUMBER or (index and tokens[index - 1].piece is Piece.NUMBER):
            continue
        words = [one.words for one in words_before(tokens, index)]
        merged = merge_pieces(words, axis)
        order = order_of(merged, axis)
        leaves = sum(max(likeness(axis, word), default=0.0) >= CLEAR for word in merged)
        if leaves < 0.6 * len(axis.nodes):
            continue
        begin = _run_begin(tokens, index)
        end = find_run_end(tokens, index, None, axis)
        if count_numbers(tokens[index:end]) < len(axis.nodes) and _goes_on(tokens, end, axis):
            return  # words stand in a cell of the row: which numbers are whose cannot be told
        numbers = tuple(one.cell for one in tokens[index:end] if one.piece is Piece.NUMBER and one.cell is not None)
        nodes = list(order) or list(range(len(axis.nodes)))
        keys = tuple((axis.nodes[node].key[0], axis.nodes[node].key[1]) for node in nodes)
        yield from _ways_to_count(table_id, keys, numbers, tokens[begin:end], leaves)
        return


def _without_lead(run: Sequence[Token], spare: int) -> Sequence[Token]:
    """The run without `spare` of the empty lines before it."""
    if not spare or not run or run[0].piece is not Piece.GAP or run[0].gaps < spare:
        return run
    return (replace(run[0], gaps=run[0].gaps - spare), *run[1:])


def _goes_on(tokens: Sequence[Token], end: int, axis: Axis) -> bool:
    """Whether behind one piece of words, no label of the table, the numbers of a run go on."""
    behind = [token for token in tokens[end : end + 6] if token.piece is not Piece.GAP][:2]
    if [token.piece for token in behind] != [Piece.WORDS, Piece.NUMBER]:
        return False
    return max(likeness(axis, behind[0].words), default=0.0) < CLEAR


def _run_begin(tokens: Sequence[Token], index: int) -> int:
    """Where the gaps before the first number of a run begin: empty cells may stand first."""
    while index > 0 and tokens[index - 1].piece is Piece.GAP:
        index -= 1
    return index


def _ways_to_count(
    table_id: str, keys: tuple[Key, ...], numbers: tuple[SheetCell, ...], run: Sequence[Token], leaves: int
) -> Iterator[Reading]:
    columns = {"/".join(key): 0.95 for key in keys[:leaves]}
    ways: list[tuple[str, tuple[int, ...] | None]] = [("stream row", None)]
    if len(numbers) < len(keys):
        for separator in (0, 1, 2):
            for spare in (0, 1, 2):
                # Empty lines before the row part it from its header; how many of them are empty cells is not told.
                told = count_places(_without_lead(run, spare), separator, len(keys))
                if told:
                    ways.append((f"stream row with gaps {separator}", tuple(told)))
    readings = []
    for kind, places in ways:
        placement = place_by_identities(table_id, {"": Slots(tuple("/".join(key) for key in keys), numbers, places)})
        readings.append(
            Reading(
                table_id,
                kind,
                placement.cells,
                placement.unread,
                {},
                columns,
                placement.left,
                placement.placed,
                side_by_side=leaves >= 1.5 * len(keys),
                cost=0.5,
            )
        )
    yield _agreed(readings)


def _agreed(readings: list[Reading]) -> Reading:
    """Of several ways to count gaps the best; where others are as good, the cells on which they differ are unread."""
    weights = [weigh(reading).score for reading in readings]
    best = [reading for reading, weight in zip(readings, weights, strict=True) if weight > max(weights) - 1e-9]
    doubtful = {
        key
        for other in best[1:]
        for key, cell in best[0].cells.items()
        if key not in other.cells or other.cells[key].text != cell.text
    }
    cells = {key: cell for key, cell in best[0].cells.items() if key not in doubtful}
    return replace(best[0], cells=cells, unread=best[0].unread | doubtful)
