"""The frozen records that pass between the stages, from a page's address to what was read on it.

In: nothing. Out: dataclasses without behaviour beyond small properties. Every record is hashable where its fields are,
holds tuples instead of lists, and uses `None` for one meaning only: *not stated*. That a cell is absent, blank or
struck out is told by `Cell.state`, never by `None`.

The line: `Source -> ReportLink -> Capture -> (Document) -> ExtractedReport`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    """What stands in a cell of a statutory table (DOMAIN: a cell's state)."""

    VALUE = "value"  # a number was written, 0 too
    BLANK = "blank"  # the cell is there and empty
    NOT_APPLICABLE = "not_applicable"  # / - — 无 不适用
    TEXT = "text"  # words where a number belongs
    MISSING = "missing"  # the form has the cell, the report has no such row or column
    UNREAD = "unread"  # the report may have it, we could not tell; a finding says why


class Severity(StrEnum):
    """How much a finding matters to who uses the numbers."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(StrEnum):
    """Whose report it is: the whole government of a province, city or county, one body, or a township."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    DEPARTMENT = "department"
    TOWNSHIP = "township"


class Medium(StrEnum):
    """What kind of file a capture is, told by its bytes."""

    HTML = "html"
    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    XLSX = "xlsx"
    XLS = "xls"
    IMAGE = "image"
    ZIP = "zip"
    UNKNOWN = "unknown"


class Qualifier(StrEnum):
    """How a figure in prose was hedged (余, 近, 约, 以上, ...)."""

    EXACT = "exact"
    APPROX = "approx"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Period(StrEnum):
    """The time a figure in prose speaks of, seen from the report's year."""

    CURRENT = "current"
    PREVIOUS = "previous"
    CUMULATIVE = "cumulative"
    MONTHLY = "monthly"


class Change(StrEnum):
    """Direction of a figure that tells a difference or a rate of growth."""

    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a `Document`.

    `block` counts `Document.blocks` from 0; `row` and `column` count a grid's own rows and columns from 0; `start` and
    `end` are character offsets into `Document.text`; `page` counts from 1 and `box` is (left, top, right, bottom) in
    points, both only where the medium has pages.
    """

    block: int
    row: int | None = None
    column: int | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a statutory table. `text` is what was written, untouched; `value` the number it states."""

    table: str
    item: str
    column: str
    value: Decimal | None
    unit: str | None
    state: State
    text: str = ""
    locator: Locator | None = None

    @property
    def place(self) -> str:
        """`table/item/column`, the way a cell is named everywhere."""
        return f"{self.table}/{self.item}/{self.column}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number told in prose. `indicator` is None for a counted noun outside the codebook (INDICATORS)."""

    indicator: str | None
    value: Decimal
    unit: str | None
    qualifier: Qualifier
    channel: str | None
    part_of: str | None
    period: Period
    change: Change | None
    text: str
    start: int
    end: int
    sentence: str = ""
    section: int | None = None
    locator: Locator | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report. `number` is 1..6 for the statutory sections of 2019 and later, None for any other."""

    number: int | None
    heading: str
    text: str
    start: int
    end: int
    locator: Locator | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a user of the numbers should know. Codes, severities and wording stand in `findings.yaml`."""

    code: str
    severity: Severity
    message: str
    place: str | None = None
    expected: str | None = None
    found: str | None = None
    locator: Locator | None = None
    report_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReportIdentity:
    """Who reports on what year, as far as the document (or its source) tells."""

    era: str | None = None
    year: int | None = None
    title: str | None = None
    publisher: str | None = None
    level: Level | None = None
    district: str | None = None
    district_code: str | None = None
    published_date: date | None = None
    report_id: str | None = None
    publisher_id: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class TableReading:
    """How a table was read and what else was weighed: the evidence behind the choice among candidate readings."""

    table: str
    kind: str
    score: tuple[float, ...]
    identities_kept: int
    identities_broken: int
    labels_matched: int
    tokens_left: int
    runner_up: str | None = None
    runner_up_score: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class ExtractedReport:
    """All that was read from one document. `report` is None, and `cells` empty, for what is no report."""

    report: ReportIdentity | None
    cells: tuple[Cell, ...] = ()
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()
    readings: tuple[TableReading, ...] = ()
    medium: Medium = Medium.UNKNOWN


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known before a document is opened: from its source row, its link and its capture. All may be unknown."""

    year: int | None = None
    link_title: str | None = None
    publisher: str | None = None
    publisher_id: str | None = None
    level: Level | None = None
    district_code: str | None = None
    province_code: str | None = None
    url: str | None = None
    declared_charset: str | None = None
    sha256: str | None = None
    captured_date: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher and where it publishes: one row of `data/sources.csv`. `publisher_id` is given once, never reused."""

    publisher_id: str
    district_code: str
    publisher: str
    level: Level
    list_url: str
    report_urls: tuple[str, ...] = ()
    portal: str = ""
    cms_family: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A link that promises a report, found on a list page; `year` as the link's words tell it."""

    publisher_id: str
    url: str
    title: str
    year: int | None = None
    published_date: date | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """Bytes as a server gave them: where, when, and under which hash they are kept."""

    url: str
    sha256: str
    captured_at: datetime
    status: int
    content_type: str = ""
    declared_charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    final_url: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=())
