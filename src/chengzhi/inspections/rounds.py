"""Rounds: planned, approved, drawn by lot, worked through point by point, closed.

A drawn place is shown one at a time, to the person who goes there, when he asks for it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.inspections import drawing, frames
from chengzhi.inspections.checklists import checklist as find_checklist
from chengzhi.inspections.frames import Frame, Part
from chengzhi.inspections.life import ROUND_LIFE
from chengzhi.inspections.looking import AT_WORK
from chengzhi.inspections.models import Round, RoundPoint, Stratum
from chengzhi.inspections.problems import BadFrame, NotRevealed, PointEnded, missing
from chengzhi.inspections.rules import PERMIT, Within, may_round
from chengzhi.inspections.workings import ROUND_WORKINGS
from chengzhi.ledger.actions import personal, record
from chengzhi.lifecycle.machine import Outcome, advance, require_state
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account, Unit
from chengzhi.people.rules import refusal, require

_COLUMN = {"objects": "object_id", "cells": "cell_id", "streets": "street_id"}


@transaction.atomic
def plan(
    *,
    district_id: int,
    checklist: str,
    name: str,
    frame: Mapping[str, Any],
    strata: Sequence[str] = (),
    size: int,
    starts_on: date,
    ends_on: date,
    recheck_share: Decimal | float = 0,
    unit_id: int | None = None,
    purpose: str = "",
    by: Actor,
    on: datetime,
) -> Round:
    """Plan a round; nothing is drawn yet.

    Parameters
    ----------
    frame : {"of": "objects" with "kind", "cells" or "streets"; "areas": numbers, none for all}.
    strata : columns of the frame, see `frames.STRATA`. size : places to draw, at least one per stratum.
    recheck_share : 0 to 1, of the places that another person looks at again.

    Raises NotAllowed, UnknownChecklist, BadFrame.
    """
    require(by, "inspection.plan", Within(district_id))
    domain = find_checklist(checklist)[0]
    said = frames.stated(district_id=district_id, checklist=checklist, frame=frame, strata=strata)
    made = Round(
        district_id=district_id, domain=domain.key, checklist=checklist, name=name.strip()[:120],
        frame=said.as_json(), strata=list(said.strata), size=size, recheck_share=Decimal(str(recheck_share)),
        unit_id=unit_id, starts_on=starts_on, ends_on=ends_on, purpose=purpose.strip(),
        state=ROUND_LIFE.start, created_by=by.account_id, created_at=on, updated_at=on,
    )  # fmt: skip
    _sensible(made)
    frames.parts(district_id, said, size, habits(district_id).day(on))
    made.save()
    step = ROUND_LIFE.step("plan")
    record(
        district_id=district_id, thing="round", thing_id=made.pk, step=step.name, after=made.state, by=by,
        on=on, article=step.article,
        facts={"checklist": checklist, "frame": made.frame, "strata": made.strata, "size": size, "version": 0},
    )  # fmt: skip
    return made


def _sensible(made: Round) -> None:
    share, unit = made.recheck_share, made.unit_id
    faults = (
        (not made.name, _("The round has no name.")),
        (made.size < 1, _("At least one place is drawn.")),
        (made.ends_on < made.starts_on, _("The round ends before it begins.")),
        (not (share.is_finite() and 0 <= share <= 1), _("The share of second looks lies from 0 to 1.")),
        (
            unit is not None and not Unit.objects.filter(pk=unit, district_id=made.district_id).exists(),
            _("The unit is not one of this district."),
        ),
    )
    said = [str(text) for wrong, text in faults if wrong]
    if said:
        raise BadFrame(" ".join(said))


def preview(
    *, district_id: int, checklist: str, frame: Mapping[str, Any], strata: Sequence[str], size: int, day: date
) -> list[Part]:
    """What would be drawn from each stratum of the frame as it is today; no place is named to anybody.

    Raises BadFrame.
    """
    said = frames.stated(district_id=district_id, checklist=checklist, frame=frame, strata=strata)
    return frames.parts(district_id, said, size, day)


def advance_round(round_id: int, step: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take a step on a round: approve, draw(seed), close(reason), cancel(reason).

    Raises NoSuchThing, and as `lifecycle.machine.advance`; `draw` also BadFrame.
    """
    if step == "draw":
        return draw(round_id, by=by, on=on, **facts)
    return advance(_round(round_id), step, by=by, on=on, **facts)


def approve(round_id: int, *, by: Actor, on: datetime) -> Outcome:
    """Approve a planned round; somebody else than its planner. Raises as `lifecycle.machine.advance`."""
    return advance(_round(round_id), "approve", by=by, on=on)


def close(round_id: int, *, reason: str = "", by: Actor, on: datetime) -> Outcome:
    """Close a round; while places are waiting only with a reason. Raises as `machine.advance`."""
    return advance(_round(round_id), "close", by=by, on=on, **({"reason": reason} if reason else {}))


def cancel(round_id: int, *, reason: str, by: Actor, on: datetime) -> Outcome:
    """Give a round up. Raises as `lifecycle.machine.advance`."""
    return advance(_round(round_id), "cancel", by=by, on=on, reason=reason)


@transaction.atomic
def draw(round_id: int, *, seed: str | None = None, by: Actor, on: datetime) -> Outcome:
    """Draw the places; final. Without `seed` (hexadecimal, at most 64 digits) one is made by chance.

    The frame as it is at this moment, its hash and the seed are kept: see `redraw_check`.
    Raises as `lifecycle.machine.advance` (a second draw: StepNotAllowed, Conflict), and BadFrame.
    """
    found = Round.objects.select_for_update().filter(pk=round_id).first()
    if found is None:
        raise missing(_("round"))
    step = ROUND_LIFE.step("draw")
    require_state(ROUND_WORKINGS, step, found.state)
    if not may_round(by, step.by, found):
        raise refusal(step.by)
    lot = _seed(seed)
    said = Frame(found.frame["of"], found.frame["kind"], tuple(found.frame["areas"]), tuple(found.strata))
    parts = frames.parts(found.district_id, said, found.size, habits(found.district_id).day(on))
    members = [number for part in parts for number in part.members]
    found.lot = {
        "seed": lot, "frame_hash": drawing.frame_hash(members), "frame_size": len(members), "drawn_at": on,
    }  # fmt: skip
    done = advance(found, "draw", by=by, on=on)
    _write_points(found, said, parts)
    return done


def _seed(stated: str | None) -> str:
    if stated is None or not stated.strip():
        return secrets.token_hex(32)
    text = stated.strip().lower().removeprefix("0x")
    if not 0 < len(text) <= 64 or set(text) - set("0123456789abcdef"):
        raise BadFrame(
            _("The seed is not a hexadecimal number of at most 64 digits."),
            "",
            _("Leave it out; the program makes one by chance."),
        )
    return text


def _write_points(found: Round, said: Frame, parts: Sequence[Part]) -> None:
    strata = Stratum.objects.bulk_create(
        Stratum(round=found, key=dict(p.key), size=len(p.members), drawn=p.drawn, members=list(p.members))
        for p in parts
    )
    chosen = _drawn(found, [p.members for p in parts], [p.drawn for p in parts])
    where = frames.places(said.of, [one.member for one in chosen], found.seed)
    RoundPoint.objects.bulk_create(
        RoundPoint(
            round=found, stratum=strata[one.stratum], position=one.position, recheck=one.recheck,
            weight=strata[one.stratum].size / strata[one.stratum].drawn,
            lon=where[one.member][0], lat=where[one.member][1], **{_COLUMN[said.of]: one.member},
        )
        for one in chosen
    )  # fmt: skip


def _drawn(found: Round, members: Sequence[Sequence[int]], given: Sequence[int]) -> list[drawing.Drawn]:
    return drawing.draw(members, given, found.seed, float(found.recheck_share))


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a draw can be repeated from what was kept.

    `frame` : the kept frame has the hash noted at the draw. `same` : drawing again with the seed gives
    the same places in the same order, and the same second looks.
    """

    frame: bool
    same: bool
    seed: str
    frame_hash: str
    frame_size: int

    @property
    def holds(self) -> bool:
        """Both."""
        return self.frame and self.same


def redraw_check(round_id: int) -> Proof:
    """Draw again from the kept frame and seed, and compare. Raises NoSuchThing, BadFrame (not drawn)."""
    found = _round(round_id)
    if not found.seed:
        raise BadFrame(_("Nothing has been drawn yet."), "", _("Draw the round first."))
    strata = list(found.drawn_strata.order_by("pk"))
    again = _drawn(found, [one.members for one in strata], [one.drawn for one in strata])
    column = _COLUMN[found.frame["of"]]
    kept = found.points.order_by("position").values_list(column, "stratum_id", "position", "recheck")
    same = [(o.member, strata[o.stratum].pk, o.position, o.recheck) for o in again] == list(kept)
    hashed = drawing.frame_hash([number for one in strata for number in one.members])
    return Proof(hashed == found.frame_hash, same, found.seed, found.frame_hash, found.frame_size or 0)


@transaction.atomic
def assign(
    round_id: int, *, account_id: int, count: int, area_ids: Sequence[int] = (), by: Actor, on: datetime
) -> int:
    """Give the next `count` unassigned places (of some areas) to a person, unseen; how many there were.

    Raises NotAllowed, NoSuchThing, PointEnded (the round is not at work).
    """
    found = _at_work(round_id)
    require(by, "inspection.plan", Within(found.district_id))
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None or not may_round(actor_of(account, found.district_id, on), PERMIT, found):
        raise missing(_("person who inspects"))
    waiting = _waiting(found).filter(account=None)
    if area_ids:
        waiting = waiting.filter(
            Q(object__area_id__in=area_ids) | Q(object__street_area_id__in=area_ids)
            | Q(cell__area_id__in=area_ids) | Q(cell__area__parent_id__in=area_ids)
        )  # fmt: skip
    chosen = list(waiting.order_by("position").values_list("pk", flat=True)[: max(0, count)])
    RoundPoint.objects.filter(pk__in=chosen).update(account=account)
    _note(found, "points_assigned", {"account": account_id, "count": len(chosen)}, by, on)
    return len(chosen)


@transaction.atomic
def next_point(round_id: int, *, by: Actor, on: datetime) -> RoundPoint | None:
    """The place to go to now: the one already shown, else the next is revealed; None when all are done.

    The first one begins the round. Raises NotAllowed, NoSuchThing, PointEnded, NotRevealed (too early).
    """
    found = _at_work(round_id)
    if by.account_id is None or not may_round(by, PERMIT, found):
        raise refusal(PERMIT)
    if habits(found.district_id).day(on) < found.starts_on:
        raise NotRevealed(
            _("The round begins on %(day)s.") % {"day": found.starts_on},
            _("Until then nobody is to know the places."),
            _("Come back on that day."),
        )
    open_ones = found.points.filter(account_id=by.account_id, revealed_at__isnull=False)
    shown: RoundPoint | None = open_ones.filter(done_at=None, skipped_at=None).order_by("position").first()
    return shown or _reveal(found, by, on)


def _reveal(found: Round, by: Actor, on: datetime) -> RoundPoint | None:
    own_first = F("account_id").asc(nulls_last=True)
    waiting = _waiting(found).filter(Q(account=None) | Q(account_id=by.account_id))
    point = waiting.order_by(own_first, "position").first()
    if point is None:
        return None
    point.account_id, point.revealed_at = by.account_id, on
    point.save(update_fields=["account", "revealed_at"])
    _note(found, "point_revealed", {"point": point.pk}, by, on)
    if found.state == "drawn":
        advance(found, "begin", by=by, on=on)
    return point


@transaction.atomic
def skip_point(point_id: int, *, reason: str, by: Actor, on: datetime) -> RoundPoint:
    """Leave out a place that was revealed to this person, and say why.

    Raises NotAllowed, NoSuchThing, NotRevealed, PointEnded, BadFrame (no reason).
    """
    rows = RoundPoint.objects.select_for_update(of=("self",)).select_related("round")
    point = rows.filter(pk=point_id, round__district_id=by.district_id or 0).first()
    if point is None:
        raise missing(_("point"))
    if not may_round(by, PERMIT, point.round):
        raise refusal(PERMIT)
    if point.revealed_at is None or point.account_id != by.account_id:
        raise NotRevealed(_("This point was not revealed to you."))
    if point.done_at or point.skipped_at or point.round.state not in AT_WORK:
        raise PointEnded(_("This point has been dealt with, or its round has ended."))
    text = " ".join(reason.split())[:200]
    if not text:
        raise BadFrame(
            _("A place that is left out needs a reason."), "", _("Say why nobody could look at it.")
        )
    point.skipped_at, point.skip_reason = on, text
    point.save(update_fields=["skipped_at", "skip_reason"])
    facts = {"point": point.pk, "reason": personal(text, erase_after=None)}
    _note(point.round, "point_skipped", facts, by, on)
    return point


def _waiting(found: Round) -> QuerySet[RoundPoint]:
    return found.points.filter(revealed_at=None, done_at=None, skipped_at=None)


def _round(round_id: int) -> Round:
    found = Round.objects.filter(pk=round_id).first()
    if found is None:
        raise missing(_("round"))
    return found


def _at_work(round_id: int) -> Round:
    """The round, locked, if its points may be worked on."""
    found = Round.objects.select_for_update().filter(pk=round_id).first()
    if found is None:
        raise missing(_("round"))
    if found.state not in AT_WORK:
        raise PointEnded(
            _("No places are given out in the state “%(state)s”.")
            % {"state": ROUND_LIFE.state_words(found.state, get_language() or "zh")},
            "",
            _("A round is at work from its draw until it is closed."),
        )
    return found


def _note(found: Round, step: str, facts: Mapping[str, Any], by: Actor, on: datetime) -> None:
    record(
        district_id=found.district_id, thing="round", thing_id=found.pk, step=step, by=by, on=on,
        facts=dict(facts),
    )  # fmt: skip
