import pytest

from flows.selection import Selection, SelectionError, parse_districts, parse_tables, parse_years


@pytest.mark.parametrize(
    ("words", "years"),
    [("", None), ("2021", (2021,)), ("2019-2021", (2019, 2020, 2021)), ("2019-2020，2024", (2019, 2020, 2024))],
)
def test_years(words, years):
    assert parse_years(words) == years


@pytest.mark.parametrize("words", ["21-x", "2021-2019", "twenty"])
def test_years_that_are_none_are_refused(words):
    with pytest.raises(SelectionError, match="--years"):
        parse_years(words)


def test_districts_by_name_path_and_code():
    assert [one.code for one in parse_districts("宿城区，321311、北京朝阳区")] == ["321302", "321311", "110105"]
    assert parse_districts(" ") is None


@pytest.mark.parametrize(
    ("words", "message"),
    [("朝阳区", "several districts: 北京市朝阳区"), ("宿成区", "did you mean one of 宿城区"), ("123", "six digits")],
)
def test_districts_that_are_not_clear_are_refused_with_candidates(words, message):
    with pytest.raises(SelectionError, match=message):
        parse_districts(words)


def test_district_is_followed_through_changes_of_its_code():
    (region,) = parse_districts("320614")
    assert Selection((region,), None).codes == ("320614", "320684")
    assert Selection((region,), (2021,)).codes == ("320614",)


def test_tables():
    assert parse_tables("requests, panel") == ("requests", "panel")
    with pytest.raises(SelectionError, match="no table request;"):
        parse_tables("request")
