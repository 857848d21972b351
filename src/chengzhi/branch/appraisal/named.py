"""Writes of a named round: planning and drawing it, marks, its steps. Rater and ratee stay in its tables."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal import grading, named_queries, named_results
from chengzhi.branch.appraisal.named_drawing import Drawn, draw
from chengzhi.branch.appraisal.named_life import NAMED_LIFE, end_of_day
from chengzhi.branch.appraisal.named_models import NamedMark, NamedPair, NamedPerson, NamedRound
from chengzhi.branch.appraisal.named_problems import BadMark, BadTerm, NotAssigned, RoundOver
from chengzhi.branch.appraisal.problems import AnswersItself, BadLimit
from chengzhi.branch.organisation import rules
from chengzhi.branch.organisation.models import Body, Member
from chengzhi.branch.organisation.queries import members_in
from chengzhi.cases.habits import habits
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.people.actor import Actor


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Any]:
    """The declarations of `named.yaml`."""
    text = files("chengzhi.branch.appraisal").joinpath("named.yaml").read_text("utf-8")
    said: Mapping[str, Any] = yaml.safe_load(text)
    return said


@dataclass(frozen=True, slots=True)
class Plan:
    """What is declared beforehand. `size`: persons per group, or ratees per rater; ignored for `all`.

    Without a `seed` one is drawn; with it anybody repeats the draw.
    """

    title: str
    design: str
    closes_on: date
    size: int = 0
    seed: str = ""
    least: int | None = None
    least_reason: str = ""


@transaction.atomic
def plan(said: Plan, *, body: Body, by: Actor, on: datetime) -> NamedRound:
    """A named round of a body for the members of this day, drawn at once.

    Raises NotAllowed, BadTerm, BadLimit, TooFewRaters, DesignApart.
    """
    rules.require(by, "branch.lead", body)
    day = habits(body.district_id).day(on)
    if said.closes_on <= day:
        raise BadTerm(_("The round would close before it can open."), "", _("Give a day to come."))
    people, seed = members_in(body.pk, day), said.seed.strip() or secrets.token_hex(8)
    ids = [one.pk for one in people]
    drawn = draw(said.design, ids, size=said.size, seed=seed, fewest=shipped()["fewest_raters"])
    Body.objects.select_for_update().get(pk=body.pk)
    row = NamedRound.objects.create(
        district_id=body.district_id, body=body, number=_number(body.district_id, day.year), title=said.title.strip(),
        design=NamedRound.Design(said.design), size=said.size or None, seed=seed, rules=_frozen(),
        least=_limit(said), least_reason=said.least_reason.strip(), planned_at=on, updated_at=on,
        closes_at=end_of_day(body.district_id, said.closes_on),
    )  # fmt: skip
    _people(row, people, drawn)
    record(
        district_id=row.district_id, thing=NAMED_LIFE.name, thing_id=row.pk, step="plan", after="planned", by=by, on=on,
        article=row.rules["article"], facts={"notes": {"people": len(people), "seed": seed}, "version": 0},
    )  # fmt: skip
    return row


def _frozen() -> dict[str, Any]:
    ballot = grading.shipped()
    return {**shipped(), "display": dict(ballot["display"]), "objection": dict(ballot["objection"])}


def _limit(said: Plan) -> int:
    usual, floor = grading.shipped()["display"]["least"], grading.shipped()["display"]["floor"]
    limit = usual if said.least is None else said.least
    if limit < floor or (limit < usual and not said.least_reason.strip()):
        raise BadLimit(
            _("Results of %(limit)s marks cannot be shown in this round.") % {"limit": limit},
            _("The usual limit is %(usual)s; %(floor)s is the floor, and only where declared beforehand with the reason.")
            % {"usual": usual, "floor": floor},
            _("Take the usual limit, or write the reason for the lower one."),
        )  # fmt: skip
    return int(limit)


def _number(district_id: int, year: int) -> str:
    head = f"HP{year}-"
    rows = NamedRound.objects.filter(district_id=district_id, number__startswith=head)
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return f"{head}{(int(last[len(head) :]) if last else 0) + 1:04d}"


def _people(row: NamedRound, people: list[Member], drawn: Drawn) -> None:
    made = NamedPerson.objects.bulk_create(
        NamedPerson(round=row, member=one, position=at, block=drawn.block[one.pk])
        for at, one in enumerate(people, 1)
    )
    of = {one.member_id: one for one in made}
    NamedPair.objects.bulk_create(
        NamedPair(rater=of[rater], ratee=of[ratee]) for rater, ratee in sorted(drawn.pairs)
    )


@transaction.atomic
def rate(
    row: NamedRound, /, *, person: int, marks: Mapping[str, int] | None, by: Actor, on: datetime
) -> None:
    """Set one's own marks of person `person` of the round; None says that one cannot judge. Later ones replace.

    The record holds that somebody rated, never whom or how. Raises AnswersItself, NotAssigned, BadMark,
    RoundOver.
    """
    me = named_queries.mine(row, by)
    if me is not None and me.pk == person:
        raise AnswersItself(_("Nobody rates himself."))
    pair = NamedPair.objects.filter(rater=me, ratee_id=person).first() if me else None
    if pair is None:
        raise NotAssigned(_("This person is not among those you are to rate."))
    fresh = NamedRound.objects.select_for_update().get(pk=row.pk)
    if fresh.state != "open" or on > fresh.closes_at:
        raise RoundOver(
            _("No marks are taken now."), _("The round is not open, or its closing time has passed."),
        )  # fmt: skip
    clean = None if marks is None else _on_the_scale(fresh, marks)
    NamedMark.objects.filter(pair=pair).delete()
    NamedPair.objects.filter(pk=pair.pk).update(unable=clean is None)
    NamedMark.objects.bulk_create(
        NamedMark(pair=pair, criterion=key, mark=mark) for key, mark in (clean or {}).items()
    )
    record(district_id=row.district_id, thing=NAMED_LIFE.name, thing_id=row.pk, step="rate", by=by, on=on)


def _on_the_scale(row: NamedRound, marks: Mapping[str, int]) -> dict[str, int]:
    keys, top = [one["key"] for one in row.rules["criteria"]], len(row.rules["scale"])
    if set(marks) != set(keys) or not all(1 <= int(mark) <= top for mark in marks.values()):
        raise BadMark(
            _("A mark is missing, or is not on the scale."),
            _("Each of %(n)s criteria gets one mark from 1 to %(top)s.") % {"n": len(keys), "top": top},
            _("Give all of them, or say that you cannot judge."),
        )  # fmt: skip
    return {key: int(marks[key]) for key in keys}


def step(row: NamedRound, name: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take a step of the life; after `close` the result is made. Raises as `lifecycle.machine.advance`."""
    with transaction.atomic():
        done = advance(row, name, by=by, on=on, **facts)
        if name == "close":
            named_results.make(row, by=by, on=on)
    return done


def minutes(row: NamedRound, number: int) -> int:
    """How long so many people take to rate, estimated, at least one minute."""
    seconds = number * len(row.rules["criteria"]) * int(row.rules["seconds_per_mark"])
    return max(round(timedelta(seconds=seconds) / timedelta(minutes=1)), 1)
