"""A document as a stream of small pieces: words, numbers and gaps, for tables that lost their grid.

A table copied out of a page often keeps only its cells, one a line, or its rows with labels and numbers run together.
Each line is parted at tabs, pipes and wide blanks, numbers are parted from one another and from the label before them
(本年新收…数量5), and empty lines are kept as gaps, since an empty cell may hide there. Prose is a piece of its own: no
table goes across it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from extractors.document import Document, Grid
from extractors.normal import fold
from extractors.tables.labels import bare, is_unit
from extractors.tables.sheet import SheetCell, make_cell
from schemas.records import Locator, State


class Piece(Enum):
    """What a token is."""

    WORDS = "words"
    NUMBER = "number"
    GAP = "gap"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece. `cell` as it would stand in a table; a gap counts the empty lines or cells it stands for."""

    piece: Piece
    cell: SheetCell | None
    gaps: int = 0

    @property
    def words(self) -> str:
        """Bare words; empty for numbers and gaps."""
        return self.cell.words if self.cell is not None and self.piece is Piece.WORDS else ""


_PARTS = re.compile(r"[\t|｜¦]|[ \u00a0\u3000]{2,}")
_MARK = r"(?:[*＊※†‡#①-⑳]|[\[〔]\d{1,2}[\]〕]|[（(](?:注|备注)\d{0,2}[)）])?"
_RESIDUE = re.compile(r"^(?:#[A-Z/0]+[!?]?|=[A-Za-z]+\(.*\))$")  # what a spreadsheet left where its number was
_DIGITS = rf"[+\-－↑↓]?[\d０-９][\d０-９,，.．]*{_MARK}(?:万元|亿元|元|人次|[条件次篇个人名场期])?{_MARK}"
_FURNITURE = re.compile(
    r"^(?:第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?|[-—–]\s*\d+\s*[-—–]|\d+\s*/\s*\d+|共\s*\d+\s*页)$"
)
_STROKE = r"[/／—－–-]{1,2}"
_RUN = re.compile(rf"^(?:{_DIGITS}|{_STROKE})(?:[ \u00a0\u3000]+(?:{_DIGITS}|{_STROKE}))+$")
_PIECE = re.compile(
    r"[+\-－]?\d[\d,，.]*[ \u00a0\u3000]+(?:万元|亿元|元|件|条|次)(?![^ \u00a0\u3000])|[^ \u00a0\u3000]+"
)
_GROUPED = re.compile(r"[1-9]\d{0,2}[ \u00a0]\d{3}")  # alone on its line it is one number, its thousands set apart
_TAIL = re.compile(
    rf"^(?P<label>.*?[^\W\d_][)）】」”\"’]?[:：]?|.*?[)）][:：]?)(?P<blank>[ \u00a0\u3000]*)"
    rf"(?P<numbers>(?:{_DIGITS}|(?<=[ \u00a0\u3000:：]){_STROKE})(?:[ \u00a0\u3000]+(?:{_DIGITS}|{_STROKE}))*)$"
)
_LABELLED_NUMBER = re.compile(r"^[(（]?\d{1,2}(?:[)）]|[.、．])$")
_STROKE_NUMERALS = "一"  # a dash as often as a numeral or the number of a heading
_PROSE_LENGTH = 70
_LEAST_ORDINALS = 10
_SENTENCE = re.compile(r"[。；;！？]|[，,].*[，,]")


def find_tokens(document: Document, end: int | None = None) -> tuple[Token, ...]:
    """All tokens of a document up to the character `end`, grids cell by cell in reading order."""
    tokens: list[Token] = []
    past = 0
    for index, block in enumerate(document.blocks):
        if end is not None and block.start >= end:
            break
        if isinstance(block, Grid):
            for cell in block.cells:
                tokens.extend(_of_cell(cell.text, cell.start, index))
                past = cell.start + len(cell.text)
            continue
        _gap_before(tokens, document.text[past : block.start])
        start = block.start
        past = start + len(block.text)
        for line in block.text.split("\n"):
            tokens.extend(_of_line(line, start, index))
            start += len(line) + 1
    return _without_ordinals(tuple(_as_words_where_alone(tokens)))


def _without_ordinals(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The stream without a column of row numbers: numbers before words that count 1, 2, 3 … through a whole list."""
    solid = [(index, token) for index, token in enumerate(tokens) if token.piece is not Piece.GAP]
    before_words = [
        (index, token.cell.value)
        for (index, token), (_, following) in pairwise(solid)
        if token.piece is Piece.NUMBER and token.cell is not None and following.piece is Piece.WORDS
    ]
    ordinals: set[int] = set()
    for first, (_, value) in enumerate(before_words):
        if value == 1 and len(ordinals) < _LEAST_ORDINALS:
            run = _counting(before_words[first:])
            ordinals = set(run) if len(run) >= _LEAST_ORDINALS else ordinals
    return tuple(token for index, token in enumerate(tokens) if index not in ordinals)


def _counting(numbers: list[tuple[int, Decimal | None]]) -> list[int]:
    """Places of the numbers that count on from 1; [] when more than a few in between do not (page numbers may)."""
    run: list[int] = []
    last = 0
    for position, (index, value) in enumerate(numbers):
        if value == len(run) + 1:
            run.append(index)
            last = position + 1
    return run if len(run) >= 0.7 * last else []


def _as_words_where_alone(tokens: list[Token]) -> Iterator[Token]:
    """A numeral of one Chinese character is a number only among numbers: elsewhere it may be a piece of a label."""
    for index, token in enumerate(tokens):
        text = token.cell.text if token.cell is not None and token.piece is Piece.NUMBER else ""
        if len(text) > 1 and token.cell is not None and (token.cell.unit is None or is_unit(token.cell.unit)):
            yield token
            continue
        if text.isalpha() and token.cell is not None and (token.cell.state is State.VALUE or text in _STROKE_NUMERALS):
            around = [one.piece for one in tokens[max(0, index - 1) : index + 2] if one is not token]
            if around != [Piece.NUMBER, Piece.NUMBER] and token.cell is not None:
                yield Token(Piece.WORDS, replace(token.cell, words=bare(text), state=State.TEXT, value=None))
                continue
        yield token


def _gap_before(tokens: list[Token], between: str) -> None:
    """Empty lines before a block, which plain text keeps between its paragraphs."""
    lines = between.count("\n") - 1
    if tokens and lines > 0 and not between.strip():
        tokens.append(Token(Piece.GAP, None, lines))


def _of_cell(text: str, start: int, block: int) -> Iterator[Token]:
    if not text.strip():
        yield Token(Piece.GAP, None, 1)
        return
    position = start
    for line in text.split("\n"):
        yield from _of_line(line, position, block)
        position += len(line) + 1


def _of_line(line: str, start: int, block: int) -> Iterator[Token]:
    if not line.strip() or _FURNITURE.match(fold(line)):
        return
    if _is_prose(line.strip()):
        yield Token(Piece.PROSE, None)
        return
    position = 0
    empty = 0
    for match in [*_PARTS.finditer(line), None]:
        stop = match.start() if match is not None else len(line)
        part = line[position:stop]
        if part.strip():
            if empty and position:
                yield Token(Piece.GAP, None, empty)
            empty = 0
            yield from _of_part(part, start + position, block)
        elif position and match is not None and match[0] in "\t|｜¦":
            empty += 1
        position = match.end() if match is not None else stop


def _is_prose(line: str) -> bool:
    """Whether a line is sentences rather than a row: long, with the signs of a sentence, no cells and few numbers."""
    if len(line) <= _PROSE_LENGTH or not _SENTENCE.search(line) or _PARTS.search(line):
        return False
    return sum(re.fullmatch(rf"{_DIGITS}|{_STROKE}|无", part) is not None for part in line.split()) < 3


def _of_part(part: str, start: int, block: int) -> Iterator[Token]:
    """Words, a number, a run of numbers, or a label with numbers behind it."""
    lead = len(part) - len(part.lstrip())
    text, start = part.strip(), start + lead
    if _GROUPED.fullmatch(text):
        yield _token(text, start, block)
        return
    if _RUN.match(text):
        yield from _pieces(text, start, block)
        return
    tail = _TAIL.match(text)
    if tail:
        yield from _pieces(tail["label"], start, block)
        yield from _pieces(tail["numbers"], start + tail.start("numbers"), block)
        return
    yield from _pieces(text, start, block)


def _pieces(text: str, start: int, block: int) -> Iterator[Token]:
    """Tokens at single blanks: the alignment joins what belongs together."""
    for match in _PIECE.finditer(text):
        yield _token(match[0], start + match.start(), block)


def _token(text: str, start: int, block: int) -> Token:
    cell = make_cell(text, 0, 0, Locator(block, None, None, start, start + len(text)))
    if _RESIDUE.match(text):
        return Token(Piece.NUMBER, cell)
    if _LABELLED_NUMBER.fullmatch(text) or cell.words:
        return Token(Piece.WORDS, cell)
    if cell.state in (State.VALUE, State.NOT_APPLICABLE, State.UNREAD):
        return Token(Piece.NUMBER, cell)
    return Token(Piece.WORDS, cell)
