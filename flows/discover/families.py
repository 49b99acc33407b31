"""An address in, the content management system behind it out, as `families.yaml` knows them.

The family is a property of a host at one time, so a row of the registry may name another; the address only proposes.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Family(_Strict):
    """A family: patterns of its report and list addresses and the module that reads its lists."""

    id: str
    reader: str
    report: tuple[re.Pattern[str], ...]
    list: tuple[re.Pattern[str], ...]
    proposal: tuple[re.Pattern[str], str] | None = None


class _Folder(_Strict):
    kind: str
    folder: re.Pattern[str]


class _Families(_Strict):
    families: tuple[Family, ...]
    generic: str
    column_words: tuple[str, ...]
    link_flags: tuple[str, ...]
    look_alike_folders: tuple[_Folder, ...]


@cache
def load_families() -> _Families:
    """The content of `families.yaml`."""
    text = files("flows.discover").joinpath("families.yaml").read_text(encoding="utf-8")
    return _Families.model_validate(yaml.safe_load(text))


def find_family(url: str) -> str | None:
    """Id of the family an address belongs to, None where no pattern fits."""
    for family in load_families().families:
        if any(pattern.search(url) for pattern in (*family.report, *family.list)):
            return family.id
    return None


def propose_list(url: str) -> str | None:
    """The list a report's address suggests: a guess for a person to look at, None where the family suggests none."""
    family = next((known for known in load_families().families if known.id == find_family(url)), None)
    if family is None or family.proposal is None:
        return None
    pattern, replacement = family.proposal
    proposed = pattern.sub(replacement, url)
    return proposed if proposed != url else None


def is_family(name: str) -> bool:
    """Whether a registry row may name this family."""
    return name == load_families().generic or any(family.id == name for family in load_families().families)


def reader_of(family: str) -> str:
    """Name of the module that reads a family's lists."""
    return next((known.reader for known in load_families().families if known.id == family), load_families().generic)


def find_look_alike(url: str) -> str | None:
    """The kind of page a folder of the address is named for, where that is not an annual report."""
    path = urlsplit(url).path.lower()
    return next((entry.kind for entry in load_families().look_alike_folders if entry.folder.search(path)), None)
