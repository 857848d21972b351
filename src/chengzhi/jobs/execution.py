"""Run one job to its end, whatever happens to workers and connections meanwhile."""

import logging
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections
from django.utils.translation import override

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.jobs.actions import JobCancelled, WorkerStops
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of

logger = logging.getLogger(__name__)
# First key of the advisory lock that keeps one run in one worker ("JOBS" in ASCII).
LOCK_SPACE = 0x4A4F4253


class TryAgain(Exception):  # noqa: N818 -- not an error: the job is put back into the queue
    """The job must run again later: worker going, database away, or another worker still has it."""


def execute(run_id: int) -> None:
    """Do the job `run_id`; its outcome stands in the row. Raises `TryAgain` to be put back."""
    try:
        _execute(run_id)
    except (OperationalError, InterfaceError) as error:
        # The database went away: nothing can be written now, and the job is not at fault.
        raise TryAgain(str(error)) from error
    finally:
        connections.close_all()


def _execute(run_id: int) -> None:
    if not _lock(run_id):
        raise TryAgain(f"run {run_id} is still held by another worker")
    touched = JobRun.objects.filter(pk=run_id, state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]).update(
        state=JobRun.State.RUNNING, heartbeat_at=clock.now()
    )
    if touched == 0:
        return  # done or cancelled before
    JobRun.objects.filter(pk=run_id, started_at=None).update(started_at=clock.now())
    run = JobRun.objects.get(pk=run_id)
    with override(run.arguments.get("language") or settings.LANGUAGE_CODE):
        _work(run)


def _work(run: JobRun) -> None:
    """Do it, and note how it ended in words of the active language."""
    try:
        result = work_of(run.kind)(run)
    except WorkerStops as stop:
        JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.QUEUED)
        raise TryAgain("the worker stops") from stop
    except JobCancelled:
        return
    except (OperationalError, InterfaceError):
        raise
    except Problem as problem:
        _finish(run, JobRun.State.FAILED, message=str(problem), result=problem.as_json())
    except Exception as error:
        logger.exception("job %s (%s) failed", run.pk, run.kind)
        _finish(run, JobRun.State.FAILED, message=f"{type(error).__name__}: {error}")
    else:
        _finish(run, JobRun.State.DONE, result=result or {})


def _finish(run: JobRun, state: str, **fields: Any) -> None:
    """Close the run; a result given at the end is laid over what progress noted."""
    fields["result"] = {**run.result, **fields.get("result", {})}
    moment = clock.now()
    JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING).update(
        state=state, finished_at=moment, heartbeat_at=moment, **fields
    )


def _lock(run_id: int) -> bool:
    """Hold the run for this connection; the server frees it the moment this worker dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, run_id % 2_000_000_000])
        row = cursor.fetchone()
    return bool(row and row[0])
