"""The codebook of narrative figures: `indicators.yaml` and `phrases.yaml` -> `Codebook`, typed, frozen, checked once.

An indicator tells what a number in prose can mean. Its `phrases` say what must stand near the number; each is a few
elements separated by blanks, all of which must be there:

    "@receive ~@application"     a word of class `receive` beside the number, one of `application` there or earlier
    "图解/一图读懂"                one of these words beside the number
    "@publish #any"              a verb of publishing and a channel; `#website` names one, `#new` is any new medium
    "@close -@cppcc"             a verb, and no word of class `cppcc` beside the number
    "专区 =处/间"                 the word, counted in one of these measure words
    ">@body"                     the counted noun itself, right behind the number (36个部门)

Classes, channels, cues, measure words and names stand in `phrases.yaml`. A reader of prose holds no phrase itself: a
new way of saying something is a line of YAML. A wrong file is a `FormError` that names the file, the key and the
reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import FormError

NEW_MEDIA_CHANNELS = ("weibo", "wechat", "new_media", "app")
_MAPPINGS_ONLY = "expected a mapping of names"
Model = TypeVar("Model", bound=BaseModel)


class _IndicatorEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    definition: str
    unit: str
    dimension: str
    units: tuple[str, ...]
    channels: Literal["all"] | tuple[str, ...]
    phrases: tuple[str, ...] = Field(min_length=1)
    wholes: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    channel_cells: dict[str, str] = {}
    can_be_none: bool = False
    is_stock: bool = False


class _PhraseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    classes: dict[str, str]
    channels: dict[str, str]
    neutral: str
    cues: dict[str, str]
    units: dict[str, str]
    names: str
    hotlines: str
    verbs: str
    foreign: str
    ahead: str
    lasting: str


@dataclass(frozen=True, slots=True)
class Element:
    """One condition of a phrase: any of `features` stands beside the number.

    Or earlier (`~`), or right behind it (`>`), or not beside it (`-`), or the number is counted in one of them (`=`).
    """

    features: frozenset[str]
    may_be_earlier: bool
    must_follow: bool
    must_be_absent: bool
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A way to speak of an indicator: all elements must be met."""

    indicator: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """An entry of the codebook. `cells` are alternatives, each a place or a sum of places written with ` + `."""

    id: str
    label: str
    definition: str
    unit: str
    dimension: str
    measure_words: frozenset[str]
    channels: frozenset[str]
    phrases: tuple[Phrase, ...]
    wholes: tuple[str, ...]
    cells: tuple[str, ...]
    channel_cells: tuple[tuple[str, str], ...]
    can_be_none: bool
    is_stock: bool


@dataclass(frozen=True, slots=True)
class Codebook:
    """All indicators, and the words of the prose: a word's features are `@class`, `#channel`, `!cue`, or itself."""

    indicators: Mapping[str, Indicator]
    features: Mapping[str, frozenset[str]]
    channels: tuple[str, ...]
    neutral: frozenset[str]
    names: tuple[str, ...]
    hotlines: tuple[str, ...]
    verbs: frozenset[str]
    foreign: frozenset[str]
    ahead: frozenset[str]
    lasting: frozenset[str]
    phrases_of: Mapping[str, tuple[Phrase, ...]]


@cache
def load_codebook() -> Codebook:
    """The packaged codebook.

    Raises:
        FormError: a file is not valid YAML, has unknown or absent keys, or names a class that is not there.
    """
    return read_codebook(_packaged("indicators.yaml"), _packaged("phrases.yaml"))


def read_codebook(indicators_yaml: str, phrases_yaml: str) -> Codebook:
    """A codebook from the texts of its two files; the errors of `load_codebook`."""
    words = _validated(_PhraseFile, _yaml(phrases_yaml, "phrases.yaml"), "phrases.yaml", "")
    raw = _yaml(indicators_yaml, "indicators.yaml")
    features = _features(words)
    known = {feature for group in features.values() for feature in group} | {"#any", "#new"}
    indicators = {}
    for name, entry in raw.items():
        checked = _validated(_IndicatorEntry, entry, "indicators.yaml", str(name))
        indicators[str(name)] = _indicator(str(name), checked, words, known)
    _check_wholes(indicators)
    index: dict[str, list[Phrase]] = {}
    for indicator in indicators.values():
        for phrase in indicator.phrases:
            for feature in phrase.elements[0].features:
                index.setdefault(feature, []).append(phrase)
            for literal in _literals(phrase):
                features[literal] = features.get(literal, frozenset()) | {literal}
    return Codebook(
        indicators,
        features,
        tuple(words.channels),
        frozenset(words.neutral.split()),
        tuple(words.names.split()),
        tuple(words.hotlines.split()),
        frozenset("@" + name for name in words.verbs.split()),
        frozenset(words.foreign.split()),
        frozenset("@" + name for name in words.ahead.split()),
        frozenset("@" + name for name in words.lasting.split()),
        {feature: tuple(phrases) for feature, phrases in index.items()},
    )


def _packaged(name: str) -> str:
    return files("schemas").joinpath(name).read_text(encoding="utf-8")


def _yaml(text: str, file: str) -> dict[str, Any]:  # YAML is untyped until pydantic has seen it
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else "?"
        raise FormError(
            f"{file}:{line}: not valid YAML ({getattr(error, 'problem', error)}); mend that line"
        ) from error
    if not isinstance(raw, dict):
        raise FormError(f"{file}: {_MAPPINGS_ONLY} at the top, found {type(raw).__name__}")
    return raw


def _validated(model: type[Model], raw: object, file: str, key: str) -> Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in (key, *first["loc"]) if part != "")
        raise FormError(f"{file}: {place}: {first['msg']}; see the entries beside it for the keys in use") from error


def _features(words: _PhraseFile) -> dict[str, frozenset[str]]:
    features: dict[str, set[str]] = {}
    for sign, groups in (("@", words.classes), ("#", words.channels), ("!", words.cues)):
        for name, members in groups.items():
            for word in members.split():
                features.setdefault(word, set()).add(sign + name)
    return {word: frozenset(group) for word, group in features.items()}


def _indicator(name: str, entry: _IndicatorEntry, words: _PhraseFile, known: set[str]) -> Indicator:
    for group in entry.units:
        if group not in words.units:
            raise FormError(f"indicators.yaml: {name}.units: no group of measure words {group!r} in phrases.yaml")
    measures = frozenset(word for group in entry.units for word in words.units[group].split())
    channels = tuple(words.channels) if entry.channels == "all" else entry.channels
    return Indicator(
        name,
        entry.label,
        entry.definition,
        entry.unit,
        entry.dimension,
        measures,
        frozenset(channels),
        tuple(_phrase(name, text, known) for text in entry.phrases),
        entry.wholes,
        entry.cells,
        tuple(sorted(entry.channel_cells.items())),
        entry.can_be_none,
        entry.is_stock,
    )


def _phrase(name: str, text: str, known: set[str]) -> Phrase:
    elements = []
    for part in text.split():
        options = part.lstrip("~>-=").split("/")
        for option in options:
            if option[0] in "@#!" and option not in known:
                raise FormError(f"indicators.yaml: {name}.phrases: {option!r} in {text!r} is not in phrases.yaml")
        expanded = [f"#{channel}" for option in options if option == "#new" for channel in NEW_MEDIA_CHANNELS] + [
            option for option in options if option != "#new"
        ]
        elements.append(Element(frozenset(expanded), part[0] == "~", part[0] == ">", part[0] == "-", part[0] == "="))
    if elements[0].may_be_earlier:
        raise FormError(f"indicators.yaml: {name}.phrases: {text!r} must open with an element beside the number")
    return Phrase(name, tuple(elements))


def _literals(phrase: Phrase) -> set[str]:
    words = {feature for element in phrase.elements if not element.is_unit for feature in element.features}
    return {word for word in words if word[0] not in "@#!"}


def _check_wholes(indicators: Mapping[str, Indicator]) -> None:
    for indicator in indicators.values():
        for whole in indicator.wholes:
            if whole not in indicators:
                raise FormError(f"indicators.yaml: {indicator.id}.wholes: {whole!r} is no indicator")
