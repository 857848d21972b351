"""May this person do this to this object, party or register?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chengzhi.people import rules
from chengzhi.people.actor import Actor

UNIT_FREE = frozenset({"register.edit", "register.import", "photo.add"})
"""What a unit may do to objects that belong to no unit, besides those of its own."""
NOWHERE = 0  # no district has this id: their ids begin with 1
WHOLE_DISTRICT = frozenset({"register.view", "party.view"})
"""What is not confined to one's own unit: a register is looked up by everybody who may see it."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """A thing not yet there, as the rules see it."""

    district_id: int
    unit_id: int | None = None


def may(actor: Actor, permission: str, thing: Any = None) -> bool:
    """Whether the actor may, on this object: own district, and own unit or none for what changes it."""
    if rules.may(actor, permission, thing):
        return True
    if thing is None or permission not in actor.permissions or thing.district_id != actor.district_id:
        return False
    if permission in WHOLE_DISTRICT:
        return True
    return permission in UNIT_FREE and getattr(thing, "unit_id", None) is None


def require(actor: Actor, permission: str, thing: Any = None) -> None:
    """Pass or raise NotAllowed."""
    if not may(actor, permission, thing):
        raise rules.refusal(permission)


def seen(actor: Actor) -> Mapping[str, Any]:
    """What narrows a query to the objects the person may see; matches nothing without the permission."""
    if "register.view" not in actor.permissions:
        return {"district_id": NOWHERE}
    return {} if actor.kind == "system" else {"district_id": actor.district_id}
