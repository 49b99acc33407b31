"""A picture in, a `Document` out: read where `gongkai[ocr]` is installed, else without blocks and with a warning.

A picture is taken for one page as wide as A4; boxes are in its points. Numbers that could not be read for certain carry
the sign U+FFFD, and the warning `document.doubtful` tells how many they are. Without the extra the warning is
`document.needs_ocr`: a picture is told, never guessed.
"""

from __future__ import annotations

from extractors.document import Document, DocumentBuilder
from extractors.layout.pages import Page, build_blocks
from extractors.readers import scan
from extractors.readers.limits import DEFAULT_LIMITS, Limits
from schemas.records import Medium

A4_WIDTH = 595.0  # points


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in a picture's bytes. Never raises on content: what is wrong with it is in `warnings`."""
    builder = DocumentBuilder(Medium.IMAGE)
    if len(data) > limits.file_bytes:
        return builder.build(warnings=[("document.over_limit", f"{len(data)} bytes")])
    if not scan.is_available():
        return builder.build(warnings=[("document.needs_ocr", "a picture")])
    try:
        pixels = scan.decode_picture(data)
        if pixels is None:
            return builder.build(warnings=[("document.corrupt", "image: cannot be decoded")])
        if pixels.size > limits.pixels:
            return builder.build(warnings=[("document.over_limit", f"{pixels.size} pixels")])
        found = scan.read_scan(pixels, A4_WIDTH / pixels.shape[1])
    except Exception as error:  # decoders and recognisers fail in many ways
        return builder.build(warnings=[("document.corrupt", f"image: {type(error).__name__}")])
    page = Page(1, found.width, found.height, 0, found.glyphs, found.rulings, False)
    warnings = build_blocks(builder, [page], limits.cells)
    if found.doubtful:
        warnings.append(("document.doubtful", f"{found.doubtful} numbers"))
    return builder.build(warnings=warnings)
