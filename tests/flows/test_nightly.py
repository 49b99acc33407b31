import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.runs import load_run, only_run
from flows.settings import Settings


def gongkai(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "gongkai"), *arguments],
        env={**os.environ, "GONGKAI_DATA_DIRECTORY": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nightly")


def test_flow_runs_the_line_and_tells_what_came_out(data: Path) -> None:
    done = gongkai("sample", data=data)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert (
        "Reports found 16: fetched new 15, fetched changed 0, not modified 0, gone 1, failed 0, blocked 0"
        in done.stdout
    )
    assert "Documents read 15, known already 0" in done.stdout
    for words in ("Cells by state", "requests.balance", "云麓区", "pd.read_parquet"):
        assert words in done.stdout
    report = load_run(data / "runs")
    assert (report.reports, report.revisions) == (14, 1)
    assert {found.code for found in report.findings} == {"report.overdue"}
    assert (data / "releases" / "latest").resolve().name == report.release


def test_second_run_at_once_is_refused_with_a_clear_word(data: Path) -> None:
    with only_run(data / "runs", "earlier"):
        done = gongkai("sample", data=data)
    assert done.returncode == 1
    assert "run earlier (process" in done.stderr
    assert "is under way" in done.stderr
    assert "Traceback" not in done.stderr


def test_night_missed_while_nobody_served_is_noticed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(data / "prefect"))
    from flows.nightly import missed_night

    settings = Settings(data_directory=data)
    ended = load_run(data / "runs").started_at
    next_night = ended.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=2, minute=0, second=0) + timedelta(days=1)
    assert not missed_night(settings, ended + timedelta(seconds=1))
    assert missed_night(settings, next_night + timedelta(minutes=1))
    assert not missed_night(Settings(data_directory=data / "elsewhere"), next_night)
