"""Commands of the registry: `sources check`, `sources add`."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import click


@click.group()
def sources() -> None:
    """Check the registry of publishers and propose rows for it."""


@sources.command(epilog="Example: gongkai sources check data/sources.csv")
@click.argument("file", default="", metavar="[FILE]")
@click.option("--json", "as_json", is_flag=True, help="Print findings and the table of families as JSON.")
def check(file: str, as_json: bool) -> None:
    """Validate every row, and tell what is suspect: duplicates, look-alikes, hosts outside gov.cn."""
    from flows.aligned import aligned
    from flows.extract import plain
    from flows.settings import load_settings
    from flows.show import show_findings
    from flows.sources import check_sources, families_of, load_sources

    path = Path(file) if file else load_settings()[0].sources_file
    rows = load_sources(path)
    findings = check_sources(rows)
    families = families_of(rows)
    if as_json:
        shape = {"rows": len(rows), "findings": plain(findings), "families": [plain(each) for each in families]}
        click.echo(json.dumps(shape, ensure_ascii=False, indent=1))
        return
    codes = Counter(found.code for found in findings)
    told = ", ".join(f"{count} {code}" for code, count in sorted(codes.items())) or "nothing suspect"
    click.echo(f"{path}: {len(rows)} rows can be read; {told}\n")
    table = [
        (each.family, each.reader, each.publishers, each.addresses, each.lists, each.proposed) for each in families
    ]
    click.echo(aligned(("family", "reader", "publishers", "addresses", "lists known", "lists proposed"), table))
    if findings:
        click.echo("\n" + show_findings(findings))


@sources.command(epilog="Example: gongkai sources add http://www.example.gov.cn/zfxxgknb/")
@click.argument("url")
@click.option("--write", is_flag=True, help="Append the row to the registry.")
def add(url: str, write: bool) -> None:
    """Propose a row from a page: its family, publisher and district."""
    from flows.fetch import Fetched, Fetcher
    from flows.propose import propose_source
    from flows.settings import load_settings
    from flows.sources import COLUMNS, check_sources, load_sources, row_of, write_sources

    settings = load_settings()[0]
    known = load_sources(settings.sources_file) if settings.sources_file.exists() else ()
    outcome = Fetcher(settings).fetch(url)
    if not isinstance(outcome, Fetched):
        raise click.ClickException(f"{url}: {getattr(outcome, 'reason', 'no page')}; nothing is proposed")
    capture = outcome.capture
    source = propose_source(capture.final_url, outcome.body, capture.declared_charset, known)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows((COLUMNS, row_of(source)))
    click.echo(text.getvalue(), nl=False)
    for found in check_sources((*known, source)):
        if found.place == source.publisher_id:
            click.echo(f"{found.severity.value}: {found.message}", err=True)
    if not source.publisher or not source.district_code:
        click.echo("The page does not tell its publisher or district: fill them in before the row is used.", err=True)
    elif write:
        write_sources(settings.sources_file, (*known, source))
        click.echo(f"The row was added to {settings.sources_file}.", err=True)


@sources.command(epilog="Example: gongkai sources recognise http://www.example.gov.cn/zfxxgknb/202301/t20230118_1.html")
@click.argument("urls", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line an address.")
def recognise(urls: tuple[str, ...], as_json: bool) -> None:
    """Tell of addresses (or of standard input, -) their family, identity and proposed list; no network."""
    import sys

    from flows.aligned import aligned
    from flows.extract import plain
    from flows.propose import recognise_address

    given = sys.stdin.read().split() if urls == ("-",) else urls
    recognised = [recognise_address(url) for url in given]
    if as_json:
        for each in recognised:
            click.echo(json.dumps(plain(each), ensure_ascii=False))
        return
    rows = [(each.family, each.identity, each.proposed_list, each.refused) for each in recognised]
    click.echo(aligned(("family", "identity", "proposed list", "refused"), rows))
    families = Counter(each.family or "unknown" for each in recognised)
    counts = [
        (
            family,
            count,
            sum(each.proposed_list is not None for each in recognised if (each.family or "unknown") == family),
            sum(each.refused is not None for each in recognised if (each.family or "unknown") == family),
        )
        for family, count in families.most_common()
    ]
    click.echo("\n" + aligned(("family", "addresses", "lists proposed", "refused"), counts))
