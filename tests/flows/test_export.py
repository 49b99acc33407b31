import json

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sample_items import cells_of, item_of

from flows.export import ExportError, csv_text, export, widen
from flows.normalize import normalize
from flows.panel import add_panel
from schemas.dataset import load_tables
from schemas.form import load_forms
from schemas.records import State

CELLS = cells_of(requests__granted__total=72, requests__carried_in__total=State.BLANK)


@pytest.fixture(scope="module")
def frames():
    return add_panel(normalize([item_of(cells=CELLS), item_of(year=2020), item_of(year=2018)]))


def hostile(frames, text):
    rows = frames["requests"].slice(0, 1)
    return rows.set_column(rows.schema.get_field_index("text"), rows.schema.field("text"), pa.array([text]))


def test_csv_begins_with_a_bom_and_keeps_codes_as_text(frames, tmp_path):
    target = tmp_path / "requests.csv"
    export(frames["requests"], "requests", "csv", target)
    assert target.read_bytes()[:3] == b"\xef\xbb\xbf"
    frame = pd.read_csv(target, dtype=str)
    assert set(frame["district_code"]) == {"990101"}
    granted = frame[(frame["item"] == "granted") & (frame["column"] == "total") & (frame["report_year"] == "2021")]
    assert granted["value"].tolist() == ["72.0"]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"])
def test_csv_text_that_would_run_gets_an_apostrophe(frames, text):
    assert f"'{text}" in csv_text(hostile(frames, text))


@pytest.mark.parametrize("text", ["-", "-171", "+9800", "3"])
def test_csv_text_that_is_a_number_or_a_stroke_stays(frames, text):
    assert f",{text}," in csv_text(hostile(frames, text))


def test_excel_cells_are_text_and_never_formulas(frames, tmp_path):
    export(hostile(frames, "=1+1"), "requests", "xlsx", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["requests"]
    names = [cell.value for cell in sheet[1]]
    cell = sheet[2][names.index("text")]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert sheet[2][names.index("district_code")].value == "990101"


def test_excel_takes_control_characters_away(frames, tmp_path):
    export(hostile(frames, "7\x0b2"), "requests", "xlsx", tmp_path / "a.xlsx")
    assert "72" in [cell.value for cell in openpyxl.load_workbook(tmp_path / "a.xlsx").active[2]]


@pytest.mark.parametrize("table", ["reports", "requests", "panel", "findings", "figures"])
def test_stata_takes_every_table_with_labels(frames, tmp_path, table):
    target = tmp_path / f"{table}.dta"
    export(frames[table], table, "dta", target)
    with pd.read_stata(target, iterator=True) as reader:
        labels = reader.variable_labels()
    frame = pd.read_stata(target)
    assert len(frame) == frames[table].num_rows
    assert all(labels[name] for name in load_tables()[table].names)


def test_stata_keeps_numbers_missing_values_and_long_text(frames, tmp_path):
    rows = pa.concat_tables([hostile(frames, "长" * 3000), frames["requests"].slice(1, 2)])
    export(rows, "requests", "dta", tmp_path / "a.dta")
    frame = pd.read_stata(tmp_path / "a.dta")
    assert frame["text"][0] == "长" * 3000
    assert frame["value"].tolist() == [float(v) for v in rows.column("value").to_pylist()]
    assert set(frame["province_code"]) == {"99"}


def test_json_is_an_array_of_rows(frames, tmp_path):
    export(frames["reports"], "reports", "json", tmp_path / "a.json")
    rows = json.loads((tmp_path / "a.json").read_text())
    assert [row["report_year"] for row in rows] == [2018, 2020, 2021]
    assert rows[0]["captured_at"].startswith("2026-11-24T18:00:00")


def test_parquet_is_one_file_with_the_schema(frames, tmp_path):
    export(frames["requests"], "requests", "parquet", tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").equals(frames["requests"])


def test_wide_is_one_row_a_report_under_short_names(frames):
    rows = widen("requests", frames["requests"]).to_pylist()
    assert [row["report_year"] for row in rows] == [2020, 2021]
    assert (rows[1]["granted_total"], rows[1]["carried_in_total"]) == (72.0, None)
    assert rows[1]["report_id"] == "9901010001-2021"


def test_wide_names_of_all_forms_fit_stata():
    for table in {table.id for form in load_forms().values() for table in form.tables}:
        names = widen(table, normalize([])[table]).column_names
        assert len(set(names)) == len(names)
        assert all(len(name) <= 32 and name.isidentifier() and name.isascii() for name in names), table


def test_wide_is_refused_for_what_is_no_table_of_cells(frames):
    with pytest.raises(ExportError, match="not a table of cells"):
        widen("reports", frames["reports"])
