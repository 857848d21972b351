"""`advance`: the one function that changes a state.

Find the step → may this person → are the needs met → is it in time (late is recorded, not
hidden) → conditional update → ledger entry → effects (rows that take effect with the commit). Births have their own
door (`chengzhi.cases.birth`), made from the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.law.deadlines import NaiveTime
from chengzhi.ledger.actions import record
from chengzhi.lifecycle import effects, snapshot
from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.problems import Conflict, NeedsNotMet, StepNotAllowed, Unmet
from chengzhi.lifecycle.workings import Change, Move, Workings, read_facts, workings_of
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed, refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did: the states on either side, the ledger entry, whether it was late.

    `undo_until` is None when the step cannot be taken back.
    """

    thing_id: int
    step: str
    before: str
    after: str
    event_id: int
    version: int
    due: datetime | None
    late: bool
    undo_until: datetime | None


def advance(thing: Any, name: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take one step on `thing`, which must be as it was read (its state and version).

    Raises
    ------
    NoSuchStep, StepNotAllowed, NotAllowed, BadFact, NeedsNotMet : see `propose`.
    Conflict : somebody else changed the thing first; nothing is written.
    """
    return carry_out(propose(thing, name, by=by, on=on, facts=facts))


def carry_out(move: Move) -> Outcome:
    """Take a step that `propose` has allowed, in one transaction. Raises Conflict."""
    with transaction.atomic():
        change = move.workings.change(move)
        entry = _write(move, change)
        happening = _happening(move, entry)
        effects.run(move.step.effects, happening)
    return Outcome(
        thing_id=move.thing.pk,
        step=move.step.name,
        before=entry["before"],
        after=move.thing.state,
        event_id=entry["id"],
        version=move.thing.version,
        due=move.due if not entry["late"] else entry["due"],
        late=entry["late"],
        undo_until=happening.hold_until if move.step.undo else None,
    )


def propose(
    thing: Any,
    name: str,
    *,
    by: Actor,
    on: datetime,
    facts: Mapping[str, Any],
    context: dict[str, Any] | None = None,
) -> Move:
    """Ask all questions of a step without taking it.

    Raises
    ------
    NoSuchStep : the life has none of that name.
    StepNotAllowed : it does not start from the thing's state.
    NotAllowed : the person's posts do not include it here.
    BadFact : a fact is unknown, missing or unreadable.
    NeedsNotMet : one or more needs do not hold; all are told together.
    """
    if on.tzinfo is None:
        raise NaiveTime(
            _("The time %(time)s has no time zone.") % {"time": on}, _("Without one it names no instant.")
        )
    workings = workings_of(thing)
    step = workings.life.step(name)
    require_state(workings, step, thing.state)
    if not workings.permit(by, step.by, thing):
        raise refused(step)
    move = Move(workings, step, thing, by, on, read_facts(workings, step, facts), context or {})
    unmet = unmet_needs(move)
    if unmet:
        raise NeedsNotMet(step.words(get_language() or "zh"), unmet)
    return move


def require_state(workings: Workings, step: Step, state: str) -> None:
    """Pass or raise StepNotAllowed."""
    if not step.leads_from(state):
        language = get_language() or "zh"
        raise StepNotAllowed(
            _("“%(step)s” is not possible in the state “%(state)s”.")
            % {"step": step.words(language), "state": workings.life.state_words(state, language)},
            _("It starts from: %(states)s.")
            % {"states": ", ".join(workings.life.state_words(s, language) for s in sorted(step.before))},
            _("Reload the page: somebody may have taken the step already."),
        )


def refused(step: Step) -> NotAllowed:
    """The refusal of a person whose posts do not include the step."""
    return refusal(step.by)


def unmet_needs(move: Move, *, of_facts: bool = True) -> list[Unmet]:
    """The needs of the step that do not hold, in the order of the table."""
    checks = (move.workings.checks[name] for name in move.step.needs)
    return [
        Unmet(check.name, str(check.says), check.article)
        for check in checks
        if (of_facts or not check.of_facts) and not check.test(move)
    ]


def _write(move: Move, change: Change) -> dict[str, Any]:
    """Update conditionally, write the rows beside and the entry; returns its number and lateness."""
    thing, workings = move.thing, move.workings
    erase = workings.erase_after(thing, move.on)
    before, due, late = thing.state, move.due, move.late
    changed = snapshot.changed_fields(workings, thing, change, erase)
    put(thing, before, {**change.fields, "state": move.step.after or before}, move.on)
    rows = [snapshot.write_row(row, workings.private, erase) for row in change.rows]
    facts: dict[str, Any] = {"given": _given(move, erase), "changed": changed, "version": thing.version}
    facts |= {"rows": rows} if rows else {}
    facts |= {"notes": dict(change.notes)} if change.notes else {}
    facts |= {"due": due.isoformat(), "late": late} if due else {}
    number = record(
        district_id=thing.district_id, thing=workings.life.name, thing_id=thing.pk, step=move.step.name,
        before=before, after=thing.state, by=move.by, on=move.on,
        rule=move.step.within or "", article=move.step.article, facts=facts,
    )  # fmt: skip
    return {"id": number, "before": before, "late": late, "due": due, "facts": facts}


def put(thing: Any, state: str, fields: Mapping[str, Any], on: datetime) -> None:
    """Update the row if it is still as it was read. Raises Conflict, and then changes nothing."""
    values = {**fields, "version": thing.version + 1, "updated_at": on}
    rows = type(thing)._default_manager.filter(pk=thing.pk, state=state, version=thing.version)
    if not rows.update(**values):
        raise Conflict(
            _("Somebody else changed this just now."),
            _("The step was prepared on an older version; nothing was written."),
            _("Reload, look at what changed, and decide again."),
        )
    for name, value in values.items():
        setattr(thing, name, value)


def _given(move: Move, erase_after: Any) -> dict[str, Any]:
    facts = move.workings.facts
    return {
        name: snapshot.hidden(value, erase_after) if facts[name].private else snapshot.plain(value)
        for name, value in move.facts.items()
    }


def _happening(move: Move, entry: Mapping[str, Any]) -> effects.Happening:
    return effects.Happening(
        life=move.workings.life.name,
        thing_id=move.thing.pk,
        district_id=move.thing.district_id,
        step=move.step.name,
        event_id=entry["id"],
        actor_id=move.by.account_id,
        on=move.on,
        hold_until=move.on + move.workings.undo_period(move.thing, move.on),
        facts=entry["facts"],
    )
