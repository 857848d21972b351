"""What a request asks of a register: the filter in its address."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from chengzhi.domains.kinds import Kind
from chengzhi.people.actor import Actor
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.queries import Filter, page
from chengzhi.web.access import Request

KNOWN = {
    "road_kind": ("main", "back", "unknown"),
    "permit": ("expired", "expiring", "none"),
    "check": ("due",),
    "live": ("0", "all"),
}
"""Parameter → the values it may have."""
NUMBERS = ("area", "street_area", "party", "unit")
TEXTS = ("state", "flag", "road_kind", "permit", "check")
NAMES = ("q", "live", *TEXTS, *NUMBERS)
LONGEST = 60
CHUNK = 200


@dataclass(frozen=True)
class Asked:
    """One filter: as the queries take it, and as an address keeps it."""

    kind: Kind
    filter: Filter
    params: dict[str, str]

    @property
    def address(self) -> str:
        """The filter as the query of an address."""
        return urlencode(self.params)

    def without(self, name: str) -> str:
        """The same with one condition taken away."""
        return urlencode({key: value for key, value in self.params.items() if key != name})


def asked_in(request: Request, kind: Kind) -> Asked:
    """The filter of the request's address."""
    return read(request.GET, kind)


def read(params: QueryDict, kind: Kind) -> Asked:
    """The filter in parameters; what cannot be read is left out, so that no old link breaks.

    Without a word about it only what stands in the street is asked for, as on the map.
    """
    said = {name: params.get(name, "").strip()[:LONGEST] for name in NAMES}
    kept = {name: value for name, value in said.items() if value and _fits(name, value)}
    values: dict[str, Any] = {name: kept[name] for name in TEXTS if name in kept}
    values |= {name: int(kept[name]) for name in NUMBERS if name in kept}
    asked = Filter(kind=kind.key, text=kept.get("q", ""), live=_live(kept), **values)
    return Asked(kind, asked, kept)


def _live(kept: dict[str, str]) -> bool | None:
    if kept.get("live") == "0":
        return False
    return None if "live" in kept or "state" in kept else True


def _fits(name: str, value: str) -> bool:
    if name in NUMBERS:
        return value.isascii() and value.isdecimal() and len(value) < 10
    return name not in KNOWN or value in KNOWN[name]


def first_of(asked: Asked, actor: Actor, most: int) -> tuple[list[RegisteredObject], bool]:
    """The first objects of a filter, and whether there are more."""
    found: list[RegisteredObject] = []
    after = None
    while len(found) <= most:
        part = page(asked.filter, actor, after=after, limit=min(CHUNK, most + 1 - len(found)))
        found += part.rows
        after = part.next
        if not after:
            break
    return found[:most], len(found) > most
