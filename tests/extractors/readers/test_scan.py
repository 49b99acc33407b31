"""Scans, where the extra for them is installed: digits, blanks and slashes of a page that is noisy and not straight."""

from __future__ import annotations

from io import BytesIO

import pytest
from documents import pdf_bytes

from extractors.document import Grid, GridSource
from extractors.readers import image, pdf, scan

pytestmark = pytest.mark.skipif(not scan.is_available(), reason="the extra gongkai[ocr] is not installed")

TEXTS = (("项目", "甲", "乙"), ("许可", "31", "0"), ("处罚", "", "/"), ("强制", "4708", "1"))
CELLS = tuple(GridSource(text, row, column) for row, line in enumerate(TEXTS) for column, text in enumerate(line))


def scanned(file_format: str) -> bytes:
    """A page at 150 dots an inch, turned by a degree, with noise."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    page = pypdfium2.PdfDocument(pdf_bytes([CELLS], footer=""))[0].render(scale=150 / 72).to_pil().convert("L")
    pixels = np.asarray(page.rotate(1, fillcolor=255, resample=Image.Resampling.BICUBIC)).astype(int)
    noisy = pixels + np.random.default_rng(1).normal(0, 12, pixels.shape)
    stream = BytesIO()
    picture = Image.fromarray(noisy.clip(0, 255).astype("uint8"))
    picture.convert("RGB").save(stream, file_format, resolution=150)
    return stream.getvalue()


@pytest.mark.parametrize(("file_format", "read"), [("PNG", image.read), ("PDF", pdf.read)])
def test_scanned_table_keeps_digits_blanks_and_slashes(file_format: str, read: object) -> None:
    document = read(scanned(file_format))  # type: ignore[operator]  # one of two readers
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert [tuple(cell.text if cell else "" for cell in row) for row in grid.lattice()] == list(TEXTS)
    assert document.warnings == ()
