"""“What must I do now, and what burns?”: one's own tasks, the queues of one's posts, the overdue first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.cases import worklist as cases
from chengzhi.cases.filters import Filter, visible
from chengzhi.cases.models import Task
from chengzhi.cases.worklist import Count
from chengzhi.jobs.models import JobRun
from chengzhi.notices.queries import unread
from chengzhi.people.actor import Actor
from chengzhi.places.models import District
from chengzhi.web.access import Request, signed_in
from chengzhi.web.desk.asking import case_url, today
from chengzhi.web.desk.cells import Seen, columns_of, rows_of
from chengzhi.web.desk.running import card
from chengzhi.web.shell.context import district_of

BURNING = 8
CAP = 300
TASKS = 20
COLUMNS = ("due", "number", "state", "type", "address", "unit")


@dataclass(frozen=True)
class Queue:
    """What waits for people who hold a permission."""

    label: Any
    permission: str
    states: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    @property
    def asked(self) -> Filter:
        """The queue as a filter of the work list."""
        return Filter(open=True, state=self.states)


QUEUES = (
    Queue(_("To register"), "case.register", ("reported",)),
    Queue(_("To verify on site"), "case.verify", ("pending_verify",)),
    Queue(_("To file"), "case.file", ("pending_file",)),
    Queue(_("To dispatch"), "case.dispatch", ("pending_dispatch", "returned", "check_failed")),
    Queue(_("To take on"), "case.handle", ("pending_handle",)),
    Queue(_("Being handled"), "case.handle", ("handling",)),
    Queue(_("Replies to confirm"), "case.dispatch", ("handled",)),
    Queue(_("To send to check"), "case.register", ("pending_check",)),
    Queue(_("To check on site"), "case.check", ("checking",)),
    Queue(_("To close"), "case.close", ("pending_close",)),
)


@dataclass(frozen=True)
class Waiting:
    """A queue with how much waits in it and how much of that is overdue."""

    queue: Queue
    all: Count
    late: Count


@never_cache
@signed_in
def home(request: Request) -> HttpResponse:
    """The first page of the desk."""
    now, here, actor = clock.now(), district_of(request), request.actor
    if here is None or "case.view" not in actor.permissions:
        return render(request, "desk/home.html", {"without": True, "queues": [], "tasks": []})
    queues = [queue for queue in QUEUES if queue.permission in actor.permissions]
    columns = columns_of(COLUMNS)
    context = {
        "queues": _waiting(queues, actor, now),
        "tasks": [(task, case_url(task.case)) for task in my_tasks(actor)],
        "columns": columns,
        "burning": rows_of(burning(queues, actor, here, now), columns, Seen(now, here.zone)),
        "burning_address": Filter(open=True, overdue=True, state=_states(queues)).as_address(),
        "changes": changes(actor, here, now),
        "jobs": [card(run) for run in _jobs(actor)],
        "news": unread(actor.account_id or 0),
        "helping": _helping(actor, here, now),
    }
    return render(request, "desk/home.html", context)


def _states(queues: list[Queue]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state for queue in queues for state in queue.states))


def _waiting(queues: list[Queue], actor: Actor, now: datetime) -> list[Waiting]:
    found = cases.queues(_states(queues), actor, now=now, cap=CAP)
    return [
        Waiting(queue, *(_sum([found[state][which] for state in queue.states]) for which in (0, 1)))
        for queue in queues
    ]


def _sum(numbers: list[int]) -> Count:
    return Count(min(sum(numbers), CAP), sum(numbers) > CAP)


def burning(queues: list[Queue], actor: Actor, here: District, now: datetime) -> list[Any]:
    """What is longest overdue in one's queues; for those who only look, in all they may see."""
    asked = Filter(open=True, overdue=True, state=_states(queues))
    return cases.page(asked, actor, here.zone, now=now, limit=BURNING).cases


def my_tasks(actor: Actor) -> "QuerySet[Task]":
    """Open tasks given to this person by name, nearest end first."""
    mine = Q(district_id=actor.district_id, account_id=actor.account_id, done_at=None, cancelled_at=None)
    rows = Task.objects.filter(mine).select_related("case", "case__type", "case__unit")
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")[:TASKS]


def changes(actor: Actor, here: District, now: datetime) -> list[tuple[Any, Count, str]]:
    """What happened today, in the district's own day, as far as the person may see it."""
    day = today(here.zone, now)
    asked = (
        (_("reported today"), Filter(reported_from=day, order="newest")),
        (_("ended today"), Filter(open=False, closed_from=day, order="closed")),
    )
    return [(words, cases.count(one, actor, here.zone, now=now), one.as_address()) for words, one in asked]


def _helping(actor: Actor, here: District, now: datetime) -> Count | None:
    """How many cases one's unit helps with; asked only of people who work for one unit."""
    if "case.handle" not in actor.permissions or visible(actor) == Q(district_id=actor.district_id):
        return None
    return cases.count(Filter(open=True, helping=True), actor, here.zone, now=now)


def _jobs(actor: Actor) -> "QuerySet[JobRun]":
    open_states = (JobRun.State.QUEUED, JobRun.State.RUNNING)
    return JobRun.objects.filter(started_by=actor.account_id, state__in=open_states).order_by("-id")[:5]
