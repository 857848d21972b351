"""Steps as programs ask for them: facts by code or number, checked against the district.

Pages offer lists to choose from; a program may send anything. Whatever names a row (unit, type,
person, other case) is looked up within the actor's district before the machine sees it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases import queries
from chengzhi.cases.actions import advance_case, merge_cases
from chengzhi.cases.facts import FACTS
from chengzhi.cases.filters import visible
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import Case, CaseType
from chengzhi.lifecycle.machine import Outcome
from chengzhi.lifecycle.problems import Conflict, NoSuchStep
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, Unit

NOT_ALONE = frozenset({"absorb", "split"})
"""Steps that are taken together with another one, or together with a new case."""

_ROWS: Mapping[str, tuple[Callable[[Actor], Any], str]] = {
    "unit": (lambda by: Unit.objects.filter(district_id=by.district_id or 0), "code"),
    "type": (lambda by: CaseType.objects.filter(district_id=by.district_id or 0, valid_to=None), "code"),
    "account": (
        lambda by: Account.objects.filter(posts__district_id=by.district_id or 0).distinct(),
        "username",
    ),
    "other": (lambda by: Case.objects.filter(visible(by)), "number"),
}


def find(number: str, *, by: Actor) -> Case:
    """The case of this number that the actor may see. Raises NoSuchCase."""
    found = Case.objects.filter(visible(by), district_id=by.district_id or 0, number=number).first()
    if found is None:
        raise queries.NoSuchCase(
            _("There is no such case."),
            _("It does not exist, or lies in another district or department."),
            _("Look at the number again."),
        )
    return found


def facts_stated(given: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """The facts with codes, user names and case numbers turned into keys. Raises BadFact.

    A text names a row by its code, a number by its key; a key of another district is refused.
    """
    return {name: _row(name, value, by) if name in _ROWS else value for name, value in given.items()}


def _row(name: str, value: Any, by: Actor) -> int | None:
    if value is None or value == "":
        return None
    rows, field = _ROWS[name]
    by_key = isinstance(value, int) and not isinstance(value, bool)
    where = {"pk": FACTS[name].read(value)} if by_key else {field: str(value)}
    keys: list[int] = list(rows(by).filter(**where).values_list("pk", flat=True)[:2])
    if len(keys) != 1:
        why = _("“%(value)s” is not known here.") if not keys else _("“%(value)s” names more than one.")
        raise FACTS[name].bad(why % {"value": str(value)[:80]})
    return keys[0]


def take_step(
    case: Case, name: str, given: Mapping[str, Any], *, by: Actor, on: datetime, version: int | None = None
) -> Outcome:
    """Take one step with facts as a program states them.

    Raises as `advance_case`; NoSuchStep also for births and for steps that are never taken alone.
    """
    step = CASE_LIFE.step(name)
    if step.birth or name in NOT_ALONE:
        raise NoSuchStep.named(name, CASE_LIFE.name)
    facts = facts_stated(given, by=by)
    if name != "merge" or "other" not in facts:
        return advance_case(case.pk, name, by=by, on=on, version=version, **facts)
    if version is not None and case.version != version:
        raise Conflict(_("The case has changed since you opened it."), "", _("Reload, and decide again."))
    with transaction.atomic():
        return merge_cases(case.pk, facts["other"], by=by, on=on, reason=str(facts.get("reason") or ""))
