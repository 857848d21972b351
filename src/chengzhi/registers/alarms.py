"""预警: raising an alarm brings checks forward and makes the list of whom to call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chengzhi.domains import DOMAINS
from chengzhi.domains.beside import Alarm
from chengzhi.domains.domain import Domain
from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.registers.alarm_tables import AlarmCall, RaisedAlarm
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.policies import day_in


class BadAlarm(Problem):
    """An alarm that no domain knows, or that ends before it begins."""

    code: ClassVar[str] = "registers.bad_alarm"
    status: ClassVar[int] = 422


class AlarmIsOver(Problem):
    """Somebody ended the alarm already."""

    code: ClassVar[str] = "registers.alarm_is_over"
    status: ClassVar[int] = 409


def declared() -> Mapping[str, tuple[Domain, Alarm]]:
    """Every alarm a domain declares, by key."""
    return {alarm.key: (domain, alarm) for domain in DOMAINS for alarm in domain.alarms}


def _known(key: str) -> tuple[Domain, Alarm]:
    found = declared().get(key)
    if found is None:
        raise BadAlarm(_("There is no alarm “%(key)s”.") % {"key": key[:24]})
    return found


@transaction.atomic
def raise_alarm(
    key: str,
    *,
    district_id: int,
    level: str,
    starts_at: datetime,
    ends_at: datetime,
    source: str,
    note: str = "",
    by: Actor,
    on: datetime,
) -> RaisedAlarm:
    """Raise an alarm: every object it concerns is due for its check on the alarm's first day.

    Raises NotAllowed or BadAlarm.
    """
    require(by, "register.edit")
    domain, alarm = _known(key)
    _check(alarm, level, starts_at, ends_at, source)
    made = RaisedAlarm.objects.create(
        district_id=district_id, domain=domain.key, alarm=key, level=level, starts_at=starts_at, ends_at=ends_at,
        source=source.strip()[:200], note=note.strip()[:500], raised_by=by.account_id, raised_at=on,
    )  # fmt: skip
    made.objects_concerned = concerned(made).count()
    made.checks_moved = _bring_forward(made, alarm, day_in(district_id, starts_at))
    made.save(update_fields=["objects_concerned", "checks_moved"])
    facts = {
        "alarm": key,
        "level": level,
        "until": ends_at,
        "source": made.source,
        "checks": made.checks_moved,
    }
    record(district_id=district_id, thing="alarm", thing_id=made.pk, step="raise", by=by, on=on, facts=facts)
    return made


def _check(alarm: Alarm, level: str, starts_at: datetime, ends_at: datetime, source: str) -> None:
    if level not in {word.key for word in alarm.levels}:
        raise BadAlarm(_("This alarm has no such level."), cure=_("Choose one of the levels shown."))
    if ends_at <= starts_at:
        raise BadAlarm(_("The alarm ends before it begins."), cure=_("Correct the two times."))
    if not source.strip():
        raise BadAlarm(
            _("Say who issued the warning."), _("An alarm without a source obliges nobody."),
            _("Name the office and the number of its warning."),
        )  # fmt: skip


_FORWARD = """
UPDATE registers_registeredobject SET check_due_on = %(day)s
WHERE district_id = %(district)s AND kind = %(kind)s AND live
  AND (check_due_on IS NULL OR check_due_on > %(day)s)
  AND (%(only)s = '' OR facts->>%(only)s = 'true')
"""


def _bring_forward(made: RaisedAlarm, alarm: Alarm, day: date) -> int:
    values: dict[str, Any] = {
        "day": day,
        "district": made.district_id,
        "kind": alarm.kind,
        "only": alarm.only or "",
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORWARD, values)
        return int(cursor.rowcount)


def concerned(made: RaisedAlarm) -> Any:
    """The objects an alarm concerns, with their parties, by street area and number."""
    alarm = _known(made.alarm)[1]
    rows = RegisteredObject.objects.filter(district_id=made.district_id, kind=alarm.kind, live=True)
    rows = rows.filter(**{f"facts__{alarm.only}": True}) if alarm.only else rows
    return (
        rows.select_related("party", "street_area")
        .defer("bigrams", "shape")
        .order_by("street_area__code", "id")
    )


@dataclass(frozen=True, slots=True)
class ToCall:
    """One line of the call list, with the call that was made."""

    object: RegisteredObject
    call: AlarmCall | None


def call_list(made: RaisedAlarm) -> list[ToCall]:
    """Whom to call, those not reached yet first; two statements."""
    calls = {call.object_id: call for call in made.calls.all()}
    rows = [ToCall(thing, calls.get(thing.pk)) for thing in concerned(made)]
    return sorted(rows, key=lambda row: bool(row.call and row.call.reached))


def note_call(
    made: RaisedAlarm, object_id: int, *, reached: bool, note: str = "", by: Actor, on: datetime
) -> AlarmCall:
    """Record a call; calling again replaces what was noted. Raises NotAllowed, BadAlarm, AlarmIsOver."""
    require(by, "register.edit")
    if made.ended_at is not None:
        raise AlarmIsOver(_("The alarm has ended."), cure=_("Look at the list of alarms."))
    if not concerned(made).filter(pk=object_id).exists():
        raise BadAlarm(_("The alarm does not concern this object."))
    values = {"reached": reached, "note": note.strip()[:200], "called_by": by.account_id, "called_at": on}
    call, _new = AlarmCall.objects.update_or_create(alarm=made, object_id=object_id, defaults=values)
    record(district_id=made.district_id, thing="alarm", thing_id=made.pk, step="call", by=by, on=on,
           facts={"object": object_id, "reached": reached})  # fmt: skip
    return call


def end_alarm(made: RaisedAlarm, *, by: Actor, on: datetime) -> None:
    """The alarm is over before its time; checks that were brought forward stay due."""
    require(by, "register.edit")
    ended = RaisedAlarm.objects.filter(pk=made.pk, ended_at=None).update(ended_at=on, ended_by=by.account_id)
    if not ended:
        raise AlarmIsOver(_("Somebody has ended the alarm already."))
    record(district_id=made.district_id, thing="alarm", thing_id=made.pk, step="end", by=by, on=on, facts={})


def running(district_id: int, on: datetime, domain: str = "") -> list[RaisedAlarm]:
    """Alarms in force at a moment, the newest first."""
    rows = RaisedAlarm.objects.filter(
        district_id=district_id, ended_at=None, starts_at__lte=on, ends_at__gt=on
    )
    rows = rows.filter(domain=domain) if domain else rows
    return list(rows.order_by("-starts_at", "-id"))
