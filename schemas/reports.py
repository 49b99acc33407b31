"""`reports.yaml` in, `ReportWords` out: what tells a report from its look-alikes, and its parts from one another.

Title words, look-alikes, labels that prove a statutory table, section headings with variants, the ends of bodies'
names, witnesses of scope and date. Every entry is in matching form (`extractors.normal`); a new spelling is a new word
there and no code. A wrong file raises `FormError` with its line.
"""

from __future__ import annotations

from functools import cache

from pydantic import Field

from schemas.records import Level
from schemas.yaml_file import Strict, load_model

Words = tuple[str, ...]


class TitleWords(Strict):
    """What a report's title is made of."""

    subjects: Words
    other_subjects: Words
    report_words: Words
    fillers: Words
    tails: Words
    nameless: Words
    prefixes: Words
    not_in_names: Words
    max_characters: int


class LookAlike(Strict):
    """A kind of page that repeats a report's words, and the words that give it away in a title."""

    kind: str
    words: Words


class Structure(Strict):
    """What a report's body is known by, and how much of it is enough."""

    table_labels: Words
    list_labels: Words
    vocabulary: Words
    enough_vocabulary: int
    enough_headings: int
    enough_labels: int
    overruling_labels: int
    overruling_headings: int
    enough_characters: int


class SectionWords(Strict):
    """One of the six statutory sections."""

    number: int = Field(ge=1, le=6)
    title: str
    variants: Words


class Bracket(Strict):
    """Words before and after a name in a sentence."""

    before: Words
    after: Words


class LevelEnding(Strict):
    """A level and the endings of places' names that tell it."""

    level: Level
    words: Words


class PublisherWords(Strict):
    """How bodies are named, and where a report names its own."""

    governments: Words
    offices: Words
    summing_offices: Words
    full_names: dict[str, str]
    township_offices: Words
    townships: Words
    departments: Words
    places: Words
    government_of_place: str
    short_government: str
    subdistrict: str
    office_of_subdistrict: str
    level_endings: tuple[LevelEnding, ...]
    leading_words: Words
    divisions: Words
    operators: Words
    record_labels: Words
    contact: Bracket
    compiled_by: Bracket
    in_view_of: Bracket
    announcing: Words
    announced_tails: Words
    announcing_verbs: Words
    inner_offices: Words


class FieldWords(Strict):
    """A line of work and the words its body uses of itself."""

    name: str
    words: Words


class Scope(Strict):
    """Words that tell whose doings a body of text reports. `whole` are patterns, the rest plain words."""

    whole: Words
    government_words: Words
    self_words: dict[Level, Words]
    fields: tuple[FieldWords, ...]


class DateWords(Strict):
    """Labels of a page's own date and of the period a report covers."""

    published_labels: Words
    metadata_names: Words
    title_metadata: Words
    period_words: Words


class EraYears(Strict):
    """An era and the first report year it applies to; it lasts until the next one's."""

    era: str
    first_year: int


class ReportWords(Strict):
    """All of `reports.yaml`."""

    title: TitleWords
    look_alikes: tuple[LookAlike, ...]
    breadcrumbs: Words
    cited_works: Words
    structure: Structure
    sections: tuple[SectionWords, ...]
    section_likeness: int
    section_max_characters: int
    not_sections: Words
    annex_titles: Words
    furniture: Words
    byline: Words
    publisher: PublisherWords
    scope: Scope
    dates: DateWords
    eras: tuple[EraYears, ...]

    def era_of(self, year: int | None) -> str | None:
        """The era in force in a report year; None before the first and for an unknown year."""
        current = None
        for entry in self.eras:
            if year is not None and year >= entry.first_year:
                current = entry.era
        return current


@cache
def load_report_words() -> ReportWords:
    """The packaged `reports.yaml`. Raises `FormError` with file, line and reason."""
    return load_model("reports.yaml", ReportWords)
