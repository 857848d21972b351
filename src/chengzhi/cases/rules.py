"""May this person do this to this case? The people rules, plus what only cases know."""

from typing import Any

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Task
from chengzhi.people import rules
from chengzhi.people.actor import Actor

WITHOUT_SHIFT_LEADER = frozenset({"case.file", "case.reject", "case.close", "case.void"})
"""What the intake clerk does where the district has no shift leader (rule `no_shift_leader`, dated)."""


def may(actor: Actor, permission: str, case: Any = None) -> bool:
    """Whether the actor may, on this case: own district, own unit or co-handling, the switch."""
    if rules.may(actor, permission, case):
        return True
    if case is None:
        return False
    if permission in rules.SHARED_WITH_CO_HANDLERS and permission in actor.permissions and actor.unit_ids:
        return rules.may(actor, permission, case, co_handlers=cohandlers(case.pk))
    return _stands_in(actor, permission, case)


def cohandlers(case_id: int) -> list[int]:
    """The units that help with a case."""
    tasks = Task.objects.filter(case_id=case_id, kind=Task.Kind.COHANDLE, cancelled_at=None)
    return [unit for unit in tasks.values_list("unit_id", flat=True) if unit is not None]


def _stands_in(actor: Actor, permission: str, case: Any) -> bool:
    if permission not in WITHOUT_SHIFT_LEADER or "case.register" not in actor.permissions:
        return False
    switched = habits(case.district_id).no_shift_leader(actor.day)
    return switched and rules.may(actor, "case.register", case)
