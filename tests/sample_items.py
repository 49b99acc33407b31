"""Invented reports as the line hands them to normalize: every cell of a form, each with its own number."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from flows.normalize import Item
from schemas.form import load_form
from schemas.records import Capture, Cell, ExtractedReport, Level, Locator, Medium, ReportIdentity, Source, State

NOW = datetime(2026, 11, 24, 18, 0, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 18, 0, 0, tzinfo=UTC)
LAST = datetime(2026, 11, 26, 18, 0, 0, tzinfo=UTC)


def cells_of(era="2021", add=0, **values):
    """All cells of a form, numbered from 1 plus `add`; `requests__granted__total=5` sets one, a State blanks it."""
    cells = []
    for table in load_form(era).tables:
        for item, column in tuple(table.keys()):
            number = Decimal(len(cells) + 1 + add)
            unit = table.unit_of(item, column) or "万元"
            place = Locator(len(cells), 1, 2, 10 * len(cells), 10 * len(cells) + 3)
            cells.append(Cell(table.id, item, column, number, unit, State.VALUE, str(number), place))
    for name, value in values.items():
        place = tuple(part.replace("_dot_", ".") for part in name.split("__"))
        at = next(n for n, cell in enumerate(cells) if (cell.table, cell.item, cell.column) == place)
        cells[at] = with_content(cells[at], value)
    return tuple(cells)


def with_content(cell, value):
    if isinstance(value, State):
        return replace(cell, state=value, value=None, text="")
    if isinstance(value, tuple):
        return replace(cell, value=Decimal(value[0]), unit=value[1], text=value[0])
    return replace(cell, state=State.VALUE, value=Decimal(value), text=str(value))


def item_of(publisher="9901010001", year=2021, *, revision=1, era=None, code=None, cells=None, body="", **parts):
    """A county's report; `body` stands for other bytes, `parts` are further fields of ExtractedReport."""
    era = era or ("2021" if year >= 2021 else "2019" if year >= 2019 else "2014")
    identity = ReportIdentity(
        era, year, f"某区{year}年政府信息公开工作年度报告", "某区人民政府", Level.COUNTY, "某区", code or publisher[:6]
    )
    digest = sha256(f"{publisher} {year} {revision} {body}".encode()).hexdigest()
    address = f"http://127.0.0.1/{publisher}/{year}.html"
    source = Source(publisher, code or publisher[:6], "某区人民政府", Level.COUNTY, "http://127.0.0.1/list.html")
    extracted = ExtractedReport(identity, cells if cells is not None else cells_of(era), medium=Medium.HTML, **parts)
    return Item(extracted, source, Capture(address, digest, NOW, 200), revision, f"{publisher}-{year}")
