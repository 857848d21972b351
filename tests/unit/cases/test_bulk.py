"""Bulk actions: preview, run, kill in the middle, undo; and two people at once."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from chengzhi.cases import bulk, habits
from chengzhi.cases.actions import advance_case
from chengzhi.cases.models import BulkAction, BulkItem, Case
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import Conflict, NeedsNotMet
from chengzhi.people.rules import NotAllowed

from .town import Town, build, case_in, later

SOON = later(minutes=5)


def cases(town: Town, count: int) -> list[int]:
    return [case_in(town, "pending_dispatch").pk for _ in range(count)]


def test_the_preview_says_which_pass_and_why_the_others_do_not(town: Town) -> None:
    ids = cases(town, 3)
    untyped = case_in(town, "pending_dispatch", type=None).pk
    closed = case_in(town, "closed").pk
    seen = bulk.prepare(
        [*ids, untyped, closed], "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON
    )
    assert seen.passing == tuple(ids)
    codes = {number: problem["error"]["code"] for number, _, problem in seen.failing}
    assert codes == {untyped: "lifecycle.needs_not_met", closed: "lifecycle.step_not_allowed"}
    assert Case.objects.filter(version__gt=0).count() == 0


def test_a_preview_costs_a_few_queries_and_not_a_few_per_case(
    town: Town, django_assert_max_num_queries
) -> None:
    ids = cases(town, 40)
    habits.habits(town.district.pk)
    with django_assert_max_num_queries(8):
        seen = bulk.prepare(ids, "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON)
    assert len(seen.passing) == 40


def test_a_bulk_action_keeps_a_result_for_each_case_and_is_undone_as_a_whole(town: Town) -> None:
    ids = [*cases(town, 3), case_in(town, "closed").pk]
    action = bulk.begin(ids, "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON, key="a")
    assert (
        bulk.begin(ids, "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON, key="a") == action
    )
    assert JobRun.objects.filter(kind="cases.bulk").count() == 1
    seen: list[tuple[int, int]] = []
    bulk.run(
        action, by=town.dispatcher, on=lambda: SOON, report=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert bulk.counts(action.pk) | {} == {"waiting": 0, "done": 3, "failed": 1, "undone": 0, "dropped": 0}
    assert BulkItem.objects.get(action=action, state="failed").error["code"] == "lifecycle.step_not_allowed"
    advance_case(ids[0], "accept", by=town.handler, on=SOON)  # something happened since
    bulk.run_undo(action, by=town.dispatcher, on=lambda: later(minutes=9))
    assert bulk.counts(action.pk)["undone"] == 2
    assert BulkItem.objects.get(action=action, case=ids[0]).undo_error["code"] == "lifecycle.cannot_undo"
    assert (
        list(Case.objects.filter(pk__in=ids[1:3]).values_list("state", flat=True)) == ["pending_dispatch"] * 2
    )


def test_bulk_is_for_those_who_may_and_for_steps_that_suit(town: Town) -> None:
    ids = cases(town, 1)
    with pytest.raises(NotAllowed):
        bulk.prepare(ids, "dispatch", {"unit": town.squad.pk}, by=town.inspector, on=SOON)
    with pytest.raises(bulk.BadBulk):
        bulk.prepare(ids, "merge", {"other": ids[0]}, by=town.shift_leader, on=SOON)
    with pytest.raises(bulk.BadBulk):
        bulk.prepare([], "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON)


def test_cases_of_another_district_are_left_out(town: Town) -> None:
    theirs = case_in(build("other"), "pending_dispatch").pk
    mine = cases(town, 1)
    action = bulk.begin([theirs, *mine], "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON)
    assert action.total == 1


KILLED = """
import os, sys, django
django.setup()
from datetime import datetime
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from chengzhi.cases import bulk
from chengzhi.cases.models import BulkAction
from chengzhi.people.actor import actor_of
from chengzhi.people.models import Account
action = BulkAction.objects.get(pk=int(sys.argv[2]))
on = datetime.fromisoformat(sys.argv[3])
by = actor_of(Account.objects.get(pk=action.account_id), action.district_id, on)
def report(done, total):
    print(done, flush=True)
bulk.run(action, by=by, on=lambda: on, report=report)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(transactional_db: None) -> None:
    habits.forget()
    town = build("killed")
    ids = cases(town, 60)
    action = bulk.begin(ids, "dispatch", {"unit": town.squad.pk}, by=town.dispatcher, on=SOON)
    name = str(connection.settings_dict["NAME"])
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, name, str(action.pk), SOON.isoformat()],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(Path.cwd() / "src")},
    )  # fmt: skip
    assert worker.stdout is not None
    for line in worker.stdout:
        if int(line) >= 7:
            worker.kill()
            break
    worker.wait()
    time.sleep(0.2)  # the server notices that its client is gone
    before = bulk.counts(action.pk)
    assert 7 <= before["done"] < 60
    assert before["done"] == Case.objects.filter(pk__in=ids, state="pending_handle").count()
    bulk.run(BulkAction.objects.get(pk=action.pk), by=town.dispatcher, on=lambda: SOON)
    assert bulk.counts(action.pk)["done"] == 60
    assert set(Case.objects.filter(pk__in=ids).values_list("version", "dispatches")) == {(1, 1)}
    assert all(len(history("case", number)) == 1 for number in ids)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_wins_and_the_other_is_told(transactional_db: None) -> None:
    habits.forget()
    town = build("race")
    rivals = (town.dispatcher, town.shift_leader)
    for _ in range(5):
        case, start = case_in(town, "pending_dispatch"), threading.Barrier(2)
        outcome: list[str] = []

        def race(by, pk=case.pk, start=start, outcome=outcome) -> None:
            from chengzhi.lifecycle.machine import advance

            try:
                mine = Case.objects.get(pk=pk)
                start.wait()
                advance(mine, "dispatch", by=by, on=SOON, unit=town.squad.pk)
                outcome.append("won")
            except Conflict:
                outcome.append("conflict")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=race, args=(by,)) for by in rivals]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcome) == ["conflict", "won"]
        stored = Case.objects.get(pk=case.pk)
        assert (stored.version, stored.dispatches, len(history("case", case.pk))) == (1, 1, 1)
        assert stored.task_set.filter(kind="handle").count() == 1


def test_a_page_that_is_out_of_date_is_told_so(town: Town) -> None:
    case = case_in(town, "pending_dispatch")
    advance_case(case.pk, "note", by=town.dispatcher, on=SOON, version=0, note="看过")
    with pytest.raises(Conflict):
        advance_case(case.pk, "dispatch", by=town.dispatcher, on=SOON, version=0, unit=town.squad.pk)


def test_a_refused_step_in_the_middle_leaves_nothing_behind(town: Town) -> None:
    case = case_in(town, "pending_dispatch")
    with pytest.raises(NeedsNotMet):
        advance_case(
            case.pk, "dispatch", by=town.dispatcher, on=SOON + timedelta(0), unit=town.centre.pk + 10**6
        )
    assert history("case", case.pk) == []
