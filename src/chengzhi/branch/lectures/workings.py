"""The life joined to its table: who may, what must hold, what is written."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengzhi.branch.lectures.life import FACTS, LECTURE_LIFE, PAPER
from chengzhi.branch.lectures.models import Decision, Lecture, Sight, Text
from chengzhi.branch.organisation.models import Held, Membership
from chengzhi.branch.organisation.rules import in_force, may, member_of
from chengzhi.cases.habits import habits
from chengzhi.lifecycle.workings import Change, Check, Move, RowOp, Workings, join
from chengzhi.people.permissions import ALL

UNDONE = "nothing_undone"
EFFECTS = frozenset({UNDONE})
FORM_HELD = "lecture"
LONGEST = 24
"""Hours of study one lecture may count for: those of a day."""
LABELS = {"late": "label:late", "paper": "label:paper", "paper_late": "label:paper_late"}


def today(district_id: int, on: datetime) -> date:
    """The day on the district's wall."""
    return habits(district_id).day(on)


def belongs(member_id: int, body_id: int, day: date) -> bool:
    """Whether a person is a member of a body on a day."""
    rows = Membership.objects.filter(in_force(day), in_force(day, "member__"), body_id=body_id)
    return rows.filter(member_id=member_id).exists()


def _speaker_in_body(move: Move) -> bool:
    speaker = move.facts.get("speaker")
    return speaker is None or belongs(speaker, move.thing.body_id, today(move.thing.district_id, move.on))


def _day_ahead(move: Move) -> bool:
    day = move.facts.get("planned_for")
    return day is None or day >= today(move.thing.district_id, move.on)


def _whole(value: float) -> bool:
    return value >= 0 and float(value).is_integer()


def _counts_fit(move: Move) -> bool:
    expected, present = move.facts["expected"], move.facts["present"]
    return _whole(expected) and _whole(present) and 0 < expected < 2**31 and present <= expected


def looked_again(lecture: Lecture, on: datetime) -> bool:
    """Whether every agreed day is over, and every figure was read for it."""
    day = today(lecture.district_id, on)
    said = Decision.objects.filter(lecture=lecture)
    seen = Sight.objects.filter(decision__lecture=lecture, when=Sight.When.AFTER).values("decision")
    waiting = said.filter(look_again_on__gte=day) | said.exclude(metric="").exclude(pk__in=seen)
    return not waiting.exists()


_CHECKS = (
    Check(
        "something_said", lambda m: bool(m.facts), _("Nothing was changed: state what is new."), of_facts=True
    ),
    Check(
        "speaker_in_body", _speaker_in_body, _("The speaker must be a member of this body."), of_facts=True
    ),
    Check("day_ahead", _day_ahead, _("A plan is for today or a day to come."), of_facts=True),
    Check(
        "has_text", lambda m: Text.objects.filter(lecture_id=m.thing.pk).exists(),
        _("No text is linked: a lecture rests on a text with its official address."),
    ),
    Check(
        "counts_fit", _counts_fit,
        _("Whole numbers of people: somebody should attend, and no more came than should."), of_facts=True,
    ),
    Check(
        "hours_fit", lambda m: 0 <= m.facts["hours"] <= LONGEST,
        _("Hours of one lecture lie between 0 and 24."), of_facts=True,
    ),
    Check(
        "not_ahead", lambda m: m.facts["held_on"] <= today(m.thing.district_id, m.on),
        _("It cannot have been held on a day to come."), of_facts=True,
    ),
    Check(
        "has_decision", lambda m: Decision.objects.filter(lecture_id=m.thing.pk).exists(),
        _("No group has decided anything yet; where nothing is to change, close it with the reason."),
    ),
    Check(
        "no_decision", lambda m: not Decision.objects.filter(lecture_id=m.thing.pk).exists(),
        _("A group has decided something: look at it again first."),
    ),
    Check(
        "looked_again", lambda m: looked_again(m.thing, m.on),
        _("The agreed day is not over, or a figure was not read yet: figures are read every night."),
    ),
)  # fmt: skip
CHECKS: dict[str, Check] = {check.name: check for check in _CHECKS}


def _revise(move: Move) -> dict[str, Any]:
    said = dict(move.facts)
    if "speaker" in said:
        said["speaker_id"] = said.pop("speaker")
    if "theme" in said:
        said["theme"] = said["theme"][:120]
    if "spot" in said:
        said["spot"] = said["spot"][:200]
    return said


def is_late(lecture: Lecture) -> bool:
    """Whether it was written down on a later day than it was held."""
    if lecture.held_on is None or lecture.entered_at is None:
        return False
    return lecture.held_on < today(lecture.district_id, lecture.entered_at)


def _hold(move: Move) -> dict[str, Any]:
    said = move.facts
    return {
        "held_on": said["held_on"], "expected": int(said["expected"]), "present": int(said["present"]),
        "hours": Decimal(str(said["hours"])).quantize(Decimal("0.1")), "entry": said["entry"], "entered_at": move.on,
    }  # fmt: skip


def _noted(move: Move) -> tuple[RowOp, ...]:
    """The body's list of what it held, unless somebody noted the day there already."""
    day = move.facts["held_on"]
    if Held.objects.filter(body_id=move.thing.body_id, form=FORM_HELD, on=day).exists():
        return ()
    member = member_of(move.by)
    values = {"body_id": move.thing.body_id, "form": FORM_HELD, "on": day, "entered_at": move.on,
              "entered_by_id": member.pk if member else None}  # fmt: skip
    return (RowOp(Held, values),)


def _holding_notes(move: Move) -> dict[str, Any]:
    late = move.facts["held_on"] < today(move.thing.district_id, move.on)
    paper = move.facts["entry"] == PAPER
    label = LABELS.get("_".join(word for word, says in (("paper", paper), ("late", late)) if says), "")
    return {
        "should": int(move.facts["expected"]),
        "came": int(move.facts["present"]),
        **({"labels": label} if label else {}),
    }


_FIELDS: Mapping[str, Callable[[Move], dict[str, Any]]] = {
    "revise": _revise,
    "hold": _hold,
    "follow_up": lambda move: {"finding": move.facts["finding"]},
    "close": lambda move: {"ended_at": move.on},
    "close_plain": lambda move: {"ended_at": move.on, "end_reason": move.facts["reason"]},
    "cancel": lambda move: {"ended_at": move.on, "end_reason": move.facts["reason"]},
}


def change(move: Move) -> Change:
    """The fields of the step; when it was held, the body's own list says so too."""
    make = _FIELDS.get(move.step.name)
    fields = make(move) if make else {}
    if move.step.name == "hold":
        return Change(fields=fields, rows=_noted(move), notes=_holding_notes(move))
    return Change(fields=fields)


def _undo_period(thing: Any, on: datetime) -> timedelta:
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


LECTURE_LIFE.validate(permissions=ALL, checks=CHECKS, clocks={}, effects=EFFECTS, facts=FACTS)
LECTURE_WORKINGS = join(
    Workings(
        life=LECTURE_LIFE, table=Lecture, checks=CHECKS, clocks={}, facts=FACTS, permit=may, change=change,
        undo_period=_undo_period, undone=UNDONE,
        private=frozenset({"aim", "prompts", "finding", "end_reason"}),
    )
)  # fmt: skip
