"""Exports: ask for one, watch it, fetch it. Only who asked for it may fetch it, for seven days."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.jobs.actions import start
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.actions import record
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import asked_in, choice_of, district, today
from chengzhi.web.desk.cells import COLUMNS, columns_of
from chengzhi.web.desk.exporting import FORMATS, KEPT, KIND, expired, path_of
from chengzhi.web.desk.running import card

SHOWN = 30


@never_cache
@permitted("case.export")
def exports(request: Request) -> HttpResponse:
    """One's own exports; a POST asks for a new one."""
    if request.method == "POST":
        return _begin(request)
    now = clock.now()
    rows = [(run, card(run), expired(run, now)) for run in _own(request).order_by("-id")[:SHOWN]]
    return render(request, "desk/exports.html", {"rows": rows, "days": KEPT.days})


def _own(request: Request) -> "QuerySet[JobRun]":
    actor = request.actor
    return JobRun.objects.filter(kind=KIND, started_by=actor.account_id, district_id=actor.district_id)


def _begin(request: Request) -> HttpResponse:
    asked, here, now = asked_in(QueryDict(request.POST.get("filter", ""))), district(request), clock.now()
    form = request.POST.get("format", "")
    if form not in FORMATS:
        messages.error(request, _("Choose CSV or XLSX. Nothing was started."))
        return redirect("desk:exports")
    shown = [column.key for column in columns_of(choice_of(request).columns)]
    keys = list(COLUMNS) if request.POST.get("columns") == "all" else shown
    arguments = {"query": asked.as_query(), "format": form, "columns": keys, "language": get_language()}
    title = _("Cases as %(format)s, %(day)s") % {"format": form.upper(), "day": today(here.zone, now)}
    start(KIND, title=title, by=request.actor.account_id, on=now, district_id=here.pk, arguments=arguments)
    return redirect("desk:exports")


@never_cache
@permitted("case.export")
def progress(request: Request, run_id: int) -> HttpResponse:
    """The progress card of one's own export."""
    run = _own(request).filter(pk=run_id).first()
    if run is None:
        raise Http404
    return render(request, "desk/_job.html", {"job": card(run)})


@never_cache
@permitted("case.export")
def download(request: Request, run_id: int) -> HttpResponseBase:
    """The file, to who asked for it; each fetch is recorded."""
    run = _own(request).filter(pk=run_id, state=JobRun.State.DONE).first()
    if run is None or expired(run, clock.now()) or not path_of(run).exists():
        raise Http404
    here, form = district(request), run.arguments["format"]
    record(
        district_id=here.pk, thing="export", thing_id=run.pk, step="download", by=request.actor, on=clock.now(),
    )  # fmt: skip
    mark = "模拟数据-" if run.result.get("simulated") else ""
    name = f"{mark}案卷-{here.name}-{today(here.zone, run.created_at)}.{form}"
    return FileResponse(
        path_of(run).open("rb"), as_attachment=True, filename=name, content_type=FORMATS[form]
    )
