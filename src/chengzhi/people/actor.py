"""Who acts: the one value that every write takes as `by=` and every rule reads."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db import connection
from django.utils.translation import get_language

from chengzhi.people.models import Account
from chengzhi.people.permissions import ALL
from chengzhi.people.roles import roles

WIDE = "case.view_all_units"
"""A role that holds it works in the whole district; without it, in its own units only."""

Kind = Literal["account", "system", "resident", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) in one district at one moment.

    `permissions` is all the roles may do; `district_wide` the part of it that is not
    confined to `unit_ids` (own units and those below them). `area_ids` are duty areas. `day` is the
    one on the district's wall for which the rights were read (`date.min`: before any dated change).
    """

    account_id: int | None
    name: str
    district_id: int | None
    roles: tuple[str, ...] = ()
    unit_ids: frozenset[int] = frozenset()
    permissions: frozenset[str] = frozenset()
    district_wide: frozenset[str] = frozenset()
    area_ids: frozenset[int] = frozenset()
    kind: Kind = "account"
    day: date = date.min

    @classmethod
    def system(cls) -> "Actor":
        """The program itself: imports, timers, clean-up. May do everything, everywhere."""
        return cls(None, "system", None, permissions=ALL, district_wide=ALL, kind="system")

    @classmethod
    def resident(cls) -> "Actor":
        """Someone without an account who reports; may do nothing else."""
        may = frozenset({"case.report", "photo.add"})
        return cls(None, "resident", None, permissions=may, district_wide=may, kind="resident")

    @classmethod
    def anonymous(cls) -> "Actor":
        """A visitor of the pages: may do nothing that asks for a permission."""
        return cls(None, "", None, kind="anonymous")

    @property
    def role(self) -> str:
        """The role the ledger notes: the first one held, or what kind of actor it is."""
        return self.roles[0] if self.roles else self.kind

    @property
    def role_names(self) -> tuple[str, ...]:
        """The roles held, in words of the page's language."""
        return tuple(roles()[key].label(get_language() or "zh") for key in self.roles)

    @property
    def is_signed_in(self) -> bool:
        """Whether this is a person with an account."""
        return self.kind == "account"


def actor_of(account: Account, district_id: int | None, on: datetime) -> Actor:
    """The account in a district at a moment: posts, units, permissions in force that day.

    One statement; the day is that of the district's own zone. Without a post in the
    district the actor holds nothing. `valid_from` and `valid_to` are first and last day.
    """
    if district_id is None or not account.is_active:
        return Actor(account.pk, str(account), None)
    held, units, areas, grants, day = _read(account, district_id, on)
    order = tuple(key for key in roles() if key in held)
    wide_roles = {role for role, permission in grants if permission == WIDE}
    return Actor(
        account_id=account.pk,
        name=str(account),
        district_id=district_id,
        roles=order,
        unit_ids=frozenset(units),
        permissions=frozenset(permission for _, permission in grants),
        district_wide=frozenset(permission for role, permission in grants if role in wide_roles),
        area_ids=frozenset(areas),
        day=day,
    )


def _read(
    account: Account, district_id: int, on: datetime
) -> tuple[list[str], list[int], list[int], list[tuple[str, str]], date]:
    values: dict[str, int | bool | datetime | None] = {
        "account": account.pk,
        "district": district_id,
        "on": on,
        "everywhere": account.is_installation_administrator,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, values)
        row = cursor.fetchone()
    held, units, areas, grants, day = row or ([], [], [], [], None)
    return held, units, areas, [tuple(pair.split(" ", 1)) for pair in grants], day or date.min


_POSTS = """
WITH RECURSIVE day AS (
    SELECT (%(on)s AT TIME ZONE zone)::date AS today FROM places_district WHERE id = %(district)s
), mine AS (
    SELECT p.id, p.role, p.unit_id FROM people_post p, day
    WHERE p.account_id = %(account)s AND p.district_id = %(district)s
      AND p.valid_from <= today AND (p.valid_to IS NULL OR p.valid_to >= today)
), below AS (
    SELECT unit_id AS id FROM mine
    UNION SELECT u.id FROM people_unit u JOIN below ON u.parent_id = below.id
), held AS (
    SELECT role FROM mine UNION SELECT 'administrator' WHERE %(everywhere)s
)
SELECT
    ARRAY(SELECT role FROM held),
    ARRAY(SELECT id FROM below),
    ARRAY(SELECT a.area_id FROM people_post_areas a JOIN mine ON mine.id = a.post_id),
    ARRAY(SELECT r.role || ' ' || r.permission FROM people_rolepermission r JOIN held USING (role), day
          WHERE r.district_id = %(district)s
            AND r.valid_from <= today AND (r.valid_to IS NULL OR r.valid_to >= today)),
    (SELECT today FROM day)
"""
