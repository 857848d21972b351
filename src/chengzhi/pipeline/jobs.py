"""Background work of the imports: files that a page has sent in."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.jobs.actions import JobCancelled, progress
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job, periodic
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.pipeline import pack_jobs, register_jobs, uploads
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.runs import carry_out, report

__all__ = ["load", "pack_jobs", "register_jobs", "sweep_copies"]

COPIES_KEPT = timedelta(days=7)


@job(uploads.KIND)
def load(run: JobRun) -> dict[str, Any]:
    """Carry out an import that a page has started, from where an earlier worker stopped."""
    found = ImportRun.objects.select_related("district", "file").get(pk=run.arguments["run"])
    try:
        carry_out(
            found, by=_starter(found), on=clock.now(), progress=lambda done, total: progress(run, done, total)
        )
    except JobCancelled:
        ImportRun.objects.filter(pk=found.pk).update(state="cancelled", finished_at=clock.now())
        raise
    except Problem:
        ImportRun.objects.filter(pk=found.pk).update(state="failed", finished_at=clock.now())
        raise
    uploads.forget_copy(found)
    return report(found)


def _starter(run: ImportRun) -> Actor:
    """Who asked for the import, with the rights of now; the system when the account is gone."""
    account = Account.objects.filter(pk=run.started_by or 0).first()
    return actor_of(account, run.district_id, clock.now()) if account else Actor.system()


@periodic("41 3 * * *", "imports.sweep_copies")
def sweep_copies(moment: datetime) -> int:
    """Delete copies of uploaded files that nobody went on with; the stored files stay."""
    gone = 0
    folder = settings.HOME / "run" / "imports"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < (moment - COPIES_KEPT).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
