"""The explorer of a generated country: districts and years in; size on disk, seconds, first paint and memory out.

    python -m benchmarks.bench_explore --districts 3000 --years 17 [--place DIRECTORY]

Twenty invented districts are read, normalized and put into the panel by the code of the line; the country repeats
them under the codes of the region table. The pages are then opened in headless Chromium from file://, each in a fresh
browser with an empty cache; where there is none, only the writing is measured.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.bench_publish import peak_mebibytes, timed
from flows.explore.write import write_site
from flows.normalize import Frames, Item, make_table, normalize
from flows.panel import add_panel
from flows.publish import Partition, publish_partitions, split_frames
from flows.releases import load_manifest
from schemas.dataset import CELL_TABLES
from schemas.findings import finding
from schemas.records import Cell, Figure, Level, Locator, Period, Qualifier, State
from schemas.regions import Kind, Region, load_regions
from tests.sample_items import NOW, cells_of, item_of

_LAST_YEAR = 2024
_VARIANTS = 20
_TABLES = ("reports", "findings", "figures", "panel", *CELL_TABLES)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def make_cells(era: str, chance: random.Random) -> tuple[Cell, ...]:
    """A filled form: most cells zero, some numbers, a few blank; each table one grid."""
    cells = []
    tables: dict[str, int] = {}
    for n, cell in enumerate(cells_of(era)):
        block = tables.setdefault(cell.table, len(tables))
        place = Locator(block, n // 7 + 2, n % 7 + 2, 1000 + 3 * n, 1002 + 3 * n)
        number = chance.choice([0, 0, 0, 0, 0, 0, chance.randrange(30), chance.randrange(900)])
        blank = chance.random() < 0.03
        cells.append(
            replace(
                cell,
                value=None if blank else Decimal(number),
                state=State.BLANK if blank else State.VALUE,
                text="" if blank else str(number),
                locator=place,
            )
        )
    return tuple(cells)


def make_figures(year: int, chance: random.Random) -> tuple[Figure, ...]:
    """Ten figures of five sentences."""
    figures = []
    for n in range(10):
        number = chance.randrange(2000)
        sentence = f"{year}年，全区通过各类渠道主动公开政府信息若干条，其中第{n // 2}类渠道两项，均按规定时限办理。"
        figures.append(
            Figure(
                indicator="disclosed.items",
                value=Decimal(number),
                unit="条",
                qualifier=Qualifier.EXACT,
                channel="website",
                part_of=None,
                period=Period.CURRENT,
                change=None,
                text=str(number),
                start=100 * n,
                end=100 * n + 4,
                sentence=sentence,
                section=1,
            )
        )
    return tuple(figures)


def _item(variant: int, year: int, chance: random.Random) -> Item:
    era = "2021" if year >= 2021 else "2019" if year >= 2019 else "2014" if year >= 2014 else "2008"
    broken = finding("requests.balance", place="requests/closed/total", expected="12", found="13")
    findings = (broken,) if era in ("2019", "2021") and chance.random() < 0.25 else ()
    told = {"findings": findings, "figures": make_figures(year, chance)}
    return item_of(f"9901{variant + 1:02d}0001", year, era=era, cells=make_cells(era, chance), **told)


def make_variants(years: range) -> list[Frames]:
    """Some districts with all their years, as the line publishes them."""
    chance = random.Random(2026)
    return [add_panel(normalize([_item(n, year, chance) for year in years])) for n in range(_VARIANTS)]


def _move(rows: pa.Table, region: Region) -> pa.Table:
    """The same rows as those of another district."""
    years = rows.column("report_year").cast(pa.string())
    ids = pc.binary_join_element_wise(f"{region.code}0001", years, "-")
    words = {"district_code": region.code, "province_code": region.province_code, "district": region.name}
    for name, word in words.items():
        if name in rows.column_names:
            rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), pa.repeat(word, len(rows)))
    return rows.set_column(rows.column_names.index("report_id"), rows.schema.field("report_id"), ids)


def _coverage(regions: list[Region], years: range) -> pa.Table:
    rows = [
        (one.code, year, one.name, one.province_code, "read", None, NOW.date(), f"{one.code}0001-{year}")
        for year in years
        for one in regions
    ]
    return make_table("coverage", rows)


def make_country(districts: int, years: range) -> Iterator[Partition]:
    """All partitions of a country, province by province."""
    variants = make_variants(years)
    table = load_regions()
    cities = [one for one in table.regions if one.level is Level.CITY and one.is_valid_in(_LAST_YEAR)]
    counties = [*table.counties(_LAST_YEAR), *table.counties(_LAST_YEAR, kind=Kind.ZONE), *cities][:districts]
    provinces = sorted({one.province_code for one in counties})
    for province in provinces:
        regions = [one for one in counties if one.province_code == province]
        frames = {
            table: pa.concat_tables(
                [_move(variants[n % _VARIANTS][table], one) for n, one in enumerate(regions)]
            ).unify_dictionaries()
            for table in _TABLES
        }
        yield from split_frames({**frames, "coverage": _coverage(regions, years)})


def measure_pages(index: Path, districts: list[str]) -> None:
    """Open pages in Chromium, each in a browser of its own, and print what they cost."""
    binary = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if binary is None or shutil.which("chromedriver") is None:
        print("no chromium here: pages not measured")
        return
    pages = {
        "coverage, country": "coverage",
        "coverage, a province": f"coverage/{districts[0][:2]}",
        "district, newest report": f"district/{districts[0]}",
        "district, a report of the 2014 form": f"district/{districts[1]}?year=2016",
        "compare six": f"compare?d={','.join(districts[:6])}&m=disclosure_rate",
        "findings of one code": "findings/requests.balance",
        "dictionary": "dictionary",
    }
    for name, page in pages.items():
        runs = sorted((_open(binary, f"{index.as_uri()}#/zh/{page}") for _ in range(3)), key=lambda run: run["ready"])
        run = runs[1]
        drawn = f", first chart {run['chart']:.0f} ms" if run["chart"] else ""
        print(
            f"{name}: first paint {run['paint']:.0f} ms, page {run['ready']:.0f} ms{drawn};"
            f" script memory {run['heap'] / 1e6:.1f} MB, {run['nodes']:.0f} nodes"
        )


def _open(binary: str, address: str) -> dict[str, Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    profile = tempfile.mkdtemp()
    for word in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(word)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _CLOCK})
        driver.execute_cdp_cmd("Performance.enable", {})
        driver.get(address)
        until = time.monotonic() + 30
        while time.monotonic() < until and not driver.execute_script(_IS_DONE):
            time.sleep(0.05)
        driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        numbers = {one["name"]: one["value"] for one in driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
        return {**driver.execute_script(_TIMES), "heap": numbers["JSHeapUsedSize"], "nodes": numbers["Nodes"]}
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)


_CLOCK = """
window.times = {};
new MutationObserver(() => {
  const main = document.getElementById("main");
  if (main && main.dataset.turn && !window.times.ready) window.times.ready = performance.now();
  if (document.querySelector(".chart[data-drawn]") && !window.times.chart) window.times.chart = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
_IS_DONE = """
const near = [...document.querySelectorAll(".chart")].some((one) => one.getBoundingClientRect().top < innerHeight);
return window.times.ready && (window.times.chart || !near);
"""
_TIMES = """
const paint = performance.getEntriesByName("first-contentful-paint")[0];
return { paint: paint ? paint.startTime : NaN, ready: window.times.ready, chart: window.times.chart || 0 };
"""


def main() -> None:
    """Make the country, write the explorer, look at its pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--districts", type=int, default=3000)
    parser.add_argument("--years", type=int, default=17)
    parser.add_argument("--place", help="directory to work in, kept; by default a temporary one")
    words = parser.parse_args()
    place = Path(words.place or tempfile.mkdtemp())
    years = range(_LAST_YEAR - words.years + 1, _LAST_YEAR + 1)
    try:
        seconds, release = timed(
            lambda: publish_partitions(make_country(words.districts, years), place / "r", NOW, code_version="x")
        )
        cells = sum(load_manifest(release.directory).tables[table] for table in CELL_TABLES)
        print(f"{release.tables['reports']} reports, {cells} cells made and published in {seconds:.0f} s")
        before = peak_mebibytes()
        before_cpu = time.process_time()
        seconds, site = timed(lambda: write_site(release.directory, place / "site"))
        busy = time.process_time() - before_cpu
        sizes = sorted(path.stat().st_size for path in (site.directory / "data" / "district").iterdir())
        print(
            f"explorer written in {seconds:.1f} s, {busy:.1f} s of one core:"
            f" {site.files} files, {site.bytes / 1e6:.0f} MB"
        )
        print(f"  release {release.bytes / 1e6:.0f} MB; district shard: median {sizes[len(sizes) // 2] / 1e3:.0f} kB")
        print(f"  peak memory {peak_mebibytes():.0f} MiB, before writing {before:.0f} MiB")
        codes = sorted(path.stem for path in (site.directory / "data" / "district").iterdir())
        measure_pages(site.directory / "index.html", codes[len(codes) // 2 :])
    finally:
        if not words.place:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
