import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.settings import SettingsError, load_settings


def test_environment_goes_before_file_and_file_before_default(tmp_path: Path) -> None:
    file = tmp_path / "gongkai.toml"
    file.write_text('contact = "a@example.org"\npause_seconds = 3\n', encoding="utf-8")
    settings, origins = load_settings(file, {"GONGKAI_PAUSE_SECONDS": "0.5", "HOME": "/"})
    assert (settings.pause_seconds, origins["pause_seconds"]) == (0.5, "GONGKAI_PAUSE_SECONDS")
    assert (settings.contact, origins["contact"]) == ("a@example.org", str(file))
    assert (settings.attempts, origins["attempts"]) == (3, "default")


def test_default_pause_is_two_seconds() -> None:
    assert load_settings(environment={})[0].pause_seconds == 2.0


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"GONGKAI_PAUSE": "1"}, "GONGKAI_PAUSE: pause: Extra inputs are not permitted"),
        ({"GONGKAI_ATTEMPTS": "many"}, "GONGKAI_ATTEMPTS: attempts: Input should be a valid integer"),
        ({"GONGKAI_PAUSE_SECONDS": "-1"}, "greater than or equal to 0"),
    ],
)
def test_wrong_setting_is_refused_by_name(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(environment=environment)
    assert words in str(error.value)


def test_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "gongkai.toml"
    file.write_text("contact =", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"gongkai\.toml: cannot be read as TOML"):
        load_settings(file, {})


def test_user_agent_names_program_version_and_contact() -> None:
    settings = load_settings(environment={"GONGKAI_CONTACT": "a@example.org"})[0]
    assert settings.user_agent.startswith("gongkai/0.")
    assert "+a@example.org" in settings.user_agent


def test_settings_command_tells_where_each_value_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GONGKAI_PAUSE_SECONDS", "4")
    result = CliRunner().invoke(cli, ["settings", "--json"])
    assert json.loads(result.stdout)["pause_seconds"] == {"value": 4.0, "origin": "GONGKAI_PAUSE_SECONDS"}
