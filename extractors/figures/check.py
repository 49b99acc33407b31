"""Figures and cells in, findings out: `narrative.table` and `narrative.parts`."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.records import Cell, Figure, Finding


def check_narrative(figures: Sequence[Figure], cells: Sequence[Cell]) -> tuple[Finding, ...]:
    """Findings where prose and table, or a total and its parts, do not agree."""
    return ()
