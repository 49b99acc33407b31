"""Reading in a process that can be ended: the same document, or a warning instead of a hang."""

from __future__ import annotations

from documents import docx_bytes, pdf_bytes, requests_2021

from extractors.readers import read
from flows.convert import read_in_worker
from schemas.records import Medium


def test_worker_reads_the_same_document() -> None:
    data = docx_bytes(["一、总体情况", requests_2021()])
    assert read_in_worker(data, None, 60) == read(data)


def test_reading_past_its_time_is_ended_and_told() -> None:
    document = read_in_worker(pdf_bytes([requests_2021()] * 5), None, 0.01)
    assert (document.medium, document.blocks) == (Medium.PDF, ())
    assert document.warnings == (("document.timeout", "0.01 seconds"),)


def test_worker_without_memory_is_told() -> None:
    document = read_in_worker(docx_bytes(["文字"]), None, 60, memory_bytes=2**20)
    assert (document.medium, document.blocks) == (Medium.DOCX, ())
    assert [code for code, _ in document.warnings] == ["document.corrupt"]
