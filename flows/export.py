"""Rows of a release in, one file for other programs out: CSV, Excel, Stata, JSON or Parquet.

Long tables go as they are; `wide` turns a table of cells into one row a report, with the short names of the forms as
columns (`part_granted_total`), so that Stata takes them; what is not a number is empty there, and the reason is lost:
keep the long table where it matters.

- CSV begins with a BOM, so that Excel takes it for UTF-8. Text that Excel would run as a formula gets an apostrophe in
  front.
- Excel cells hold text as text: none can run. More rows than a sheet takes are refused with `ExportError`.
- Stata files carry the descriptions as labels; codes stay text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.dataset import CELL_TABLES, load_tables, wide_name
from schemas.errors import GongkaiError
from schemas.form import merged_table

FORMATS = ("csv", "xlsx", "dta", "json", "parquet")
_SHEET_ROWS = 1_048_576
_FORMULA_SIGNS = ("=", "@", "\t", "\r")
_REPORT_COLUMNS = ("report_id", "publisher_id", "level", "province_code", "district_code", "era", "report_year")
_LONGEST_LABEL = 80
_LONGEST_TEXT = 2045


class ExportError(GongkaiError):
    """Rows that a format cannot take."""


def widen(table: str, rows: pa.Table) -> pa.Table:
    """A table of cells as one row a report: numbers under the short names of the form, in its order."""
    if table not in CELL_TABLES:
        raise ExportError(
            f"--wide: {table} is not a table of cells; give one of {', '.join(CELL_TABLES)}, or use panel"
        )
    form = merged_table(table)
    names = {
        (item, column): wide_name(form, form.item(item), form.column(column)) for item, column in tuple(form.keys())
    }
    reports: dict[str, dict[str, object]] = {}
    for row in rows.select([*_REPORT_COLUMNS, "item", "column", "value"]).to_pylist():
        wide = reports.setdefault(row["report_id"], {name: row[name] for name in _REPORT_COLUMNS})
        wide[names[row["item"], row["column"]]] = row["value"]
    fields = [rows.schema.field(name) for name in _REPORT_COLUMNS]
    fields += [
        pa.field(name, pa.float64(), metadata={"description": f"{table}/{item}/{column}"})
        for (item, column), name in names.items()
    ]
    return pa.Table.from_pylist(list(reports.values()), pa.schema(fields))


def export(rows: pa.Table, table: str, form: str, target: Path) -> None:
    """Write rows to `target` in one of `FORMATS`."""
    _WRITERS[form](rows, table, target)


def csv_text(rows: pa.Table) -> str:
    """Rows as CSV with a BOM."""
    frame = rows.to_pandas()
    for field in rows.schema:
        if pa.types.is_string(field.type):
            frame[field.name] = frame[field.name].map(_harmless, na_action="ignore")
    return "\ufeff" + str(frame.to_csv(index=False, lineterminator="\r\n"))


def json_text(rows: pa.Table) -> str:
    """Rows as a JSON array, one row a line."""
    lines = (json.dumps(row, ensure_ascii=False, default=_plain) for row in rows.to_pylist())
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; numbers and single strokes stay as they are."""
    signed = text.startswith(("+", "-")) and len(text) > 1 and not _is_number(text)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) or signed else text


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).replace(",", "").isdecimal()


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value))


def _write_csv(rows: pa.Table, table: str, target: Path) -> None:
    target.write_text(csv_text(rows), encoding="utf-8", newline="")


def _write_json(rows: pa.Table, table: str, target: Path) -> None:
    target.write_text(json_text(rows), encoding="utf-8")


def _write_parquet(rows: pa.Table, table: str, target: Path) -> None:
    pq.write_table(rows, target, compression="zstd")


def _write_xlsx(rows: pa.Table, table: str, target: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    if rows.num_rows + 1 > _SHEET_ROWS:
        raise ExportError(f"{table}: {rows.num_rows} rows, and a sheet takes {_SHEET_ROWS - 1}; narrow the selection")
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table)
    sheet.freeze_panes = "A2"
    sheet.append(rows.column_names)
    for row in _sheet_rows(rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(target)


def _sheet_rows(rows: pa.Table) -> Iterator[list[object]]:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    for row in rows.to_pylist():
        yield [
            ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767]
            if isinstance(value, str)
            else value.replace(tzinfo=None)
            if isinstance(value, datetime)
            else value
            for value in row.values()
        ]


def _write_dta(rows: pa.Table, table: str, target: Path) -> None:
    frame = rows.to_pandas()
    long = []
    for field in rows.schema:
        name = field.name
        if pa.types.is_string(field.type):
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
            if frame[name].map(lambda text: len(text.encode())).max() > _LONGEST_TEXT:
                long.append(name)
        elif pa.types.is_boolean(field.type):
            frame[name] = frame[name].astype("int8")
        elif pa.types.is_timestamp(field.type):
            frame[name] = frame[name].dt.tz_localize(None)
        elif pa.types.is_date(field.type):
            frame[name] = pd.to_datetime(frame[name])
        elif pa.types.is_integer(field.type):
            frame[name] = frame[name].astype("float64")
    labels = {field.name: _label(table, field) for field in rows.schema}
    title = load_tables()[table].title.en[:_LONGEST_LABEL]
    frame.to_stata(target, write_index=False, version=118, variable_labels=labels, convert_strl=long, data_label=title)


def _label(table: str, field: pa.Field) -> str:
    """The description, cut to what Stata takes."""
    metadata = field.metadata or {}
    return str(metadata.get(b"description", field.name.encode()).decode())[:_LONGEST_LABEL]


_WRITERS: dict[str, Callable[[pa.Table, str, Path], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "dta": _write_dta,
    "json": _write_json,
    "parquet": _write_parquet,
}
