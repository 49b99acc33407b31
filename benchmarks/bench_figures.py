"""Prose in, characters a second out: `python -m benchmarks.bench_figures CASES.jsonl [--cutter jieba|rjieba|both]`.

With both cutters it also says whether they give the same figures on every case, and lists what they cut differently.
`rjieba` is optional (`pip install "gongkai[fast]"`).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.score_figures import Plain, load_cases
from extractors.figures.cut import choose_cutter, cut_words
from flows.figures import figures_of_case


def measure(cases: list[Plain], cutter: str) -> tuple[float, list[Plain], list[tuple[str, ...]]]:
    """Characters a second (processor time, dictionary loaded before), the figures of each case, and its words."""
    choose_cutter(cutter)
    figures_of_case(cases[0])
    started = time.process_time()
    found = [figures_of_case(case) for case in cases]
    seconds = time.process_time() - started
    words = [cut_words(case["text"]) for case in cases]
    return sum(len(case["text"]) for case in cases) / seconds, found, words


def main() -> None:
    """Print one line a cutter, then how they differ."""
    parser = argparse.ArgumentParser(description="Speed of reading figures")
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--cutter", choices=("jieba", "rjieba", "both"), default="jieba")
    arguments = parser.parse_args()
    cases = [case for path in arguments.cases for case in load_cases(path)]
    names = ("jieba", "rjieba") if arguments.cutter == "both" else (arguments.cutter,)
    results = []
    for name in names:
        try:
            results.append(measure(cases, name))
        except ModuleNotFoundError:
            sys.exit(f'{name} is not installed: pip install "gongkai[fast]"')
        print(f"{name:8s} {results[-1][0]:>12,.0f} characters a second")
    if len(results) == 2:
        (_, first_found, first_words), (_, second_found, second_words) = results
        unequal = sum(first != second for first, second in zip(first_found, second_found, strict=True))
        print(f"cases with unequal figures: {unequal} of {len(cases)}")
        for case, first, second in zip(cases, first_words, second_words, strict=True):
            if first != second:
                print(f"cut differently: {case['id']}: {sorted(set(first) ^ set(second))}")


if __name__ == "__main__":
    main()
