"""What import pages show: a run in words, rows of a sample with the cells at fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from chengzhi.jobs.models import JobRun
from chengzhi.pipeline.checking import Checked
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.sources import ROW
from chengzhi.places.models import District
from chengzhi.places.placement import FLAG_LABELS
from chengzhi.web.access import Request
from chengzhi.web.shell.context import district_of as shell_district

LONGEST = 80  # signs of a cell that the preview shows

FLAGS = {
    "repeated_hour": gettext_lazy("in the hour that the clock change repeats"),
    "skipped_hour": gettext_lazy("in the hour that the clock change leaves out"),
    "far_deadline": gettext_lazy("deadline more than ten years ahead"),
    "deadline_before_report": gettext_lazy("deadline before the report"),
    "closed_before_report": gettext_lazy("closed before it was reported"),
    "no_postcode": gettext_lazy("no postcode"),
    "no_address": gettext_lazy("no address"),
    "unknown_type": gettext_lazy("case type not known here"),
    "unknown_unit": gettext_lazy("department not known here"),
    "unknown_area": gettext_lazy("area not known here"),
    "minute_only": gettext_lazy("time without seconds"),
    "slipped_column": gettext_lazy("values slipped by a column"),
    "other_month": gettext_lazy("from another month than its file"),
    "no_ward": gettext_lazy("no ward"),
    "no_yard": gettext_lazy("no yard"),
}


def district_of(request: Request) -> District:
    """The district the person works in."""
    found = shell_district(request)
    assert found is not None  # without a district nobody holds a permission
    return found


def flag_words(flag: str) -> str:
    """A flag as a person reads it; a mapping's own flags by their name."""
    return str((FLAGS | FLAG_LABELS).get(flag, flag.replace("_", " ")))


def state_words(state: str) -> str:
    """The state of a run."""
    return {
        "queued": pgettext("import", "waiting"), "running": pgettext("import", "running"),
        "done": pgettext("import", "finished"), "failed": pgettext("import", "stopped by an error"),
        "cancelled": pgettext("import", "cancelled"),
    }.get(state, state)  # fmt: skip


@dataclass(frozen=True)
class RunRow:
    """A run as lists show it."""

    run: ImportRun
    name: str
    state: str

    @classmethod
    def of(cls, run: ImportRun) -> "RunRow":
        """The run with its file's name and its state in words."""
        return cls(run, name_of(run), state_words(run.state))


def name_of(run: ImportRun) -> str:
    """The name of the run's file as it was sent."""
    if run.file is not None and run.file.original_name:
        return str(run.file.original_name)
    return Path(run.source_path).name


def job_of(run: ImportRun) -> JobRun | None:
    """The background job that carries the run out; None for one of the command line."""
    return JobRun.objects.filter(pk=run.job_id).first() if run.job_id else None


def stalled(run: ImportRun, job: JobRun | None) -> bool:
    """Whether a run has stopped short of its end and nobody is going on with it."""
    if run.state in ("failed", "cancelled"):
        return True
    ended = (JobRun.State.FAILED, JobRun.State.CANCELLED)
    return run.state in ("queued", "running") and job is not None and job.state in ended


def table(
    sample: pl.DataFrame, columns: Sequence[str], checked: Checked | None = None
) -> list[dict[str, Any]]:
    """Rows with cells: ``{number, why, cells: [{text, bad}]}``; long texts are cut."""
    rows = []
    for values in sample.iter_rows(named=True):
        number = values[ROW]
        cells = [
            _cell(values.get(name), checked and number in checked.cells.get(name, ())) for name in columns
        ]
        rows.append(
            {"number": number, "why": checked.bad_rows.get(number, "") if checked else "", "cells": cells}
        )
    return rows


def _cell(value: Any, bad: Any) -> dict[str, Any]:
    text = "" if value is None else "".join(sign for sign in str(value) if sign.isprintable())
    return {"text": text[: LONGEST - 1] + "…" if len(text) > LONGEST else text, "bad": bool(bad)}


def code_words() -> dict[str, str]:
    """Codes of rejects in few words, for the trial."""
    return {
        "no_number": _("without a number"), "no_date": _("without a date"), "bad_date": _("with an unreadable date"),
        "future_date": _("from the future"), "repeat": _("repeating an earlier row"),
        "ragged": _("with too many or too few values"),
    }  # fmt: skip
