"""Loading the demo: Boston's real cases, then the simulated year. Visible, resumable, once."""

from pathlib import Path
from typing import Any

from chengzhi.cases.models import Case
from chengzhi.demo import branch, objects, rounds, year
from chengzhi.jobs.actions import progress
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job
from chengzhi.people.actor import Actor
from chengzhi.pipeline.finding import find
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.runs import carry_out, start_run
from chengzhi.places.models import District
from chengzhi.places.packfile import packs_dir

BOSTON_ROWS = 58_251


@job("demo.load")
def load(run: JobRun) -> dict[str, Any]:
    """Load both demo districts; what is there already is left alone."""
    sample = District.objects.get(slug="sample")
    # Of the day it was asked for: taken up in another month it is still the same year.
    months = year.months(sample, run.created_at)
    total = BOSTON_ROWS + objects.total() + rounds.total(months) + sum(year_part(month) for month in months)
    done = _simulate(run, sample, months, total)
    done += _registers(run, sample, done, total)
    done += _rounds(run, sample, months, done, total)
    branch.simulate(sample, now=run.created_at)
    branch.read(sample, now=run.created_at)
    done += _boston(run, done, total)
    return {"cases": Case.objects.count()}


def year_part(month: year.Month) -> int:
    """About how many cases a month will have, for the progress bar."""
    from chengzhi.demo.draws import expected

    return expected(month.first, month.days)


def _simulate(run: JobRun, sample: District, months: list[year.Month], total: int) -> int:
    """The newest month first: it is what the desk shows."""
    done = 0
    moment = run.created_at  # a job that is taken up again goes on with the same year
    for month in reversed(months):
        year.simulate(sample, month, now=moment)
        done += year_part(month)
        progress(run, done, total, message=month.name)
    return done


def _registers(run: JobRun, sample: District, before: int, total: int) -> int:
    done = 0
    for key, stated in objects.said()["kinds"].items():
        objects.fill(sample, key, now=run.created_at)
        done += int(stated["count"])
        progress(run, before + done, total, message=key)
    return done


def _rounds(run: JobRun, sample: District, months: list[year.Month], before: int, total: int) -> int:
    each = rounds.total(months[:1])
    for number, month in enumerate(reversed(months), 1):
        rounds.simulate(sample, month, now=run.created_at)
        progress(run, before + number * each, total, message=month.name)
    return rounds.total(months)


def _boston(run: JobRun, before: int, total: int) -> int:
    boston = District.objects.get(slug="boston")
    path: Path = packs_dir() / "boston" / "data" / "boston311_2011.parquet"
    by = Actor.system()
    found = ImportRun.objects.filter(district=boston, mapping="boston-2011").order_by("-pk").first()
    if found is None:
        found = start_run(
            district=boston, path=path, mapping="boston-2011", body=find(boston, "boston-2011"),
            by=by, on=run.created_at,
        )  # fmt: skip
    if found.state != "done":
        carry_out(
            found, by=by, on=run.created_at,
            progress=lambda done, _: progress(run, before + done, total, message="Boston"),
        )  # fmt: skip
    return found.read
