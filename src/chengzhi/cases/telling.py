"""Who in the house is told of a step or of a running deadline. Messages wait out the undo time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.lifecycle.effects import Happening
from chengzhi.lifecycle.snapshot import shown
from chengzhi.notices import actions as notices
from chengzhi.notices.actions import About
from chengzhi.people.models import Account, RolePermission

_UNIT_KINDS: Mapping[str, str] = {
    "dispatch": "case_for_unit", "redispatch": "case_for_unit", "add_cohandler": "case_for_unit",
    "resume": "case_for_unit", "rework": "case_rework", "refuse_reply": "case_rework",
    "grant_return": "case_returned",
}  # fmt: skip
_DECIDED_BY: Mapping[str, str] = {
    "ask_extension": "case.extend", "ask_suspension": "case.suspend", "ask_return": "case.dispatch",
    "ask_void": "case.void", "ask_appeal": "case.review_appeal", "forward_appeal": "case.review_appeal",
}  # fmt: skip


def about(case: Case, event_id: int | None, facts: Mapping[str, Any]) -> About:
    """What a message of a case can say."""
    due = case.due_at.astimezone(habits(case.district_id).zone) if case.due_at else None
    said = {
        "number": case.number,
        "type": case.type.name if case.type else "",
        "place": case.address,
        "unit": case.unit.name if case.unit else "",
        "due": f"{due:%Y-%m-%d %H:%M}" if due else "",
        **facts,
    }
    return About(case.district_id, "case", case.pk, event_id, said)


def case_of(happening: Happening) -> Case:
    """The case something happened to, with what its messages name."""
    return Case.objects.select_related("type", "unit").get(pk=happening.thing_id)


def reason_of(happening: Happening) -> str:
    """The reason stated at the step, looked up where it is kept; empty when none or erased."""
    given = happening.facts.get("given", {})
    said = shown({name: given[name] for name in ("reason", "note") if name in given})
    return str(said.get("reason") or said.get("note") or "")


def tell_unit(happening: Happening) -> None:
    """Tell the department (or the helping one) of what has come to it or was decided."""
    case = case_of(happening)
    unit = happening.facts.get("notes", {}).get("unit", case.unit_id)
    kind = _UNIT_KINDS.get(happening.step, "request_decided")
    notices.tell_accounts(
        kind, holders(case.district_id, happening.on, unit_id=unit),
        about(case, happening.event_id, {"why": reason_of(happening)}), on=happening.on,
    )  # fmt: skip


def tell_account(happening: Happening) -> None:
    """Tell the person who was given the task."""
    number = happening.facts.get("notes", {}).get("account")
    if number is None or number == happening.actor_id:
        return
    people = Account.objects.filter(pk=number, is_active=True)
    notices.tell_accounts(
        "case_for_you", people, about(case_of(happening), happening.event_id, {}), on=happening.on
    )


def tell_deciders(happening: Happening) -> None:
    """Tell those whose roles decide what was asked for."""
    case = case_of(happening)
    day = habits(case.district_id).day(happening.on)
    grants = RolePermission.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), district_id=case.district_id, valid_from__lte=day,
        permission=_DECIDED_BY[happening.step],
    )  # fmt: skip
    roles = set(grants.values_list("role", flat=True))
    people = holders(case.district_id, happening.on, roles=roles)
    facts = {"why": reason_of(happening)}
    notices.tell_accounts("request_waiting", people, about(case, happening.event_id, facts), on=happening.on)


def withdraw_messages(happening: Happening) -> None:
    """Take back what the undone step would have said."""
    notices.withdraw(happening.facts["undoes"], thing="case", thing_id=happening.thing_id)


def holders(
    district_id: int, on: datetime, *, roles: Iterable[str] | None = None, unit_id: int | None = None
) -> list[Account]:
    """Active people with a post in the district on the day: of these roles, or of this unit."""
    day = habits(district_id).day(on)
    post = Q(post_in_force(day), posts__district_id=district_id)
    if roles is not None:
        post &= Q(posts__role__in=list(roles))
    if unit_id is not None:
        post &= Q(posts__unit_id=unit_id)
    return list(Account.objects.filter(post, is_active=True).distinct().order_by("pk"))


def post_in_force(day: Any) -> Q:
    """The condition that a post counts on a day."""
    return Q(posts__valid_from__lte=day) & (Q(posts__valid_to=None) | Q(posts__valid_to__gte=day))
