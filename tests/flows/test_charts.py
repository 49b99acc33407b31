from dataclasses import replace
from xml.etree import ElementTree

import pytest
from explorer_release import make_release

from flows.charts import FONT, draw, write_chart
from flows.compare import compare, parse_metrics
from flows.selection import Relation, Selection, SelectionError, parse_districts


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("releases"))


def figure_of(release, metrics="disclosure_rate", districts="990101,990102,990103", years=None, language="zh"):
    selection = Selection(parse_districts(districts), years)
    return draw(compare(release, parse_metrics(metrics), selection), language)


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text")) if text.get_text()]


def points(line):
    return dict(zip(line.get_xdata(), line.get_ydata(), strict=True))


def test_lines_stop_where_the_form_changed(release):
    figure = figure_of(release, districts="990101")
    (axes,) = figure.axes
    before, after = axes.lines[:2]
    assert (max(before.get_xdata()), min(after.get_xdata())) == (2018, 2019)
    assert "表式改变" in "".join(texts(figure))


def test_missing_year_is_a_gap_and_no_zero(release):
    figure = figure_of(release, districts="990103", years=(2019, 2020, 2021))
    values = points(figure.axes[0].lines[0])
    assert str(values[2020]) == "nan"
    assert values[2019] > 0


def test_bars_are_ranked_and_a_missing_one_tells_why(release):
    figure = figure_of(release, years=(2020,))
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["澄湾区", "云麓区", "栖山县"]
    assert "未读到该地区该年度的报告" in texts(figure)


def test_points_of_another_unit_are_told_and_stand_apart(release):
    selection = Selection(parse_districts("990101"), (2021, 2022, 2023))
    comparison = compare(release, parse_metrics("disclosure_rate"), selection)
    first = replace(comparison.rows[0], relation=Relation.MERGED_OR_SPLIT, code="990199")
    figure = draw(replace(comparison, rows=(first, *comparison.rows[1:])))
    assert "The unit it was merged into or split from: 云麓区 2021 [990199]" in "\n".join(texts(figure))
    assert [list(line.get_xdata()) for line in figure.axes[0].lines[:2]] == [[2021], [2022, 2023]]


def test_several_metrics_make_a_page_with_the_median_of_the_province(release):
    figure = figure_of(release, "disclosure_rate,refusal_rate,on_time_rate", "990101")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["公开率", "不予公开率", "按时办结率"]
    assert "- - - 省内中位数" in "".join(texts(figure))


def test_every_chinese_text_is_set_in_the_packaged_font(release):
    figure = figure_of(release, "disclosure_rate,refusal_rate")
    chinese = [
        one for one in figure.findobj(lambda one: hasattr(one, "get_fontproperties")) if not one.get_text().isascii()
    ]
    assert len(chinese) > 5
    assert {str(one.get_fontproperties().get_file()).endswith(FONT) for one in chinese} == {True}


def test_chinese_text_is_drawn_and_not_boxes(release, tmp_path, recwarn):
    write_chart(figure_of(release), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert [str(warning.message) for warning in recwarn if "missing from font" in str(warning.message)] == []


def test_same_comparison_gives_the_same_bytes(release, tmp_path):
    for name in ("a.svg", "b.svg"):
        write_chart(figure_of(release), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own file


@pytest.mark.parametrize(("name", "words"), [("a.jpg", ".png or .svg"), ("none/a.png", "there is no directory")])
def test_charts_that_cannot_be_written_are_refused(release, tmp_path, name, words):
    with pytest.raises(SelectionError, match=words):
        write_chart(figure_of(release, years=(2020,)), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
