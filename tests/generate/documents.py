"""A seed in, the same kind of report as `draw` gives out as a document: DOCX, XLSX or a ruled PDF, with its truth.

    made = draw_document(17, "pdf")

The tables are those of `html_plain`: what is tried here is the medium, not the layout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from extractors.document import GridSource
from tests.documents import Block, docx_bytes, pdf_bytes, xlsx_bytes
from tests.generate.abstract import AbstractTable
from tests.generate.layouts import BY_NAME
from tests.generate.report import Generated, compose, truth_of
from tests.generate.writing import DEGREES, Degree

WRITERS: dict[str, Callable[[Sequence[Block]], bytes]] = {"docx": docx_bytes, "xlsx": xlsx_bytes, "pdf": pdf_bytes}


def draw_document(seed: int, medium: str, era: str = "2021", damage: str = "default") -> Generated:
    """The report of a seed as a document. `KeyError` for an unknown medium or damage."""
    rng = Random(f"{seed}/{medium}/{era}/{damage}")
    tables: list[AbstractTable] = []

    def keep(rng: Random, table: AbstractTable, degree: Degree) -> str:
        tables.append(table)
        return str(len(tables) - 1)

    layout = replace(BY_NAME["html_plain"], name=f"{medium}_plain", medium=medium, paint=keep)
    report = compose(rng, era, layout, DEGREES[damage])
    blocks: list[Block] = [report.title]
    blocks += [_grid(tables[int(content)]) if kind == "table" else content for kind, content in report.parts]
    data = WRITERS[medium](blocks)
    return Generated(data, f"report.{medium}", truth_of(report, layout), layout.name, era, damage, False, report.broken)


def _grid(table: AbstractTable) -> tuple[GridSource, ...]:
    return tuple(GridSource(cell.text, cell.row, cell.column, cell.row_span, cell.column_span) for cell in table.cells)
