"""Forms, metrics, finding codes and field descriptions as shards: what the pages need to name what they show.

`terms` holds the forms as they are laid out, the metrics with their terms, reasons and finding codes; `fields` the
published tables field by field, for the data dictionary; `words` the texts of the pages in both languages.
"""

from __future__ import annotations

from importlib.resources import files

from pydantic import RootModel

from flows.explore.cells import Json, default_units
from schemas.dataset import CELL_TABLES, load_tables
from schemas.findings import load_finding_codes
from schemas.form import Column, Form, Item, Table, load_forms, merged_table
from schemas.indicators import load_codebook
from schemas.metrics import EraFormula, Words, load_metrics, load_reasons
from schemas.yaml_file import Strict, parse_model

WORDS_FILE = "words.yaml"


class _Text(Strict):
    en: str
    zh: str


class _WordsFile(RootModel[dict[str, _Text]]):
    pass


def words_shard() -> dict[str, Json]:
    """The texts of the pages: key to (English, Chinese)."""
    text = files("flows.explore").joinpath(WORDS_FILE).read_text(encoding="utf-8")
    return {key: [one.en, one.zh] for key, one in parse_model(text, WORDS_FILE, _WordsFile).root.items()}


def terms_shard() -> dict[str, Json]:
    """Forms, metrics, indicators, reasons and finding codes."""
    return {
        "tables": {table: _merged(table) for table in CELL_TABLES},
        "eras": {era: _form(form) for era, form in load_forms().items()},
        "metrics": [
            {
                "id": one.id,
                "short": one.short,
                "kind": one.kind.value,
                "unit": one.unit,
                "label": _pair(one.label),
                "formula": _pair(one.formula),
                "caveat": _pair(one.caveat),
                "across": _pair(one.across),
                "eras": {era: _formula(formula) for era, formula in one.eras.items()},
            }
            for one in load_metrics().values()
        ],
        "indicators": {one.id: [one.definition, one.label] for one in load_codebook().indicators.values()},
        "reasons": {code: _pair(words) for code, words in load_reasons().items()},
        "findings": {
            one.code: {
                "severity": one.severity.value,
                "title": [one.title_en, one.title_zh],
                "message": [one.message_en, one.message_zh],
                "action": [one.action_en, one.action_zh],
            }
            for one in load_finding_codes().values()
        },
    }


def fields_shard() -> dict[str, Json]:
    """The published tables with their fields, keys and warnings."""
    return {
        table.id: {
            "title": _pair(table.title),
            "row": _pair(table.row),
            "key": list(table.key),
            "warnings": [_pair(one) for one in table.warnings],
            "fields": [
                [one.name, one.type, one.role, one.unit, *_pair(one.description), " ".join(one.allowed), one.source]
                for one in table.fields
            ],
        }
        for table in load_tables().values()
    }


def _merged(table_id: str) -> dict[str, Json]:
    table = merged_table(table_id)
    return {
        **_layout(table),
        "name": _pair(load_tables()[table_id].title),
        "keys": [list(key) for key in tuple(table.keys())],
        "units": list(default_units(table_id)),
    }


def _form(form: Form) -> dict[str, Json]:
    return {
        "authority": form.authority,
        "years": [form.first_year, form.last_year],
        "tables": {table.id: _layout(table) for table in form.tables},
    }


def _layout(table: Table) -> dict[str, Json]:
    return {
        "title": table.title,
        "section": table.section,
        "unit": table.unit,
        "stub": list(table.stub),
        "items": [_item(table, item) for item in table.items],
        "columns": [_column(column) for column in table.columns],
    }


def _item(table: Table, item: Item) -> dict[str, Json]:
    unit = item.unit or table.unit
    return {
        "id": item.id,
        "label": item.label,
        "groups": list(item.groups),
        "columns": list(item.columns),
        "unit": unit,
    }


def _column(column: Column) -> dict[str, Json]:
    return {"id": column.id, "label": column.label, "groups": list(column.groups), "unit": column.unit}


def _formula(formula: EraFormula) -> dict[str, Json]:
    return {
        "above": [str(term) for term in formula.numerator],
        "below": [str(term) for term in formula.denominator],
        "break": formula.break_in_series,
    }


def _pair(words: Words) -> list[Json]:
    return [words.en, words.zh]
