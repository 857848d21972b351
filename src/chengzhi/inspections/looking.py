"""What a visit is to: a drawn point, an object, a first visit. Each is found, locked and judged here."""

from datetime import datetime

from django.utils.translation import gettext as _

from chengzhi.domains.domain import Checklist
from chengzhi.inspections.checklists import checklists_of, kinds, named
from chengzhi.inspections.models import RoundPoint, Visit
from chengzhi.inspections.problems import (
    NotForRecheck,
    NotForThisKind,
    NotRevealed,
    PointEnded,
    SamePerson,
    UnknownChecklist,
    missing,
)
from chengzhi.inspections.rules import PERMIT, may_round
from chengzhi.people.actor import Actor
from chengzhi.people.rules import refusal
from chengzhi.registers.models import RegisteredObject

AT_WORK = ("drawn", "in_work")
"""States of a round in which its points are visited."""


def open_point(point_id: int, district_id: int, checklist: str, by: Actor, at: datetime) -> RoundPoint:
    """The point, locked until the visit is written. Raises NoSuchThing, NotRevealed, PointEnded …"""
    point = (
        RoundPoint.objects.select_for_update(of=("self",))
        .select_related("round", "street", "cell__area")
        .filter(pk=point_id, round__district_id=district_id)
        .first()
    )
    if point is None:
        raise missing(_("point"))
    if not may_round(by, PERMIT, point.round):
        raise refusal(PERMIT)
    _revealed(point, by, at)
    if point.done_at is not None or point.skipped_at is not None or point.round.state not in AT_WORK:
        raise PointEnded(
            _("This point has been dealt with, or its round has ended."),
            "",
            _("Take the next point. If you were there, enter it as a visit without a round."),
        )
    if point.round.checklist != checklist:
        raise UnknownChecklist(
            _("The round looks with another checklist."), "", _("Open the point again from the round.")
        )
    return point


def _revealed(point: RoundPoint, by: Actor, at: datetime) -> None:
    if point.revealed_at is None or point.account_id != by.account_id:
        raise NotRevealed(
            _("This point was not revealed to you."),
            _("A drawn place is shown one at a time, to the person who goes there."),
            _("Ask for your next point first."),
        )
    if at < point.revealed_at:
        raise NotRevealed(
            _("The visit is said to have been before the place was revealed."),
            _("It was revealed at %(at)s.") % {"at": point.revealed_at.isoformat()},
            _("Enter the time at which you were really there."),
        )


def object_to_visit(object_id: int, district_id: int, checklist: Checklist) -> RegisteredObject:
    """The object, if the checklist inspects its kind. Raises NoSuchThing, NotForThisKind."""
    thing = RegisteredObject.objects.filter(pk=object_id, district_id=district_id).first()
    if thing is None:
        raise missing(_("object"))
    if checklist not in checklists_of(thing.kind):
        kind = kinds().get(thing.kind)
        raise NotForThisKind(
            _("“%(list)s” does not inspect objects of the kind %(kind)s.")
            % {"list": named(checklist), "kind": kind[1].name if kind else thing.kind},
            "",
            _("Choose one of: %(known)s.")
            % {"known": ", ".join(named(one) for one in checklists_of(thing.kind)) or "–"},
        )
    return thing


def first_visit(visit_id: int) -> Visit:
    """A visit by number. Raises NoSuchThing."""
    found = Visit.objects.filter(pk=visit_id).first()
    if found is None:
        raise missing(_("visit"))
    return found


def to_recheck(visit_id: int, by: Actor) -> Visit:
    """The first visit, locked. Raises SamePerson, NotForRecheck."""
    first = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("object", "approval", "point__round", "point__street", "point__cell__area")
        .get(pk=visit_id)
    )
    if first.account_id == by.account_id:
        raise SamePerson(
            _("A second look is for somebody else than the first."),
            _("Only then the two can be compared."),
            _("Leave it to a colleague."),
        )
    if first.recheck_of_id is not None or Visit.objects.filter(recheck_of=first).exists():
        raise NotForRecheck(_("There has been a second look at this visit already."))
    if first.point is not None and not first.point.recheck:
        raise NotForRecheck(
            _("This place was not drawn for a second look."),
            _("Which places are looked at twice is drawn with the round, not chosen."),
            _("Take one from the list of second looks."),
        )
    if first.point is not None and not may_round(by, PERMIT, first.point.round):
        raise refusal(PERMIT)
    return first
