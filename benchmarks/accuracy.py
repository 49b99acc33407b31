"""How often reports are read right, by era, medium and layout: recorded and generated ones in, `docs/accuracy.*` out.

    python -m benchmarks.accuracy [--generated 600] [--jobs 1] [--into docs]

Every cell of a report's form gets one verdict: `right` (state, number and unit of money as the truth has them), `wrong`
(a number that is not there), `unread` (given up, and a finding says so), `lost` (a number that was there, or a cell
given up, and no finding says so), `state` (no number on either side, but another state: blank for missing). The five
add up to the cells. `docs/accuracy.json` goes into the manifest of every release.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from extractors.readers import read
from extractors.report import extract
from schemas.records import ExtractedReport
from tests.generate import LAYOUTS, Generated, draw, score_report
from tests.generate.documents import WRITERS, draw_document
from tests.report_cases import load_cases, read_case

FIRST_SEED = 710_000
DOCUMENT_ERAS = ("2021", "2019", "2014")
DOCUMENT_SHARE = 20  # one generated report in so many is a document
VERDICTS = ("right", "wrong", "unread", "lost", "state")
_VERDICT_OF = {"invented": "wrong", "unread_state": "unread", "silent": "lost"}
APART = "Cells whose place no reader could know: blanks vanished without a trace, and the sums do not add up"


@dataclass(frozen=True, slots=True)
class Scored:
    """The verdicts on one report, and what it is counted under."""

    name: str
    era: str
    medium: str
    layout: str
    apart: bool
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class GeneratedTask:
    """The arguments of one generated report; `medium` for a document, else `layout`."""

    seed: int
    layout: str | None = None
    medium: str | None = None
    era: str | None = None


def generated_tasks(number: int) -> list[GeneratedTask]:
    """The same reports at every run: layouts in turn, and documents of each medium."""
    documents = number // DOCUMENT_SHARE
    media = tuple(WRITERS)
    pages = [GeneratedTask(FIRST_SEED + at, LAYOUTS[at % len(LAYOUTS)]) for at in range(number - documents)]
    return pages + [
        GeneratedTask(FIRST_SEED + at, None, media[at % len(media)], DOCUMENT_ERAS[at // len(media) % 3])
        for at in range(documents)
    ]


def score_generated(task: GeneratedTask) -> Scored:
    """Draw one report, read it, judge it."""
    made = draw_document(task.seed, task.medium, task.era or "2021") if task.medium else draw(task.seed, task.layout)
    apart = made.lossy and made.broken not in (None, "statistics.parts")
    medium = task.medium or made.layout.split("_")[0]
    return Scored(
        f"{made.layout} {task.seed}",
        made.truth["report"]["era"],
        medium,
        made.layout,
        apart,
        verdicts(made, extract(read(made.data))),
    )


def verdicts(made: Generated, found: ExtractedReport) -> Counter[str]:
    """The five verdicts on the cells of a report, and how many of them hold a number in truth."""
    score = score_report(made, found)
    counts = Counter(_VERDICT_OF.get(cell.kind, cell.kind) for cell in score.cells)
    unknown = sum(cell.truth == "no such cell" for cell in score.cells)
    cells = score.counts["cells"] + unknown
    counts["right"] = cells - sum(counts[verdict] for verdict in VERDICTS if verdict != "right")
    return counts + Counter(reports=1, cells=cells, numbers=score.counts["values"])


def score_recorded() -> Iterator[Scored]:
    """Every recorded report with a truth, judged as the generated ones are."""
    for case in load_cases():
        if case.truth is not None:
            made = Generated(b"", case.file.name, case.truth, case.name, "", "")
            medium = case.file.suffix.removeprefix(".").replace("txt", "text")
            era = case.truth["report"]["era"]
            yield Scored(case.name, era, medium, case.name, False, verdicts(made, read_case(case)))


def tabulate(scored: Sequence[Scored]) -> dict[str, object]:
    """Counts in all, and by era, medium and layout."""
    groups: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in ("era", "medium", "layout")}
    total: Counter[str] = Counter()
    for one in scored:
        total.update(one.counts)
        for name, group in groups.items():
            group[getattr(one, name)].update(one.counts)
    tables = {name: {key: _plain(group[key]) for key in sorted(group)} for name, group in groups.items()}
    return {"all": _plain(total), **tables}


def _plain(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in ("reports", "cells", "numbers", *VERDICTS)}


def accuracy(recorded: Sequence[Scored], generated: Sequence[Scored]) -> dict[str, object]:
    """What `docs/accuracy.json` holds and every manifest repeats."""
    return {
        "cases": {"real": 0, "invented": len(recorded), "generated": len(generated)},
        "drawn_at_random": False,
        "interval_for_the_country": None,
        "recorded": tabulate(recorded),
        "generated": tabulate([one for one in generated if not one.apart]),
        "apart": {"reason": APART, **tabulate([one for one in generated if one.apart])},
    }


HEAD = """# Accuracy

How often the cells of statutory tables are read right. Made by `make accuracy`; the same numbers stand in
`docs/accuracy.json` and in the `manifest.json` of every release.

**What these numbers are not.** {real} of the cases are real reports: real ones are not kept in the repository.
{invented} are pages written for the purpose, each for a trait of real pages (`tests/cases/reports`, a `why.md` beside
each), and {generated} are generated from fixed seeds with mutilated labels, odd cells and sums that do not add up. None
was drawn at random from the country's reports, so no share below is an estimate for the country, and no interval is
claimed. They tell where reading fails, and whether it says so.

| verdict | a cell is |
|---|---|
| right | as the truth has it: state, number, unit of money |
| wrong | given a number that is not there: the worst that can happen |
| unread | given up, and a finding names its table |
| lost | a number, or given up, and nothing says so |
| state | without a number in truth and in reading, but in another state (blank for missing) |

The five add up to the cells. `numbers` is how many of the cells hold a number in truth.
"""


def write_markdown(told: Mapping[str, object]) -> str:
    """The page: what was counted, and one table for each way of counting."""
    cases = told["cases"]
    assert isinstance(cases, dict)
    parts = [HEAD.format(**cases)]
    titles = (
        ("recorded", "Recorded reports", "Each is held to its truth, cell by cell, by `tests/test_report_cases.py`."),
        ("generated", "Generated reports", "Damage is of the default degree; seeds are fixed."),
        ("apart", "Counted apart", f"{APART}. `unread` is the best answer."),
    )
    for key, title, words in titles:
        group = told[key]
        assert isinstance(group, dict)
        if group["all"]["reports"]:
            parts.append(f"## {title}\n\n{words}\n")
            parts += [_table(name, group[name] | {"all": group["all"]}) for name in ("era", "medium", "layout")]
    return "\n".join(parts)


def _table(name: str, rows: Mapping[str, Mapping[str, int]]) -> str:
    columns = ("reports", "cells", "numbers", *VERDICTS)
    lines = [f"| {name} | {' | '.join(columns)} |", "|---|" + "---:|" * len(columns)]
    lines += [
        f"| `{key}` | " + " | ".join(f"{counts[column]:,}" for column in columns) + " |" for key, counts in rows.items()
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, score, write both files, print the totals. Exit status 1 when a number is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--generated", type=int, default=600, help="generated reports (600)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--into", type=Path, default=Path("docs"), help="directory of the two files (docs)")
    options = parser.parse_args(arguments)
    tasks = generated_tasks(options.generated)
    if options.jobs == 1:
        generated = [score_generated(task) for task in tasks]
    else:
        with ProcessPoolExecutor(options.jobs) as pool:
            generated = list(pool.map(score_generated, tasks, chunksize=8))
    told = accuracy(list(score_recorded()), generated)
    (options.into / "accuracy.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (options.into / "accuracy.md").write_text(write_markdown(told), encoding="utf-8")
    for one in generated:
        if one.counts["wrong"] or one.counts["lost"]:
            print(f"{one.name}: {dict(one.counts)}{' (apart)' if one.apart else ''}")
    totals = [told[key]["all"] for key in ("recorded", "generated", "apart")]  # type: ignore[index]  # JSON shape
    print(json.dumps(dict(zip(("recorded", "generated", "apart"), totals, strict=True))))
    return int(any(total["wrong"] for total in totals[:2]))


if __name__ == "__main__":
    sys.exit(main())
