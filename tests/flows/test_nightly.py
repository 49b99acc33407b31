import os
import signal
import subprocess
import sys
import time
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


Night = tuple[Path, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    data = tmp_path_factory.mktemp("nightly")
    return data, gongkai("sample", data=data)


def test_flow_runs_the_line_and_tells_what_came_out(night: Night) -> None:
    data, done = night
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


def test_night_missed_while_nobody_served_is_noticed(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = night
    monkeypatch.setenv("PREFECT_HOME", str(data / "prefect"))
    from flows.nightly import missed_night

    settings = Settings(data_directory=data)
    ended = load_run(data / "runs").started_at
    next_night = ended.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=2, minute=0, second=0) + timedelta(days=1)
    assert not missed_night(settings, ended + timedelta(seconds=1))
    assert missed_night(settings, next_night + timedelta(minutes=1))
    assert not missed_night(Settings(data_directory=data / "elsewhere"), next_night)


def test_second_run_at_once_is_refused_with_a_clear_word(tmp_path: Path) -> None:
    with only_run(tmp_path / "runs", "earlier"):
        done = gongkai("sample", data=tmp_path)
    assert done.returncode == 1
    assert "run earlier (process" in done.stderr
    assert "is under way" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_starts_and_stops_without_a_traceback(tmp_path: Path) -> None:
    told = tmp_path / "told"
    environment = {**os.environ, "GONGKAI_DATA_DIRECTORY": str(tmp_path), "GONGKAI_SCHEDULE": "0 2 29 2 *"}
    with told.open("w") as stream:
        serving = subprocess.Popen(
            [str(Path(sys.executable).parent / "gongkai"), "serve"], env=environment, stdout=stream, stderr=stream
        )
        try:
            deadline = time.monotonic() + 200
            while "Serving" not in told.read_text() and serving.poll() is None and time.monotonic() < deadline:
                time.sleep(0.2)
            time.sleep(3)
            serving.send_signal(signal.SIGTERM)
            serving.wait(timeout=60)
        finally:
            serving.kill()
    assert "Serving: 0 2 29 2 * (Asia/Shanghai)" in told.read_text()
    assert "Traceback" not in told.read_text()
