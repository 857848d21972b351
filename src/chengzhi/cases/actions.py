"""Writes to cases. All of them end in `lifecycle.machine.advance`, in `undo` or in a birth."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases import queries
from chengzhi.cases.birth import Born, NewCase, open_case, statement
from chengzhi.cases.life import CASE_WORKINGS
from chengzhi.cases.models import Case
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.machine import Outcome, advance, require_state
from chengzhi.lifecycle.problems import Conflict
from chengzhi.lifecycle.undo import undo
from chengzhi.people.actor import Actor

__all__ = [
    "Born",
    "Button",
    "NewCase",
    "Outcome",
    "Split",
    "advance_case",
    "buttons",
    "merge_cases",
    "open_case",
    "split_case",
    "statement",
    "undo_step",
]


def advance_case(
    case_id: int, step: str, /, *, by: Actor, on: datetime, version: int | None = None, **facts: Any
) -> Outcome:
    """Take one step on a case.

    With `version`, the one the person saw: if the case has changed since, Conflict is raised
    before anything is asked. Otherwise raises as `lifecycle.machine.advance`, and NoSuchCase.
    """
    case = queries.case(case_id, by=by)
    if version is not None and case.version != version:
        raise Conflict(
            _("The case has changed since you opened it."),
            _("You saw version %(seen)s, it is at %(now)s.") % {"seen": version, "now": case.version},
            _("Reload, look at what changed, and decide again."),
        )
    return advance(case, step, by=by, on=on, **facts)


def undo_step(case_id: int, event_id: int, *, by: Actor, on: datetime) -> Outcome:
    """Take back the last step of a case, within the undo period. Raises as `lifecycle.undo.undo`."""
    return undo(queries.case(case_id, by=by), event_id, by=by, on=on)


def merge_cases(case_id: int, into: int, *, by: Actor, on: datetime, reason: str = "") -> Outcome:
    """Merge a case into another one of the district; both record it, all reporters are told.

    Raises as `advance`. The children of a case must have ended first.
    """
    stated = {"reason": reason} if reason else {}
    with transaction.atomic():
        target = queries.case(into, by=by)
        done = advance(queries.case(case_id, by=by), "merge", by=by, on=on, other=into, **stated)
        advance(target, "absorb", by=by, on=on, other=case_id, **stated)
    return done


@dataclass(frozen=True, slots=True)
class Split:
    """What a split left: the new case, and the outcome on the old one."""

    born: Born
    outcome: Outcome


def split_case(case_id: int, new: NewCase, *, by: Actor, on: datetime, reason: str = "") -> Split:
    """Split a part off an open case into a case of its own, which waits to be filed.

    The new case must lie in the same district; place and type are its own. Both record it.
    """
    case = queries.case(case_id, by=by)
    require_state(CASE_WORKINGS, CASE_WORKINGS.life.step("split"), case.state)
    new.district_id = case.district_id
    stated = {"reason": reason} if reason else {}
    with transaction.atomic():
        born = open_case(new, by=by, on=on, step="split_off", facts={"notes": {"other": case_id}})
        done = advance(case, "split", by=by, on=on, other=born.id, **stated)
    return Split(born, done)


def resume_due_suspensions(*, on: datetime, limit: int = 500) -> int:
    """Resume the suspended cases whose end date has come; returns how many.

    One case, one transaction: a case that somebody just changed waits for the next round.
    """
    due = Case.objects.filter(state="suspended", suspended_until__lte=on).order_by("suspended_until")
    resumed = 0
    for case in due[:limit]:
        try:
            advance(case, "resume", by=Actor.system(), on=on)
        except Conflict:
            continue
        resumed += 1
    return resumed
