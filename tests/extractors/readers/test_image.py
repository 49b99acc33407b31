"""Pictures: told as such where nothing is installed to read them."""

from __future__ import annotations

from extractors.readers.image import read
from extractors.readers.limits import Limits
from schemas.records import Medium

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_picture_past_the_limit_is_told() -> None:
    document = read(PIXEL, Limits(file_bytes=10))
    assert (document.medium, document.warnings) == (Medium.IMAGE, (("document.over_limit", "48 bytes"),))
