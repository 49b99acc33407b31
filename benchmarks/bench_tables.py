"""How fast reports are read: generated reports in, reports a second by layout and each step's share of the time out.

    python -m benchmarks.bench_tables [--reports 3] [--layout text_pipes] [--damage default]

Steps are the functions that `extractors.report` takes from other modules, timed where it calls them, and within
`read_tables` those that `extractors.tables.choose` calls; reading the bytes is the first. One process, one core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from inspect import isgeneratorfunction
from types import FunctionType, ModuleType
from typing import Any

from extractors import report
from extractors.readers import read
from extractors.tables import choose
from tests.generate import DAMAGES, LAYOUTS, draw

Spent = Counter[str]


def timed(name: str, function: Callable[..., Any], spent: Spent) -> Callable[..., Any]:
    """The function, adding the seconds of each call to `spent`."""

    def call(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - start

    return call


def time_steps(module: ModuleType, prefix: str, spent: Spent) -> None:
    """Time what a module calls of other modules of the extractors, from now on."""
    for name, function in list(vars(module).items()):
        foreign = isinstance(function, FunctionType) and function.__module__ != module.__name__
        if foreign and function.__module__.startswith("extractors."):
            setattr(module, name, timed(prefix + name, _whole(function), spent))


def _whole(function: FunctionType) -> Callable[..., Any]:
    """A generator function is timed to its end: its results as a tuple."""
    if not isgeneratorfunction(function):
        return function
    return lambda *arguments, **named: iter(tuple(function(*arguments, **named)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, default=3, help="reports a layout (3)")
    parser.add_argument("--layout", choices=LAYOUTS)
    parser.add_argument("--damage", choices=DAMAGES, default="default")
    options = parser.parse_args(arguments)
    spent: Spent = Counter()
    time_steps(report, "", spent)
    time_steps(choose, "read_tables: ", spent)
    read_timed = timed("read", read, spent)
    report.extract(read(draw(0).data))  # forms and word lists are loaded once
    spent.clear()
    total, count = 0.0, 0
    for layout in (options.layout,) if options.layout else LAYOUTS:
        pages = [draw(seed, layout, damage=options.damage).data for seed in range(options.reports)]
        start = time.perf_counter()
        for page in pages:
            report.extract(read_timed(page))
        seconds = time.perf_counter() - start
        print(f"{layout:24s} {len(pages) / seconds:8.2f} reports a second")
        total, count = total + seconds, count + len(pages)
    print(f"{'all':24s} {count / total:8.2f} reports a second\n")
    for name, seconds in spent.most_common():
        print(f"{name:40s} {seconds / total:8.1%} of the time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
