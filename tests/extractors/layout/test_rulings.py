"""Rulings: where cells are, and which of them are merged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractors.layout.rulings import Field, Ruling, cluster, find_lattices, nearest


def flat(at: float, start: float, end: float) -> Ruling:
    return Ruling(True, at, start, end)


def steep(at: float, start: float, end: float) -> Ruling:
    return Ruling(False, at, start, end)


FRAME = (flat(0, 0, 90), flat(60, 0, 90), steep(0, 0, 60), steep(90, 0, 60))


def test_missing_rulings_are_merged_cells() -> None:
    (lattice,) = find_lattices([*FRAME, steep(30, 0, 60), flat(30, 30, 90), steep(60, 30, 60)])
    assert lattice.columns == (0, 30, 60, 90)
    assert lattice.rows == (0, 30, 60)
    assert lattice.fields == (Field(0, 0, 2, 1), Field(0, 1, 1, 2), Field(1, 1, 1, 1), Field(1, 2, 1, 1))


def test_dashes_make_a_ruling() -> None:
    dashes = [steep(45, start, start + 4) for start in range(0, 60, 6)]
    (lattice,) = find_lattices([*FRAME, *dashes])
    assert lattice.fields == (Field(0, 0, 1, 1), Field(0, 1, 1, 1))


def test_double_ruling_is_one_edge() -> None:
    (lattice,) = find_lattices([*FRAME, steep(45, 0, 60), steep(46.5, 0, 60)])
    assert lattice.columns == (0, 45.75, 90)


def test_tables_apart_are_two() -> None:
    below = [Ruling(one.horizontal, one.at + 200 * one.horizontal, *moved(one)) for one in FRAME]
    assert [lattice.box for lattice in find_lattices([*FRAME, *below])] == [(0, 0, 90, 60), (0, 200, 90, 260)]


def moved(ruling: Ruling) -> tuple[float, float]:
    shift = 0 if ruling.horizontal else 200
    return ruling.start + shift, ruling.end + shift


def test_table_cut_by_the_end_of_its_page_is_closed() -> None:
    (lattice,) = find_lattices([flat(0, 0, 90), flat(30, 0, 90), steep(0, 0, 55), steep(45, 0, 55), steep(90, 0, 55)])
    assert lattice.rows == (0, 30, 55)
    assert len(lattice.fields) == 4


def test_lines_that_touch_nothing_are_no_table() -> None:
    assert find_lattices([flat(0, 0, 90), flat(30, 0, 90), steep(200, 0, 60)]) == ()


@given(
    st.lists(st.integers(8, 60), min_size=1, max_size=6),
    st.lists(st.integers(8, 60), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_full_lattice_gives_every_field_whatever_the_order(
    widths: list[int], heights: list[int], random: object
) -> None:
    xs = [sum(widths[:index]) for index in range(len(widths) + 1)]
    ys = [sum(heights[:index]) for index in range(len(heights) + 1)]
    rulings = [flat(y, xs[0], xs[-1]) for y in ys] + [steep(x, ys[0], ys[-1]) for x in xs]
    random.shuffle(rulings)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    (lattice,) = find_lattices(rulings)
    assert (lattice.columns, lattice.rows) == (tuple(xs), tuple(ys))
    assert lattice.fields == tuple(
        Field(row, column, 1, 1) for row in range(len(heights)) for column in range(len(widths))
    )


def test_values_cluster_from_their_first_one() -> None:
    assert cluster([0, 2, 4, 6], 2.5) == (1, 5)


def test_nearest_edge_of_a_value_beyond_all_is_the_last() -> None:
    assert [nearest((0, 10, 20), value) for value in (-5, 4, 6, 99)] == [0, 0, 1, 2]
