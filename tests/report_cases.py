"""Recorded reports with their truth: a directory of `tests/cases/reports` in, what was read of it and what differs out.

    for case in load_cases():
        check_case(case)        # () where all is as the truth has it

    python -m tests.report_cases        # proposes a truth where it is missing or not what is read; exit status 1 then

Each directory holds `input.<medium>`, `truth.json` (report, cells and, in some, figures as `gongkai extract --json`
tells them) and `why.md`. A truth's `report.district_code` is what the registry knows of the publisher, so it is handed
in as a hint.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractors.readers import read
from extractors.report import extract
from schemas.records import Cell, ExtractedReport, Hints

CASES = Path(__file__).parent / "cases" / "reports"
REPORT_FIELDS = ("era", "year", "publisher", "district", "district_code", "title")


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """One recorded report; `truth` is None until somebody has written it."""

    name: str
    file: Path
    truth: dict[str, Any] | None

    @property
    def proposal(self) -> Path:
        """Where a proposed truth is put, for a person to read against the page."""
        return self.file.with_name("truth.json.new")


def load_cases(directory: Path = CASES) -> tuple[RecordedCase, ...]:
    """Every case, by name."""
    return tuple(_load_case(folder) for folder in sorted(directory.iterdir()) if folder.is_dir())


def _load_case(folder: Path) -> RecordedCase:
    (file,) = folder.glob("input.*")
    truth = folder / "truth.json"
    known = json.loads(truth.read_text(encoding="utf-8"), parse_float=Decimal) if truth.exists() else None
    return RecordedCase(folder.name, file, known)


def read_case(case: RecordedCase) -> ExtractedReport:
    """What is read of a case's input."""
    report = case.truth["report"] if case.truth else None
    return extract(read(case.file.read_bytes()), Hints(district_code=report["district_code"] if report else None))


def check_case(case: RecordedCase) -> tuple[str, ...]:
    """What is wrong with a case, nothing if all is right. A missing truth is proposed, and that is wrong too."""
    found = read_case(case)
    if case.truth is None:
        case.proposal.write_text(proposed_truth(found), encoding="utf-8")
        return (
            f"{case.name}: no truth.json. One is proposed in {case.proposal.name}: read it against the page, rename it",
        )
    return differences(case.truth, found)


def differences(truth: dict[str, Any], found: ExtractedReport) -> tuple[str, ...]:
    """Each field of the report and each cell that is not as the truth has it, in words."""
    identity = found.report
    told = [
        f"report.{name}: truth {truth['report'][name]!r}, read {getattr(identity, name, None)!r}"
        for name in REPORT_FIELDS
        if truth["report"][name] != getattr(identity, name, None)
    ]
    expected = {f"{cell['table']}/{cell['item']}/{cell['column']}": _stated(cell) for cell in truth["cells"]}
    read_cells = {cell.place: _read(cell) for cell in found.cells}
    places = [*expected, *(place for place in read_cells if place not in expected)]
    told += [
        f"{place}: truth {expected.get(place)}, read {read_cells.get(place)}"
        for place in places
        if expected.get(place) != read_cells.get(place)
    ]
    return (*told, *_other_figures(truth, found))


def _other_figures(truth: dict[str, Any], found: ExtractedReport) -> tuple[str, ...]:
    """Figures of known indicators, in order, where the truth tells them at all."""
    if "figures" not in truth:
        return ()
    expected = [(one["indicator"], Decimal(one["value"]), one["unit"], one["channel"]) for one in truth["figures"]]
    read_figures = [(one.indicator, one.value, one.unit, one.channel) for one in found.figures if one.indicator]
    return () if expected == read_figures else (f"figures: truth {expected}, read {read_figures}",)


def _stated(cell: dict[str, Any]) -> tuple[str, Decimal | None, str | None]:
    value = None if cell["value"] is None else Decimal(cell["value"])
    return cell["state"], value, cell["unit"] if value is not None else None


def _read(cell: Cell) -> tuple[str, Decimal | None, str | None]:
    return str(cell.state), cell.value, cell.unit if cell.value is not None else None


def proposed_truth(found: ExtractedReport) -> str:
    """What was read as a `truth.json` with a cell a line. It proves nothing until it is read against the page."""
    from flows.extract import report_as_json

    shape: Any = report_as_json(found)
    report = shape["report"] and {name: shape["report"][name] for name in REPORT_FIELDS}
    lines = ",\n".join(
        "  "
        + json.dumps(
            {key: cell[key] for key in ("table", "item", "column", "value", "unit", "state")}, ensure_ascii=False
        )
        for cell in shape["cells"]
    )
    body = f"[\n{lines}\n ]" if lines else "[]"
    return f'{{\n "report": {json.dumps(report, ensure_ascii=False)},\n "cells": {body}\n}}\n'


def main() -> int:
    """Propose the truth of every case that has none, or whose truth is not what is read."""
    failed = 0
    for case in load_cases():
        told = check_case(case)
        if told:
            failed += 1
            case.proposal.write_text(proposed_truth(read_case(case)), encoding="utf-8")
            print(f"{case.proposal}: {len(told)} differences, first: {told[0]}")
    print(f"{failed} cases to read against their pages")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
