"""The published tables: from `dataset.yaml`, the forms and the metrics to table descriptions and pyarrow schemas.

Each field is defined once (type, description in both languages, unit, allowed values, legal source) and used by every
table that has it; Parquet metadata, `datapackage.json`, the data dictionary and the checks are all made from here. A
table states its key, its sort order and its usage warnings. The columns of `panel` come from the forms (every cell of
column `total`, and all cells of tables without applicants) and from the metrics (`<metric>` and `note_<metric>`).

`region` and `year` are keys of the path only and never columns of a file. Schemas change by adding; a rename keeps the
old name for one release.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pyarrow as pa
from pydantic import Field as Setting

from schemas.errors import FormError
from schemas.form import Column, Form, Item, Table, load_forms, merged_table, table_ids
from schemas.metrics import Words, load_metrics
from schemas.units import money_unit
from schemas.yaml_file import Strict, load_model

FILE = "dataset.yaml"
CELL_TABLES = ("disclosure", "requests", "proceedings", "statistics_2014")
LONGEST_NAME = 32
_DOCUMENT = "the captured document"
_COMPUTED = "computed from the cells of the report"
TYPES = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, slots=True)
class DatasetField:
    """A field of a published table.

    `role` is key, dimension, measure, evidence or text; `unit` is `none` for what is no quantity.
    """

    name: str
    type: str
    role: str
    unit: str
    description: Words
    allowed: tuple[str, ...] = ()
    source: str = ""

    def arrow(self) -> pa.Field:
        """The pyarrow field with all of this in its metadata."""
        metadata = {
            "description": self.description.en,
            "description_zh": self.description.zh,
            "unit": self.unit,
            "role": self.role,
            "allowed": " ".join(self.allowed),
            "source": self.source,
        }
        return pa.field(self.name, TYPES[self.type], self.role != "key", {k: v for k, v in metadata.items() if v})


@dataclass(frozen=True, slots=True)
class DatasetTable:
    """A published table: what a row is, its key, the order its rows stand in, and what its user must know."""

    id: str
    title: Words
    row: Words
    key: tuple[str, ...]
    order: tuple[str, ...]
    fields: tuple[DatasetField, ...]
    warnings: tuple[Words, ...]
    authority: str = ""

    def field(self, name: str) -> DatasetField:
        """The field of that name; `KeyError` when the table has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields in order."""
        return tuple(field.name for field in self.fields)


class _Words(Strict):
    en: str
    zh: str

    def words(self) -> Words:
        return Words(self.en, self.zh)


class _FieldEntry(Strict):
    type: str = Setting(pattern="^(string|bool|int16|int32|int64|double|date|timestamp)$")
    role: str = Setting(pattern="^(dimension|measure|evidence|text)$")
    unit: str = Setting(min_length=1)
    en: str = Setting(min_length=1)
    zh: str = Setting(min_length=1)
    allowed: tuple[str, ...] = ()
    source: str = ""


class _TableEntry(Strict):
    source: str = Setting(min_length=1)
    title: _Words
    row: _Words
    key: tuple[str, ...] = Setting(min_length=1)
    order: tuple[str, ...] = Setting(min_length=1)
    fields: tuple[str, ...]
    warnings: tuple[_Words, ...] = Setting(min_length=1)


class _DatasetFile(Strict):
    fields: dict[str, _FieldEntry]
    tables: dict[str, _TableEntry]


@cache
def load_tables() -> dict[str, DatasetTable]:
    """All published tables by id. Raises `FormError` when a table names a field that is not defined."""
    file = load_model(FILE, _DatasetFile)
    tables = {table_id: _table(table_id, entry, file.fields) for table_id, entry in file.tables.items()}
    panel = tables["panel"]
    tables["panel"] = DatasetTable(
        panel.id, panel.title, panel.row, panel.key, panel.order, (*panel.fields, *panel_fields()), panel.warnings
    )
    return tables


@cache
def arrow_schema(table_id: str) -> pa.Schema:
    """The pyarrow schema of a published table, with title, key and warnings in its metadata."""
    table = load_tables()[table_id]
    metadata = {
        "title": table.title.en,
        "title_zh": table.title.zh,
        "row": table.row.en,
        "row_zh": table.row.zh,
        "key": " ".join(table.key),
        "warnings": "\n".join(warning.en for warning in table.warnings),
        "warnings_zh": "\n".join(warning.zh for warning in table.warnings),
        "authority": table.authority,
    }
    return pa.schema([field.arrow() for field in table.fields], {k: v for k, v in metadata.items() if v})


@dataclass(frozen=True, slots=True)
class PanelCell:
    """A cell that is a column of the panel."""

    name: str
    table: str
    item: Item
    column: Column
    unit: str


@cache
def panel_cells() -> tuple[PanelCell, ...]:
    """The cells of the forms that stand in the panel, with their column names."""
    return tuple(cell for table_id in table_ids() for cell in _panel_cells(merged_table(table_id)))


_PREFIXES = {"requests": "req_", "disclosure": "dis_", "proceedings": "", "statistics_2014": "s14_"}


def _panel_cells(table: Table) -> Iterator[PanelCell]:
    for item in table.items:
        for column_id in item.columns:
            column = table.column(column_id)
            if table.id == "requests" and column_id != "total" and item.id != "received":
                continue
            name = _PREFIXES[table.id] + _panel_name(table, item, column)
            yield PanelCell(name, table.id, item, column, published_unit(table.id, item.id, column_id))


def _panel_name(table: Table, item: Item, column: Column) -> str:
    return item.short if table.id == "requests" and column.id == "total" else wide_name(table, item, column)


def wide_name(table: Table, item: Item, column: Column) -> str:
    """Name of a cell as a column, from the short names of the form: letters, digits and `_` only."""
    return item.short if len(table.columns) == 1 else f"{item.short}_{column.short}"


def published_unit(table_id: str, item_id: str, column_id: str) -> str:
    """The unit a cell is published in: money in 万元, all else in the unit of the newest form that has the cell."""
    units = [_form_unit(form, table_id, item_id, column_id) for form in load_forms().values()]
    known = [unit for unit in units if unit]
    return known[-1] if known else money_unit()


def _form_unit(form: Form, table_id: str, item_id: str, column_id: str) -> str | None:
    try:
        return form.table(table_id).unit_of(item_id, column_id)
    except KeyError:
        return None


@cache
def panel_fields() -> tuple[DatasetField, ...]:
    """The panel's fields beyond its key: one a cell, two a metric."""
    fields = [_cell_field(cell) for cell in panel_cells()]
    for metric in load_metrics().values():
        text = Words(
            f"{metric.label.en}: {metric.formula.en}. {metric.caveat.en}",
            f"{metric.label.zh}：{metric.formula.zh}。{metric.caveat.zh}",
        )
        fields.append(DatasetField(metric.short, "double", "measure", metric.unit, text, (), _COMPUTED))
        note = Words(
            f"Why {metric.short} is null, or break_in_series where it belongs to another series",
            f"{metric.short}为空的原因；属于另一序列时为break_in_series",
        )
        fields.append(DatasetField(f"note_{metric.short}", "string", "dimension", "none", note, (), _COMPUTED))
    _check_names(fields)
    return tuple(fields)


def _cell_field(cell: PanelCell) -> DatasetField:
    place = f"{cell.table}/{cell.item.id}/{cell.column.id}"
    label = "".join((*cell.item.groups, cell.item.label, *cell.column.groups, cell.column.label))
    source = f"《政府信息公开条例》{cell.item.groups[0]}" if cell.table == "disclosure" else _authority(cell.table)
    return DatasetField(cell.name, "double", "measure", cell.unit, Words(f"Cell {place}", label), (), source)


def _check_names(fields: list[DatasetField]) -> None:
    names = [field.name for field in fields]
    doubles = sorted({name for name in names if names.count(name) > 1})
    long = [name for name in names if len(name) > LONGEST_NAME]
    if doubles or long:
        raise FormError(
            f"panel: names {doubles + long} are double or longer than {LONGEST_NAME}; give a `short` in the form"
        )


def _table(table_id: str, entry: _TableEntry, fields: dict[str, _FieldEntry]) -> DatasetTable:
    unknown = [name for name in (*entry.fields, *entry.key, *entry.order) if name not in fields]
    if unknown or not set(entry.key) <= set(entry.fields):
        raise FormError(f"{FILE}: table {table_id}: fields {unknown or entry.key} are not defined; define them")
    return DatasetTable(
        table_id,
        entry.title.words(),
        entry.row.words(),
        entry.key,
        entry.order,
        tuple(_field(table_id, name, fields[name], entry) for name in entry.fields),
        tuple(warning.words() for warning in entry.warnings),
        _authority(table_id),
    )


def _field(table_id: str, name: str, entry: _FieldEntry, table: _TableEntry) -> DatasetField:
    role = "key" if name in table.key else entry.role
    source = entry.source or (_DOCUMENT if entry.role == "evidence" else table.source)
    allowed = entry.allowed or _ids_allowed(table_id, name)
    return DatasetField(name, entry.type, role, entry.unit, Words(entry.en, entry.zh), allowed, source)


def _ids_allowed(table_id: str, name: str) -> tuple[str, ...]:
    """The ids of the forms, for the fields of a table of cells that name its row and its column."""
    if table_id not in CELL_TABLES or name not in {"item", "column"}:
        return ()
    table = merged_table(table_id)
    return tuple(one.id for one in (table.items if name == "item" else table.columns))


def _authority(table_id: str) -> str:
    forms = [form for form in load_forms().values() if any(table.id == table_id for table in form.tables)]
    return "；".join(form.authority for form in forms if form.authority)
