"""What a visit leaves with the object: its cases, and the day of its next check."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

from chengzhi.people.actor import Actor
from chengzhi.people.queries import in_force
from chengzhi.registers.models import CheckPlan, RegisteredObject


def link(object_id: int | None, case_ids: Iterable[int], *, by: Actor, on: datetime) -> None:
    """Tie the cases to the object they are about."""
    if object_id is None or find_spec("chengzhi.cases.about") is None:
        return
    about = import_module("chengzhi.cases.about")
    for case_id in case_ids:
        about.link(case_id, object_id, by=by, on=on)


def plan_next_check(thing: RegisteredObject | None, checklist: str, day: date) -> None:
    """The next check is due as long after the day as the district's plan says; unchanged without one."""
    if thing is None:
        return
    plan = (
        CheckPlan.objects.filter(
            in_force(day), district_id=thing.district_id, kind=thing.kind, checklist=checklist
        )
        .order_by("-valid_from", "-pk")
        .first()
    )
    if plan is not None:
        due = day + timedelta(days=plan.every_days)
        RegisteredObject.objects.filter(pk=thing.pk).update(check_due_on=due)
