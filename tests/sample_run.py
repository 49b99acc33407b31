"""The bundled sample site as one run leaves it: archive, releases and run reports under a directory of its own."""

from pathlib import Path

from sample_items import NOW

from flows.line import Line
from flows.sample import SITE, SOURCES, at, serve
from flows.settings import Settings
from flows.sources import load_sources

ROOT = Path(__file__).resolve().parent.parent


def run_sample(data: Path) -> None:
    """Do what `make run` does, without its scheduler."""
    settings = Settings(data_directory=data, allow_private_addresses=True, pause_seconds=0, processes=1)
    with serve(ROOT / SITE) as address:
        sources = [at(address, source) for source in load_sources(ROOT / SOURCES)]
        with Line(settings, sources, "20261124T180000Z", NOW) as line:
            line.run(lambda: NOW)
