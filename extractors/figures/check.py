"""Figures and cells in, findings out: rules `narrative.table` and `narrative.parts`.

`narrative.table`: a figure of the report's own year equals the cell its indicator names (`cells`, `channel_cells` in
indicators.yaml). A hedged figure is an inequality (逾20 asks for at least 20); 约 allows a tenth. A sum (` + `, `.*`)
counts blank and struck-out cells as 0 when at least one of its cells holds a value; a cell that is missing, unread or
text leaves the figure unchecked. Money is compared in 元.

`narrative.parts`: exact parts of one family (ways of applying, results, staff) never add up to more than their whole,
and to no less when the text tells every part the codebook knows. A whole told twice with different values is checked
twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from schemas.findings import finding
from schemas.indicators import Indicator, load_codebook
from schemas.records import Cell, Figure, Finding, Period, Qualifier, State

_EMPTY = (State.BLANK, State.NOT_APPLICABLE)
_APPROXIMATE = Decimal("0.1")
_WAN = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


def check_narrative(figures: Sequence[Figure], cells: Sequence[Cell]) -> tuple[Finding, ...]:
    """Findings where a figure and its cell, or a whole and its parts, do not agree; places are `figures/<n>`."""
    return (*_check_tables(figures, cells), *_check_parts(figures))


def _check_tables(figures: Sequence[Figure], cells: Sequence[Cell]) -> list[Finding]:
    by_place = {_short_place(cell): cell for cell in cells}
    findings = []
    for number, figure in enumerate(figures):
        if figure.indicator is None or not _is_level(figure):
            continue
        for place in _places(figure, load_codebook().indicators[figure.indicator]):
            told = _value(place, by_place)
            if told is None:
                continue
            value, unit = told
            if not _agrees(figure, value, unit):
                findings.append(
                    finding(
                        "narrative.table",
                        place=f"figures/{number}",
                        expected=str(value),
                        found=figure.text,
                        locator=figure.locator,
                        indicator=figure.indicator,
                        cell=place,
                    )
                )
            break
    return findings


def _is_level(figure: Figure) -> bool:
    return figure.period is Period.CURRENT and figure.change is None and figure.unit not in ("%", "倍", "个百分点")


def _places(figure: Figure, indicator: Indicator) -> tuple[str, ...]:
    if figure.channel is None:
        return indicator.cells
    mapped = dict(indicator.channel_cells).get(figure.channel)
    return (mapped,) if mapped else ()


def _short_place(cell: Cell) -> str:
    """The place as the codebook writes it: the one column of the annex of 2014 is left out."""
    return f"{cell.table}/{cell.item}" if cell.table == "statistics_2014" else cell.place


def _value(place: str, by_place: Mapping[str, Cell]) -> tuple[Decimal, str | None] | None:
    """The value of a cell or of a sum of cells with its unit; None where it cannot be said."""
    cells = [cell for part in place.split(" + ") for cell in _cells(part, by_place)]
    if not cells or any(cell.state not in (State.VALUE, *_EMPTY) for cell in cells):
        return None
    written = [cell for cell in cells if cell.state is State.VALUE and cell.value is not None]
    if not written:
        return None
    return sum((cell.value for cell in written if cell.value is not None), Decimal(0)), written[0].unit


def _cells(part: str, by_place: Mapping[str, Cell]) -> list[Cell]:
    if part.endswith(".*"):
        opening = part.removesuffix("*")
        return [cell for place, cell in by_place.items() if place.startswith(opening) and place.endswith("/total")]
    return [by_place[part]] if part in by_place else []


def _agrees(figure: Figure, value: Decimal, unit: str | None) -> bool:
    told = figure.value
    if figure.unit in _WAN:
        if unit not in _WAN:
            return True
        told, value = told * _WAN[figure.unit], value * _WAN[unit]
    match figure.qualifier:
        case Qualifier.EXACT:
            return value == told
        case Qualifier.APPROX:
            return abs(value - told) <= _APPROXIMATE * max(told, Decimal(1))
        case Qualifier.MORE_THAN | Qualifier.AT_LEAST:
            return value >= told
        case Qualifier.LESS_THAN | Qualifier.AT_MOST:
            return value <= told


def _check_parts(figures: Sequence[Figure]) -> list[Finding]:
    findings = []
    for number, whole in enumerate(figures):
        if whole.indicator is None or not _is_level(whole) or whole.qualifier is not Qualifier.EXACT:
            continue
        for family, parts in _families(whole, figures).items():
            total = sum((part.value for part in parts), Decimal(0))
            if total > whole.value or (total < whole.value and _is_complete(family, parts)):
                findings.append(
                    finding(
                        "narrative.parts",
                        place=f"figures/{number}",
                        expected=str(whole.value),
                        found=str(total),
                        locator=whole.locator,
                        indicator=whole.indicator,
                        parts=", ".join(part.text for part in parts),
                    )
                )
    return findings


def _is_complete(family: tuple[str, str], parts: Sequence[Figure]) -> bool:
    """Whether every part the codebook knows of this family is told."""
    known = {name for name, entry in load_codebook().indicators.items() if entry.wholes and _family(name) == family}
    return known <= {part.indicator for part in parts}


def _family(indicator: str) -> tuple[str, str]:
    return load_codebook().indicators[indicator].dimension, indicator.rpartition(".")[0]


def _nearest(part: Figure, figures: Sequence[Figure]) -> Figure | None:
    """The figure of its whole told last before the part, else the first after it."""
    wholes = [figure for figure in figures if figure.indicator == part.part_of and _is_level(figure)]
    before = [figure for figure in wholes if figure.start < part.start]
    return before[-1] if before else next(iter(wholes), None)


def _families(whole: Figure, figures: Sequence[Figure]) -> dict[tuple[str, str], list[Figure]]:
    """Exact parts that the sentence of `whole` tells in its unit, by the family of their indicator."""
    families: dict[tuple[str, str], list[Figure]] = {}
    for part in figures:
        if part.indicator is None or part.indicator == whole.indicator or part.part_of != whole.indicator:
            continue
        if part.sentence != whole.sentence or _nearest(part, figures) is not whole:
            continue
        if _is_level(part) and part.qualifier is Qualifier.EXACT and part.unit == whole.unit:
            families.setdefault(_family(part.indicator), []).append(part)
    return families
