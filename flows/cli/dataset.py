"""Commands on releases: `compare`, `coverage`, `findings`, `export`, `releases`, `dictionary`, `override`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.selection import Selection

_RELEASE = click.option("--release", default="latest", help="Release id or its beginning; the latest by default.")
_DISTRICTS = click.option("--districts", default="", help="Names or codes, such as 宿城区,321311; all by default.")
_YEARS = click.option("--years", default="", help="Report years, such as 2019-2024; all by default.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


def _find(name: str) -> Path:
    from flows.releases import find_release
    from flows.settings import load_settings

    return find_release(load_settings()[0].releases_directory, name)


def _select(districts: str, years: str) -> Selection:
    from flows.selection import Selection, parse_districts, parse_years

    return Selection(parse_districts(districts), parse_years(years))


def _print_json(shape: object) -> None:
    click.echo(json.dumps(shape, ensure_ascii=False, indent=1, default=str))


def _print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from flows.aligned import aligned

    click.echo(aligned(header, rows))


@click.command(epilog="Example: gongkai compare --districts 云麓区,澄湾区 --years 2019-2023 --metric disclosure_rate")
@_DISTRICTS
@_YEARS
@click.option(
    "--metric",
    "--metrics",
    default="disclosure_rate",
    show_default=True,
    help="Metric ids, parted by commas, or all; `gongkai dictionary` lists them.",
)
@click.option("--rank", is_flag=True, help="Add rank in city and province, percentile, change from the year before.")
@click.option("--follow-successors", is_flag=True, help="For years without the unit, show the one it was merged into.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False), help="Write values, notes and ranks to this file.")
@click.option(
    "--chart",
    type=click.Path(dir_okay=False),
    help="Write a chart, .png or .svg: lines over years, ranked bars for one year, a page for several metrics.",
)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Language of labels and notes.")
@_RELEASE
@_JSON
def compare(
    districts: str,
    years: str,
    metric: str,
    rank: bool,
    follow_successors: bool,
    csv_file: str | None,
    chart: str | None,
    language: str,
    release: str,
    as_json: bool,
) -> None:
    """Compare districts over years by one or more metrics, with the reason for every missing number."""
    from flows.compare import compare as compare_districts
    from flows.compare import comparison_rows, parse_metrics
    from flows.compare_text import comparison_text
    from flows.selection import Selection, parse_districts, parse_years

    metrics = parse_metrics(metric)
    selection = Selection(parse_districts(districts), parse_years(years), None, follow_successors)
    comparison = compare_districts(_find(release), metrics, selection)
    if csv_file and not Path(csv_file).parent.is_dir():
        raise click.UsageError(f"--csv {csv_file}: there is no directory {Path(csv_file).parent}; make it first.")
    if chart:
        from flows.charts import draw, write_chart

        write_chart(draw(comparison, language), Path(chart))
        click.echo(f"{chart}: chart written", err=True)
    if csv_file:
        import pyarrow as pa

        from flows.export import csv_text

        Path(csv_file).write_text(
            csv_text(pa.Table.from_pylist(comparison_rows(comparison))), encoding="utf-8", newline=""
        )
    if as_json:
        _print_json(comparison_rows(comparison))
    else:
        click.echo(comparison_text(comparison, language, rank), nl=False)


@click.command(epilog="Example: gongkai coverage --years 2021-2024 --districts 宿城区")
@_DISTRICTS
@_YEARS
@_RELEASE
@_JSON
def coverage(districts: str, years: str, release: str, as_json: bool) -> None:
    """Tell what became of every county-level unit's report: by province, or unit by unit for named districts."""
    from flows.coverage import CoverageState
    from flows.selection import nothing_found, read_rows

    selection = _select(districts, years)
    rows = read_rows(_find(release), "coverage", selection).to_pylist()
    if selection.is_narrow and not rows:
        raise nothing_found(_find(release), "coverage", selection)
    rows.sort(key=lambda row: (row["district_code"], row["report_year"]))
    names = ("district_code", "district", "report_year", "coverage_state", "reason", "checked_date", "report_id")
    if as_json:
        _print_json(rows)
    elif selection.districts is not None:
        _print_table(names, [[row[name] for name in names] for row in rows])
    else:
        _print_table(("province", *CoverageState, "units x years"), _coverage_lines(rows))


def _coverage_lines(rows: Sequence[Mapping[str, str]]) -> list[tuple[object, ...]]:
    """Units by state for each province, and for all."""
    from flows.coverage import CoverageState
    from schemas.regions import load_regions

    counts = Counter((row["province_code"], row["coverage_state"]) for row in rows)
    lines: list[tuple[object, ...]] = []
    for province in sorted({province for province, _ in counts}):
        region = load_regions().get(f"{province}0000")
        states = [counts[province, state.value] for state in CoverageState]
        lines.append((f"{province} {region.name if region else ''}", *states, sum(states)))
    states = [sum(n for (_, one), n in counts.items() if one == state.value) for state in CoverageState]
    return [*lines, ("all", *states, sum(states))]


@click.command(epilog="Example: gongkai findings --districts 宿城区 --severity error --list")
@_DISTRICTS
@_YEARS
@click.option("--code", default="", help="Only this code, such as requests.balance.")
@click.option("--severity", type=click.Choice(["error", "warning", "info"]), help="Only this severity.")
@click.option("--list", "as_list", is_flag=True, help="List them one by one instead of counting codes.")
@_RELEASE
@_JSON
def findings(
    districts: str, years: str, code: str, severity: str | None, as_list: bool, release: str, as_json: bool
) -> None:
    """Count or list what was found wrong or worth knowing in the reports."""
    from flows.selection import nothing_found, read_rows
    from schemas.findings import load_finding_codes

    directory, selection = _find(release), _select(districts, years)
    every = read_rows(directory, "findings", selection).to_pylist()
    if selection.is_narrow and not every and not read_rows(directory, "reports", selection, ["report_year"]).num_rows:
        raise nothing_found(directory, "reports", selection)
    rows = [row for row in every if code in ("", row["code"]) and severity in (None, row["severity"])]
    names = ("report_id", "severity", "code", "place", "expected", "found")
    if as_json:
        _print_json([{name: row[name] for name in (*names, "n", "message", "report_year")} for row in rows])
    elif as_list:
        _print_table(names, [[row[name] for name in names] for row in rows])
    else:
        known = load_finding_codes()
        counts = Counter((row["severity"], row["code"]) for row in rows)
        lines = [
            (grade, one, count, known[one].title_en if one in known else "") for (grade, one), count in counts.items()
        ]
        lines.sort(key=lambda line: (["error", "warning", "info"].index(line[0]), -line[2], line[1]))
        _print_table(("severity", "code", "findings", "meaning"), lines)


@click.command(epilog="Example: gongkai export --format xlsx --tables panel --years 2019-2024 --output panel.xlsx")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "dta", "json", "parquet"]), required=True)
@click.option("--tables", default="panel", show_default=True, help="Tables, parted by commas.")
@click.option("--wide", is_flag=True, help="One row a report, cells as columns.")
@_DISTRICTS
@_YEARS
@click.option(
    "--output", type=click.Path(), help="File for one table, directory for several; default: standard output."
)
@_RELEASE
def export(form: str, tables: str, wide: bool, districts: str, years: str, output: str | None, release: str) -> None:
    """Write rows of a release for Excel, Stata, R or another program."""
    from flows.export import csv_text, json_text, widen
    from flows.export import export as write
    from flows.selection import nothing_found, parse_tables, read_rows

    directory, selection, names = _find(release), _select(districts, years), parse_tables(tables)
    if output is None and (len(names) > 1 or form not in {"csv", "json"}):
        raise click.UsageError("name an --output: only one table as csv or json goes to standard output.")
    if selection.is_narrow and not any(
        read_rows(directory, name, selection, ["report_year"]).num_rows for name in names
    ):
        raise nothing_found(directory, names[0], selection)
    for name in names:
        rows = read_rows(directory, name, selection)
        rows = widen(name, rows) if wide else rows
        if output is None:
            click.echo(csv_text(rows) if form == "csv" else json_text(rows), nl=False)
            continue
        target = Path(output) if len(names) == 1 else Path(output) / f"{name}.{form}"
        target.parent.mkdir(parents=True, exist_ok=True)
        write(rows, name, form, target)
        click.echo(f"{target}: {rows.num_rows} rows", err=True)


@click.group()
def releases() -> None:
    """List, compare, verify and prune releases."""


@releases.command("list", epilog="Example: gongkai releases list")
@_JSON
def releases_list(as_json: bool) -> None:
    """List releases, oldest first."""
    from flows.releases import latest_release, list_releases, load_manifest
    from flows.settings import load_settings

    root = load_settings()[0].releases_directory
    latest = latest_release(root)
    rows = []
    for name in list_releases(root):
        manifest = load_manifest(root / name)
        size = sum(file.bytes for file in manifest.files)
        mark = "latest" if latest is not None and latest.name == name else ""
        rows.append(
            (name, manifest.tables.get("reports", 0), sum(manifest.tables.values()), len(manifest.files), size, mark)
        )
    header = ("release", "reports", "rows", "files", "bytes", "")
    if as_json:
        _print_json([dict(zip((*header[:-1], "latest"), (*row[:-1], bool(row[-1])), strict=True)) for row in rows])
    else:
        _print_table(header, rows)


@releases.command("diff", epilog="Example: gongkai releases diff 20261123 20261124")
@click.argument("before")
@click.argument("after", default="latest")
@click.option("--list", "as_list", is_flag=True, help="List every changed value instead of counting.")
@_JSON
def releases_diff(before: str, after: str, as_list: bool, as_json: bool) -> None:
    """Tell what differs between two releases, by table, region, year and cause."""
    from flows.changes import Version, find_changes
    from flows.releases import load_manifest

    old, new = _find(before), _find(after)
    changes = find_changes(Version.of(old, load_manifest(old)), Version.of(new, load_manifest(new)))
    if as_json:
        _print_json(changes.table.to_pylist())
    elif as_list:
        names = ("report_id", "table", "item", "column", "kind", "cause", "value_before", "value_after", "state_after")
        _print_table(names, [[row[name] for name in names] for row in changes.table.to_pylist()])
    else:
        rows = [(one.table, one.region, one.year, one.kind, one.cause, one.rows) for one in changes.counts]
        _print_table(("table", "region", "year", "kind", "cause", "rows"), rows)


@releases.command("verify", epilog="Example: gongkai releases verify")
@click.argument("name", default="latest")
def releases_verify(name: str) -> None:
    """Check every file of a release against its manifest; exit 1 if anything differs."""
    from flows.releases import load_manifest, verify_release

    release = _find(name)
    faults = verify_release(release)
    for fault in faults:
        click.echo(str(fault), err=True)
    files = len(load_manifest(release).files)
    click.echo(f"{release.name}: {files} files, {f'{len(faults)} faults' if faults else 'all as published'}")
    sys.exit(1 if faults else 0)


@releases.command("prune", epilog="Example: gongkai releases prune --keep 7")
@click.option("--keep", type=int, required=True, help="How many of the newest releases stay.")
def releases_prune(keep: int) -> None:
    """Take old releases away; the latest always stays."""
    from flows.releases import prune_releases
    from flows.settings import load_settings

    for name in prune_releases(load_settings()[0].releases_directory, keep):
        click.echo(name)


@click.command(epilog="Example: gongkai dictionary --output docs/dictionary.md")
@click.option("--output", type=click.Path(dir_okay=False), help="File to write; default: standard output.")
def dictionary(output: str | None) -> None:
    """Print the data dictionary, in Chinese and English."""
    from flows.dictionary import dictionary_markdown

    if output:
        Path(output).write_text(dictionary_markdown(), encoding="utf-8")
    else:
        click.echo(dictionary_markdown(), nl=False)


@click.group()
def override() -> None:
    """Correct misreadings of ours, as data."""


@override.command(
    "add",
    epilog="Example: gongkai override add 321302-01-2020 requests/granted/total --use 72"
    ' --reason "7 taken for 1" --evidence "page 3" --by "A. Reader"',
)
@click.argument("report_id")
@click.argument("place", metavar="TABLE/ITEM/COLUMN")
@click.option("--use", required=True, help="What stands on the page: a number, or a state such as blank.")
@click.option("--reason", required=True, help="Why the reading was wrong.")
@click.option("--evidence", required=True, help="Where on the page the right value stands.")
@click.option("--by", required=True, help="Who looked.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="When; today by default.")
@_RELEASE
def override_add(
    report_id: str, place: str, use: str, reason: str, evidence: str, by: str, day: object, release: str
) -> None:
    """Write an override for one cell, guarded by what was read and by the hash of the bytes."""
    from datetime import UTC, datetime

    from flows.overrides import make_override, write_override
    from flows.settings import load_settings

    when = day.date() if isinstance(day, datetime) else datetime.now(UTC).date()
    one = make_override(_find(release), report_id, place, use, reason, evidence, by, when)
    path = write_override(load_settings()[0].overrides_directory, one)
    click.echo(f"{path}: {place} of {report_id}: {one.found} -> {one.use}; the next run applies it")
