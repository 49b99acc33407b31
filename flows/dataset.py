"""A release in, a pandas frame out: one call, by table, regions, districts, years and metrics.

    from flows.dataset import load

    panel = load("panel", districts=["云麓区", "澄湾区"], years="2019-2023", metrics=["disclosure_rate"])
    cells = load("requests", regions="CN-JS", years=range(2019, 2024))

Codes are text, missing is missing. Where districts are named, two columns more say for which of them a row stands
(`asked_code`) and how the unit that reported differs from it (`relation`, see `flows.selection.Relation`; null for the
district itself and always for a mere change of name). With `follow_successors` the rows of the unit a district was
merged into stand for it as well, marked `merged_or_split`.

Raises `SelectionError` for what cannot be understood and for a selection without rows, naming what there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from flows.compare import find_metric
from flows.releases import LATEST, find_release
from flows.selection import (
    Selection,
    SelectionError,
    nothing_found,
    parse_districts,
    parse_regions,
    parse_tables,
    parse_years,
    read_rows,
    unit_in,
)
from flows.settings import load_settings
from schemas.dataset import load_tables

Words = str | Iterable[str]
Years = str | int | Iterable[int]


def load(
    table: str,
    regions: Words | None = None,
    districts: Words | None = None,
    years: Years | None = None,
    metrics: Words | None = None,
    *,
    release: str = LATEST,
    releases: Path | str | None = None,
    follow_successors: bool = False,
) -> pd.DataFrame:
    """The rows of a published table as a frame.

    Args:
        table: Name of a published table, such as `panel` or `requests`.
        regions: Provinces, by ISO 3166-2 code (CN-JS) or name; all by default.
        districts: Districts, by name or six-digit code; all by default.
        years: Report years: 2021, `"2019-2023"`, or any iterable of years; all by default.
        metrics: For `panel`: ids of the metrics to keep, each with its note; all columns by default.
        release: Id of a release or its beginning.
        releases: Directory of releases; that of the settings by default.
        follow_successors: Let a unit a district was merged into, or split from, stand for it.
    """
    (name,) = parse_tables(table)
    selection = Selection(
        parse_districts(_words(districts)), _parse_years(years), parse_regions(_words(regions)), follow_successors
    )
    directory = find_release(Path(releases) if releases else load_settings()[0].releases_directory, release)
    rows = read_rows(directory, name, selection, _columns(name, metrics))
    if rows.num_rows == 0 and selection.is_narrow:
        raise nothing_found(directory, name, selection)
    frame: pd.DataFrame = rows.to_pandas()
    return frame if selection.districts is None else _with_districts(frame, selection)


def _words(words: Words | None) -> str:
    return words if isinstance(words, str) else ",".join(words or ())


def _parse_years(years: Years | None) -> tuple[int, ...] | None:
    if years is None or isinstance(years, str):
        return parse_years(years or "")
    return (years,) if isinstance(years, int) else tuple(sorted(set(years)))


def _columns(table: str, metrics: Words | None) -> list[str] | None:
    """The panel's identity and the metrics asked for, each with its note; None for all columns."""
    if metrics is None:
        return None
    if table != "panel":
        raise SelectionError(f"metrics: table {table} has none; the metrics stand in panel")
    chosen = [find_metric(name).short for name in _words(metrics).split(",")]
    described = {name for metric in chosen for name in (metric, f"note_{metric}")}
    identity = ("district_code", "report_year", "district", "province_code", "level", "era", "report_id")
    return [name for name in load_tables()["panel"].names if name in identity or name in described]


def _with_districts(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Each row once for every district asked for that it stands for."""
    years = selection.years or tuple(frame["report_year"].dropna().unique())
    stands_for = [
        (unit.code, int(year), district.code, unit.relation.value if unit.relation else None)
        for district in selection.districts or ()
        for year in years
        if (unit := unit_in(district, int(year), selection.follow_successors))
    ]
    asked = pd.DataFrame(stands_for, columns=["district_code", "report_year", "asked_code", "relation"])
    return frame.merge(asked.astype({"report_year": frame["report_year"].dtype}), on=["district_code", "report_year"])
