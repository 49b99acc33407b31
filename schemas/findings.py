"""Findings: from a code and its details to a `Finding` with the wording of `findings.yaml`.

`findings.yaml` holds one entry a code: `severity`, `title`, `message` and `action`, each text in `en` and `zh`.
Messages are templates over the keyword arguments of `finding`. A code without an entry is a programming error and
raises `KeyError`: a finding nobody can look up helps nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from schemas.records import Finding, Locator, Severity


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str
    zh: str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    severity: Severity
    title: _Texts
    message: _Texts
    action: _Texts


@dataclass(frozen=True, slots=True)
class FindingCode:
    """A code as documented: `message_*` are templates, `action_*` tells what a reader can do about it."""

    code: str
    severity: Severity
    title_en: str
    title_zh: str
    message_en: str
    message_zh: str
    action_en: str
    action_zh: str


@cache
def load_finding_codes() -> dict[str, FindingCode]:
    """All codes by name, sorted. Raises pydantic's `ValidationError` for an entry with unknown or absent keys."""
    raw = yaml.safe_load(files("schemas").joinpath("findings.yaml").read_text(encoding="utf-8"))
    codes = {}
    for code in sorted(raw):
        entry = _Entry.model_validate(raw[code])
        codes[code] = FindingCode(
            code,
            entry.severity,
            entry.title.en,
            entry.title.zh,
            entry.message.en,
            entry.message.zh,
            entry.action.en,
            entry.action.zh,
        )
    return codes


def finding(
    code: str,
    *,
    place: str | None = None,
    expected: str | None = None,
    found: str | None = None,
    locator: Locator | None = None,
    report_id: str | None = None,
    severity: Severity | None = None,
    **details: object,
) -> Finding:
    """A finding of `code` with its English message filled in; `severity` overrides the code's own for one case."""
    entry = load_finding_codes()[code]
    words = {"place": place, "expected": expected, "found": found, **details}
    return Finding(
        code,
        severity or entry.severity,
        entry.message_en.format_map(words),
        place,
        expected,
        found,
        locator,
        report_id,
    )
