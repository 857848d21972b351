"""What each step writes: fields of the object, permits beside it. Nothing here saves anything."""

from collections.abc import Callable
from copy import copy
from datetime import date
from typing import Any

from chengzhi.domains.kinds import Course, Kind, Turn
from chengzhi.lifecycle.workings import Change, Move, RowOp
from chengzhi.registers import checks, terms
from chengzhi.registers.courses import course_of
from chengzhi.registers.fields import read_facts
from chengzhi.registers.kinds import kind
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.policies import OPEN_ENDED
from chengzhi.registers.words import pieces

PREPARED = "changes"
"""Key of a move's context: fields that the caller has made ready (a correction, a merger)."""


def change(move: Move) -> Change:
    """All that a step writes besides state and version."""
    own = _OWN.get(move.step.name, _of_course)(move)
    fields = {**_standing(move), **own.fields}
    if {"name", "address", "facts"} & fields.keys():
        fields |= derive(move.thing, fields)
    return Change(fields, own.rows, own.notes)


def derive(thing: RegisteredObject, fields: Any) -> dict[str, Any]:
    """The search pieces as they are with some fields changed."""
    seen = copy(thing)
    for name, value in fields.items():
        setattr(seen, name, value)
    return {"bigrams": pieces(kind(seen.kind), seen.name, seen.address, seen.facts)}


def _standing(move: Move) -> dict[str, Any]:
    """Whether it stands in the street after the step, and since or until when."""
    after = move.step.after
    if after is None:
        return {}
    course, thing = course_of(kind(move.thing.kind)), move.thing
    live = after in course.live
    fields: dict[str, Any] = {"live": live, "closed_until": move.facts.get("until")}
    if live and thing.started_on is None:
        fields["started_on"] = checks.today(move)
    if live != thing.live:
        fields["ended_on"] = None if live else checks.today(move)
    return fields


def _of_course(move: Move) -> Change:
    """What the kind's own course says: facts it keeps, what it empties, the party it names."""
    declared = kind(move.thing.kind)
    turn = _turn(course_of(declared), move.step.name)
    if turn is None:
        return Change()
    fields: dict[str, Any] = {}
    rows: tuple[RowOp, ...] = ()
    if "party" in move.facts:
        fields["party_id"] = move.facts["party"]
    if "party" in turn.clears:
        fields |= {"party_id": None, "permit_until": None}
        rows = _end_all(move)
    if turn.sets or set(turn.clears) - {"party"}:
        fields["facts"] = _kept(move, declared, turn)
    return Change(fields, rows, _notes(move))


def _turn(course: Course, name: str) -> Turn | None:
    return next((turn for turn in course.turns if turn.name == name), None)


def _kept(move: Move, declared: Kind, turn: Turn) -> dict[str, Any]:
    stated = read_facts(declared, {field: move.facts[fact] for fact, field in turn.sets})
    gone = set(turn.clears)
    return {key: value for key, value in {**move.thing.facts, **stated}.items() if key not in gone}


def _notes(move: Move) -> dict[str, Any]:
    """Register numbers for the sentence of the step, so that it can be told without looking them up."""
    other = checks.object_named(move, "alternative") if "alternative" in move.facts else None
    return {"alternative": other.number} if other else {}


def _end_all(move: Move) -> tuple[RowOp, ...]:
    running = checks.in_force(move.thing.pk, checks.today(move))
    ended = {"ended_on": checks.today(move), "end_reason": move.step.name}
    return tuple(RowOp(Permit, ended, permit.pk) for permit in running)


def _prepared(move: Move) -> Change:
    fields = dict(move.context.get(PREPARED, {}))
    ops = _term_again(move, fields)
    return Change(fields, ops, move.context.get("notes", {}))


def _term_again(move: Move, fields: dict[str, Any]) -> tuple[RowOp, ...]:
    """A corrected first day moves the term that runs from it, unless that was extended or ended."""
    thing, declared = move.thing, kind(move.thing.kind)
    before = terms.span(declared, thing.facts, thing.district_id, move.on)
    now = terms.span(declared, fields.get("facts", thing.facts), thing.district_id, move.on)
    if now is None or now == before:
        return ()
    rows = list(Permit.objects.filter(object=thing)[:2])
    if not rows:
        values = {"object_id": thing.pk, "party_id": thing.party_id, "starts_on": now[0], "ends_on": now[1],
                  "recorded_by": move.by.account_id, "recorded_at": move.on}  # fmt: skip
    elif len(rows) == 1 and rows[0].ended_on is None:
        values = {"starts_on": now[0], "ends_on": now[1]}
    else:
        return ()
    fields["permit_until"] = now[1]
    return (RowOp(Permit, values, rows[0].pk if rows else None),)


def _merge(move: Move) -> Change:
    other = move.facts["other"]
    day = checks.today(move)
    return Change({"merged_into_id": other, "live": False, "ended_on": day}, notes=_other(move))


def _absorb(move: Move) -> Change:
    return Change(move.context.get(PREPARED, {}), notes=_other(move))


def _other(move: Move) -> dict[str, Any]:
    other = checks.object_named(move, "other")
    return {"other": other.number} if other else {}


def _grant(move: Move) -> Change:
    given = move.facts
    party = given.get("party", move.thing.party_id)
    values = _permit_values(move) | {"party_id": party, "starts_on": given["starts_on"]}
    return Change(_until(move, given.get("ends_on")), (RowOp(Permit, values),), _permit_notes(move))


def _renew(move: Move) -> Change:
    old = checks.permit_named(move)
    assert old is not None  # a need of the step
    begins = move.facts.get("starts_on") or _day_after(old, checks.today(move))
    values = _permit_values(move) | {"party_id": old.party_id, "starts_on": begins, "renews_id": old.pk}
    values["number"] = values["number"] or old.number
    return Change(_until(move, move.facts["ends_on"]), (RowOp(Permit, values),), _permit_notes(move))


def _day_after(permit: Permit, today: date) -> date:
    """A renewal goes on where the old one ended; a lapsed one begins anew today."""
    if permit.ends_on is None or permit.ends_on < today:
        return today
    return date.fromordinal(permit.ends_on.toordinal() + 1)


def _end(move: Move) -> Change:
    day = checks.today(move)
    ended = {"ended_on": day, "end_reason": move.facts["reason"]}
    number = move.facts["permit"]
    rest = checks.in_force(move.thing.pk, day).exclude(pk=number).values_list("ends_on", flat=True)
    last = max((ends or OPEN_ENDED for ends in rest), default=None)
    return Change({"permit_until": last}, (RowOp(Permit, ended, number),))


def _permit_values(move: Move) -> dict[str, Any]:
    given = move.facts
    return {
        "object_id": move.thing.pk, "number": given.get("number", "")[:80], "ends_on": given.get("ends_on"),
        "conditions": given.get("conditions", ""), "issued_by": given.get("issued_by", "")[:120],
        "file_id": given.get("file"), "recorded_by": move.by.account_id, "recorded_at": move.on,
    }  # fmt: skip


def _until(move: Move, ends_on: date | None) -> dict[str, Any]:
    known = move.thing.permit_until
    last = ends_on or OPEN_ENDED
    return {"permit_until": max(known, last) if known else last}


def _permit_notes(move: Move) -> dict[str, Any]:
    ends = move.facts.get("ends_on")
    return {"number": move.facts.get("number", ""), "until": ends.isoformat() if ends else ""}


_OWN: dict[str, Callable[[Move], Change]] = {
    "correct": _prepared,
    "merge": _merge,
    "absorb": _absorb,
    "grant_permit": _grant,
    "renew_permit": _renew,
    "end_permit": _end,
}
