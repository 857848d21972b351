"""A case's whole life in one table, joined to the table of cases.

The diagram, the buttons, the permission matrix, the tests of every pair and
docs/reference/case-life.md are made from `CASE_LIFE`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chengzhi.cases import steps_exceptions, steps_filing, steps_handling
from chengzhi.cases.changes import change
from chengzhi.cases.checks import CHECKS
from chengzhi.cases.facts import FACTS
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.cases.rules import may
from chengzhi.cases.states import DUE_FIELD, ENDS, REPORTED, STATES
from chengzhi.cases.words import bigrams
from chengzhi.lifecycle import Life
from chengzhi.lifecycle.workings import Workings, join
from chengzhi.people.permissions import ALL

CASE_LIFE = Life(
    name="case",
    steps=(*steps_filing.STEPS, *steps_handling.STEPS, *steps_exceptions.STEPS),
    states=STATES,
    start=REPORTED,
    ends=ENDS,
)

# `stage` is whatever clock runs in the state.
CLOCKS = {**DUE_FIELD, "stage": "stage_due_at"}

EFFECTS = frozenset({"tell_reporters", "tell_unit", "tell_account", "tell_deciders", "withdraw_messages"})
"""What a case may set off; bound in `chengzhi.wiring`."""


def undo_period(case: Any, on: datetime) -> timedelta:
    """For how long a step on the case may be taken back."""
    return timedelta(minutes=float(habits(case.district_id).policy("undo_minutes", on)))


def derive(case: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The search pieces, after an undo brought back a former address."""
    if "address" not in fields:
        return {}
    return {"bigrams": bigrams(case.text, fields["address"])}


CASE_LIFE.validate(permissions=ALL, checks=CHECKS, clocks=CLOCKS, effects=EFFECTS, facts=FACTS)
CASE_WORKINGS = join(
    Workings(
        life=CASE_LIFE,
        table=Case,
        checks=CHECKS,
        clocks=CLOCKS,
        facts=FACTS,
        permit=may,
        change=change,
        undo_period=undo_period,
        undone="withdraw_messages",
        private=frozenset({"address", "end_reason", "text", "reason", "decision_reason", "note"}),
        quiet=frozenset({"due_why"}),
        derived=frozenset({"bigrams"}),
        derive=derive,
    )
)
