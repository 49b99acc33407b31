"""The command `explore`: a release as a static, offline site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.settings import Settings


@click.command(epilog="Example: gongkai explore site --serve")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False), metavar="OUT")
@click.option(
    "--release", "name", default="latest", show_default=True, help="Id of a release, its beginning, or a path."
)
@click.option("--serve", is_flag=True, help="Show it over HTTP on loopback until interrupted.")
@click.option("--port", default=8610, show_default=True, help="Port of --serve; 0 takes a free one.")
def explore(out: Path, name: str, serve: bool, port: int) -> None:
    """Write a release as a site to OUT; open OUT/index.html in a browser, no server or network is needed."""
    from flows.explore.write import write_site
    from flows.settings import load_settings

    site = write_site(_find(name, load_settings()[0]), out)
    size = f"{site.bytes / 1e6:.1f} MB"
    click.echo(f"release {site.release}: {site.districts} districts, {site.reports} reports", err=True)
    click.echo(f"{site.files} files, {size}", err=True)
    click.echo(site.directory / "index.html")
    if serve:
        _serve(out, port)


def _find(name: str, settings: Settings) -> Path:
    from flows.releases import MANIFEST, find_release

    if (Path(name) / MANIFEST).is_file():
        return Path(name)
    return find_release(settings.releases_directory, name)


def _serve(out: Path, port: int) -> None:
    from flows.explore.serve import HOST, make_server

    try:
        server = make_server(out, port)
    except OSError as error:
        raise click.ClickException(f"port {port}: {error.strerror}; name another one with --port") from error
    click.echo(f"http://{HOST}:{server.server_port}/ (Ctrl-C ends it)", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("ended", err=True)
    finally:
        server.server_close()
