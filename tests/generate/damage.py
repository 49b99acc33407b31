"""Labels as careless pages print them: a label in, a mutilated one out, by the degree of damage.

What a careful reader could no longer tell is not done: short labels keep their characters, and no label loses more
than leaves it the likest to itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from tests.generate.abstract import AbstractCell, AbstractTable, Role
from tests.generate.writing import Degree

_NUMBERING = re.compile(r"^(?:[一二三四五六七八九]、|（[一二三四五六七八九]）|\d\.)")
_ASIDE = re.compile(r"（[^）]{6,}）")
_HALF = str.maketrans("（），：、“”", '(),:,""')
_RADICALS = str.maketrans("一二行自工立大小人八", "⼀⼆⾏⾃⼯⽴⼤⼩⼈⼋")
_NOISE = "口某＊□的"
FURNITURE = ("打印本页 关闭窗口", "字体：大 中 小", "分享到：", "上一页 下一页", "返回顶部")


def damage_labels(rng: Random, table: AbstractTable, degree: Degree) -> AbstractTable:
    """The table with some labels and headers mutilated."""

    def change(cell: AbstractCell) -> AbstractCell:
        if cell.role not in (Role.LABEL, Role.HEADER) or not cell.text or rng.random() >= degree.labels:
            return cell
        if "单位：" in cell.text:
            return cell  # a header that lost a sign of its unit would tell another amount
        return replace(cell, text=mutilate(rng, cell.text, cell.variants, degree))

    return table.map(change)


def mutilate(rng: Random, label: str, variants: tuple[str, ...], degree: Degree) -> str:
    """One label as another page would print it."""
    bare = _NUMBERING.sub("", label)
    ways = ["half", "blank", "radicals", *["numbering"] * (bare != label), *["variant"] * bool(variants)]
    if len(bare) >= 6:
        ways += ["drop", "drop"]
    if _ASIDE.search(label) and not label.startswith("（本列"):
        ways += ["aside", "aside"]
    if degree.deep and len(bare) >= 6:
        ways += ["replace", "drop_two", "shorten"]
    return _mutilate(rng, rng.choice(ways), label, variants)


def _mutilate(rng: Random, way: str, label: str, variants: tuple[str, ...]) -> str:
    bare = _NUMBERING.sub("", label)
    number = label[: len(label) - len(bare)]
    place = rng.randrange(1, len(bare)) if len(bare) > 1 else 0
    return {
        "half": lambda: label.translate(_HALF),
        "blank": lambda: f"{label[: len(number) + place]} {label[len(number) + place :]}",
        "radicals": lambda: label.translate(_RADICALS),
        "numbering": lambda: bare,
        "variant": lambda: number + _NUMBERING.sub("", rng.choice(variants)),
        "drop": lambda: number + bare[:place] + bare[place + 1 :],
        "aside": lambda: _ASIDE.sub("", label),
        "replace": lambda: number + bare[:place] + rng.choice(_NOISE) + bare[place + 1 :],
        "drop_two": lambda: number + bare[:place] + bare[place + 2 :],
        "shorten": lambda: number + bare[: max(6, len(bare) * 2 // 3)],
    }[way]()


def noise_line(rng: Random, page: int) -> str:
    """A line of page furniture or a page number that cannot be taken for a cell."""
    return rng.choice((f"— {page} —", f"- {page} -", f"第 {page} 页 共 {page + 3} 页", rng.choice(FURNITURE)))
