"""Cells of a table in, the shortest JSON out that still says everything: what most of a shard's bytes are.

A report's table is two lists in the order of `merged_table(...).keys()`. In the first stands for each cell

    12                      state value; written as `12`, in the form's own unit, not corrected
    "m" "u" "b"             missing, unread, blank, with no text
    ["v", 12.5, "12．5"]     anything else: state, value, text, unit, value and unit as written, override_id, with
                            nulls at the end left out
    null                    no such row in the data

and in the second its place: row * 100 + column within the block and page given once, or the whole place as a list
(block, row, column, start, end, page), or null. `decode` of the pages reads this back; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from schemas.dataset import published_unit
from schemas.errors import ReleaseError
from schemas.form import merged_table

LETTERS = {"value": "v", "blank": "b", "not_applicable": "n", "text": "t", "missing": "m", "unread": "u"}
_BARE = {"missing", "unread", "blank"}
_COLUMNS_IN_ROW = 100
Json = object


@cache
def positions(table: str) -> dict[tuple[str, str], int]:
    """The place of each (item, column) in the lists."""
    return {key: n for n, key in enumerate(merged_table(table).keys())}


@cache
def default_units(table: str) -> tuple[str, ...]:
    """The unit a bare number is in, for each position."""
    return tuple(published_unit(table, item, column) for item, column in positions(table))


def encode_table(table: str, rows: Iterable[tuple[object, ...]]) -> dict[str, Json]:
    """One report's table; `rows` have the fields after `report_id` of `CELL_FIELDS`."""
    places, units = positions(table), default_units(table)
    cells: list[Json] = [None] * len(places)
    locators: list[tuple[object, ...] | None] = [None] * len(places)
    for row in rows:
        at = places.get((str(row[0]), str(row[1])))
        if at is None:
            raise ReleaseError(f"{table}/{row[0]}/{row[1]}: no form has this cell; publish again with this version")
        cells[at] = encode_cell(row[2:9], units[at])
        locators[at] = None if row[9] is None else row[9:]
    return {"c": _trim(cells), **_encode_places(locators)}


def encode_cell(row: tuple[object, ...], default_unit: str) -> Json:
    """One cell from value, unit, value_written, unit_written, state, text, override_id."""
    value, unit, value_written, unit_written, state, text, override_id = row
    if state == "value" and isinstance(value, float):
        number = int(value) if value.is_integer() else value
        if override_id is None and value_written == value and unit == unit_written == default_unit:
            if text == str(number):
                return number
            return ["v", number, text]
        return _trim(["v", number, text, unit, _number(value_written), unit_written, override_id])
    if state in _BARE and not text and override_id is None:
        return LETTERS[str(state)]
    return _trim([LETTERS[str(state)], None, text, unit, _number(value_written), unit_written, override_id])


def _number(value: object) -> Json:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _trim(values: list[Json]) -> list[Json]:
    end = len(values)
    while end and values[end - 1] is None:
        end -= 1
    return values[:end]


def _encode_places(locators: list[tuple[object, ...] | None]) -> dict[str, Json]:
    base = next((place for place in locators if place is not None and place[1] is not None), None)
    if base is None:
        exact = [None if place is None else list(place) for place in locators]
        return {"l": _trim(list(exact))} if any(exact) else {}
    where = (base[0], base[5])
    return {"b": list(where), "l": _trim([_encode_place(place, where) for place in locators])}


def _encode_place(place: tuple[object, ...] | None, where: tuple[object, object]) -> Json:
    if place is None:
        return None
    block, row, column, _, _, page = place
    if (block, page) == where and isinstance(row, int) and isinstance(column, int) and column < _COLUMNS_IN_ROW:
        return row * _COLUMNS_IN_ROW + column
    return list(place)
