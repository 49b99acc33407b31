"""Drafts of a text in, the indicator of each one's whole out.

A whole is named only when its figure stands in the same text: the figure above a bracket or 其中 when the codebook
(or the same indicator) makes it one, else the nearest figure of an indicator that the codebook lists under `wholes`.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.figures.walk import Draft
from schemas.indicators import load_codebook
from schemas.records import Period


def find_whole(draft: Draft, position: int, drafts: Sequence[Draft]) -> str | None:
    """The whole of `drafts[position]`, None when it has none in the text; a draft without channel takes its whole's."""
    if draft.indicator is None or draft.change is not None or draft.period is Period.PREVIOUS:
        return None
    wholes = load_codebook().indicators[draft.indicator].wholes
    above = draft.below
    if above is not None and above.indicator in (*wholes, draft.indicator) and above is not draft:
        return above.indicator
    for other in reversed(drafts[:position]):
        if other.indicator in wholes and _is_total(other):
            _share_channel(draft, other)
            return other.indicator
    for other in drafts[position + 1 :]:
        if other.indicator in wholes and _is_total(other):
            return other.indicator
    return None


def _share_channel(draft: Draft, whole: Draft) -> None:
    """A subject class told by its name alone was disclosed where its whole was."""
    allowed = load_codebook().indicators[draft.indicator or ""].channels
    if draft.channel is None and not draft.has_verb and whole.channel in allowed and draft.sentence == whole.sentence:
        draft.channel = whole.channel


def _is_total(draft: Draft) -> bool:
    return draft.change is None and draft.unit != "%" and draft.period in (Period.CURRENT, Period.CUMULATIVE)
