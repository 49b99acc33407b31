"""A comparison in, tables for a terminal out, in either language.

    district        2019   2020   2021
    -------------  -----  -----  ------
    990101 云麓区  0.521  0.494       -
    990102 澄湾区  0.556  0.416  0.479!

A dash is no number, and the reason stands below the table with the district and year. `*` marks a value of another
series, `!` one whose report has findings of severity error in the tables the metric is made of, or that contradicts
itself, `^` one of another unit than the district as it is today (`flows.selection.Relation`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

import yaml

from flows.aligned import aligned
from flows.compare import CONTRADICTS, Compared, Comparison
from schemas.metrics import Metric, MetricKind, Words, load_reasons

BREAK = "break_in_series"


@cache
def load_words() -> dict[str, Words]:
    """The words of `compare.yaml`."""
    text = files("flows").joinpath("compare.yaml").read_text(encoding="utf-8")
    return {name: Words(**texts) for name, texts in yaml.safe_load(text).items()}


def comparison_text(comparison: Comparison, language: str = "en", with_ranks: bool = False) -> str:
    """The comparison as tables for a terminal, with what must be known to read them below."""
    parts = [_metric_text(comparison, metric, language, with_ranks) for metric in comparison.metrics]
    return "\n\n".join(parts) + "\n"


def _metric_text(comparison: Comparison, metric: Metric, language: str, with_ranks: bool) -> str:
    label, formula, caveat = (getattr(words, language) for words in (metric.label, metric.formula, metric.caveat))
    rows = comparison.of(metric)
    parts = [f"{label}: {formula}", _table(comparison.years, rows, [spell(metric, row) for row in rows], language)]
    if with_ranks:
        for name, texts in _ranks(metric, rows):
            parts.append(f"{getattr(load_words()[name], language)}\n{_table(comparison.years, rows, texts, language)}")
    return "\n\n".join([*parts, "\n".join([caveat, *_notes(rows, language)])])


def _table(years: Sequence[int], rows: Sequence[Compared], texts: Sequence[str], language: str) -> str:
    lines: dict[str, list[str]] = {}
    for row, text in zip(rows, texts, strict=True):
        lines.setdefault(f"{row.district_code} {row.district}", []).append(text)
    header = (getattr(load_words()["district"], language), *map(str, years))
    return aligned(header, [(name, *values) for name, values in lines.items()])


def _ranks(metric: Metric, rows: Sequence[Compared]) -> Iterator[tuple[str, list[str]]]:
    yield "rank_city", [f"{row.in_city.rank}/{row.in_city.count}" if row.in_city else "-" for row in rows]
    yield (
        "rank_province",
        [f"{row.in_province.rank}/{row.in_province.count}" if row.in_province else "-" for row in rows],
    )
    yield "percentile", [f"{row.in_province.percentile:.0f}" if row.in_province else "-" for row in rows]
    yield "change", ["-" if row.change is None else f"{row.change:+.{decimals(metric)}f}" for row in rows]


def is_doubtful(row: Compared) -> bool:
    """Whether the report of a value has errors where it matters, or contradicts itself."""
    return row.errors > 0 or row.note == CONTRADICTS


def decimals(metric: Metric) -> int:
    """Digits after the point: none for a count, three for a rate."""
    return 0 if metric.kind is MetricKind.TOTAL else 3


def spell(metric: Metric, row: Compared) -> str:
    """A value with its marks, a dash where there is none."""
    if row.value is None:
        return "-"
    marks = "".join(
        sign
        for sign, applies in (
            ("!", is_doubtful(row)),
            ("*", row.is_of_old_series),
            ("^", row.relation is not None),
        )
        if applies
    )
    return f"{row.value:.{decimals(metric)}f}{marks}"


def _notes(rows: Sequence[Compared], language: str) -> Iterator[str]:
    words = load_words()
    reasons = {code: getattr(text, language) for code, text in load_reasons().items()}
    old = ((BREAK, row) for row in rows if row.is_of_old_series and row.value is not None)
    noted = ((row.note, row) for row in rows if row.note != BREAK)
    for note, where in _places((*noted, *old)).items():
        sign = {BREAK: "*", CONTRADICTS: "!"}.get(note, "-")
        yield f"{sign} {note}: {reasons[note]} ({shorten(where, language)})"
    for relation, where in _places((row.relation, row) for row in rows if row.value is not None).items():
        yield f"^ {relation}: {getattr(words[relation], language)} ({shorten(where, language)})"
    broken = [_name(row) for row in rows if row.errors and row.value is not None]
    if broken:
        yield f"! {getattr(words['errors'], language)} ({shorten(broken, language)})"


def _places(noted: Iterable[tuple[str | None, Compared]]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for note, row in noted:
        if note:
            places.setdefault(str(note), []).append(_name(row))
    return places


def _name(row: Compared) -> str:
    return f"{row.district} {row.year}" + (f" [{row.code}]" if row.relation else "")


def shorten(words: Sequence[str], language: str, shown: int = 6) -> str:
    """The first of some words, and how many more there are."""
    more = " " + getattr(load_words()["more"], language).format(n=len(words) - shown) if len(words) > shown else ""
    return ", ".join(words[:shown]) + more
