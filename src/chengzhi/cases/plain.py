"""A case in plain values, for programs: its facts, its clocks, and what may be done next."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chengzhi.cases import clocks
from chengzhi.cases.actions import Button, buttons
from chengzhi.cases.facts import FACTS
from chengzhi.cases.history import history
from chengzhi.cases.models import Case
from chengzhi.cases.stated import NOT_ALONE, SPLIT_OPTIONAL, SPLIT_WANTS, open_conditions
from chengzhi.cases.states import ENDS, STATES
from chengzhi.lifecycle.workings import Fact
from chengzhi.people.actor import Actor

LISTED = (
    "number", "state", "channel", "domain", "text", "address", "lon", "lat", "flags", "reported_at",
    "filed_at", "dispatched_at", "handled_at", "closed_at", "stage_due_at", "due_at", "outcome",
)  # fmt: skip
_MORE = (
    "version", "condition", "urgent", "place_kind", "road_kind", "verified_at", "check_sent_at", "checked_at",
    "limit_unit", "suspended_until", "extensions", "suspensions", "returns", "reworks", "dispatches", "reopened",
    "overdue_excused", "source_system", "source_number",
)  # fmt: skip


def listed(case: Case) -> dict[str, Any]:
    """What a list shows of a case; reads nothing that `worklist.fetch` has not read, but the cell."""
    name, name_en = STATES[case.state]
    return {
        **{field: getattr(case, field) for field in LISTED},
        "state_name": name,
        "state_name_en": name_en,
        "type": case.type.code if case.type else None,
        "cell": case.cell.code if case.cell else None,
        "unit": case.unit.name if case.unit else None,
        "simulated": case.district.simulated,
    }


def whole(case: Case, *, by: Actor, on: datetime, language: str) -> dict[str, Any]:
    """All facts of a case but the reporters, and the steps `by` may take from here."""
    return {
        **listed(case),
        **{field: getattr(case, field) for field in _MORE},
        "limit_amount": float(case.limit_amount) if case.limit_amount is not None else None,
        "area": case.area.code if case.area else None,
        "street_area": case.street_area.code if case.street_area else None,
        "unit_code": case.unit.code if case.unit else None,
        "handler": case.handler.username if case.handler else None,
        "parent": case.parent.number if case.parent else None,
        "merged_into": case.merged_into.number if case.merged_into else None,
        "lamp": "" if case.state in ENDS else clocks.lamp(case, on),
        "why_due": clocks.explain(case, language),
        "steps": steps(case, by=by, on=on),
    }


def steps(case: Case, *, by: Actor, on: datetime) -> list[dict[str, Any]]:
    """The steps the person's role includes in this state, with their facts and what is still missing."""
    return [_step(case, button) for button in buttons(by, case, on=on) if button.step.name not in NOT_ALONE]


def _step(case: Case, button: Button) -> dict[str, Any]:
    step, wants, optional = button.step, button.wants, button.optional
    if step.name == "split":
        wants = tuple(FACTS[name] for name in SPLIT_WANTS)
        optional = tuple(FACTS[name] for name in SPLIT_OPTIONAL)
    conditions = open_conditions(case, step)
    if len(conditions) > 1:  # the limit depends on it: no longer left open
        wants = (*wants, replace(FACTS["condition"], choices=conditions))
        optional = tuple(fact for fact in optional if fact.name != "condition")
    return {
        "name": step.name, "label": step.label, "label_en": step.label_en, "possible": button.possible,
        "late": button.late, "undo": step.undo, "final": step.final, "article": step.article,
        "wants": [_fact(fact) for fact in wants],
        "optional": [_fact(fact) for fact in optional],
        "unmet": [one.as_json() for one in button.unmet],
    }  # fmt: skip


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name, "kind": fact.kind, "label": fact.label, "label_en": fact.label_en,
        "choices": list(fact.choices),
    }  # fmt: skip


def told(case: Case, *, on: datetime, language: str) -> list[dict[str, Any]]:
    """The history in sentences, oldest first."""
    return [
        {
            "event": one.event_id, "at": one.at, "step": one.step, "label": one.label, "who": one.who,
            "sentence": one.sentence, "before": one.before, "after": one.after, "late": one.late,
            "due": one.due, "article": one.article, "undone": one.undone, "undo_until": one.undo_until,
        }
        for one in history(case, language, on=on)
    ]  # fmt: skip
