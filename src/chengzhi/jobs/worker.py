"""The worker process: takes jobs, does what the clock asks for, says that it lives."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from datetime import UTC, datetime

import psycopg
from django.db import DatabaseError, connections, transaction
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app as django_app
from procrastinate.exceptions import ConnectorException

from chengzhi import clock
from chengzhi.jobs import actions
from chengzhi.jobs.execution import TryAgain, execute
from chengzhi.jobs.models import Heartbeat
from chengzhi.jobs.registry import PERIODIC, Periodic, load_declarations

logger = logging.getLogger(__name__)
BEAT_SECONDS = 3.0
# A worker that has not been heard of for this long is dead and its jobs are taken over.
STALLED_SECONDS = 20.0
# How long a stop waits for running jobs to reach a clean point.
GRACE_SECONDS = 8.0


def run_worker(*, concurrency: int = 2, stalled_seconds: float = STALLED_SECONDS) -> None:
    """Work until SIGTERM or SIGINT."""
    load_declarations()
    threading.Thread(target=_beat, args=(clock.now(),), name="heartbeat", daemon=True).start()
    _register(django_app, stalled_seconds)
    while not actions.stopping.is_set():
        try:
            _serve(concurrency, stalled_seconds)
        except (ConnectorException, psycopg.Error, DatabaseError, OSError) as error:
            # The database went away. Jobs put themselves back; we ask again until it answers.
            logger.warning("the worker lost the database: %s", error)
            time.sleep(1)
    _forget_heartbeat()
    # A job that ignores the request to stop is put back by the next worker.
    if any(thread.name.startswith("asyncio") for thread in threading.enumerate()):
        os._exit(0)


def _serve(concurrency: int, stalled_seconds: float) -> None:
    """Work with one connection pool until told to stop or the database goes away."""
    connector = django_app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with django_app.replace_connector(connector) as app:
        asyncio.run(_run(app, concurrency, stalled_seconds))


async def _run(app: App, concurrency: int, stalled_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    async with app.open_async():
        await _recover(app, stalled_seconds)
        work = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                update_heartbeat_interval=min(5.0, stalled_seconds / 3),
                stalled_worker_timeout=stalled_seconds,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
            )
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, work)
        with contextlib.suppress(asyncio.CancelledError):
            await work


def _stop(work: "asyncio.Task[None]") -> None:
    actions.stopping.set()
    work.cancel()
    # Whatever hangs: the process ends, and the next worker takes the jobs over.
    watchdog = threading.Timer(GRACE_SECONDS + 2, os._exit, args=(0,))
    watchdog.daemon = True
    watchdog.start()


def _register(app: App, stalled_seconds: float) -> None:
    @app.task(name=actions.TASK, retry=RetryStrategy(max_attempts=1000, wait=2, retry_exceptions=[TryAgain]))
    def run(run_id: int) -> None:
        execute(run_id)

    @app.periodic(cron="* * * * * */10")
    @app.task(name="chengzhi.recover", queueing_lock="chengzhi.recover", pass_context=True)
    async def recover(context: JobContext, timestamp: int) -> None:
        await _recover(app, stalled_seconds)

    for entry in PERIODIC.values():
        _register_periodic(app, entry)


def _register_periodic(app: App, entry: Periodic) -> None:
    name = f"periodic.{entry.name}"

    # The queueing lock keeps slow work from piling up behind itself.
    @app.periodic(cron=entry.cron)
    @app.task(name=name, queueing_lock=name, lock=name)
    def tick(timestamp: int) -> None:
        try:
            entry.run(datetime.fromtimestamp(timestamp, UTC))
        finally:
            connections.close_all()


async def _recover(app: App, stalled_seconds: float) -> int:
    """Put the jobs of dead workers back into the queue; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)


def _beat(started: datetime) -> None:
    """Say every few seconds that this worker lives; silent while the database is away."""
    while not actions.stopping.is_set():
        try:
            Heartbeat.objects.update_or_create(
                part="worker",
                defaults={"pid": os.getpid(), "started_at": started, "seen_at": clock.now()},
            )
        except Exception:
            connections.close_all()
        time.sleep(BEAT_SECONDS)


def _forget_heartbeat() -> None:
    try:
        with transaction.atomic():
            Heartbeat.objects.filter(part="worker", pid=os.getpid()).delete()
    except Exception:
        connections.close_all()
