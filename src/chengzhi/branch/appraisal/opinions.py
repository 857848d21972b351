"""The committee's opinion of each person, telling it, objection and answer; texts are sealed."""

from datetime import datetime

from django.utils.translation import gettext as _

from chengzhi.branch.appraisal import thresholds
from chengzhi.branch.appraisal.grading import grade_keys
from chengzhi.branch.appraisal.models import Ratee
from chengzhi.branch.appraisal.problems import AnswersItself, CapExceeded, NotGraded, WrongMoment
from chengzhi.branch.organisation import rules
from chengzhi.branch.organisation.formulas import cap
from chengzhi.cases.habits import habits
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.sealing import open_sealed, seal


def read(one: Ratee, field: str) -> str:
    """A sealed text (`opinion_text`, `objection`, `answer`) again; empty where there is none."""
    sealed = getattr(one, field)
    return open_sealed(bytes(sealed), bound_to=f"appraisal:{field}:{one.pk}") if sealed else ""


def opine(one: Ratee, /, *, grade: str, text: str, by: Actor, on: datetime) -> None:
    """Set the committee's grade and words. Raises NotAllowed, NotGraded, CapExceeded, WrongMoment."""
    rules.require(by, "branch.committee", one.round)
    _state(one, "counted")
    if grade and (not one.graded or grade not in grade_keys(one.round.rules)):
        raise NotGraded(_("%(name)s gets no such grade in this round.") % {"name": one.member.name})
    rule = one.round.rules["cap"]
    graded = one.round.ratees.filter(graded=True)
    most = cap(graded.count(), rule)
    already = graded.exclude(pk=one.pk).filter(opinion_grade=grade).count()
    if grade == rule["grade"] and already >= most:
        day = habits(one.round.district_id).day(on)
        verdict = thresholds.top_share(one.round, given=already + 1, day=day)
        raise CapExceeded(
            _("At most %(most)s people can get this grade.") % {"most": most},
            str(verdict.says) if verdict else _("Rule %(rule)s; the committee decides who, the program does not.") % {"rule": rule["rule"]},
        )  # fmt: skip
    one.opinion_grade, one.opinion_text = grade, _sealed(one, "opinion_text", text)
    _save(one, ["opinion_grade", "opinion_text"], "opine", by, on)


def tell(one: Ratee, /, *, by: Actor, on: datetime) -> None:
    """Note that the person was told the result. Raises NotAllowed, WrongMoment."""
    rules.require(by, "branch.committee", one.round)
    _state(one, "counted")
    one.told_on = habits(one.round.district_id).day(on)
    _save(one, ["told_on"], "tell_person", by, on)


def protest(one: Ratee, /, *, text: str, by: Actor, on: datetime) -> None:
    """The person's own objection. Raises AnswersItself for anybody else, WrongMoment."""
    member = rules.member_of(by)
    if member is None or member.pk != one.member_id:
        raise AnswersItself(_("An objection is the person's own."))
    _state(one, "told")
    one.objection = _sealed(one, "objection", text)
    _save(one, ["objection"], "protest", by, on)


def reply(one: Ratee, /, *, text: str, by: Actor, on: datetime) -> None:
    """The committee's answer; nobody answers his own objection. Raises NotAllowed, AnswersItself."""
    rules.require(by, "branch.committee", one.round)
    member = rules.member_of(by)
    if member is not None and member.pk == one.member_id:
        raise AnswersItself(_("Nobody answers his own objection."))
    _state(one, "told")
    one.answer = _sealed(one, "answer", text)
    _save(one, ["answer"], "reply", by, on)


def _state(one: Ratee, state: str) -> None:
    if one.round.state != state:
        raise WrongMoment(_("The round is not at this point."))


def _sealed(one: Ratee, field: str, text: str) -> bytes:
    return seal(text, bound_to=f"appraisal:{field}:{one.pk}")


def _save(one: Ratee, fields: list[str], step: str, by: Actor, on: datetime) -> None:
    one.save(update_fields=fields)
    record(
        district_id=one.round.district_id, thing="appraisal_ratee", thing_id=one.pk, step=step, by=by, on=on
    )
