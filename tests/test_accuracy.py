"""What is said of accuracy: verdicts on cells, the two files of `docs/`, and the floors they may not fall under."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from report_cases import CASES, load_cases, read_case

from benchmarks.accuracy import VERDICTS, Scored, accuracy, generated_tasks, tabulate, verdicts, write_markdown
from flows.publish import load_accuracy
from schemas.records import State
from tests.generate import Generated

ROOT = Path(__file__).parent.parent
ACCURACY = ROOT / "docs" / "accuracy.json"
FLOORS = json.loads((ROOT / "tests" / "floors.json").read_text(encoding="utf-8"))["accuracy"]


@pytest.fixture(scope="module")
def case():
    """A recorded report with its truth and what is read of it."""
    recorded = next(one for one in load_cases(CASES) if one.name == "single_other_2021")
    return Generated(b"", "input.html", recorded.truth, recorded.name, "2021", ""), read_case(recorded)


def _with_cell(found, place, **changes):
    cells = tuple(replace(cell, **changes) if cell.place == place else cell for cell in found.cells)
    return replace(found, cells=cells)


@pytest.mark.parametrize(
    ("place", "changes", "verdict"),
    [
        ("requests/other/total", {"value": 150}, "wrong"),
        ("requests/other.other/total", {"value": 149, "state": State.VALUE}, "wrong"),
        ("requests/other/total", {"value": None, "state": State.UNREAD}, "lost"),
        ("requests/other/total", {"value": None, "state": State.BLANK}, "lost"),
        ("requests/other.other/total", {"state": State.BLANK}, "state"),
    ],
)
def test_each_cell_gets_one_verdict(case, place, changes, verdict) -> None:
    made, found = case
    right = verdicts(made, found)
    assert right["right"] == right["cells"] == 207
    counts = verdicts(made, _with_cell(found, place, **changes))
    assert counts == Counter(right) - Counter(right=1) + Counter({verdict: 1})


def test_cell_in_no_truth_is_wrong_and_counted(case) -> None:
    made, found = case
    stray = replace(next(cell for cell in found.cells if cell.value is not None), item="invented")
    counts = verdicts(made, replace(found, cells=(*found.cells, stray)))
    assert (counts["cells"], counts["wrong"], counts["right"]) == (208, 1, 207)


def test_table_counts_a_report_once_in_each_way_of_counting() -> None:
    counts = Counter(reports=1, cells=5, numbers=4, right=3, wrong=1, lost=1)
    scored = [Scored("a", "2019", "html", "x", False, counts), Scored("b", "2021", "html", "y", False, counts)]
    told = tabulate(scored)
    assert told["medium"] == {"html": told["all"]}
    assert told["all"] == {"reports": 2, "cells": 10, "numbers": 8} | dict.fromkeys(VERDICTS, 0) | {
        "right": 6,
        "wrong": 2,
        "lost": 2,
    }
    assert "| `2019` | 1 | 5 | 4 | 3 | 1 | 0 | 1 | 0 |" in write_markdown(accuracy(scored, []))


def test_generated_reports_are_the_same_at_every_run() -> None:
    assert generated_tasks(600) == generated_tasks(600)
    assert {task.medium for task in generated_tasks(600)} == {None, "docx", "xlsx", "pdf"}


def test_accuracy_of_the_manifest_adds_up() -> None:
    told = load_accuracy(ACCURACY)
    assert told is not None
    assert told["cases"]["real"] == 0
    assert told["drawn_at_random"] is False
    assert told["interval_for_the_country"] is None
    assert told["recorded"]["all"]["reports"] == told["cases"]["invented"]
    assert told["generated"]["all"]["reports"] + told["apart"]["all"]["reports"] == told["cases"]["generated"]
    for group in (told["recorded"], told["generated"], told["apart"]):
        for rows in (group["era"], group["medium"], group["layout"]):
            summed = sum((Counter(row) for row in rows.values()), Counter())
            assert summed == Counter(group["all"]) - Counter()
            assert all(row["cells"] == sum(row[verdict] for verdict in VERDICTS) for row in rows.values())


def test_page_says_what_the_manifest_says() -> None:
    told = load_accuracy(ACCURACY)
    assert told is not None
    assert (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8") == write_markdown(told)


@pytest.mark.parametrize("group", ["recorded", "generated"])
def test_accuracy_is_not_under_its_floors(group) -> None:
    told = load_accuracy(ACCURACY)
    assert told is not None
    counts, floors = told[group]["all"], FLOORS[group]
    assert counts["right"] / counts["cells"] >= floors["right"]
    assert counts["wrong"] <= floors["wrong"]
    assert counts["lost"] <= floors["lost"]
