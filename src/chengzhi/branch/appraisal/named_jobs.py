"""Background work of named rounds: the fit of a large one."""

from typing import Any

from chengzhi import clock
from chengzhi.branch.appraisal import named_results
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job


@job(named_results.JOB)
def fit(run: JobRun) -> dict[str, Any]:
    """Fit the marks as they are; the same marks again keep their result, so that it may be repeated."""
    row = NamedRound.objects.get(pk=run.arguments["round"])
    if row.state != "closed":
        return {"version": None}
    made = named_results.keep(row, named_results.marks_of(row), on=clock.now())
    return {"version": made.version, "inputs_hash": made.inputs_hash}
