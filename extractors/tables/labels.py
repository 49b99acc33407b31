"""How like a written label is to a label of the form: text in, likeness 0..1 out.

Real reports mutilate labels (其他法律行政止公开, 规范性文件 for 行政规范性文件), number them their own way or
print them together with the headings above. So labels are compared by likeness, bare of numbering, blanks and
punctuation, and which row a label belongs to is decided by the form's order, not by one label alone.

An `Axis` is one side of a table as the form has it: nodes with their spellings and the headings above them. A table
has an axis of items and one of columns; a table printed as a single row (proceedings) has one axis of all its cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz

from extractors.normal import fold
from schemas.form import Column, Item, load_forms, merged_table

_NUMBERING = re.compile(
    r"^(?:其中[:：]?|(?:[(（〔【]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）〕】、.．,，:：]+)+|[①-⑳])+"
)
_SIGNS = re.compile(r"[^\w]|_")
CLEAR = 0.80
FLOOR = 0.60


@dataclass(frozen=True, slots=True)
class Node:
    """One line of an axis: `key` is what it stands for, `spellings` and `groups` are bare (see `bare`)."""

    key: tuple[str, ...]
    spellings: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a table, in the form's order. `name` is unique: likenesses are remembered by it."""

    name: str
    nodes: tuple[Node, ...]


def bare(text: str) -> str:
    """`text` for comparing: compatibility forms folded, numbering, blanks and punctuation removed."""
    folded = fold(text)
    without = _NUMBERING.sub("", folded)
    return _SIGNS.sub("", without or folded)


def is_numbered(text: str) -> bool:
    """Whether a label opens with a number of its own, as rows do and columns do not."""
    return _NUMBERING.match(fold(text)) is not None


def compare(text: str, label: str) -> float:
    """Likeness of two bare texts, 0..1; a text that ends with the label, headings before it, is nearly it."""
    if not text or not label:
        return 0.0
    if text == label:
        return 1.0
    score = fuzz.ratio(text, label) / 100
    if len(label) >= 4 and len(text) > len(label):
        if text.endswith(label):
            score = max(score, 0.95)
        elif text.startswith(label):
            score = max(score, 0.85)
    elif len(text) >= 4 and len(text) >= 0.5 * len(label) and (label.startswith(text) or label.endswith(text)):
        score = max(score, 0.80)
    return score if min(len(text), len(label)) > 2 else (score if score > 0.9 else 0.0)


def likeness(axis: Axis, text: str) -> tuple[float, ...]:
    """Likeness of a bare text to each node of `axis`."""
    return _likeness(axis.name, text) if len(text) <= 120 else (0.0,) * len(axis.nodes)


def group_likeness(axis: Axis, text: str) -> tuple[float, ...]:
    """Likeness of a bare text to the nearest heading above each node of `axis`."""
    return _group_likeness(axis.name, text) if len(text) <= 60 else (0.0,) * len(axis.nodes)


_axes: dict[str, Axis] = {}


@lru_cache(maxsize=50_000)
def _likeness(name: str, text: str) -> tuple[float, ...]:
    return tuple(max(compare(text, spelling) for spelling in node.spellings) for node in _axes[name].nodes)


@lru_cache(maxsize=20_000)
def _group_likeness(name: str, text: str) -> tuple[float, ...]:
    return tuple(
        max((compare(text, spelling) for spelling in node.groups[-1]), default=0.0) if node.groups else 0.0
        for node in _axes[name].nodes
    )


@cache
def item_axis(table_id: str) -> Axis:
    """The rows of a table, of all eras together."""
    table = merged_table(table_id)
    return _register(f"{table_id}/items", tuple(Node((i.id,), _spellings(i), _groups(i)) for i in table.items))


@cache
def column_axis(table_id: str) -> Axis:
    """The columns of a table, of all eras together."""
    table = merged_table(table_id)
    return _register(f"{table_id}/columns", tuple(Node((c.id,), _spellings(c), _groups(c)) for c in table.columns))


@cache
def cell_axis(table_id: str) -> Axis:
    """All cells of a table as one axis, column labels under item labels: for a table printed as a single row."""
    table = merged_table(table_id)
    nodes = tuple(
        Node((item.id, column), _spellings(table.column(column)), (*_groups(item), _spellings(item)))
        for item in table.items
        for column in item.columns
    )
    return _register(f"{table_id}/cells", nodes)


def is_unit(words: str) -> bool:
    """Whether bare words are a unit of some form (条, 件, 人次, 万元 …) and nothing else."""
    return words in _units()


@cache
def _units() -> frozenset[str]:
    return frozenset(
        bare(unit)
        for form in load_forms().values()
        for table in form.tables
        for unit in (table.unit, *(item.unit for item in table.items), *(column.unit for column in table.columns))
        if unit
    )


def is_heading_of(axis: Axis, node: int, other: int) -> bool:
    """Whether the node's label is the heading over another that no form has together with it."""
    one, below = axis.nodes[node], axis.nodes[other]
    if not below.groups or not set(one.spellings) & set(below.groups[-1]):
        return False
    return not any({one.key[0], below.key[0]} <= ids for ids in _item_sets())


@cache
def _item_sets() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(item.id for item in table.items) for form in load_forms().values() for table in form.tables)


def _register(name: str, nodes: tuple[Node, ...]) -> Axis:
    _axes[name] = Axis(name, nodes)
    return _axes[name]


def _spellings(one: Item | Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bare(label) for label in (one.label, *one.variants)))


def _groups(one: Item | Column) -> tuple[tuple[str, ...], ...]:
    return tuple((bare(group),) for group in one.groups)
