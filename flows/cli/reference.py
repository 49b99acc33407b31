"""The commands in, `docs/cli.md` out: `python -m flows.cli.reference > docs/cli.md`.

The page is made from the program's own help, never by hand; a test fails when it has fallen behind.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from flows.cli import cli

_HEAD = """# Commands

Made from the program by `python -m flows.cli.reference`. Data goes to standard output, everything else to standard
error. Exit codes: 0 done; 1 not done, or done with errors where `--strict` asks for it; 2 wrong use.
"""


def reference_markdown() -> str:
    """Every command with its sentence, its example, its arguments and its options."""
    parts = [_HEAD]
    for path, command in find_commands(cli, ()):
        parts.append("\n".join(_section(path, command)))
    return "\n".join(parts)


def find_commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands under a group, groups themselves left out, in alphabetical order."""
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from find_commands(command, (*path, name))
        elif command is not None:
            yield (*path, name), command


def _section(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    name = " ".join(("gongkai", *path))
    yield f"## {name}\n"
    yield f"{' '.join((command.help or '').replace(chr(8), '').split())}\n"
    pieces = command.collect_usage_pieces(click.Context(command, info_name=name))
    yield f"    {name} {' '.join(pieces)}"
    example = (command.epilog or "").partition("Example: ")[2]
    if example:
        yield f"    # for example\n    {' '.join(example.split())}"
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    if options:
        yield "\n| option | meaning |\n|---|---|"
        yield from (_row(option) for option in options)
    yield ""


def _row(option: click.Option) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('x')))}"
    cells = (f"`{names}{value}`", option.help or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    click.echo(reference_markdown(), nl=False)
