"""A report's figures in, a shard of them out: each sentence once, however many figures stand in it.

    {"s": ["全年受理申请60件，办结58件。"], "f": [[0, "requests.received", 60, "件", "exact", ..., 0, 3], ...]}

A figure is n, indicator, value, unit, qualifier, channel, part_of, period, change, text, number of its sentence,
section.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from flows.explore.cells import Json

FIGURE_FIELDS = (
    "report_id",
    "n",
    "indicator",
    "value",
    "unit",
    "qualifier",
    "channel",
    "part_of",
    "period",
    "change",
    "text",
    "sentence",
    "section",
)


def encode_prose(rows: Iterable[tuple[object, ...]]) -> dict[str, Json]:
    """Figures by report id; `rows` have the fields of `FIGURE_FIELDS`, those of one report side by side."""
    return {str(report): _encode_report(group) for report, group in groupby(rows, key=lambda row: row[0])}


def _encode_report(rows: Iterable[tuple[object, ...]]) -> dict[str, Json]:
    sentences: dict[object, int] = {}
    figures: list[Json] = []
    for _, n, indicator, value, *words, sentence, section in rows:
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        figures.append([n, indicator, number, *words, sentences.setdefault(sentence, len(sentences)), section])
    return {"s": list(sentences), "f": figures}
