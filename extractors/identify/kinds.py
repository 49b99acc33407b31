"""A page's title and body in, the decision out: is this a report, and if not, what is it and why not.

The decision is about the whole page. A report may have no title, or lack sections, or stand between menus and footers;
a look-alike may carry the very words of a report's title. So the title proposes a kind and the body confirms or
overrules: the labels of the statutory tables and the statutory headings prove a report, the words of the trade support
one, and a page that has neither is none, whatever it is called. Doubt is settled in favour of reading: a lost report
is lost for good, a look-alike without tables yields no cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractors.identify.titles import REPORT, Title
from extractors.lines import Lines
from extractors.sections import Headline
from schemas.reports import load_report_words

_MOST_TITLES = 4  # so many different reports named, and none told: a list
_SHORT_LINE = 30


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is `report` or what the page is instead; `code` and `words` say why it is none, "" for one that is."""

    kind: str
    code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What a page's text proves: labels of statutory tables, statutory headings, words of the trade, and its length."""

    table_labels: int
    list_labels: int
    headings: int
    vocabulary: int
    characters: int
    prose_characters: int

    @property
    def is_proven(self) -> bool:
        """Enough labels or headings to be a report without a title."""
        structure = load_report_words().structure
        return (
            self.table_labels >= structure.enough_labels
            or self.list_labels >= structure.enough_labels
            or (self.headings >= structure.enough_headings and self.vocabulary >= 2)
        )

    @property
    def overrules(self) -> bool:
        """Enough labels or headings to be a report under a look-alike's title."""
        structure = load_report_words().structure
        labels = max(self.table_labels, self.list_labels)
        return labels >= structure.overruling_labels or self.headings >= structure.overruling_headings


def weigh_body(lines: Lines, headings: tuple[Headline, ...]) -> Body:
    """Count what the text proves."""
    structure = load_report_words().structure
    text = lines.text
    return Body(
        sum(label in text for label in structure.table_labels),
        sum(label in text for label in structure.list_labels),
        len({heading.number for heading in headings}),
        sum(word in text for word in structure.vocabulary),
        len(text),
        sum(len(line.text) for line in lines.lines if len(line.text) > _SHORT_LINE),
    )


def decide_kind(title: Title | None, named: list[Title], body: Body, *, tells_period: bool) -> Verdict:
    """What the page is. `named` are all report titles on it; `tells_period` when it says what time it covers."""
    structure = load_report_words().structure
    if not body.characters:
        return Verdict("other", "identify.empty", "the document holds no text")
    if title is not None and title.kind != REPORT and not body.overrules:
        return Verdict(title.kind, "identify.look_alike", f"the title is that of another kind of page: {title.text}")
    if body.is_proven:
        return Verdict(REPORT)
    if len({name.folded for name in named}) >= _MOST_TITLES and body.prose_characters < structure.enough_characters:
        return Verdict("list", "identify.list", f"the page names {len(named)} reports and tells none")
    if body.vocabulary < structure.enough_vocabulary:
        return Verdict("other", "identify.no_vocabulary", "the text does not speak of information disclosure")
    if title is None and not tells_period:
        return Verdict("other", "identify.no_title", "neither a report's title nor its sections or tables were found")
    if body.prose_characters < structure.enough_characters:
        return Verdict("other", "identify.no_body", "a report's title stands there without a report")
    return Verdict(REPORT)
