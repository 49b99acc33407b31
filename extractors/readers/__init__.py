"""The door of reading: bytes of any medium in, a `Document` out.

`read(data, declared_charset)` tells the medium by the bytes (`sniff`) and hands them to the module of that medium,
which is imported only then. What has no reader, and what cannot be read, is a `Document` without blocks whose warnings
say why: `document.empty` or `document.unsupported`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import cast

from extractors.document import Document
from extractors.readers.sniff import sniff_medium
from extractors.readers.unreadable import describe_unreadable
from schemas.records import Medium

_MODULES = {
    Medium.PDF: "pdf",
    Medium.DOCX: "docx",
    Medium.DOC: "doc",
    Medium.XLSX: "xlsx",
    Medium.XLS: "xlsx",
    Medium.IMAGE: "image",
    Medium.ZIP: "zip",
}


def read(data: bytes, declared_charset: str | None = None) -> Document:
    """The document in `data`; `declared_charset` is what an HTTP header said of it, and concerns text and HTML only."""
    medium = sniff_medium(data)
    if medium in (Medium.HTML, Medium.TEXT):
        module = import_module(f"{__name__}.{medium.value}")
        return cast(Document, module.read(data, declared_charset))
    if not data.strip():
        return Document(medium, (), "", warnings=(("document.empty", "the file is empty"),))
    name = f"{__name__}.{_MODULES[medium]}" if medium in _MODULES else None
    if name is None or find_spec(name) is None:
        return Document(medium, (), "", warnings=(describe_unreadable(data),))
    return cast(Document, import_module(name).read(data))
