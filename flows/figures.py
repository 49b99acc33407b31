"""A case `{"id", "year", "text"}` in, its figures as plain JSON values out: what `gongkai figures` prints a line of."""

from __future__ import annotations

from typing import Any

from extractors.figures import extract_figures
from schemas.records import Figure


def figures_of_case(case: dict[str, Any]) -> dict[str, Any]:
    """`{"id": …, "figures": […]}` of one case. `year` may be absent or null.

    Raises:
        KeyError: the case has no `id` or no `text`.
    """
    figures = extract_figures(case["text"], case.get("year"))
    return {"id": case["id"], "figures": [_as_json(figure) for figure in figures]}


def _as_json(figure: Figure) -> dict[str, Any]:
    value = figure.value
    return {
        "indicator": figure.indicator,
        "value": int(value) if value == value.to_integral_value() else float(value),
        "unit": figure.unit,
        "qualifier": figure.qualifier.value,
        "channel": figure.channel,
        "part_of": figure.part_of,
        "period": figure.period.value,
        "change": figure.change.value if figure.change else None,
        "text": figure.text,
        "start": figure.start,
    }
