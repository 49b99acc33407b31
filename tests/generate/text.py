"""Tables as plain text: an `AbstractTable` in, lines out, as copying a page or a PDF leaves them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from random import Random

from tests.generate.abstract import AbstractCell, AbstractTable, Role
from tests.generate.damage import noise_line

Lines = list[list[str]]


def cell_lines(table: AbstractTable, blank: str | None = "") -> Lines:
    """One cell a line, row by row. `blank` is the line of an empty cell; None: empty cells leave nothing."""
    return [[cell.text or (blank or "") for cell in row if cell.text or blank is not None] for row in table.rows()]


def apart(rows: Lines) -> Lines:
    """Every cell followed by an empty line."""
    return [[line for cell in row for line in (cell, "")] for row in rows]


def set_in(rows: Lines) -> Lines:
    """Every line set in by two wide blanks."""
    return [["\u3000\u3000" + line for line in row] for row in rows]


def tabbed_cell_lines(table: AbstractTable) -> Lines:
    """One cell a line behind a tab; a place under a merged cell is a tab alone; rows are parted by an empty line."""
    rows: Lines = []
    for index, row in enumerate(table.lattice()):
        lines: list[str] = [""] * bool(index)
        for column, cell in enumerate(row):
            if cell is None or cell.column != column:
                continue
            lines.append(f"\t{cell.text}" if cell.row == index else "\t")
        rows.append(lines)
    return rows


def upright_cell_lines(table: AbstractTable) -> Lines:
    """As `tabbed_cell_lines`, short headers printed one character a line with an empty line between."""
    upright = {cell.text for cell in table.cells if cell.role is Role.HEADER and 1 < len(cell.text) <= 4}
    return [
        [piece for line in row for piece in ("\t" + "\n\n".join(line[1:]) if line[1:] in upright else line).split("\n")]
        for row in tabbed_cell_lines(table)
    ]


def row_lines(table: AbstractTable, separator: str, covered: bool) -> Lines:
    """Rows joined by a separator; places under a merged cell are empty if `covered`, else left out."""
    rows: Lines = []
    for index, row in enumerate(table.lattice()):
        texts = []
        for column, cell in enumerate(row):
            if cell is not None and (cell.row, cell.column) == (index, column):
                texts.append(cell.text)
            elif covered:
                texts.append("")
        rows.append([separator.join(texts)])
    return rows


def markdown_lines(table: AbstractTable) -> Lines:
    """A Markdown table; its first row is the heading."""
    rows = [[f"| {line} |"] for (line,) in row_lines(table, " | ", covered=True)]
    return [rows[0], ["|" + " --- |" * table.width], *rows[1:]]


def _parts(row: Sequence[AbstractCell]) -> tuple[list[AbstractCell], list[AbstractCell]]:
    """The written label cells of a row and its values."""
    labels = [cell for cell in row if cell.role is not Role.VALUE and cell.text]
    return labels, [cell for cell in row if cell.role is Role.VALUE]


def spaced_lines(table: AbstractTable, gap: str) -> Lines:
    """Rows joined by blanks; empty cells leave nothing."""
    rows = [gap.join(cell.text for cell in row if cell.text) for row in table.rows()]
    return [[row] for row in rows if row]


def glued_lines(table: AbstractTable, gap: str) -> Lines:
    """Rows joined by blanks, the first number right behind its label, a unit of its own behind the number."""
    rows: Lines = []
    for row in table.rows():
        labels, values = _parts(row)
        numbers = [cell.text for cell in values if cell.text]
        statistics = table.id == "statistics_2014" and bool(numbers)
        units = [text for cell in labels if statistics and len(text := cell.text) <= 2 and not text.isdigit()]
        words = gap.join(cell.text for cell in labels if cell.text not in units)
        joint = "" if not numbers or not words or numbers[0][0].isdigit() else gap
        ending = "".join(units) if numbers and numbers[-1][-1].isdigit() else ""
        rows.append([(words + joint + gap.join(numbers) + ending).strip("\n ")])
    return [row for row in rows if row[0]]


def aligned_lines(table: AbstractTable) -> Lines:
    """Columns set one under the other with blanks, as wide as they print."""
    widths = [4] * table.width
    for cell in table.cells:
        if cell.column_span == 1:
            widths[cell.column] = max(widths[cell.column], _width(cell.text) + 2)
    rows: Lines = []
    for row in table.rows():
        line = ""
        for cell in row:
            start = sum(widths[: cell.column])
            line += " " * max(start - _width(line), 1 if line else 0) + cell.text
        rows.append([line.rstrip()])
    return rows


def interleaved_lines(table: AbstractTable, gap: str) -> Lines:
    """Each row's label, then every column's label with its number behind it."""
    rows: Lines = []
    lattice = table.lattice()
    for index, row in enumerate(table.rows()):
        labels, values = _parts(row)
        if not values:
            rows += [[cell.text] for cell in labels if cell.role is Role.ARTICLE]
            continue
        parts = [cell.text for cell in labels]
        for cell in values:
            parts += [_column_name(lattice, index, cell.column), cell.text]
        rows.append(gap.join(parts).split("\n"))
    return rows


def indented_lines(rng: Random, table: AbstractTable) -> Lines:
    """A list of label, unit and number: a line an entry, set in by its numbering."""
    ending = rng.choice(
        ("{label} {unit} {value}", "{label}：{value}{unit}", "{label}（{unit}） {value}", "{label}\t{value}")
    )
    rows: Lines = []
    for row in table.rows()[table.header_rows :]:
        label, unit, value = _entry(row)
        depth = 0 if label[1:2] == "、" else 1 if label[:1] in "（(" else 2
        told = unit if value[-1:].isdigit() or not ending.endswith("{unit}") else ""
        line = ending.format(label=label, unit=told, value=value) if unit else label
        rows.append(["\u3000" * depth + line.rstrip()])
    return rows


def _entry(row: Sequence[AbstractCell]) -> tuple[str, str, str]:
    value = next((cell.text for cell in row if cell.role is Role.VALUE), "")
    words = [cell.text for cell in row if cell.role is not Role.VALUE and not cell.text.isdigit()]
    return words[0], words[1] if len(words) > 1 else "", value


def _column_name(lattice: Sequence[Sequence[AbstractCell | None]], row: int, column: int) -> str:
    for above in range(row - 1, -1, -1):
        cell = lattice[above][column]
        if cell is not None and cell.role is Role.HEADER:
            return cell.text
    return ""


def broken_labels(rng: Random, table: AbstractTable, blank: str) -> Lines:
    """One cell a line, labels broken over several lines anywhere."""
    rows: Lines = []
    for row in table.rows():
        lines: list[str] = []
        for cell in row:
            long = cell.role in (Role.LABEL, Role.HEADER) and len(cell.text) > 3
            lines += _broken(rng, cell.text) if long else [cell.text or blank]
        rows.append(lines)
    return rows


def _broken(rng: Random, text: str) -> Iterator[str]:
    width = rng.randint(2, 8)
    return (text[at : at + width].strip() for at in range(0, len(text), width))


def with_noise(rng: Random, rows: Lines, chance: float) -> list[str]:
    """The lines of all rows, with a line of page furniture between two rows by chance."""
    lines = list(rows[0]) if rows else []
    place = rng.randrange(1, len(rows)) if len(rows) > 1 and rng.random() < chance else 0
    for index, row in enumerate(rows[1:], 1):
        if index == place:
            lines.append(noise_line(rng, rng.randint(2, 9)))
        lines += row
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "FWA" else 1 for letter in text)
