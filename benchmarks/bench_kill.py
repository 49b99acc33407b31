"""Kill a publishing process at many points and look whether `latest` still verifies: a number of points in, counts out.

    python -m benchmarks.bench_kill --points 200

Exit status 1 when once `latest` does not verify, or the next run does not publish as if nothing had happened.
"""

from __future__ import annotations

import argparse
import sys
import time

from flows.normalize import normalize
from tests.killing import kill_everywhere
from tests.sample_items import cells_of, item_of


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=200)
    points = parser.parse_args().points
    items = [item_of(f"99010{n}0001", year) for n in (1, 2) for year in (2018, 2020, 2021)]
    other = item_of("9901010001", 2018, body="again", cells=cells_of("2014", add=7))
    start = time.perf_counter()
    try:
        lines, counts = kill_everywhere(normalize(items), normalize([other, *items[1:]]), points)
    except AssertionError as error:
        print(f"FAILED {error}")
        sys.exit(1)
    print(f"killed at {sum(counts.values())} of the {lines} lines a publication runs: latest verified every time")
    print(f"  latest was the release before {counts['before']} times, the new one {counts['after']} times")
    print(f"  {time.perf_counter() - start:.0f} s, the next run of each included")


if __name__ == "__main__":
    main()
