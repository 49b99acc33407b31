"""Identification over the corpus of heads of pages, and the single behaviours the corpus cannot show."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors.document import Document, DocumentBuilder, GridSource
from extractors.identify import identify
from schemas.records import Hints, Level, Medium

CASES = Path(__file__).parents[1] / "cases" / "identify"
BODIES = yaml.safe_load((CASES / "bodies.yaml").read_text(encoding="utf-8"))
CORPUS = [json.loads(line) for line in (CASES / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]


def _document(*parts: str, medium: Medium = Medium.TEXT) -> Document:
    builder = DocumentBuilder(medium)
    for part in parts:
        for line in part.split("\n"):
            builder.paragraph(line)
    return builder.build()


def _page(case: dict[str, Any]) -> Document:
    body = BODIES[case["body"]]
    tail = case["tail"]
    if tail.startswith("@"):  # a second report, with the same body
        return _document(case["head"], body, tail[1:], body)
    return _document(case["head"], body, tail)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"{case['id']} {case['trap']}")
def test_corpus(case: dict[str, Any]) -> None:
    found = identify(_page(case), Hints(**case["hints"]))
    truth = dict(case["truth"])
    others = truth.pop("others", [])
    got: dict[str, Any] = {name: getattr(found, name) for name in truth if name != "published"}
    if "published" in truth:
        got["published"] = found.published_date.isoformat() if found.published_date else None
    assert got == truth
    assert {one.code for one in found.findings} == set(case["findings"])
    assert [other.title for other in found.other_reports] == others
