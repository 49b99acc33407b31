"""Accounting identities: each rule with a report that keeps it and one that breaks it."""

from decimal import Decimal

import pytest

from extractors.identities import check_identities, weigh_identities
from schemas.form import load_form
from schemas.records import Cell, State

APPLICANTS = ("natural_person", "business", "research", "nonprofit", "legal_service", "other_organisation")
OUTCOMES_2021 = tuple(
    item.id for item in load_form("2021").table("requests").items if item.groups and item.id != "closed"
)


def cell(table: str, item: str, column: str, number: object) -> Cell:
    """A cell with a number; None is a blank one, a `State` any other state."""
    if isinstance(number, State):
        return Cell(table, item, column, None, "件", number)
    if number is None:
        return Cell(table, item, column, None, "件", State.BLANK)
    return Cell(table, item, column, Decimal(str(number)), "件", State.VALUE, str(number))


def column_of(numbers: dict[str, object], column: str = "total", table: str = "requests") -> list[Cell]:
    return [cell(table, item, column, number) for item, number in numbers.items()]


def row_of(table: str, item: str, numbers: dict[str, object]) -> list[Cell]:
    return [cell(table, item, column, number) for column, number in numbers.items()]


def codes(cells: list[Cell]) -> list[str]:
    return [one.code for one in check_identities(cells)]


BALANCED = {"received": 9, "carried_in": 2, "closed": 10, "carried_out": 1}
OUTCOMES = {**dict.fromkeys(OUTCOMES_2021, 0), "granted": 6, "other.other": 4, "closed": 10}
APPLICANT_ROW = {**dict.fromkeys(APPLICANTS, 0), "natural_person": 5, "business": 2, "total": 7}
REVIEW = {"upheld": 1, "corrected": 2, "other": 0, "pending": 3, "total": 6}
STATISTICS = {"requests.in_person": 1, "requests.fax": 0, "requests.online": 5, "requests.letter": 2}


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("requests.balance", column_of(BALANCED), column_of({**BALANCED, "received": 8})),
        ("requests.outcomes", column_of(OUTCOMES), column_of({**OUTCOMES, "granted": 7})),
        (
            "requests.other_parts",
            column_of({"other": 4, "other.no_supplement": 1, "other.fee_unpaid": 0, "other.other": 3}),
            column_of({"other": 5, "other.no_supplement": 1, "other.fee_unpaid": 0, "other.other": 3}),
        ),
        (
            "requests.applicants",
            row_of("requests", "received", APPLICANT_ROW),
            row_of("requests", "received", {**APPLICANT_ROW, "total": 8}),
        ),
        (
            "proceedings.total",
            row_of("proceedings", "review", REVIEW),
            row_of("proceedings", "review", {**REVIEW, "total": 0}),
        ),
        (
            "disclosure.change",
            row_of("disclosure", "licensing", {"prior_items": 10, "change": -3, "decisions": 7}),
            row_of("disclosure", "licensing", {"prior_items": 10, "change": 3, "decisions": 7}),
        ),
        (
            "statistics.parts",
            column_of({**STATISTICS, "requests.received": 8}, "value", "statistics_2014"),
            column_of({**STATISTICS, "requests.received": 9}, "value", "statistics_2014"),
        ),
        (
            "statistics.bounds",
            column_of({"disclosed.total": 9, "disclosed.normative_documents": 9}, "value", "statistics_2014"),
            column_of({"disclosed.total": 9, "disclosed.normative_documents": 10}, "value", "statistics_2014"),
        ),
        (
            "cells.type",
            [cell("disclosure", "fees", "amount", "7730.28"), cell("disclosure", "fees", "change", -1)],
            [cell("requests", "granted", "total", "1.5")],
        ),
    ],
)
def test_rule_is_silent_when_kept_and_speaks_when_broken(rule: str, kept: list[Cell], broken: list[Cell]) -> None:
    assert rule not in codes(kept)
    assert codes(broken).count(rule) == 1


def test_finding_names_place_and_both_sides() -> None:
    (found,) = check_identities(row_of("proceedings", "review", {**REVIEW, "total": 4}))
    assert (found.place, found.expected, found.found) == ("proceedings/review", "6", "4")


def test_blank_counts_as_nothing_beside_a_number() -> None:
    assert codes(row_of("proceedings", "review", {**REVIEW, "other": None})) == []


def test_row_of_blanks_is_neither_kept_nor_broken() -> None:
    values = {("review", column): (State.BLANK, None) for column in REVIEW}
    assert weigh_identities("proceedings", values) == (0, 0)


@pytest.mark.parametrize("state", [State.MISSING, State.UNREAD, State.TEXT])
def test_cell_without_a_number_of_its_own_suspends_the_rule(state: State) -> None:
    assert codes(row_of("proceedings", "review", {**REVIEW, "total": 99, "other": state})) == []


def test_single_row_of_2019_stands_in_for_the_three_of_2021() -> None:
    numbers = {item: number for item, number in OUTCOMES.items() if not item.startswith("other")}
    assert codes(column_of({**numbers, "other": 4})) == []
    assert codes(column_of({**numbers, "other": 3})) == ["requests.outcomes"]


def test_the_greatest_channel_may_not_exceed_all_items() -> None:
    channels = {f"channel.{one}": 3 for one in ("gazette", "website", "weibo", "wechat", "other")}
    assert codes(column_of({**channels, "disclosed.total": 2}, "value", "statistics_2014")) == ["statistics.bounds"]


def test_only_errors_weigh_when_readings_are_compared() -> None:
    values = {
        ("licensing", c): (State.VALUE, Decimal(n)) for c, n in [("prior_items", 1), ("change", 1), ("decisions", 9)]
    }
    assert weigh_identities("disclosure", values) == (0, 0)
