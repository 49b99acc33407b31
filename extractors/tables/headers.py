"""Header rows: which column of a sheet is which column of the form.

In: a sheet, the rows of one header block, an axis of columns. Out: a `Header` that knows each form column three ways:
by the sheet's geometry (the columns its label covers), by the order in which the labels are printed, and by nothing
but the form's own order, for a table whose header was cut off. Which of them is right for a table is decided by its
reading's weight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.normal import fold
from extractors.tables.labels import CLEAR, Axis, compare, group_likeness, likeness
from extractors.tables.sheet import Sheet, SheetCell

_TOLD_UNIT = re.compile(r"单位[:：]?(万元|亿元|元)")
_UNIT = re.compile(r"[(\[【]?(?:单位[:：])?(万元|亿元|元)[)\]】]?$")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one header block.

    `by_column` maps a sheet column to a node; `order` are the nodes in reading order; `scores` the likeness of each
    node found; `units` a unit of money told in its label; `foreign` are sheet columns under words that are no column
    of the form; `doubled` are nodes found over two columns apart from each other.
    """

    rows: tuple[int, ...]
    by_column: dict[int, int]
    order: tuple[int, ...]
    scores: dict[int, float]
    units: dict[int, str]
    foreign: frozenset[int]
    unnamed: frozenset[int]
    doubled: frozenset[int]

    def is_left_of(self, column: int) -> bool:
        """Whether all columns the header names stand left of a column of the sheet."""
        return bool(self.by_column) and max(self.by_column) < column


def is_header_row(cells: Sequence[SheetCell], axis: Axis, least: int = 1) -> bool:
    """Whether a row names at least `least` different columns and holds no number."""
    if any(cell.is_number for cell in cells):
        return False
    named = {
        max(range(len(axis.nodes)), key=likeness(axis, cell.words).__getitem__) for cell in named_cells(cells, axis)
    }
    return len(named) >= least


def named_cells(cells: Sequence[SheetCell], axis: Axis) -> list[SheetCell]:
    """The cells whose words clearly name a column."""
    return [cell for cell in cells if cell.words and max(likeness(axis, cell.words), default=0.0) >= CLEAR]


def read_header(sheet: Sheet, rows: tuple[int, ...], axis: Axis) -> Header:
    """The columns named in the header block `rows` of `sheet`."""
    found: dict[int, tuple[int, float, SheetCell]] = {}
    foreign: set[int] = set()
    unnamed: set[int] = set()
    width = max((len(sheet.rows[row]) for row in rows), default=0)
    for column in range(width):
        path = _path(sheet, rows, column)
        best = _best(path, axis)
        if best is not None:
            found[column] = best
        elif path:
            (unnamed if _is_group(path[0], axis) else foreign).add(column)
    _fill_gap(found, foreign, sheet, rows, axis)
    by_column = {column: node for column, (node, _, _) in found.items()}
    scores: dict[int, float] = {}
    for node, score, _ in found.values():
        scores[node] = max(score, scores.get(node, 0.0))
    units = {node: unit for node, _, cell in found.values() if (unit := find_unit(cell.text))}
    return Header(
        rows,
        by_column,
        _order(sheet, rows, axis),
        scores,
        units,
        frozenset(foreign),
        frozenset(unnamed),
        _doubled(found),
    )


def _path(sheet: Sheet, rows: Sequence[int], column: int) -> list[SheetCell]:
    """Words over a column, lowest first, each cell once."""
    path: list[SheetCell] = []
    for row in reversed(rows):
        cell = sheet.rows[row][column] if column < len(sheet.rows[row]) else None
        if cell is not None and cell.words and all(cell is not one for one in path):
            path.append(cell)
    return path


def _best(path: list[SheetCell], axis: Axis) -> tuple[int, float, SheetCell] | None:
    """The node a column's words name: the lowest that name one; headings above break ties between namesakes."""
    for position, cell in enumerate(path):
        scores = likeness(axis, cell.words)
        top = max(scores, default=0.0)
        if top < 0.7:
            continue
        candidates = [node for node, score in enumerate(scores) if score >= top - 1e-9]
        if len(candidates) > 1:
            above = [group_likeness(axis, other.words) for other in path[position + 1 :]]
            support = {
                node: max([_own_heading(axis, node, cell.words), *(scores_[node] for scores_ in above)])
                for node in candidates
            }
            strongest = max(support.values())
            candidates = [node for node in candidates if support[node] >= strongest - 1e-9]
            if len(candidates) > 1 or strongest < 0.7:
                return None
        return candidates[0], top, cell
    return None


def _own_heading(axis: Axis, node: int, words: str) -> float:
    """Likeness of what stands before a label in its own cell to the heading over it (行政复议：结果维持)."""
    one = axis.nodes[node]
    rests = [words.removesuffix(spelling) for spelling in one.spellings if words.endswith(spelling)]
    groups = one.groups[-1] if one.groups else ()
    return max((compare(rest, group) for rest in rests if rest for group in groups), default=0.0)


def _is_group(cell: SheetCell, axis: Axis) -> bool:
    return any(
        compare(cell.words, spelling) >= CLEAR for node in axis.nodes for group in node.groups for spelling in group
    )


def _fill_gap(
    found: dict[int, tuple[int, float, SheetCell]], foreign: set[int], sheet: Sheet, rows: tuple[int, ...], axis: Axis
) -> None:
    """One mutilated label between two known neighbours of the form is the column between them."""
    for column in sorted(foreign):
        left, right = found.get(column - 1), found.get(column + 1)
        if left and right and right[0] - left[0] == 2 and left[0] + 1 not in {node for node, _, _ in found.values()}:
            path = _path(sheet, rows, column)
            if path:
                found[column] = (left[0] + 1, 0.5, path[0])
                foreign.discard(column)


def _doubled(found: dict[int, tuple[int, float, SheetCell]]) -> frozenset[int]:
    """Nodes named by two different cells that do not stand side by side."""
    doubled = set()
    for node in {node for node, _, _ in found.values()}:
        columns = sorted(column for column, (other, _, _) in found.items() if other == node)
        if any(after - before > 1 for before, after in pairwise(columns)):
            doubled.add(node)
    return frozenset(doubled)


def _order(sheet: Sheet, rows: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """Nodes in the order printed: a heading over several columns stands for them, wherever their own labels are."""
    words = [cell.words for row in rows for cell in sheet.own(row) if cell.words]
    return order_of(words, axis)


def order_of(words: Sequence[str], axis: Axis) -> tuple[int, ...]:
    """Nodes in the order in which bare `words` name them, top row first, headings expanded at their place.

    An axis whose leaves recur under several headings (proceedings) yields its full order when each heading's leaves are
    found, else nothing.
    """
    if len({node.spellings for node in axis.nodes}) < len(axis.nodes):
        return _recurring_order(words, axis)
    groups = {spelling for node in axis.nodes for group in node.groups for spelling in group}
    named: list[int] = []
    members: dict[int, list[int]] = {}
    group_at: int | None = None
    for word in words:
        scores = likeness(axis, word)
        as_group = max((compare(word, group) for group in groups), default=0.0)
        if as_group >= CLEAR and max(scores, default=0.0) < 1.0:
            group_at = len(named) if group_at is None else group_at
            continue
        node = max(range(len(scores)), key=scores.__getitem__, default=0)
        if scores and scores[node] >= 0.7 and node not in named and node not in members.get(0, []):
            if axis.nodes[node].groups and group_at is not None:
                members.setdefault(0, []).append(node)
            else:
                named.append(node)
    if group_at is not None:
        named[group_at:group_at] = members.get(0, [])
    return tuple(named)


def _recurring_order(words: Sequence[str], axis: Axis) -> tuple[int, ...]:
    leaves = tuple(dict.fromkeys(node.spellings for node in axis.nodes))
    heads = tuple(dict.fromkeys(node.groups[-1] for node in axis.nodes if node.groups))
    leaf_run: list[int] = []
    head_run: list[int] = []
    for word in words:
        leaf = _index_of(word, leaves)
        if leaf is not None:
            leaf_run.append(leaf)
            continue
        head = _index_of(word, heads)
        if head is not None and head not in head_run:
            head_run.append(head)
    if len(leaf_run) != len(axis.nodes):
        return ()
    if len(head_run) != len(heads):
        head_run = list(range(len(heads)))
    size = len(leaves)
    order: list[int] = []
    for index, head in enumerate(head_run):
        part = leaf_run[index * size : (index + 1) * size]
        if sorted(part) != list(range(size)):
            return ()
        order.extend(head * size + leaf for leaf in part)
    return tuple(order)


def _index_of(word: str, spellings: Sequence[tuple[str, ...]]) -> int | None:
    scores = [max(compare(word, spelling) for spelling in group) for group in spellings]
    best = max(range(len(scores)), key=scores.__getitem__)
    return best if scores[best] >= CLEAR else None


def find_unit(text: str) -> str | None:
    """The unit of money that a label tells in brackets or behind 单位, None when it tells none."""
    folded = fold(text)
    told = _TOLD_UNIT.search(folded)
    match = _UNIT.search(folded)
    return told[1] if told else match[1] if match and match[0] != match[1] else None
