"""Background work on cases: bulk actions, escalation, suspensions that end."""

from datetime import datetime
from typing import Any

from chengzhi import clock
from chengzhi.cases import bulk, sightings
from chengzhi.cases.actions import resume_due_suspensions
from chengzhi.cases.escalation import escalate
from chengzhi.cases.models import BulkAction
from chengzhi.jobs.actions import progress
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job, periodic
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.places.models import District


@job("cases.bulk")
def run_bulk(run: JobRun) -> dict[str, Any]:
    """Take the step on every case of a bulk action; the result counts what became of them."""
    action = BulkAction.objects.get(pk=run.arguments["action"])
    bulk.run(action, by=_actor(run), on=clock.now, report=lambda done, total: progress(run, done, total))
    return bulk.counts(action.pk)


@job("cases.bulk_undo")
def undo_bulk(run: JobRun) -> dict[str, Any]:
    """Take a bulk action back."""
    action = BulkAction.objects.get(pk=run.arguments["action"])
    bulk.run_undo(action, by=_actor(run), on=clock.now, report=lambda done, total: progress(run, done, total))
    return bulk.counts(action.pk)


def _actor(run: JobRun) -> Actor:
    """Whoever asked for the job, with the rights of now, not of then."""
    assert run.started_by is not None
    return actor_of(Account.objects.get(pk=run.started_by), run.district_id, clock.now())


@periodic("*/2 * * * *", "cases.escalate")
def tell_escalations(moment: datetime) -> None:
    """Tell who is to be told of used-up limits."""
    escalate(on=moment)


@periodic("*/5 * * * *", "cases.resume")
def end_suspensions(moment: datetime) -> None:
    """Resume what was suspended until now."""
    resume_due_suspensions(on=moment)


@periodic("*/10 * * * *", "cases.sightings")
def read_numbers(moment: datetime) -> None:
    """Read posted telephone numbers out of new cases: one number is one file."""
    for district in District.objects.defer("outline"):
        sightings.scan(district, on=moment)
