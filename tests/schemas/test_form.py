"""Forms: complete, with unique ids, and refused with file, line and reason when an entry is wrong."""

import pytest

from schemas.errors import FormError
from schemas.form import (
    ERAS,
    _FormEntry,
    build_form,
    era_of_year,
    load_form,
    load_forms,
    merged_identities,
    merged_table,
    unit_of_cell,
)
from schemas.yaml_file import parse_model

WRONG_UNIT = """\
era: "2099"
authority: null
first_year: 2099
last_year: null
tables:
  - id: disclosure
    section: 2
    title: 甲
    unit: 件
    columns:
      - {id: issued, label: 甲数}
    items:
      - {id: rules, label: 乙, colour: red}
identities: []
"""


@pytest.mark.parametrize(
    ("era", "table", "cells"),
    [
        ("2021", "disclosure", 10),
        ("2021", "requests", 175),
        ("2021", "proceedings", 15),
        ("2019", "disclosure", 22),
        ("2019", "requests", 161),
        ("2019", "proceedings", 15),
        ("2014", "statistics_2014", 58),
    ],
)
def test_form_has_as_many_cells_as_the_statute(era: str, table: str, cells: int) -> None:
    keys = list(load_form(era).table(table).keys())
    assert len(keys) == len(set(keys)) == cells


def test_era_2008_has_no_statutory_table() -> None:
    assert load_form("2008").tables == ()


@pytest.mark.parametrize(
    ("year", "era"), [(2008, "2008"), (2013, "2008"), (2014, "2014"), (2018, "2014"), (2019, "2019"), (2021, "2021")]
)
def test_era_follows_from_the_report_year(year: int, era: str) -> None:
    assert era_of_year(year) == era


def test_no_report_before_the_regulations() -> None:
    with pytest.raises(ValueError, match="2008"):
        era_of_year(2007)


def test_merged_requests_hold_the_single_row_of_2019_before_the_three_of_2021() -> None:
    ids = [item.id for item in merged_table("requests").items]
    assert len(ids) == 26
    at = ids.index("other")
    assert ids[at : at + 5] == ["other", "other.no_supplement", "other.fee_unpaid", "other.other", "closed"]


def test_merged_item_knows_the_labels_of_both_forms() -> None:
    item = merged_table("disclosure").item("normative_documents")
    assert item.label == "行政规范性文件"
    assert "规范性文件" in item.variants


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        (("disclosure", "fees", "amount"), "万元"),
        (("disclosure", "central_procurement", "amount"), None),
        (("disclosure", "fees", "change"), "件"),
        (("requests", "granted", "total"), "件"),
        (("statistics_2014", "training.participants", "value"), "人次"),
        (("statistics_2014", "fees.collected", "value"), "万元"),
    ],
)
def test_unit_comes_from_the_form(place: tuple[str, str, str], unit: str | None) -> None:
    assert unit_of_cell(*place) == unit


def test_wildcards_of_identities_are_spelt_out() -> None:
    outcomes = next(one for one in merged_identities() if one.rule == "requests.outcomes")
    assert outcomes.left[-1].alternatives == (("other.no_supplement", "other.fee_unpaid", "other.other"), ("other",))


def test_unknown_key_is_refused_with_file_line_and_reason() -> None:
    with pytest.raises(FormError, match=r"forms/2099\.yaml:13: tables\[0\]\.items\[0\]\.colour: .*not permitted"):
        parse_model(WRONG_UNIT, "forms/2099.yaml", _FormEntry)


def test_column_that_the_table_lacks_is_refused() -> None:
    entry = parse_model(WRONG_UNIT.replace("colour: red", "columns: [repealed]"), "forms/2099.yaml", _FormEntry)
    with pytest.raises(FormError, match=r"item rules: columns \['repealed'\]"):
        build_form(entry, "forms/2099.yaml")


def test_one_label_for_two_items_is_refused() -> None:
    text = WRONG_UNIT.replace(
        "{id: rules, label: 乙, colour: red}", "{id: rules, label: 乙}\n      - {id: fees, label: 乙}"
    )
    with pytest.raises(FormError, match="belongs to rules and fees"):
        build_form(parse_model(text, "forms/2099.yaml", _FormEntry), "forms/2099.yaml")


def test_text_that_is_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(FormError, match=r"forms/2099\.yaml:2: not YAML"):
        parse_model("era: 1\n  bad: [", "forms/2099.yaml", _FormEntry)


def test_wide_names_fit_into_32_characters() -> None:
    for era in ERAS:
        for table in load_forms()[era].tables:
            for item, column in table.keys():  # noqa: SIM118  # a method of Table, not of a dict
                name = table.item(item).short
                if len(table.columns) > 1:
                    name += f"_{table.column(column).short}"
                assert len(name) <= 32, name
