"""Ask for background work, report its progress, cancel it.

`by` is an account's number or None for the system: accounts lie above this area.
"""

import threading
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.jobs.models import JobRun

TASK = "chengzhi.run"
# Set when this worker was asked to stop: a job leaves at its next report of progress.
stopping = threading.Event()


class JobCancelled(Problem):
    """Somebody cancelled the job while it ran."""

    code = "jobs.cancelled"


class WorkerStops(Exception):  # noqa: N818 -- not an error: the job goes on with the next worker
    """The worker is shutting down; the job is put back and goes on later."""


def start(
    kind: str,
    *,
    title: str,
    by: int | None,
    on: datetime,
    district_id: int | None = None,
    arguments: dict[str, Any] | None = None,
    key: str | None = None,
    total: int | None = None,
) -> JobRun:
    """Ask for one job, inside the caller's transaction: it exists if and only if that commits.

    With a `key` that was asked for before, the existing run is returned and nothing is started.
    What the job says later is in the language it was asked in: `arguments["language"]`.
    """
    asked = {"language": get_language(), **(arguments or {})}
    with transaction.atomic():
        run_id = _insert(kind, key, title, by, on, district_id, asked, total)
        if run_id is None:
            return JobRun.objects.get(key=key)
        # One job runs at a time per run, however often it is put back.
        app.configure_task(TASK, lock=f"run:{run_id}").defer(run_id=run_id)
        return JobRun.objects.get(pk=run_id)


def _insert(
    kind: str,
    key: str | None,
    title: str,
    by: int | None,
    on: datetime,
    district_id: int | None,
    arguments: dict[str, Any],
    total: int | None,
) -> int | None:
    """Insert the run, or None when its key is known (also to a transaction not yet committed)."""
    import json

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_jobrun (kind, key, title, district_id, started_by, arguments, total,"
            " done, state, message, result, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, 0, 'queued', '', '{}'::jsonb, %s)"
            " ON CONFLICT (key) DO NOTHING RETURNING id",
            [kind, key, title, district_id, by, json.dumps(arguments), total, on],
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def progress(
    run: JobRun,
    done: int,
    total: int | None = None,
    *,
    result: dict[str, Any] | None = None,
    message: str | None = None,
) -> None:
    """Note how far a running job is; call it between the job's own transactions.

    Raises `JobCancelled` when somebody cancelled it and `WorkerStops` when the worker must
    go: both leave what is committed so far, and the job ends at a clean point.
    """
    fields: dict[str, Any] = {"done": done, "heartbeat_at": clock.now()}
    if total is not None:
        fields["total"] = total
    if result is not None:
        fields["result"] = result
    if message is not None:
        fields["message"] = message
    touched = JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING).update(**fields)
    for name, value in fields.items():
        setattr(run, name, value)
    if touched == 0:
        raise JobCancelled(_("The job was cancelled."), "", _("Start it again to finish the rest."))
    if stopping.is_set():
        raise WorkerStops


def cancel(run_id: int, *, by: int | None, on: datetime) -> bool:
    """Cancel a job that has not ended; a running one stops at its next report of progress."""
    open_states = [JobRun.State.QUEUED, JobRun.State.RUNNING]
    touched = JobRun.objects.filter(pk=run_id, state__in=open_states).update(
        state=JobRun.State.CANCELLED, finished_at=on, message=""
    )
    return touched == 1
