"""Which kinds of background work exist, and what happens by the clock.

An area declares its work in its own `jobs.py`:

    @job("imports.load")
    def load(run: JobRun) -> dict[str, object]: ...

    @periodic("*/5 * * * *", "ledger.seal")
    def seal(moment: datetime) -> None: ...

A job may be started again after its worker was killed. It must therefore be resumable:
finished parts are known by what stands in the database, not by what it remembers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.jobs.models import JobRun

Work = Callable[[JobRun], dict[str, Any]]
Tick = Callable[[datetime], object]


class UnknownJob(Problem):
    """No area declares a job of this kind."""

    code = "jobs.unknown"
    status = 500


class DuplicateJob(Problem):
    """Two functions claim the same name."""

    code = "jobs.duplicate"
    status = 500


@dataclass(frozen=True)
class Periodic:
    """Work done by the clock; `cron` has five fields, or six with seconds last. UTC."""

    name: str
    cron: str
    run: Tick


JOBS: dict[str, Work] = {}
PERIODIC: dict[str, Periodic] = {}
_loaded = False


def job(kind: str) -> Callable[[Work], Work]:
    """Declare what a job of this kind does; its returned dict becomes the run's result."""

    def declare(work: Work) -> Work:
        if JOBS.get(kind, work) is not work:
            raise DuplicateJob(f"The job {kind} is declared twice.", "", "Rename one of the two.")
        JOBS[kind] = work
        return work

    return declare


def periodic(cron: str, name: str) -> Callable[[Tick], Tick]:
    """Declare work done by the clock; the function gets the moment it was due (aware, UTC)."""

    def declare(tick: Tick) -> Tick:
        if name in PERIODIC and PERIODIC[name].run is not tick:
            raise DuplicateJob(f"The periodic work {name} is declared twice.", "", "Rename one.")
        PERIODIC[name] = Periodic(name, cron, tick)
        return tick

    return declare


def load_declarations() -> None:
    """Import every area's `jobs.py`; `wiring.JOB_MODULES` lists them."""
    global _loaded
    if _loaded:
        return
    wiring = import_module("chengzhi.wiring")  # by name: wiring stands outside the stack
    for module in wiring.JOB_MODULES:
        if find_spec(module) is not None:
            import_module(module)
    _loaded = True


def work_of(kind: str) -> Work:
    """The function of a kind; raises `UnknownJob`."""
    load_declarations()
    if kind not in JOBS:
        raise UnknownJob(
            _("Nothing knows how to do a job of the kind “%(kind)s”.", kind=kind),
            _("A part of the program is missing, or the job was asked for by another version."),
            _("Use one of: %(known)s.", known=", ".join(sorted(JOBS))),
        )
    return JOBS[kind]
