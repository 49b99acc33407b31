from datetime import date
from decimal import Decimal

import pytest
from sample_items import NOW, cells_of, item_of

from flows.normalize import normalize
from flows.overrides import OverrideError, Reading, load_overrides, make_override, parse_reading, write_override
from flows.publish import publish
from schemas.errors import FormError
from schemas.records import State

DAY = date(2026, 11, 24)
PLACE = "requests/granted/total"


@pytest.fixture
def release(tmp_path):
    cells = cells_of(requests__granted__total=12, requests__closed__total=State.UNREAD)
    return publish(normalize([item_of(cells=cells)]), tmp_path / "releases", NOW, code_version="x").directory


def make(release, place=PLACE, use="72", report="9901010001-2021"):
    return make_override(release, report, place, use, "1 for 7", "page 3", "a reader", DAY)


def test_override_written_from_a_release_is_loaded_and_applied(release, tmp_path):
    write_override(tmp_path / "overrides", make(release))
    path = write_override(tmp_path / "overrides", make(release, "requests/closed/total", "99"))
    first, second = load_overrides(tmp_path / "overrides")
    assert (first.override_id, first.found, first.use) == (
        "9901010001-2021-1",
        Reading(State.VALUE, Decimal(12)),
        Reading(State.VALUE, Decimal(72)),
    )
    assert (second.found, second.use.value) == (Reading(State.UNREAD), Decimal(99))
    assert path.name == "9901010001-2021.yaml"
    item = item_of(cells=cells_of(requests__granted__total=12, requests__closed__total=State.UNREAD))
    rows = normalize([item], (first, second))["requests"].to_pylist()
    applied = {row["item"]: (row["value"], row["state"]) for row in rows if row["override_id"]}
    assert applied == {"granted": (72.0, "value"), "closed": (99.0, "value")}


@pytest.mark.parametrize(
    ("place", "use", "report", "message"),
    [
        ("requests/granted", "7", "9901010001-2021", "named table/item/column"),
        ("requests/grante/total", "7", "9901010001-2021", "no form has a cell"),
        (PLACE, "seven", "9901010001-2021", "neither a number nor one of"),
        (PLACE, "7", "9901010001-2020", "no cell requests/granted/total of a report"),
    ],
)
def test_override_that_cannot_be_made_says_why(release, place, use, report, message):
    with pytest.raises(OverrideError, match=message):
        make(release, place, use, report)


@pytest.mark.parametrize(("text", "state"), [("blank", State.BLANK), ("unread", State.UNREAD)])
def test_states_are_readings(text, state):
    assert parse_reading(text) == Reading(state)


@pytest.mark.parametrize("text", ["value", "NaN", "1,2", ""])
def test_what_is_no_reading_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        parse_reading(text)


def test_wrong_file_is_told_with_its_line(tmp_path):
    (tmp_path / "a.yaml").write_text('- report: "x-2021"\n  table: requests\n  colour: red\n')
    with pytest.raises(FormError, match=r"a\.yaml:\d"):
        load_overrides(tmp_path)


def test_two_overrides_of_one_cell_are_refused(release, tmp_path):
    write_override(tmp_path, make(release))
    write_override(tmp_path, make(release, use="73"))
    with pytest.raises(OverrideError, match="correct the same cell"):
        load_overrides(tmp_path)


def test_no_directory_means_no_overrides(tmp_path):
    assert load_overrides(tmp_path / "none") == ()
