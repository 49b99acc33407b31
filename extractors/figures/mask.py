"""Flat text in, flat text of the same length out, with everything that is no statistic turned into holes.

Hidden: dates and times of day, durations and statutory periods, document and decree numbers, articles, ordinals,
phones, postcodes, addresses, list numbering, hotlines, web addresses, and names that hold digits or numerals (1+32+N,
十四五, 5G). Years are hidden too, and told beside: `find_years` says what year a clause speaks of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.figures.flatten import HOLE
from schemas.indicators import load_codebook

_CN = "一二三四五六七八九十"
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d{2}|[二一][〇零○0九][〇零○一二三四五六七八九]{2})(?=年)")
_YEAR_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_DURATION_UNITS = "个工作日|工作日|个自然日|自然日|个小时|小时|分钟|个月|个星期|个季度|星期|周年|周岁|天|日|周|岁|秒"
_PATTERNS = (
    r"(?:https?://|www\.)[!-~]+|[\w.\-]+@[\w.\-]+",
    r"(?:19|20)\d{2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}(?:日)?",
    r"(?:19|20)\d{2}\s*(?:-|—|–|~|至|到)\s*(?:19|20)\d{2}年?(?:度)?",
    r"(?<![\d.])(?:19|20)\d{2}年(?:度|底|末|初)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|底|末|初|中旬|上旬|下旬)?)?(?:\d{1,2}日)?",
    r"(?<![\d.,])20[0-3]\d(?=[\u4e00-\u9fff])(?![条件宗篇次场人名户个项份期家处部台块封位起例套批种类页幅册本张元万亿千余多左年])",
    r"[二一][〇零○0九][〇零○一二三四五六七八九]{2}年(?:度)?(?:[一二三四五六七八九十]{1,2}月(?:份|[一二三四五六七八九十]{1,3}日)?)?",
    rf"(?<!\d)(?:\d{{1,2}}|[{_CN}]{{1,2}})\s*(?:-|—|–|~|至|到)\s*(?:\d{{1,2}}|[{_CN}]{{1,2}})月(?:份)?",
    rf"(?<![\d.])(?:\d{{1,2}}|[{_CN}]{{1,2}})月(?:份|底|末|初|中旬|上旬|下旬)?(?:至|到|-|—)?(?:(?:\d{{1,2}}|[{_CN}]{{1,3}})[日号])?",
    r"(?<!\d)\d{1,2}:\d{2}(?:\s*[-—–~至]+\s*\d{1,2}:\d{2})?",
    r"[〔\[【(](?:19|20)\d{2}[〕\]】)]\s*(?:第)?\s*\d+\s*号",
    rf"(?:第)?(?:\d+|[{_CN}]+)届(?:[\u4e00-\u9fff]{{0,5}}?(?:\d+|[{_CN}]+)次(?:全体)?(?:会议|全会)?)?",
    r"\d+[×xX*]{2,}(?:热线)?",
    r"\d{1,2}[·•・]\d{1,2}(?:日)?",
    rf"[{_CN}两](?:项|者|类|部分)(?=合计|共计|总计|相加|之和)",
    rf"第(?!三方(?!面))\s*(?:\d+|[{_CN}百零]+)(?:批次|季度|部分|方面|[条款项章号届次期批页位名轮类个者任])?(?:\([{_CN}]+\)项|第?[{_CN}\d]+[款项])*",
    r"\d+\s*号(?:楼|院|室|令|文件|公告|通告|馆)?|(?<=[楼路街层])\d+(?:室|层|楼)|\d+(?:室|层)(?!级)",
    r"(?<!\d)0\d{2,3}\s*[-—–]+\s*\d{7,8}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{7,8}(?=[,;。)、]|$)(?<=话:\d{8})",
    r"(?:电话|传真|邮编|邮政编码|热线电话|QQ群?|代码|编码)(?:号码)?:?\s*[\d\-—]{5,}",
    r"\d+(?:\s*[+×xX*]\s*[\dNnXx]+)+\s*(?:小时)?|[Nn]\+\d+|\d+\+[A-Za-zNn]+",
    r"[A-Za-z]+[\-]?\d+(?:\.\d+)?|\d+[GgDd](?![A-Za-z])|(?<!\d)\d+[A-Za-z]+\d*",
    rf"十[{_CN}]五(?!条|件|个|次)(?:规划|期间|时期)?|[{_CN}]中全会|[二两]会|十[{_CN}]大|二十大",
    rf"(?:(?:\d+(?:\.\d+)?|[{_CN}百两]+)(?:至|到|-|—))?(?:近|约|超过|不超过|不足)?(?:\d+(?:\.\d+)?|[{_CN}百两半]+)多?(?:余)?(?:{_DURATION_UNITS})(?:以内|之内|内|后|前)?",
    rf"(?<![上前下每同这])(?:近|约|连续|最近|过去|未来)?(?<!\d)(?:\d{{1,2}}|[{_CN}两]+)年(?:来|内|间|以上|以来|前|后|多)?",
    rf"(?:\d{{1,2}}|[{_CN}两几]+)(?:个(?:方面|部分|维度|层面|环节|层次|原则|步骤|阶段|意识|自信|维护|坚持|统一|转变|关键|结合|一|专题板块|小时|百分百))",
    rf"[{_CN}两](?:大|个|方面|项)(?=(?:板块|方面|体系|行动|战役|任务|战略|工程|举措|原则|目标|机制|平台)(?!的?\d))",
    r"\d[\d,]*(?:\.\d+)?万?\s*(?:微克|μg|ug|毫克|mg|平方|公里|千米|亩|公顷|吨|千瓦|兆|MB|GB|KB|ml|mg)[^,;。、]{0,6}",
    r"\d+(?:\.\d+)?元/[^,;。、]{1,6}",
    r"排(?:名|在|位)?(?:列)?(?:全[国省市县区])?第?\d+",
    rf"(?:^|(?<=[\n。;:,\t]))\(?(?:\d{{1,2}}|[{_CN}]{{1,3}})(?:[.、)](?!\d)|是(?=[^\d]))",
    rf"\([{_CN}\d]{{1,2}}\)(?=[^\d])",
    r"(?:附件|附表|附图|(?<![\u4e00-\u9fff])[表图])\d+",
    r"(?<!\d)\d{1,2}/\d{1,2}(?!\d)",
    r"(?:无|没有)其他(?:需要|需|应当|应)?(?:报告|说明)?的?(?:事项|情况)",
    r"计1[条次件](?![\d\u4e00-\u9fff])",
)


@dataclass(frozen=True, slots=True)
class Year:
    """A year named in the text, at `start`."""

    year: int
    start: int


def find_years(flat: str) -> tuple[Year, ...]:
    """Years written as such (2019年, 二〇一九年), in order."""
    return tuple(Year(int(match[1].translate(_YEAR_DIGITS)), match.start()) for match in _YEAR.finditer(flat))


def mask(flat: str) -> str:
    """`flat` with holes where no statistic stands; the length is kept, a hotline's number becomes the word 热线."""
    for pattern in _compiled():
        flat = pattern.sub(_hole, flat)
    return flat


def _hole(match: re.Match[str]) -> str:
    if match[0] in load_codebook().hotlines:
        return HOLE * (len(match[0]) - 2) + "热线"
    return HOLE * len(match[0])


_cache: list[re.Pattern[str]] = []


def _compiled() -> list[re.Pattern[str]]:
    if not _cache:
        book = load_codebook()
        kept = [name for name in book.names if not any(name in word for word in book.features)]
        names = "|".join(sorted(map(re.escape, kept), key=len, reverse=True))
        hotlines = rf"(?<!\d)(?:{'|'.join(book.hotlines)})(?!\d|[条件次人])"
        _cache.extend(re.compile(pattern) for pattern in (*_PATTERNS[:1], hotlines, *_PATTERNS[1:], names))
    return _cache
