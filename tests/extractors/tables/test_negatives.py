"""Pages without a number for the statutory tables: the empty form, two reports side by side, other tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from extractors.readers import read
from extractors.report import extract
from schemas.records import ExtractedReport, State

CASES = Path(__file__).parents[2] / "cases" / "negatives"


def _extract(name: str) -> ExtractedReport:
    return extract(read((CASES / name).read_bytes()))


def _numbers(report: ExtractedReport) -> list[str]:
    return [cell.place for cell in report.cells if cell.value is not None]


@pytest.mark.parametrize("name", ["empty_form.html", "empty_form.txt"])
def test_empty_form_is_two_hundred_blank_cells(name: str) -> None:
    report = _extract(name)
    assert Counter(cell.state for cell in report.cells) == {State.BLANK: 200}
    assert _numbers(report) == []


@pytest.mark.parametrize("name", ["side_by_side.html", "side_by_side.txt"])
def test_two_reports_side_by_side_give_no_number_and_the_reason(name: str) -> None:
    report = _extract(name)
    assert _numbers(report) == []
    told = {finding.code for finding in report.findings}
    assert told & {"table.side_by_side", "table.unreadable", "report.none"}


@pytest.mark.parametrize("medium", ["html", "txt"])
@pytest.mark.parametrize("count", [14, 175])
def test_another_table_with_as_many_numbers_gives_none(count: int, medium: str) -> None:
    report = _extract(f"other_table_{count}.{medium}")
    assert report.report is not None
    assert _numbers(report) == []
    assert {cell.state for cell in report.cells} <= {State.MISSING, State.UNREAD}


@pytest.mark.parametrize("medium", ["html", "txt"])
@pytest.mark.parametrize("count", [14, 175])
def test_cells_unread_because_of_another_table_are_told(count: int, medium: str) -> None:
    report = _extract(f"other_table_{count}.{medium}")
    unread = {cell.table for cell in report.cells if cell.state is State.UNREAD}
    told = {finding.place for finding in report.findings if finding.code in ("table.unreadable", "table.ambiguous")}
    assert unread <= told


def test_statistics_page_is_no_report_and_says_why() -> None:
    report = _extract("statistics_page.html")
    assert report.report is None
    assert report.cells == ()
    assert [finding.code for finding in report.findings] == ["report.none"]
