"""Commands and code shown in the documentation are those of the program, and they run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import duckdb
import pytest
from click.testing import CliRunner
from sample_run import ROOT

from flows.cli import cli

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = [f"docs/{name}.md" for name in ("get-started", "for-analysts", "for-researchers", "for-operators")]
CONTRIBUTORS = "docs/for-contributors.md"
PLACE = re.compile(r"(?:# )?(?:new file|in) (?P<file>[\w./]+)(?:, (?P<where>at the end|after .+))?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
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


@pytest.fixture
def project(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project that a page may change, and the working directory."""
    shutil.copytree(sample, tmp_path / "project", symlinks=True)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.parametrize("page", GUIDES)
def test_guide_does_what_it_shows(page: str, project: Path) -> None:
    for block in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
        if block["language"] == "python":
            exec(compile(block["code"], page, "exec"), {})  # noqa: S102 - the point of this test
        elif block["language"] == "sql":
            assert duckdb.sql(block["code"]).fetchall()
        elif block["language"] == "sh":
            for line in filter(None, map(str.strip, block["code"].splitlines())):
                check_line(line, lambda words: CliRunner().invoke(cli, words, catch_exceptions=False))


def test_additions_work_as_the_guide_for_contributors_shows(project: Path) -> None:
    """In processes of their own, on a copy of the packages, since the additions change these."""
    for package in ("schemas", "extractors", "flows"):
        shutil.copytree(ROOT / package, project / package, ignore=shutil.ignore_patterns("__pycache__"))
    for block in BLOCK.finditer((ROOT / CONTRIBUTORS).read_text(encoding="utf-8")):
        first, _, rest = block["code"].partition("\n")
        place = PLACE.fullmatch(first)
        if place is not None:
            put(project / place["file"], place["where"], rest)
        elif block["language"] == "python":
            assert run_apart(project, block["code"]).exit_code == 0
        elif block["language"] == "sh":
            for line in filter(None, block["code"].splitlines()):
                check_line(line, lambda words: run_apart(project, "from flows.cli import main; main()", words))


def check_line(line: str, run: Callable[[list[str]], Any]) -> None:
    """Carry out one line of a guide; `#>` tells what it must print."""
    command, _, printed = line.partition("#>")
    words = shlex.split(command, comments=True)
    if words[0] == "make":
        assert f"\n{words[1]}: setup\n" in (ROOT / "Makefile").read_text(encoding="utf-8")
    elif words[0] == "cp":
        Path(words[-1]).mkdir()
        subprocess.run(words, check=True)
    else:
        assert words[0] == ".venv/bin/gongkai"
        done = run(words[1:])
        assert done.exit_code == 0, done.output
        assert printed.strip() in done.output


@dataclass(frozen=True)
class Done:
    exit_code: int
    output: str


def run_apart(project: Path, code: str, words: Sequence[str] = ()) -> Done:
    known = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=project,
        env={**known, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout + done.stderr)


def put(file: Path, where: str | None, text: str) -> None:
    """Write a new file, or put lines into one: at its end, or after the line that is named."""
    if where is None:
        file.write_text(text, encoding="utf-8")
        return
    old = file.read_text(encoding="utf-8")
    line = where.removeprefix("after ")
    end = len(old) if where == "at the end" else old.index("\n", old.index(f"\n{line}\n") + 1) + 1
    file.write_text(old[:end] + text + old[end:], encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "code"), [block for block in blocks("python") if block[0] not in (*GUIDES, CONTRIBUTORS)]
)
def test_python_in_the_documentation_runs(page: str, code: str, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)
    values: dict[str, object] = {}
    exec(compile(code, page, "exec"), values)  # noqa: S102 - the point of this test
    assert len(values) > 1


@pytest.mark.parametrize(
    ("page", "code"), [block for block in blocks("sql") if block[0] not in (*GUIDES, CONTRIBUTORS)]
)
def test_sql_in_the_documentation_gives_rows(
    page: str, code: str, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sample)
    assert len(duckdb.sql(code).fetchall()) == 14


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


def test_both_readmes_show_the_same_examples() -> None:
    def examples(name: str) -> list[str]:
        code = [match["code"] for match in BLOCK.finditer((ROOT / name).read_text(encoding="utf-8"))]
        return [line.partition("#")[0].strip() for block in code for line in block.splitlines()]

    assert examples("README.md") == examples("README.zh-CN.md")
