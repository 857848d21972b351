"""Importing a register from a table: send it, say which column is what, see what would become of it, load it."""

from typing import Any, BinaryIO, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.domains.kinds import Kind
from chengzhi.errors import Problem
from chengzhi.files.limits import MEGABYTE, limits
from chengzhi.pipeline import register_runs, rejects, uploads
from chengzhi.pipeline.models import ImportReject, ImportRun, Upload
from chengzhi.registers.exchange import targets
from chengzhi.registers.kinds import kind as declared
from chengzhi.registers.kinds import kinds
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.running import card
from chengzhi.web.imports.runs import rejects_answer
from chengzhi.web.imports.showing import RunRow, job_of, stalled
from chengzhi.web.registers.finding import kind_of
from chengzhi.web.registers.sight import FLAGS
from chengzhi.web.registers.words import kind_name, label_of, language

SHOWN_RUNS = 30
SHOWN_REJECTS = 20


class FileForm(forms.Form):
    """The file and the register it is for."""

    kind = forms.ChoiceField(label=gettext_lazy("Register"))
    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        help_text=gettext_lazy("XLSX or CSV; the first row names the columns."),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(key, kind_name(one)) for key, one in kinds().items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


@never_cache
@permitted("register.import")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Past imports of registers, and the form to send a file."""
    first = {"kind": request.GET.get("kind", "")}
    form = FileForm(request.POST or None, request.FILES or None, initial=first)
    if form.is_valid():
        upload = _receive(request, form)
        if upload is not None:
            return redirect("registers:import_mapping", upload.pk)
    runs = ImportRun.objects.filter(district_id=request.actor.district_id or 0).exclude(register="")
    rows = [
        (RunRow.of(one), _register(one.register))
        for one in runs.select_related("file").order_by("-pk")[:SHOWN_RUNS]
    ]
    facts = {"form": form, "rows": rows, "most": limits().table_bytes // MEGABYTE}
    return render(request, "registers/import.html", facts, status=422 if form.errors else 200)


def _register(key: str) -> str:
    found = kinds().get(key)
    return kind_name(found) if found else key


def _receive(request: Request, form: FileForm) -> Upload | None:
    """Keep the file with the register it is for; what is wrong with it stands beside the field."""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        made = uploads.receive(
            cast(BinaryIO, file), file.name or "", district_id=int(request.actor.district_id or 0),
            by=request.actor, on=clock.now(), permission="register.import",
        )  # fmt: skip
    except Problem as problem:
        form.add_error("file", _said(problem))
        return None
    made.body = {"register": form.cleaned_data["kind"]}
    made.save(update_fields=["body"])
    return made


def _said(problem: Problem) -> str:
    return " ".join(filter(None, (problem.what, problem.why, problem.cure)))


def _own(request: Request, number: int) -> tuple[Upload, Kind]:
    rows = Upload.objects.select_related("file", "run", "district")
    found = get_object_or_404(rows, pk=number, district_id=request.actor.district_id)
    if "register" not in found.body:
        raise Http404(number)
    return found, kind_of(found.body["register"])


class MappingForm(forms.Form):
    """For each thing a column may mean: which column it is."""

    def __init__(self, kind: Kind, columns: list[str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.targets = targets(kind)
        choices = [("", _("— not in the file —")), *((one, one) for one in columns)]
        for target in self.targets:
            fact = kind.field(target.key.removeprefix("facts."))
            label = label_of(fact) if fact and target.key.startswith("facts.") else target.words(language())
            self.fields[target.key] = forms.ChoiceField(
                label=label, choices=choices, required=target.key == "name"
            )
        self.fields["source_system"] = forms.CharField(
            label=_("Name of the source"), max_length=40, required=False,
            help_text=_("Together with the number it tells rows apart; keep it the same for later files."),
        )  # fmt: skip

    def mapping(self) -> dict[str, str]:
        """Target → column."""
        return {one.key: said for one in self.targets if (said := self.cleaned_data.get(one.key))}

    @property
    def columns(self) -> list[Any]:
        """The choices of columns, as bound."""
        return [self[one.key] for one in self.targets]


@never_cache
@permitted("register.import")
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: Request, number: int) -> HttpResponse:
    """Which column is what; the names of the columns have suggested it."""
    upload, kind = _own(request, number)
    tried = _preview(request, upload, kind, None)
    known = upload.body.get("columns") or tried.mapping
    first = {**known, "source_system": upload.body.get("source_system", register_runs.SYSTEM)}
    form = MappingForm(kind, tried.columns, request.POST or None, initial=first)
    if form.is_valid():
        said = form.cleaned_data["source_system"] or register_runs.SYSTEM
        upload.body |= {"columns": form.mapping(), "source_system": said}
        upload.save(update_fields=["body"])
        return redirect("registers:import_preview", upload.pk)
    facts = {"upload": upload, "kind": kind, "name": kind_name(kind), "form": form, "found": len(known),
             "rows": tried.rows[:5], "columns": tried.columns}  # fmt: skip
    return render(request, "registers/import_mapping.html", facts, status=422 if form.errors else 200)


def _preview(request: Request, upload: Upload, kind: Kind, said: dict[str, str] | None) -> Any:
    return register_runs.preview(
        uploads.local_copy(upload.file), kind.key, upload.district, said, by=request.actor, on=clock.now(),
        source_system=upload.body.get("source_system", register_runs.SYSTEM),
    )  # fmt: skip


@never_cache
@permitted("register.import")
@require_GET
def preview(request: Request, number: int) -> HttpResponse:
    """What would become of the file: errors per column, possible doubles, the first rows. Nothing is loaded."""
    upload, kind = _own(request, number)
    if not upload.body.get("columns"):
        return redirect("registers:import_mapping", upload.pk)
    tried = _preview(request, upload, kind, upload.body["columns"])
    used = [one for one in tried.columns if one in upload.body["columns"].values()]
    facts = {
        "upload": upload, "name": kind_name(kind), "tried": tried, "used": used,
        "unused": [one for one in tried.columns if one not in used],
        "faults": [(column, says, count) for (column, says), count in tried.faults.items()],
        "flags": [(flag_words(flag), count) for flag, count in tried.flags.items()],
        "rows": [_row(one, used) for one in tried.rows],
    }  # fmt: skip
    return render(request, "registers/import_preview.html", facts)


def flag_words(flag: str) -> str:
    """A flag in words."""
    return str(FLAGS.get(flag, flag.replace("_", " ")))


def _row(one: Any, used: list[str]) -> dict[str, Any]:
    cells = [(column, one.said.get(column, ""), one.faults.get(column, "")) for column in used]
    return {
        "number": one.number,
        "cells": cells,
        "bad": bool(one.faults),
        "flags": [flag_words(f) for f in one.flags],
    }


@permitted("register.import")
@require_POST
def start(request: Request, number: int) -> HttpResponse:
    """Start the import as a background job; asked twice, it is started once."""
    with transaction.atomic():
        upload, kind = _own(request, number)
        Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        upload.refresh_from_db(fields=["run"])
        if upload.run is None:
            _start(request, upload, kind)
    return redirect("registers:import_run", upload.run_id)


def _start(request: Request, upload: Upload, kind: Kind) -> None:
    now = clock.now()
    made = register_runs.start_run(
        district=upload.district, path=uploads.local_copy(upload.file), kind=kind.key,
        mapping=upload.body.get("columns"), by=request.actor, on=now, name=upload.name, file=upload.file,
        source_system=upload.body.get("source_system", register_runs.SYSTEM),
    )  # fmt: skip
    register_runs.enqueue(made, title=uploads.title_of(upload.name), by=request.actor, on=now)
    upload.run = made
    upload.save(update_fields=["run"])


def _run(request: Request, number: int) -> ImportRun:
    rows = ImportRun.objects.select_related("file", "district").exclude(register="")
    return get_object_or_404(rows, pk=number, district_id=request.actor.district_id)


@never_cache
@permitted("register.import")
@require_GET
def run(request: Request, number: int) -> HttpResponse:
    """The report of a run."""
    return render(request, "registers/import_run.html", _facts(_run(request, number)))


@never_cache
@permitted("register.import")
@require_GET
def progress(request: Request, number: int) -> HttpResponse:
    """The part of the page that changes while the run goes on."""
    return render(request, "registers/_import_progress.html", _facts(_run(request, number)))


def _facts(found: ImportRun) -> dict[str, Any]:
    job = job_of(found)
    return {
        "run": found, "row": RunRow.of(found), "name": _register(found.register),
        "kind": declared(found.register), "stalled": stalled(found, job),
        "job": card(job, reverse("registers:import_progress", args=[found.pk])) if job else None,
        "moving": bool(job and job.state in ("queued", "running")),
        "speed": found.read / found.seconds if found.seconds else None,
        "reasons": list(rejects.by_reason(found)) if found.rejected else [],
        "some": ImportReject.objects.filter(run=found).order_by("row", "pk")[:SHOWN_REJECTS],
        "flags": [(flag, flag_words(flag), n) for flag, n in sorted(found.flags.items(), key=lambda one: -one[1])],
    }  # fmt: skip


@permitted("register.import")
@require_POST
def resume(request: Request, number: int) -> HttpResponse:
    """Go on with a run that stopped, behind the last row it committed."""
    found = _run(request, number)
    if stalled(found, job_of(found)):
        title = uploads.title_of(RunRow.of(found).name)
        register_runs.enqueue(found, title=title, by=request.actor, on=clock.now())
    return redirect("registers:import_run", found.pk)


@permitted("register.import")
@require_GET
def rejected(request: Request, number: int) -> HttpResponseBase:
    """All rejected rows as CSV."""
    return rejects_answer(_run(request, number), request.actor)
