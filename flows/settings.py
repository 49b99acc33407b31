"""Settings of a run: defaults, then `gongkai.toml`, then the environment; and for each value where it came from.

    # gongkai.toml
    contact = "https://example.org/gongkai"
    pause_seconds = 3

    GONGKAI_PAUSE_SECONDS=0.5 gongkai settings

Every name is a field of `Settings`. An unknown name or a value of the wrong kind raises `SettingsError` with the file
(or the variable), the name and the reason: a misspelt limit must not silently be the default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import GongkaiError

PREFIX = "GONGKAI_"
FILE_NAME = "gongkai.toml"

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseModel):
    """All that a run can be told. Paths are taken from the working directory."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_directory: Path = Field(Path("data"), description="where archive, work, releases and runs are kept")
    sources_file: Path = Field(Path("data/sources.csv"), description="the registry of publishers")
    overrides_directory: Path = Field(Path("data/overrides"), description="corrections of our own misreadings")
    contact: str = Field(
        "", description="address or mailbox shown in the User-Agent, so that a site can ask us to stop"
    )
    pause_seconds: Seconds = Field(2.0, description="pause between two requests to one host; a longer Crawl-delay wins")
    connect_seconds: Seconds = Field(10.0, description="limit for making a connection")
    read_seconds: Seconds = Field(30.0, description="limit for silence while a body is read")
    total_seconds: Seconds = Field(180.0, description="limit for one address with all its redirects")
    attempts: Count = Field(3, description="requests for one address that answers 429, 5xx or not at all")
    backoff_seconds: Seconds = Field(1.0, description="first wait before a further attempt; it doubles each time")
    longest_wait_seconds: Seconds = Field(120.0, description="longest Retry-After that is obeyed within a run")
    max_bytes: Count = Field(64 * 1024 * 1024, description="largest body, counted after decompression")
    max_redirects: Count = Field(6, description="redirects of one address, those by <meta> and script included")
    max_list_pages: Count = Field(200, description="list pages visited for one publisher")
    allow_private_addresses: bool = Field(False, description="fetch from loopback and private networks")
    hosts_at_once: Count = Field(16, description="hosts fetched side by side, one connection each")
    processes: Count = Field(os.cpu_count() or 1, description="processes that read documents")
    read_limit_seconds: Seconds = Field(120.0, description="limit for reading one document")
    schedule: str = Field("0 2 * * *", description="cron line of `gongkai serve`")
    timezone: str = Field("Asia/Shanghai", description="time zone of the schedule")
    on_error_command: str = Field("", description="command run with the path of the run report after a run with errors")

    @property
    def user_agent(self) -> str:
        """Who asks, in which version, and how to reach them."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"gongkai/{version('gongkai')} (annual reports on government information disclosure{contact})"

    @property
    def archive_directory(self) -> Path:
        """WARC files and their index."""
        return self.data_directory / "archive"

    @property
    def work_directory(self) -> Path:
        """Results of stages, kept for the next run; may be deleted at any time."""
        return self.data_directory / "work"

    @property
    def releases_directory(self) -> Path:
        """Published releases and `latest`."""
        return self.data_directory / "releases"

    @property
    def runs_directory(self) -> Path:
        """Run reports."""
        return self.data_directory / "runs"


class SettingsError(GongkaiError):
    """A setting is unknown or has a value of the wrong kind."""

    exit_code = 2


def load_settings(
    file: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[Settings, dict[str, str]]:
    """Settings and, for each name, its origin: `default`, the file's name, or the variable's name.

    `file` None means `gongkai.toml` of the working directory, if there is one.
    """
    environment = os.environ if environment is None else environment
    path = Path(FILE_NAME) if file is None else file
    values: dict[str, object] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    if file is not None or path.exists():
        for name, value in _read_toml(path).items():
            values[name], origins[name] = value, str(path)
    for variable in sorted(environment):
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            values[name], origins[name] = environment[variable], variable
    try:
        return Settings.model_validate(values), origins
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise SettingsError(
            f"{origins.get(name, 'settings')}: {name}: {first['msg']}; `gongkai settings` lists the names"
        ) from error


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}") from error
