"""Reports as they were read in, all tables of a release out: normalize, validate, panel and coverage in their order.

`checks_of` turns what happened at the sites of a run into the checks that `coverage` rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.collect import Collection, Status
from flows.coverage import FIRST_YEAR, Check, add_coverage
from flows.normalize import Frames, Item, normalize
from flows.overrides import Override
from flows.panel import add_panel
from flows.publish import Partition, split_frames
from flows.validate import Limits, validate
from schemas.dataset import arrow_schema, load_tables
from schemas.records import Source

_REFUSED = (Status.BLOCKED, Status.FAILED, Status.GONE)


def build_tables(
    items: Iterable[Item],
    overrides: Iterable[Override] = (),
    sources: Iterable[Source] = (),
    checks: Iterable[Check] = (),
    last_year: int = FIRST_YEAR - 1,
    limits: Limits | None = None,
) -> Frames:
    """All published tables but `changes`. Coverage runs from 2008 to `last_year`, the year whose reports are due."""
    frames = add_panel(validate(normalize(items, overrides), limits))
    return add_coverage(frames, sources, checks, range(FIRST_YEAR, last_year + 1))


def build_partitions(
    groups: Iterable[Iterable[Item]],
    overrides: Iterable[Override] = (),
    sources: Iterable[Source] = (),
    checks: Iterable[Check] = (),
    last_year: int = FIRST_YEAR - 1,
    limits: Limits | None = None,
) -> Iterator[Partition]:
    """The same rows as `build_tables` gives, a region at a time, for more reports than fit in memory.

    A group holds all items of one or several whole provinces, since a publisher's years are looked at together and a
    partition is written once.
    """
    known = tuple(overrides)
    seen: dict[str, list[pa.Table]] = {"reports": [], "findings": []}
    for items in groups:
        frames = add_panel(validate(normalize(items, known), limits))
        for name, tables in seen.items():
            tables.append(frames[name])
        yield from split_frames(frames)
    whole = {name: pa.concat_tables([arrow_schema(name).empty_table(), *tables]) for name, tables in seen.items()}
    coverage = add_coverage(whole, sources, checks, range(FIRST_YEAR, last_year + 1))["coverage"]
    yield from split_frames({"coverage": coverage})


def load_tables_of(release: Path) -> Frames:
    """The tables of a release as they were given to it: all but `changes`, which is made from two releases."""
    return {
        name: pa.concat_tables(
            pq.read_table(file, partitioning=None) for file in sorted((release / name).glob("**/*.parquet"))
        ).cast(arrow_schema(name))
        for name in load_tables()
        if name != "changes" and any((release / name).glob("**/*.parquet"))
    }


def checks_of(collections: Iterable[Collection], day: date) -> tuple[Check, ...]:
    """One check a publisher whose list was asked for: blocked where no page of it could be had."""
    looks: dict[str, Check] = {}
    for collection in collections:
        for event in collection.events:
            if not event.is_list:
                continue
            reason = (event.reason or event.status.value) if event.status in _REFUSED else None
            before = looks.get(event.publisher_id)
            if before is None or reason is None:
                looks[event.publisher_id] = Check(event.publisher_id, day, reason)
    return tuple(looks[publisher_id] for publisher_id in sorted(looks))
