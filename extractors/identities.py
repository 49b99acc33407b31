"""Accounting identities: cells in, one verdict for each place where an identity of the forms can be evaluated.

The identities stand in the form files. A verdict is *kept*, *broken* or, where a cell is missing, unread or words, or
no cell at all holds a number, not given (DOMAIN: 勾稽关系). Blank and struck-out cells count as 0 beside a number.

    check_identities(report.cells)        -> findings, one for each broken identity
    weigh_identities(values, "requests")  -> (kept, broken) among those of severity error: how readings are compared

Nothing is repaired here: a broken identity is a fact about the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from schemas.findings import finding
from schemas.form import Identity, Kind, Term, merged_identities, merged_table, table_ids
from schemas.records import Cell, Finding, Severity, State

Key = tuple[str, str]
Entry = tuple[State, Decimal | None]
_ZEROES = (State.BLANK, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One identity at one place: `left relation right` with both sides as numbers."""

    identity: Identity
    place: str
    left: Decimal
    right: Decimal

    @property
    def kept(self) -> bool:
        """Whether the identity holds."""
        return self.left == self.right if self.identity.relation == "=" else self.left <= self.right


def find_verdicts(table_id: str, values: Mapping[Key, Entry]) -> Iterator[Verdict]:
    """Verdicts of all identities within one report; `values` maps (item, column) to (state, number)."""
    table = merged_table(table_id)
    for identity in merged_identities():
        if identity.table != table_id or identity.across_years:
            continue
        over_columns = identity.over == "column"
        for line in (column.id for column in table.columns) if over_columns else (item.id for item in table.items):
            verdict = _judge(identity, line, values, over_columns)
            if verdict is not None:
                yield verdict


def weigh_identities(table_id: str, values: Mapping[Key, Entry]) -> tuple[int, int]:
    """(kept, broken) among the identities of severity error: the only ones that help to choose between readings."""
    verdicts = [v.kept for v in find_verdicts(table_id, values) if v.identity.severity is Severity.ERROR]
    return sum(verdicts), len(verdicts) - sum(verdicts)


def check_identities(cells: Iterable[Cell]) -> tuple[Finding, ...]:
    """Findings for all broken identities within the report, and for counts that are negative or not whole."""
    known = tuple(cells)
    findings = list(_check_types(known))
    for table_id in table_ids():
        values = {(cell.item, cell.column): (cell.state, cell.value) for cell in known if cell.table == table_id}
        findings.extend(
            finding(
                verdict.identity.rule,
                place=verdict.place,
                expected=_spell(verdict.left),
                found=_spell(verdict.right),
                severity=verdict.identity.severity,
            )
            for verdict in find_verdicts(table_id, values)
            if not verdict.kept
        )
    return tuple(findings)


def _check_types(cells: Iterable[Cell]) -> Iterator[Finding]:
    for cell in cells:
        if cell.value is None:
            continue
        kind = merged_table(cell.table).kind_of(cell.item, cell.column)
        whole = cell.value == cell.value.to_integral_value()
        if (kind is not Kind.CHANGE and cell.value < 0) or (kind is not Kind.AMOUNT and not whole):
            yield finding("cells.type", place=cell.place, expected=kind.value, found=cell.text, locator=cell.locator)


def _judge(identity: Identity, line: str, values: Mapping[Key, Entry], over_columns: bool) -> Verdict | None:
    def entry(one: str) -> Entry:
        return values.get((one, line) if over_columns else (line, one), (State.MISSING, None))

    left = [(term.sign, [entry(one) for one in _choose(term, entry)]) for term in identity.left]
    right = [(term.sign, [entry(one) for one in _choose(term, entry)]) for term in identity.right]
    entries = [one for _, group in (*left, *right) for one in group]
    if not any(state is State.VALUE for state, _ in entries):
        return None
    if not all(state is State.VALUE or state in _ZEROES for state, _ in entries):
        return None
    whole = max(_numbers(left)) if identity.combine == "max" else sum(_numbers(left), Decimal(0))
    place = f"{identity.table}/{_first_id(identity.right)}/{line}" if over_columns else f"{identity.table}/{line}"
    return Verdict(identity, place, whole, sum(_numbers(right), Decimal(0)))


def _choose(term: Term, entry: Callable[[str], Entry]) -> tuple[str, ...]:
    """The first alternative with a number in it, else the first that the report has at all, else the last."""
    if len(term.alternatives) == 1:
        return term.alternatives[0]
    for wanted in ((State.VALUE,), tuple(state for state in State if state is not State.MISSING)):
        for alternative in term.alternatives:
            if any(entry(one)[0] in wanted for one in alternative):
                return alternative
    return term.alternatives[-1]


def _numbers(side: list[tuple[int, list[Entry]]]) -> list[Decimal]:
    return [sign * (value or Decimal(0)) for sign, group in side for _, value in group]


def _first_id(terms: tuple[Term, ...]) -> str:
    return terms[0].alternatives[0][0]


def _spell(number: Decimal) -> str:
    return f"{number.normalize():f}"
