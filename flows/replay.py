"""The archive in place of the network: what was captured last is what every address gives, and nothing is asked for.

So a whole run can be made again from the WARC files alone: after a lost release, with changed code, on another machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from flows.archive import Archive
from flows.fetch import Gone, NotModified, Outcome, Traffic
from schemas.records import Capture


class Replay:
    """Answers every address from the archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def fetch(self, url: str, known: Capture | None = None, options: Mapping[str, str] | None = None) -> Outcome:
        """The newest capture of the address, or that there is none."""
        capture = known or self._archive.latest(url)
        return NotModified(url, capture) if capture else Gone(url, "not in the archive")

    def traffic(self) -> dict[str, Traffic]:
        """Nothing was sent or received."""
        return {}
