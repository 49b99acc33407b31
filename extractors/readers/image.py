"""A picture in, a `Document` out: without blocks and with a warning where nothing is there to read pictures.

The extra `gongkai[ocr]` brings what is needed to read scans; without it a picture is told, never guessed.
"""

from __future__ import annotations

from extractors.document import Document
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from schemas.records import Medium


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a picture's bytes. Never raises on content: what is wrong with it is in `warnings`."""
    if len(data) > limits.file_bytes:
        return Document(Medium.IMAGE, (), "", warnings=(("document.over_limit", f"{len(data)} bytes"),))
    return Document(Medium.IMAGE, (), "", warnings=(("document.needs_ocr", "a picture"),))
