"""Permits and agreements of an object: given once, renewed once each, ended early with a reason."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.people.actor import Actor
from chengzhi.registers.getting import object_to_change, permit_of
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.problems import (
    AlreadyRenewed,
    BadPermitDates,
    NeedsNoPermit,
    PermitEnded,
    TermTooLong,
)
from chengzhi.registers.rules import require
from chengzhi.registers.terms import latest


def grant_permit(
    object_id: int,
    *,
    starts_on: date,
    by: Actor,
    on: datetime,
    number: str = "",
    ends_on: date | None = None,
    conditions: str = "",
    issued_by: str = "",
    party_id: int | None = None,
    file_id: int | None = None,
) -> Outcome:
    """Record a permit or agreement; without `ends_on` it is open-ended. The object's own party holds it
    where none is given.

    Raises NoSuchObject, NotAllowed, NeedsNoPermit, BadPermitDates, NeedsNotMet.
    """
    thing = object_to_change(object_id, by=by)
    _wants_permit(thing)
    if ends_on is not None and ends_on < starts_on:
        raise BadPermitDates(
            _("The permit would end before it begins."),
            _("It begins on %(first)s and ends on %(last)s.") % {"first": starts_on, "last": ends_on},
            _("Correct one of the two days."),
        )
    stated = _stated(number, conditions, issued_by, file_id)
    stated |= {"starts_on": starts_on, "ends_on": ends_on, "party": party_id}
    return advance(thing, "grant_permit", by=by, on=on, **stated)


def renew_permit(
    permit_id: int,
    *,
    ends_on: date,
    by: Actor,
    on: datetime,
    starts_on: date | None = None,
    number: str = "",
    conditions: str = "",
    issued_by: str = "",
    file_id: int | None = None,
) -> Outcome:
    """Renew a permit: a new one follows it, once. A renewal may itself be renewed.

    It begins the day after the old one, or today where that has lapsed, unless `starts_on` is given.
    Raises NoSuchPermit, NotAllowed, AlreadyRenewed, PermitEnded, BadPermitDates, NeedsNotMet.
    """
    permit = permit_of(permit_id, by=by)
    require(by, "register.edit", permit.object)
    _renewable(permit, ends_on)
    _within_term(permit, ends_on, on)
    stated = _stated(number, conditions, issued_by, file_id)
    stated |= {"permit": permit_id, "ends_on": ends_on, "starts_on": starts_on}
    return advance(permit.object, "renew_permit", by=by, on=on, **stated)


def _renewable(permit: Permit, ends_on: date) -> None:
    again = Permit.objects.filter(renews=permit).first()
    if again is not None:
        raise AlreadyRenewed(
            _("This permit has been renewed already."),
            _("Its renewal “%(number)s” runs until %(day)s.")
            % {"number": again.number or again.pk, "day": again.ends_on or _("further notice")},
            _("Renew that one instead."),
        )
    if permit.ended_on is not None:
        raise PermitEnded(
            _("This permit was ended on %(day)s.") % {"day": permit.ended_on},
            permit.end_reason,
            _("Record a new one."),
        )
    if permit.ends_on is not None and ends_on <= permit.ends_on:
        raise BadPermitDates(
            _("The renewal would not end later than what it renews."),
            _("The permit runs until %(last)s.") % {"last": permit.ends_on},
            _("Give a later day."),
        )


def _within_term(permit: Permit, ends_on: date, on: datetime) -> None:
    """A term set by law is extended once, and by so many days only."""
    if permit.ends_on is None:
        return
    thing = permit.object
    last = latest(kind_of(thing.kind), permit.ends_on, thing.district_id, on)
    if last is None:
        return
    if permit.renews_id is not None:
        raise TermTooLong(_("The term was extended once already."), last[1], _("Decide, or give it back."))
    if ends_on > last[0]:
        raise TermTooLong(
            _("The extension would reach beyond %(last)s.") % {"last": last[0]}, last[1],
            _("Give an earlier day."),
        )  # fmt: skip


def end_permit(permit_id: int, *, reason: str, by: Actor, on: datetime) -> Outcome:
    """End a permit before its time, with a reason. Raises NoSuchPermit, NotAllowed, PermitEnded."""
    permit = permit_of(permit_id, by=by)
    require(by, "register.edit", permit.object)
    if permit.ended_on is not None:
        raise PermitEnded(
            _("This permit was ended on %(day)s.") % {"day": permit.ended_on}, permit.end_reason
        )
    return advance(permit.object, "end_permit", by=by, on=on, permit=permit_id, reason=reason)


def _stated(number: str, conditions: str, issued_by: str, file_id: int | None) -> dict[str, Any]:
    return {"number": number, "conditions": conditions, "issued_by": issued_by, "file": file_id}


def _wants_permit(thing: RegisteredObject) -> None:
    kind = kind_of(thing.kind)
    if kind.permit is None:
        raise NeedsNoPermit(
            _("“%(kind)s” needs no permit or agreement.") % {"kind": kind.name},
            _("The domain's file names none."),
            _("Add the paper as a document."),
        )
