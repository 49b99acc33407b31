import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

import extractors.report
from flows.cli import cli
from flows.extract import dump_extracted, extract_bytes, load_extracted, report_as_json
from flows.sample import SITE
from schemas.records import Cell, ExtractedReport, Finding, Hints, Locator, ReportIdentity, Severity, State

REPORT = SITE / "chengwan/ndbg/202203/t20220323_18781.html"
LOOK_ALIKE = SITE / "chengwan/ndbg/202304/t20230403_9917.html"


def run(*arguments: str | Path, stdin: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["extract", *map(str, arguments)], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_json_holds_the_documented_parts() -> None:
    code, out, _ = run(REPORT, "--json")
    shape = json.loads(out)
    assert code == 0
    assert set(shape) == {"report", "cells", "figures", "sections", "findings"}
    assert shape["report"] == {
        "report_id": f"sha256:{sha256(REPORT.read_bytes()).hexdigest()[:12]}",
        "publisher_id": None,
        "era": "2021",
        "year": 2021,
        "title": "示例市澄湾区人民政府2021年政府信息公开工作年度报告",
        "publisher": "示例市澄湾区人民政府",
        "level": "county",
        "district": "澄湾区",
        "district_code": "990102",
        "published_date": "2022-03-23",
        "sha256": sha256(REPORT.read_bytes()).hexdigest(),
    }
    cell = next(cell for cell in shape["cells"] if (cell["item"], cell["column"]) == ("closed", "total"))
    assert (cell["table"], cell["value"], cell["unit"], cell["state"], cell["text"]) == (
        "requests",
        73,
        "件",
        "value",
        "73",
    )
    assert cell["locator"]


def test_jsonl_prints_one_line_a_file_in_the_order_given() -> None:
    _, out, _ = run(LOOK_ALIKE, REPORT, "--jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["file"] for line in lines] == [str(LOOK_ALIKE), str(REPORT)]
    assert lines[0]["report"] is None
    assert lines[0]["cells"] == []


def test_readings_are_told_with_explain() -> None:
    _, out, _ = run(REPORT, "--json", "--explain")
    assert {reading["table"] for reading in json.loads(out)["readings"]} == {"disclosure", "requests", "proceedings"}


def test_report_on_a_screen_shows_who_when_and_findings() -> None:
    _, out, _ = run(REPORT)
    assert "publisher  示例市澄湾区人民政府" in out
    assert "requests.balance" in out


def test_standard_input_is_read() -> None:
    _, out, _ = run("-", "--json", stdin=REPORT.read_bytes())
    assert json.loads(out)["report"]["year"] == 2021


@pytest.mark.parametrize(
    "body",
    [b"", b"\x89PNG\r\n\x1a\nnot a picture", b"<html><body><p>hello</p></body></html>", bytes(range(256)) * 8],
    ids=["empty", "png", "page without tables", "noise"],
)
def test_bad_input_is_a_finding_and_not_one_cell(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "bad.html"
    file.write_bytes(body)
    code, out, _ = run(file, "--json")
    shape = json.loads(out)
    assert (code, shape["report"], shape["cells"]) == (0, None, [])
    assert shape["findings"]
    assert run(file, "--strict")[0] == 1


def test_strict_fails_for_a_report_with_errors() -> None:
    assert run(REPORT, "--strict")[0] == 1


def test_strict_passes_a_report_that_adds_up() -> None:
    assert run(SITE / "chengwan/ndbg/202003/t20200321_98779.html", "--strict")[0] == 0


def test_missing_file_is_wrong_use_and_names_the_file() -> None:
    code, out, err = run(REPORT, "absent.html", "--jsonl")
    assert (code, out) == (2, "")
    assert "absent.html: no such file" in err


def test_json_of_two_files_is_wrong_use() -> None:
    assert run(REPORT, REPORT, "--json")[0] == 2


def test_address_that_cannot_be_had_is_a_finding() -> None:
    code, out, _ = run("http://127.0.0.1:9/", "--json")
    assert code == 0
    assert [found["code"] for found in json.loads(out)["findings"]] == ["fetch.failed"]


def test_mistake_of_the_program_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> ExtractedReport:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(extractors.report, "extract", broken)
    extracted = extract_bytes(b"<p>text</p>")
    assert [found.code for found in extracted.findings] == ["extract.failed"]
    assert "ZeroDivisionError: by nothing" in extracted.findings[0].message


def test_page_declared_gb2312_that_is_gb18030_is_read_whole() -> None:
    body = (SITE / "yunlu/ndbg/202103/t20210319_05780.html").read_bytes()
    extracted = extract_bytes(body, Hints(declared_charset="gb2312"))
    assert sum(cell.state is State.VALUE for cell in extracted.cells) == 198
    assert any("㑇河、䶮溪" in section.text for section in extracted.sections)


def test_records_survive_the_cache_exactly() -> None:
    cell = Cell("requests", "granted", "total", Decimal("3.50"), "件", State.VALUE, "3.50", Locator(1, 2, 3))
    extracted = ExtractedReport(
        ReportIdentity(era="2019", published_date=date(2020, 1, 1)),
        (cell, replace(cell, value=None, unit=None, state=State.BLANK, text="", locator=None)),
        findings=(Finding("extract.failed", Severity.ERROR, "m", locator=Locator(0, box=(1.0, 2.0, 3.5, 4.0))),),
    )
    assert load_extracted(dump_extracted(extracted)) == extracted


def test_whole_numbers_are_whole_in_json() -> None:
    cell = Cell("disclosure", "fees", "amount", Decimal("7523.55"), "万元", State.VALUE, "7523.55")
    shape = report_as_json(ExtractedReport(None, (cell, replace(cell, value=Decimal("40.0")))))
    assert [cell["value"] for cell in shape["cells"]] == [7523.55, 40]  # type: ignore[attr-defined]
