"""Rows against the form's order."""

from extractors.tables.alignment import align, cut_repeats
from extractors.tables.labels import bare, compare, item_axis, likeness


def test_rows_keep_the_order_of_the_form() -> None:
    assert align([[1, 0, 0], [0, 0.3, 0], [0, 0.9, 0.7], [0, 0, 0.8]], 3) == {0: 0, 2: 1, 3: 2}


def test_same_label_twice_goes_to_the_place_the_order_leaves() -> None:
    assert align([[1, 0, 1], [0, 1, 0], [1, 0, 1]], 3) == {0: 0, 1: 1, 2: 2}


def test_earlier_copy_wins_a_tie() -> None:
    assert align([[1, 0], [0, 1], [1, 0], [0, 1]], 2) == {0: 0, 1: 1}


def test_second_copy_of_a_table_is_cut_off() -> None:
    copy = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert cut_repeats([*copy, *copy]) == [4]


def test_numbering_and_signs_do_not_count() -> None:
    assert bare("（三）不予公开") == "不予公开"
    assert bare("其中：1.涉及国家秘密") == "涉及国家秘密"
    assert bare("3.危及“三安全一稳定”") == "危及三安全一稳定"


def test_mutilated_label_is_most_like_its_own_row() -> None:
    axis = item_axis("requests")
    for written, item in [
        ("2.其他法律行政止公开", "denied.prohibited_by_law"),
        ("5.属于三类内容事务信息", "denied.internal_affairs"),
    ]:
        scores = likeness(axis, bare(written))
        assert axis.nodes[max(range(len(scores)), key=scores.__getitem__)].key == (item,)


def test_label_behind_its_heading_is_nearly_itself() -> None:
    assert compare(bare("三、本年度办理结果（一）予以公开"), bare("（一）予以公开")) >= 0.9
