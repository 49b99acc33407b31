"""Metrics: from `metrics.yaml` to typed metrics, and from cells to a metric's value or the reason why there is none.

A metric is a ratio, a total or a growth over cells named `table/item/column`, given for each era whose form has them. A
null always comes with a reason code of `metrics.yaml`; a number that belongs to another series carries the note
`break_in_series`. Blank and struck-out cells count as 0, as in the accounting identities, but never as a denominator: a
rate over nothing written is no rate. A share outside 0 to 1 is given as defined, with the note `out_of_range`: the
report contradicts itself.

Refused with `FormError`: unknown keys, a term that names no cell of the era's form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from pydantic import Field

from schemas.errors import FormError
from schemas.form import load_form
from schemas.records import State
from schemas.yaml_file import Strict, load_model

FILE = "metrics.yaml"
Place = tuple[str, str, str]
Cells = Mapping[Place, tuple[State, Decimal | None]]


class MetricKind(StrEnum):
    """How the terms of a metric make its value."""

    RATIO = "ratio"
    TOTAL = "total"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class MetricTerm:
    """A cell that is added (`sign` 1) or subtracted (-1)."""

    table: str
    item: str
    column: str
    sign: int = 1

    @property
    def place(self) -> Place:
        """The cell's place."""
        return self.table, self.item, self.column

    def __str__(self) -> str:
        return f"{'-' if self.sign < 0 else ''}{self.table}/{self.item}/{self.column}"


@dataclass(frozen=True, slots=True)
class EraFormula:
    """What a metric is made of in one era; no denominator for totals and growth."""

    numerator: tuple[MetricTerm, ...]
    denominator: tuple[MetricTerm, ...]
    break_in_series: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric; `short` is its name as a column, at most 27 characters so that `note_<short>` has 32.

    `across` tells what the forms have in common and where the series breaks.
    """

    id: str
    short: str
    kind: MetricKind
    unit: str
    label: Words
    formula: Words
    caveat: Words
    across: Words
    may_exceed_one: bool
    eras: Mapping[str, EraFormula]


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A value, or None; `note` is a reason code where it is None, `break_in_series`, or None."""

    value: Decimal | None
    note: str | None = None


class _Words(Strict):
    en: str
    zh: str

    def words(self) -> Words:
        return Words(self.en, self.zh)


class _EraEntry(Strict):
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    break_in_series: bool = False


class _PartEntry(Strict):
    short: str
    label: _Words
    eras: dict[str, tuple[str, ...]]


class _MetricEntry(Strict):
    label: _Words
    formula: _Words
    caveat: _Words
    across: _Words
    kind: MetricKind
    unit: str = "1"
    may_exceed_one: bool = False
    eras: dict[str, _EraEntry]
    part_formula: _Words | None = None
    by: dict[str, _PartEntry] = Field(default_factory=dict)


class _MetricsFile(Strict):
    reasons: dict[str, _Words]
    metrics: dict[str, _MetricEntry]


@cache
def load_metrics() -> dict[str, Metric]:
    """All metrics by id, in the file's order; the parts of a metric (`refusal_rate.state_secret`) follow it."""
    metrics: dict[str, Metric] = {}
    for metric_id, entry in _load().metrics.items():
        metrics[metric_id] = _metric(metric_id, entry)
        for part, part_entry in entry.by.items():
            part_id = f"{metric_id}.{part}"
            metrics[part_id] = _part(part_id, metrics[metric_id], part_entry, entry.part_formula)
    return metrics


@cache
def load_reasons() -> dict[str, Words]:
    """What each reason code means."""
    return {code: words.words() for code, words in _load().reasons.items()}


@cache
def _load() -> _MetricsFile:
    return load_model(FILE, _MetricsFile)


def evaluate(metric: Metric, era: str | None, cells: Cells, previous: Decimal | None = None) -> MetricValue:
    """The metric of one report from its `cells`; `previous` is last year's numerator, for growth."""
    formula = metric.eras.get(era or "")
    if formula is None:
        return MetricValue(None, "not_in_form")
    reason = next(filter(None, (_lack(term, cells) for term in (*formula.numerator, *formula.denominator))), None)
    if reason:
        return MetricValue(None, reason)
    note = "break_in_series" if formula.break_in_series else None
    if metric.kind is MetricKind.RATIO:
        return _ratio(metric, formula, cells, note)
    if not _written(formula.numerator, cells):
        return MetricValue(None, "part_blank")
    total = _sum(formula.numerator, cells)
    return MetricValue(total, note) if metric.kind is MetricKind.TOTAL else _growth(total, previous, note)


def _ratio(metric: Metric, formula: EraFormula, cells: Cells, note: str | None) -> MetricValue:
    if not _written(formula.denominator, cells):
        return MetricValue(None, "part_blank")
    below = _sum(formula.denominator, cells)
    if below == 0:
        return MetricValue(None, "denominator_zero")
    value = _sum(formula.numerator, cells) / below
    if value < 0 or (value > 1 and not metric.may_exceed_one):
        return MetricValue(value, "out_of_range")
    return MetricValue(value, note)


def _growth(total: Decimal, previous: Decimal | None, note: str | None) -> MetricValue:
    if previous is None:
        return MetricValue(None, "no_previous_report")
    if previous == 0:
        return MetricValue(None, "denominator_zero")
    return MetricValue(total / previous - 1, note)


_LACKS = {
    State.MISSING: "part_missing",
    State.UNREAD: "part_unread",
    State.TEXT: "part_text",
}


def _lack(term: MetricTerm, cells: Cells) -> str | None:
    state, value = cells.get(term.place, (State.MISSING, None))
    if state is State.VALUE and value is None:
        return "part_unread"
    return _LACKS.get(state)


def _written(terms: tuple[MetricTerm, ...], cells: Cells) -> bool:
    return any(cells[term.place][0] is State.VALUE for term in terms)


def _sum(terms: tuple[MetricTerm, ...], cells: Cells) -> Decimal:
    return sum((term.sign * (cells[term.place][1] or Decimal(0)) for term in terms), Decimal(0))


def _metric(metric_id: str, entry: _MetricEntry) -> Metric:
    eras = {
        era: EraFormula(
            tuple(_terms(metric_id, era, formula.numerator)),
            tuple(_terms(metric_id, era, formula.denominator)),
            formula.break_in_series,
        )
        for era, formula in entry.eras.items()
    }
    words = entry.label.words(), entry.formula.words(), entry.caveat.words(), entry.across.words()
    return Metric(metric_id, metric_id, entry.kind, entry.unit, *words, entry.may_exceed_one, eras)


def _part(part_id: str, whole: Metric, entry: _PartEntry, template: _Words | None) -> Metric:
    if template is None:
        raise FormError(f"{FILE}: {whole.id}: parts need a part_formula; add it")
    eras = {}
    for era, words in entry.eras.items():
        above = whole.eras[era]
        eras[era] = EraFormula(tuple(_terms(part_id, era, words)), above.denominator, above.break_in_series)
    label = Words(f"{whole.label.en}: {entry.label.en}", f"{whole.label.zh}：{entry.label.zh}")
    formula = Words(template.en.format(part=entry.label.en), template.zh.format(part=entry.label.zh))
    return Metric(part_id, entry.short, whole.kind, whole.unit, label, formula, whole.caveat, whole.across, False, eras)


def _terms(metric_id: str, era: str, words: tuple[str, ...]) -> Iterator[MetricTerm]:
    for word in words:
        sign = -1 if word.startswith("-") else 1
        parts = word.removeprefix("-").split("/")
        if len(parts) != 3:
            raise FormError(f"{FILE}: {metric_id}: {word!r} is not table/item/column; write all three")
        found = list(_cells_of(era, parts[0], parts[1], parts[2]))
        if not found:
            raise FormError(f"{FILE}: {metric_id}: form {era} has no cell {word!r}; correct the term")
        yield from (MetricTerm(*place, sign) for place in found)


def _cells_of(era: str, table_id: str, item_id: str, column_id: str) -> Iterator[Place]:
    try:
        table = load_form(era).table(table_id)
    except KeyError:
        return
    for item, column in tuple(table.keys()):
        below = item_id.endswith(".*") and item.startswith(item_id[:-1])
        if column == column_id and (item == item_id or below):
            yield table_id, item, column
