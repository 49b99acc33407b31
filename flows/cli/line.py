"""Commands that run the line: `settings`, `nightly`, `serve`, `replay`."""

from __future__ import annotations

import json

import click


@click.command(epilog="Example: GONGKAI_PAUSE_SECONDS=3 gongkai settings")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def settings(as_json: bool) -> None:
    """Print every setting, its value and where it came from."""
    from flows.aligned import aligned
    from flows.settings import Settings, load_settings

    values, origins = load_settings()
    plain = values.model_dump(mode="json")
    if as_json:
        shape = {name: {"value": value, "origin": origins[name]} for name, value in plain.items()}
        click.echo(json.dumps(shape, ensure_ascii=False, indent=1))
        return
    fields = Settings.model_fields
    rows = [(name, repr(value), origins[name], fields[name].description or "") for name, value in plain.items()]
    click.echo(aligned(("name", "value", "from", "meaning"), rows))
