"""A release's files in, the text of its Frictionless `datapackage.json` and table schemas out.

One resource a Parquet file, since a part of a table is a file of its own; the schema of a table stands once, in
`schemas/<table>.json`. Whole numbers that may be absent are declared `number`: readers that go through floating point
frames hand them over so. Sizes are left to the manifest: the Frictionless validator counts no bytes of a Parquet file
and would call every one of them wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from flows.releases import FileEntry
from schemas.dataset import DatasetField, load_tables

_TYPES = {
    "string": "string",
    "bool": "boolean",
    "int16": "integer",
    "int32": "integer",
    "int64": "integer",
    "double": "number",
    "date": "date",
    "timestamp": "datetime",
}


@cache
def table_schema_text(table_id: str) -> str:
    """The Table Schema of a published table as JSON."""
    table = load_tables()[table_id]
    shape = {
        "title": table.title.en,
        "title_zh": table.title.zh,
        "fields": [_field(field) for field in table.fields],
        "primaryKey": list(table.key),
        "warnings": [warning.en for warning in table.warnings],
        "warnings_zh": [warning.zh for warning in table.warnings],
    }
    return json.dumps(shape, ensure_ascii=False, indent=1) + "\n"


def datapackage_text(release: str, now: datetime, files: Iterable[FileEntry]) -> str:
    """The data package of a release as JSON."""
    shape = {
        "profile": "data-package",
        "name": "gongkai",
        "title": "Government information disclosure annual reports of Chinese administrative bodies",
        "version": release,
        "created": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "resources": [_resource(file) for file in files],
    }
    return json.dumps(shape, ensure_ascii=False, indent=1) + "\n"


def _resource(file: FileEntry) -> dict[str, object]:
    return {
        "name": f"{file.table}-{file.region}-{file.year}".lower().replace("_", "-"),
        "type": "table",
        "path": file.path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "sha256": file.sha256,
        "schema": f"schemas/{file.table}.json",
    }


def _field(field: DatasetField) -> dict[str, object]:
    kind = _TYPES[field.type]
    shape: dict[str, object] = {
        "name": field.name,
        "type": "number" if kind == "integer" and field.role != "key" else kind,
        "description": field.description.en,
        "description_zh": field.description.zh,
        "unit": field.unit,
        "role": field.role,
    }
    constraints: dict[str, object] = {"required": True} if field.role == "key" else {}
    if field.allowed:
        constraints["enum"] = list(field.allowed)
    return shape | ({"constraints": constraints} if constraints else {})
