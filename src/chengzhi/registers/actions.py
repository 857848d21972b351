"""Writes to registers. Every one ends in the machine of lives or in a birth, and in the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind
from chengzhi.ledger.actions import record
from chengzhi.ledger.queries import entry as find_entry
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.machine import Outcome, advance, carry_out, propose
from chengzhi.lifecycle.problems import Conflict
from chengzhi.lifecycle.undo import undo
from chengzhi.people.actor import Actor
from chengzhi.registers import birth, correcting, numbers, terms
from chengzhi.registers.changes import PREPARED
from chengzhi.registers.getting import object_of, object_to_change
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.lives import THING
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.permits import end_permit, grant_permit, renew_permit
from chengzhi.registers.photos import (
    add_document,
    add_photo,
    add_photo_point,
    mask_photo,
    release_photo,
    retire_photo_point,
    withhold_photo,
)
from chengzhi.registers.plans import note_check, set_plan
from chengzhi.registers.rules import Belongs, require

__all__ = [
    "Button",
    "Outcome",
    "add_document",
    "add_photo",
    "add_photo_point",
    "advance_object",
    "buttons",
    "correct",
    "end_permit",
    "grant_permit",
    "mask_photo",
    "merge",
    "note_check",
    "register",
    "release_photo",
    "renew_permit",
    "retire_photo_point",
    "set_plan",
    "undo_step",
    "withhold_photo",
]


@transaction.atomic
def register(
    *,
    district_id: int,
    kind: str,
    name: str,
    facts: Mapping[str, Any],
    by: Actor,
    on: datetime,
    lon: float | None = None,
    lat: float | None = None,
    shape: Any = None,
    address: str = "",
    party_id: int | None = None,
    unit_id: int | None = None,
    component_code: str = "",
    source: tuple[str, str] = ("", ""),
) -> RegisteredObject:
    """Enter an object. `shape` is GeoJSON of a line or area; `source` the other system and its number.

    Raises
    ------
    UnknownKind, NotAllowed.
    BadFields : every value that cannot be right, all at once.
    BadShape, BadCoordinates, SwappedCoordinates : of the place.
    AlreadyRegistered : the source's number is there.
    """
    declared = kind_of(kind)
    require(by, "register.edit", Belongs(district_id, unit_id))
    new = birth.New(name, facts, lon, lat, shape, address, party_id, unit_id, component_code, source)
    row = birth.row_of(declared, district_id, new, on)
    row.number = numbers.number(declared, numbers.take(district_id, declared.key))
    row.public_code = numbers.public_code()
    _begin_term(declared, row, by, on)
    record(
        district_id=district_id, thing=THING, thing_id=row.pk, step="register", after=row.state, by=by, on=on,
        facts={"kind": kind, "number": row.number},
    )  # fmt: skip
    return row


def _begin_term(kind: Kind, row: RegisteredObject, by: Actor, on: datetime) -> None:
    """Save the object; where a term runs by law it is on record from the first moment."""
    term = terms.span(kind, row.facts, row.district_id, on)
    row.permit_until = term[1] if term else None
    row.save()
    if term:
        Permit.objects.create(
            object=row, party_id=row.party_id, starts_on=term[0], ends_on=term[1],
            recorded_by=by.account_id, recorded_at=on,
        )  # fmt: skip


def correct(
    object_id: int, *, changes: Mapping[str, Any], version: int | None, by: Actor, on: datetime
) -> Outcome:
    """Correct an object as it was read at `version` (None: as it is now); undoable.

    `changes` may name: name, address, lon and lat, shape, party_id, unit_id, component_code,
    component_status, facts (a mapping; an empty value removes one) and clear_flags (flags that
    somebody has looked at, such as "possible_double").
    Raises NoSuchObject, NotAllowed, Conflict, BadFields, BadShape, BadCoordinates,
    SwappedCoordinates, NothingChanged.
    """
    thing = object_to_change(object_id, by=by)
    _same_version(thing, version)
    fields = correcting.fields_of(thing, changes)
    if "unit_id" in fields:
        require(by, "register.edit", Belongs(thing.district_id, fields["unit_id"]))
    notes = {"fields": sorted(correcting.names(thing, fields))}
    move = propose(thing, "correct", by=by, on=on, facts={}, context={PREPARED: fields, "notes": notes})
    return carry_out(move)


def advance_object(
    object_id: int, step: str, /, *, by: Actor, on: datetime, version: int | None = None, **facts: Any
) -> Outcome:
    """Take one step on an object. Raises as `lifecycle.machine.advance`, NoSuchObject and Conflict.

    Moving a stallholder takes the step on both places, or on neither.
    """
    thing = object_of(object_id, by=by)
    _same_version(thing, version)
    holder = thing.party_id
    with transaction.atomic():
        done = advance(thing, step, by=by, on=on, **facts)
        if step == "relocate":
            other = object_of(int(facts["alternative"]), by=by)
            advance(other, "move_in", by=by, on=on, party=holder, alternative=object_id)
    return done


def undo_step(object_id: int, event_id: int, *, by: Actor, on: datetime) -> Outcome:
    """Take back the last step of an object, within the undo period; of a pair both sides.

    Raises as `lifecycle.undo.undo`.
    """
    thing = object_of(object_id, by=by)
    entry = find_entry(THING, object_id, event_id)
    with transaction.atomic():
        done = undo(thing, event_id, by=by, on=on)
        pair = _PAIRS.get(entry.step) if entry else None
        if entry is not None and pair is not None:
            _undo_other(int(entry.facts["given"][pair[1]]), pair[0], object_id, by, on)
    return done


# A step that is taken on two objects at once → the other's step, the fact that names the other.
_PAIRS = {
    "relocate": ("move_in", "alternative"),
    "move_in": ("relocate", "alternative"),
    "merge": ("absorb", "other"),
    "absorb": ("merge", "other"),
}


def _undo_other(other_id: int, step: str, object_id: int, by: Actor, on: datetime) -> None:
    other = object_of(other_id, by=by)
    last = birth.last_step(other, step)
    if last is None:
        raise birth.moved_on()
    undo(other, last.pk, by=by, on=on)


def merge(keep_id: int, double_id: int, *, by: Actor, on: datetime, reason: str = "") -> Outcome:
    """Merge a double into the object that stays; what the kept one lacks is taken from the double.

    Photos, permits, documents, checks and cases stay with the double and are read together with
    those of the kept one (`queries.family`); so the merger can be undone whole.
    Raises NoSuchObject, NotAllowed, CannotMerge, StepNotAllowed.
    """
    keep, double = object_to_change(keep_id, by=by), object_to_change(double_id, by=by)
    fields = correcting.filled(keep, double)
    stated = {"reason": reason} if reason else {}
    with transaction.atomic():
        done = advance(double, "merge", by=by, on=on, other=keep_id, **stated)
        facts = {"other": double_id, **stated}
        carry_out(propose(keep, "absorb", by=by, on=on, facts=facts, context={PREPARED: fields}))
    return done


def _same_version(thing: RegisteredObject, version: int | None) -> None:
    if version is not None and thing.version != version:
        raise Conflict(
            _("This has changed since you opened it."),
            _("You saw version %(seen)s, it is at %(now)s.") % {"seen": version, "now": thing.version},
            _("Reload, look at what changed, and decide again."),
        )
