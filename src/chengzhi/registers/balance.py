"""Sums of one quantity by how far the objects of a register have come: what the ways led to."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from chengzhi.domains.beside import Balance
from chengzhi.registers.kinds import kind


@dataclass(frozen=True, slots=True)
class Cell:
    """How many objects, and the sum of the quantity over them."""

    count: int
    total: float


@dataclass(frozen=True, slots=True)
class Row:
    """One way, or stage, with a cell for each choice of the split and one for all."""

    name: str
    cells: tuple[Cell, ...]
    all: Cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole table: heads of the split's choices, rows, the quantity's unit."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: str


_SUMS = """
SELECT state, facts->>%(split)s, count(*), coalesce(sum((facts->>%(quantity)s)::float8), 0)
FROM registers_registeredobject
WHERE district_id = %(district)s AND kind = %(kind)s AND state <> 'merged'
GROUP BY 1, 2
"""


def sheet(district_id: int, said: Balance, language: str) -> Sheet:
    """The table of a domain's balance, in the page's language."""
    with connection.cursor() as cursor:
        values: dict[str, int | str] = {
            "district": district_id, "kind": said.kind, "split": said.split, "quantity": said.quantity
        }  # fmt: skip
        cursor.execute(_SUMS, values)
        found = {(state, choice): Cell(count, total) for state, choice, count, total in cursor.fetchall()}
    declared = kind(said.kind)
    split, quantity = declared.field(said.split), declared.field(said.quantity)
    assert split is not None
    assert quantity is not None
    chinese = language.startswith("zh")
    rows = tuple(
        _row(name if chinese else english, states, [word.key for word in split.choices], found)
        for name, english, states in said.groups
    )
    return Sheet(tuple(word.words(language) for word in split.choices), rows, quantity.unit)


def _row(
    name: str, states: tuple[str, ...], choices: list[str], found: Mapping[tuple[str, str | None], Cell]
) -> Row:
    cells = tuple(
        _sum([cell for (state, one), cell in found.items() if state in states and one == choice])
        for choice in choices
    )
    return Row(name, cells, _sum([cell for (state, _), cell in found.items() if state in states]))


def _sum(cells: list[Cell]) -> Cell:
    return Cell(sum(cell.count for cell in cells), round(sum(cell.total for cell in cells), 1))
