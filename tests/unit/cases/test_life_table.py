"""Every (state, step) pair of the table is tried through the real door, on the real database."""

from datetime import timedelta

import pytest

from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import Case, CaseRequest, Task
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.people.actor import Actor
from chengzhi.people.permissions import ALL

from .town import FRIDAY, Town, as_row, ask, case_in, requests_of, tasks_of

WORKER = Actor.system()
STEPS = [step for step in CASE_LIFE.steps if not step.birth]
MOMENT = FRIDAY + timedelta(minutes=20)


def facts_for(town: Town, step: str) -> dict:
    """What a person would state."""
    words = {"reason": "现场情况", "note": "已看过", "result": "true", "urgent": True, "condition": "missing"}
    known = {
        **words,
        "unit": town.sanitation.pk,
        "account": town.handler.account_id,
        "type": town.manhole.pk,
        "until": FRIDAY + timedelta(days=30),
        "lon": 109.36,
        "lat": 24.36,
        "outcome": "清除",
        "method": "人工",
        "address": "和平路5号",
    }
    if step == "file":  # the case is a litter case, which has no such condition
        known["condition"] = "default"
    row = CASE_LIFE.step(step)
    if "other" in row.wants:
        known["other"] = case_in(town, "handling").pk
    return {name: known[name] for name in (*row.wants, *row.optional) if name in known}


def made_ready(town: Town, state: str, step: str) -> Case:
    """A case in a state with all that the step needs besides what a person states."""
    facts: dict = {}
    if step in ("unassign",):
        facts["handler"] = town.accounts["handler"]
    if step == "ask_appeal":
        facts |= {"handled_at": FRIDAY + timedelta(days=9)}
    if step == "clear_parent":
        facts["parent"] = case_in(town, "handling")
    if step == "unmerge":
        facts["merged_into"] = case_in(town, "handling")
    case = case_in(town, state, **facts)
    verb, _, kind = step.partition("_")
    if verb in ("grant", "refuse", "forward") and kind in CaseRequest.Kind.values:
        until = FRIDAY + timedelta(days=9) if kind == "suspension" else None
        ask(case, kind, until=until, level=2 if step == "grant_appeal" else 1)
    if step in ("cohandled", "remove_cohandler"):
        Task.objects.create(
            case=case, district=town.district, kind="cohandle", unit=town.sanitation, sent_at=FRIDAY
        )
    return case


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_allowed_pair_goes_through_and_back(town: Town, step) -> None:
    for state in sorted(step.before):
        case = made_ready(town, state, step.name)
        before, tasks, requests = as_row(case), tasks_of(case), requests_of(case)
        done = advance(case, step.name, by=WORKER, on=MOMENT, **facts_for(town, step.name))
        stored = Case.objects.get(pk=case.pk)
        assert stored.state == (step.after or state) == done.after == case.state
        assert stored.version == 1
        entry = history("case", case.pk)[-1]
        assert (entry.step, entry.before, entry.after) == (step.name, state, stored.state)
        assert entry.id == done.event_id
        assert entry.happened_at == MOMENT
        assert (stored.closed_at is not None) == (stored.state in CASE_LIFE.ends)
        if step.undo:
            undo(stored, done.event_id, by=WORKER, on=MOMENT + timedelta(minutes=9))
            assert as_row(case) == before, (state, step.name)
            assert tasks_of(case) == tasks
            assert requests_of(case) == requests
            assert history("case", case.pk)[-1].step == "undo"


@pytest.mark.parametrize("state", list(CASE_LIFE.states))
def test_every_other_pair_is_refused(town: Town, state: str) -> None:
    case = case_in(town, state)
    refused = [step for step in CASE_LIFE.steps if state not in step.before]
    assert refused
    for step in refused:
        with pytest.raises(StepNotAllowed):
            advance(case, step.name, by=WORKER, on=MOMENT)
    assert Case.objects.get(pk=case.pk).version == 0
    assert history("case", case.pk) == []


def test_the_table_is_whole() -> None:
    assert CASE_LIFE.ends == {"closed", "forced_closed", "not_accepted", "void", "merged"}
    assert {step.by for step in CASE_LIFE.steps} <= ALL
    assert set(CASE_LIFE.states) == {
        "reported", "pending_verify", "pending_file", "not_accepted", "pending_dispatch", "pending_handle",
        "handling", "suspended", "returned", "handled", "pending_check", "checking", "check_failed",
        "pending_close", "closed", "forced_closed", "void", "merged",
    }  # fmt: skip


def test_an_end_has_no_open_task_and_no_running_clock(town: Town) -> None:
    for step in (s for s in STEPS if s.after in CASE_LIFE.ends):
        case = made_ready(town, sorted(step.before)[0], step.name)
        advance(case, step.name, by=WORKER, on=MOMENT, **facts_for(town, step.name))
        stored = Case.objects.get(pk=case.pk)
        assert (stored.stage_due_at, stored.escalate_at) == (None, None)
        assert not Task.objects.filter(case=case, done_at=None, cancelled_at=None).exists()
