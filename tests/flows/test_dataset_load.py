import pytest
from sample_items import NOW, cells_of, item_of

from flows.dataset import load
from flows.publish import publish
from flows.releases import UnknownReleaseError
from flows.selection import SelectionError
from flows.tables import build_tables


def cells(granted):
    return cells_of(
        "2019",
        requests__granted__total=granted,
        requests__partially_granted__total=0,
        requests__closed__total=8,
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("releases")
    reports = (("990101", 2019, 1), ("990101", 2020, 2), ("330103", 2020, 3), ("330105", 2021, 4))
    items = [item_of(f"{code}0001", year, cells=cells(granted)) for code, year, granted in reports]
    publish(build_tables(items), root, NOW, code_version="x")
    return root


def rows(frame, *names):
    return [tuple(row) for row in frame[list(names)].itertuples(index=False)]


def test_panel_with_the_metrics_asked_for(root):
    frame = load("panel", districts="云麓区", years=[2019, 2020], metrics=["disclosure_rate"], releases=root)
    assert rows(frame, "district_code", "report_year", "disclosure_rate") == [
        ("990101", 2019, 0.125),
        ("990101", 2020, 0.25),
    ]
    assert [name for name in frame if "rate" in name] == ["disclosure_rate", "note_disclosure_rate"]


@pytest.mark.parametrize(("years", "count"), [(2020, 2), ("2019-2020", 3), (range(2019, 2022), 4), (None, 4)])
def test_years_in_every_spelling(root, years, count):
    assert len(load("reports", years=years, releases=root)) == count


def test_regions_by_code_or_name(root):
    assert set(load("requests", regions=["浙江省"], releases=root)["district_code"]) == {"330103", "330105"}
    assert set(load("requests", regions="sample", releases=root)["district_code"]) == {"990101"}


def test_successor_is_followed_on_request_and_flagged(root):
    assert rows(load("reports", districts="下城区", releases=root), "report_year", "relation") == [(2020, None)]
    frame = load("reports", districts="下城区", releases=root, follow_successors=True)
    assert rows(frame.fillna(""), "report_year", "district_code", "asked_code", "relation") == [
        (2020, "330103", "330103", ""),
        (2021, "330105", "330103", "merged_or_split"),
    ]


def test_codes_stay_text_and_blanks_missing(root):
    frame = load("requests", districts="330103", releases=root)
    assert frame["district_code"].iloc[0] == "330103"
    assert frame["value"].dtype == "float64"


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ({"table": "panels"}, SelectionError, "there are reports"),
        ({"table": "panel", "years": 1999}, SelectionError, "it has the years 2019 to 2021"),
        ({"table": "panel", "districts": "云鹿区"}, SelectionError, "did you mean"),
        ({"table": "panel", "metrics": "openness"}, SelectionError, "there are requests_received"),
        ({"table": "requests", "metrics": "disclosure_rate"}, SelectionError, "stand in panel"),
        ({"table": "panel", "regions": "CN-XX"}, SelectionError, "CN-JS"),
        ({"table": "panel", "release": "1999"}, UnknownReleaseError, "name one of"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(root, words, error, told):
    with pytest.raises(error, match=told):
        load(releases=root, **words)
