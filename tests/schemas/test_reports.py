"""The words of reports: complete, in matching form, and refused with their line when wrong."""

from __future__ import annotations

from importlib.resources import files

import pytest

from extractors.normal import fold
from schemas.errors import FormError
from schemas.reports import ReportWords, load_report_words
from schemas.yaml_file import parse_model


def test_the_six_sections_are_there_in_order() -> None:
    assert [section.number for section in load_report_words().sections] == [1, 2, 3, 4, 5, 6]


def test_no_variant_names_two_sections() -> None:
    names = [name for section in load_report_words().sections for name in (section.title, *section.variants)]
    assert len(names) == len(set(names))


def test_labels_and_headings_are_in_matching_form() -> None:
    words = load_report_words()
    listed = (*words.structure.table_labels, *words.structure.list_labels, *words.title.subjects, *words.not_sections)
    headings = tuple(name for section in words.sections for name in (section.title, *section.variants))
    assert [word for word in listed + headings if fold(word) != word] == []


@pytest.mark.parametrize(("year", "era"), [(None, None), (2007, None), (2008, "2008"), (2018, "2014"), (2030, "2021")])
def test_era_of_a_year(year: int | None, era: str | None) -> None:
    assert load_report_words().era_of(year) == era


def test_unknown_key_is_refused_with_its_line() -> None:
    text = files("schemas").joinpath("reports.yaml").read_text(encoding="utf-8")
    line = text.splitlines().index("structure:") + 2
    broken = text.replace("structure:\n", "structure:\n  labels_of_tables: [规章]\n")
    with pytest.raises(FormError, match=rf"reports.yaml:{line}: structure.labels_of_tables"):
        parse_model(broken, "reports.yaml", ReportWords)
