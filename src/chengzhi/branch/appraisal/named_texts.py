"""Sealed texts of an appraisal: self-appraisal (个人自评), opinion, objection, answer of a named round.

A self-appraisal is the person's own; the members of the body itself read it (教条18: it is given at the
members' meeting). The record holds that something was written, never what; neither does a search.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.models import Ratee
from chengzhi.branch.appraisal.named_models import NamedPerson
from chengzhi.branch.appraisal.named_problems import NotYours
from chengzhi.branch.appraisal.problems import AnswersItself, WrongMoment
from chengzhi.branch.organisation.models import Membership
from chengzhi.branch.organisation.rules import in_force, may, member_of, require
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.sealing import open_sealed, seal

SELF_STATES = {
    "appraisal_ratee": frozenset({"self_appraisal"}),
    "named_person": frozenset({"planned", "open"}),
}
LONGEST = 4000


def _kind(one: Ratee | NamedPerson) -> str:
    return "appraisal_ratee" if isinstance(one, Ratee) else "named_person"


def _binding(one: Ratee | NamedPerson, field: str) -> str:
    # The ballot's opinions seal to this form (see `opinions`): one form for one table.
    return f"appraisal:{field}:{one.pk}" if isinstance(one, Ratee) else f"named_person:{field}:{one.pk}"


def _write(one: Ratee | NamedPerson, field: str, text: str, step: str, by: Actor, on: datetime) -> None:
    clean = text.strip()[:LONGEST]
    sealed = seal(clean, bound_to=_binding(one, field)) if clean else None
    type(one)._default_manager.filter(pk=one.pk).update(**{field: sealed})
    setattr(one, field, sealed)
    record(
        district_id=one.round.district_id, thing=_kind(one), thing_id=one.pk, step=step, by=by, on=on,
        facts={"kept": sealed is not None},
    )  # fmt: skip


def _text(one: Ratee | NamedPerson, field: str) -> str:
    sealed = getattr(one, field)
    return open_sealed(bytes(sealed), bound_to=_binding(one, field)) if sealed else ""


def is_own(one: Ratee | NamedPerson, actor: Actor) -> bool:
    """Whether the person is the actor."""
    member = member_of(actor)
    return member is not None and member.pk == one.member_id


def in_body(body_id: int, actor: Actor) -> bool:
    """Whether the actor is a member of the body itself today, not only above it."""
    if actor.account_id is None:
        return False
    rows = Membership.objects.filter(in_force(actor.day), in_force(actor.day, "member__"), body_id=body_id)
    return rows.filter(member__account_id=actor.account_id).exists()


def may_write_self(one: Ratee | NamedPerson, actor: Actor) -> bool:
    """Whether the actor may write this self-appraisal now."""
    return is_own(one, actor) and one.round.state in SELF_STATES[_kind(one)]


def write_self(one: Ratee | NamedPerson, /, *, text: str, by: Actor, on: datetime) -> None:
    """Set one's own self-appraisal; empty takes it away. Raises NotYours, WrongMoment."""
    if not is_own(one, by):
        raise NotYours(_("A self-appraisal is written by the person himself."))
    if one.round.state not in SELF_STATES[_kind(one)]:
        raise WrongMoment(_("Self-appraisals are not written at this point of the round."))
    _write(one, "self_text", text, "self_appraisal", by, on)


def self_text(one: Ratee | NamedPerson, *, by: Actor) -> str:
    """The self-appraisal, for the person and the members of the body; empty for anybody else."""
    if not is_own(one, by) and not in_body(one.round.body_id, by):
        return ""
    return _text(one, "self_text")


def opine(one: NamedPerson, /, *, text: str, by: Actor, on: datetime) -> None:
    """The committee's words on the result and the daily work; a named round gives no grade.

    Raises NotAllowed, WrongMoment.
    """
    require(by, "branch.committee", one.round)
    _state(one, "closed")
    _write(one, "opinion_text", text, "opine", by, on)


def opinion(one: NamedPerson, *, by: Actor) -> str:
    """The committee's words: for the committee, and for the person once told; else empty."""
    told = one.round.state in ("told", "archived")
    return _text(one, "opinion_text") if _committee(one, by) or (told and is_own(one, by)) else ""


def protest(one: NamedPerson, /, *, text: str, by: Actor, on: datetime) -> None:
    """The person's own objection. Raises AnswersItself for anybody else, WrongMoment."""
    if not is_own(one, by):
        raise AnswersItself(_("An objection is the person's own."))
    _state(one, "told")
    _write(one, "objection", text, "protest", by, on)


def reply(one: NamedPerson, /, *, text: str, by: Actor, on: datetime) -> None:
    """The committee's answer; nobody answers his own objection. Raises NotAllowed, AnswersItself, WrongMoment."""
    require(by, "branch.committee", one.round)
    if is_own(one, by):
        raise AnswersItself(_("Nobody answers his own objection."))
    _state(one, "told")
    if one.objection is None:
        raise WrongMoment(_("There is no objection to answer."))
    _write(one, "answer", text, "reply", by, on)


def objection(one: NamedPerson, *, by: Actor) -> tuple[str, str]:
    """Objection and answer, for the person and the committee; else empty."""
    if not is_own(one, by) and not _committee(one, by):
        return "", ""
    return _text(one, "objection"), _text(one, "answer")


def _committee(one: NamedPerson, by: Actor) -> bool:
    return may(by, "branch.committee", one.round)


def _state(one: NamedPerson, state: str) -> None:
    if one.round.state != state:
        raise WrongMoment(_("The round is not at this point."))
