"""Bytes to `str`: `decode(data, declared)` -> `Decoded(text, charset, warnings)`.

No parser ever sees bytes: a page that declares gb2312 and holds one GB18030 character comes back cut, or empty, from
parsers that decode for themselves. Who may be right is asked in this order:

1. a byte order mark, and the zeros of UTF-16 without one;
2. strict UTF-8: other charsets hardly ever look like it by chance. If a declaration says otherwise and decodes too, the
   reading with more everyday characters wins;
3. the declared charset (HTTP, then `<meta>` or the XML declaration), then GB18030: whichever decodes strictly and reads
   as text. The names gb2312 and gbk mean GB18030, their superset, as in every browser;
4. the charset that leaves the fewest damaged characters, with U+FFFD in their place and the warning `document.charset`.

A character cut in two by the end of the file is left out and told by the same warning. Single-byte charsets are
servers' defaults, never the truth about a Chinese page: they are taken for the last resort only. Nothing is refused,
nothing raises.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Names as servers and editors write them -> the codec that reads all of what they mean.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "utf-8-sig": "utf-8",
}
_ALIASES = {
    "x-gbk": "gbk",
    "gb_2312-80": "gb2312",
    "gb_2312": "gb2312",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
}
_MULTIBYTE = ("utf-8", "gb18030", "big5hkscs")
_DECLARATION = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{3,40})""", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_PLAUSIBLE = 0.5  # texts are near 0.9, one read in a wrong charset near 0.2
_WEIGHED = 8_000  # characters looked at


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the charset it was read in, and warnings as `Document.warnings` holds them."""

    text: str
    charset: str
    warnings: tuple[tuple[str, str], ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode `data`; `declared` is the charset an HTTP header named, if any."""
    marked = _find_marked(data)
    if marked is not None:
        charset, length = marked
        return _read_as(data[length:], charset) or _repair(data[length:], (charset,))
    named = tuple(dict.fromkeys(name for name in _declared_charsets(data, declared) if name in _MULTIBYTE))
    as_utf8 = _read_as(data, "utf-8")
    if as_utf8 is not None and (as_utf8.text.isascii() or "utf-8" in named[:1]):
        return as_utf8
    others = (_read_as(data, charset) for charset in dict.fromkeys((*named, "gb18030")) if charset != "utf-8")
    readings = [reading for reading in (as_utf8, *others) if reading is not None]
    weighed = [(_plausibility(reading.text[:_WEIGHED]), reading) for reading in readings]
    weight, best = max(weighed, key=lambda pair: pair[0], default=(0.0, None))
    if best is not None and weight >= _PLAUSIBLE:
        return best
    return _repair(data, (*named, "utf-8", "gb18030", "big5hkscs"))


def normalize_charset(name: str) -> str | None:
    """The codec that reads what a declared charset name means; None for a name nobody knows."""
    cleaned = name.strip().strip("\"'").lower()
    try:
        known = codecs.lookup(_ALIASES.get(cleaned, cleaned)).name
    except LookupError:
        return None
    except ValueError:  # a name with a NUL in it
        return None
    return _SUPERSETS.get(known, known)


def _find_marked(data: bytes) -> tuple[str, int] | None:
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return charset, len(mark)
    head = data[:_DECLARED_WITHIN]
    if b"<\x00" in head or b"\x00<" in head:
        high, low = head[1::2].count(0), head[0::2].count(0)  # as if little-endian
        if max(high, low) > len(head) // 10 and max(high, low) > 4 * min(high, low):
            return ("utf-16-le" if high > low else "utf-16-be"), 0
    return None


def _declared_charsets(data: bytes, declared: str | None) -> Iterable[str]:
    names = [declared] if declared else []
    names += [match.group(1).decode("ascii") for match in _DECLARATION.finditer(data[:_DECLARED_WITHIN])]
    return (charset for charset in map(normalize_charset, names) if charset is not None)


def _read_as(data: bytes, charset: str) -> Decoded | None:
    """The text if it decodes strictly, but for a last character that the end of the file cuts in two."""
    decoder = codecs.getincrementaldecoder(charset)("strict")
    try:
        text = decoder.decode(data)
    except UnicodeError:
        return None
    rest = decoder.getstate()[0]
    if not rest:
        return Decoded(text, charset)
    return Decoded(text, charset, (("document.charset", f"{charset}: the file ends inside a character"),))


def _repair(data: bytes, charsets: tuple[str, ...]) -> Decoded:
    readings = [(data.decode(charset, "replace"), charset) for charset in dict.fromkeys(charsets)]
    text, charset = max(readings, key=lambda reading: _plausibility(reading[0]))
    damaged = text.count("\ufffd")
    return Decoded(text, charset, (("document.charset", f"{charset}: {damaged} damaged characters"),))


@cache
def _everyday_characters() -> frozenset[str]:
    """Level 1 of GB 2312 (3,755 characters), Chinese and general punctuation, full-width ASCII."""
    rows = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    hanzi = "".join(pair.decode("gb2312", "ignore") for pair in rows)
    return frozenset(
        hanzi + "、。·—～…‘’“”〔〕〈〉《》「」『』【】〇\u3000\xa0" + "".join(map(chr, range(0xFF01, 0xFF5F)))
    )


def _plausibility(text: str) -> float:
    """Share of everyday Chinese among the characters beyond ASCII; a damaged character weighs against three."""
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 1.0
    everyday = _everyday_characters()
    good = sum(character in everyday for character in beyond)
    return (good - 3 * beyond.count("\ufffd")) / len(beyond)
