"""From one code set to another: by kept running number where the standard kept them, else by name."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from chengzhi.domains.entries import Entry, read_table, read_yaml, same_name

if TYPE_CHECKING:
    from chengzhi.domains.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a code went, how that is known, and whether the names agree too.

    `by` is number, special, name or alias. A mapping that is not `certain` is for a person to check.
    """

    entry: Entry
    by: str
    certain: bool


def find(catalogue: "Catalogue", source: Entry, to_set: str, to_kind: str) -> Mapped | None:
    """The entry of `to_set` that `source` became, or None."""
    if source.code_set == to_set and source.kind == to_kind:
        return Mapped(source, "number", True)
    return (
        _forward(catalogue, source, to_set, to_kind)
        or _backward(catalogue, source, to_set, to_kind)
        or _by_name(catalogue, source, to_set, to_kind)
    )


@cache
def _tables() -> tuple[dict[str, Any], ...]:
    return tuple(read_yaml("mapping.yaml"))


def _table(from_set: str, to_set: str) -> dict[str, Any] | None:
    wanted = (from_set, to_set)
    return next((table for table in _tables() if (table["from"], table["to"]) == wanted), None)


def _forward(catalogue: "Catalogue", source: Entry, to_set: str, to_kind: str) -> Mapped | None:
    table = _table(source.code_set, to_set)
    if table is None:
        return None
    special = table["special"].get(source.kind, {}).get(source.code)
    code = special or _numbered(table, source)
    found = catalogue.find(to_set, to_kind, code) if code else None
    if found is None:
        return None
    return Mapped(found, "special" if special else "number", _agree(source, found))


def _numbered(table: dict[str, Any], source: Entry) -> str:
    big = table["big"].get(source.kind, {}).get(source.big)
    return f"{big}0{source.code[len(source.big) :]}" if big else ""


def _agree(source: Entry, found: Entry) -> bool:
    one, other = same_name(source.name), same_name(found.name).removesuffix("异常")
    return one in other or other in one


def _backward(catalogue: "Catalogue", source: Entry, to_set: str, to_kind: str) -> Mapped | None:
    if _table(to_set, source.code_set) is None:
        return None
    for entry in catalogue.of(to_set, to_kind):
        back = _forward(catalogue, entry, source.code_set, source.kind)
        if back is not None and back.entry == source:
            return Mapped(entry, back.by, back.certain)
    return None


def _by_name(catalogue: "Catalogue", source: Entry, to_set: str, to_kind: str) -> Mapped | None:
    fault = "异常" if (source.kind, to_kind) == ("component", "matter") else ""
    name = same_name(source.name) + fault
    for entry in catalogue.of(to_set, to_kind):
        if same_name(entry.name) == name:
            return Mapped(entry, "name", True)
    return _by_alias(catalogue, source, to_set, to_kind)


def _by_alias(catalogue: "Catalogue", source: Entry, to_set: str, to_kind: str) -> Mapped | None:
    codes = [
        row["code"]
        for row in read_table("aliases.csv")
        if row["kind"] == to_kind and row["alias"] == source.name
    ]
    found = catalogue.find(to_set, to_kind, codes[0]) if len(codes) == 1 else None
    return Mapped(found, "alias", False) if found is not None else None
