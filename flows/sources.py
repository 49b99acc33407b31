"""`data/sources.csv` in, `Source` records out: the registry of publishers, one row each.

    publisher_id,district_code,publisher,level,list_url,report_urls,portal,cms_family,options
    990101-1,990101,示例市云麓区人民政府,county,http://…/ndbg/,,,generic,

Columns may stand in any order; the first four are required. `publisher_id` is given once and never reused. `list_url`
is where the publisher lists its reports, empty until known; `report_urls` are addresses of single reports, parted by
spaces or `|`; `portal` is a page of a higher body that lists the reports of several publishers; `options` are
`name=value` parted by spaces (`tls=old` for a host that speaks only TLS 1.0). At least one address is needed, or the
row is of no use to a run.

Outside input is checked at the border: `load_sources` raises `SourceError` with file, line, field and reason of every
wrong row. What is only suspect (`check_sources`) is a finding: a host outside gov.cn, an address that stands
twice, one that looks like a guide or a plan, a publisher without an address.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from flows.addresses import canonical, is_government, is_web_address
from schemas.errors import SourceError
from schemas.findings import finding
from schemas.records import Finding, Level, Source
from schemas.regions import load_regions

COLUMNS = (
    "publisher_id",
    "district_code",
    "publisher",
    "level",
    "list_url",
    "report_urls",
    "portal",
    "cms_family",
    "options",
)
_REQUIRED = ("publisher_id", "district_code", "publisher", "level")
_KNOWN_OPTIONS = frozenset({"tls", "note"})


class _Row(BaseModel):
    """A row of the registry as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    publisher_id: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]*$")
    district_code: str
    publisher: str = Field(min_length=2)
    level: Level
    list_url: str
    report_urls: tuple[str, ...]
    portal: str
    cms_family: str
    options: tuple[tuple[str, str], ...]

    @field_validator("report_urls", mode="before")
    @classmethod
    def _split_addresses(cls, value: str) -> tuple[str, ...]:
        return tuple(value.replace("|", " ").split())

    @field_validator("options", mode="before")
    @classmethod
    def _split_options(cls, value: str) -> tuple[tuple[str, str], ...]:
        pairs = [part.partition("=") for part in value.replace(";", " ").split()]
        unknown = [name for name, equals, _ in pairs if not equals or name not in _KNOWN_OPTIONS]
        if unknown:
            raise ValueError(f"unknown option {unknown[0]!r}, known are {', '.join(sorted(_KNOWN_OPTIONS))}")
        return tuple((name, setting) for name, _, setting in pairs)

    @field_validator("list_url", "portal", "report_urls")
    @classmethod
    def _check_addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for url in (value,) if isinstance(value, str) else value:
            if url and not is_web_address(url):
                raise ValueError(f"{url!r} is no http or https address")
        return value

    @field_validator("district_code")
    @classmethod
    def _check_code(cls, value: str) -> str:
        if value and load_regions().get(value) is None:
            raise ValueError(f"{value!r} is in no year a region code; leave it empty where none is known")
        return value

    @field_validator("cms_family")
    @classmethod
    def _check_family(cls, value: str) -> str:
        from flows.discover.families import is_family

        family = value.lower().removeprefix("other:").replace("unknown", "")
        if family and not is_family(family):
            raise ValueError(f"{value!r} is no known family; leave it empty to let the address tell")
        return family


def load_sources(file: Path) -> tuple[Source, ...]:
    """All rows, in order. Raises `SourceError` with file, line, field and reason of every wrong one."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: cannot be read as UTF-8: {error}; name the registry in settings") from error
    parsed = tuple(_parse(text.splitlines(), str(file)))
    errors = [str(row) for row in parsed if isinstance(row, SourceError)]
    if errors:
        raise SourceError("\n".join(errors))
    return tuple(row for row in parsed if isinstance(row, Source))


def write_sources(file: Path, sources: Iterable[Source]) -> None:
    """Write the registry; the columns as `load_sources` reads them."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row_of(source) for source in sources)


def row_of(source: Source) -> tuple[str, ...]:
    """A source as its row is written."""
    return (
        source.publisher_id,
        source.district_code,
        source.publisher,
        source.level.value,
        source.list_url,
        " ".join(source.report_urls),
        source.portal,
        source.cms_family,
        " ".join(f"{name}={setting}" for name, setting in source.options),
    )


def check_sources(sources: Iterable[Source]) -> tuple[Finding, ...]:
    """What is suspect in a registry that can be read."""
    sources = tuple(sources)
    return (*_check_duplicates(sources), *(found for source in sources for found in _check_source(source)))


def addresses_of(source: Source) -> tuple[str, ...]:
    """Every address of a row."""
    return tuple(filter(None, (source.list_url, source.portal, *source.report_urls)))


@dataclass(frozen=True, slots=True)
class FamilyCount:
    """Publishers and addresses of a registry in one family, and for how many a list is known or guessed."""

    family: str
    reader: str
    publishers: int
    addresses: int
    lists: int
    proposed: int


def families_of(sources: Iterable[Source]) -> tuple[FamilyCount, ...]:
    """The registry by the family of its first address; the largest family first."""
    from flows.discover.families import find_family, propose_list, reader_of

    groups: dict[str, list[Source]] = {}
    for source in sources:
        first = next(iter(addresses_of(source)), "")
        groups.setdefault(source.cms_family or find_family(first) or "unknown", []).append(source)
    counts = (
        FamilyCount(
            family,
            reader_of(family),
            len(rows),
            sum(len(addresses_of(row)) for row in rows),
            sum(bool(row.list_url) for row in rows),
            sum(not row.list_url and any(propose_list(url) for url in row.report_urls) for row in rows),
        )
        for family, rows in groups.items()
    )
    return tuple(sorted(counts, key=lambda count: (-count.publishers, count.family)))


def _parse(lines: list[str], name: str) -> Iterator[Source | SourceError]:
    """Each row as a source, or what is wrong with it."""
    rows = csv.reader(lines)
    header = next(rows, [])
    if not set(_REQUIRED) <= set(header) <= set(COLUMNS):
        yield SourceError(f"{name}:1: the columns are {','.join(header)}; expected {','.join(COLUMNS)}")
        return
    seen: dict[str, int] = {}
    for row in rows:
        if row:
            yield _parse_row(row, header, seen, f"{name}:{rows.line_num}", rows.line_num)


def _parse_row(row: list[str], header: list[str], seen: dict[str, int], place: str, line: int) -> Source | SourceError:
    if len(row) != len(header):
        return SourceError(f"{place}: {len(row)} fields where {len(header)} are expected; quote commas")
    written = dict(zip(header, row, strict=True))
    values = {column: written.get(column, "").strip() for column in COLUMNS}
    try:
        checked = _Row.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        reason = str(first["msg"]).removeprefix("Value error, ")
        return SourceError(f"{place}: {field} {values[field]!r}: {reason}")
    known = seen.setdefault(checked.publisher_id, line)
    if known != line:
        return SourceError(f"{place}: publisher_id {checked.publisher_id} stands in line {known} already")
    return Source(**{field: getattr(checked, field) for field in COLUMNS})


def _check_duplicates(sources: tuple[Source, ...]) -> Iterator[Finding]:
    addresses: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for source in sources:
        for url in filter(None, (source.list_url, *source.report_urls)):
            first = addresses.setdefault(canonical(url), source.publisher_id)
            if first != source.publisher_id:
                yield finding("source.duplicate", place=source.publisher_id, found=url, expected=first)
        first = names.setdefault((source.district_code, source.publisher), source.publisher_id)
        if first != source.publisher_id:
            yield finding("source.duplicate", place=source.publisher_id, found=source.publisher, expected=first)


def _check_source(source: Source) -> Iterator[Finding]:
    from flows.discover.families import find_look_alike

    if not addresses_of(source):
        yield finding("source.no_address", place=source.publisher_id, found=source.publisher)
    for url in addresses_of(source):
        if not is_government(url):
            host = urlsplit(url).hostname
            yield finding("source.outside_gov_cn", place=source.publisher_id, found=host)
        folder = find_look_alike(url)
        if folder:
            yield finding("source.look_alike", place=source.publisher_id, found=url, expected=folder)
