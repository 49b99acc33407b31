import click
import pytest
from click.testing import CliRunner

from flows.cli import cli


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        found += commands(command, (*path, name)) if isinstance(command, click.Group) else [((*path, name), command)]
    return found


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p)) for p, c in commands(cli)])
def test_every_command_has_a_sentence_and_an_example(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help is not None
    assert command.help.strip().endswith((".", "…"))
    assert f"gongkai {' '.join(path)}" in (command.epilog or command.help)
    assert "Example" in (command.epilog or command.help)


def test_unknown_command_is_wrong_use() -> None:
    assert CliRunner().invoke(cli, ["exract"]).exit_code == 2
