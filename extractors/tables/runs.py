"""Runs of numbers in a token stream: where one ends, how many numbers it holds, which cells its gaps stand for.

In: tokens, and the axes of a table for the labels that may stand in a run. Out: places and counts; no cell is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.tables.labels import CLEAR, Axis, is_numbered, is_unit, likeness
from extractors.tables.tokens import Piece, Token


def find_run_end(tokens: Sequence[Token], begin: int, columns: Axis | None, axis: Axis) -> int:
    """End of the run of numbers and gaps from `begin`; labels of columns stand between them when one stands first."""
    index = begin
    last = begin
    labelled = False
    while index < len(tokens):
        token = tokens[index]
        if token.piece in (Piece.NUMBER, Piece.GAP) or (
            is_unit(token.words) and not count_numbers(tokens[begin:index])
        ):
            last = index + 1
        elif token.piece is Piece.WORDS:
            if not labelled and (
                count_numbers(tokens[begin:index]) or not _is_labelled_run(tokens, index, columns, axis)
            ):
                break
            if not names_column(token, columns) or not _number_follows(tokens, index + 1):
                break
            labelled = True
        elif token.piece is Piece.PROSE:
            break
        index += 1
    return last


def names_column(token: Token, columns: Axis | None) -> bool:
    """Whether words are a column's label and nothing more: no numbering, so that no row begins here."""
    if columns is None or not token.words or token.cell is None or is_numbered(token.cell.text):
        return False
    return max(likeness(columns, token.words), default=0.0) >= CLEAR


def find_inside_labelled_runs(tokens: Sequence[Token], columns: Axis | None) -> frozenset[int]:
    """Places of column labels behind another column and its number: no row begins there, whatever they are called."""
    names = [names_column(token, columns) for token in tokens]
    return frozenset(
        index
        for index in range(2, len(tokens) - 1)
        if names[index] and names[index - 2] and tokens[index - 1].piece is tokens[index + 1].piece is Piece.NUMBER
    )


def _is_labelled_run(tokens: Sequence[Token], index: int, columns: Axis | None, axis: Axis) -> bool:
    """Whether from here columns are told each with its number, as in 自然人 47 商业企业 1.

    One pair is enough where the words name no row as well (总计 and 其他 name both).
    """
    told = [token for token in tokens[index : index + 8] if token.piece is not Piece.GAP][:4]
    pairs = [(told[n], told[n + 1]) for n in range(0, len(told) - 1, 2)]
    names = [names_column(words, columns) and number.piece is Piece.NUMBER for words, number in pairs]
    if not names or not names[0]:
        return False
    return max(likeness(axis, told[0].words)) < CLEAR or (len(names) > 1 and names[1])


def _number_follows(tokens: Sequence[Token], index: int) -> bool:
    while index < len(tokens) and tokens[index].piece is Piece.GAP:
        index += 1
    return index < len(tokens) and tokens[index].piece is Piece.NUMBER


def count_numbers(run: Sequence[Token]) -> int:
    """How many numbers, strokes among them, a run holds."""
    return sum(token.piece is Piece.NUMBER for token in run)


def merge_pieces(words: list[str], columns: Axis) -> list[str]:
    """Neighbouring pieces joined where together they name a column better than each alone (自 然 人)."""
    longest = max(len(spelling) for node in columns.nodes for spelling in node.spellings) + 1
    merged: list[str] = []
    index = 0
    while index < len(words):
        best_size, best = 1, max(likeness(columns, words[index]), default=0.0)
        text = words[index]
        for size in range(2, 7):
            text += words[index + size - 1] if index + size <= len(words) else ""
            if index + size > len(words) or len(text) > longest:
                break
            score = max(likeness(columns, text), default=0.0)
            if score >= CLEAR and score > best + 1e-9:
                best_size, best = size, score
        merged.append("".join(words[index : index + best_size]))
        index += best_size
    return merged


def words_before(tokens: Sequence[Token], index: int) -> list[Token]:
    """The words before a place, back to the last number or prose: the headers of what follows."""
    words: list[Token] = []
    for token in reversed(tokens[max(0, index - 90) : index]):
        if token.piece in (Piece.NUMBER, Piece.PROSE):
            break
        if token.words:
            words.append(token)
    return list(reversed(words))


def count_places(run: Sequence[Token], separator: int, width: int) -> list[int] | None:
    """Positions of the numbers of a run when `separator` empty lines part a cell from the next.

    None where the empty lines do not account for every cell of the row: then empty cells vanished, or lines were added.
    """
    places: list[int] = []
    position = 0
    gaps = 0
    for token in run:
        if token.piece is Piece.GAP:
            gaps += token.gaps
        elif token.piece is Piece.NUMBER:
            extra = gaps - separator if places or separator else gaps
            if extra < 0 or extra % (separator + 1):
                return None
            position += extra // (separator + 1)
            places.append(position)
            position += 1
            gaps = 0
    trailing = (gaps - separator) // (separator + 1) if gaps >= separator else 0
    return places if places and position <= width <= position + trailing else None
