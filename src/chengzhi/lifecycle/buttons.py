"""The buttons of a page: exactly the steps a person may take, and why one is still grey."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.machine import unmet_needs
from chengzhi.lifecycle.problems import Unmet
from chengzhi.lifecycle.workings import Fact, Move, workings_of
from chengzhi.people.actor import Actor


@dataclass(frozen=True, slots=True)
class Button:
    """A step the person's post includes in this state.

    `unmet` is what is missing before it can be taken (empty: it can); `wants` and `optional`
    are the facts its form asks for; `late` that its clock has already run out.
    """

    step: Step
    unmet: tuple[Unmet, ...]
    wants: tuple[Fact, ...]
    optional: tuple[Fact, ...]
    late: bool

    @property
    def possible(self) -> bool:
        """Whether nothing is missing."""
        return not self.unmet


def buttons(actor: Actor, thing: Any, *, on: datetime) -> list[Button]:
    """The steps this person may take from the thing's state, in the order of the table."""
    workings = workings_of(thing)
    shared: dict[str, Any] = {}
    found = []
    for step in workings.life.allowed(thing.state):
        if not workings.permit(actor, step.by, thing):
            continue
        move = Move(workings, step, thing, actor, on, {}, shared)
        unmet = tuple(unmet_needs(move, of_facts=False))
        wants, optional = (tuple(workings.facts[n] for n in names) for names in (step.wants, step.optional))
        found.append(Button(step, unmet, wants, optional, move.late))
    return found
