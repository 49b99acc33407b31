"""Cases with their truth in, how well figures are read out: `python -m benchmarks.score_figures CASES.jsonl`.

A case is a line `{"id", "year", "text", "figures": [...]}`. A figure is right when indicator, value and unit are
(a truth without a unit takes any but %); the other rows ask for one more field as well. A figure told twice in a case
counts once; figures without an indicator, and those of ids that begin with `x.`, are left out. Exit 0 scored, 2 an
unreadable file.
"""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.figures import figures_of_case

DEFAULTS = {"qualifier": "exact", "channel": None, "part_of": None, "period": "current", "change": None}
ROWS: dict[str, tuple[str, ...]] = {
    "main": (),
    "channel": ("channel",),
    "qualifier": ("qualifier",),
    "channel and qualifier": ("channel", "qualifier"),
    "period and change": ("period", "change"),
    "part_of": ("part_of",),
    "all": tuple(DEFAULTS),
}
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of one row, 0..1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Result:
    """Scores by row, the count of figures expected, figures in cases that have none, and the errors in words."""

    scores: Mapping[str, Score]
    expected: int
    false_in_negatives: int
    errors: tuple[str, ...]


def load_cases(path: Path) -> tuple[Plain, ...]:
    """The cases of a file, in order."""
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def score(cases: Iterable[Plain]) -> Result:
    """Read every case and compare with its truth."""
    hits = dict.fromkeys(ROWS, 0)
    expected = predicted = false_in_negatives = 0
    errors: list[str] = []
    for case in cases:
        truth = _distinct(case["figures"])
        found = _distinct(figures_of_case(case)["figures"])
        expected, predicted = expected + len(truth), predicted + len(found)
        false_in_negatives += len(found) if not truth else 0
        pairs = _pairs(truth, found)
        for row, names in ROWS.items():
            hits[row] += sum(all(told[name] == read[name] for name in names) for told, read in pairs)
        errors.extend(_errors(case, truth, found, pairs))
    scores = {row: _score(hit, predicted, expected) for row, hit in hits.items()}
    return Result(scores, expected, false_in_negatives, tuple(errors))


def _clean(figure: Plain) -> Plain:
    unit = figure.get("unit")
    cleaned = {name: figure.get(name) or default for name, default in DEFAULTS.items()}
    cleaned["indicator"], cleaned["value"], cleaned["text"] = (
        figure["indicator"],
        float(figure["value"]),
        figure["text"],
    )
    cleaned["unit"] = "".join(unicodedata.normalize("NFKC", unit).split()) if unit else None
    return cleaned


def _distinct(figures: Iterable[Plain]) -> list[Plain]:
    names = ("indicator", "value", "unit", "channel", "period", "change")
    kept: dict[tuple[object, ...], Plain] = {}
    for figure in figures:
        if figure["indicator"] and not figure["indicator"].startswith("x."):
            cleaned = _clean(figure)
            kept.setdefault(tuple(cleaned[name] for name in names), cleaned)
    return list(kept.values())


def _is_same(told: Plain, read: Plain) -> bool:
    close = abs(told["value"] - read["value"]) <= 1e-6 * max(1.0, abs(told["value"]))
    unit = read["unit"] == told["unit"] or (told["unit"] is None and read["unit"] != "%")
    return bool(told["indicator"] == read["indicator"] and close and unit)


def _pairs(truth: Sequence[Plain], found: Sequence[Plain]) -> list[tuple[Plain, Plain]]:
    """One to one, those that agree in most fields first."""
    options = sorted(
        (-sum(told[name] == read[name] for name in (*DEFAULTS, "text")), first, second)
        for first, told in enumerate(truth)
        for second, read in enumerate(found)
        if _is_same(told, read)
    )
    pairs: list[tuple[Plain, Plain]] = []
    used_truth: set[int] = set()
    used_found: set[int] = set()
    for _, first, second in options:
        if first not in used_truth and second not in used_found:
            used_truth.add(first)
            used_found.add(second)
            pairs.append((truth[first], found[second]))
    return pairs


def _errors(
    case: Plain, truth: Sequence[Plain], found: Sequence[Plain], pairs: Sequence[tuple[Plain, Plain]]
) -> list[str]:
    matched = {id(figure) for pair in pairs for figure in pair}
    lines = [f"missed    {_told(figure)}" for figure in truth if id(figure) not in matched]
    lines += [f"spurious  {_told(figure)}" for figure in found if id(figure) not in matched]
    for told, read in pairs:
        wrong = [name for name in DEFAULTS if told[name] != read[name]]
        lines += [f"{name}  {_told(told)}: {read[name]}, not {told[name]}" for name in wrong]
    return [f"{case['id']}  {line}" for line in lines]


def _told(figure: Plain) -> str:
    return f"{figure['indicator']} {figure['value']:g} {figure['unit']} «{figure['text']}»"


def _score(hit: int, predicted: int, expected: int) -> Score:
    precision = hit / predicted if predicted else float(hit == expected)
    recall = hit / expected if expected else 1.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def main() -> None:
    """Print the rows, and the errors that were asked for."""
    parser = argparse.ArgumentParser(description="How well figures are read from prose")
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--errors", type=int, default=0, help="print so many errors")
    arguments = parser.parse_args()
    try:
        cases = [case for path in arguments.cases for case in load_cases(path)]
        result = score(cases)
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"cannot score: {error!r}; expected lines with id, text, figures\n")
        sys.exit(2)
    for line in result.errors[: arguments.errors]:
        print(line)
    for row, told in result.scores.items():
        print(f"{row:24s} P {told.precision:.3f}  R {told.recall:.3f}  F1 {told.f1:.3f}")
    print(f"figures in cases without any: {result.false_in_negatives}; {result.expected} figures in {len(cases)} cases")


if __name__ == "__main__":
    main()
