"""Sending a file, seeing what is in it, and choosing the mapping to try."""

from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.files.limits import MEGABYTE, limits
from chengzhi.pipeline import finding, uploads
from chengzhi.pipeline.checking import column_facts
from chengzhi.pipeline.models import ImportRun, Upload
from chengzhi.pipeline.sources import ROW
from chengzhi.web.access import Request, permitted
from chengzhi.web.imports.showing import RunRow, district_of, table

SHOWN_RUNS = 30
PREVIEW = 50


class FileForm(forms.Form):
    """The file; everything about it is checked by its content."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.parquet"}),
        help_text=_("CSV (UTF-8 or GB18030), XLSX or Parquet; the first row names the columns."),
    )


@never_cache
@permitted("report.import")
def index(request: Request) -> HttpResponse:
    """Past imports, and the form to send a file."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = _receive(request, form)
        if upload is not None:
            return redirect("imports:preview", upload.pk)
    runs = ImportRun.objects.filter(district_id=request.actor.district_id or 0, register="").select_related(
        "file"
    )
    rows = [RunRow.of(run) for run in runs.order_by("-pk")[:SHOWN_RUNS]]
    most = limits().table_bytes // MEGABYTE
    answer = {"form": form, "rows": rows, "most": most, "known": finding.names(district_of(request))}
    return render(request, "imports/index.html", answer, status=422 if form.errors else 200)


def _receive(request: Request, form: FileForm) -> Upload | None:
    """Keep the file; what is wrong with it stands beside the field."""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        return uploads.receive(
            cast(BinaryIO, file), file.name or "", district_id=int(request.actor.district_id or 0), by=request.actor,
            on=clock.now(),
        )  # fmt: skip
    except Problem as problem:
        form.add_error("file", " ".join(filter(None, (problem.what, problem.why, problem.cure))))
        return None


def own_upload(request: Request, upload_id: int) -> Upload:
    """An upload of the district the person works in; 404 else."""
    return get_object_or_404(
        Upload.objects.select_related("file", "run", "district"), pk=upload_id,
        district_id=request.actor.district_id,
    )  # fmt: skip


@never_cache
@permitted("report.import")
def preview(request: Request, upload_id: int) -> HttpResponse:
    """The columns with kinds and values, 50 rows, and the mappings that fit."""
    upload = own_upload(request, upload_id)
    if request.method == "POST":
        return _choose(request, upload)
    sample = uploads.sample(upload)
    shown = sample.head(PREVIEW)
    answer = {
        "upload": upload, "facts": column_facts(sample), "table": table(shown, upload.columns),
        "sampled": len(sample), "mappings": _mappings(upload), "row_column": ROW,
    }  # fmt: skip
    return render(request, "imports/preview.html", answer)


def _mappings(upload: Upload) -> list[dict[str, Any]]:
    """All mappings of the district, those whose columns are all there first."""
    have, found = set(upload.columns), []
    for name in finding.names(upload.district):
        try:
            body = finding.find(upload.district, name)
        except Problem as problem:
            found.append({"name": name, "title": name, "missing": [problem.what], "fits": False})
            continue
        missing = sorted(body.columns() - have)
        found.append({"name": name, "title": body.title, "title_en": body.title_en, "missing": missing,
                      "fits": not missing})  # fmt: skip
    return sorted(found, key=lambda one: (not one["fits"], len(one["missing"])))


def _choose(request: Request, upload: Upload) -> HttpResponse:
    """Take a known mapping to the trial."""
    name = request.POST.get("mapping", "")
    if name not in finding.names(upload.district):
        messages.error(request, gettext("Choose a mapping, or make one."))
        return redirect("imports:preview", upload.pk)
    body = finding.find(upload.district, name)
    upload.mapping, upload.body = name, body.model_dump(mode="json", exclude_defaults=True)
    upload.save(update_fields=["mapping", "body"])
    return redirect("imports:check", upload.pk)
