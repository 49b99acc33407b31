"""Bytes to `Medium`: what kind of file it is, told by its content, never by a name or a header.

Signatures decide for binary files; a ZIP is told from DOCX and XLSX by the names inside it, a compound file by its
streams. What is left is text if it decodes to printable characters, and HTML if it carries structural tags or is JSON
(an interface's answer with HTML inside). All else, an empty file too, is `Medium.UNKNOWN`.
"""

from __future__ import annotations

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
    r"<(?:!doctype\s+html|/?(?:html|head|body|table|tbody|tr|td|div|p|span|script|style|meta|title|h[1-6]|ul|li)\b)",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")


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
    text = decode(data[:_LOOKED_AT]).text
    if len(_CONTROL.findall(text)) > len(text) // 20:
        return Medium.UNKNOWN
    start = text.lstrip("\ufeff \t\r\n")[:40]
    tags = len(_TAG.findall(text))
    if (tags and start.startswith("<")) or tags >= 3 or _opens_json(start):
        return Medium.HTML
    if not tags and len(data) > _LOOKED_AT:
        tags = len(_TAG.findall(decode(data).text))
    return Medium.HTML if tags >= 3 else Medium.TEXT


def _opens_json(start: str) -> bool:
    return re.match(r"""(?:[\w$.]{1,40}\()?\s*(?:\{\s*"|\[\s*[\{"\[])""", start) is not None
