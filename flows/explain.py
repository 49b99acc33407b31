"""A published value in, the way back to the page out: what `gongkai explain REPORT_ID [PLACE]` tells.

From the release: value, unit, what was written, state, override, and the findings of the place. From the archive:
address, time and hash of the bytes, the file and byte they stand at, and the words around the place, read anew from
those bytes. A place is `table/item/column`, `table/item`, `table`, or `figures/<n>`; without one, the report itself
is told of.

Raises `ReleaseError` for a report or place the release does not hold, naming those it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from extractors.document import Document, Grid, GridCell
from extractors.readers import read
from flows.aligned import aligned
from flows.archive import Archive
from schemas.dataset import CELL_TABLES
from schemas.errors import ReleaseError

_AROUND = 60
_MOST_SHOWN = 40
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """A report, the rows of the place asked for, their findings, and where the bytes are kept."""

    report: Row
    rows: tuple[Row, ...]
    findings: tuple[Row, ...]
    snippets: tuple[str, ...]
    file: str
    offset: int


def explain(release: Path, archive: Archive, report_id: str, place: str = "") -> Explained:
    """Gather all that is known of a report or of a place in it."""
    report = _find_report(release, report_id)
    table, _, rest = place.partition("/")
    rows = _find_rows(release, report_id, table, rest) if table else ()
    capture = next((each for each in archive.captures(report["url"]) if each.sha256 == report["sha256"]), None)
    body = archive.read_capture(report["sha256"])
    document = read(body, capture.declared_charset if capture else None)
    where = archive.place_of(report["sha256"])
    return Explained(
        report,
        rows,
        tuple(row for row in _read(release, "findings", report_id) if not place or _is_at(row["place"], place)),
        tuple(snippet_of(document, row) for row in rows[:_MOST_SHOWN]),
        where[0].as_posix() if where else "",
        where[1] if where else 0,
    )


def explanation_text(explained: Explained, place: str) -> str:
    """The explanation for a terminal."""
    report = explained.report
    lines = [f"{report['report_id']} {place}".rstrip()]
    if len(explained.rows) == 1:
        lines += _one(explained.rows[0], explained.snippets[0])
    elif explained.rows:
        lines.append(_many(explained.rows))
    lines += [
        f"  report     {report['title'] or 'without a title'}",
        f"  publisher  {report['publisher']}, {report['level']}, {report['district']} {report['district_code']}",
        f"  year, era  {report['report_year']}, {report['era']}; revision {report['revision']}",
        f"  address    {report['url']}",
        f"  captured   {report['captured_at'].isoformat()}",
        f"  sha256     {report['sha256']}",
        f"  archive    {explained.file} at byte {explained.offset}",
    ]
    if explained.findings:
        rows = [(row["severity"], row["code"], row["message"]) for row in explained.findings]
        lines += ["  findings", aligned(("severity", "code", "message"), rows, "    ")]
    else:
        lines.append("  findings   none")
    return "\n".join(lines) + "\n"


def explanation_json(explained: Explained) -> dict[str, object]:
    """The explanation for a program."""
    plain = [
        {**{name: _plain(value) for name, value in row.items()}, "snippet": snippet}
        for row, snippet in zip(explained.rows, explained.snippets, strict=False)
    ]
    return {
        "report": {name: _plain(value) for name, value in explained.report.items()},
        "rows": plain,
        "findings": [{name: _plain(value) for name, value in row.items()} for row in explained.findings],
        "archive": {"file": explained.file, "offset": explained.offset},
    }


def snippet_of(document: Document, row: Row) -> str:
    """The words around a row's place, the place itself in «»; empty where the row has no place."""
    block = row["locator_block"]
    if block is None or block >= len(document.blocks):
        return ""
    grid = document.blocks[block]
    if isinstance(grid, Grid) and row.get("locator_row") is not None:
        return _grid_snippet(grid, row["locator_row"], row["locator_column"])
    start, end = row["locator_start"], row["locator_end"]
    if start is None or end is None:
        return ""
    before = document.text[max(start - _AROUND, 0) : start]
    after = document.text[end : end + _AROUND]
    return " ".join(f"{before}«{document.text[start:end]}»{after}".split())


def _grid_snippet(grid: Grid, row: int, column: int) -> str:
    lattice = grid.lattice()
    if row >= len(lattice):
        return ""
    marked = lattice[row][column] if column < grid.column_count else None
    cells: list[GridCell] = []
    for cell in lattice[row]:
        if cell is not None and cell not in cells:
            cells.append(cell)
    return " | ".join(f"«{_short(cell.text)}»" if cell is marked else _short(cell.text) for cell in cells)


def _short(text: str) -> str:
    return " ".join(text.split())


def _one(row: Row, snippet: str) -> list[str]:
    value = "none" if row["value"] is None else f"{row['value']:g} {row['unit'] or ''}".rstrip()
    names = ("block", "row", "column", "start", "end", "page")
    told = [f"{name} {row[f'locator_{name}']}" for name in names if row.get(f"locator_{name}") is not None]
    lines = [
        f"  value      {value}",
        f"  written    “{row['text']}”" + (f", read as {row['value_written']:g}" if row.get("value_written") else ""),
    ]
    if "state" in row:
        lines.append(f"  state      {row['state']}")
    if row.get("override_id"):
        lines.append(f"  override   {row['override_id']}")
    lines.append(f"  place      {', '.join(told) or 'none in the document'}")
    return [*lines, f"  on page    {snippet}"] if snippet else lines


def _many(rows: tuple[Row, ...]) -> str:
    header: tuple[str, ...] = ("item", "column", "value", "unit", "state", "text")
    if "indicator" in rows[0]:
        header = ("n", "indicator", "value", "unit", "channel", "text")
    shown = [tuple(row[name] for name in header) for row in rows[:_MOST_SHOWN]]
    more = f"\n  … and {len(rows) - _MOST_SHOWN} more" if len(rows) > _MOST_SHOWN else ""
    return aligned(header, shown, "  ") + more


def _find_report(release: Path, report_id: str) -> Row:
    rows = [row for row in _read(release, "reports", report_id) if row["is_latest"]]
    if not rows:
        known = sorted({row["report_id"] for row in _read(release, "reports", None)})
        near = [name for name in known if name[:6] == report_id[:6]] or known
        raise ReleaseError(f"{release.name}: no report {report_id}; there are {', '.join(near[:8]) or 'none'}")
    return rows[0]


def _find_rows(release: Path, report_id: str, table: str, rest: str) -> tuple[Row, ...]:
    if table == "figures":
        rows = [row for row in _read(release, table, report_id) if rest in {"", str(row["n"])}]
    elif table in CELL_TABLES:
        rows = [row for row in _read(release, table, report_id) if _is_at(f"{row['item']}/{row['column']}", rest)]
    else:
        raise ReleaseError(f"{table!r} is no table with places; they are {', '.join((*CELL_TABLES, 'figures'))}")
    if not rows:
        items = sorted({str(row.get("item", row.get("n"))) for row in _read(release, table, report_id)})
        raise ReleaseError(f"{report_id} has no {table}/{rest}; {table} holds {', '.join(items) or 'nothing'}")
    return tuple(rows)


def _is_at(place: str | None, asked: str) -> bool:
    """Whether a place is the one asked for or lies in it."""
    return not asked or place == asked or bool(place and place.startswith(f"{asked}/"))


def _read(release: Path, table: str, report_id: str | None) -> Iterable[Row]:
    folder = release / table
    if not any(folder.glob("**/*.parquet")):
        return []
    filters = [("report_id", "==", report_id)] if report_id else None
    rows: list[Row] = pq.read_table(folder, filters=filters).to_pylist()
    return rows


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
