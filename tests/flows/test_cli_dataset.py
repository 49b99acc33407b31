import json

import pytest
from click.testing import CliRunner
from sample_items import LATER, NOW, item_of

from flows.cli import cli
from flows.publish import publish
from flows.tables import build_tables
from schemas.findings import finding


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    broken = finding("requests.balance", place="requests/closed/total", expected="1", found="2")
    items = [item_of(year=2020), item_of(year=2021, findings=(broken,))]
    publish(build_tables(items[:1]), root / "releases", NOW, code_version="x")
    publish(build_tables(items, (), [items[0].source], (), 2008), root / "releases", LATER, code_version="x")
    return root


@pytest.fixture
def run(data, monkeypatch, tmp_path):
    monkeypatch.setenv("GONGKAI_DATA_DIRECTORY", str(data))
    monkeypatch.setenv("GONGKAI_OVERRIDES_DIRECTORY", str(tmp_path / "overrides"))

    def command(*words, code=0):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == code, result.output
        return result.output

    return command


def test_compare_prints_a_table_json_and_csv(run, tmp_path):
    assert "990101 云麓区" in run("compare", "--metric", "requests_received")
    rows = json.loads(run("compare", "--districts", "云麓区", "--years", "2020-2021", "--json"))
    assert [(row["report_year"], row["errors"]) for row in rows] == [(2020, 0), (2021, 1)]
    run("compare", "--csv", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").startswith("\ufeffdistrict_code,")


def test_findings_are_counted_and_listed(run):
    assert "requests.balance" in run("findings")
    rows = json.loads(run("findings", "--code", "requests.balance", "--json"))
    assert [(row["report_id"], row["place"]) for row in rows] == [("9901010001-2021", "requests/closed/total")]
    assert "9901010001-2021" in run("findings", "--list", "--severity", "error")


def test_coverage_counts_by_province_and_lists_districts(run):
    text = run("coverage", "--years", "2008")
    assert "11 北京市" in text
    assert text.splitlines()[-1].startswith("all")


def test_export_writes_one_table_out_and_several_to_a_directory(run, tmp_path):
    assert run("export", "--format", "csv", "--tables", "reports").startswith("\ufeffreport_id,")
    run("export", "--format", "parquet", "--tables", "requests,reports", "--output", str(tmp_path / "out"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"requests.parquet", "reports.parquet"}
    run("export", "--format", "dta", "--tables", "requests", "--wide", "--output", str(tmp_path / "a.dta"))
    assert (tmp_path / "a.dta").stat().st_size > 0
    assert "name an --output" in run("export", "--format", "xlsx", code=2)


def test_releases_are_listed_compared_and_verified(run):
    assert "latest" in run("releases", "list")
    assert len(json.loads(run("releases", "list", "--json"))) == 2
    assert "new_report" in run("releases", "diff", "20261124", "20261125")
    assert "as published" in run("releases", "verify")


def test_damage_makes_verify_exit_with_one(data, run):
    (file,) = (data / "releases").glob("20261124*/requests/region=sample/year=2020/part-0.parquet")
    extra = file.parent / "extra"
    extra.write_text("x")
    assert "1 faults" in run("releases", "verify", file.parents[3].name, code=1)
    extra.unlink()


def test_override_is_added_from_the_release(run, tmp_path):
    words = ("--reason", "1 for 7", "--evidence", "page 3", "--by", "a reader", "--date", "2026-11-24")
    text = run("override", "add", "9901010001-2021", "requests/granted/total", "--use", "72", *words)
    assert "-> 72" in text
    assert (tmp_path / "overrides" / "9901010001-2021.yaml").exists()


def test_dictionary_is_printed(run):
    assert run("dictionary").startswith("# Data dictionary")


def test_wrong_words_are_told_without_a_traceback(run):
    assert "there are requests_received" in run("compare", "--metric", "openness", code=2)
    assert "did you mean" in run("coverage", "--districts", "宿成区", code=2)
    assert "no table" in run("export", "--format", "csv", "--tables", "nothing", code=2)
    assert "releases begin with" in run("releases", "verify", "1999", code=2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compare", "--years", "2030"), "it has the years 2020 to 2021"),
        (("compare", "--districts", "宿城区"), "nothing in panel for 宿城区"),
        (("compare", "--districts", "朝阳区"), "吉林省长春市朝阳区 (220104)"),
        (("compare", "--years", "2020", "--chart", "out.gif"), ".png or .svg"),
        (("compare", "--csv", "none/out.csv"), "there is no directory none"),
        (("compare", "--release", "1999"), "name one of"),
        (("compare", "--metric", "disclosure_rate,openness"), "openness: no such metric"),
        (("export", "--format", "csv", "--years", "2030", "--output", "out.csv"), "nothing in panel for 2030"),
        (("findings", "--years", "2030"), "nothing in reports for 2030"),
        (("coverage", "--years", "2030"), "nothing in coverage for 2030"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_written(run, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    assert told in run(*words, code=2)
    assert list(tmp_path.iterdir()) == []


def test_chart_csv_and_ranks_in_one_command(run, tmp_path):
    chart, csv = tmp_path / "a.svg", tmp_path / "a.csv"
    text = run("compare", "--metrics", "all", "--rank", "--chart", str(chart), "--csv", str(csv), "--language", "zh")
    assert "省内位次" in text
    assert chart.read_text(encoding="utf-8").startswith("<?xml")
    assert csv.read_text(encoding="utf-8").count("\n") == 1 + 2 * 14


@pytest.mark.parametrize(
    "words",
    [
        ("compare",),
        ("coverage",),
        ("findings",),
        ("export",),
        ("dictionary",),
        ("override", "add"),
        ("releases", "list"),
    ]
    + [("releases", name) for name in ("diff", "verify", "prune")],
)
def test_help_has_an_example(run, words):
    assert "Example: gongkai" in run(*words, "--help")
