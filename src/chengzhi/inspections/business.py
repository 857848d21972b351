"""Visits to businesses: asked for, approved, announced, within the cap of the year.

Source: the State Council Office's opinion on inspections of businesses (facts: approval and notice
for each check, yearly caps). A visit on a complaint stands outside the cap; the complaint is named.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.inspections import caps
from chengzhi.inspections.checklists import checklist as find_checklist
from chengzhi.inspections.checklists import is_business
from chengzhi.inspections.life import APPROVAL_LIFE
from chengzhi.inspections.looking import object_to_visit
from chengzhi.inspections.models import Approval, Round
from chengzhi.inspections.problems import BadFrame, CapReached, NotAnnounced, NotApproved, missing
from chengzhi.inspections.rules import Within
from chengzhi.ledger.actions import Line, record, record_many
from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.registers.models import RegisteredObject


@transaction.atomic
def ask(
    *,
    district_id: int,
    object_id: int,
    checklist: str,
    reason: str,
    complaint_id: int | None = None,
    by: Actor,
    on: datetime,
) -> Approval:
    """Ask for a visit to a business. Raises NotAllowed, NoSuchThing, NotForThisKind, CapReached.

    `complaint_id` is the case of the complaint that calls for it; the cap does not count then.
    """
    require(by, "inspection.visit", Within(district_id))
    form = find_checklist(checklist)[1]
    thing = object_to_visit(object_id, district_id, form)
    if not is_business(thing.kind):
        raise NotApproved(
            _("A visit to this object needs no approval."), _("It is no business."), _("Just go there.")
        )
    if complaint_id is None:
        require_room(thing, habits(district_id).day(on))
    elif not Case.objects.filter(pk=complaint_id, district_id=district_id).exists():
        raise missing(_("case"))
    made = Approval.objects.create(
        district_id=district_id, object=thing, party_id=thing.party_id, checklist=checklist,
        complaint_id=complaint_id, reason=reason.strip()[:200], asked_by=_person(by), asked_at=on,
        updated_at=on,
    )  # fmt: skip
    step = APPROVAL_LIFE.step("ask")
    record(
        district_id=district_id, thing="approval", thing_id=made.pk, step=step.name, after=made.state,
        by=by, on=on, article=step.article,
        facts={"object": thing.pk, "checklist": checklist, "complaint": complaint_id, "version": 0},
    )  # fmt: skip
    return made


@transaction.atomic
def ask_for_round(round_id: int, *, reason: str, by: Actor, on: datetime) -> int:
    """Ask for the visits to all drawn businesses of a round at once; returns how many were asked for.

    Those asked for already are left alone. Raises NotAllowed, NoSuchThing, BadFrame (nothing drawn).
    """
    plan = Round.objects.filter(pk=round_id).first()
    if plan is None:
        raise missing(_("round"))
    require(by, "inspection.plan", Within(plan.district_id))
    if plan.drawn_at is None:
        raise BadFrame(_("Nothing has been drawn yet."), "", _("Draw the round first."))
    taken = Approval.objects.filter(round=plan).values("object_id")
    points = plan.points.filter(object__isnull=False).exclude(object_id__in=taken).select_related("object")
    made = Approval.objects.bulk_create(
        Approval(
            district_id=plan.district_id, object=point.object, party_id=point.object.party_id, round=plan,
            checklist=plan.checklist, reason=reason.strip()[:200], asked_by=_person(by), asked_at=on,
            updated_at=on,
        )
        for point in points
        if point.object is not None and is_business(point.object.kind)
    )  # fmt: skip
    step = APPROVAL_LIFE.step("ask_for_round")
    record_many(
        Line(plan.district_id, "approval", one.pk, step.name, by, on, after=one.state, article=step.article,
             facts={"object": one.object_id, "round": plan.pk, "checklist": plan.checklist, "version": 0})
        for one in made
    )  # fmt: skip
    return len(made)


def advance_approval(approval_id: int, step: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take a step on an approval: approve(until), refuse(reason), announce(notice), withdraw(reason).

    Raises NoSuchThing, and as `lifecycle.machine.advance`.
    """
    found = Approval.objects.select_related("object").filter(pk=approval_id).first()
    if found is None:
        raise missing(_("approval"))
    return advance(found, step, by=by, on=on, **facts)


def approval_for(
    thing: RegisteredObject, checklist: str, *, approval_id: int | None, at: datetime, day: date
) -> Approval | None:
    """The announced approval that the visit uses; None where the object is no business.

    Raises NotApproved, NotAnnounced, CapReached, each with what to do.
    """
    if not is_business(thing.kind):
        return None
    rows = Approval.objects.select_for_update().filter(object=thing, checklist=checklist)
    rows = rows.filter(pk=approval_id) if approval_id is not None else rows
    found = _best(list(rows.order_by("pk")), day)
    if found is None:
        raise NotApproved(
            _("This visit to a business was not approved."),
            _("Each visit to a business is approved and announced before it takes place."),
            _("Ask for it; when it is approved, give notice and then go."),
        )
    if found.notified_at is None or found.notified_at > at:
        raise NotAnnounced(
            _("The business was not given notice of this visit."),
            _("The visit is approved; the notice comes before it."),
            _("Hand over the notice, record its number, and then begin."),
        )
    if found.complaint_id is None:
        require_room(thing, day)
    return found


def _best(rows: list[Approval], day: date) -> Approval | None:
    """An approval that still counts; the announced one first, then the oldest."""
    good = [
        row
        for row in rows
        if row.state in ("announced", "approved") and (row.valid_until is None or row.valid_until >= day)
    ]
    return min(good, key=lambda row: (row.state != "announced", row.pk), default=None)


def require_room(thing: RegisteredObject, day: date) -> None:
    """Pass or raise CapReached."""
    cap = caps.cap_for(thing.district_id, thing.kind, day)
    if cap is None or caps.visits_counted(thing, day) < cap.per_year:
        return
    raise CapReached(
        _("This business has had %(count)s visits this year; more are not allowed.")
        % {"count": cap.per_year},
        _("The cap of the year: %(source)s.") % {"source": cap.source or _("set by the district")},
        _("Wait for the next year, or name the complaint that calls for the visit."),
    )


def use(approval: Approval, *, by: Actor, on: datetime) -> None:
    """The visit has taken place under this approval."""
    advance(approval, "use", by=by, on=on)


def _person(by: Actor) -> int:
    if by.account_id is None:
        raise NotApproved(_("Only a person can ask for a visit."), "", _("Sign in with your own account."))
    return by.account_id
