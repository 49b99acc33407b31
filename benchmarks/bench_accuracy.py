"""How many cells of generated reports are read right, by layout and damage: a number of reports in, ratios out.

    python -m benchmarks.bench_accuracy --reports 10000 --jobs 2 [--layout text_pipes] [--damage heavy] [--list 20]

Reports whose numbers break an identity and whose blanks left no trace are counted apart: nobody could place them. Every
cell that is not right is told with the arguments of `tests.generate.draw` that give its report again.
Exit status 1 when a number is wrong in a report that could be read.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from extractors.readers import read
from extractors.report import extract
from tests.generate import DAMAGES, ERAS, LAYOUTS, draw, score_report

Task = tuple[int, str | None, str | None, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: counts of verdicts, the cells not right as (kind, text), seconds."""

    task: Task
    layout: str
    group: str
    counts: Counter[str]
    cells: tuple[tuple[str, str], ...]
    seconds: float


def run(task: Task) -> Outcome:
    """Draw a report, read it, score it. A failure of the program is a verdict, not an end."""
    seed, layout, era, damage = task
    made = draw(seed, layout, era, damage)
    unsolvable = made.lossy and made.broken not in (None, "statistics.parts")  # no identity places a number there
    group = "broken and lossy" if unsolvable else "lossy" if made.lossy else "plain"
    start = time.perf_counter()
    try:
        score = score_report(made, extract(read(made.data)))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__}: {error} at {place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
        cells = made.truth["cells"]
        failed = Counter(failed=1, cells=len(cells), values=sum(cell["state"] == "value" for cell in cells))
        return Outcome(task, made.layout, group, failed, (("failed", told),), time.perf_counter() - start)
    counts = Counter(score.counts)
    counts["reports"] = 1
    counts["era"] = score.era_right
    counts["perfect"] = not score.cells
    marks = " ".join((*made.notes, *([f"broken {made.broken}"] if made.broken else ())))
    cells = [
        (cell.kind, f"{made.era} {marks}: {cell.place}: truth {cell.truth}; read {cell.found}") for cell in score.cells
    ]
    if not score.era_right:
        cells.append(("era", f"{made.era} {marks}: truth {made.truth['report']['era']}"))
    return Outcome(task, made.layout, group, counts, tuple(cells), time.perf_counter() - start)


def tasks(options: argparse.Namespace) -> Iterator[Task]:
    """One task a report; layouts and damages in turn where none is given."""
    for number in range(options.reports):
        layout = options.layout or LAYOUTS[number % len(LAYOUTS)]
        yield (options.seed + number, layout, options.era, options.damage)


def ratios(counts: Counter[str]) -> str:
    """Precision and recall of values, states right, in words."""
    given = counts["right"] + counts["wrong"] + counts["invented"]
    states = counts["cells"] - counts["values"]
    precision = counts["right"] / given if given else 1.0
    recall = counts["right"] / counts["values"] if counts["values"] else 1.0
    rest = counts["right_state"] / states if states else 1.0
    return (
        f"{counts['reports'] + counts['failed']:6d} {counts['values']:8d} {precision:9.4%} {recall:9.4%} {rest:9.4%}"
        f" {counts['wrong'] + counts['invented']:6d} {counts['unread']:6d} {counts['lost']:6d}"
        f" {counts['state'] + counts['unread_state']:6d} {counts['silent']:6d}"
        f" {counts['failed']:6d} {counts['perfect']:6d}"
    )


HEADING = (
    f"{'':24s} {'report':>6s} {'values':>8s} {'precision':>9s} {'recall':>9s} {'states':>9s} {'wrong':>6s}"
    f" {'unread':>6s} {'lost':>6s} {'state':>6s} {'silent':>6s} {'failed':>6s} {'perf.':>6s}"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first report (0)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--layout", choices=LAYOUTS)
    parser.add_argument("--era", choices=ERAS)
    parser.add_argument("--damage", choices=DAMAGES, default="default")
    parser.add_argument("--list", type=int, default=3, help="reports shown for each layout and kind of failure (3)")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    outcomes = list(_outcomes(options))
    _print_tables(outcomes)
    _print_failures(outcomes, options.list)
    print(f"\n{options.reports} reports, damage {options.damage}, {time.perf_counter() - start:.0f} s")
    return int(any(kind in ("wrong", "invented") for one in outcomes if one.group == "plain" for kind, _ in one.cells))


def _outcomes(options: argparse.Namespace) -> Iterator[Outcome]:
    if options.jobs == 1:
        yield from map(run, tasks(options))
        return
    with ProcessPoolExecutor(options.jobs) as pool:
        yield from pool.map(run, tasks(options), chunksize=8)


def _print_tables(outcomes: Sequence[Outcome]) -> None:
    groups: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in outcomes:
        groups[one.group][one.layout].update(one.counts)
    for group, layouts in sorted(
        groups.items(), key=lambda pair: ("plain", "lossy").index(pair[0]) if pair[0] in ("plain", "lossy") else 2
    ):
        print(f"\n{group}\n{HEADING}")
        for layout in LAYOUTS:
            if layout in layouts:
                print(f"{layout:24s} {ratios(layouts[layout])}")
        print(f"{'all':24s} {ratios(sum(layouts.values(), Counter()))}")


def _print_failures(outcomes: Sequence[Outcome], limit: int) -> None:
    found: dict[tuple[str, str], list[tuple[Task, str, int]]] = defaultdict(list)
    for one in outcomes:
        by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, text in one.cells:
            by_kind[kind].append(text)
        for kind, texts in by_kind.items():
            found[one.layout, kind].append((one.task, texts[0], len(texts)))
    for (layout, kind), cases in sorted(found.items(), key=lambda pair: -sum(case[2] for case in pair[1])):
        print(f"\n{layout} {kind}: {sum(case[2] for case in cases)} cells in {len(cases)} reports")
        for task, text, count in cases[:limit]:
            print(f"  draw{task!r} {count} cells, first: {text}")


if __name__ == "__main__":
    sys.exit(main())
