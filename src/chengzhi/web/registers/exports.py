"""Exports of registers: ask for one, watch it, fetch it. Only who asked may fetch it, for seven days."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.jobs.actions import start
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.actions import record
from chengzhi.registers.kinds import kind as declared
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today
from chengzhi.web.desk.exporting import FORMATS, KEPT, expired, path_of
from chengzhi.web.desk.running import card
from chengzhi.web.registers.asking import read
from chengzhi.web.registers.exporting import KIND
from chengzhi.web.registers.finding import kind_of
from chengzhi.web.registers.words import kind_name

SHOWN = 30


@never_cache
@permitted("register.view")
def exports(request: Request) -> HttpResponse:
    """One's own exports of registers; a POST asks for a new one."""
    if request.method == "POST":
        return _begin(request)
    now = clock.now()
    rows = [(run, _card(run), expired(run, now)) for run in _own(request).order_by("-id")[:SHOWN]]
    return render(request, "registers/exports.html", {"rows": rows, "days": KEPT.days})


def _own(request: Request) -> "QuerySet[JobRun]":
    actor = request.actor
    return JobRun.objects.filter(kind=KIND, started_by=actor.account_id, district_id=actor.district_id)


def _card(run: JobRun) -> dict[str, object]:
    watch = reverse("registers:export_progress", args=[run.pk])
    return card(run, watch, reverse("registers:export_file", args=[run.pk]))


def _begin(request: Request) -> HttpResponse:
    kind, form = kind_of(request.POST.get("kind", "")), request.POST.get("format", "")
    if form not in FORMATS:
        messages.error(request, _("Choose CSV or XLSX. Nothing was started."))
        return redirect("registers:exports")
    asked = read(QueryDict(request.POST.get("filter", "")), kind)
    here, now = district_of(request), clock.now()
    arguments = {"kind": kind.key, "query": asked.address, "format": form, "language": get_language()}
    title = _("%(name)s as %(format)s, %(day)s") % {
        "name": kind_name(kind), "format": form.upper(), "day": today(here.zone, now)
    }  # fmt: skip
    start(KIND, title=title, by=request.actor.account_id, on=now, district_id=here.pk, arguments=arguments)
    return redirect("registers:exports")


@never_cache
@permitted("register.view")
def progress(request: Request, run_id: int) -> HttpResponse:
    """The progress card of one's own export."""
    run = _own(request).filter(pk=run_id).first()
    if run is None:
        raise Http404
    return render(request, "desk/_job.html", {"job": _card(run)})


@never_cache
@permitted("register.view")
def download(request: Request, run_id: int) -> HttpResponseBase:
    """The file, to who asked for it; each fetch is recorded."""
    run = _own(request).filter(pk=run_id, state=JobRun.State.DONE).first()
    if run is None or expired(run, clock.now()) or not path_of(run).exists():
        raise Http404
    here, form = district_of(request), run.arguments["format"]
    record(
        district_id=here.pk, thing="export", thing_id=run.pk, step="download", by=request.actor, on=clock.now(),
    )  # fmt: skip
    mark = "模拟数据-" if run.result.get("simulated") else ""
    name = declared(run.arguments["kind"]).name
    title = f"{mark}{name}-{here.name}-{today(here.zone, run.created_at)}.{form}"
    return FileResponse(
        path_of(run).open("rb"), as_attachment=True, filename=title, content_type=FORMATS[form]
    )
