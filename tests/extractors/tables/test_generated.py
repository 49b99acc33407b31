"""Generated reports read back: every cell equal, or unread with a finding; never wrong.

A failure names the arguments of `tests.generate.draw` that give the report again.
"""

from __future__ import annotations

import pytest

from extractors.identities import check_identities
from extractors.readers import read
from extractors.report import extract
from schemas.records import Cell, State
from tests.generate import DAMAGES, LAYOUTS, Generated, draw, score_report

REPORTS = 300
SEEDS = range(REPORTS // len(LAYOUTS) + 1)
IDENTITIES = {"requests.balance", "requests.outcomes", "requests.applicants", "proceedings.total", "statistics.parts"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_cell_is_right_or_unread_with_a_finding(layout: str) -> None:
    failures = []
    for seed in SEEDS:
        made = draw(seed, layout)
        score = score_report(made, extract(read(made.data)))
        allowed = {"unread", "unread_state"}
        if made.lossy and made.broken:
            allowed |= {"wrong", "invented", "lost", "state"}
        failures += [f"draw({seed}, {layout!r}): {cell}" for cell in score.cells if cell.kind not in allowed]
    assert failures == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_same_arguments_give_the_same_report(damage: str) -> None:
    assert [draw(seed, damage=damage) for seed in range(5)] == [draw(seed, damage=damage) for seed in range(5)]


def test_numbers_balance_unless_an_identity_is_broken_by_name() -> None:
    for seed in range(60):
        made = draw(seed, layout="html_plain", damage="none")
        broken = {finding.code for finding in check_identities(_cells(made))} & IDENTITIES
        assert broken == set() if made.broken is None else made.broken in broken, (seed, made.broken, broken)


def _cells(made: Generated) -> tuple[Cell, ...]:
    return tuple(
        Cell(cell["table"], cell["item"], cell["column"], cell["value"], cell["unit"], State(cell["state"]))
        for cell in made.truth["cells"]
    )
