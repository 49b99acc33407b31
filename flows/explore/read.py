"""A release's Parquet files in, the rows of one district out, with one region in memory at a time.

Only the columns that are shown are read, as Arrow tables; rows become Python values one district at a time. A row
without a district code, or with one that is no code, belongs to the district `unknown`.

Refuses with `ReleaseError` a file that is not there, cannot be read or lacks a column that is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.explore.prose import FIGURE_FIELDS
from flows.releases import FileEntry, Manifest
from schemas.dataset import CELL_TABLES, arrow_schema, load_tables
from schemas.errors import ReleaseError
from schemas.metrics import load_metrics

UNKNOWN = "unknown"
CELL_FIELDS = (
    "report_id",
    "item",
    "column",
    "value",
    "unit",
    "value_written",
    "unit_written",
    "state",
    "text",
    "override_id",
    "locator_block",
    "locator_row",
    "locator_column",
    "locator_start",
    "locator_end",
    "locator_page",
)
_CODE = re.compile(r"[0-9]{6}")
_WHO = ("publisher_id", "province_code", "district_code")


def panel_fields() -> tuple[str, ...]:
    """The columns of `panel` that are shown: who and when, then each metric and its note."""
    metrics = tuple(name for one in load_metrics().values() for name in (one.short, f"note_{one.short}"))
    return ("district_code", "report_year", "level", "era", "report_id", *metrics)


@cache
def _fields_read() -> dict[str, tuple[str, ...]]:
    """For each table that is shown the columns that are read."""
    names = {name: load_tables()[name].names for name in ("reports", "coverage")}
    names |= {name: tuple(one for one in load_tables()[name].names if one not in _WHO) for name in ("findings",)}
    names["revisions"] = tuple(one for one in load_tables()["revisions"].names if one not in _WHO)
    names["panel"] = panel_fields()
    names["figures"] = FIGURE_FIELDS
    return names | dict.fromkeys(CELL_TABLES, CELL_FIELDS)


@dataclass(frozen=True, slots=True)
class _Words:
    """A column of text: the different texts once, and for each row which of them; the last one is None."""

    texts: tuple[str | None, ...]
    which: np.ndarray

    def slice(self, start: int, end: int) -> list[str | None]:
        texts = self.texts
        return [texts[at] for at in self.which[start:end].tolist()]


@dataclass(frozen=True, slots=True)
class _Values:
    """A column of numbers, dates or truth values."""

    values: pa.Array

    def slice(self, start: int, end: int) -> list[object]:
        found: list[object] = self.values.slice(start, end - start).to_pylist()
        return found


@dataclass(frozen=True, slots=True)
class _Part:
    """One file's columns, and where each district stands in them."""

    columns: tuple[_Words | _Values, ...]
    spans: Mapping[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class RegionRows:
    """All rows of one region by table."""

    region: str
    parts: Mapping[str, tuple[_Part, ...]]

    def districts(self) -> tuple[str, ...]:
        """Codes of all districts with a row in any table, sorted; `unknown` last."""
        return tuple(sorted({code for parts in self.parts.values() for part in parts for code in part.spans}))

    def rows(self, table: str, district: str) -> Iterator[tuple[object, ...]]:
        """Rows of a district with the fields of `fields`, year by year, as they stand in the release."""
        for part in self.parts.get(table, ()):
            for start, length in part.spans.get(district, ()):
                yield from zip(*(column.slice(start, start + length) for column in part.columns), strict=True)

    def records(self, table: str, district: str) -> Iterator[dict[str, object]]:
        """The same rows as dictionaries, for tables of few rows."""
        names = fields(table)
        for row in self.rows(table, district):
            yield dict(zip(names, row, strict=True))


def fields(table: str) -> tuple[str, ...]:
    """Names of the columns that are read of a table, in the order of `RegionRows.rows`."""
    return _fields_read()[table]


def read_regions(release: Path, manifest: Manifest) -> Iterator[RegionRows]:
    """The regions of a release one after the other, sorted by name."""
    wanted = _fields_read()
    files = sorted(
        (file for file in manifest.files if file.table in wanted and file.rows),
        key=lambda file: (file.region, file.table, file.year),
    )
    for region, in_region in groupby(files, key=lambda file: file.region):
        parts: dict[str, list[_Part]] = {}
        for file in in_region:
            parts.setdefault(file.table, []).append(_read_part(release, file, wanted[file.table]))
        yield RegionRows(region, {table: tuple(group) for table, group in parts.items()})


def _read_part(release: Path, file: FileEntry, names: tuple[str, ...]) -> _Part:
    strings = [field.name for field in arrow_schema(file.table) if pa.types.is_string(field.type)]
    columns = list(dict.fromkeys((*names, "district_code")))
    try:
        with pq.ParquetFile(release / file.path, read_dictionary=strings) as parquet:
            rows = parquet.read(columns=columns).combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise ReleaseError(f"{release / file.path}: cannot be read ({error}); publish again") from error
    except KeyError as error:  # pyarrow's word for a column of texts that is not there; others it leaves out
        raise _lacking(release / file.path, str(error.args[0], "utf-8")) from error
    for name in columns:
        if name not in rows.column_names:
            raise _lacking(release / file.path, name)
    return _Part(tuple(_column(rows.column(name)) for name in names), find_spans(rows.column("district_code")))


def _lacking(path: Path, column: str) -> ReleaseError:
    return ReleaseError(f"{path}: has no column {column}; publish again with this version")


def _column(column: pa.ChunkedArray) -> _Words | _Values:
    array = column.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    if not pa.types.is_dictionary(array.type):
        return _Values(array)
    texts = (*array.dictionary.to_pylist(), None)
    return _Words(texts, array.indices.fill_null(len(texts) - 1).to_numpy(zero_copy_only=False))


def find_spans(column: pa.ChunkedArray) -> dict[str, tuple[tuple[int, int], ...]]:
    """For each district the runs of its rows; a release is sorted by district, so there is one run for each."""
    encoded = pc.fill_null(column.cast(pa.string()), UNKNOWN).combine_chunks().dictionary_encode()
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(indices)) + 1, [len(indices)]))
    spans: dict[str, list[tuple[int, int]]] = {}
    for start, end in pairwise(starts.tolist()):
        code = encoded.dictionary[int(indices[start])].as_py()
        spans.setdefault(code if _CODE.fullmatch(code) else UNKNOWN, []).append((start, end - start))
    return {code: tuple(runs) for code, runs in spans.items()}
