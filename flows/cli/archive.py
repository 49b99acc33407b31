"""Commands of the archive: `archive reindex`, `archive list`."""

from __future__ import annotations

import json

import click


@click.group()
def archive() -> None:
    """Look after the archive of captures."""


@archive.command(epilog="Example: gongkai archive reindex")
def reindex() -> None:
    """Make the index anew from the WARC files, and cut off what a crash left torn."""
    from flows.archive import Archive
    from flows.settings import load_settings

    kept = Archive(load_settings()[0].archive_directory)
    repair = kept.reindex()
    click.echo(f"{repair.indexed} captures indexed, {repair.truncated_bytes} bytes of torn records cut off")


@archive.command("list", epilog="Example: gongkai archive list http://www.example.gov.cn/a.html")
@click.argument("url", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line a capture.")
def list_captures(url: str, as_json: bool) -> None:
    """Print the captures of an address, or of all, oldest first."""
    from flows.archive import Archive
    from flows.extract import plain
    from flows.settings import load_settings

    for capture in Archive(load_settings()[0].archive_directory).captures(url or None):
        if as_json:
            click.echo(json.dumps(plain(capture), ensure_ascii=False))
        else:
            click.echo(f"{capture.captured_at.isoformat()}  {capture.sha256[:12]}  {capture.status}  {capture.url}")
