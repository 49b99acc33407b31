from datetime import date

import pytest

from schemas.deadlines import due_date, latest_due_year
from schemas.records import Level


@pytest.mark.parametrize(
    ("level", "year", "day"),
    [
        (Level.COUNTY, 2023, date(2024, 3, 31)),
        (Level.DEPARTMENT, 2023, date(2024, 1, 31)),
        (Level.TOWNSHIP, 2019, date(2020, 1, 31)),
        (Level.TOWNSHIP, 2018, date(2019, 3, 31)),
        (Level.PROVINCE, 2008, date(2009, 3, 31)),
    ],
)
def test_report_is_due_by_the_day_of_its_level_and_year(level: Level, year: int, day: date) -> None:
    assert due_date(level, year) == day


def test_nothing_was_due_before_the_first_year() -> None:
    with pytest.raises(ValueError, match="no county had to report on 2007"):
        due_date(Level.COUNTY, 2007)


def test_year_is_due_the_day_after_its_deadline() -> None:
    assert latest_due_year(Level.COUNTY, date(2024, 3, 31)) == 2022
    assert latest_due_year(Level.COUNTY, date(2024, 4, 1)) == 2023
    assert latest_due_year(Level.DEPARTMENT, date(2024, 2, 1)) == 2023
