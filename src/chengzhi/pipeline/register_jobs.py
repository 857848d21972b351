"""Background work of registers: files that a page has sent in."""

from typing import Any

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.jobs.actions import JobCancelled, progress
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.register_runs import KIND, carry_out, report
from chengzhi.pipeline.uploads import forget_copy


@job(KIND)
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
    forget_copy(found)
    return report(found)


def _starter(run: ImportRun) -> Actor:
    """Who asked for the import, with the rights of now; the system when the account is gone."""
    account = Account.objects.filter(pk=run.started_by or 0).first()
    return actor_of(account, run.district_id, clock.now()) if account else Actor.system()
