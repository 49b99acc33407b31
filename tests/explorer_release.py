"""An invented release for the explorer: three counties and a city over ten years, all states, hostile texts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from sample_items import NOW, cells_of, item_of

from flows.coverage import Check, add_coverage
from flows.normalize import normalize
from flows.panel import add_panel
from flows.publish import publish
from schemas.findings import finding
from schemas.records import Figure, Level, Period, Qualifier, State

HOSTILE = '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script>年报'
YEARS = range(2014, 2024)
COUNTIES = ("9901010001", "9901020001", "9901030001")


def counts(era, base, **states):
    """Cells of a form whose numbers keep the identities, from the number of requests granted."""
    cells = []
    granted, closed = base, base + 20
    told = {
        "requests/received/natural_person": closed - 2,
        "requests/received/business": 2,
        "requests/received/total": closed,
        "requests/granted/natural_person": granted,
        "requests/granted/total": granted,
        "requests/partially_granted/natural_person": 8,
        "requests/partially_granted/total": 8,
        "requests/unavailable.not_held/natural_person": 10,
        "requests/unavailable.not_held/business": 2,
        "requests/unavailable.not_held/total": 12,
        "requests/closed/natural_person": closed - 2,
        "requests/closed/business": 2,
        "requests/closed/total": closed,
        "proceedings/review/upheld": 3,
        "proceedings/review/total": 3,
        "statistics_2014/requests.received/value": closed,
        "statistics_2014/requests.closed/value": closed,
        "statistics_2014/requests.closed_in_time/value": closed,
        "statistics_2014/replies.total/value": closed,
        "statistics_2014/replies.granted/value": granted,
        "disclosure/normative_documents/issued": base // 5,
        "disclosure/licensing/decisions": base * 111,
    }
    for cell in cells_of(era):
        number = told.get(cell.place, 0)
        cells.append(replace(cell, value=Decimal(number), text=str(number)))
    for place, change in states.items():
        at = next(n for n, cell in enumerate(cells) if cell.place == place.replace("__", "/"))
        cells[at] = replace(cells[at], **change)
    return tuple(cells)


def odd_cells(era):
    """One cell of each state, an amount in another unit, a number written with a sign of its own."""
    blank = {"state": State.BLANK, "value": None, "text": ""}
    return counts(
        era,
        40,
        requests__received__research=blank,
        requests__received__nonprofit={"state": State.NOT_APPLICABLE, "value": None, "text": "/"},
        requests__received__legal_service={"state": State.TEXT, "value": None, "text": HOSTILE},
        requests__carried_in__research={"state": State.MISSING, "value": None, "text": "", "locator": None},
        requests__carried_in__nonprofit={"state": State.UNREAD, "value": None, "text": "3？"},
        requests__carried_in__business={"value": Decimal(3), "text": "３"},
        disclosure__fees__amount={"value": Decimal(251000), "unit": "元", "text": "251000元"},
    )


def items():
    for n, publisher in enumerate(COUNTIES):
        for year in YEARS:
            if (n, year) == (2, 2020):
                continue
            era = "2021" if year >= 2021 else "2019" if year >= 2019 else "2014"
            base = 30 + 7 * n + 3 * (year - 2014)
            yield item_of(publisher, year, cells=counts(era, base), figures=told(base + 20))
    odd = item_of("9901020001", 2023, revision=2, cells=odd_cells("2021"), body="again", findings=odd_findings())
    identity = replace(odd.extracted.report, title=HOSTILE, publisher=HOSTILE)
    source = replace(odd.source, publisher=HOSTILE)
    capture = replace(odd.capture, url="javascript:window.hostile=1", final_url="javascript:window.hostile=1")
    yield replace(odd, extracted=replace(odd.extracted, report=identity), source=source, capture=capture)
    city = item_of("9901000001", 2022, cells=counts("2021", 400))
    yield of_level(city, Level.CITY, "示例市人民政府")
    office = item_of("9901010007", 2022, cells=counts("2021", 5), code="990101")
    yield of_level(office, Level.DEPARTMENT, "云麓区示例局")
    lost = item_of("9901030001", 2020)
    yield replace(
        lost,
        extracted=replace(
            lost.extracted, report=None, cells=(), findings=(finding("table.unreadable", place="requests", reason="x"),)
        ),
    )


def told(received):
    """Two figures of one sentence: the requests received, and how many of them on the web."""
    part = received - 9
    sentence = f"全年共收到政府信息公开申请{received}件，其中网络申请约{part}件{HOSTILE}。"
    common = {"part_of": None, "period": Period.CURRENT, "change": None, "sentence": sentence}
    exact = {"indicator": "requests.received", "qualifier": Qualifier.EXACT, "channel": None, "start": 12, "end": 14}
    about = {"indicator": None, "qualifier": Qualifier.APPROX, "channel": "website", "start": 22, "end": 25}
    return (
        Figure(value=Decimal(received), unit="件", text=f"{received}", **exact, **common),
        Figure(value=Decimal(part), unit="件", text=f"约{part}", **about, **common),
    )


def of_level(item, level, publisher):
    """The same report as one of another body, as the registry and the report itself have it."""
    report = replace(item.extracted.report, level=level, publisher=publisher)
    source = replace(item.source, level=level, publisher=publisher)
    return replace(item, source=source, extracted=replace(item.extracted, report=report))


def odd_findings():
    return (
        finding("requests.balance", place="requests/closed/business", expected="5", found="2"),
        finding("requests.applicants", place="requests/received", expected="60", found="61"),
        finding("cells.type", place="disclosure/fees/amount", expected="count", found=HOSTILE),
    )


def make_release(root):
    """Publish the invented release under `root` and return its directory."""
    known = list(items())
    sources = [item.source for item in known if item.source.level is Level.COUNTY]
    checks = [Check("9901030001", date(2026, 11, 1))]
    frames = add_panel(normalize(known))
    frames = add_coverage(frames, sources, checks, range(2012, 2024))
    coverage = frames["coverage"]
    kept = pc.is_in(coverage.column("province_code"), pa.array(["99", "46"]))
    frames = {**frames, "coverage": coverage.filter(kept)}
    return publish(frames, root, NOW, code_version="c" * 64).directory
