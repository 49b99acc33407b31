import pytest

from flows.selection import (
    Relation,
    Selection,
    SelectionError,
    Unit,
    parse_districts,
    parse_regions,
    parse_tables,
    parse_years,
    unit_in,
)


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


@pytest.mark.parametrize(
    ("code", "year", "follows", "unit"),
    [
        ("320614", 2019, False, Unit("320684", Relation.OTHER_CODE)),  # 海门市 became 海门区
        ("330110", 2019, False, Unit("330110", Relation.OTHER_BOUNDARIES)),  # 余杭区 before 临平区 left it
        ("330103", 2022, False, None),  # 下城区 went into 拱墅区
        ("330103", 2022, True, Unit("330105", Relation.MERGED_OR_SPLIT)),
        ("330103", 2019, False, Unit("330103")),
        ("330113", 2019, True, Unit("330110", Relation.MERGED_OR_SPLIT)),
    ],
)
def test_unit_that_stands_for_a_district(code, year, follows, unit):
    (region,) = parse_districts(code)
    assert unit_in(region, year, follows) == unit


def test_regions_by_code_and_name():
    assert parse_regions("CN-JS, 浙江，unknown") == ("CN-JS", "CN-ZJ", "unknown")
    with pytest.raises(SelectionError, match="CN-JS 江苏省"):
        parse_regions("CN-XX")


def test_folders_are_those_that_can_hold_the_rows():
    assert Selection(parse_districts("330103,320614")).folders == {"CN-ZJ", "CN-JS"}
    assert Selection(parse_districts("330103"), None, ("CN-JS",)).folders == set()


def test_name_with_another_ending_is_proposed_first():
    with pytest.raises(SelectionError, match="one of 云麓区、"):
        parse_districts("云麓县")
