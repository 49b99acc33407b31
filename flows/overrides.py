"""Overrides: corrections of our own misreadings, kept as data in `data/overrides/*.yaml`, in and out.

    - report: "99010101-2021"
      table: requests
      item: granted
      column: total
      found: "12"            # what was read: a number, or a state (blank, text, unread, ...)
      use: "72"              # what stands on the page: a number, or a state
      reason: the digit 7 was taken for 1
      evidence: page 3, third row of the table
      by: name of who looked
      date: 2026-11-24
      sha256: 9f86d0…        # the bytes that were looked at

An override is applied only while the reading still says `found` and the bytes are the same; else the finding
`override.stale` tells so and the reading stands. A number is given in the unit the page uses. What a district itself
got wrong is never overridden: it is data about that district.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml
from pydantic import Field, RootModel, field_validator

from schemas.errors import GongkaiError
from schemas.form import merged_table, table_ids
from schemas.records import State
from schemas.yaml_file import Strict, parse_model


class OverrideError(GongkaiError):
    """A file of overrides is wrong, or an override cannot be made."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: its state, and the number where the state is value."""

    state: State
    value: Decimal | None = None

    def __str__(self) -> str:
        return self.state.value if self.value is None else f"{self.value.normalize():f}"


@dataclass(frozen=True, slots=True)
class Override:
    """One correction. `override_id` is the file's name without ending, a hyphen and its number in the file, from 1."""

    override_id: str
    report_id: str
    table: str
    item: str
    column: str
    found: Reading
    use: Reading
    reason: str
    evidence: str
    by: str
    date: datetime.date
    sha256: str

    @property
    def place(self) -> tuple[str, str, str]:
        """The cell's place."""
        return self.table, self.item, self.column


class _Entry(Strict):
    report: str = Field(min_length=1)
    table: str
    item: str
    column: str
    found: str
    use: str
    reason: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    by: str = Field(min_length=1)
    date: datetime.date
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @field_validator("found", "use")
    @classmethod
    def _is_reading(cls, text: str) -> str:
        parse_reading(text)
        return text


class _File(RootModel[tuple[_Entry, ...]]):
    pass


def parse_reading(text: str) -> Reading:
    """A number or a state's name as a reading. Raises `ValueError`."""
    if text in set(State) - {State.VALUE}:
        return Reading(State(text))
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        states = ", ".join(state.value for state in State if state is not State.VALUE)
        raise ValueError(f"{text!r} is neither a number nor one of {states}") from error
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a number that can stand in a table")
    return Reading(State.VALUE, number)


def load_overrides(directory: Path) -> tuple[Override, ...]:
    """All overrides of `*.yaml` in a directory, by file name and order; none when it does not exist.

    Raises `FormError` with file and line for a wrong entry, `OverrideError` for two overrides of one cell and one file.
    """
    overrides: list[Override] = []
    for path in sorted(directory.glob("*.yaml")):
        entries = parse_model(path.read_text(encoding="utf-8") or "[]", path.name, _File).root
        overrides.extend(_override(f"{path.stem}-{number}", entry) for number, entry in enumerate(entries, 1))
    seen: dict[tuple[str, str, str, str, str], str] = {}
    for one in overrides:
        other = seen.setdefault((one.report_id, one.sha256, *one.place), one.override_id)
        if other != one.override_id:
            raise OverrideError(f"{directory}: {other} and {one.override_id} correct the same cell; keep one of them")
    return tuple(overrides)


def by_report(overrides: Iterable[Override]) -> dict[str, tuple[Override, ...]]:
    """Overrides by report id."""
    grouped: dict[str, tuple[Override, ...]] = {}
    for one in overrides:
        grouped[one.report_id] = (*grouped.get(one.report_id, ()), one)
    return grouped


def write_override(directory: Path, override: Override) -> Path:
    """Append an override to the file of its report and return the file; its id comes from its place there."""
    check_place(*override.place)
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{''.join(sign if sign.isalnum() or sign in '-_' else '-' for sign in override.report_id)}.yaml"
    entry = {
        "report": override.report_id,
        "table": override.table,
        "item": override.item,
        "column": override.column,
        "found": str(override.found),
        "use": str(override.use),
        "reason": override.reason,
        "evidence": override.evidence,
        "by": override.by,
        "date": override.date,
        "sha256": override.sha256,
    }
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = before + yaml.safe_dump([entry], allow_unicode=True, sort_keys=False)
    parse_model(after, path.name, _File)
    path.write_text(after, encoding="utf-8")
    return path


def make_override(
    release: Path, report_id: str, place: str, use: str, reason: str, evidence: str, by: str, day: datetime.date
) -> Override:
    """An override of a published cell, with `found` and the hash taken from the release. Raises `OverrideError`."""
    import pyarrow.dataset as ds

    from flows.selection import read_rows

    parts = place.split("/")
    if len(parts) != 3:
        raise OverrideError(f"{place}: a cell is named table/item/column, such as requests/granted/total")
    table, item, column = parts
    check_place(table, item, column)
    try:
        right = parse_reading(use)
    except ValueError as error:
        raise OverrideError(f"--use {error}") from error
    here = ds.field("report_id") == report_id
    reports = read_rows(release, "reports").filter(here & ds.field("is_latest")).to_pylist()
    cells = (
        read_rows(release, table).filter(here & (ds.field("item") == item) & (ds.field("column") == column)).to_pylist()
    )
    if not reports or not cells:
        raise OverrideError(
            f"{release.name}: no cell {place} of a report {report_id}; `gongkai explain` shows what there is"
        )
    (cell,) = cells
    if cell["override_id"]:
        raise OverrideError(f"{place} of {report_id} is already corrected by {cell['override_id']}; edit that entry")
    written = None if cell["value_written"] is None else Decimal(repr(cell["value_written"]))
    found = Reading(State(cell["state"]), written)
    sha256 = reports[0]["sha256"]
    return Override("", report_id, table, item, column, found, right, reason, evidence, by, day, sha256)


def check_place(table: str, item: str, column: str) -> None:
    """Raises `OverrideError` when no form has the cell."""
    if table not in table_ids() or (item, column) not in set(merged_table(table).keys()):
        raise OverrideError(f"no form has a cell {table}/{item}/{column}; `gongkai dictionary` lists them all")


def _override(override_id: str, entry: _Entry) -> Override:
    return Override(
        override_id,
        entry.report,
        entry.table,
        entry.item,
        entry.column,
        parse_reading(entry.found),
        parse_reading(entry.use),
        entry.reason,
        entry.evidence,
        entry.by,
        entry.date,
        entry.sha256,
    )
