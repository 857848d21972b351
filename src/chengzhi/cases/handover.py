"""移送: the life of a hand-over to another authority, with receipt and clock."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi.cases import queries
from chengzhi.cases.competence_tables import Authority, HandOver
from chengzhi.cases.filters import narrow_units
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.law.deadlines import deadline
from chengzhi.law.units import Limit
from chengzhi.ledger.actions import record
from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.lifecycle.workings import Change, Check, Fact, Move, Workings, join
from chengzhi.people import rules
from chengzhi.people.actor import Actor
from chengzhi.people.permissions import ALL
from chengzhi.people.rules import require
from chengzhi.registers.models import RegisteredObject

STATES = {
    "sent": ("已移送待签收", "sent, receipt awaited"),
    "received": ("已签收待答复", "received, answer awaited"),
    "answered": ("已答复", "answered"),
    "refused": ("被退回", "sent back"),
    "withdrawn": ("已撤回", "withdrawn"),
}
_OPEN = frozenset({"sent", "received"})
_BY = "case.hand_over"

HANDOVER_LIFE = Life(
    name="hand_over",
    steps=(
        Step(
            "send", "移送", "Hand over", frozenset(), "sent", _BY,
            sentence="{who}移送{authority}：{reason}。", sentence_en="{who} handed it over to {authority}: {reason}.",
            undo=False,
        ),
        Step(
            "acknowledge", "登记签收", "Record the receipt", frozenset({"sent"}), "received", _BY,
            within="receipt", sentence="{authority}签收，回执 {receipt}。",
            sentence_en="{authority} acknowledged it, receipt {receipt}.", wants=("receipt",),
        ),
        Step(
            "answer", "登记答复", "Record the answer", _OPEN, "answered", _BY, within="answer",
            needs=("receipt_known",), sentence="{authority}答复：{result}。", sentence_en="{authority} answered: {result}.",
            wants=("result",), optional=("receipt",),
        ),
        Step(
            "send_back", "登记退回", "Record that it was sent back", _OPEN, "refused", _BY,
            sentence="{authority}退回：{result}。", sentence_en="{authority} sent it back: {result}.",
            wants=("result",),
        ),
        Step(
            "withdraw", "撤回", "Withdraw", frozenset({"sent"}), "withdrawn", _BY,
            sentence="{who}撤回移送：{result}。", sentence_en="{who} withdrew it: {result}.", wants=("result",),
        ),
    ),
    states=STATES,
    start="sent",
    ends=frozenset({"answered", "refused", "withdrawn"}),
)  # fmt: skip

FACTS = {
    fact.name: fact
    for fact in (
        Fact("receipt", "text", "回执号", "receipt"),
        Fact("result", "text", "内容", "what was said", private=True),
    )
}


def _receipt_known(move: Move) -> bool:
    return bool(move.thing.receipt or move.facts.get("receipt"))


CHECKS = {
    "receipt_known": Check(
        "receipt_known", _receipt_known, gettext_lazy("The receipt is missing: what was not received is not answered."),
        of_facts=True,
    )
}  # fmt: skip
CLOCKS = {"receipt": "receipt_due_at", "answer": "answer_due_at"}


def change(move: Move) -> Change:
    """Receipt, answer and their instants."""
    fields: dict[str, Any] = {}
    if "receipt" in move.facts:
        fields |= {"receipt": move.facts["receipt"][:80]}
    if move.step.name == "acknowledge":
        fields |= {"received_at": move.on, "answer_due_at": _due(move.thing.authority, "answer", move.on)}
    if "result" in move.facts:
        fields |= {"result": move.facts["result"], "ended_at": move.on}
    if move.step.name == "answer":
        fields |= {"answered_at": move.on}
    return Change(fields, notes={"authority": move.thing.authority.name})


def _undo_period(thing: Any, on: datetime) -> timedelta:
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


HANDOVER_LIFE.validate(
    permissions=ALL, checks=CHECKS, clocks=CLOCKS, effects={"withdraw_messages"}, facts=FACTS
)
HANDOVER_WORKINGS = join(
    Workings(
        life=HANDOVER_LIFE, table=HandOver, checks=CHECKS, clocks=CLOCKS, facts=FACTS, permit=rules.may,
        change=change, undo_period=_undo_period, undone="withdraw_messages", private=frozenset({"result"}),
    )
)  # fmt: skip


class NothingToHandOver(Problem):
    """A hand-over without a case and without an object, or to nobody of this district."""

    code: ClassVar[str] = "cases.nothing_to_hand_over"
    status: ClassVar[int] = 422


class AlreadyHandedOver(Problem):
    """The same case waits with the same authority already."""

    code: ClassVar[str] = "cases.already_handed_over"
    status: ClassVar[int] = 409


def hand_over(
    *,
    authority_id: int,
    reason: str,
    by: Actor,
    on: datetime,
    case_id: int | None = None,
    object_id: int | None = None,
    basis: str = "",
    matter: str = "",
) -> HandOver:
    """Give a case or an object to another authority; the clock of its receipt begins.

    Raises NotAllowed, NoSuchCase, NothingToHandOver or AlreadyHandedOver.
    """
    thing = _thing(case_id, object_id, by)
    authority = Authority.objects.filter(pk=authority_id, district_id=thing.district_id, active=True).first()
    if authority is None or not reason.strip():
        raise NothingToHandOver(
            _("The hand-over is not complete."),
            _("It needs an authority of this district's list and a reason."),
            _("Choose the authority and say why it is competent."),
        )
    require(by, _BY, thing)
    row = HandOver(
        district_id=thing.district_id, case_id=case_id, object_id=object_id, unit_id=thing.unit_id, authority=authority,
        reason=reason, basis=basis, matter=matter, sent_by=by.account_id, sent_at=on, updated_at=on,
        receipt_due_at=_due(authority, "receipt", on),
    )  # fmt: skip
    with transaction.atomic():
        _refuse_twice(authority, case_id, object_id)
        made = _numbered(row)
        _recorded(made, by, on)
    return made


def _thing(case_id: int | None, object_id: int | None, by: Actor) -> Any:
    if case_id is not None:
        return queries.case(case_id, by=by)
    found = RegisteredObject.objects.filter(pk=object_id or 0, district_id=by.district_id or 0).first()
    if found is None:
        raise NothingToHandOver(_("There is neither a case nor an object to hand over."))
    return found


def _refuse_twice(authority: Authority, case_id: int | None, object_id: int | None) -> None:
    same = {"case": case_id, "object": object_id}
    waiting = HandOver.objects.filter(authority=authority, state__in=_OPEN, **same).first()
    if waiting is not None:
        raise AlreadyHandedOver(
            _("%(authority)s has it already.") % {"authority": authority.name},
            _("Hand-over %(number)s waits for a receipt or an answer.") % {"number": waiting.number},
            _("Record the receipt there, or withdraw it first."),
        )


def _numbered(row: HandOver) -> HandOver:
    """Save it under the next free number of the year."""
    for _again in range(5):
        row.number = _number(row.district_id, row.sent_at)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                return row
        except IntegrityError:
            continue  # another hand-over took the number at this moment
    raise AlreadyHandedOver(_("Too many hand-overs at this moment."), cure=_("Try again."))


def _number(district_id: int, on: datetime) -> str:
    """YS, the year and a running number of the year."""
    year = habits(district_id).day(on).year
    head = f"YS{year}-"
    last = (
        HandOver.objects.filter(district_id=district_id, number__startswith=head).order_by("-number").first()
    )
    return f"{head}{(int(last.number[len(head) :]) if last else 0) + 1:05d}"


def _due(authority: Authority, stage: str, on: datetime) -> datetime | None:
    amount, unit = getattr(authority, f"{stage}_amount"), getattr(authority, f"{stage}_unit")
    if amount is None or not unit:
        return None
    return deadline(on, Limit(amount, unit), habits(authority.district_id).calendar_on(on)).due


def _recorded(made: HandOver, by: Actor, on: datetime) -> None:
    facts = {"notes": {"authority": made.authority.name, "number": made.number}, "case": made.case_id,
             "object": made.object_id, "version": 0}  # fmt: skip
    record(district_id=made.district_id, thing="hand_over", thing_id=made.pk, step="send", after="sent", by=by, on=on,
           facts=facts)  # fmt: skip


def advance_hand_over(number: str, step: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Record a receipt, an answer, a refusal or a withdrawal. Raises as `lifecycle.machine.advance`."""
    found = hand_overs(by).filter(number=number).first()
    if found is None:
        raise NothingToHandOver(_("There is no hand-over %(number)s.") % {"number": number})
    return advance(found, step, by=by, on=on, **facts)


def of_case(case_id: int) -> list[HandOver]:
    """The hand-overs of a case, newest first."""
    return list(
        HandOver.objects.filter(case_id=case_id).select_related("authority").order_by("-sent_at", "-id")
    )


def hand_overs(actor: Actor) -> Any:
    """What a person may see of them: the district's, or those of his units."""
    if "case.view" not in actor.permissions:
        return HandOver.objects.none()
    units = narrow_units(actor)
    own = Q() if units is None else Q(unit_id__in=units)
    return HandOver.objects.filter(own, district_id=actor.district_id or 0).select_related(
        "authority", "case", "object", "unit"
    )
