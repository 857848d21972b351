"""The life joined to its table: who may, what must hold, what is written."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengzhi.branch.organisation.models import Membership
from chengzhi.branch.organisation.rules import in_force, may, member_of
from chengzhi.branch.rectification import figure
from chengzhi.branch.rectification.life import FACTS, ITEM_LIFE, LEAD, STRIKE
from chengzhi.branch.rectification.models import Item
from chengzhi.cases.habits import habits
from chengzhi.lifecycle.workings import Change, Check, Move, Workings, join
from chengzhi.people.permissions import ALL

UNDONE = "withdraw_rectification_messages"
EFFECTS = frozenset({"tell_rectification_owner", "tell_rectification_checkers", UNDONE})
"""What the life may set off; bound in `chengzhi.wiring`."""
CLOCKS = {"term": "due_at"}


def _today(move: Move) -> date:
    return habits(move.thing.district_id).day(move.on)


def _owner_acts(move: Move) -> bool:
    """The owner himself; for one without an account, whoever leads the body."""
    owner = move.thing.owner
    if owner is None:
        return False
    if owner.account_id is None:
        return move.recall("leads", lambda: may(move.by, LEAD, move.thing))  # type: ignore[no-any-return]
    return bool(owner.account_id == move.by.account_id)


def concerned(item: Item) -> set[int | None]:
    """The accounts that may not check an item: its owner's and that of whoever asked."""
    return {item.asked_by, item.owner.account_id if item.owner else None}


def _another(move: Move) -> bool:
    return move.by.account_id is not None and move.by.account_id not in concerned(move.thing)


def _owner_in_body(move: Move) -> bool:
    day, owner = _today(move), move.facts["owner"]
    rows = Membership.objects.filter(in_force(day), in_force(day, "member__"), body_id=move.thing.body_id)
    return owner != move.thing.owner_id and rows.filter(member_id=owner).exists()


def _ahead(name: str) -> Callable[[Move], bool]:
    return lambda move: move.facts[name] > _today(move)


def _figure_within(move: Move) -> bool:
    return "exception" in move.facts or figure.is_within(move.thing)


def _figure_explained(move: Move) -> bool:
    return bool(move.thing.exception) or figure.is_within(move.thing)


_PAST = _("The day lies in the past, or is today: a term is a day to come.")
_OUTSIDE = _("The figure is not within its bound, or too small a sample to say: explain the exception.")
_CHECKS = (
    Check("is_member", lambda m: member_of(m.by) is not None, _("Only a member of the body can take it on.")),
    Check("owner_acts", _owner_acts, _("Only the owner takes this step.")),
    Check("another_person", _another, _("Whoever owns the item or asked may not check it."), STRIKE),
    Check(
        "owner_in_body", _owner_in_body, _("The owner must be another member of this body."), of_facts=True
    ),
    Check("due_ahead", _ahead("due"), _PAST, of_facts=True),
    Check("until_ahead", _ahead("until"), _PAST, of_facts=True),
    Check("recheck_ahead", _ahead("recheck"), _PAST, of_facts=True),
    Check("figure_within", _figure_within, _OUTSIDE, of_facts=True),
    Check("figure_explained", _figure_explained, _OUTSIDE),
)
CHECKS: dict[str, Check] = {check.name: check for check in _CHECKS}


def _end_of(move: Move, day: date) -> datetime:
    """A term lasts to the end of its day on the district's wall."""
    return datetime.combine(day, time.max, habits(move.thing.district_id).zone)


def _own(move: Move) -> dict[str, Any]:
    member = member_of(move.by)
    return {"owner_id": member.pk if member else None}


def _owner(move: Move) -> dict[str, Any]:
    return {"owner_id": move.facts["owner"]}


def _plan(move: Move) -> dict[str, Any]:
    return {"measures": move.facts["measures"], "due_at": _end_of(move, move.facts["due"])}


def _replan(move: Move) -> dict[str, Any]:
    more = {"measures": move.facts["measures"]} if "measures" in move.facts else {}
    return {"due_at": _end_of(move, move.facts["due"]), "extensions": move.thing.extensions + 1, **more}


def _ask(move: Move) -> dict[str, Any]:
    return {
        "evidence": move.facts["evidence"], "exception": move.facts.get("exception", ""),
        "asked_by": move.by.account_id, "asked_at": move.on,
    }  # fmt: skip


def _strike_off(move: Move) -> dict[str, Any]:
    return {
        "checked_by": move.by.account_id, "checked_at": move.on, "finding": move.facts["finding"],
        "recheck_on": move.facts["recheck"], "ended_at": move.on,
    }  # fmt: skip


def _send_back(move: Move) -> dict[str, Any]:
    return {
        "checked_by": move.by.account_id, "checked_at": move.on, "finding": move.facts["reason"],
        "returns": move.thing.returns + 1,
    }  # fmt: skip


_FIELDS: Mapping[str, Callable[[Move], dict[str, Any]]] = {
    "own": _own, "assign": _owner, "pass_on": _owner, "plan": _plan, "replan": _replan, "ask": _ask,
    "strike_off": _strike_off, "send_back": _send_back,
    "keep_up": lambda move: {"recheck_on": move.facts["recheck"]},
    "suspend": lambda move: {"suspended_until": move.facts["until"]},
    "resume": lambda move: {"suspended_until": None},
}  # fmt: skip


def change(move: Move) -> Change:
    """The fields of the step; owners stand in the record as keys, which the page says as names."""
    make = _FIELDS.get(move.step.name)
    notes = {}
    if "owner" in move.facts:
        notes = {"old_owner": f"member:{move.thing.owner_id}", "new_owner": f"member:{move.facts['owner']}"}
    return Change(fields=make(move) if make else {}, notes=notes)


def _undo_period(thing: Any, on: datetime) -> timedelta:
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


ITEM_LIFE.validate(permissions=ALL, checks=CHECKS, clocks=CLOCKS, effects=EFFECTS, facts=FACTS)
ITEM_WORKINGS = join(
    Workings(
        life=ITEM_LIFE, table=Item, checks=CHECKS, clocks=CLOCKS, facts=FACTS, permit=may, change=change,
        undo_period=_undo_period, undone=UNDONE,
        private=frozenset({"measures", "evidence", "exception", "finding"}),
    )
)  # fmt: skip
