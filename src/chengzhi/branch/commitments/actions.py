"""Writes: propose, change, take a step, let a resident answer, moderate words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.commitments import queries
from chengzhi.branch.commitments.life import COMMITMENT_LIFE, LEAD, MEMBER
from chengzhi.branch.commitments.models import Answer, Commitment, Comparison, Direction, Level, Sighting
from chengzhi.branch.commitments.offered import columns_of, metric_of
from chengzhi.branch.commitments.problems import (
    BadPromise,
    ContentIsFixed,
    NoSuchCommitment,
    NotMeasuredThatWay,
    StartsTooSoon,
)
from chengzhi.branch.organisation.models import Body, Member
from chengzhi.branch.organisation.numbering import save_numbered
from chengzhi.branch.organisation.rules import member_of, require
from chengzhi.cases.habits import habits
from chengzhi.domains import DOMAINS
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.machine import Outcome, advance, carry_out, propose

WORDS_MOST = 200
CONTENT = (
    "post", "title", "text", "area", "unit", "domain", "type", "metric", "direction", "target", "baseline_first",
    "baseline_last", "start", "end", "comparison",
)  # fmt: skip


def propose_commitment(
    *, body: Body, member: Member | None, by: Any, on: datetime, **said: Any
) -> Commitment:
    """提诺: for oneself (`member`), or for the body by who leads it. `said` is the content (CONTENT).

    Raises NotAllowed, BadPromise, NotMeasuredThatWay or StartsTooSoon.
    """
    require(by, MEMBER if member is not None and member == member_of(by) else LEAD, body)
    values = checked(said, district_id=body.district_id, on=on)
    made = Commitment(
        district_id=body.district_id, body=body, member=member, level=_level(body, member), state="proposed",
        proposed_by=by.account_id, proposed_at=on, updated_at=on, **values,
    )  # fmt: skip
    with transaction.atomic():
        save_numbered(made, "CN", habits(made.district_id).day(on))
        record(district_id=made.district_id, thing=COMMITMENT_LIFE.name, thing_id=made.pk, step="propose",
               after="proposed", by=by, on=on, article=COMMITMENT_LIFE.step("propose").article,
               facts={"notes": {"number": made.number}, "version": 0})  # fmt: skip
    return made


def _level(body: Body, member: Member | None) -> Level:
    if member is not None:
        return Level.MEMBER
    return Level.COMMITTEE if body.kind in ("committee", "general_branch") else Level.BRANCH


def checked(said: Mapping[str, Any], *, district_id: int, on: datetime) -> dict[str, Any]:
    """The content as it may stand. Raises BadPromise, NotMeasuredThatWay or StartsTooSoon."""
    unknown = sorted(set(said) - set(CONTENT))
    if unknown:
        raise _bad(_("Nothing is known of: %(names)s.") % {"names": ", ".join(unknown)})
    empty = {"post": "", "domain": "", "area": None, "unit": None, "type": None}
    values = {**empty, **said}
    _words(values)
    _days(values, habits(district_id).day(on))
    _choices(values)
    _cut(values, district_id)
    return values


def _bad(why: str) -> BadPromise:
    return BadPromise(_("The promise is not complete."), why, _("Correct it and try again."))


def _words(values: dict[str, Any]) -> None:
    for name, most in (("title", 120), ("text", 2000), ("post", 60)):
        values[name] = str(values.get(name) or "").strip()
        if len(values[name]) > most:
            raise _bad(_("The text is too long: at most %(most)d characters.") % {"most": most})
    if not values["title"] or not values["text"]:
        raise _bad(_("It must say what is promised."))


def _days(values: Mapping[str, Any], today: date) -> None:
    days = [values.get(name) for name in ("baseline_first", "baseline_last", "start", "end")]
    if not all(isinstance(day, date) for day in days):
        raise _bad(_("The days of the promise and of its baseline are missing."))
    if values["start"] <= today:
        raise StartsTooSoon(
            _("The promise cannot start on %(day)s.") % {"day": values["start"]},
            _(
                "A promise is registered before its first day (D15), so that nobody promises what is known already."
            ),
            _("Let it start tomorrow or later."),
        )
    if (
        values["end"] < values["start"]
        or not values["baseline_first"] <= values["baseline_last"] < values["start"]
    ):
        raise _bad(_("The baseline must end before the promise starts, and the promise after it starts."))


def _choices(values: Mapping[str, Any]) -> None:
    target = values.get("target")
    if isinstance(target, bool) or not isinstance(target, int | float) or not 0 <= target <= 1:
        raise _bad(_("The target is a share from 0 to 100 %."))
    if values.get("direction") not in Direction.values or values.get("comparison") not in Comparison.values:
        raise _bad(_("Say on which side of the target it is kept, and against what it is held."))
    if values["domain"] and values["domain"] not in {domain.key for domain in DOMAINS}:
        raise _bad(_("There is no domain of that name."))


def _cut(values: Mapping[str, Any], district_id: int) -> None:
    """Whether the figure can be cut by the place and class named, and whether a comparison is left."""
    metric = metric_of(str(values.get("metric", "")))
    named = {name: values[name] for name in ("area", "unit", "type") if values[name] is not None}
    for thing in named.values():
        if thing.district_id != district_id:
            raise _bad(_("The place or class belongs to another district."))
    asked = set(named) | ({"domain"} if values["domain"] else set())
    if not asked <= columns_of(metric):
        raise NotMeasuredThatWay(
            _("“%(name)s” is not counted that way.") % {"name": metric.key},
            _("Its data do not know the place, department or class that you chose."),
            _("Take that choice away, or choose another figure."),
        )
    if values["comparison"] == Comparison.AREAS and not {"area", "unit"} & set(named):
        raise _bad(
            _("The whole district has no other areas to be held against: compare with the year before.")
        )


def amend(number: str, /, *, by: Any, on: datetime, **said: Any) -> Outcome:
    """Change a promise that waits or was sent back. Raises ContentIsFixed after the examination."""
    thing = queries.commitment(number, by=by)
    if thing.state not in COMMITMENT_LIFE.step("amend").before:
        raise ContentIsFixed(
            _("The promise %(number)s cannot be changed any more.") % {"number": thing.number},
            _(
                "Nothing changes after the examination; after the registration the database itself refuses it."
            ),
            _("If it fails, explain why; then make a new promise."),
        )
    values = checked(said, district_id=thing.district_id, on=on)
    for name in ("area", "unit", "type"):
        values[f"{name}_id"] = getattr(values.pop(name), "pk", None)
    move = propose(thing, "amend", by=by, on=on, facts={}, context={"content": values})
    return carry_out(move)


def advance_commitment(number: str, step: str, /, *, by: Any, on: datetime, **facts: Any) -> Outcome:
    """Take a step. Raises NoSuchCommitment and as `lifecycle.machine.advance`."""
    return advance(queries.commitment(number, by=by), step, by=by, on=on, **facts)


def answer(thing: Commitment, *, said: str, words: str = "", on: datetime) -> Sighting:
    """A resident says whether it is to be seen. No identity is taken, so there is no `by`.

    Raises BadPromise for an unknown answer or words too long, NoSuchCommitment unless public.
    """
    if thing.public_at is None:
        raise NoSuchCommitment(_("This promise is not public."))
    words = " ".join(words.split())
    if said not in Answer.values or len(words) > WORDS_MOST:
        raise BadPromise(
            _("The answer was not taken."), cure=_("Choose yes, no or not sure; at most 200 characters.")
        )
    state = Sighting.Words.WAITING if words else Sighting.Words.NONE
    return Sighting.objects.create(
        commitment=thing,
        answer=said,
        words=words,
        words_state=state,
        said_on=habits(thing.district_id).day(on),
    )


def moderate(sighting_id: int, *, show: bool, by: Any, on: datetime) -> None:
    """Let a resident's words through, or keep them back. Raises NotAllowed or NoSuchCommitment."""
    found = Sighting.objects.select_related("commitment").filter(pk=sighting_id).first()
    if found is None or not queries.visible(by).filter(pk=found.commitment_id).exists():
        raise NoSuchCommitment(_("There are no such words."))
    require(by, LEAD, found.commitment)
    state = Sighting.Words.SHOWN if show else Sighting.Words.HIDDEN
    with transaction.atomic():
        Sighting.objects.filter(pk=found.pk).update(words_state=state)
        record(district_id=found.commitment.district_id, thing=COMMITMENT_LIFE.name, thing_id=found.commitment_id,
               step="moderate", by=by, on=on, facts={"sighting": found.pk, "state": state.value})  # fmt: skip
