"""Numbers whose empty neighbours vanished: placed where the identities leave one choice, unread elsewhere."""

from extractors.tables.placing import Slots, place_by_identities
from extractors.tables.sheet import make_cell
from schemas.form import load_form
from schemas.records import Locator

COLUMNS = tuple(column.id for column in load_form("2021").table("requests").columns)
ITEMS = tuple(item.id for item in load_form("2021").table("requests").items)


def slots(*numbers: int) -> Slots:
    return Slots(COLUMNS, tuple(make_cell(str(one), 0, 0, Locator(0)) for one in numbers), None)


def table(**rows: tuple[int, ...]) -> dict[str, Slots]:
    return {item: slots(*rows.get(item.replace(".", "_"), ())) for item in ITEMS}


def test_row_without_numbers_is_blank() -> None:
    placement = place_by_identities("requests", table())
    assert placement.unread == frozenset()
    assert placement.cells[("granted", "total")].text == ""


def test_full_row_needs_no_identity() -> None:
    placement = place_by_identities("requests", {"granted": slots(1, 2, 0, 0, 0, 0, 3)})
    assert placement.placed == frozenset()
    assert placement.cells[("granted", "business")].text == "2"


def test_other_rows_of_a_column_tell_where_a_lone_number_stands() -> None:
    placement = place_by_identities(
        "requests", table(received=(5, 0, 0, 0, 0, 0, 5), granted=(5, 5), closed=(5, 0, 0, 0, 0, 0, 5))
    )
    assert placement.unread == frozenset()
    assert placement.cells[("granted", "natural_person")].text == "5"
    assert ("granted", "natural_person") in placement.placed


def test_number_that_fits_two_columns_is_unread_and_its_total_is_not() -> None:
    placement = place_by_identities("requests", table(received=(5, 5), granted=(5, 5), closed=(5, 5)))
    assert ("granted", "natural_person") in placement.unread
    assert placement.cells[("granted", "total")].text == "5"


def test_nothing_is_placed_where_the_report_does_not_add_up() -> None:
    placement = place_by_identities("requests", table(received=(9, 9), granted=(5, 5), closed=(5, 5)))
    assert ("granted", "total") in placement.unread
    assert ("granted", "total") not in placement.cells


def test_more_numbers_than_columns_are_unread() -> None:
    placement = place_by_identities("requests", {"granted": slots(1, 0, 0, 0, 0, 0, 1, 7)})
    assert len(placement.unread) == 7
    assert len(placement.left) == 8
