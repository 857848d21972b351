"""How often objects are checked, and when the next check is due. Local practice, dated."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import CheckPlan, RegisteredObject
from chengzhi.registers.policies import day_in
from chengzhi.registers.problems import BadPlan
from chengzhi.registers.rules import Belongs, require

LONGEST = 3650


def plans_in_force(district_id: int, kind: str, day: date) -> list[CheckPlan]:
    """The plans of a kind that count on a day."""
    rows = CheckPlan.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), district_id=district_id, kind=kind, valid_from__lte=day
    )
    return list(rows.order_by("checklist"))


def first_due(district_id: int, kind: str, day: date) -> date | None:
    """When an object that begins on a day is checked first; None where nothing is planned."""
    spans = [plan.every_days for plan in plans_in_force(district_id, kind, day)]
    return day + timedelta(days=min(spans)) if spans else None


@transaction.atomic
def set_plan(
    *,
    district_id: int,
    kind: str,
    checklist: str,
    every_days: int | None,
    first_day: date,
    reason: str = "",
    source: str = "",
    by: Actor,
    on: datetime,
) -> CheckPlan | None:
    """From a day on objects of the kind are checked every so many days (None: no longer).

    Objects without a due day get one. Raises NotAllowed, UnknownKind, BadPlan.
    """
    require(by, "checks.manage", Belongs(district_id))
    if checklist not in kind_of(kind).checklists:
        raise BadPlan(_("“%(checklist)s” is no checklist of this register.") % {"checklist": checklist})
    if every_days is not None and not 1 <= every_days <= LONGEST:
        raise BadPlan(_("A check every %(days)s days is no plan.") % {"days": every_days},
                      cure=_("Give 1 to %(most)d days.") % {"most": LONGEST})  # fmt: skip
    values = None if every_days is None else {
        "every_days": every_days, "reason": reason[:200], "source": source[:120], "changed_by": by.account_id,
    }  # fmt: skip
    keys = {"district_id": district_id, "kind": kind, "checklist": checklist}
    made = replace_from(CheckPlan, keys=keys, values=values, first_day=first_day)
    record(
        district_id=district_id, thing="check_plan", thing_id=made.pk if made else 0, step="set", by=by, on=on,
        facts={**keys, "every_days": every_days, "from": first_day, "reason": reason[:200]},
    )  # fmt: skip
    _spread(district_id, kind, day_in(district_id, on))
    return made


_SPREAD = """
UPDATE registers_registeredobject SET check_due_on = %(day)s::date + 1 + (id %% %(span)s)::integer
WHERE district_id = %(district)s AND kind = %(kind)s AND live AND check_due_on IS NULL
"""


def _spread(district_id: int, kind: str, day: date) -> None:
    """Give objects without a due day one, spread over the span, so that not all are due at once."""
    spans = [plan.every_days for plan in plans_in_force(district_id, kind, day)]
    here = RegisteredObject.objects.filter(district_id=district_id, kind=kind)
    if not spans:
        here.exclude(check_due_on=None).update(check_due_on=None)
        return
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"day": day, "span": min(spans), "district": district_id, "kind": kind})


def note_check(object_id: int, *, checklist: str, checked_on: date) -> date | None:
    """An object was checked: its next check is due a plan's span later. Returns the day.

    The check itself is recorded where it is made; the day only follows from it.
    """
    thing = RegisteredObject.objects.get(pk=object_id)
    plans = plans_in_force(thing.district_id, thing.kind, checked_on)
    mine = [plan.every_days for plan in plans if plan.checklist == checklist]
    if not mine:
        return thing.check_due_on
    due = checked_on + timedelta(days=mine[0])
    if len(plans) == 1 or thing.check_due_on is None or thing.check_due_on <= checked_on:
        RegisteredObject.objects.filter(pk=object_id).update(check_due_on=due)
        return due
    return thing.check_due_on


def owe_check(object_id: int, *, checklist: str, last: date | None, day: date) -> None:
    """A check that was taken back is owed again: a span after the one before it, else on its own day."""
    thing = RegisteredObject.objects.get(pk=object_id)
    spans = [
        p.every_days for p in plans_in_force(thing.district_id, thing.kind, day) if p.checklist == checklist
    ]
    if not spans:
        return
    due = last + timedelta(days=spans[0]) if last else day
    if thing.check_due_on is None or thing.check_due_on > due:
        RegisteredObject.objects.filter(pk=object_id).update(check_due_on=due)
