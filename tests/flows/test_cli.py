from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.cli.reference import find_commands, reference_markdown


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p)) for p, c in find_commands(cli, ())])
def test_every_command_has_a_sentence_and_an_example(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help is not None
    assert command.help.strip().endswith((".", "…"))
    assert f"gongkai {' '.join(path)}" in (command.epilog or command.help)
    assert "Example" in (command.epilog or command.help)


def test_unknown_command_is_wrong_use() -> None:
    assert CliRunner().invoke(cli, ["exract"]).exit_code == 2


def test_reference_of_commands_is_up_to_date() -> None:
    written = Path("docs/cli.md").read_text(encoding="utf-8")
    assert written == reference_markdown(), "run: python -m flows.cli.reference > docs/cli.md"
