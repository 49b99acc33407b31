"""Prose in, figures out: what the sentences of a report count, each with its evidence.

The steps, each a module of its own: `flatten` (clean text), `mask` (hide what is no statistic), `clause` (words,
numbers, marks), `walk` (attach each number to an indicator, by `match` and `tense`), `wholes` (of what it is a part),
and `check` (compare with the tables). What a number can mean, and by which words it is told, stands in
`schemas/indicators.yaml` and `schemas/phrases.yaml`.

A number that no phrase explains keeps `indicator` None when it has a counted noun; it is never forced into one.
"""

from extractors.figures.check import check_narrative
from extractors.figures.extract import extract_figures, find_document_figures

__all__ = ["check_narrative", "extract_figures", "find_document_figures"]
