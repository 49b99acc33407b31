"""How much of a file a reader looks at before it stops: one frozen `Limits`, the same for every medium.

A hostile or broken file must end as a document with the warning `document.over_limit`, never as a process without
memory. The figures are far above any real annual report (a report of 300 pages is a book) and far below what hurts.
Time is not here: a reader cannot stop itself, so `flows/convert.py` ends it from outside.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one file.

    `file_bytes` as captured; `expanded_bytes` of all members of an archive together (DOCX and XLSX are archives);
    `pages` of a PDF; `cells` of all grids; `nesting` of tables in tables and archives in archives; `page_marks` are
    rulings and characters on one page; `pixels` of a picture.
    """

    file_bytes: int = 100_000_000
    expanded_bytes: int = 400_000_000
    pages: int = 400
    cells: int = 200_000
    nesting: int = 4
    page_marks: int = 60_000
    pixels: int = 60_000_000


DEFAULT_LIMITS = Limits()
