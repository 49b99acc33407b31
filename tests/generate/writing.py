"""True numbers to what a page says of them: number in, text, state and unit out.

A zero may be written, left blank or struck out; a number may carry separators, blanks, a unit or a footnote mark, the
more often the heavier the damage. What a layout cannot carry (blanks inside a line parted by blanks) is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from schemas.form import Kind
from schemas.records import State

STROKES = ("/", "-", "—", "——", "／", "－", "无")
SURE_WIDTH = ("/", "-", "无", "／")
FORMULAS = ("=SUM(B2:G2)", "#REF!", "#VALUE!")
WORDS = ("详见附件", "未统计", "见说明")
FOOTNOTES = ("*", "①", "[1]", "※", "②", "（注）")
_DIGITS = "零一二三四五六七八九"
_WIDE = str.maketrans("0123456789.+-", "０１２３４５６７８９．＋－")


@dataclass(frozen=True, slots=True)
class Degree:
    """How much damage: chances of a mutilated label, an oddly written cell, a line of noise; `deep` goes further."""

    name: str
    labels: float
    cells: float
    noise: float
    deep: bool = False


DEGREES = {
    degree.name: degree
    for degree in (
        Degree("none", 0, 0, 0),
        Degree("light", 0.03, 0.02, 0.05),
        Degree("default", 0.1, 0.05, 0.15),
        Degree("heavy", 0.35, 0.12, 0.4, deep=True),
    )
}


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """What the page says in a cell and what a careful reader takes from it."""

    text: str
    state: State
    value: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How one report writes its cells.

    `zero` is the text of a zero, or "" for blank; `zero_share` how many zeros are written so (the others as "0");
    `blank_columns` are left blank wherever they hold zeros alone.
    """

    zero: str = "0"
    zero_share: float = 1.0
    blank_columns: tuple[str, ...] = ()
    signs: bool = True


def draw_style(rng: Random, organisations: Sequence[str], blanks: bool, strokes: Sequence[str]) -> Style:
    """A style for one report; `blanks` and `strokes` tell what the layout can carry."""
    kinds = ["zero"] * 4 + ["blank", "mostly_blank", "few_blanks", "columns"] * blanks + ["stroke", "few_strokes"]
    kind = rng.choice(kinds)
    zero, share = {
        "zero": ("0", 1.0),
        "columns": ("0", 1.0),
        "blank": ("", 1.0),
        "mostly_blank": ("", 0.8),
        "few_blanks": ("", 0.15),
        "stroke": (rng.choice(strokes), 1.0),
        "few_strokes": (rng.choice(strokes), 0.2),
    }[kind]
    columns = tuple(organisations) if kind == "columns" else ()
    return Style(zero, share, columns, rng.random() < 0.6)


def write_number(
    rng: Random, number: Decimal, kind: Kind, unit: str, style: Style, degree: Degree, inner: bool
) -> WrittenCell:
    """A number of `unit`, as a page writes it; `inner` tells whether a cell may hold blanks inside."""
    if number == 0 and rng.random() < style.zero_share and style.zero != "0":
        return WrittenCell(style.zero, State.NOT_APPLICABLE if style.zero else State.BLANK)
    text = str(number)
    if kind is Kind.CHANGE and style.signs and number > 0:
        text = f"+{text}"
    if rng.random() < degree.cells:
        text = _oddly(rng, text, number, unit, inner)
    return WrittenCell(text, State.VALUE, number)


def write_money(rng: Random, number: Decimal, unit: str | None, degree: Degree) -> WrittenCell:
    """An amount; `unit` is that of the column's header, where none the cell may tell its own."""
    if number == 0 or rng.random() < 0.5:
        return WrittenCell(str(number), State.VALUE, number, unit)
    own = rng.choice(("元", "万元", "亿元", "万元"))
    value = number * 10000 if own == "元" else number
    text = str(value.normalize() if value % 1 else value.quantize(Decimal(1)))
    if rng.random() < degree.cells:
        text = f"{text} "
    return WrittenCell(f"{text}{own}", State.VALUE, Decimal(text.strip()), own)


def write_words(rng: Random) -> WrittenCell:
    """Words or the residue of a formula where a number belongs."""
    return WrittenCell(rng.choice(FORMULAS + WORDS), State.TEXT)


def write_numeral(rng: Random, number: Decimal, unit: str) -> WrittenCell | None:
    """A number in characters or in 万, None where pages would not write it so."""
    if number == 1 or number < 0 or number % 1:
        return None  # 一 alone may be a stroke
    if number >= 10_000 and number % 100 == 0:
        return WrittenCell(f"{(number / 10_000).normalize():f}万", State.VALUE, number)
    if number > 99:
        return None
    tens, ones = divmod(int(number), 10)
    word = ("" if tens < 2 else _DIGITS[tens]) + "十" * bool(tens) + (_DIGITS[ones] if ones or not tens else "")
    return WrittenCell(word + rng.choice(("", unit)), State.VALUE, number)


def _oddly(rng: Random, text: str, number: Decimal, unit: str, inner: bool) -> str:
    ways: list[Callable[[], str]] = [
        lambda: text.translate(_WIDE),
        lambda: f"{text}{unit}" if text[0] not in "+-" else text,
        lambda: f"{text}{rng.choice(FOOTNOTES)}",
    ]
    if abs(number) >= 1000:
        ways += [lambda: _grouped(number, ","), lambda: _grouped(number, "，")] * 2
        ways += [lambda: _grouped(number, " ")] * inner
    if inner:
        ways += [lambda: f"{text} ", lambda: f" {text}", lambda: f"{text}\u00a0", lambda: f"\u3000{text}"]
    if text[0] == "-":
        ways += [lambda: f"－{text[1:]}", lambda: f"↓{text[1:]}"]
    if text[0] == "+":
        ways += [lambda: f"↑{text[1:]}", lambda: f"＋{text[1:]}"]
    return rng.choice(ways)()


def _grouped(number: Decimal, separator: str) -> str:
    return f"{number:,}".replace(",", separator)
