import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from hashlib import sha256
from importlib.resources import files

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from click.testing import CliRunner
from explorer_release import HOSTILE, make_release
from lxml import html
from sample_items import NOW

from flows.cli import cli
from flows.coverage import CoverageState
from flows.explore.cells import LETTERS, encode_cell, encode_table, positions
from flows.explore.district import COVERAGE_LETTERS, build_district, coverage_letters
from flows.explore.prose import encode_prose
from flows.explore.read import CELL_FIELDS, RegionRows, find_spans
from flows.explore.serve import make_server
from flows.explore.terms import words_shard
from flows.explore.write import MARK, write_site
from flows.publish import publish
from schemas.errors import ReleaseError
from schemas.records import State

PAGES = files("flows.explore").joinpath("site")
SCRIPTS = sorted(page.name for page in PAGES.iterdir() if page.name.endswith(".js"))


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="module")
def site(release, tmp_path_factory):
    return write_site(release, tmp_path_factory.mktemp("explorer") / "site")


def shard(site, key):
    text = (site.directory / "data" / f"{key}.js").read_text(encoding="utf-8")
    found = re.fullmatch(r"gongkai\.receive\((.*?),([\[{].*)\);\n", text, re.DOTALL)
    assert json.loads(found[1]) == key
    return json.loads(found[2])


def test_number_in_the_forms_own_unit_is_a_bare_number():
    assert encode_cell((12.0, "件", 12.0, "件", "value", "12", None), "件") == 12


def test_anything_else_about_a_number_is_kept():
    assert encode_cell((12.0, "件", 12.0, "件", "value", "１２", None), "件") == ["v", 12, "１２"]
    money = (25.1, "万元", 251000.0, "元", "value", "251000元", None)
    assert encode_cell(money, "万元") == ["v", 25.1, "251000元", "万元", 251000, "元"]
    corrected = (7.0, "件", 1.0, "件", "value", "7", "fix-1")
    assert encode_cell(corrected, "件") == ["v", 7, "7", "件", 1, "件", "fix-1"]


def test_states_without_a_number_are_told_apart():
    states = {state: encode_cell((None, None, None, None, state, "", None), "件") for state in LETTERS}
    del states["value"]
    assert states == {
        "blank": "b",
        "missing": "m",
        "unread": "u",
        "not_applicable": ["n", None, ""],
        "text": ["t", None, ""],
    }


def test_every_state_has_a_letter():
    assert set(LETTERS) == {state.value for state in State}
    assert set(COVERAGE_LETTERS) == {state.value for state in CoverageState}
    assert len(set(COVERAGE_LETTERS.values())) == len(COVERAGE_LETTERS)


def test_table_keeps_order_of_the_form_and_place_of_each_cell():
    rows = [
        ("review", "corrected", 2.0, "件", 2.0, "件", "value", "2", None, 12, 3, 4, 50, 51, None),
        ("review", "upheld", 1.0, "件", 1.0, "件", "value", "1", None, 12, 3, 3, 48, 49, None),
        ("review", "total", None, "件", None, "件", "blank", "", None, 13, 3, 4, 60, 60, 2),
    ]
    assert encode_table("proceedings", rows) == {
        "c": [1, 2, None, None, "b"],
        "b": [12, None],
        "l": [303, 304, None, None, [13, 3, 4, 60, 60, 2]],
    }
    assert list(positions("proceedings"))[:2] == [("review", "upheld"), ("review", "corrected")]


def test_place_without_rows_is_a_span_of_characters():
    row = ("review", "upheld", 1.0, "件", 1.0, "件", "value", "1", None, 12, None, None, 48, 49, None)
    assert encode_table("proceedings", [row]) == {"c": [1], "l": [[12, None, None, 48, 49, None]]}


def test_sentence_stands_once_for_all_its_figures():
    head = ("r", 0, "requests.received", 60.0, "件", "exact", None, None, "current", None)
    rows = [
        (*head, "60", "收到60件，办结5.5。", 3),
        ("r", 1, None, 5.5, None, *head[5:], "5.5", "收到60件，办结5.5。", 3),
    ]
    assert encode_prose(rows) == {
        "r": {
            "s": ["收到60件，办结5.5。"],
            "f": [
                [0, "requests.received", 60, "件", "exact", None, None, "current", None, "60", 0, 3],
                [1, None, 5.5, None, "exact", None, None, "current", None, "5.5", 0, 3],
            ],
        }
    }


def test_figures_of_bodies_stand_apart(site):
    assert len(shard(site, "prose/990101")) == 10
    assert not (site.directory / "data/bodies-prose/990101.js").exists()


def test_coverage_is_one_letter_a_year():
    rows = [{"report_year": 2013, "coverage_state": "read"}, {"report_year": 2015, "coverage_state": "not_looked_for"}]
    assert coverage_letters(rows, (2012, 2015)) == ".r.l"


def test_every_cell_of_the_release_is_in_a_shard(release, site):
    published, written = {}, {}
    for path in sorted(release.glob("requests/**/*.parquet")):
        for row in pq.ParquetFile(path).read(columns=[*CELL_FIELDS]).to_pylist():
            published[row["report_id"], row["item"], row["column"]] = (row["state"], row["value"])
    keys = list(positions("requests"))
    for path in (site.directory / "data").glob("*/99*.js"):
        if path.parent.name not in ("district", "bodies"):
            continue
        for report in shard(site, f"{path.parent.name}/{path.stem}")["reports"]:
            for key, code in zip(keys, report["tables"].get("requests", {}).get("c", ()), strict=False):
                if code is not None:
                    written[report["id"], *key] = plain_cell(code)
    assert len(published) == 5 * 161 + 11 * 175
    assert written == published


def plain_cell(code):
    names = {letter: state for state, letter in LETTERS.items()}
    if isinstance(code, list):
        return names[code[0]], code[1]
    return (names[code], None) if isinstance(code, str) else ("value", code)


def test_district_knows_its_reports_panel_and_coverage(site):
    district = shard(site, "district/990101")
    assert [report["year"] for report in district["reports"]] == list(range(2023, 2013, -1))
    assert district["panel"]["years"] == list(range(2014, 2024))
    assert district["panel"]["values"]["requests_received"] == [50 + 3 * n for n in range(10)]
    assert [body[:4] for body in district["bodies"]] == [["9901010007-2022", 2022, "云麓区示例局", "department"]]
    report = district["reports"][0]
    digest = sha256(b"9901010001 2023 1 ").hexdigest()
    assert (report["sha256"], report["captured_at"]) == (digest, "2026-11-24T18:00:00Z")


def test_page_that_gave_no_report_is_told_of(site):
    district = shard(site, "district/990103")
    assert [stray[:3] for stray in district["strays"]] == [["9901030001-2020", 2020, "table.unreadable"]]
    assert [2020, "unreadable"] in [row[:2] for row in district["coverage"]]


def test_renamed_district_names_who_stood_and_stands_there():
    rows = RegionRows("CN-JS", {})
    assert build_district(rows, "320684").district["after"] == [["320614", "海门区"]]
    assert build_district(rows, "320614").district["before"] == [["320684", "海门市"]]


def test_district_that_nobody_looked_for_is_told_of_by_its_province(site):
    rows = {row[0]: row for row in shard(site, "province/99")["districts"]}
    assert rows["990104"][5:] == ["llllllllllll", 0]
    assert rows["990103"][5:] == ["nnrrrrrrurrr", 1]
    assert not (site.directory / "data/district/990104.js").exists()
    assert (site.directory / "data/district/990103.js").exists()


def test_index_counts_what_the_release_holds(site):
    index = shard(site, "index")
    sample = next(province for province in index["provinces"] if province[0] == "99")
    assert sample[1] == "示例省"
    assert [2020, "read", 2] in sample[2]
    assert [2020, "unreadable", 1] in sample[2]
    assert ["requests.balance", "99", 1] in index["finding_places"]
    assert index["reports"] == 31


def test_hostile_text_stays_inside_its_string(site):
    text = (site.directory / "data/district/990102.js").read_text(encoding="utf-8")
    assert json.dumps(HOSTILE, ensure_ascii=False) in text


def test_page_has_a_policy_and_no_script_of_its_own():
    page = html.fromstring(PAGES.joinpath("index.html").read_text(encoding="utf-8"))
    policy = page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert page.xpath("//script[not(@src)] | //@*[starts-with(name(), 'on')] | //@style") == []
    assert [script.get("src") for script in page.xpath("//script")] == sorted(
        SCRIPTS, key=[script.get("src") for script in page.xpath("//script")].index
    )


def test_no_page_names_a_foreign_host():
    for page in PAGES.iterdir():
        assert re.findall(r"https?://(?!\S*\|)[a-z0-9]+\S*", page.read_text(encoding="utf-8")) == [], page.name


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_never_parse_markup(name):
    text = PAGES.joinpath(name).read_text(encoding="utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|DOMParser", text) == []


def test_every_text_that_a_page_asks_for_is_there_and_none_too_many():
    texts = set(words_shard())
    source = "".join(PAGES.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    asked = set(re.findall(r'\bt\("([a-z0-9_.]+)"', source))
    families = set(re.findall(r"\bt\(`([a-z0-9_.]+)\.\$\{", source)) | {"limits.point", "state"}
    assert asked - texts == set()
    assert {text for text in texts - asked if text.rsplit(".", 1)[0] not in families} == set()


def test_charting_library_comes_with_its_licence(site):
    assert (site.directory / "plotly.min.js").read_text(encoding="utf-8")[:20].startswith("/**\n* plotly.js")
    assert "MIT License" in (site.directory / "LICENSE-plotly.txt").read_text(encoding="utf-8")


def test_site_is_replaced_as_a_whole(release, tmp_path):
    out = tmp_path / "site"
    write_site(release, out)
    (out / "data" / "old.js").write_text("old")
    write_site(release, out)
    assert not (out / "data" / "old.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_directory_of_somebody_else_is_left_alone(release, tmp_path):
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(ReleaseError, match="holds files that are not an explorer"):
        write_site(release, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_release_without_reports_makes_a_site_too(release, tmp_path):
    empty = publish({}, tmp_path / "releases", NOW, code_version="x")
    site = write_site(empty.directory, tmp_path / "site")
    assert (site.districts, site.reports) == (0, 0)
    assert shard(site, "index")["provinces"] == []


def test_rows_without_a_proper_code_belong_to_the_district_unknown():
    column = pa.chunked_array([pa.array([None, "990101", "../x", "990101"])])
    assert find_spans(column) == {"unknown": ((0, 1), (2, 1)), "990101": ((1, 1), (3, 1))}


def test_damaged_release_is_named_and_the_site_before_stays(release, tmp_path):
    broken = tmp_path / "release"
    shutil.copytree(release, broken)
    write_site(broken, tmp_path / "site")
    file = next(broken.glob("requests/region=sample/year=2021/*.parquet"))
    file.chmod(0o644)
    file.write_bytes(b"PAR1")
    with pytest.raises(ReleaseError, match=r"year=2021/part-0\.parquet: cannot be read"):
        write_site(broken, tmp_path / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release", "site"]


def test_release_without_a_column_is_refused(release, tmp_path):
    older = tmp_path / "release"
    shutil.copytree(release, older)
    file = next(older.glob("reports/region=sample/year=2021/*.parquet"))
    file.chmod(0o644)
    pq.write_table(pq.ParquetFile(file).read().drop_columns(["sha256"]), file)
    with pytest.raises(ReleaseError, match="has no column sha256"):
        write_site(older, tmp_path / "site")


def test_cell_of_no_form_is_refused():
    row = ("review", "no_such", 1.0, "件", 1.0, "件", "value", "1", None, 12, 3, 3, 48, 49, None)
    with pytest.raises(ReleaseError, match="proceedings/review/no_such: no form has this cell"):
        encode_table("proceedings", [row])


def test_command_writes_the_release_it_is_told(release, tmp_path):
    result = CliRunner().invoke(cli, ["explore", str(tmp_path / "site"), "--release", str(release)])
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/site/index.html\n")
    assert f"release {release.name}: 32 districts, 31 reports" in result.stderr
    assert json.loads((tmp_path / "site" / MARK).read_text())["release"] == release.name


def test_unknown_release_is_refused_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["explore", "site", "--release", "2020"])
    assert result.exit_code == 2
    assert "0 releases begin with '2020'" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_server_gives_the_pages_on_loopback(site):
    server = make_server(site.directory)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        answer = requests.get(f"http://127.0.0.1:{server.server_port}/index.html", timeout=20)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "registry.js" in answer.text
        assert server.server_address[0] == "127.0.0.1"
    finally:
        server.shutdown()
        server.server_close()


def test_serve_shows_the_site_until_it_is_interrupted(release, tmp_path):
    words = ["explore", str(tmp_path / "site"), "--release", str(release), "--serve", "--port", "0"]
    program = [sys.executable, "-c", "from flows.cli import main; main()", *words]
    process = subprocess.Popen(program, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    address = next(line for line in process.stderr if line.startswith("http://127.0.0.1:")).split()[0]
    assert requests.get(f"{address}data/index.js", timeout=20).text.startswith('gongkai.receive("index",')
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert process.stderr.read() == "ended\n"
