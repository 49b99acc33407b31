"""A candidate reading of one table, and what it is worth.

A reading says, for each cell of the form, which written cell belongs there. Several kinds of reading compete (grid by
spans, by order, by position; token stream); `weigh` compares them by what the form itself can check: labels recognised,
identities of severity error kept or broken, numbers left over, cells left unread. No reading is bent to make sums true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from extractors.identities import Entry, Key, weigh_identities
from extractors.tables.sheet import SheetCell
from schemas.records import State


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a table.

    `cells` maps (item, column) to the written cell; `unread` are cells the report may have but this reading cannot
    tell; `rows` and `columns` are the likenesses of the labels recognised; `left` are numbers inside the table that
    no cell claims; `placed` are cells placed by the identities alone; `units` are units told by a header or a column
    of units.
    """

    table: str
    kind: str
    cells: Mapping[Key, SheetCell] = field(default_factory=dict)
    unread: frozenset[Key] = frozenset()
    rows: Mapping[str, float] = field(default_factory=dict)
    columns: Mapping[str, float] = field(default_factory=dict)
    left: tuple[SheetCell, ...] = ()
    placed: frozenset[Key] = frozenset()
    units: Mapping[Key, str] = field(default_factory=dict)
    side_by_side: bool = False
    repeated: bool = False
    cost: float = 0.0

    def entries(self) -> dict[Key, Entry]:
        """(state, number) of every cell, as the identities take them."""
        entries: dict[Key, Entry] = {key: (cell.state, cell.value) for key, cell in self.cells.items()}
        entries.update(dict.fromkeys(self.unread, (State.UNREAD, None)))
        return entries


@dataclass(frozen=True, slots=True)
class Weight:
    """What a reading is worth: `score` compares readings of one table, the rest tells why."""

    score: float
    kept: int
    broken: int
    labels: float


LABEL, KEPT, BROKEN, UNREAD, LEFT = 1.0, 0.5, 0.75, 0.25, 0.3  # words where numbers belong weigh as unread


def weigh(reading: Reading) -> Weight:
    """The weight of a reading."""
    kept, broken = weigh_identities(reading.table, reading.entries())
    words = sum(cell.state in (State.TEXT, State.UNREAD) for cell in reading.cells.values())
    labels = sum(reading.rows.values()) + sum(reading.columns.values())
    score = (
        LABEL * labels
        + KEPT * kept
        - BROKEN * broken
        - UNREAD * (len(reading.unread) + words)
        - LEFT * len(reading.left)
        - reading.cost
    )
    return Weight(score, kept, broken, labels)
