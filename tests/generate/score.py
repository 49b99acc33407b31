"""What was read against the truth: a generated report and an extracted one in, the cells by verdict out.

    value    right, wrong (another number), unread, lost (no number, and not said to be unread)
    others   right, invented (a number where there is none), state (another state)

A cell that is `unread` without a finding of its table is counted as `silent` besides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.records import Cell, ExtractedReport, State
from tests.generate.report import Generated

MONEY = ("元", "万元", "亿元")
UNREAD_FINDINGS = ("table.unreadable", "table.ambiguous", "table.side_by_side")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell that is not right."""

    kind: str
    place: str
    truth: str
    found: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of verdicts, and the cells that are not right."""

    counts: Counter[str]
    cells: tuple[Verdict, ...]
    era_right: bool

    @property
    def wrong(self) -> tuple[Verdict, ...]:
        """Cells with a number that is not the truth."""
        return tuple(cell for cell in self.cells if cell.kind in ("wrong", "invented"))


def score_report(made: Generated, found: ExtractedReport) -> Score:
    """The verdict on each cell of the truth, and on numbers in cells the truth does not know."""
    counts: Counter[str] = Counter()
    verdicts: list[Verdict] = []
    cells = {cell.place: cell for cell in found.cells}
    told = {
        finding.place.split("/")[0] for finding in found.findings if finding.place and finding.code in UNREAD_FINDINGS
    }
    for truth in made.truth["cells"]:
        place = f"{truth['table']}/{truth['item']}/{truth['column']}"
        cell = cells.pop(place, None)
        kind = _verdict(truth, cell)
        counts[kind] += 1
        counts["values"] += truth["state"] == "value"
        counts["cells"] += 1
        if cell is not None and cell.state is State.UNREAD and truth["table"] not in told:
            counts["silent"] += 1
            kind = "silent"
        if kind not in ("right", "right_state"):
            verdicts.append(Verdict(kind, place, f"{truth['value']} {truth['state']} {truth['unit']}", _tell(cell)))
    for place, cell in cells.items():
        if cell.value is not None:
            counts["invented"] += 1
            verdicts.append(Verdict("invented", place, "no such cell", _tell(cell)))
    era = found.report.era if found.report else None
    return Score(counts, tuple(verdicts), era == made.truth["report"]["era"])


def _verdict(truth: dict[str, Any], cell: Cell | None) -> str:
    value = cell.value if cell else None
    if truth["state"] == "value":
        if value is None:
            return "unread" if cell and cell.state is State.UNREAD else "lost"
        unit_right = not {truth["unit"], cell and cell.unit} & set(MONEY) or (cell and cell.unit) == truth["unit"]
        return "right" if value == Decimal(truth["value"]) and unit_right else "wrong"
    if value is not None:
        return "invented"
    state = cell.state if cell else State.MISSING
    if state is State.UNREAD:
        return "right_state" if truth["state"] == "missing" else "unread_state"
    return "right_state" if state == truth["state"] else "state"


def _tell(cell: Cell | None) -> str:
    return "nothing" if cell is None else f"{cell.value} {cell.state} {cell.unit} {cell.text!r}"
