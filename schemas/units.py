"""Units: a written number and its unit in, the number in the published unit out.

Money is published in the unit `units.yaml` names (万元); a count written in multiples (1.2 万件) in the counted thing
itself (12000 件). A unit that is not known is not guessed: the answer is None, and the caller tells it as a finding.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from schemas.yaml_file import Strict, load_model


class _Money(Strict):
    unit: str
    factors: dict[str, Decimal]


class _UnitsFile(Strict):
    money: _Money
    multiples: dict[str, Decimal]


@cache
def _load() -> _UnitsFile:
    return load_model("units.yaml", _UnitsFile)


def money_unit() -> str:
    """The unit money is published in."""
    return _load().money.unit


def is_money(unit: str | None) -> bool:
    """Whether a written unit is one of money."""
    return unit in _load().money.factors


def convert_money(value: Decimal, unit: str | None) -> Decimal | None:
    """The amount in the published unit; None where the unit is absent or unknown. A zero needs no unit."""
    if value == 0:
        return Decimal(0)
    factor = _load().money.factors.get(unit or "")
    return None if factor is None else value * factor


def convert_count(value: Decimal, unit: str | None) -> tuple[Decimal, str | None]:
    """The count in ones and its plain unit: (1.2, 万件) is (12000, 件). Other units come back as they are."""
    factor, plain = _split(unit)
    return (value if factor is None else value * factor), plain


@cache
def _split(unit: str | None) -> tuple[Decimal | None, str | None]:
    """The multiple that a unit begins with, the longest one, and what is counted; None where there is none."""
    for multiple, factor in sorted(_load().multiples.items(), key=lambda pair: -len(pair[0])):
        if unit and unit.startswith(multiple) and len(unit) > len(multiple) and not is_money(unit):
            return factor, unit.removeprefix(multiple)
    return None, unit
