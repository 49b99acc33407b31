"""Bytes no reader takes in, the warning that names them out.

`document.unsupported` with the format's usual name where its first bytes tell it, `document.encrypted` for an office
file behind a password (a compound file around a package). Nothing is read.
"""

from __future__ import annotations

from collections.abc import Collection

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"{\\rtf", "RTF"),
    (b"MIME-Version:", "MHT"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"AT&TFORM", "DJVU"),
    (b"%!PS", "POSTSCRIPT"),
)
_STREAMS = (("PowerPoint Document", "PPT"), ("CONTENTS", "WPS of Works"))
_PACKAGES = (("OFD.xml", "OFD"), ("ppt/presentation.xml", "PPTX"), ("META-INF/manifest.xml", "OpenDocument"))


def describe_unreadable(data: bytes) -> tuple[str, str]:
    """Code and detail of the warning."""
    if data.startswith(_COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "document.encrypted", "office package"
        name = next((name for stream, name in _STREAMS if stream.encode("utf-16-le") in data), "compound file")
        return "document.unsupported", name
    start = data[:64].lstrip()
    name = next((name for signature, name in _SIGNATURES if start.startswith(signature)), "unknown format")
    return "document.unsupported", name


def find_package_format(names: Collection[str]) -> str | None:
    """The format of a ZIP that is a document of another kind, told by the names in it."""
    return next((name for member, name in _PACKAGES if member in names), None)
