"""Forms: from `forms/<era>.yaml` to typed, frozen forms, the only place where rows, columns and identities are known.

A form file holds, for one era, its tables with their items (rows), columns, labels, groups (the headings above a
label), units and the accounting identities between cells. Reader, validator, data dictionary and sample generator are
driven by it.

    tables:
      - id: disclosure
        unit: 件
        columns: [{id: issued, label: 本年制发件数}, …]
        items: [{id: rules, label: 规章, groups: [第二十条第（一）项], columns: [issued, …]}, …]
    identities:
      - {rule: requests.balance, severity: error, table: requests, over: column, left: […], right: […]}

Terms of an identity are item ids (`over: column`) or column ids (`over: item`); `denied.*` stands for all ids below it,
`other.* | other` for the first alternative that is written, a leading `-` subtracts, `previous:` looks into the same
publisher's report of the year before.

Refused with `FormError` (file, line, reason): unknown keys, ids that stand twice, unknown columns or terms, one
spelling of a label for two items under the same heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import Field

from schemas.errors import FormError
from schemas.records import Severity
from schemas.yaml_file import Strict, load_model

ERAS = tuple(sorted(form.name.removesuffix(".yaml") for form in files("schemas").joinpath("forms").iterdir()))


class Kind(StrEnum):
    """What numbers a cell may hold: counts are whole and not negative, changes may be negative, amounts broken."""

    COUNT = "count"
    CHANGE = "change"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its label, the headings above it, and spellings met instead of the label."""

    id: str
    label: str
    variants: tuple[str, ...]
    groups: tuple[str, ...]
    unit: str | None
    kind: Kind
    short: str


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a table. `columns` are the ids of the columns that exist in this row, in the form's order."""

    id: str
    label: str
    variants: tuple[str, ...]
    groups: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str | None
    kind: Kind
    short: str


@dataclass(frozen=True, slots=True)
class Table:
    """A statutory table. `stub` are the labels over the first column, `unit_column` those over a column of units."""

    id: str
    section: int | None
    title: str
    unit: str | None
    stub: tuple[str, ...]
    unit_column: tuple[str, ...]
    items: tuple[Item, ...]
    columns: tuple[Column, ...]

    def item(self, item_id: str) -> Item:
        """The item of that id; `KeyError` when the table has none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def column(self, column_id: str) -> Column:
        """The column of that id; `KeyError` when the table has none."""
        for column in self.columns:
            if column.id == column_id:
                return column
        raise KeyError(column_id)

    def keys(self) -> Iterator[tuple[str, str]]:
        """(item id, column id) of every cell, row by row in the form's order."""
        for item in self.items:
            for column in item.columns:
                yield item.id, column

    def unit_of(self, item_id: str, column_id: str) -> str | None:
        """The form's own unit for a cell: the column's, else the item's, else the table's; None for amounts without."""
        column, item = self.column(column_id), self.item(item_id)
        if column.kind is Kind.AMOUNT:
            return column.unit
        return column.unit or item.unit or self.unit

    def kind_of(self, item_id: str, column_id: str) -> Kind:
        """What numbers the cell may hold."""
        column, item = self.column(column_id), self.item(item_id)
        return column.kind if column.kind is not Kind.COUNT else item.kind


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: the first alternative that is written counts, each alternative being ids that are added up.

    A word such as `denied.*` stands for all ids below it until `merged_identities` spells it out.
    """

    alternatives: tuple[tuple[str, ...], ...]
    sign: int = 1
    previous: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """An accounting identity `left relation right`, evaluated in each column (terms are items) or each item."""

    rule: str
    severity: Severity
    table: str
    over: str
    relation: str
    combine: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]

    @property
    def across_years(self) -> bool:
        """Whether a term looks into the report of the year before."""
        return any(term.previous for term in (*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an era."""

    era: str
    authority: str | None
    first_year: int
    last_year: int | None
    tables: tuple[Table, ...]
    identities: tuple[Identity, ...]

    def table(self, table_id: str) -> Table:
        """The table of that id; `KeyError` when the form has none."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(table_id)


class _ColumnEntry(Strict):
    id: str
    label: str
    variants: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    unit: str | None = None
    kind: Kind = Kind.COUNT
    short: str | None = None


class _ItemEntry(_ColumnEntry):
    columns: tuple[str, ...] | None = None


class _TableEntry(Strict):
    id: str
    section: int | None
    title: str
    unit: str | None
    stub: tuple[str, ...] = ()
    unit_column: tuple[str, ...] = ()
    columns: tuple[_ColumnEntry, ...]
    items: tuple[_ItemEntry, ...]


class _IdentityEntry(Strict):
    rule: str
    severity: Severity
    table: str
    over: str = Field(pattern="^(column|item)$")
    relation: str = Field(default="=", pattern="^(=|<=)$")
    combine: str = Field(default="sum", pattern="^(sum|max)$")
    left: tuple[str, ...]
    right: tuple[str, ...]


class _FormEntry(Strict):
    era: str
    authority: str | None
    first_year: int
    last_year: int | None
    tables: tuple[_TableEntry, ...]
    identities: tuple[_IdentityEntry, ...]


@cache
def load_form(era: str) -> Form:
    """The form of `era`, the name of its file. Raises `FormError` when its file is wrong."""
    name = f"forms/{era}.yaml"
    return build_form(load_model(name, _FormEntry), name)


@cache
def load_forms() -> dict[str, Form]:
    """All forms by era, oldest first."""
    return {era: load_form(era) for era in ERAS}


def era_of_year(year: int) -> str:
    """The era whose form is due in a report year. Raises `ValueError` for years before 2008."""
    for era, form in load_forms().items():
        if form.first_year <= year <= (form.last_year or year):
            return era
    raise ValueError(f"report year {year}: reports exist since {load_form(ERAS[0]).first_year}")


@cache
def merged_table(table_id: str) -> Table:
    """The table with the rows and columns of all eras together, since forms mix inside one report.

    Order is that of the newest form; what only an older form has stands where that form has it.
    """
    versions = [table for form in load_forms().values() for table in form.tables if table.id == table_id]
    newest = versions[-1]
    items: list[Item] = list(newest.items)
    columns: list[Column] = list(newest.columns)
    for older in versions[:-1]:
        items = _merge_items(items, older.items)
        columns = _merge_columns(columns, older.columns)
    return Table(
        newest.id,
        newest.section,
        newest.title,
        newest.unit,
        tuple(dict.fromkeys(label for version in versions for label in version.stub)),
        newest.unit_column,
        tuple(items),
        tuple(columns),
    )


@cache
def unit_of_cell(table_id: str, item_id: str, column_id: str) -> str | None:
    """The unit the newest form that has the cell gives it, None where it names none. `KeyError` for no such cell."""
    for form in reversed(load_forms().values()):
        for table in form.tables:
            if table.id == table_id and (item_id, column_id) in set(table.keys()):
                return table.unit_of(item_id, column_id)
    raise KeyError(f"{table_id}/{item_id}/{column_id}")


@cache
def table_ids() -> tuple[str, ...]:
    """Ids of all tables of all eras, oldest form first."""
    return tuple(dict.fromkeys(table.id for form in load_forms().values() for table in form.tables))


def build_form(entry: _FormEntry, name: str) -> Form:
    """A checked form from a parsed file; `name` is the file named in a `FormError`."""
    form = Form(
        entry.era,
        entry.authority,
        entry.first_year,
        entry.last_year,
        tuple(_build_table(table, name) for table in entry.tables),
        (),
    )
    identities = tuple(_build_identity(identity, form, name) for identity in entry.identities)
    return Form(form.era, form.authority, form.first_year, form.last_year, form.tables, identities)


def _build_table(entry: _TableEntry, name: str) -> Table:
    _check_unique([column.id for column in entry.columns], f"{name}: table {entry.id}: column")
    _check_unique([item.id for item in entry.items], f"{name}: table {entry.id}: item")
    columns = tuple(
        Column(
            column.id,
            column.label,
            column.variants,
            column.groups,
            column.unit,
            column.kind,
            column.short or column.id,
        )
        for column in entry.columns
    )
    ids = tuple(column.id for column in columns)
    items = tuple(_build_item(item, ids, f"{name}: table {entry.id}") for item in entry.items)
    _check_labels(items, f"{name}: table {entry.id}")
    return Table(entry.id, entry.section, entry.title, entry.unit, entry.stub, entry.unit_column, items, columns)


def _build_item(entry: _ItemEntry, column_ids: tuple[str, ...], place: str) -> Item:
    columns = column_ids if entry.columns is None else entry.columns
    unknown = sorted(set(columns) - set(column_ids))
    if unknown:
        raise FormError(f"{place}: item {entry.id}: columns {unknown} are not among the table's {list(column_ids)}")
    return Item(
        entry.id,
        entry.label,
        entry.variants,
        entry.groups,
        columns,
        entry.unit,
        entry.kind,
        entry.short or entry.id.replace(".", "_"),
    )


def _check_unique(ids: list[str], what: str) -> None:
    doubles = sorted({one for one in ids if ids.count(one) > 1})
    if doubles:
        raise FormError(f"{what} {', '.join(doubles)} stands twice; give each its own id")


def _check_labels(items: tuple[Item, ...], place: str) -> None:
    owners: dict[tuple[tuple[str, ...], str], str] = {}
    for item in items:
        for label in (item.label, *item.variants):
            owner = owners.setdefault((item.groups, label), item.id)
            if owner != item.id:
                raise FormError(
                    f"{place}: label {label!r} belongs to {owner} and {item.id} under one heading; keep it at one"
                )


def _build_identity(entry: _IdentityEntry, form: Form, name: str) -> Identity:
    if entry.table not in {table.id for table in form.tables}:
        raise FormError(f"{name}: identity {entry.rule}: no table {entry.table!r} in this form; name one it has")
    return Identity(
        entry.rule,
        entry.severity,
        entry.table,
        entry.over,
        entry.relation,
        entry.combine,
        tuple(_build_term(word) for word in entry.left),
        tuple(_build_term(word) for word in entry.right),
    )


def _build_term(word: str) -> Term:
    sign = -1 if word.startswith("-") else 1
    word = word.removeprefix("-")
    alternatives = tuple((part.strip(),) for part in word.removeprefix("previous:").split("|"))
    return Term(alternatives, sign, word.startswith("previous:"))


@cache
def merged_identities() -> tuple[Identity, ...]:
    """The identities of all forms, each once, `.*` spelt out over `merged_table`. `FormError` for an unknown term."""
    merged: dict[Identity, None] = {}
    for form in load_forms().values():
        for identity in form.identities:
            table = merged_table(identity.table)
            ids = tuple(one.id for one in (table.items if identity.over == "column" else table.columns))
            merged[
                replace(
                    identity,
                    left=tuple(_spell_term(term, ids, identity.rule) for term in identity.left),
                    right=tuple(_spell_term(term, ids, identity.rule) for term in identity.right),
                )
            ] = None
    return tuple(merged)


def _spell_term(term: Term, ids: tuple[str, ...], rule: str) -> Term:
    spelt = []
    for (word,) in term.alternatives:
        below = tuple(one for one in ids if one.startswith(word[:-1])) if word.endswith(".*") else ()
        if not below and word not in ids:
            raise FormError(f"identity {rule}: term {word!r} is no id of its table; correct the form file")
        spelt.append(below or (word,))
    return replace(term, alternatives=tuple(spelt))


def _merge_items(items: list[Item], older: tuple[Item, ...]) -> list[Item]:
    merged = list(items)
    position = 0
    for old in older:
        index = next((index for index, item in enumerate(merged) if item.id == old.id), None)
        if index is None:
            merged.insert(position, old)
            index = position
        else:
            merged[index] = _join_item(merged[index], old)
        position = index + 1
    return merged


def _join_item(newer: Item, older: Item) -> Item:
    labels = (*newer.variants, older.label, *older.variants)
    return Item(
        newer.id,
        newer.label,
        tuple(dict.fromkeys(label for label in labels if label != newer.label)),
        newer.groups,
        tuple(dict.fromkeys((*newer.columns, *older.columns))),
        newer.unit,
        newer.kind,
        newer.short,
    )


def _merge_columns(columns: list[Column], older: tuple[Column, ...]) -> list[Column]:
    merged = list(columns)
    for old in older:
        index = next((index for index, column in enumerate(merged) if column.id == old.id), None)
        if index is None:
            merged.append(old)
        else:
            new = merged[index]
            labels = (*new.variants, old.label, *old.variants)
            variants = tuple(dict.fromkeys(label for label in labels if label != new.label))
            merged[index] = Column(new.id, new.label, variants, new.groups, new.unit, new.kind, new.short)
    return merged
