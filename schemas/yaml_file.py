"""YAML in, validated pydantic model out, with the line of whatever is wrong.

Every knowledge file of the package (forms, indicators, metrics, words) passes through `load_model`, so that all of them
reject a bad entry the same way: `FormError("forms/2021.yaml:41: tables[1].items[3].unit: …")`.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import FormError

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Strict(BaseModel):
    """A model that takes no unknown key and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def load_model(name: str, model: type[Model]) -> Model:
    """The packaged file `schemas/<name>` as `model`. Raises `FormError` with file, line and reason."""
    return parse_model(files("schemas").joinpath(name).read_text(encoding="utf-8"), name, model)


def parse_model(text: str, name: str, model: type[Model]) -> Model:
    """YAML `text` as `model`; `name` is the file named in errors. Raises `FormError` with file, line and reason."""
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C where the library has it
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormError(f"{name}:{line}: not YAML: {error.problem}") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        path: Path = first["loc"]
        line = line_of(text, path)
        raise FormError(f"{name}:{line}: {_spell(path)}: {first['msg']}; correct this entry") from error


def line_of(text: str, path: Path) -> int:
    """Line (from 1) of the node at `path` in YAML `text`, or of its nearest parent that exists."""
    return _line_of(yaml.compose(text, Loader=yaml.SafeLoader), path)


def _line_of(node: yaml.Node | None, path: Path) -> int:
    line = 1
    for key in path:
        found = _child(node, key)
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def _spell(path: Path) -> str:
    words = ""
    for key in path:
        words += f"[{key}]" if isinstance(key, int) else f".{key}" if words else str(key)
    return words or "the file"
