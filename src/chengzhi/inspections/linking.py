"""What a visit leaves with the object: its cases, and the day of its next check."""

from collections.abc import Iterable
from datetime import date, datetime

from chengzhi.cases import about
from chengzhi.people.actor import Actor
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.plans import note_check


def link(object_id: int | None, case_ids: Iterable[int], *, by: Actor, on: datetime) -> None:
    """Tie the cases to the object they are about."""
    if object_id is None:
        return
    for case_id in case_ids:
        about.link(case_id, object_id, by=by, on=on)


def plan_next_check(thing: RegisteredObject | None, checklist: str, day: date) -> None:
    """The next check is due as the district's plan says; unchanged without one."""
    if thing is not None:
        note_check(thing.pk, checklist=checklist, checked_on=day)
