"""HTML as a string to a tree, and the raw text of a piece of a tree to lines as a reader of the page sees them.

`parse_markup(text)` gives an lxml tree whatever the string is, or None when there is nothing in it. Damage that would
glue numbers together or swallow a page is undone first: control characters, `</p>` without `<p>`, nesting deeper than
the parser goes, cells inside cells without a table between them.

`Collector` gathers text in reading order; `fold_lines` gives what remains after white space is folded as a browser does
it, but for two things Chinese pages need: a line break in the source between two Chinese characters is nothing, and
invisible characters (soft hyphens, zero-width signs) go.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from lxml import etree

Element = etree._Element

BLOCKS = frozenset(
    (
        *("html", "body", "article", "aside", "footer", "header", "hgroup", "main", "nav", "section", "frameset"),
        *(
            "address",
            "blockquote",
            "center",
            "details",
            "dialog",
            "div",
            "fieldset",
            "figcaption",
            "figure",
            "form",
            "hr",
        ),
        *("legend", "p", "pre", "summary", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("dd", "dir", "dl", "dt", "li", "menu", "ol", "ul"),
        *("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    )
)
DROPPED = frozenset(
    (
        *("head", "script", "style", "noscript", "template", "noframes", "xml", "math", "svg", "map"),
        *("select", "option", "datalist", "button", "object", "applet", "audio", "video", "canvas"),
        *("del", "s", "strike"),  # struck out: a number beside its correction would run into it
    )
)
CELLS = frozenset(("td", "th"))

# Signs of our own in raw text. The parser lets no control character of the page through, so they cannot be mistaken.
SOFT_BREAK = "\x01"  # the edge of a block
HARD_BREAK = "\x02"  # <br>
KEPT_TAB = "\x03"  # a tab inside <pre>
KEPT_SPACE = "\x04"  # a space inside <pre>

_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|text-decoration[a-z-]*\s*:[^;]*line-through",
    re.IGNORECASE,
)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)\b(?!-)", re.IGNORECASE)
_APART_STYLE = re.compile(r"display\s*:\s*(?:inline-|table-cell)|float\s*:\s*(?:left|right)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>", re.IGNORECASE)
_TOO_DEEP = "ERR_RESOURCE_LIMIT"
_LONE_BREAK = re.compile(r"(?:<br\s*>\s*)?</br\s*>", re.IGNORECASE)  # a browser takes </br> for <br>
_UNOPENED = re.compile("</p>", re.IGNORECASE)
_NESTING = re.compile(
    r"</?(?:span|font|b|i|u|em|strong|a|small|big|sub|sup|label|o:p|center|div|section|article|blockquote|ul|ol|dl)\b[^>]*>",
    re.IGNORECASE,
)
_NESTING_BLOCK = re.compile(r"</?(?:center|div|section|article|blockquote|ul|ol|dl)\b", re.IGNORECASE)
_WIDE = "\u2e80-\u303f\u3041-\u9fff\uf900-\ufaff\uff01-\uff60"
_BREAK_BETWEEN_WIDE = re.compile(f"(?<=[{_WIDE}])[ \t\f]*[\r\n][ \t\r\n\f]*(?=[{_WIDE}])")
_SPACE = re.compile("[ \t\r\n\f]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_FIXED_SPACES = {ord("\xa0"): " ", ord("\u2002"): " ", ord("\u2003"): " ", ord(KEPT_TAB): "\t", ord(KEPT_SPACE): " "}
_PLAIN = re.compile("[A-Za-z0-9./%、。，（）\u4e00-\u9fff-]*")  # nothing to fold in it: most cells
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,6});")


def parse_markup(text: str) -> tuple[Element | None, bool]:
    """The tree of an HTML string, None when it holds no element and no text; and whether it had to be cut short."""
    text = _CONTROL.sub(" ", _XML_DECLARATION.sub("", text, count=1))
    if "</br" in text or "</BR" in text:
        text = _LONE_BREAK.sub("<br>", text)
    root, errors = _parse(text)
    if _TOO_DEEP in errors:
        text = _NESTING.sub(_flatten, text)
        root, errors = _parse(text)
    if "Unexpected end tag : p\n" in errors:
        # A browser sees an empty paragraph here, the parser nothing at all: it would join what stands on both sides.
        root, errors = _parse(_UNOPENED.sub("</p><hr>", text))
    return root, _TOO_DEEP in errors


def is_hidden(element: Element) -> bool:
    """Whether the element itself says that it is not to be shown."""
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _HIDING_STYLE.search(style) is not None)


def is_block(element: Element) -> bool:
    """Whether a line begins and ends with the element."""
    if element.tag in BLOCKS:
        return True
    style = element.get("style")
    return style is not None and _BLOCK_STYLE.search(style) is not None


def stands_apart(element: Element) -> bool:
    """Whether an element in a line is set off from its neighbours, as a column is: their numbers must not be joined."""
    style = element.get("style")
    return style is not None and _APART_STYLE.search(style) is not None


def _parse(text: str) -> tuple[Element | None, str]:
    parser = etree.HTMLParser(huge_tree=True)
    try:
        root = etree.fromstring(text, parser)
    except etree.ParserError:
        return None, ""
    except etree.XMLSyntaxError:
        return None, ""
    return root, "".join(f"{entry.type_name} {entry.message}\n" for entry in parser.error_log)


def _flatten(match: re.Match[str]) -> str:
    return "<hr>" if _NESTING_BLOCK.match(match.group()) else ""


@dataclass
class Collector:
    """Raw text as it is met, cut into lines when asked."""

    _parts: list[str] = field(default_factory=list)

    def add(self, text: str | None) -> None:
        """Text as it stands in the source."""
        if text:
            self._parts.append(text)

    def take(self) -> str:
        """The raw text gathered so far; then it is empty again."""
        raw = "".join(self._parts)
        self._parts.clear()
        return raw


def fold_lines(raw: str) -> tuple[str, ...]:
    """Raw text to lines: no blank one at either end."""
    return strip_lines(fold_all_lines(raw))


def strip_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines without the blank ones at either end."""
    filled = [position for position, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else ()


def fold_all_lines(raw: str) -> tuple[str, ...]:
    """Raw text to lines, blank ones kept: each `<br>` parts two, each block that is not empty is one at least."""
    if _PLAIN.fullmatch(raw):
        return (raw,) if raw else ()
    raw = raw.translate(_INVISIBLE)
    if "&" in raw:
        raw = _ENTITY.sub(lambda match: html.unescape(match.group()), raw).translate(_INVISIBLE)
    raw = _SPACE.sub(" ", _BREAK_BETWEEN_WIDE.sub("", raw))
    pieces = [piece.rstrip(" ") for piece in raw.split(SOFT_BREAK) if piece not in ("", " ")]
    if len(pieces) > 1:  # a browser shows no line after a <br> at the end of a block
        pieces = [piece.removesuffix(HARD_BREAK) for piece in pieces]
    lines = (line for piece in pieces for line in piece.split(HARD_BREAK))
    return tuple(line.strip(" \xa0\u2002\u2003\u3000").translate(_FIXED_SPACES) for line in lines)


def preserve_space(text: str) -> str:
    """Text inside `<pre>`, guarded against folding."""
    return text.replace("\r\n", "\n").replace("\n", HARD_BREAK).replace("\t", KEPT_TAB).replace(" ", KEPT_SPACE)
