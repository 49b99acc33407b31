from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from sample_items import NOW, cells_of, item_of

from flows.compare import compare, comparison_rows, find_metric, parse_metrics
from flows.compare_text import comparison_text
from flows.publish import publish
from flows.selection import ReleaseSchemaError, Selection, SelectionError, parse_districts
from flows.standing import Place
from flows.tables import build_tables
from schemas.findings import finding
from schemas.records import State


def counts(granted, closed, **more):
    return cells_of(
        "2019",
        requests__granted__total=granted,
        requests__partially_granted__total=0,
        requests__closed__total=closed,
        **more,
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    broken = finding("requests.balance", place="requests/closed/total", expected="1", found="2")
    items = [
        item_of("9901010001", 2019, cells=counts(1, 4)),
        item_of("9901010001", 2020, cells=counts(3, 4), findings=(broken,)),
        item_of("9901020001", 2019, cells=counts(5, 8)),
        item_of("9901020001", 2020, cells=counts(State.UNREAD, 8)),
        item_of("9901030001", 2020, cells=counts(0, 0)),
    ]
    root = tmp_path_factory.mktemp("releases")
    return publish(build_tables(items), root, NOW, code_version="x").directory


def values(comparison):
    return {(one.district_code, one.year): (one.value, one.note, one.errors) for one in comparison.rows}


def test_every_number_or_its_reason(release):
    selection = Selection(parse_districts("990101,990102,990103"), (2019, 2020))
    assert values(compare(release, parse_metrics("disclosure_rate"), selection)) == {
        ("990101", 2019): (0.25, None, 0),
        ("990101", 2020): (0.75, None, 1),
        ("990102", 2019): (0.625, None, 0),
        ("990102", 2020): (None, "part_unread", 0),
        ("990103", 2019): (None, "no_report", 0),
        ("990103", 2020): (None, "denominator_zero", 0),
    }


def test_all_districts_and_years_of_the_release_by_default(release):
    rows = comparison_rows(compare(release, parse_metrics("requests_closed"), Selection()))
    assert [(row["district_code"], row["report_year"], row["value"]) for row in rows[:3]] == [
        ("990101", 2019, 4.0),
        ("990101", 2020, 4.0),
        ("990102", 2019, 8.0),
    ]


def test_text_lines_up_and_tells_reasons_below(release):
    selection = Selection(parse_districts("990101,990102"), (2019, 2020))
    text = comparison_text(compare(release, parse_metrics("disclosure_rate"), selection))
    lines = text.splitlines()
    assert lines[0] == "Disclosure rate: (granted + partially_granted) / closed"
    assert lines[4].split()[-2:] == ["0.250", "0.750!"]
    assert lines[5].split()[-2:] == ["0.625", "-"]
    assert "- part_unread: A cell the metric needs could not be read (澄湾区 2020)" in lines
    assert any(line.startswith("! findings of severity error") for line in lines)


def test_district_is_followed_through_a_change_of_code(tmp_path):
    items = [
        replace(item_of("3206840001", year, cells=counts(n, 4)), report_id=f"x-{year}")
        for year, n in ((2019, 1), (2020, 3))
    ]
    release = publish(build_tables(items), tmp_path, NOW, code_version="x").directory
    comparison = compare(release, parse_metrics("disclosure_rate"), Selection(parse_districts("320614"), (2019, 2020)))
    assert [one.value for one in comparison.rows] == [0.25, 0.75]


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    items = [
        item_of(code + "0001", year, cells=counts(n, 8))
        for code, year, n in (("330103", 2019, 1), ("330103", 2020, 2), ("330105", 2020, 4), ("330105", 2021, 6))
    ]
    return publish(build_tables(items), tmp_path_factory.mktemp("merged"), NOW, code_version="x").directory


@pytest.mark.parametrize(
    ("follows", "told"),
    [(False, (None, "not_in_year", None, None)), (True, (0.75, None, "330105", "merged_or_split"))],
)
def test_successor_stands_for_a_merged_district_only_on_request(merged, follows, told):
    selection = Selection(parse_districts("330103"), (2019, 2021), None, follows)
    before, after = compare(merged, parse_metrics("disclosure_rate"), selection).rows
    assert (before.value, before.relation) == (0.125, None)
    assert (after.value, after.note, after.code, after.relation) == told
    assert after.change is None


def test_ranks_are_among_all_of_the_city_and_province(merged, release):
    selection = Selection(parse_districts("330103"), (2020,))
    (row,) = compare(merged, parse_metrics("disclosure_rate"), selection).rows
    assert (row.in_city, row.in_province) == (Place(2, 2, 25.0), Place(2, 2, 25.0))
    assert (row.change, row.province_median) == (0.125, 0.375)
    (alone,) = compare(release, parse_metrics("disclosure_rate"), Selection(parse_districts("990101"), (2020,))).rows
    assert (alone.in_province, alone.change) == (Place(1, 1, 50.0), 0.5)


def test_no_change_is_told_across_forms(tmp_path):
    old = cells_of("2014", statistics_2014__replies_dot_denied__value=2, statistics_2014__replies_dot_total__value=8)
    items = [item_of("9901010001", 2018, cells=old), item_of("9901010001", 2019, cells=counts(1, 4))]
    release = publish(build_tables(items), tmp_path, NOW, code_version="x").directory
    rows = compare(release, parse_metrics("disclosure_rate"), Selection(parse_districts("990101"))).rows
    assert [(row.note, row.change) for row in rows] == [("out_of_range", None), (None, None)]
    assert rows[0].in_province is None


def test_several_metrics_and_ranks_in_text(merged):
    selection = Selection(parse_districts("330103"), (2019, 2021), None, True)
    text = comparison_text(compare(merged, parse_metrics("requests_closed,disclosure_rate"), selection), "zh", True)
    assert text.splitlines()[0] == "办结申请数: 本年度办理结果总计"
    assert "^ merged_or_split: 为其并入或析出的单位 (下城区 2021 [330105])" in text
    assert text.count("省内位次（1为最高／参与排名数）") == 2


def test_selection_without_any_report_is_refused_with_what_there_is(release):
    with pytest.raises(SelectionError, match=r"nothing in panel for 云麓区, 2030; it has the years 2019 to 2020 and "):
        compare(release, parse_metrics("disclosure_rate"), Selection(parse_districts("990101"), (2030,)))


def test_release_of_another_shape_is_refused(release, tmp_path):
    old = tmp_path / "old"
    for file in release.glob("panel/**/*.parquet"):
        table = pq.read_table(file, partitioning=None).drop_columns(["disclosure_rate"])
        (old / file.relative_to(release)).parent.mkdir(parents=True)
        pq.write_table(table, old / file.relative_to(release))
    with pytest.raises(ReleaseSchemaError, match="old: table panel has no column disclosure_rate"):
        compare(old, parse_metrics("disclosure_rate"), Selection())


def test_unknown_metric_is_refused_with_those_there_are():
    with pytest.raises(SelectionError, match="there are requests_received"):
        find_metric("openness")
