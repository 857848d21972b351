"""The steps of an object as buttons: what may be done now, and what is missing for the rest."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from chengzhi.lifecycle.problems import Unmet
from chengzhi.people.actor import Actor
from chengzhi.registers.actions import Button, buttons
from chengzhi.registers.courses import course_of
from chengzhi.registers.kinds import kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.registers.words import language

HIDDEN = frozenset({"absorb", "move_in"})
"""Taken together with a step on another object, never by hand."""
PERMITS = frozenset({"grant_permit", "renew_permit", "end_permit"})
OWN_PAGES: dict[str, str] = {"correct": "registers:correct", "merge": "registers:merge"}
"""Steps whose forms are more than the facts of a step."""


@dataclass(frozen=True)
class Offer:
    """One step as a button."""

    name: str
    label: str
    url: str
    at_once: bool
    final: bool
    unmet: tuple[Unmet, ...]


@dataclass
class Offers:
    """The steps the person has, sorted by what they are about."""

    course: list[Offer] = field(default_factory=list)
    permits: list[Offer] = field(default_factory=list)
    entry: list[Offer] = field(default_factory=list)
    missing: list[Offer] = field(default_factory=list)


def offers(actor: Actor, thing: RegisteredObject, *, on: datetime) -> Offers:
    """The buttons of this person on this object: the course in its order, then permits, then the entry."""
    found = Offers()
    for button in buttons(actor, thing, on=on):
        if button.step.name not in HIDDEN:
            one = _offer(thing, button)
            _place(found, thing, one).append(one)
    return found


def _place(found: Offers, thing: RegisteredObject, one: Offer) -> list[Offer]:
    if one.unmet:
        return found.missing
    if one.name in PERMITS:
        return found.permits
    own = {turn.name for turn in course_of(kind(thing.kind)).turns}
    return found.course if one.name in own else found.entry


def _offer(thing: RegisteredObject, button: Button) -> Offer:
    step, own = button.step, OWN_PAGES.get(button.step.name)
    there = (
        reverse(own, args=[thing.number])
        if own
        else reverse("registers:step", args=[thing.number, step.name])
    )
    return Offer(
        name=step.name,
        label=step.words(language()),
        url=there,
        at_once=own is None and not (button.wants or button.optional or not step.undo),
        final=not step.undo,
        unmet=button.unmet,
    )
