"""Bytes of one report in, its `ExtractedReport` and its JSON out: the door of reading for all who have bytes.

The public JSON (`gongkai extract --json`) is made here and only here: see `report_as_json`. It is for people and
other programs. Between stages and in the cache the records travel whole, as `dump_extracted` and `load_extracted`
write them, with decimals as text, so that nothing is lost on the way.

What cannot be read is a finding in the answer, never an exception.
"""

from __future__ import annotations

import traceback
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from schemas.findings import finding
from schemas.records import ExtractedReport, Finding, Hints, Locator, Medium

if TYPE_CHECKING:
    from extractors.document import Document
    from flows.fetch import Outcome

READ_SECONDS = 120.0
_READ_HERE = frozenset({Medium.HTML, Medium.TEXT, Medium.UNKNOWN})
_EXTRACTED: TypeAdapter[ExtractedReport] = TypeAdapter(ExtractedReport)
_REPORT_FIELDS = (
    "report_id",
    "publisher_id",
    "era",
    "year",
    "title",
    "publisher",
    "level",
    "district",
    "district_code",
    "published_date",
    "sha256",
)


def extract_bytes(data: bytes, hints: Hints | None = None, seconds: float = READ_SECONDS) -> ExtractedReport:
    """Read one file. `hints` may tell what is known from outside; its `sha256` is filled in from the bytes.

    Web pages and texts are read here; other media in a process of their own, which is ended after `seconds`.

    A report without a source gets the `report_id` `sha256:<12 hex>`. A mistake of the program met on the way becomes
    the finding `extract.failed`: one page must not stop a night's run, and must not vanish either.
    """
    from extractors.report import extract

    digest = sha256(data).hexdigest()
    known = replace(hints or Hints(), sha256=digest)
    try:
        extracted = extract(_read(data, known.declared_charset, seconds), known)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        detail = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
        return ExtractedReport(None, findings=(finding("extract.failed", found=detail),))
    identity = extracted.report
    if identity is None:
        return extracted
    report_id = identity.report_id or f"sha256:{digest[:12]}"
    return replace(extracted, report=replace(identity, report_id=report_id, sha256=digest))


def _read(data: bytes, declared_charset: str | None, seconds: float) -> Document:
    from extractors.readers import read
    from extractors.readers.sniff import sniff_medium
    from flows.convert import read_in_worker

    if sniff_medium(data) in _READ_HERE:
        return read(data, declared_charset)
    return read_in_worker(data, declared_charset, seconds)


def report_as_json(extracted: ExtractedReport, explain: bool = False) -> dict[str, object]:
    """The documented shape: `report`, `cells`, `figures`, `sections`, `findings`; with `explain` the `readings` too."""
    report = extracted.report and {name: plain(getattr(extracted.report, name)) for name in _REPORT_FIELDS}
    shape: dict[str, object] = {
        "report": report,
        "cells": plain(extracted.cells),
        "figures": plain(extracted.figures),
        "sections": plain(extracted.sections),
        "findings": plain(extracted.findings),
    }
    if explain:
        shape["readings"] = plain(extracted.readings)
    return shape


def finding_of_outcome(outcome: Outcome) -> Finding:
    """What is said of an address that gave no page."""
    kind = type(outcome).__name__.lower()
    return finding(f"fetch.{kind}", place=outcome.url, found=getattr(outcome, "reason", ""))


def dump_extracted(extracted: ExtractedReport) -> bytes:
    """The whole record as JSON bytes from which `load_extracted` makes an equal one."""
    return _EXTRACTED.dump_json(extracted)


def load_extracted(data: bytes) -> ExtractedReport:
    """The record that `dump_extracted` wrote."""
    return _EXTRACTED.validate_json(data)


def _locator(locator: Locator | None) -> dict[str, object] | None:
    """Only what the locator states: a grid cell has row and column, a span of text start and end."""
    if locator is None:
        return None
    named = ((item.name, getattr(locator, item.name)) for item in fields(locator))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in named if value is not None}


def plain(value: Any) -> object:
    """A record or one of its values as JSON has it: whole numbers whole, dates and enums as text."""
    if isinstance(value, Locator):
        return _locator(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    return value
