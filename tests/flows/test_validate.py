import pyarrow as pa
import pytest
from sample_items import cells_of, item_of

from flows.normalize import normalize
from flows.validate import Limits, add_findings, check_frame, check_history, validate
from schemas.dataset import CELL_TABLES
from schemas.findings import finding
from schemas.records import State


def found_in(frames, code):
    rows = validate(frames)["findings"].to_pylist()
    return [(row["report_id"], row["place"], row["expected"], row["found"]) for row in rows if row["code"] == code]


def two_years(last, this, first=2021):
    return normalize([item_of(year=first, cells=cells_of(**last)), item_of(year=first + 1, cells=cells_of(**this))])


def zeroes(table, items, columns, value=0):
    return {f"{table}__{item}__{column}": value for item in items for column in columns}


APPLICANTS = ("natural_person", "business", "research", "nonprofit", "legal_service", "other_organisation", "total")
EVEN = {
    **zeroes("requests", ["carried_in", "carried_out"], APPLICANTS),
    **zeroes("disclosure", ["rules", "normative_documents"], ["issued", "repealed", "in_force"]),
}


def test_kept_identities_across_years_make_no_finding():
    frames = two_years(EVEN, EVEN)
    assert found_in(frames, "requests.carry_over") == []
    assert found_in(frames, "disclosure.stock") == []


def test_carry_over_is_checked_in_each_column():
    last = {**EVEN, "requests__carried_out__total": 12, "requests__carried_out__business": 3}
    this = {**EVEN, "requests__carried_in__total": 12, "requests__carried_in__business": 4}
    assert found_in(two_years(last, this), "requests.carry_over") == [
        ("9901010001-2022", "requests/carried_in/business", "3", "4")
    ]


def test_stock_follows_from_the_year_before():
    last = {**EVEN, "disclosure__normative_documents__in_force": 40}
    this = {
        **EVEN,
        "disclosure__normative_documents__issued": 5,
        "disclosure__normative_documents__repealed": 2,
        "disclosure__normative_documents__in_force": 45,
    }
    assert found_in(two_years(last, this), "disclosure.stock") == [
        ("9901010001-2022", "disclosure/normative_documents/in_force", "43", "45")
    ]


@pytest.mark.parametrize("state", [State.MISSING, State.UNREAD, State.TEXT])
def test_rule_across_years_is_not_evaluated_without_its_cells(state):
    last = {**EVEN, "requests__carried_out__total": state}
    this = {**EVEN, "requests__carried_in__total": 12}
    assert found_in(two_years(last, this), "requests.carry_over") == []


def test_blank_counts_as_zero_beside_a_number():
    last = {**EVEN, "requests__carried_out__total": State.BLANK}
    this = {**EVEN, "requests__carried_in__total": 12}
    assert found_in(two_years(last, this), "requests.carry_over") == [
        ("9901010001-2022", "requests/carried_in/total", "0", "12")
    ]


def test_a_year_between_is_not_bridged_and_other_publishers_do_not_count():
    last = {**EVEN, "requests__carried_out__total": 12}
    items = [item_of(year=2021, cells=cells_of(**last)), item_of(year=2023, cells=cells_of(**EVEN))]
    assert found_in(normalize(items), "requests.carry_over") == []
    other = [item_of(year=2021, cells=cells_of(**last)), item_of("9901020001", 2022, cells=cells_of(**EVEN))]
    assert found_in(normalize(other), "requests.carry_over") == []


def test_cell_far_from_its_own_history_is_told():
    numbers = {2021: 40, 2022: 44, 2023: 52, 2024: 4700, 2025: 61}
    items = [item_of(year=year, cells=cells_of(requests__received__total=n)) for year, n in numbers.items()]
    found = [(report, one.place, one.expected, one.found) for report, one in check_history(normalize(items), Limits())]
    assert found == [("9901010001-2024", "requests/received/total", "48", "4700")]


def test_short_history_and_small_numbers_are_no_outliers():
    numbers = {2021: 1, 2022: 2, 2023: 1, 2024: 30}
    items = [item_of(year=year, cells=cells_of(requests__received__total=n)) for year, n in numbers.items()]
    assert list(check_history(normalize(items), Limits())) == []
    assert list(check_history(normalize(items[2:]), Limits(difference=1))) == []


def test_findings_are_numbered_on_and_rows_are_never_dropped():
    frames = two_years({**EVEN, "requests__carried_out__total": 12}, EVEN)
    checked = validate(frames)
    assert all(checked[table].num_rows == frames[table].num_rows for table in (*CELL_TABLES, "reports"))
    rows = [(row["report_id"], row["n"]) for row in checked["findings"].to_pylist()]
    assert len(rows) == len(set(rows))


def test_normalized_tables_keep_the_published_schema():
    frames = normalize([item_of(), item_of(year=2018), item_of(year=2020)])
    assert [one for table in frames for one in check_frame(table, frames[table])] == []


def test_row_that_breaks_the_schema_is_told_with_report_and_field():
    rows = normalize([item_of()])["requests"]
    states = ["valu", *rows.column("state").to_pylist()[1:]]
    broken = rows.set_column(rows.schema.get_field_index("state"), rows.schema.field("state"), pa.array(states))
    ((report_id, found),) = check_frame("requests", broken)
    assert (report_id, found.code, found.place, found.found) == ("9901010001-2021", "frame.invalid", "state", "valu")


def test_key_that_stands_twice_is_told():
    rows = normalize([item_of()])["requests"]
    found = list(check_frame("requests", pa.concat_tables([rows, rows.slice(0, 1)])))
    assert {report_id for report_id, _ in found} == {"9901010001-2021"}
    assert {one.code for _, one in found} == {"frame.invalid"}


def test_empty_tables_are_valid():
    assert validate(normalize([]))["findings"].num_rows == 0


def test_finding_on_what_is_no_report_is_kept():
    frames = normalize([item_of()])
    told = finding("outlier.history", place="requests/received/total", expected="1", found="90")
    rows = add_findings(frames["findings"], frames["reports"], [("sha256:0123", told)]).to_pylist()
    assert [(row["report_id"], row["n"], row["district_code"]) for row in rows] == [("sha256:0123", 0, None)]
