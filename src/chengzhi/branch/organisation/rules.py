"""May this person do this in this body? Roles in the body answer, not posts in the bureau."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.db.models import Q

from chengzhi.branch.organisation.models import Body, BodyRole, Member, Membership
from chengzhi.people.actor import Actor
from chengzhi.people.permissions import known
from chengzhi.people.rules import refusal

MEMBER = "member"


@dataclass(frozen=True, slots=True)
class RoleInBody:
    """A role of `roles.yaml`: its words, what it may do, whether it counts in the bodies below."""

    key: str
    name: str
    name_en: str
    below: bool
    permissions: frozenset[str]

    def words(self, language: str) -> str:
        """Its name in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


@lru_cache(maxsize=1)
def roles_in_body() -> Mapping[str, RoleInBody]:
    """The roles by key, in their order. Raises UnknownPermission for a permission nobody declared."""
    text = files("chengzhi.branch.organisation").joinpath("roles.yaml").read_text("utf-8")
    said = yaml.safe_load(text)["roles"]
    return {
        key: RoleInBody(key, one["name"], one["name_en"], one["below"], frozenset(map(known, one["permissions"])))
        for key, one in said.items()
    }  # fmt: skip


def in_force(day: date, prefix: str = "") -> Q:
    """The rows of a dated table that count on a day."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gte": day})
    )


def member_of(actor: Actor) -> Member | None:
    """The actor as a member of the organisation of his district today; None for anybody else."""
    if actor.account_id is None or actor.district_id is None:
        return None
    rows = Member.objects.filter(
        in_force(actor.day), account_id=actor.account_id, district_id=actor.district_id
    )
    return rows.first()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person may do in which body: permission → bodies."""

    member: Member | None
    bodies: Mapping[str, frozenset[int]]

    def where(self, permission: str) -> frozenset[int]:
        """The bodies in which the person holds a permission."""
        return self.bodies.get(known(permission), frozenset())


def standing_of(actor: Actor) -> Standing:
    """Everything the organisation lets this person do today; four statements at most."""
    member = member_of(actor)
    if member is None:
        return Standing(None, {})
    held = list(BodyRole.objects.filter(in_force(actor.day), member=member).values_list("role", "body_id"))
    own = Membership.objects.filter(in_force(actor.day), member=member).values_list("body_id", flat=True)
    held += [(MEMBER, body) for body in own]
    below = _below(actor.district_id or 0) if any(roles_in_body()[role].below for role, _body in held) else {}
    found: dict[str, set[int]] = {}
    for key, body in held:
        role = roles_in_body()[key]
        where = {body} | (_under(body, below) if role.below else set())
        for permission in role.permissions:
            found.setdefault(permission, set()).update(where)
    return Standing(member, {permission: frozenset(bodies) for permission, bodies in found.items()})


def _below(district_id: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for body, parent in Body.objects.filter(district_id=district_id).values_list("pk", "parent_id"):
        found.setdefault(parent or 0, []).append(body)
    return found


def _under(body: int, below: Mapping[int, list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(below.get(body, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, ())
    return found


def may(actor: Actor, permission: str, thing: Any = None) -> bool:
    """Whether the person holds a permission of the branch, in the body of `thing` where one is given.

    `thing` is a Body or has `body_id`. The program itself may do everything.
    """
    known(permission)
    if actor.kind == "system":
        return True
    bodies = standing_of(actor).where(permission)
    if thing is None:
        return bool(bodies)
    return (thing.pk if isinstance(thing, Body) else thing.body_id) in bodies


def require(actor: Actor, permission: str, thing: Any = None) -> None:
    """Pass or raise NotAllowed."""
    if not may(actor, permission, thing):
        raise refusal(permission)
