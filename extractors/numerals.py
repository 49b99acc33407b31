"""Text in, numbers out: every way a number is written in a Chinese report -> `Number(value, unit, qualifier, …)`.

Why: one report writes `27470`, `27，470`, `２７４７０`, `2.7万余条`, `三十余场`, `百分之五十`, `近四成` and `↑12`, in
cells and prose. Each of them is read here and nowhere else, exactly, as a `Decimal`.

    find_numbers("发布近３,０００条信息")   -> (Number(3000, "条", approx, "近３,０００条", 2, 9),)
    parse_number("7523.55万元")          -> Number(7523.55, "万元", exact, …)

Rules: 万, 亿, 千, 百 expand for counts (`1.53万条` is 15300 条) and stay in the unit for money (`2万余元` is 2 万元,
more than). A multiplier without a unit expands (`12.5万` is 125000, unit None): who knows that a cell holds money must
look at `text`. A sign or an arrow makes the value negative (`-171`, `↓12`). `成` is tenths, in `%`.

Refused: indefinite words (`数十`, `十几`, `七八次`), ordinals (`第3次`), badly grouped digits (`27,4700`), two
numbers in one string. A numeral in Chinese characters counts in running text only before a measure word: `统一`,
`三公` are words. Dates, document numbers and others that are no statistic are found like any other;
`extractors.figures` masks them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from schemas.records import Qualifier

_MEASURES = """
个百分点 百分点 平方米 平方公里 人次 场次 件次 条次 篇次 批次 期次 班次 家次 户次 份次 起次 宗次 页次
车次 架次 频次 轮次 课时 学时 小时 分钟 公里 公斤
条 件 宗 篇 次 场 名 户 个 项 份 期 家 处 部 台 块 封 位 人 起 例 套 批 种 类 页 幅 册 本 张 轮 回 班 字 单
笔 门 讲 季 集 档 卷 面 栋 枚 组 队 支 款 节 段 版 则 趟 遍 座 间 所 亩 吨 只 通 倍 桩 盘 辆 米 天 分 岁 村
镇 级 届 年 月 日 % ‰ 对 台次 篇次 人份 头 公顷 案 幢 任 桌 床 株 例次 户 架
厂 趟次 车 大类 小类 款次 站次 版次 余人 席 股 包 筐 瓶 针 剂 盏 棵 副 艘
"""
MEASURE_WORDS = tuple(_MEASURES.split())

_DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億", "一二三四五六七八九十百千万亿")
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_TWENTIES = {"廿": "二十", "卅": "三十"}

_GAP = r"[\s\u200b\ufeff]*"
_ARABIC = rf"(?:\d{{1,3}}(?:{_GAP},{_GAP}\d{{3}})+(?![\d,])|\d{{1,3}}(?: \d{{3}})+(?![ ]?\d)|\d+)(?:\.\d+)?"
_MIXED = r"\d+(?:\.\d+)?[十百千万亿]+(?:\d+[十百千万亿]+)+"
_CHINESE_CHARACTERS = "零〇○一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬億"
_CHINESE = rf"[{_CHINESE_CHARACTERS}]+(?:点[零〇一二三四五六七八九]+[万亿]*)?"
_BEFORE = {
    Qualifier.MORE_THAN: ("超过", "超出", "多于", "高于", "大于", "突破", "超", "逾"),
    Qualifier.LESS_THAN: ("不足", "不到", "少于", "低于", "未满", "不满", "未到", "小于"),
    Qualifier.AT_LEAST: ("不少于", "不低于", "不下于", "不下", "至少"),
    Qualifier.AT_MOST: ("不超过", "不多于", "不高于", "最多", "至多"),
    Qualifier.APPROX: ("将近", "接近", "大约", "大概", "约为", "约有", "近", "约"),
}
_AFTER = {
    Qualifier.MORE_THAN: ("余", "多"),
    Qualifier.AT_LEAST: ("及以上", "以上"),
    Qualifier.AT_MOST: ("及以下", "以内", "以下", "之内"),
    Qualifier.APPROX: ("左右", "上下", "来"),
}


def _any(words: tuple[str, ...]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


_PREFIX = _any(tuple(word for words in _BEFORE.values() for word in words))
_TAIL = r"以上|及以上|以内|以下|及以下|左右|上下|之内"
_UNIT = _any(MEASURE_WORDS)
_NUMBER = re.compile(
    rf"(?:(?P<before>{_PREFIX})的?{_GAP}|(?P<upwards>(?<![以网线之])上(?=[百千万])))?"
    rf"(?:(?P<hundredths>百分之){_GAP}(?P<percent>{_ARABIC}|{_CHINESE})"
    rf"|(?P<sign>(?<![0-9A-Za-z)])[+\-−]{_GAP}(?=\d)|[↑↓]{_GAP})?"
    rf"(?:(?P<mixed>{_MIXED})|(?P<arabic>{_ARABIC})|(?P<chinese>{_CHINESE}))"
    rf"(?:{_GAP}(?P<inner>[余多来]))?(?:{_GAP}(?P<scale>[十百千万亿]+))?(?:(?P<outer>[余多来]))?"
    rf"(?:{_GAP}(?:(?P<money>元)(?![素旦])|(?P<tenths>成(?P<half>[一二三四五六七八九半])?)(?![立效果员为都本绩长熟功交人年])|(?P<unit>{_UNIT})"
    rf"|\({_GAP}(?P<bracketed>{_UNIT}|[万亿]?元){_GAP}\)))?"
    rf"(?P<late>[余多](?![少数个项次年方种样元]))?)"
    rf"(?:{_GAP}(?P<tail>{_TAIL}))?"
)
_TRIGGER = re.compile(rf"[\d{_CHINESE_CHARACTERS}]")
_INDEFINITE = re.compile(r"(?:[数几]|若干|许多)$")
_BARE_SCALE = re.compile(r"[百千万亿]+")
_ADJACENT = re.compile(r"[一二三四五六七八九]{2}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: `text` is `source[start:end]` with its qualifier and unit; `value` may be negative."""

    value: Decimal
    unit: str | None
    qualifier: Qualifier
    text: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """Compatibility folding of one character to one character, so that offsets stay (a ① stays what it is)."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = character if unicodedata.category(character) == "No" else unicodedata.normalize("NFKC", character)
        self[code] = folded if len(folded) == 1 else character
        return self[code]


_folding = _Folding()


def fold_widths(text: str) -> str:
    """`text` with full-width and compatibility characters made plain, character by character: the length is kept."""
    return text.translate(_folding)


def parse_number(text: str) -> Number:
    """The number `text` states, blank around it allowed.

    Raises:
        ValueError: `text` holds no number, more than one, or anything beside it.
    """
    folded = fold_widths(text)
    lead = len(folded) - len(folded.lstrip("\u200b\ufeff \t\r\n"))
    match = _NUMBER.match(folded, lead)
    if match is None or folded[match.end() :].strip("\u200b\ufeff \t\r\n"):
        raise ValueError(f"not a number: {text!r}")
    number = _read(match, text)
    if number is None:
        raise ValueError(f"not a definite number: {text!r}")
    return number


def find_numbers(text: str) -> tuple[Number, ...]:
    """All numbers of running text, in order; Chinese numerals only where a measure word makes them numbers."""
    folded = fold_widths(text)
    found = []
    position = 0
    while trigger := _TRIGGER.search(folded, position):
        begin = max(position, trigger.start() - 5)
        match = _earliest(folded, begin, trigger.start())
        if match is None:
            position = trigger.end()
            continue
        position = match.end()
        number = _read(match, text)
        if number is not None and _is_counted(match, folded):
            found.append(number)
    return tuple(found)


def _earliest(folded: str, begin: int, trigger: int) -> re.Match[str] | None:
    """The match that starts earliest before `trigger` and covers it: qualifiers and signs belong to the number."""
    for start in range(begin, trigger + 1):
        match = _NUMBER.match(folded, start)
        if match is not None and match.end() > trigger:
            return match
    return None


def _is_counted(match: re.Match[str], folded: str) -> bool:
    before = folded[max(0, match.start() - 2) : match.start()]
    if before.endswith("第"):
        return False
    if match["chinese"] is None:
        return True
    if _INDEFINITE.search(before):
        return False
    if match["upwards"] or match["outer"] or match["tail"]:
        return True
    return bool(match["unit"] or match["money"] or match["tenths"] or match["bracketed"])


def _read(match: re.Match[str], source: str) -> Number | None:
    """The number of a match; None where its words are indefinite."""
    text = source[match.start() : match.end()]
    if match["percent"]:
        value = _plain(match["percent"])
        return None if value is None else Number(_tidy(value), "%", _qualifier(match), text, *match.span())
    value = _mixed(match["mixed"]) if match["mixed"] else _plain(match["arabic"] or match["chinese"] or "")
    if value is None or (_BARE_SCALE.fullmatch(match["chinese"] or "") and _qualifier(match) is Qualifier.EXACT):
        return None
    scale = match["scale"] or ""
    unit = match["unit"] or match["bracketed"]
    if match["money"]:
        written = scale or (match["chinese"] or "")
        last = written[-1:] if written[-1:] in _LARGE else ""
        unit = last + "元"
        value = value * _scale(scale) / _LARGE.get(last, 1)
    elif match["tenths"]:
        value, unit = value * 10 + _half(match["half"]), "%"
    else:
        value *= _scale(scale)
    if match["sign"] and match["sign"][0] in "-−↓":
        value = -value
    return Number(_tidy(value), unit, _qualifier(match), text, *match.span())


def _tidy(value: Decimal) -> Decimal:
    """Without trailing zeros and without exponent: 15300, not 1.53E+4 or 15300.00."""
    whole = value.to_integral_value()
    return Decimal(int(whole)) if value == whole else value.normalize()


def _half(character: str | None) -> int:
    """六成五 is 65."""
    return 5 if character == "半" else _DIGITS[character] if character else 0


def _mixed(text: str) -> Decimal:
    """1万8千, 1千2百万: digits and multipliers by turns."""
    total = section = Decimal(0)
    for digits, multipliers in re.findall(r"([\d.]+)([十百千万亿]+)", text):
        section += Decimal(digits) * _scale("".join(sign for sign in multipliers if sign in _SMALL))
        large = [sign for sign in multipliers if sign in _LARGE]
        if large:
            total, section = total + section * _scale("".join(large)), Decimal(0)
    return total + section


def _qualifier(match: re.Match[str]) -> Qualifier:
    if match["before"]:
        return next(qualifier for qualifier, words in _BEFORE.items() if match["before"] in words)
    if match["upwards"]:
        return Qualifier.AT_LEAST
    for name in ("inner", "outer", "late", "tail"):
        if match[name]:
            return next(qualifier for qualifier, words in _AFTER.items() if match[name] in words)
    return Qualifier.EXACT


def _scale(characters: str) -> int:
    product = 1
    for character in characters:
        product *= _SMALL.get(character) or _LARGE[character]
    return product


def _plain(text: str) -> Decimal | None:
    """Value of digits or of a Chinese numeral without qualifier; None for an indefinite one (七八, 三四十)."""
    if text[0].isdecimal():
        return Decimal(re.sub(rf",|{_GAP}", "", text))
    text = text.translate(_FORMAL)
    for character, words in _TWENTIES.items():
        text = text.replace(character, words)
    whole, _, fraction = text.partition("点")
    scale = fraction.lstrip("零〇○一二三四五六七八九")
    value = _chinese_whole(whole)
    if value is None:
        return None
    digits = "".join(str(_DIGITS[character]) for character in fraction if character in _DIGITS)
    return Decimal(f"{value}.{digits or 0}") * _scale(scale)


def _chinese_whole(text: str) -> int | None:
    if all(character in _DIGITS for character in text):
        if len(text) == 1 or len(text) > 2 or set(text) & set("零〇○"):
            return int("".join(str(_DIGITS[character]) for character in text))
        return None
    if _ADJACENT.search(text):
        return None
    total = section = digit = 0
    unit = 1
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
            unit = 10 if character in "零〇○" else unit
            continue
        size = _SMALL.get(character)
        if size:
            section += (digit or 1) * size
            unit = size
        else:
            unit = _LARGE[character]
            count = section + digit or (0 if text[0] in "零〇○" else 1)
            total = (total + count) * unit if unit > 10**4 else total + count * unit
            section = 0
        digit = 0
    return total + section + digit * (unit // 10 if unit > 10 else 1)
