"""Commands and code shown in the documentation are those of the program, and they run."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb
import pytest

from flows.cli import cli
from flows.line import Line
from flows.sample import SITE, SOURCES, at, serve
from flows.settings import Settings
from flows.sources import load_sources

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"```(?P<language>\w+)\n(?P<code>.*?)```", re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.relative_to(ROOT).as_posix(), match["code"])
        for page in PAGES
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
        if match["language"] == language
    ]


def commands() -> list[tuple[str, str]]:
    lines = ((page, line.partition("#")[0].strip()) for page, code in blocks("sh") for line in code.splitlines())
    return [(page, line) for page, line in lines if "gongkai " in line]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("docs")
    settings = Settings(data_directory=root / "data", allow_private_addresses=True, pause_seconds=0, processes=1)
    with serve(SITE) as address:
        sources = [at(address, source) for source in load_sources(SOURCES) if source.district_code == "990103"]
        with Line(settings, sources, "run", datetime(2024, 6, 1, tzinfo=UTC)) as line:
            line.run()
    yield root


@pytest.mark.parametrize(("page", "line"), commands())
def test_command_in_the_documentation_is_one_of_the_program(page: str, line: str) -> None:
    words = shlex.split(line)
    words = words[next(place for place, word in enumerate(words) if word.endswith("gongkai")) + 1 :]
    command: click.Command | None = cli
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words.pop(0))
    assert command is not None
    known = {name for option in command.params for name in option.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_python_in_the_documentation_runs(
    page: str, code: str, released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(released)
    values: dict[str, object] = {}
    exec(compile(code, page, "exec"), values)  # noqa: S102 - the point of this test
    assert len(values) > 1


@pytest.mark.parametrize(("page", "code"), blocks("sql"))
def test_sql_in_the_documentation_gives_rows(
    page: str, code: str, released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(released)
    assert len(duckdb.sql(code).fetchall()) == 4


def test_both_readmes_show_the_same_examples() -> None:
    def examples(name: str) -> list[str]:
        code = [match["code"] for match in BLOCK.finditer((ROOT / name).read_text(encoding="utf-8"))]
        return [line.partition("#")[0].strip() for block in code for line in block.splitlines()]

    assert examples("README.md") == examples("README.zh-CN.md")
