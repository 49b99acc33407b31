"""What comparing costs on a whole country: seconds and memory to make its panel, seconds from command to table.

    python -m benchmarks.bench_compare --districts 3000

The panel is made from generated records, province by province, for the districts of the region table (and cities, where
there are not enough) and the 17 report years 2009 to 2025. Then `gongkai compare` runs in processes of its own: two
districts, ranks among their province, all districts, and a chart.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.dataset as ds

from flows.normalize import Item, normalize
from flows.panel import add_panel
from flows.publish import Partition, publish_partitions, split_frames
from schemas.records import Cell, Level
from schemas.regions import Region, load_regions
from tests.sample_items import LAST, cells_of, item_of

_YEARS = range(2009, 2026)
_VARIANTS = 50
_COMMANDS = (
    ("two districts, one metric", ()),
    ("two districts, ranks and all metrics", ("--metrics", "all", "--rank")),
    ("two districts, chart", ("--chart", "out.png")),
)


def variants_of(era: str, random_: random.Random) -> list[tuple[Cell, ...]]:
    """Some filled forms of an era, shared by many reports."""
    return [
        tuple(replace(cell, value=Decimal(n), text=str(n)) for cell in cells_of(era) for n in [random_.randrange(500)])
        for _ in range(_VARIANTS)
    ]


def governments(count: int) -> tuple[Region, ...]:
    """That many counties of the region table, then cities, sorted by code."""
    regions = load_regions()
    cities = (region for region in regions.regions if region.level is Level.CITY and region.is_valid_in(2025))
    return tuple(sorted((*regions.counties(2025), *cities)[:count], key=lambda region: region.code))


def items_of(regions: list[Region], forms: dict[str, list[tuple[Cell, ...]]], random_: random.Random) -> Iterator[Item]:
    """Every year's report of some governments; before 2014 without tables."""
    for region in regions:
        for year in _YEARS:
            era = "2021" if year >= 2021 else "2019" if year >= 2019 else "2014" if year >= 2014 else "2008"
            cells = random_.choice(forms[era]) if era in forms else ()
            item = item_of(f"{region.code}0001", year, era=era, cells=cells)
            yield replace(item, source=replace(item.source, level=region.level, publisher=f"{region.name}人民政府"))


def make_panel(count: int, root: Path) -> Path:
    """Publish the panel of a generated country, and print what it cost."""
    random_ = random.Random(2026)
    forms = {era: variants_of(era, random_) for era in ("2014", "2019", "2021")}
    regions = governments(count)
    spent = {"records and tables": 0.0, "panel": 0.0}
    rows = 0

    def partitions() -> Iterator[Partition]:
        nonlocal rows
        for province in sorted({region.province_code for region in regions}):
            start = time.perf_counter()
            here = [region for region in regions if region.province_code == province]
            frames = normalize(items_of(here, forms, random_))
            middle = time.perf_counter()
            made = add_panel(frames)
            spent["records and tables"] += middle - start
            spent["panel"] += time.perf_counter() - middle
            rows += made["panel"].num_rows
            yield from split_frames({"panel": made["panel"], "findings": made["findings"]})

    start = time.perf_counter()
    release = publish_partitions(partitions(), root / "releases", LAST, code_version="x")
    whole = time.perf_counter() - start
    size = sum(file.stat().st_size for file in release.directory.glob("panel/**/*.parquet"))
    print(f"panel of {len(regions)} districts x {len(_YEARS)} years: {rows} rows, {size / 1e6:.0f} MB")
    print(f"  metrics and rows {spent['panel']:.1f} s; generating and normalizing {spent['records and tables']:.1f} s")
    print(f"  publishing {whole - sum(spent.values()):.1f} s")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return release.directory


def bench_commands(root: Path, runs: int) -> None:
    """Seconds of whole commands, the best and the middle of some runs."""
    program = Path(sys.executable).with_name("gongkai")
    panel = ds.dataset(root / "releases" / "latest" / "panel", partitioning=None).to_table(columns=["district_code"])
    codes = sorted(set(panel.column("district_code").to_pylist()))
    first, second = codes[len(codes) // 3 : len(codes) // 3 + 2]
    commands = [(name, ("--districts", f"{first},{second}", *words)) for name, words in _COMMANDS]
    commands.append(("all districts, all years", ()))
    for name, words in commands:
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            subprocess.run(
                [program, "compare", *words],
                check=True,
                cwd=root,
                env={**os.environ, "GONGKAI_DATA_DIRECTORY": str(root)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            times.append(time.perf_counter() - start)
        times.sort()
        print(f"{name}: best {times[0]:.2f} s, middle {times[len(times) // 2]:.2f} s of {runs}")


def main() -> None:
    """Make the country, then compare in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--districts", type=int, default=3000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--place", type=Path, help="directory to work in and to keep; by default a temporary one")
    words = parser.parse_args()
    place = words.place or Path(tempfile.mkdtemp())
    try:
        if not (place / "releases" / "latest").exists():
            make_panel(words.districts, place)
        bench_commands(place.resolve(), words.runs)
    finally:
        if words.place is None:
            shutil.rmtree(place)


if __name__ == "__main__":
    main()
