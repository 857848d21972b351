"""Steps as programs ask for them: facts by code or number, checked against the district.

Pages offer lists to choose from; a program may send anything. Whatever names a row (unit, type,
person, other case) is looked up within the actor's district before the machine sees it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases import queries
from chengzhi.cases.actions import advance_case, merge_cases, split_case
from chengzhi.cases.facts import FACTS
from chengzhi.cases.filters import visible
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import Case, CaseLimit, CaseType
from chengzhi.cases.parting import part_of
from chengzhi.cases.rules import may
from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.machine import Outcome
from chengzhi.lifecycle.problems import BadFact, Conflict, NoSuchStep
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, Unit
from chengzhi.people.rules import refusal

NOT_ALONE = frozenset({"absorb"})
"""Steps that are taken together with another one."""
FILING = "file"
MOST_TEXT = 2000  # characters of what a split-off case is about
SPLIT_WANTS, SPLIT_OPTIONAL = ("text", "type"), ("reason",)
"""What a program states to split a case; the step itself names the case that comes of it."""

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


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step did, the number of the case it gave birth to (split), and the limit it left.

    `condition` and `limit` (amount and unit, None without one) say by what the case is handled now.
    """

    outcome: Outcome
    born: str | None
    condition: str
    limit: tuple[float, str] | None

    def as_json(self, number: str) -> dict[str, Any]:
        """For programs; `number` is the case's."""
        done = self.outcome
        return {
            "number": number, "step": done.step, "before": done.before, "after": done.after,
            "event": done.event_id, "version": done.version, "due": done.due, "late": done.late,
            "undo_until": done.undo_until, "born": self.born, "condition": self.condition,
            "limit_amount": self.limit[0] if self.limit else None,
            "limit_unit": self.limit[1] if self.limit else "",
        }  # fmt: skip


def taken(outcome: Outcome, born: str | None = None) -> Taken:
    """The outcome of a step on a case with what a program wants to know besides."""
    row = Case.objects.values("condition", "limit_amount", "limit_unit").get(pk=outcome.thing_id)
    amount = row["limit_amount"]
    limit = None if amount is None else (float(amount), str(row["limit_unit"]))
    return Taken(outcome, born, row["condition"], limit)


def take_step(
    case: Case, name: str, given: Mapping[str, Any], *, by: Actor, on: datetime, version: int | None = None
) -> Taken:
    """Take one step with facts as a program states them.

    Raises as `advance_case`; NoSuchStep also for births and for steps that are never taken alone;
    BadFact where the filing condition decides the limit and is not stated.
    """
    step = CASE_LIFE.step(name)
    if step.birth or name in NOT_ALONE:
        raise NoSuchStep.named(name, CASE_LIFE.name)
    facts = facts_stated(given, by=by)
    if name in ("merge", "split") and version is not None and case.version != version:
        raise Conflict(_("The case has changed since you opened it."), "", _("Reload, and decide again."))
    if name == "split":
        return _split(case, facts, by=by, on=on)
    if name != "merge" or "other" not in facts:
        facts |= _condition_for(case, step, facts)
        return taken(advance_case(case.pk, name, by=by, on=on, version=version, **facts))
    with transaction.atomic():
        return taken(
            merge_cases(case.pk, facts["other"], by=by, on=on, reason=str(facts.get("reason") or ""))
        )


def _split(case: Case, facts: Mapping[str, Any], *, by: Actor, on: datetime) -> Taken:
    right = CASE_LIFE.step("split").by
    if not may(by, right, case):
        raise refusal(right)
    unknown = set(facts) - {*SPLIT_WANTS, *SPLIT_OPTIONAL}
    if unknown:
        name = sorted(unknown)[0]
        raise BadFact(
            _("The step does not ask for “%(name)s”.") % {"name": name[:40]}, "",
            _("It asks for: %(names)s.") % {"names": ", ".join((*SPLIT_WANTS, *SPLIT_OPTIONAL))},
        )  # fmt: skip
    said = {name: FACTS[name].read(facts[name]) for name in SPLIT_WANTS if facts.get(name) not in (None, "")}
    for name in SPLIT_WANTS:
        if name not in said:
            raise FACTS[name].bad(_("It is not stated."))
    kind = CaseType.objects.get(pk=said["type"])
    part = part_of(case, text=str(said["text"])[:MOST_TEXT], kind=kind)
    done = split_case(case.pk, part, by=by, on=on, reason=str(facts.get("reason") or ""))
    return taken(done.outcome, done.born.number)


def open_conditions(case: Case, step: Step) -> tuple[str, ...]:
    """The conditions among which a step must choose: those of the type, where none is general.

    Empty where the case's condition is settled or the step has nothing to do with it.
    """
    if step.name != FILING or case.type_id is None:
        return ()
    rows = CaseLimit.objects.filter(type_id=case.type_id, valid_to=None)
    known = sorted(set(rows.values_list("condition", flat=True)))
    return () if case.condition in known else tuple(known)


def _condition_for(case: Case, step: Step, facts: Mapping[str, Any]) -> dict[str, str]:
    """The only condition there is; several must be chosen among. Raises BadFact."""
    known = () if facts.get("condition") else open_conditions(case, step)
    if len(known) > 1:
        raise FACTS["condition"].bad(
            _("The handling limit depends on it: choose one of %(known)s.") % {"known": ", ".join(known)}
        )
    return {"condition": known[0]} if known else {}
