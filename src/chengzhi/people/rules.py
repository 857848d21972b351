"""May this person do this to this thing? One question, asked by pages, API and lives alike."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.people.permissions import BY_KEY, known

SHARED_WITH_CO_HANDLERS = frozenset({"case.view", "case.note", "photo.add", "case.handle"})
"""What a unit may do on a case that another unit leads and it helps with."""


class NotAllowed(Problem):
    """The person's posts do not include this act, here."""

    code = "people.not_allowed"
    status = 404


def may(actor: Actor, permission: str, thing: Any = None, *, co_handlers: Iterable[int] = ()) -> bool:
    """Whether `actor` holds `permission`, and over `thing` where one is given.

    A thing with `district_id` is refused outside the actor's own district, always. A thing
    with `unit_id` (a case) is refused outside the actor's units unless one of the roles that
    give the permission works district-wide; `co_handlers` are the units helping with it.
    Raises UnknownPermission for a name nobody declared.
    """
    if known(permission) not in actor.permissions:
        return False
    if thing is None or actor.kind == "system":
        return True
    if not _same_district(actor, thing):
        return False
    return permission in actor.district_wide or _own_unit(actor, permission, thing, co_handlers)


def require(actor: Actor, permission: str, thing: Any = None, *, co_handlers: Iterable[int] = ()) -> None:
    """Pass or raise NotAllowed: for actions, which do not trust that a page has asked."""
    if not may(actor, permission, thing, co_handlers=co_handlers):
        raise refusal(permission)


def refusal(permission: str) -> NotAllowed:
    """The refusal of a person whose posts do not include a permission, named as the reader knows it."""
    declared = BY_KEY.get(permission)
    name = declared.label(get_language() or "en") if declared else permission
    return NotAllowed(
        _("This is not among the things your post may do here."),
        _("It needs the permission “%(name)s” (%(key)s) in this district and unit.")
        % {"name": name, "key": permission},
        _("Ask the administrator of your district if your post should include it."),
    )


def _same_district(actor: Actor, thing: Any) -> bool:
    district_id = getattr(thing, "district_id", None)
    if actor.kind == "resident" or not hasattr(thing, "district_id"):
        return True
    return district_id is not None and district_id == actor.district_id


def _own_unit(actor: Actor, permission: str, thing: Any, co_handlers: Iterable[int]) -> bool:
    if not hasattr(thing, "unit_id"):
        return True
    if thing.unit_id is not None and thing.unit_id in actor.unit_ids:
        return True
    return permission in SHARED_WITH_CO_HANDLERS and not actor.unit_ids.isdisjoint(co_handlers)
