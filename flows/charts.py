"""A comparison in, a chart out: lines over years, ranked bars of one year, or a page of small charts, one a metric.

    figure = draw(comparison)
    write_chart(figure, Path("out.svg"))

`draw` chooses: several metrics make a page, one year makes bars, else lines. A missing number is a gap in a line and a
named blank in a bar chart, never a zero; the years before a change of the form stand apart, with a dotted line between.

Chinese needs a font that few servers have: Noto Sans CJK SC (SIL Open Font License 1.1), taken as a file from the
package `mplfonts`. No global state of matplotlib is touched, no display is needed, and the same comparison gives the
same bytes.

Refuses with `SelectionError` what no chart shows well: more lines or bars than one can tell apart, other file types.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from flows.compare import Compared, Comparison
from flows.compare_text import is_doubtful, load_words, shorten, spell
from flows.selection import SelectionError
from schemas.metrics import Metric, MetricKind, load_reasons

if TYPE_CHECKING:
    from matplotlib.text import Text

FORMATS = (".png", ".svg")
FONT = "mplfonts/fonts/NotoSansCJKsc-Regular.otf"
MOST_LINES = 8
MOST_BARS = 60
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_GREY = "#767676"
_DOTS_PER_INCH = 150


def draw(comparison: Comparison, language: str = "en") -> Figure:
    """The chart that suits a comparison."""
    if len(comparison.metrics) > 1:
        return draw_page(comparison, language)
    return draw_bars(comparison, language) if len(comparison.years) == 1 else draw_lines(comparison, language)


def check_target(target: Path) -> None:
    """Raise `SelectionError` where no chart can be written to `target`."""
    if target.suffix.lower() not in FORMATS:
        raise SelectionError(f"--chart {target}: charts are written as {' or '.join(FORMATS)}; name such a file")
    if not target.parent.is_dir():
        raise SelectionError(f"--chart {target}: there is no directory {target.parent}; make it first")


def write_chart(figure: Figure, target: Path) -> None:
    """Write a chart as PNG or SVG, by the suffix of `target`."""
    check_target(target)
    form = target.suffix.lower()[1:]
    metadata: dict[str, Any] = {"Date": None} if form == "svg" else {"Software": None}
    with mpl.rc_context({"svg.hashsalt": "gongkai", "svg.fonttype": "path"}):
        figure.savefig(target, dpi=_DOTS_PER_INCH, format=form, metadata=metadata)


def draw_lines(comparison: Comparison, language: str = "en") -> Figure:
    """One metric over the years, a line a district."""
    (metric,) = comparison.metrics
    figure = _figure(8, 4.8)
    axes = figure.add_subplot()
    series = _series(comparison, metric)
    _lines(axes, series, comparison.years, metric, language)
    _head(figure, axes, metric, language)
    if len(series) > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", frameon=False, prop=_font(10))
    else:
        axes.legend(frameon=False, prop=_font(10), loc="best")
    median = _median_words(language) if len(series) == 1 else ()
    _foot(figure, comparison.rows, language, *median, getattr(metric.caveat, language))
    return figure


def draw_bars(comparison: Comparison, language: str = "en") -> Figure:
    """One metric in one year, districts from the highest to the lowest, those without a number last."""
    (metric,) = comparison.metrics
    rows = sorted(comparison.rows, key=lambda row: (row.value is None, -(row.value or 0), row.district_code))
    if len(rows) > MOST_BARS:
        raise SelectionError(f"--chart: {len(rows)} districts make no bar chart; name at most {MOST_BARS}")
    figure = _figure(8, 1.9 + 0.3 * len(rows))
    axes = figure.add_subplot()
    shows_median = _median_line(axes, rows)
    for place, row in enumerate(rows):
        colour = "none" if is_doubtful(row) else _COLOURS[0]
        axes.barh(place, row.value or 0, color=colour, edgecolor=_COLOURS[0], height=0.7)
        words = spell(metric, row) if row.value is not None else _why_none([row], language)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        note = axes.annotate(words, (max(row.value or 0, 0), place), (5, 0), textcoords="offset points", bbox=box)
        note.set_verticalalignment("center_baseline")
        _write(note, 9)
    axes.set_yticks(range(len(rows)))
    names = _names(rows)
    axes.set_yticklabels([names[row.district_code] for row in rows])
    axes.invert_yaxis()
    axes.margins(x=0.16)
    _clean(axes, metric, "x")
    _head(figure, axes, metric, language, f" · {comparison.years[0]}")
    median = _median_words(language) if shows_median else ()
    _foot(figure, rows, language, *median, getattr(metric.caveat, language))
    return figure


def draw_page(comparison: Comparison, language: str = "en") -> Figure:
    """A small chart a metric, with the same districts in each; for one district also the median of its province."""
    columns = min(3, len(comparison.metrics))
    rows = math.ceil(len(comparison.metrics) / columns)
    figure = _figure(4 * columns, 2.6 * rows + 0.6)
    districts: Sequence[str] = ()
    for number, metric in enumerate(comparison.metrics, start=1):
        axes = figure.add_subplot(rows, columns, number)
        series = _series(comparison, metric)
        districts = tuple(series)
        _lines(axes, series, comparison.years, metric, language)
        _write(axes.set_title(getattr(metric.label, language), loc="left"), 10)
    _page_head(figure, districts)
    _foot(figure, comparison.rows, language, *(_median_words(language) if len(districts) == 1 else ()))
    return figure


def _series(comparison: Comparison, metric: Metric) -> dict[str, tuple[Compared, ...]]:
    """The rows of a metric by district, under names that tell them apart."""
    rows = comparison.of(metric)
    names = _names(rows)
    if len(names) > MOST_LINES:
        raise SelectionError(
            f"--chart: {len(names)} lines cannot be told apart; name at most {MOST_LINES} districts with --districts, "
            "or one year for ranked bars"
        )
    series: dict[str, list[Compared]] = {}
    for row in rows:
        series.setdefault(names[row.district_code], []).append(row)
    return {name: tuple(points) for name, points in series.items()}


def _names(rows: Sequence[Compared]) -> dict[str, str]:
    """A name for each code: the district's own, with the code where two share it."""
    names = {row.district_code: row.district for row in rows}
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {code: f"{name} {code}" if name in shared else name for code, name in names.items()}


def _lines(
    axes: Axes, series: dict[str, tuple[Compared, ...]], years: Sequence[int], metric: Metric, language: str
) -> None:
    every = [row for rows in series.values() for row in rows]
    for number, (name, rows) in enumerate(series.items()):
        _line(axes, rows, number, name)
    if len(series) == 1:
        _province(axes, every)
    axes.set_xlim(years[0] - 0.4, years[-1] + 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    known = [value for row in every for value in (row.value, row.province_median) if value is not None]
    if metric.kind is not MetricKind.GROWTH:
        axes.set_ylim(min([0, *known]), 1.08 * max([0, *known]) or 1)
    if not known:
        axes.set_yticks([])
        words = axes.text(0.5, 0.5, _why_none(every, language), transform=axes.transAxes, ha="center", va="center")
        _write(words, 8, _GREY)
    _break_line(axes, every, language)
    _clean(axes, metric, "y")


def _line(axes: Axes, rows: Sequence[Compared], number: int, name: str) -> None:
    """A district's line, in as many pieces as it has series, with hollow points where the report has errors."""
    colour, marker = _COLOURS[number], _MARKERS[number]
    for part, points in enumerate(_unbroken(rows)):
        years = [row.year for row in points]
        values = [math.nan if row.value is None else row.value for row in points]
        label = name if part == 0 else None
        axes.plot(years, values, color=colour, marker=marker, markersize=5, linewidth=1.8, label=label)
    doubtful = [(row.year, row.value) for row in rows if row.value is not None and is_doubtful(row)]
    if doubtful:
        years, values = [year for year, _ in doubtful], [value for _, value in doubtful]
        axes.plot(years, values, marker, color=colour, markersize=5, markerfacecolor="white")
    for line in axes.lines:  # a marker on the axis is drawn whole, and moves no other part of the page
        line.set_clip_on(False)
        line.set_in_layout(False)


def _unbroken(rows: Sequence[Compared]) -> Iterator[list[Compared]]:
    """A district's points in stretches that may be joined by a line: one series, one area."""
    part: list[Compared] = []
    for row in rows:
        if part and _series_of(part[-1]) != _series_of(row) and None not in (part[-1].value, row.value):
            yield part
            part = []
        part.append(row)
    yield part


def _series_of(row: Compared) -> tuple[bool, str | None]:
    return row.is_of_old_series, row.relation


def _break_line(axes: Axes, every: Sequence[Compared], language: str) -> None:
    """A dotted line between the years before and after the form changed, where both are shown."""
    before = [row.year for row in every if row.value is not None and row.is_of_old_series]
    after = [row.year for row in every if row.value is not None and not row.is_of_old_series]
    if before and after and max(before) < min(after):
        place = (max(before) + min(after)) / 2
        axes.axvline(place, color=_GREY, linestyle=":", linewidth=1)
        words = axes.text(place, 1, f" {_word('break', language)}", transform=axes.get_xaxis_transform(), va="top")
        _write(words, 8, _GREY)


def _province(axes: Axes, rows: Sequence[Compared]) -> None:
    for points in _unbroken(rows):
        medians = [math.nan if row.province_median is None else row.province_median for row in points]
        axes.plot([row.year for row in points], medians, color=_GREY, linewidth=1.2, linestyle="--", zorder=1.5)


def _median_line(axes: Axes, rows: Sequence[Compared]) -> bool:
    """A dashed line at the median of the province, where all rows have the same."""
    medians = {row.province_median for row in rows if row.province_median is not None}
    if len(medians) != 1 or len({row.district_code[:2] for row in rows}) != 1:
        return False
    axes.axvline(medians.pop(), color=_GREY, linestyle="--", linewidth=1)
    return True


def _page_head(figure: Figure, districts: Sequence[str]) -> None:
    if len(districts) == 1:
        _write(figure.suptitle(districts[0], x=0.02, ha="left"), 14)
        return
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=min(len(labels), 4), frameon=False, prop=_font(10))


def _head(figure: Figure, axes: Axes, metric: Metric, language: str, more: str = "") -> None:
    _write(figure.suptitle(f"{getattr(metric.label, language)}{more}", x=0.02, ha="left"), 14)
    _write(axes.set_title(getattr(metric.formula, language), loc="left"), 9, _GREY)


def _foot(figure: Figure, rows: Sequence[Compared], language: str, *words: str) -> None:
    """What must be known to read the chart: hollow points, points of another unit, and the given words."""
    doubtful = [_word("doubtful", language)] if any(is_doubtful(row) for row in rows) else []
    units = [f"{_word(name, language)}: {shorten(where, language, 3)}" for name, where in _other_units(rows).items()]
    _write(figure.supxlabel("\n".join([*words, *doubtful, *units]), x=0.02, ha="left"), 8, _GREY)


def _other_units(rows: Sequence[Compared]) -> dict[str, list[str]]:
    """For each relation the districts that another unit stands for, with its code and years."""
    years: dict[tuple[str, str, str | None], list[int]] = {}
    for row in rows:
        if row.relation is not None and row.value is not None:
            years.setdefault((row.relation.value, row.district, row.code), []).append(row.year)
    others: dict[str, list[str]] = {}
    for (relation, district, code), when in years.items():
        span = f"{min(when)}" if len(set(when)) == 1 else f"{min(when)}–{max(when)}"
        others.setdefault(relation, []).append(f"{district} {span} [{code}]")
    return others


def _clean(axes: Axes, metric: Metric, grid: Literal["x", "y"]) -> None:
    if metric.kind is MetricKind.TOTAL:
        (axes.xaxis if grid == "x" else axes.yaxis).set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis=grid, color="#e0e0e0", linewidth=0.8)
    axes.set_axisbelow(True)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        _write(label, 9)


def _why_none(rows: Sequence[Compared], language: str) -> str:
    """In words, why none of some rows has a number."""
    notes = sorted({row.note for row in rows if row.note})
    return "\n".join(str(getattr(load_reasons()[note], language)) for note in notes)


def _median_words(language: str) -> tuple[str]:
    return (f"- - - {_word('median', language)}",)


def _word(name: str, language: str) -> str:
    return str(getattr(load_words()[name], language))


def _write(text: Text, size: int, colour: str = "#000000") -> None:
    text.set_fontproperties(_font(size))
    text.set_color(colour)


@cache
def _font(size: int) -> FontProperties:
    return FontProperties(fname=str(distribution("mplfonts").locate_file(FONT)), size=size)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
