"""The statutory tables of a document: a `Document` in, cells with states, findings and the evidence of the choice out.

Each table of the forms is read in several ways at once (see `grid`, `stream`); the reading that recognises most labels,
keeps most identities of severity error and leaves fewest numbers over wins, ties going to the simpler one. What no
reading of sufficient support tells is `unread`, with a finding; what the report does not have is `missing`.

    found = read_tables(document, year=2023)
    found.era, found.cells, found.findings, found.readings, found.spans
"""

from extractors.tables.choose import TablesRead, read_tables

__all__ = ["TablesRead", "read_tables"]
