"""May this person inspect, plan, approve? The rules of people, over things of inspections."""

from dataclasses import dataclass
from typing import Any

from chengzhi.people.actor import Actor
from chengzhi.people.rules import may

__all__ = ["PERMIT", "Within", "may", "may_round"]

PERMIT = "inspection.visit"


@dataclass(frozen=True, slots=True)
class Within:
    """Something of a district that has no row yet: what a rule asks about."""

    district_id: int


def may_round(actor: Actor, permission: str, thing: Any) -> bool:
    """As `people.rules.may`; a round that was given to no unit is open to every unit of the district."""
    if getattr(thing, "unit_id", None) is None:
        return may(actor, permission, Within(thing.district_id))
    return may(actor, permission, thing)
