"""An import while it runs and afterwards: counts, reasons, rejected rows, the cases it made."""

import io
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.jobs.actions import cancel
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.pipeline import rejects, uploads
from chengzhi.pipeline.models import ImportReject, ImportRun
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.running import card
from chengzhi.web.imports.showing import RunRow, flag_words, job_of, name_of, stalled

SHOWN_REJECTS = 20


def _own(request: Request, run_id: int) -> ImportRun:
    runs = ImportRun.objects.select_related("file", "district")
    return get_object_or_404(runs, pk=run_id, district_id=request.actor.district_id)


@never_cache
@permitted("report.import")
def page(request: Request, run_id: int) -> HttpResponse:
    """The report of a run."""
    run = _own(request, run_id)
    return render(request, "imports/run.html", {"row": RunRow.of(run), **_facts(run)})


@never_cache
@permitted("report.import")
def progress(request: Request, run_id: int) -> HttpResponse:
    """The part of the page that changes while the run goes on."""
    run = _own(request, run_id)
    return render(request, "imports/_progress.html", {"row": RunRow.of(run), **_facts(run)})


def _facts(run: ImportRun) -> dict[str, Any]:
    job = job_of(run)
    flags = sorted(run.flags.items(), key=lambda pair: -pair[1])
    return {
        "run": run,
        "job": card(job, reverse("imports:progress", args=(run.pk,))) if job else None,
        "moving": bool(job and job.state in ("queued", "running")),
        "stalled": stalled(run, job),
        "speed": run.read / run.seconds if run.seconds else None,
        "reasons": list(rejects.by_reason(run)) if run.rejected else [],
        "some": ImportReject.objects.filter(run=run).order_by("row", "pk")[:SHOWN_REJECTS],
        "flags": [(flag, flag_words(flag), count) for flag, count in flags],
    }  # fmt: skip


@permitted("report.import")
@require_POST
def stop(request: Request, run_id: int) -> HttpResponse:
    """Cancel; what is loaded stays, and the run can be gone on with."""
    run = _own(request, run_id)
    job, now = job_of(run), clock.now()
    if job and cancel(job.pk, by=request.actor.account_id, on=now):
        if run.state == "queued":
            ImportRun.objects.filter(pk=run.pk).update(state="cancelled", finished_at=now)
        record(
            district_id=run.district_id,
            thing="import",
            thing_id=run.pk,
            step="cancel",
            by=request.actor,
            on=now,
        )
        messages.success(request, _("The import stops after the rows it is at. What is loaded stays."))
    else:
        messages.error(request, _("The import has ended already."))
    return redirect("imports:run", run.pk)


@permitted("report.import")
@require_POST
def resume(request: Request, run_id: int) -> HttpResponse:
    """Go on with a run that stopped, behind the last row it committed."""
    run = _own(request, run_id)
    if stalled(run, job_of(run)):
        uploads.enqueue(run, title=uploads.title_of(name_of(run)), by=request.actor, on=clock.now())
        messages.success(request, _("The import goes on behind row %(row)d.") % {"row": run.position})
    else:
        messages.error(request, _("The import is running or has ended; there is nothing to go on with."))
    return redirect("imports:run", run.pk)


@permitted("report.import")
def rejects_file(request: Request, run_id: int) -> HttpResponseBase:
    """All rejected rows as CSV (with a mark, so that spreadsheets read the Chinese); recorded."""
    return rejects_answer(_own(request, run_id), request.actor)


def rejects_answer(run: ImportRun, by: Actor) -> HttpResponseBase:
    """The rejected rows of a run as a file; the fetch is recorded."""
    record(
        district_id=run.district_id, thing="import", thing_id=run.pk, step="download_rejects",
        by=by, on=clock.now(),
    )  # fmt: skip
    answer = StreamingHttpResponse(_pieces(run), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{run.pk}-rejects.csv"'
    return answer


def _pieces(run: ImportRun) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    for _count in rejects.write_rows(run, buffer):
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
