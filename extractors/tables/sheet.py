"""A sheet: cells on a rectangle, whatever they came from, and the cell as a table's reader sees it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from extractors.tables.cells import read_cell
from extractors.tables.labels import bare
from schemas.records import Locator, State


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A written cell: `words` is its bare text when it holds words, else empty; `state` as if it were a value cell."""

    text: str
    words: str
    state: State
    value: Decimal | None
    unit: str | None
    locator: Locator
    row: int
    column: int

    @property
    def is_number(self) -> bool:
        """Whether a number stands here, or several that cannot be parted."""
        return self.state in (State.VALUE, State.UNREAD)

    @property
    def is_words(self) -> bool:
        """Whether words stand here: a label, or text where a number belongs."""
        return self.state is State.TEXT


Row = tuple[SheetCell | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells on a rectangle. A spanning cell stands at each place it covers, as the same object; None is a hole.

    `has_geometry` is false where columns only count the cells of a line, so that a lost cell shifts the rest;
    `is_aligned` is true where columns are places on the screen, so that only they tell a cell's column; `from_lines`
    where the sheet was made of lines of text, so that a label alone on its line is a row whose cells are empty.
    """

    rows: tuple[Row, ...]
    block: int
    has_geometry: bool = True
    is_aligned: bool = False
    from_lines: bool = False

    def own(self, row: int) -> tuple[SheetCell, ...]:
        """The cells that begin in this row, in order."""
        seen: list[SheetCell] = []
        for cell in self.rows[row]:
            if cell is not None and cell.row == row and all(cell is not one for one in seen):
                seen.append(cell)
        return tuple(seen)


def make_cell(text: str, row: int, column: int, locator: Locator) -> SheetCell:
    """A cell with its text read both as a number and as words."""
    written = read_cell(text)
    words = bare(text) if written.state is State.TEXT or (written.state is State.UNREAD and _has_han(text)) else ""
    state, value = written.state, written.value
    return SheetCell(text, words, state, value, written.unit, locator, row, column)


def _has_han(text: str) -> bool:
    return any("\u2e80" <= character <= "\u9fff" for character in text)
