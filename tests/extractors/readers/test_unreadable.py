"""Files without a reader are named, through the door all bytes come in by."""

from __future__ import annotations

import pytest

from extractors.readers import read

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("data", "warning"),
    [
        (rb"{\rtf1\ansi 2023}", ("document.unsupported", "RTF")),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", ("document.unsupported", "MHT")),
        (b"Rar!\x1a\x07\x00" + bytes(30), ("document.unsupported", "RAR")),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), ("document.unsupported", "7Z")),
        (bytes([0, 200, 3, 255] * 50), ("document.unsupported", "unknown format")),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), ("document.encrypted", "office package")),
        (COMPOUND + "PowerPoint Document".encode("utf-16-le"), ("document.unsupported", "PPT")),
        (COMPOUND, ("document.unsupported", "compound file")),
    ],
)
def test_what_has_no_reader_is_named(data: bytes, warning: tuple[str, str]) -> None:
    document = read(data)
    assert (document.blocks, document.warnings) == ((), (warning,))
