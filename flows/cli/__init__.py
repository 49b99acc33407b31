"""The command line: `gongkai VERB ...`, one verb a command, loaded only when it is asked for.

`COMMANDS` names each verb and where its click command stands (`module:attribute`). A new command is one function in a
module of this package and one line in the table. Modules here import nothing heavy at their top (pandas and Prefect
cost seconds): what a command needs it imports inside. An example stands in each command's `epilog`.

Data goes to standard output, everything else to standard error. Exit codes: 0 done; 1 done, with findings of severity
error where `--strict` asks for it, or not done for a reason named on standard error; 2 wrong use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from schemas.errors import GongkaiError

COMMANDS = {
    "explore": "flows.cli.explore:explore",
    "archive": "flows.cli.archive:archive",
    "extract": "flows.cli.read:extract",
    "figures": "flows.cli.read:figures",
    "explain": "flows.cli.read:explain",
    "nightly": "flows.cli.line:nightly",
    "replay": "flows.cli.line:replay",
    "runs": "flows.cli.line:runs",
    "sample": "flows.cli.line:sample",
    "serve": "flows.cli.line:serve",
    "settings": "flows.cli.line:settings",
    "sources": "flows.cli.sources:sources",
    "compare": "flows.cli.dataset:compare",
    "coverage": "flows.cli.dataset:coverage",
    "findings": "flows.cli.dataset:findings",
    "export": "flows.cli.dataset:export",
    "releases": "flows.cli.dataset:releases",
    "dictionary": "flows.cli.dataset:dictionary",
    "override": "flows.cli.dataset:override",
}


class _Commands(click.Group):
    """A click group whose commands are imported when they are named (or when help lists them)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GongkaiError as error:
            click.echo(f"gongkai: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gongkai")
def cli() -> None:
    """Turn government information disclosure annual reports into a dataset with evidence for every number."""


def main() -> None:
    """Entry point of the `gongkai` program; a reader that closes the pipe early is no error."""
    try:
        cli(prog_name="gongkai")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
