import pyarrow as pa
import pytest

from schemas.dataset import CELL_TABLES, arrow_schema, load_tables, panel_cells
from schemas.form import load_forms

TABLES = load_tables()
ROLES = {"key", "dimension", "measure", "evidence", "text"}


@pytest.mark.parametrize("table_id", TABLES)
def test_every_field_tells_description_unit_source_and_role(table_id):
    for field in arrow_schema(table_id):
        words = {key.decode(): value.decode() for key, value in field.metadata.items()}
        assert words["description"].strip(), field.name
        assert words["description_zh"].strip(), field.name
        assert words["unit"].strip(), field.name
        assert words["source"].strip(), field.name
        assert words["role"] in ROLES, field.name


@pytest.mark.parametrize("table_id", TABLES)
def test_every_table_tells_key_order_and_warnings(table_id):
    table = TABLES[table_id]
    schema = arrow_schema(table_id)
    assert [field.name for field in table.fields if field.role == "key"] == [n for n in table.names if n in table.key]
    assert set(table.key) <= set(table.order)
    assert all(not schema.field(name).nullable for name in table.key)
    assert table.warnings
    assert all(warning.en and warning.zh for warning in table.warnings)


def test_path_keys_are_not_columns():
    for table in TABLES.values():
        assert not {"region", "year"} & set(table.names), table.id


def test_codes_are_text():
    for table in TABLES.values():
        for name in {"district_code", "province_code", "era", "report_id"} & set(table.names):
            assert arrow_schema(table.id).field(name).type == pa.string()


def test_every_form_table_is_published_as_cells():
    assert {table.id for form in load_forms().values() for table in form.tables} == set(CELL_TABLES) <= set(TABLES)


def test_panel_holds_every_total_and_names_fit_stata():
    names = [cell.name for cell in panel_cells()]
    assert {"req_received", "req_den_secret", "review_upheld", "s14_requests_received"} <= set(names)
    assert {"req_received_person", "dis_procurement_amount"} <= set(names)
    assert all(len(name) <= 32 and name.isidentifier() and name.isascii() for name in TABLES["panel"].names)


def test_money_is_published_in_wan():
    units = {cell.name: cell.unit for cell in panel_cells()}
    assert units["dis_fees_amount"] == units["dis_procurement_amount"] == units["s14_institutions_budget"] == "万元"
    assert units["req_received"] == "件"


def test_cells_allow_the_ids_of_their_forms_and_nothing_else():
    items = set(TABLES["requests"].field("item").allowed)
    assert {"granted", "denied.state_secret", "other", "other.other"} <= items
    assert "review" not in items
    assert set(TABLES["proceedings"].field("column").allowed) == {"upheld", "corrected", "other", "pending", "total"}
