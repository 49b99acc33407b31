"""How fast and in how much memory releases are published: numbers of cells and reports in, seconds and ratios out.

    python -m benchmarks.bench_publish cells --cells 1000000      against pyarrow writing the same tables, one file each
    python -m benchmarks.bench_publish reports --reports 100000   province by province, then one district read back

The reports are generated records, not pages: every cell of a form with its own number, districts of the region table,
ten report years. Each part runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pandas as pd
import pyarrow.parquet as pq

import flows.publish
from flows.normalize import Frames, Item, normalize
from flows.publish import Partition, Release, publish, publish_partitions
from flows.releases import load_manifest, verify_release
from flows.tables import build_partitions
from flows.validate import validate
from schemas.dataset import CELL_TABLES
from schemas.records import Cell
from schemas.regions import load_regions
from tests.sample_items import LAST, LATER, NOW, cells_of, item_of

_YEARS = range(2016, 2026)
_VARIANTS = 50


def cells_by_era(random_: random.Random) -> dict[str, list[tuple[Cell, ...]]]:
    """Some variants of filled forms by era, to be shared by many reports."""
    return {
        era: [
            tuple(
                replace(cell, value=Decimal(n), text=str(n)) for cell in cells_of(era) for n in [random_.randrange(500)]
            )
            for _ in range(_VARIANTS)
        ]
        for era in ("2014", "2019", "2021")
    }


def generate(reports: int, provinces: list[str]) -> Iterator[tuple[str, Iterator[Item]]]:
    """Items by province: publishers spread over the districts of the provinces, ten years each."""
    random_ = random.Random(2026)
    variants = cells_by_era(random_)
    publishers = max(reports // len(_YEARS) // len(provinces), 1)
    for province in provinces:
        codes = [region.code for region in load_regions().counties(2025) if region.province_code == province]
        names = [f"{codes[n % len(codes)]}{n:05d}" for n in range(publishers)]
        yield province, (_item(name, year, variants, random_) for name in names for year in _YEARS)


def _item(name: str, year: int, variants: dict[str, list[tuple[Cell, ...]]], random_: random.Random) -> Item:
    era = "2021" if year >= 2021 else "2019" if year >= 2019 else "2014"
    return item_of(name, year, cells=random_.choice(variants[era]))


def provinces_of(number: int) -> list[str]:
    """The first provinces of the region table that have counties."""
    return sorted({region.province_code for region in load_regions().counties(2025)})[:number]


def peak_mebibytes() -> float:
    """Largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


class _Watch:
    """Seconds spent in a function that it stands in for."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.seconds = 0.0
        self._function = function

    def __call__(self, *words: Any, **names: Any) -> Any:
        seconds, result = timed(lambda: self._function(*words, **names))
        self.seconds += seconds
        return result


def publish_watched(frames: Frames, root: Path) -> tuple[float, float, float, Release]:
    """Seconds in all, in fsync and in hashing, and the release."""
    sync, digest = _Watch(os.fsync), _Watch(flows.publish.sha256)
    with patch("os.fsync", sync), patch("flows.publish.sha256", digest):
        seconds, release = timed(lambda: publish(frames, root, NOW, code_version="x"))
    return seconds, sync.seconds, digest.seconds, release


def bench_cells(cells: int, place: Path) -> None:
    """One million cells against pyarrow, then the same with one report changed."""
    items = [item for _, items in generate(cells // 149, provinces_of(5)) for item in items]
    seconds, frames = timed(lambda: normalize(items))
    number = sum(frames[table].num_rows for table in CELL_TABLES)
    print(f"{number} cells of {len(items)} reports normalized in {seconds:.1f} s")
    seconds, checked = timed(lambda: validate(frames))
    print(f"validated in {seconds:.1f} s, {checked['findings'].num_rows} findings")
    before = peak_mebibytes()
    plain = min(timed(lambda: _write_plain(checked, place))[0] for _ in range(3))
    seconds, sync, digest, release = publish_watched(checked, place / "a")
    verify, faults = timed(lambda: verify_release(release.directory))
    net = seconds - sync - digest
    print(f"pyarrow, one file a table: {plain:.2f} s")
    print(f"publish: {seconds:.2f} s, of it fsync {sync:.2f}, hashing {digest:.2f}")
    print(f"  ratio without fsync and hashing {net / plain:.1f}, with them {seconds / plain:.1f}")
    print(f"  {release.files} files, {release.bytes / 1e6:.1f} MB; verified in {verify:.2f} s, {len(faults)} faults")
    print(f"  peak memory {peak_mebibytes():.0f} MiB, before publishing {before:.0f} MiB")
    _republish(items, place)


def _write_plain(frames: Frames, place: Path) -> None:
    for table, rows in frames.items():
        pq.write_table(rows, place / f"{table}.parquet", compression="zstd")


def _republish(items: list[Item], place: Path) -> None:
    at = len(items) // 2
    cells = items[at].extracted.cells
    cells = (replace(cells[0], value=Decimal(499_999), text="499999"), *cells[1:])
    name, year = items[at].report_id[:-5], int(items[at].report_id[-4:])
    other = item_of(name, year, body="again", cells=cells)
    frames = validate(normalize([*items[:at], other, *items[at + 1 :]]))
    seconds, release = timed(lambda: publish(frames, place / "a", LATER, code_version="x"))
    new = [file.path for file in load_manifest(release.directory).files if file.since == release.release]
    print(f"one report changed: {seconds:.2f} s, {release.files_linked} files linked, {len(new)} new:")
    for path in new:
        print(f"  {path}")


def bench_reports(reports: int, place: Path) -> None:
    """A hundred thousand reports, province by province, then one district's ten years read back."""
    provinces = provinces_of(31)
    groups = (items for _, items in generate(reports, provinces))
    made = build_partitions(groups, last_year=_YEARS[-1])
    spent = [0.0]

    def partitions() -> Iterator[Partition]:
        while True:
            seconds, partition = timed(lambda: next(made, None))
            spent[0] += seconds
            if partition is None:
                return
            yield partition

    seconds, release = timed(lambda: publish_partitions(partitions(), place, LAST, code_version="x"))
    sizes = sorted(file.bytes for file in load_manifest(release.directory).files)
    cells = sum(release.tables[table] for table in CELL_TABLES)
    print(
        f"{release.tables['reports']} reports, {cells} cells: {seconds:.0f} s, of it making the tables {spent[0]:.0f} s"
    )
    print(f"  peak memory {peak_mebibytes():.0f} MiB")
    print(f"  {release.files} files, {release.bytes / 1e6:.0f} MB")
    print(f"  median file {sizes[len(sizes) // 2]} bytes, largest {sizes[-1]}")
    seconds, faults = timed(lambda: verify_release(release.directory))
    print(f"  verified in {seconds:.1f} s, {len(faults)} faults")
    _read_back(release.directory, load_regions().counties(2025)[1000].code)


def _read_back(directory: Path, code: str) -> None:
    region = load_regions().iso_region(code)
    files = f"{directory}/requests/**/*.parquet"
    for name, where in (
        ("by its code", f"district_code = '{code}'"),
        ("by its code and region", f"district_code = '{code}' AND region = '{region}'"),
    ):
        best, rows = min((timed(lambda where=where: _query(files, where)) for _ in range(5)), key=lambda pair: pair[0])
        print(f"  DuckDB, ten years of {code} {name}: {best * 1000:.0f} ms, {len(rows)} rows")
    filters = [("district_code", "==", code)]
    for name, where in (("by its code", filters), ("by its code and region", [*filters, ("region", "==", region)])):
        best, frame = min(
            (timed(lambda where=where: pd.read_parquet(directory / "requests", filters=where)) for _ in range(3)),
            key=lambda pair: pair[0],
        )
        print(f"  pandas, ten years of {code} {name}: {best * 1000:.0f} ms, {len(frame)} rows")


def _query(files: str, where: str) -> list[tuple[Any, ...]]:
    return duckdb.read_parquet(files, hive_partitioning=True).filter(where).fetchall()


def main() -> None:
    """Run one of the two measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measure", choices=["cells", "reports"])
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--place", help="directory to work in; by default a temporary one")
    words = parser.parse_args()
    place = Path(tempfile.mkdtemp(dir=words.place))
    try:
        if words.measure == "cells":
            bench_cells(words.cells, place)
        else:
            bench_reports(words.reports, place)
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
