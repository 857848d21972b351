"""The three lives joined to their tables: who may, what must hold, what is written."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengzhi.cases.habits import habits
from chengzhi.inspections import caps
from chengzhi.inspections.life import APPROVAL_LIFE, DEDUCTION_LIFE, FACTS, ROUND_LIFE, SUPERVISION
from chengzhi.inspections.models import Approval, Deduction, Round, RoundPoint
from chengzhi.inspections.rules import may_round
from chengzhi.lifecycle.workings import Change, Check, Move, Workings, join
from chengzhi.people.permissions import ALL
from chengzhi.people.rules import may

UNDONE = "withdraw_inspection_messages"
EFFECTS = frozenset({"tell_contractor", UNDONE})
"""What these lives may set off; bound in `chengzhi.wiring`."""
CLOCKS = {"appeal": "appeal_due_at"}


def _asker(move: Move) -> int | None:
    """Who asked for what is now decided."""
    for name in ("created_by", "asked_by", "proposed_by"):
        if hasattr(move.thing, name):
            number: int | None = getattr(move.thing, name)
            return number
    return None


def _another(move: Move) -> bool:
    return move.by.account_id is None or move.by.account_id != _asker(move)


def _points_ended(move: Move) -> bool:
    waiting = RoundPoint.objects.filter(round_id=move.thing.pk, done_at=None, skipped_at=None)
    return "reason" in move.facts or not waiting.exists()


def _cap_left(move: Move) -> bool:
    one = move.thing
    if one.complaint_id is not None:
        return True
    return caps.room(one.object, habits(one.district_id).day(move.on)) != 0


def _amount_fits(move: Move) -> bool:
    stated = move.facts.get("amount")
    if move.facts["result"] != "cut":
        return stated is None
    return stated is not None and 0 < Decimal(str(stated)) < move.thing.amount


def _appeal_over(move: Move) -> bool:
    due = move.thing.appeal_due_at
    return move.thing.state == "decided" or (due is not None and move.on > due)


_CHECKS = (
    Check("another_person", _another, _("Whoever asked for it may not decide it.")),
    Check(
        "points_ended", _points_ended,
        _("Places are still to be visited: say why the round ends without them."), of_facts=True,
    ),
    Check(
        "lot_drawn", lambda m: m.thing.lot is not None,
        _("The places are drawn together with this step."), of_facts=True,
    ),
    Check("until_ahead", lambda m: m.facts["until"] > m.on, _("The last day lies in the past."), of_facts=True),
    Check(
        "cap_left", _cap_left,
        _("The business has had as many visits this year as it may get."), SUPERVISION,
    ),
    Check(
        "amount_fits", _amount_fits,
        _("A reduced amount lies above nothing and below what was proposed; otherwise none is stated."),
        of_facts=True,
    ),
    Check("appeal_over", _appeal_over, _("The contractor may still appeal.")),
)  # fmt: skip
CHECKS: dict[str, Check] = {check.name: check for check in _CHECKS}


def _round_change(move: Move) -> Change:
    fields: Mapping[str, Mapping[str, Any]] = {
        "approve": {"approved_by": move.by.account_id, "approved_at": move.on},
        "close": {"closed_at": move.on},
    }
    lot = move.thing.lot if move.step.name == "draw" else None
    return Change(fields={**fields.get(move.step.name, {}), **(lot or {})})


def _approval_change(move: Move) -> Change:
    zone = habits(move.thing.district_id).zone
    until = move.facts.get("until")
    last = until.astimezone(zone).date() if until else None
    fields: Mapping[str, Mapping[str, Any]] = {
        "approve": {"approved_by": move.by.account_id, "approved_at": move.on, "valid_until": last},
        "refuse": {"refused_at": move.on},
        "announce": {"notified_at": move.on, "notice_number": str(move.facts.get("notice", ""))[:60]},
        "use": {"used_at": move.on},
    }
    return Change(fields=fields.get(move.step.name, {}))


def _deduction_change(move: Move) -> Change:
    make = _DEDUCTION[move.step.name]
    return Change(fields=make(move))


def _told(move: Move) -> dict[str, Any]:
    """The appeal is in time to the end of its last day on the district's wall."""
    found = habits(move.thing.district_id)
    last = found.day(move.on) + timedelta(days=move.thing.term.appeal_days)
    return {"told_at": move.on, "appeal_due_at": datetime.combine(last, time.max, found.zone)}


def _decided(move: Move) -> dict[str, Any]:
    result = move.facts["result"]
    amounts = {"kept": move.thing.amount, "withdrawn": Decimal(0)}
    amount = amounts.get(result, Decimal(str(move.facts.get("amount", 0))))
    return {
        "decision": result, "decided_by": move.by.account_id, "decided_at": move.on,
        "decided_amount": amount, "decision_reason": move.facts["reason"],
    }  # fmt: skip


def _dropped(move: Move) -> dict[str, Any]:
    return {
        "decision": "withdrawn", "decided_by": move.by.account_id, "decided_at": move.on,
        "decided_amount": Decimal(0), "decision_reason": move.facts["reason"], "final_at": move.on,
    }  # fmt: skip


def _settled(move: Move) -> dict[str, Any]:
    kept = {"decision": "kept", "decided_amount": move.thing.amount} if move.thing.state == "told" else {}
    return {"final_at": move.on, **kept}


_DEDUCTION: Mapping[str, Callable[[Move], dict[str, Any]]] = {
    "tell": _told,
    "drop": _dropped,
    "appeal": lambda move: {"appealed_at": move.on, "appeal": move.facts["reason"]},
    "decide": _decided,
    "settle": _settled,
}


def _undo_period(thing: Any, on: datetime) -> timedelta:
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


for _life in (ROUND_LIFE, APPROVAL_LIFE, DEDUCTION_LIFE):
    _life.validate(permissions=ALL, checks=CHECKS, clocks=CLOCKS, effects=EFFECTS, facts=FACTS)

ROUND_WORKINGS = join(
    Workings(
        life=ROUND_LIFE, table=Round, checks=CHECKS, clocks={}, facts=FACTS, permit=may_round,
        change=_round_change, undo_period=_undo_period, undone=UNDONE,
    )
)  # fmt: skip
APPROVAL_WORKINGS = join(
    Workings(
        life=APPROVAL_LIFE, table=Approval, checks=CHECKS, clocks={}, facts=FACTS, permit=may,
        change=_approval_change, undo_period=_undo_period, undone=UNDONE,
    )
)  # fmt: skip
DEDUCTION_WORKINGS = join(
    Workings(
        life=DEDUCTION_LIFE, table=Deduction, checks=CHECKS, clocks=CLOCKS, facts=FACTS, permit=may,
        change=_deduction_change, undo_period=_undo_period, undone=UNDONE,
        private=frozenset({"appeal", "decision_reason"}),
    )
)  # fmt: skip
