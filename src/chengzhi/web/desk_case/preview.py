"""What a step would do, said before it is taken: asked of the life itself, written nowhere."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from chengzhi.cases import clocks
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import Case
from chengzhi.cases.states import ENDS
from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.machine import propose
from chengzhi.lifecycle.problems import BadFact, NeedsNotMet
from chengzhi.people.actor import Actor


@dataclass(frozen=True)
class Preview:
    """State and deadline after the step; `problem` when it cannot be taken with these facts."""

    before: str
    after: str
    due: datetime | None
    why: str
    moved: bool
    ends: bool
    problem: NeedsNotMet | None = None


def preview(case: Case, step: Step, actor: Actor, on: datetime, facts: dict[str, Any]) -> Preview:
    """What would be, with these facts; what is still to be stated is passed over."""
    language = get_language() or "zh"
    before = CASE_LIFE.state_words(case.state, language)
    after = CASE_LIFE.state_words(step.after or case.state, language)
    ends = (step.after or case.state) in ENDS or step.after == "suspended"
    try:
        move = propose(case, step.name, by=actor, on=on, facts=facts)
    except BadFact:
        return Preview(before, after, None, "", False, ends)
    except NeedsNotMet as problem:
        return Preview(before, after, None, "", False, ends, problem)
    seen = copy(case)
    for name, value in {**move.workings.change(move).fields, "state": step.after or case.state}.items():
        setattr(seen, name, value)
    moved = seen.stage_due_at != case.stage_due_at
    return Preview(before, after, seen.stage_due_at, clocks.explain(seen, language), moved, ends)
