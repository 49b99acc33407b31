from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

from flows.assemble import Reading, assemble
from schemas.records import (
    Capture,
    Cell,
    ExtractedReport,
    Level,
    ReportIdentity,
    ReportLink,
    Source,
    State,
)

US = Source("990101-01", "990101", "示例市云麓区人民政府", Level.COUNTY, "http://a.gov.cn/")


def reading(
    path: str,
    value: int | None = 5,
    year: int | None = 2022,
    published: date | None = None,
    title: str = "云麓区2022年政府信息公开工作年度报告",
    link_title: str = "云麓区2022年政府信息公开年报",
) -> Reading:
    url = f"http://a.gov.cn/{path}"
    capture = Capture(url, sha256(path.encode()).hexdigest(), datetime(2023, 5, 1, tzinfo=UTC), 200)
    cell = Cell("requests", "granted", "total", Decimal(value or 0), "件", State.VALUE, str(value))
    identity = ReportIdentity(year=year, title=title, published_date=published)
    extracted = ExtractedReport(identity, (cell,)) if value is not None else ExtractedReport(None)
    return Reading(ReportLink(US.publisher_id, url, link_title, 2022), capture, US, extracted)


def told(*readings: Reading) -> list[tuple[str, int, str]]:
    return [(item.report_id, item.revision, item.capture.url.rpartition("/")[2]) for item in assemble(readings)]


def test_later_publication_is_the_later_revision_whatever_the_order() -> None:
    first, second = reading("a", 5, published=date(2023, 1, 20)), reading("b", 6, published=date(2023, 3, 1))
    expected = [("990101-01-2022", 1, "a"), ("990101-01-2022", 2, "b")]
    assert told(second, first) == told(first, second) == expected


def test_copy_at_another_address_is_no_revision() -> None:
    assert told(reading("a", 5), reading("b", 5)) == [("990101-01-2022", 1, "a")]


def test_year_of_the_document_goes_before_that_of_the_link() -> None:
    assert told(reading("a", year=2021)) == [("990101-01-2021", 1, "a")]
    assert told(reading("a", year=None)) == [("990101-01-2022", 1, "a")]


def test_wrapper_of_a_document_that_is_the_report_is_left_out() -> None:
    assert told(reading("page", None), reading("report.pdf", 5)) == [("990101-01-2022", 1, "report.pdf")]


def test_page_without_a_report_is_an_item_of_its_own() -> None:
    alone = reading("page", None)
    assert told(alone) == [(f"sha256:{alone.capture.sha256[:12]}", 1, "page")]


def test_report_of_the_office_on_its_governments_list_is_not_the_governments() -> None:
    own = reading("own", 5)
    office = reading("office", 1, title="云麓区人民政府办公室2022年政府信息公开工作年度报告")
    items = {item.capture.url.rpartition("/")[2]: item for item in assemble((own, office))}
    assert (items["own"].report_id, items["own"].source) == ("990101-01-2022", US)
    assert (items["office"].report_id, items["office"].source) == (f"sha256:{office.capture.sha256[:12]}", None)
    assert [found.code for found in items["office"].extracted.findings] == ["report.other_publisher"]


def test_publisher_without_a_source_keeps_its_report() -> None:
    assert [item.report_id for item in assemble((replace(reading("a"), source=None),))] == ["990101-01-2022"]


def test_later_revision_names_the_cells_it_changed() -> None:
    first, second = reading("a", 5, published=date(2023, 1, 20)), reading("b", 6, published=date(2023, 3, 1))
    earlier, later = assemble((first, second))
    assert earlier.extracted.findings == ()
    assert [(found.code, found.found) for found in later.extracted.findings] == [
        ("report.revised", "requests/granted/total")
    ]
