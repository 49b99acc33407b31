"""Markup that a page does not show as it stands: what scripts write or hold, hidden elements, fields, comments.

In: the source of a page as a string, or its tree. Out: the source with what scripts write in the place they write it to
(`write_out`), the markup inside a JSON answer (`unwrap_json`), and pieces of markup that might be the report when the
visible page holds none (`find_hidden`).

Content systems print tables by script, keep a report's HTML in a string until a tab is opened, or answer with JSON. A
string is read as JavaScript would read it; an expression that is no string stands as U+FFFD, so that it is never taken
for a blank. No script is run.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from extractors.readers.markup import DROPPED, Element, is_hidden

LEAST_CELLS = 20  # a table of fewer cells is no statutory one
LEAST_LETTERS = 200
_LEAST_TAGS_SHOWN = 6

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_WRITE = re.compile(r"document\s*\.\s*write(?:ln)?\s*\(")
_FILL = re.compile(
    r"""getElementById\(\s*["']([\w-]+)["']\s*\)\s*\.\s*innerHTML\s*\+?=(?!=)"""
    r"""|\$\(\s*["']#([\w-]+)["']\s*\)\s*\.\s*(?:html|append)\("""
)
_NAMED = re.compile(r"""<[a-z][a-z0-9]*\s(?:[^<>]*?\s)?id\s*=\s*["']?([\w-]+)["']?[^<>]*>""", re.IGNORECASE)
_STRING = r"""'(?:\\[\s\S]|[^'\\\n])*+'|"(?:\\[\s\S]|[^"\\\n])*+"|`(?:\\[\s\S]|[^`\\])*+`"""
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<plus>\+)|(?P<space>\s+)|(?P<other>.)"
)
_STRINGS = re.compile(_STRING)
_JOINT = re.compile(r"\s*(?:\+|\)?\s*;?\s*[\w$.]+\s*\+=|\)\s*;?\s*[\w$.]+\.push\()[\s(]*", re.ASCII)
_EXPRESSION = re.compile(r"\s*\+[^'\"`;]{1,200}\+\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|\r?\n|([\s\S]))")
_SHORT_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": ""}
_TAG = re.compile(r"</?(?:table|tbody|tr|td|th|p|div|span|br|h[1-6]|section|ul|li)\b", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)
_LETTER = re.compile("[\u4e00-\u9fff]")
_ANY_TAG = re.compile(r"<[^<>]*>")
_CALLBACK = re.compile(r"\s*[\w$.]{1,60}\(\s*(?=[{\[])")
_UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A piece of markup and the kind of place it was found in."""

    kind: str
    markup: str


def write_out(source: str) -> tuple[str, str]:
    """The page with each script that writes markup replaced by what it writes; and all that was written."""
    pieces: list[str] = []

    def replace(match: re.Match[str]) -> str:
        written = "".join(_find_written(match.group(1)))
        if not _TAG.search(written):
            return match.group()
        pieces.append(written)
        return written

    end = source.lower().rfind("</script")  # scripts that never end are not looked at: one by one they would take long
    if end < 0 or ("document" not in source and "$(" not in source):
        return source, ""
    end += len("</script>")
    written = _SCRIPT.sub(replace, source[:end]) + source[end:]
    fillings = _find_fillings(written[: written.lower().rfind("</script") + len("</script>")])
    if not fillings:
        return written, "".join(pieces)
    pieces += fillings.values()
    return _NAMED.sub(lambda match: match.group() + fillings.pop(match.group(1), ""), written), "".join(pieces)


def _find_fillings(source: str) -> dict[str, str]:
    """The markup that scripts put into elements, by the elements' ids."""
    fillings: dict[str, str] = {}
    for script in _SCRIPT.finditer(source):
        filling = _FILL.search(script.group(1))
        while filling is not None:
            markup, end = _read_arguments(script.group(1), filling.end())
            if _TAG.search(markup):
                name = filling.group(1) or filling.group(2)
                fillings[name] = fillings.get(name, "") + markup
            filling = _FILL.search(script.group(1), end)
    return fillings


def _find_written(script: str) -> Iterator[str]:
    call = _WRITE.search(script)
    while call is not None:
        written, end = _read_arguments(script, call.end())
        yield written
        call = _WRITE.search(script, end)


def _read_arguments(script: str, start: int) -> tuple[str, int]:
    """What a call's arguments come to, strings as they are and anything else as U+FFFD; and where they end."""
    depth = 0
    pieces: list[str] = []
    for token in _TOKEN.finditer(script, start):
        kind = token.lastgroup
        if depth == 0 and (kind == "close" or token.group() == ";"):
            return "".join(pieces), token.end()
        depth += (kind == "open") - (kind == "close")
        if kind == "string":
            pieces.append(read_string(token.group()))
        elif kind not in ("plus", "space") and token.group() != "," and pieces[-1:] != [_UNKNOWN]:
            pieces.append(_UNKNOWN)
    return "".join(pieces), len(script)


def read_string(literal: str) -> str:
    """The value of a JavaScript string, quotes included in `literal`."""
    return _ESCAPE.sub(_unescape, literal[1:-1])


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    if code:
        return chr(int(code, 16))
    return _SHORT_ESCAPES.get(match.group(3), match.group(3)) if match.group(3) else ""


def find_strings(script: str) -> Iterator[str]:
    """The strings of a script, those that are added to each other as one."""
    gathered: list[str] = []
    end = 0
    for match in _STRINGS.finditer(script):
        joint = _find_joint(script[end : match.start()]) if gathered else ""
        if joint is None:
            yield "".join(gathered)
            gathered.clear()
        gathered += (joint or "", read_string(match.group()))
        end = match.end()
    if gathered:
        yield "".join(gathered)


def _find_joint(between: str) -> str | None:
    """What stands between two strings that are added to each other; None if they are not."""
    if _JOINT.fullmatch(between) or (between.strip() == "," and "\n" in between):
        return ""
    return _UNKNOWN if _EXPRESSION.fullmatch(between) else None


def unwrap_json(source: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The markup inside a JSON (or JSONP) answer and its short named values; None when `source` is no such answer."""
    text = source.strip("\ufeff \t\r\n")
    called = _CALLBACK.match(text)
    if called is not None:
        text = text[called.end() :].rstrip("; \t\r\n").removesuffix(")")
    if not text.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pieces = [piece for piece in find_strings(text) if _TAG.search(piece)]
        return ("".join(f"<div>{piece}</div>" for piece in pieces), ()) if pieces else None
    return _gather_json(value)


def _gather_json(value: object) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts: list[str] = []
    seen: list[str] = []
    names: list[tuple[str, str]] = []
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        name, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(str(key), inner) for key, inner in reversed(item.items())]
        elif isinstance(item, list):
            waiting += [(name, inner) for inner in reversed(item)]
        elif isinstance(item, str):
            _take_json(name, item, parts, seen, names)
    return "".join(parts), tuple(names)


def _take_json(name: str, item: str, parts: list[str], seen: list[str], names: list[tuple[str, str]]) -> None:
    has_markup = _TAG.search(item) is not None
    if not has_markup and len(_LETTER.findall(item)) < LEAST_LETTERS:
        if name and item.strip() and len(item) <= LEAST_LETTERS:
            names.append((name, item))
        return
    letters = letters_of(item)
    if any(letters in earlier for earlier in seen):
        return
    seen.append(letters)
    parts.append(f"<div>{item if has_markup else html.escape(item).replace(chr(10), '<br>')}</div>")


def find_hidden(root: Element) -> tuple[Hidden, ...]:
    """Pieces of markup with a table or long Chinese text that no reader of the page sees; all of the likeliest kind."""
    for kind, find in (("script", _in_scripts), ("hidden element", _in_elements), ("field", _in_fields)):
        found = tuple(dict.fromkeys(Hidden(kind, piece) for piece in find(root) if is_substantial(piece)))
        if found:
            return found
    return tuple(dict.fromkeys(Hidden("comment", piece) for piece in _in_comments(root) if is_substantial(piece)))


def is_substantial(markup: str) -> bool:
    """Whether markup could be a report or a table of one."""
    return _TAG.search(markup) is not None and (has_table(markup) or len(letters_of(markup)) >= LEAST_LETTERS)


def shows_markup(text: str) -> bool:
    """Whether a page shows its tags instead of obeying them: they were escaped once too often."""
    return len(_TAG.findall(text)) >= _LEAST_TAGS_SHOWN and is_substantial(text)


def has_table(markup: str) -> bool:
    """Whether markup holds as many cells as a statutory table does."""
    return len(_CELL.findall(markup)) >= LEAST_CELLS


def has_cells(markup: str) -> bool:
    """Whether markup holds any cell of a table."""
    return _CELL.search(markup) is not None


def letters_of(markup: str) -> str:
    """The Chinese characters of markup, without its tags."""
    return "".join(_LETTER.findall(_ANY_TAG.sub("", markup)))


def _in_scripts(root: Element) -> Iterator[str]:
    for script in root.iter("script"):
        text = script.text or ""
        if text.lstrip().startswith("<"):
            yield text  # a template, whatever its type is called
            continue
        for piece in find_strings(text):
            if "%3c" in piece[:LEAST_LETTERS].lower():
                piece = unquote(piece)
            yield html.unescape(piece) if "&lt;t" in piece or "&lt;p" in piece else piece


def _in_elements(root: Element) -> Iterator[str]:
    for element in root.iter("*"):
        is_held = element.tag in ("template", "noscript") or (element.tag not in DROPPED and is_hidden(element))
        if is_held and not any(is_hidden(ancestor) for ancestor in element.iterancestors()):
            inner = (str(etree.tostring(child, encoding="unicode", method="html")) for child in element)
            yield html.escape(element.text or "") + "".join(inner)


def _in_fields(root: Element) -> Iterator[str]:
    for field in root.iter("textarea", "input", "iframe"):
        attribute = {"input": "value", "iframe": "srcdoc"}.get(str(field.tag))
        yield (field.get(attribute) if attribute is not None else field.text) or ""


def _in_comments(root: Element) -> Iterator[str]:
    for comment in root.iter(etree.Comment):
        text = comment.text or ""
        if not text.lstrip().startswith("["):  # a word processor's own notes
            yield text
