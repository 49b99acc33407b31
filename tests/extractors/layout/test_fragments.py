"""Parts of tables put together again over the end of a page."""

from __future__ import annotations

from extractors.layout.fragments import Entry, Fragment, fits, join

EDGES = (0.0, 100.0, 200.0, 300.0)


def part(page: int, *rows: tuple[str, str, str], edges: tuple[float, ...] = EDGES, full: bool = False) -> Fragment:
    entries = tuple(
        Entry(text, row, column, page=page, is_full=full and column == 0)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    return Fragment(edges, len(rows), entries, page)


def texts(table: Fragment) -> list[list[str]]:
    return [[one.text for one in table.entries if one.row == row] for row in range(table.row_count)]


def test_rows_of_the_next_page_follow() -> None:
    joined = join(part(1, ("项", "甲", "乙"), ("一", "1", "2")), part(2, ("二", "3", "4")))
    assert texts(joined) == [["项", "甲", "乙"], ["一", "1", "2"], ["二", "3", "4"]]


def test_repeated_header_is_dropped() -> None:
    header = ("项", "甲", "乙")
    joined = join(part(1, header, ("一", "1", "2")), part(2, header, ("二", "3", "4")))
    assert texts(joined) == [["项", "甲", "乙"], ["一", "1", "2"], ["二", "3", "4"]]


def test_row_of_numbers_is_never_taken_for_a_repeated_header() -> None:
    row = ("合计", "0", "0")
    assert texts(join(part(1, row), part(2, row))) == [["合计", "0", "0"], ["合计", "0", "0"]]


def test_torn_label_is_mended() -> None:
    joined = join(part(1, ("一个很长的", "1", "2"), full=True), part(2, ("名称", "", ""), ("二", "3", "4")))
    assert texts(joined) == [["一个很长的\n名称", "1", "2"], ["二", "3", "4"]]


def test_label_that_does_not_fill_its_line_is_not_torn() -> None:
    joined = join(part(1, ("许可", "1", "2")), part(2, ("处罚", "", "")))
    assert texts(joined) == [["许可", "1", "2"], ["处罚", "", ""]]


def test_numbered_label_begins_a_row_of_its_own() -> None:
    joined = join(part(1, ("1.写满一整行的名称", "1", "2"), full=True), part(2, ("2.另一项", "", "")))
    assert texts(joined) == [["1.写满一整行的名称", "1", "2"], ["2.另一项", "", ""]]


def test_numbers_on_both_sides_are_two_rows() -> None:
    joined = join(part(1, ("写满一整行的名称", "1", "2"), full=True), part(2, ("另一项", "3", "4")))
    assert texts(joined) == [["写满一整行的名称", "1", "2"], ["另一项", "3", "4"]]


def test_merged_cell_goes_on_over_the_break() -> None:
    above = Fragment(EDGES, 2, (Entry("（四）组", 0, 0, 2, page=1), Entry("1.甲", 0, 1), Entry("2.乙", 1, 1)), 1)
    below = Fragment(EDGES, 1, (Entry("", 0, 0, page=2), Entry("3.丙", 0, 1), Entry("7", 0, 2)), 2)
    (group,) = (one for one in join(above, below).entries if one.column == 0)
    assert (group.text, group.row, group.row_span) == ("（四）组", 0, 3)


def test_new_group_after_the_break_stays_apart() -> None:
    above = Fragment(EDGES, 2, (Entry("（四）组", 0, 0, 2, page=1), Entry("1.甲", 0, 1), Entry("2.乙", 1, 1)), 1)
    below = Fragment(EDGES, 2, (Entry("（五）组", 0, 0, 2, page=2), Entry("1.丙", 0, 1), Entry("2.丁", 1, 1)), 2)
    groups = [(one.text, one.row, one.row_span) for one in join(above, below).entries if one.column == 0]
    assert groups == [("（四）组", 0, 2), ("（五）组", 2, 2)]


def test_blank_value_never_swallows_the_blank_below() -> None:
    joined = join(part(1, ("甲", "", "")), part(2, ("乙", "", "3")))
    assert texts(joined) == [["甲", "", ""], ["乙", "", "3"]]


def test_parts_with_other_columns_share_all_edges() -> None:
    below = Fragment((0.0, 100.0, 300.0), 1, (Entry("许可", 0, 0), Entry("5", 0, 1)), 2)
    joined = join(part(1, ("项", "甲", "乙")), below)
    assert joined.columns == EDGES
    assert [(one.column, one.column_span) for one in joined.entries if one.row == 1] == [(0, 1), (1, 2)]


def test_parts_of_different_width_do_not_fit() -> None:
    assert fits(part(1, ("项", "甲", "乙")), part(2, ("一", "1", "2")))
    assert not fits(part(1, ("项", "甲", "乙")), part(2, ("一", "1", "2"), edges=(0.0, 100.0, 200.0, 320.0)))


def test_number_torn_with_its_row_is_one_number() -> None:
    above = Fragment(
        EDGES, 1, (Entry("一个很长的", 0, 0, page=1, is_full=True), Entry("22", 0, 1, page=1, is_full=True)), 1
    )
    below = Fragment(EDGES, 1, (Entry("名称", 0, 0, page=2), Entry("6", 0, 1, page=2)), 2)
    assert texts(join(above, below)) == [["一个很长的\n名称", "226"]]


def test_number_with_room_left_is_not_torn() -> None:
    above = Fragment(EDGES, 1, (Entry("一个很长的", 0, 0, page=1, is_full=True), Entry("22", 0, 1, page=1)), 1)
    below = Fragment(EDGES, 1, (Entry("名称", 0, 0, page=2), Entry("6", 0, 1, page=2)), 2)
    assert texts(join(above, below)) == [["一个很长的", "22"], ["名称", "6"]]


def test_label_torn_beside_a_group_that_goes_on_is_mended_with_it() -> None:
    above = Fragment(
        EDGES, 1, (Entry("（六）组", 0, 0, page=1), Entry("1.很长", 0, 1, page=1, is_full=True), Entry("7", 0, 2)), 1
    )
    below = Fragment(
        EDGES,
        2,
        (Entry("", 0, 0, 2, page=2), Entry("的名称", 0, 1), Entry("", 0, 2), Entry("2.另一项", 1, 1), Entry("8", 1, 2)),
        2,
    )
    assert [(one.text, one.row, one.row_span) for one in join(above, below).entries] == [
        ("（六）组", 0, 2),
        ("1.很长\n的名称", 0, 1),
        ("7", 0, 1),
        ("2.另一项", 1, 1),
        ("8", 1, 1),
    ]
