"""Rows against the form's order: which row of a run of rows is which item.

In: for each row the likeness of its label to every node of an axis. Out: the assignment with the greatest likeness in
which rows and nodes keep their order. Labels that occur twice in a form (其他, 总计, 维持…) and labels mutilated beyond
recognition find their place by the order alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.tables.labels import FLOOR

STRONG = 0.85


def align(scores: Sequence[Sequence[float]], nodes: int, floor: float = FLOOR) -> dict[int, int]:
    """Row index -> node index, both increasing, with the greatest sum of likenesses; earlier rows win ties.

    An empty row of `scores` is a row that cannot be an item.
    """
    totals = _totals(scores, nodes, floor)
    found: dict[int, int] = {}
    row, node = len(scores), nodes
    while row > 0 and node > 0:
        if totals[row][node] == totals[row - 1][node]:
            row -= 1
        elif totals[row][node] == totals[row][node - 1]:
            node -= 1
        else:
            found[row - 1] = node - 1
            row, node = row - 1, node - 1
    return dict(sorted(found.items()))


def _totals(scores: Sequence[Sequence[float]], nodes: int, floor: float) -> list[list[float]]:
    table = [[0.0] * (nodes + 1)]
    for row in scores:
        before = table[-1]
        line = [0.0] * (nodes + 1)
        for node in range(1, nodes + 1):
            line[node] = max(before[node], line[node - 1])
            if row and row[node - 1] >= floor:
                line[node] = max(line[node], before[node - 1] + row[node - 1] - 0.5)
        table.append(line)
    return table


def cut_repeats(scores: Sequence[Sequence[float]]) -> list[int]:
    """Rows at which the table begins anew: where three of the next four clear labels were all seen before."""
    clear = [_clear(row) for row in scores]
    cuts: list[int] = []
    seen: set[int] = set()
    for index, node in enumerate(clear):
        if node is None:
            continue
        following = [one for one in clear[index:] if one is not None][:4]
        if node in seen and len(following) >= 3 and sum(one in seen for one in following) >= 3 and len(seen) >= 3:
            cuts.append(index)
            seen = set()
        seen.add(node)
    return cuts


def _clear(row: Sequence[float]) -> int | None:
    """The node a row clearly belongs to; None when there is none or two are nearly as good."""
    if not row:
        return None
    ranked = sorted(range(len(row)), key=lambda node: -row[node])
    first = row[ranked[0]]
    second = row[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0] if first >= STRONG and first - second >= 0.05 else None
