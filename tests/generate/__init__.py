"""Generated reports: a form and a seed in, a page in one of many layouts and its truth out.

    from tests.generate import LAYOUTS, draw
    made = draw(seed=3, layout="text_pipes", era="2019", damage="light")

Used by the tests of the tables, by the benchmarks, and by whoever needs printed forms as `AbstractTable`s
(`tables_of`). Everything is deterministic: the same arguments give the same bytes.
"""

from __future__ import annotations

from tests.generate.abstract import AbstractCell, AbstractTable
from tests.generate.forms import Plan, tables_of
from tests.generate.layouts import LAYOUT_LIST
from tests.generate.report import ERAS, Generated, draw
from tests.generate.score import Score, score_report
from tests.generate.writing import DEGREES

LAYOUTS = tuple(layout.name for layout in LAYOUT_LIST)
DAMAGES = tuple(DEGREES)

__all__ = [
    "DAMAGES",
    "ERAS",
    "LAYOUTS",
    "AbstractCell",
    "AbstractTable",
    "Generated",
    "Plan",
    "Score",
    "draw",
    "score_report",
    "tables_of",
]
