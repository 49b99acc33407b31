"""Bytes to `Medium`: what kind of file it is, told by its content, never by a name or a header.

Signatures decide for binary files; a ZIP is told from DOCX and XLSX by the names inside it, a compound file by its
streams. What is left is text if it decodes to printable characters, and HTML if it carries structural tags or is JSON
(an interface's answer with HTML inside). All else, an empty file too, is `Medium.UNKNOWN`.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from extractors.decode import decode
from schemas.records import Medium

_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_WITHIN = 1024
_LOOKED_AT = 65_536
_TAG = re.compile(
    rb"<(?:!doctype\s+html|/?(?:html|head|body|table|tbody|tr|td|div|p|span|script|style|meta|title|h[1-6]|ul|li)\b)",
    re.IGNORECASE,
)
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_OPENS_JSON = re.compile(rb"""(?:[\w$.]{1,40}\()?\s*(?:\{\s*"|\[\s*[\{"\[])""")


def sniff_medium(data: bytes) -> Medium:
    """The medium of `data`."""
    if not data.strip():
        return Medium.UNKNOWN
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Medium.PDF
    if data.startswith(b"PK\x03\x04"):
        return _sniff_zip(data)
    if data.startswith(_COMPOUND):
        return _sniff_compound(data)
    if _is_image(data):
        return Medium.IMAGE
    return _sniff_text(data)


def _is_image(data: bytes) -> bool:
    if data.startswith(b"BM"):
        return len(data) > 26 and data[6:10] == bytes(4)  # two letters alone would catch texts
    return data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _sniff_zip(data: bytes) -> Medium:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Medium.ZIP
    if "word/document.xml" in names:
        return Medium.DOCX
    return Medium.XLSX if any(name.startswith("xl/workbook.") for name in names) else Medium.ZIP


def _sniff_compound(data: bytes) -> Medium:
    """A compound file's directory names its streams in UTF-16."""
    if "WordDocument".encode("utf-16-le") in data:
        return Medium.DOC
    if "Workbook".encode("utf-16-le") in data or "\x00Book\x00".encode("utf-16-le") in b"\x00\x00" + data:
        return Medium.XLS
    return Medium.UNKNOWN


def _sniff_text(data: bytes) -> Medium:
    if data.startswith((b"{\\rtf", b"MIME-Version:")):
        return Medium.UNKNOWN
    if b"\x00" in data[:_LOOKED_AT]:  # UTF-16, or no text at all
        data = decode(data[: _LOOKED_AT * 4]).text.encode()
    head = data[:_LOOKED_AT]
    if len(head) - len(head.translate(None, _CONTROL)) > len(head) // 20 or _is_mostly_damaged(head):
        return Medium.UNKNOWN
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:80]
    if start.startswith(b"<") and _TAG.search(head):
        return Medium.HTML
    tags = len(_TAG.findall(data))
    return Medium.HTML if tags >= 3 or _OPENS_JSON.match(start) else Medium.TEXT


def _is_mostly_damaged(head: bytes) -> bool:
    """Whether bytes beyond ASCII are no charset's text. Only asked of what carries no tag."""
    if _TAG.search(head) or head.isascii():
        return False
    text = decode(head).text
    return text.count("\ufffd") > len(text) // 20
