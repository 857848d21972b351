"""Staff keys of the API: made once, shown once, checked on every call without a database round trip.

A key works in one role, within its scopes, in one unit and those below it; a role that sees the
whole district needs no unit. The day of its last use is noted, nothing finer.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import WIDE, Actor
from chengzhi.people.models import ApiKey, RolePermission, Unit
from chengzhi.people.queries import in_force
from chengzhi.people.roles import roles
from chengzhi.places.models import District

SCOPES = ("reports:write", "cases:read", "cases:write")
PREFIX = "cz_"
# A revoked key works at most this long in a process that has just used it.
REMEMBERED_SECONDS = 30.0


class KeyRefused(Problem):
    """No key, an unknown one, or one that has ended."""

    code: ClassVar[str] = "api.key_refused"
    status: ClassVar[int] = 401


class ScopeMissing(Problem):
    """The key may not do this."""

    code: ClassVar[str] = "api.scope_missing"
    status: ClassVar[int] = 403


class BadKeyRequest(Problem):
    """A key of a role, scope or unit that does not exist was asked for, or of no unit where one must be."""

    code: ClassVar[str] = "api.bad_key_request"
    status: ClassVar[int] = 422


class NoSuchKey(Problem):
    """No key has this number."""

    code: ClassVar[str] = "api.no_such_key"
    status: ClassVar[int] = 404


class NoSuchDistrict(Problem):
    """No district has this slug."""

    code: ClassVar[str] = "api.no_such_district"
    status: ClassVar[int] = 404


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API: the key, its scopes, and the actor it works as."""

    key_id: int
    district_id: int
    scopes: frozenset[str]
    actor: Actor

    def need(self, scope: str) -> None:
        """Raise ScopeMissing unless the key has `scope`."""
        if scope not in self.scopes:
            raise ScopeMissing(
                _("This key may not do that."),
                _("It lacks the scope “%(scope)s”.") % {"scope": scope},
                _("Ask the administrator for a key with this scope."),
            )


def create_key(
    *, district: District, name: str, role: str, scopes: tuple[str, ...], by: Actor, on: datetime,
    unit: Unit | None = None, valid_to: datetime | None = None,
) -> tuple[ApiKey, str]:  # fmt: skip
    """Make a key; the second value is the key itself, which is never shown again.

    A role that does not see the whole district works in `unit` and those below. Raises BadKeyRequest.
    """
    _check_request(role, scopes)
    _check_unit(district, role, unit, on)
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        district=district, name=name[:60], role=role, scopes=list(scopes), start=key[:8],
        digest=_digest(key), created_by_id=by.account_id, created_at=on, valid_to=valid_to, unit=unit,
    )  # fmt: skip
    record(
        district_id=district.pk, thing="api_key", thing_id=row.pk, step="key_made", by=by, on=on,
        facts={
            "name": row.name, "role": role, "scopes": list(scopes), "unit": unit.code if unit else "",
            "until": valid_to,
        },
    )  # fmt: skip
    return row, key


def revoke_key(key: ApiKey, *, by: Actor, on: datetime) -> None:
    """End a key; it stays in the list with the time of its end."""
    if key.revoked_at is None:
        key.revoked_at = on
        key.save(update_fields=["revoked_at"])
        record(
            district_id=key.district_id, thing="api_key", thing_id=key.pk, step="key_revoked", by=by, on=on
        )
    _callers.clear()


def _check_request(role: str, scopes: tuple[str, ...]) -> None:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise BadKeyRequest(
            _("Unknown scope: %(scopes)s.") % {"scopes": ", ".join(unknown) or "—"},
            cure=_("Choose from %(known)s.") % {"known": ", ".join(SCOPES)},
        )
    if role not in roles():
        raise BadKeyRequest(
            _("There is no role “%(role)s”.") % {"role": role},
            cure=_("Choose from %(known)s.") % {"known": ", ".join(roles())},
        )


def _check_unit(district: District, role: str, unit: Unit | None, on: datetime) -> None:
    if unit is not None and unit.district_id != district.pk:
        raise BadKeyRequest(
            _("The unit is not one of this district."), "", _("Choose a unit of the district.")
        )
    if unit is None and not _is_wide(district, role, on):
        raise BadKeyRequest(
            _("A key of this role needs a unit."),
            _("The role “%(role)s” sees the cases of its own unit only.") % {"role": role},
            _("Choose the unit whose cases the key works on."),
        )


def _is_wide(district: District, role: str, on: datetime) -> bool:
    day = on.astimezone(ZoneInfo(district.zone)).date()
    held = RolePermission.objects.filter(in_force(day), district=district, role=role, permission=WIDE)
    return held.exists()


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


_callers: dict[bytes, tuple[float, Caller]] = {}
_lock = Lock()


def caller_of(authorization: str, *, on: datetime) -> Caller:
    """The caller behind `Authorization: Bearer cz_…`. Raises KeyRefused.

    Remembered for REMEMBERED_SECONDS, for an unknown key never: guessing costs the guesser.
    """
    scheme, _blank, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(PREFIX):
        raise refused_without_key()
    digest = _digest(key.strip())
    known = _callers.get(digest)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    caller = _read(digest, on)
    with _lock:
        _callers[digest] = (time.monotonic() + REMEMBERED_SECONDS, caller)
    return caller


_READ = """
WITH RECURSIVE k AS (
  SELECT * FROM people_apikey WHERE digest = %(digest)s AND revoked_at IS NULL
    AND (valid_to IS NULL OR valid_to > %(on)s)
), below AS (
  SELECT unit_id AS id FROM k WHERE unit_id IS NOT NULL
  UNION SELECT u.id FROM people_unit u JOIN below ON u.parent_id = below.id
)
SELECT k.id, k.name, k.district_id, k.role, k.scopes, ARRAY(SELECT id FROM below),
       ARRAY(SELECT p.permission FROM people_rolepermission p
             WHERE p.district_id = k.district_id AND p.role = k.role
               AND p.valid_from <= d.today AND (p.valid_to IS NULL OR p.valid_to >= d.today)),
       d.today, k.last_used_on IS DISTINCT FROM d.today
FROM k
JOIN LATERAL (SELECT (%(on)s AT TIME ZONE zone)::date AS today
              FROM places_district WHERE id = k.district_id) d ON true
"""


def _read(digest: bytes, on: datetime) -> Caller:
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"on": on, "digest": digest})
        row = cursor.fetchone()
    if row is None:
        raise _refused(_("The key is unknown, revoked or has ended."))
    key_id, name, district_id, role, scopes, units, permissions, today, first_today = row
    if first_today:  # one write a day, on a call that reads the key anyway
        ApiKey.objects.filter(pk=key_id).update(last_used_on=today)
    held = frozenset(permissions)
    actor = Actor(
        account_id=None, name=name, district_id=district_id, roles=(role,), permissions=held,
        unit_ids=frozenset(units), day=today,
        district_wide=held if WIDE in held else frozenset(),
    )  # fmt: skip
    return Caller(key_id, district_id, frozenset(scopes), actor)


def refused_without_key() -> KeyRefused:
    """The Problem of a call without a key."""
    return _refused(_("No staff key was sent."))


def _refused(why: str) -> KeyRefused:
    return KeyRefused(
        _("The call was refused."),
        why,
        _("Send the header “Authorization: Bearer” with a key made by `chengzhi api-key create`."),
    )


def forget_callers() -> None:
    """Drop what is remembered (tests, after a role changed)."""
    with _lock:
        _callers.clear()
