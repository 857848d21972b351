"""One step on many cases: previewed, run in the background case by case, taken back as a whole.

Each case is a transaction of its own together with its result, so that a killed worker loses
nothing and repeats nothing: what has a result is done, what is `waiting` is not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.cases.life import CASE_LIFE, CASE_WORKINGS
from chengzhi.cases.models import BulkAction, BulkItem, Case, CaseRequest, Task
from chengzhi.errors import Problem
from chengzhi.jobs.actions import start
from chengzhi.lifecycle.machine import advance, propose
from chengzhi.lifecycle.problems import NoSuchStep
from chengzhi.lifecycle.snapshot import plain
from chengzhi.lifecycle.undo import undo
from chengzhi.lifecycle.workings import read_facts
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require

MOST = 5000
NEVER_IN_BULK = frozenset({"merge", "absorb", "split", "change_place"})
"""Steps that mean something else for each case."""

Progress = Callable[[int, int], None]


class BadBulk(Problem):
    """A bulk action that cannot be asked for."""

    code: ClassVar[str] = "cases.bad_bulk"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Preview:
    """Which cases the step would pass on, and why not on the others.

    `failing` holds (case id, case number, the problem as JSON).
    """

    passing: tuple[int, ...]
    failing: tuple[tuple[int, str, dict[str, Any]], ...]


def prepare(
    case_ids: Sequence[int], step: str, facts: Mapping[str, Any], *, by: Actor, on: datetime
) -> Preview:
    """Ask the questions of the step for every case, without taking it.

    Raises NotAllowed without the permission for bulk actions, BadBulk, NoSuchStep, BadFact.
    """
    _, district = _allowed(case_ids, step, facts, by)
    contexts, shared = _contexts(case_ids), dict[str, Any]()
    passing, failing = [], []
    cases = Case.objects.filter(pk__in=case_ids, district_id=district).order_by("pk")
    for case in cases:
        context = {**shared, **contexts[case.pk]}
        try:
            propose(case, step, by=by, on=on, facts=facts, context=context)
        except Problem as problem:
            failing.append((case.pk, case.number, problem.as_json()))
        else:
            passing.append(case.pk)
        # What hangs on the stated facts alone (a unit, a type, a person's posts) is asked once.
        shared |= {key: value for key, value in context.items() if key not in contexts[case.pk]}
    return Preview(tuple(passing), tuple(failing))


def _allowed(case_ids: Sequence[int], step: str, facts: Mapping[str, Any], by: Actor) -> tuple[int, int]:
    account, district = _person(by)
    row = CASE_LIFE.step(step)
    if row.birth:
        raise NoSuchStep.named(step, CASE_LIFE.name)
    if step in NEVER_IN_BULK:
        raise BadBulk(_("This step is taken case by case."), "", _("Open the case and take it there."))
    if not 0 < len(set(case_ids)) <= MOST:
        raise BadBulk(
            _("A bulk action takes 1 to %(most)s cases.") % {"most": MOST},
            _("You chose %(count)s.") % {"count": len(set(case_ids))},
            _("Narrow the filter."),
        )
    read_facts(CASE_WORKINGS, row, facts)
    return account, district


def _person(by: Actor) -> tuple[int, int]:
    """Account and district of somebody who may act in bulk: a person, never the system."""
    require(by, "case.bulk")
    if by.account_id is None or by.district_id is None:
        raise BadBulk(_("A bulk action is asked for by a person."))
    return by.account_id, by.district_id


def _contexts(case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Open tasks and requests of all cases, in two queries."""
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"tasks": [], "requests": []})
    for task in Task.objects.filter(case_id__in=case_ids, done_at=None, cancelled_at=None):
        found[task.case_id]["tasks"].append(task)
    for request in CaseRequest.objects.filter(case_id__in=case_ids).order_by("id"):
        found[request.case_id]["requests"].append(request)
    return found


@transaction.atomic
def begin(
    case_ids: Iterable[int],
    step: str,
    facts: Mapping[str, Any],
    *,
    by: Actor,
    on: datetime,
    key: str | None = None,
) -> BulkAction:
    """Note the action with all its cases and start its job. Asked again with the same key: the same one.

    Cases of other districts are left out. Raises as `prepare`.
    """
    wanted = sorted(set(case_ids))
    account, district = _allowed(wanted, step, facts, by)
    if key is not None:
        known = BulkAction.objects.filter(account_id=account, idempotency_key=key).first()
        if known is not None:
            return known
    mine = list(Case.objects.filter(pk__in=wanted, district_id=district).values_list("pk", flat=True))
    action = BulkAction.objects.create(
        district_id=district, account_id=account, step=step, total=len(mine), created_at=on,
        facts={name: plain(value) for name, value in facts.items()}, idempotency_key=key,
    )  # fmt: skip
    BulkItem.objects.bulk_create(BulkItem(action=action, case_id=number) for number in sorted(mine))
    run = start(
        "cases.bulk", title=_called(step), by=account, on=on, total=len(mine),
        district_id=district, arguments={"action": action.pk}, key=f"bulk:{action.pk}",
    )  # fmt: skip
    BulkAction.objects.filter(pk=action.pk).update(job_id=run.pk)
    action.job_id = run.pk
    return action


def _called(step: str) -> str:
    """The step's name in the language of who asks for the job."""
    return CASE_LIFE.step(step).words(get_language() or "zh")


def run(action: BulkAction, *, by: Actor, on: Callable[[], datetime], report: Progress | None = None) -> None:
    """Take the step on every case that still waits. May be called again after any interruption.

    `on` is asked for each case, because a long action must not claim to have happened at once.
    """
    waiting = action.items.filter(state="waiting").order_by("pk").values_list("pk", flat=True)
    done = action.total - len(waiting)
    for number in list(waiting):
        _run_one(action, number, by, on())
        done += 1
        if report is not None:
            report(done, action.total)
    BulkAction.objects.filter(pk=action.pk, finished_at=None).update(finished_at=on())


@transaction.atomic
def _run_one(action: BulkAction, item_id: int, by: Actor, on: datetime) -> None:
    item = BulkItem.objects.select_for_update().select_related("case").get(pk=item_id)
    if item.state != "waiting":
        return
    try:
        with transaction.atomic():
            done = advance(item.case, action.step, by=by, on=on, **action.facts)
    except Problem as problem:
        BulkItem.objects.filter(pk=item_id).update(state="failed", error=problem.as_json()["error"])
    else:
        BulkItem.objects.filter(pk=item_id).update(state="done", event_id=done.event_id)


@transaction.atomic
def begin_undo(action_id: int, *, by: Actor, on: datetime) -> BulkAction:
    """Start the job that takes a bulk action back: what waits is dropped, what is done is undone.

    Raises NotAllowed for an action of another district or without the permission.
    """
    account, district = _person(by)
    action = BulkAction.objects.filter(pk=action_id, district_id=district).first()
    if action is None:
        raise BadBulk(_("There is no such bulk action."))
    action.items.filter(state="waiting").update(state="dropped")
    start(
        "cases.bulk_undo", title=_called(action.step), by=account, on=on,
        total=action.total, district_id=action.district_id, arguments={"action": action.pk},
        key=f"bulk-undo:{action.pk}",
    )  # fmt: skip
    return action


def run_undo(
    action: BulkAction, *, by: Actor, on: Callable[[], datetime], report: Progress | None = None
) -> None:
    """Take back every case that is done and still can be; the others say why not. Repeatable."""
    action.items.filter(state="waiting").update(state="dropped")
    numbers = list(action.items.filter(state="done").order_by("-pk").values_list("pk", flat=True))
    for position, number in enumerate(numbers, start=1):
        _undo_one(number, by, on())
        if report is not None:
            report(action.total - len(numbers) + position, action.total)
    BulkAction.objects.filter(pk=action.pk, undone_at=None).update(undone_at=on())


@transaction.atomic
def _undo_one(item_id: int, by: Actor, on: datetime) -> None:
    item = BulkItem.objects.select_for_update().select_related("case").get(pk=item_id)
    if item.state != "done" or item.event_id is None:
        return
    try:
        with transaction.atomic():
            undo(item.case, item.event_id, by=by, on=on)
    except Problem as problem:
        BulkItem.objects.filter(pk=item_id).update(undo_error=problem.as_json()["error"])
    else:
        BulkItem.objects.filter(pk=item_id).update(state="undone", undo_error=None)


def counts(action_id: int) -> dict[str, int]:
    """How many cases are waiting, done, failed, undone, dropped."""
    rows = BulkItem.objects.filter(action_id=action_id).values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(("waiting", "done", "failed", "undone", "dropped"), 0) | dict(rows)
