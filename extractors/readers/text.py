"""Plain text to a `Document`: one paragraph a line, with its tabs and spaces as they are.

`Document.text` is the decoded file itself, with line breaks of all kinds as newlines, and every `start` is an offset
into it. Blank lines make no block (the gap in the offsets tells of them). No line is taken for a row of a table here:
whether tabs, pipes or columns of spaces mean one is judged by who knows the form.
"""

from __future__ import annotations

from extractors.decode import decode
from extractors.document import Document, Paragraph
from schemas.records import Medium


def read(data: bytes, declared_charset: str | None = None) -> Document:
    """The document in the text file `data`."""
    decoded = decode(data, declared_charset)
    text = decoded.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    blocks: list[Paragraph] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Paragraph(line, start))
        start += len(line) + 1
    warnings = decoded.warnings if blocks else (*decoded.warnings, ("document.empty", "the file holds no text"))
    return Document(Medium.TEXT, tuple(blocks), text, warnings=warnings)
