import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.line import Line
from flows.sample import SITE, SOURCES, at, serve
from flows.settings import Settings
from flows.sources import load_sources


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("explain")
    settings = Settings(data_directory=data, allow_private_addresses=True, pause_seconds=0, processes=1)
    with serve(SITE) as address:
        sources = [at(address, source) for source in load_sources(SOURCES) if source.district_code == "990102"]
        with Line(settings, sources, "run", datetime(2024, 6, 1, tzinfo=UTC)) as line:
            line.run()
    yield data


def run(data: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner(env={"GONGKAI_DATA_DIRECTORY": str(data)}).invoke(cli, ["explain", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_value_leads_back_to_the_words_and_the_bytes(data: Path) -> None:
    code, out, _ = run(data, "990102-01-2021", "requests/closed/total")
    assert code == 0
    assert "value      73 件" in out
    assert "written    “73”" in out
    assert "«73»" in out
    assert "requests.balance" in out
    assert "/chengwan/ndbg/202203/t20220323_18781.html" in out
    assert "sha256     4406a73b9da70ee6b72af0f19310bdf5e67f2f6a4230eb5a9a66c8cbbe76b3f8" in out
    assert "run.warc.gz at byte" in out


def test_row_of_a_table_is_told_cell_by_cell(data: Path) -> None:
    shape = json.loads(run(data, "990102-01-2021", "requests/closed", "--json")[1])
    values = {row["column"]: row["value"] for row in shape["rows"]}
    assert (values["natural_person"], values["legal_service"], values["total"]) == (71.0, 2.0, 73.0)
    assert len(values) == 7


def test_figure_of_the_prose_is_told_with_its_sentence(data: Path) -> None:
    shape = json.loads(run(data, "990102-01-2021", "figures", "--json")[1])
    by_indicator = {(row["indicator"], row["channel"]): row for row in shape["rows"]}
    row = by_indicator["requests.received", None]
    assert f"«{row['text']}»" in row["snippet"]
    assert run(data, "990102-01-2021", f"figures/{row['n']}")[0] == 0
    assert run(data, "990102-01-2021", "figures")[0] == 0


def test_report_without_a_place_is_told(data: Path) -> None:
    code, out, _ = run(data, "990102-01-2020")
    assert (code, "示例市澄湾区人民政府2020年政府信息公开工作年度报告" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("990102-01-1999",), "no report 990102-01-1999; there are 990102-01-2019"),
        (("990102-01-2021", "requests/nothing"), "has no requests/nothing"),
        (("990102-01-2021", "chapters/1"), "'chapters' is no table with places"),
        (("990102-01-2021", "--release", "never"), "0 releases begin with 'never'"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(data: Path, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run(data, *arguments)
    assert code != 0
    assert out == ""
    assert words in err
