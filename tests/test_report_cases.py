"""Recorded reports are read as their truth has them: state, value and unit of each cell; whose report, of what year."""

from __future__ import annotations

import json
import shutil

import pytest
from report_cases import CASES, RecordedCase, check_case, load_cases

LARGEST = 60_000


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_recorded_report_is_read_as_its_truth_says(case: RecordedCase) -> None:
    assert check_case(case) == ()


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_recorded_report_is_small_and_says_what_it_stands_for(case: RecordedCase) -> None:
    assert case.file.stat().st_size <= LARGEST
    assert 3 <= len((case.file.parent / "why.md").read_text(encoding="utf-8").splitlines()) <= 6


def test_recorded_reports_are_of_every_era_and_medium() -> None:
    cases = load_cases()
    assert {case.truth["report"]["era"] for case in cases if case.truth} == {"2008", "2014", "2019", "2021"}
    assert {case.file.suffix for case in cases} == {".html", ".txt", ".pdf", ".docx", ".doc", ".xlsx"}
    assert all(str(case.truth["report"]["district_code"]).startswith("99") for case in cases if case.truth)


def test_case_without_truth_fails_and_gets_a_proposal_that_is_not_taken_for_one(tmp_path) -> None:
    folder = tmp_path / "new_case"
    shutil.copytree(CASES / "single_other_2021", folder)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    (folder / "truth.json").unlink()
    for _ in range(2):
        (case,) = load_cases(tmp_path)
        assert case.truth is None
        assert "read it against the page" in check_case(case)[0]
    proposed = json.loads(case.proposal.read_text(encoding="utf-8"))
    values = [[(cell["item"], cell["column"], cell["value"]) for cell in one["cells"]] for one in (truth, proposed)]
    assert sorted(values[0], key=str) == sorted(values[1], key=str)


def test_one_shifted_cell_is_told_with_its_place(tmp_path) -> None:
    shutil.copytree(CASES / "single_other_2021", tmp_path / "case")
    file = tmp_path / "case" / "truth.json"
    truth = json.loads(file.read_text(encoding="utf-8"))
    cell = next(one for one in truth["cells"] if (one["item"], one["column"]) == ("other", "total"))
    assert cell["value"] == 149
    file.write_text(json.dumps(truth | {"cells": [*truth["cells"], cell | {"value": 150}]}), encoding="utf-8")
    (case,) = load_cases(tmp_path)
    (told,) = check_case(case)
    assert told.startswith("requests/other/total: truth ('value', Decimal('150'), '件'), read ('value', Decimal('149')")
