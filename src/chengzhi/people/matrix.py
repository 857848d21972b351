"""What roles may do in a district, from which day: read, preview and change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.people.models import Post, RolePermission
from chengzhi.people.permissions import known
from chengzhi.people.queries import in_force
from chengzhi.people.roles import role as known_role

Grant = tuple[str, str]
"""(role, permission)."""

KEPT: frozenset[Grant] = frozenset({("administrator", "people.manage"), ("administrator", "roles.manage")})
"""Without these nobody could ever give a right back."""


class RightNeeded(Problem):
    """A right that must stay, so that rights can be given at all."""

    code = "people.right_needed"
    status = 409


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What changes for one role, and for how many people on that day."""

    role: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    people: tuple[str, ...]


def grants(*, district_id: int, day: date) -> frozenset[Grant]:
    """All (role, permission) in force on a day."""
    rows = RolePermission.objects.filter(in_force(day), district_id=district_id)
    return frozenset(rows.values_list("role", "permission"))


def preview(*, district_id: int, wanted: Iterable[Grant], first_day: date) -> list[RoleChange]:
    """What would change on `first_day`, role by role, with the names of who holds the role then."""
    now, then = grants(district_id=district_id, day=first_day), _checked(wanted)
    changed = sorted({role for role, _permission in now ^ then})
    posts = Post.objects.filter(in_force(first_day), district_id=district_id, role__in=changed)
    holders: dict[str, set[str]] = {}
    for post in posts.filter(account__is_active=True).select_related("account"):
        holders.setdefault(post.role, set()).add(str(post.account))
    return [
        RoleChange(
            role,
            tuple(sorted(permission for key, permission in then - now if key == role)),
            tuple(sorted(permission for key, permission in now - then if key == role)),
            tuple(sorted(holders.get(role, ()))),
        )
        for role in changed
    ]


@transaction.atomic
def change(
    *, district_id: int, wanted: Iterable[Grant], first_day: date, by: Actor, on: datetime
) -> list[RoleChange]:
    """From `first_day` on exactly `wanted` counts. Raises RightNeeded, UnknownRole, UnknownPermission."""
    changes = preview(district_id=district_id, wanted=wanted, first_day=first_day)
    for one in changes:
        for permission in (*one.added, *one.removed):
            replace_from(
                RolePermission,
                keys={"district_id": district_id, "role": one.role, "permission": permission},
                values={} if permission in one.added else None,
                first_day=first_day,
            )
        record(
            district_id=district_id,
            thing="rights",
            thing_id=district_id,
            step="rights_changed",
            by=by,
            on=on,
            facts={"role": one.role, "added": one.added, "removed": one.removed, "from": first_day},
        )
    return changes


def _checked(wanted: Iterable[Grant]) -> frozenset[Grant]:
    checked = frozenset((known_role(role).key, known(permission)) for role, permission in wanted)
    if not checked >= KEPT:
        raise RightNeeded(
            _("The administrator must keep the rights to manage accounts and rights."),
            _("Without them nobody could give a right back."),
            _("Tick them again."),
        )
    return checked
