"""A ZIP in, the `Document` of the report in it out.

Publishers pack a report alone, or with its attachments. Each member is told by its bytes and read by the reader of its
medium; the document with most to say wins, so that a report beats its cover picture. Members of the same name in
another medium (a report as DOC and as PDF) hold the same words, and one is enough.

What it refuses: more expanded bytes than `Limits` allow (told by reading, not by what the archive claims), archives in
archives deeper than `Limits.nesting`, members that want a password.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from importlib import import_module
from io import BytesIO

from extractors.document import Document, Grid
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from extractors.readers.sniff import sniff_medium
from extractors.readers.unreadable import find_package_format
from schemas.records import Medium

_MAX_MEMBERS = 200
_ENCRYPTED = 0x1


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The fullest document among an archive's members. Never raises on content: see its `warnings`."""
    if len(data) > limits.file_bytes:
        return _refused("document.over_limit", f"{len(data)} bytes")
    if not limits.nesting:
        return _refused("document.over_limit", "archives nested too deep")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            package = find_package_format({member.filename for member in members})
            if package:
                return _refused("document.unsupported", package)
            if any(member.flag_bits & _ENCRYPTED for member in members):
                return _refused("document.encrypted", "zip")
            if len(members) > _MAX_MEMBERS:
                return _refused("document.over_limit", f"{len(members)} members")
            documents = _read_members(archive, members, limits)
    except Exception as error:  # zipfile and the decompressors under it fail in many ways
        return _refused("document.corrupt", f"zip: {type(error).__name__}")
    if documents is None:
        return _refused("document.over_limit", f"more than {limits.expanded_bytes} bytes expanded")
    if not documents:
        return _refused("document.empty", "the archive holds no file")
    return max(documents, key=_fullness)


def _refused(code: str, detail: str) -> Document:
    return Document(Medium.ZIP, (), "", warnings=((code, detail),))


def _fullness(document: Document) -> tuple[int, int]:
    return sum(len(block.cells) for block in document.blocks if isinstance(block, Grid)), len(document.text)


def _read_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits) -> list[Document] | None:
    """A document a member; None when they expand to more than is allowed."""
    documents = []
    left = limits.expanded_bytes
    for member in members:
        with archive.open(member) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            return None
        documents.append(_read_member(data, replace(limits, nesting=limits.nesting - 1, expanded_bytes=left)))
    return documents


def _read_member(data: bytes, limits: Limits) -> Document:
    if sniff_medium(data) is Medium.ZIP:
        return read(data, limits)
    document: Document = import_module("extractors.readers").read(data)  # imported here: the door imports this module
    return document
