"""A level and a report year in, the day the report is due out, as `deadlines.yaml` has it."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from schemas.records import Level


class _Deadline(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    first_year: int
    levels: frozenset[Level]
    month: int
    day: int


class _Deadlines(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    deadlines: tuple[_Deadline, ...]


@cache
def _load() -> tuple[_Deadline, ...]:
    text = files("schemas").joinpath("deadlines.yaml").read_text(encoding="utf-8")
    loaded = _Deadlines.model_validate(yaml.safe_load(text)).deadlines
    return tuple(sorted(loaded, key=lambda deadline: deadline.first_year, reverse=True))


def due_date(level: Level, year: int) -> date:
    """The last day for the report of a body of that level on `year`. Raises `ValueError` before the first year."""
    for deadline in _load():
        if year >= deadline.first_year and level in deadline.levels:
            return date(year + 1, deadline.month, deadline.day)
    raise ValueError(f"no {level} had to report on {year}")


def latest_due_year(level: Level, today: date) -> int:
    """The newest report year whose deadline has passed."""
    return today.year - 1 if due_date(level, today.year - 1) < today else today.year - 2
