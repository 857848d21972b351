"""Background work of named rounds: the fit of a large one, closing what is over."""

from datetime import datetime
from typing import Any

from chengzhi import clock
from chengzhi.branch.appraisal import named, named_results
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job, periodic
from chengzhi.people.actor import Actor


@job(named_results.JOB)
def fit(run: JobRun) -> dict[str, Any]:
    """Fit the marks as they are; the same marks again keep their result, so that it may be repeated."""
    row = NamedRound.objects.get(pk=run.arguments["round"])
    if row.state != "closed":
        return {"version": None}
    made = named_results.keep(row, named_results.marks_of(row), on=clock.now())
    return {"version": made.version, "inputs_hash": made.inputs_hash}


@periodic("5 16 * * *", "appraisal.close_named")
def close(moment: datetime) -> None:
    """At 00:05 in Shanghai: close the rounds whose closing time has passed."""
    for row in NamedRound.objects.filter(state="open", closes_at__lt=moment).order_by("pk"):
        named.step(row, "close", by=Actor.system(), on=moment)
