"""Taking a step back: a counter-step that is recorded like any other."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.ledger.models import Entry
from chengzhi.ledger.queries import entry as find_entry
from chengzhi.lifecycle import effects, machine, snapshot
from chengzhi.lifecycle.problems import CannotUndo
from chengzhi.lifecycle.workings import Workings, workings_of
from chengzhi.people.actor import Actor

UNDO = "undo"


def undo(thing: Any, event_id: int, *, by: Actor, on: datetime) -> machine.Outcome:
    """Take back the step that wrote ledger entry `event_id`, if it was the last on `thing`.

    Whoever took the step, and whoever may take it, may take it back. Fields, state and the
    rows beside become what they were; the version goes on counting.

    Raises
    ------
    CannotUndo : final, too long ago, not the last step, or unknown.
    NotAllowed, Conflict : as in `advance`.
    """
    workings = workings_of(thing)
    entry = _undoable(workings, thing, event_id, on)
    _permit(workings, thing, entry, by)
    fields = snapshot.former_fields(workings.table, entry.facts["changed"])
    fields |= workings.derive(thing, fields)
    left = thing.state
    with transaction.atomic():
        machine.put(thing, left, {**fields, "state": entry.before}, on)
        for row in reversed(entry.facts.get("rows", ())):
            _restore_row(row)
        number = _record(workings, thing, entry, left, by, on)
        happening = effects.Happening(
            workings.life.name, thing.pk, thing.district_id, UNDO, number, by.account_id, on, on,
            {"undoes": event_id, "step": entry.step},
        )  # fmt: skip
        effects.run((workings.undone,), happening)
    return machine.Outcome(thing.pk, UNDO, left, thing.state, number, thing.version, None, False, None)


def undoable_until(thing: Any, entry: Entry, on: datetime) -> datetime | None:
    """Until when the step of this entry may be taken back; None when it may not (any more)."""
    try:
        found = _undoable(workings_of(thing), thing, entry.id, on, entry)
    except CannotUndo:
        return None
    return found.happened_at + workings_of(thing).undo_period(thing, on)


def _undoable(
    workings: Workings, thing: Any, event_id: int, on: datetime, known: Entry | None = None
) -> Entry:
    entry = known or find_entry(workings.life.name, thing.pk, event_id)
    if entry is None or "changed" not in entry.facts:
        raise _cannot(_("There is no such step to take back."))
    step = workings.life.step(entry.step)
    words = step.words(get_language() or "zh")
    if not step.undo:
        raise _cannot(_("“%(step)s” is final, as was said beforehand.") % {"step": words})
    if thing.version != entry.facts["version"]:
        raise _cannot(_("Something has happened since."))
    period = workings.undo_period(thing, on)
    if on > entry.happened_at + period:
        minutes = int(period.total_seconds() // 60)
        raise _cannot(_("More than %(minutes)s minutes have passed.") % {"minutes": minutes})
    return entry


def _cannot(why: str) -> CannotUndo:
    return CannotUndo(_("This step cannot be taken back."), why, _("Take the step that corrects it instead."))


def _permit(workings: Workings, thing: Any, entry: Entry, by: Actor) -> None:
    own = by.account_id is not None and by.account_id == entry.actor_id
    if own and by.district_id == thing.district_id:
        return
    step = workings.life.step(entry.step)
    if not workings.permit(by, step.by, thing):
        raise machine.refused(step)


def _restore_row(row: dict[str, Any]) -> None:
    model = apps.get_model(row["table"])
    target = model._default_manager.filter(pk=row["id"])
    if row["before"] is None:
        target.delete()
        return
    before = snapshot.former_fields(model, {name: [value] for name, value in row["before"].items()})
    target.update(**before)


def _record(workings: Workings, thing: Any, entry: Entry, left: str, by: Actor, on: datetime) -> int:
    return record(
        district_id=thing.district_id, thing=workings.life.name, thing_id=thing.pk, step=UNDO,
        before=left, after=thing.state, by=by, on=on, article=entry.article,
        facts={"undoes": entry.id, "step": entry.step, "version": thing.version},
    )  # fmt: skip
