"""Taking the upper level's list on: send it, see which column is what, take every line."""

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
from chengzhi.pipeline import uploads
from chengzhi.pipeline.models import Upload
from chengzhi.pipeline.suggesting import NOTATIONS, notations
from chengzhi.pipeline.upper import (
    UpperBody,
    lines,
    parse_upper,
    read_list,
    save_upper,
    saved,
    suggest_upper,
    take_list,
)
from chengzhi.reports.upper_replies import FIELDS
from chengzhi.web.access import Request, permitted

MOST = 2000  # lines a page takes on at once; more by the command
LABELS = {
    "number": _("Their number"), "due_at": _("Deadline"), "text": _("Description"), "type": _("Case type"),
    "address": _("Address"), "lon": _("Longitude"), "lat": _("Latitude"), "state": _("State"),
}  # fmt: skip


class ListForm(forms.Form):
    """The file and the system it comes from."""

    system = forms.CharField(
        label=_("Upper system"),
        max_length=40,
        help_text=_("Such as “市平台” or “12345”; the same every time."),
    )
    file = forms.FileField(
        label=_("Its list of open cases"), help_text=_("CSV or XLSX as the upper system exports it."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )  # fmt: skip


def receive(request: Request, form: ListForm) -> Upload | None:
    """Keep the list; what is wrong with the file stands beside the field."""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        upload = uploads.receive(
            cast(BinaryIO, file), file.name or "", district_id=int(request.actor.district_id or 0), by=request.actor,
            on=clock.now(), permission="upper.manage",
        )  # fmt: skip
    except Problem as problem:
        form.add_error("file", " ".join(filter(None, (problem.what, problem.why, problem.cure))))
        return None
    upload.mapping = form.cleaned_data["system"].strip()
    upload.save(update_fields=["mapping"])
    return upload


def own_list(request: Request, upload_id: int) -> Upload:
    """A list sent to the district the person works in; 404 else."""
    rows = Upload.objects.select_related("file", "district")
    return get_object_or_404(rows, pk=upload_id, district_id=request.actor.district_id)


def body_for(upload: Upload) -> UpperBody | None:
    """The mapping saved for the system, if the file has its columns."""
    body = saved(upload.district_id, upload.mapping)
    return body if body and body.columns() <= set(upload.columns) else None


@never_cache
@permitted("upper.manage")
def send(request: Request) -> HttpResponse:
    """The form to send a list."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = receive(request, form)
        if upload is not None:
            return redirect("desk_upper:take", upload.pk)
    return render(request, "upper/send.html", {"form": form}, status=422 if form.errors else 200)


class ColumnsForm(forms.Form):
    """Which column is what, and what fills the columns of the reply form."""

    def __init__(self, upload: Upload, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = list(upload.columns)
        choices = [("", gettext("— not in the file —")), *((name, name) for name in self.columns)]
        for key, label in LABELS.items():
            self.fields[key] = forms.ChoiceField(label=label, choices=choices, required=key == "number")
        fills = [("-", gettext("— no column of the reply —")), *((key, label) for key, label in FIELDS.items() if key),
                 ("typed", FIELDS[""])]  # fmt: skip
        for place, name in enumerate(self.columns):
            self.fields[f"reply_{place}"] = forms.ChoiceField(label=name, choices=fills, required=False)

    @classmethod
    def initial_of(cls, upload: Upload, body: dict[str, Any]) -> dict[str, Any]:
        """What the form shows for a mapping."""
        first: dict[str, Any] = {}
        for key in LABELS:
            source = body.get(key)
            first[key] = source if isinstance(source, str) or not source else source["columns"][0]
        for place, name in enumerate(upload.columns):
            filled = body.get("reply", {}).get(name)
            first[f"reply_{place}"] = "-" if filled is None else filled or "typed"
        return first

    def asked(self) -> list[Any]:
        """The fields of the case."""
        return [self[key] for key in LABELS]

    def replies(self) -> list[Any]:
        """One field for each column: what fills it in the reply."""
        return [self[f"reply_{place}"] for place in range(len(self.columns))]

    def body(self, upload: Upload) -> dict[str, Any]:
        """The mapping as declared."""
        data, found = self.cleaned_data, dict[str, Any]()
        for key in LABELS:
            column = data[key]
            if column and key in ("number", "lon", "lat"):
                found[key] = column
            elif column and key == "due_at":
                found[key] = {"columns": [column], "formats": _formats(upload, column)}
            elif column:
                found[key] = {"columns": [column], **({"by": "name"} if key == "type" else {})}
        chosen = {name: data.get(f"reply_{place}") or "-" for place, name in enumerate(self.columns)}
        return found | {"reply": {n: "" if c == "typed" else c for n, c in chosen.items() if c != "-"}}


def _formats(upload: Upload, column: str) -> list[str]:
    """The notations found, then all others: a later list may write its dates in another way."""
    found = notations(uploads.sample(upload)[column])
    return [*found, *(one for one in NOTATIONS if one not in found)]


@never_cache
@permitted("upper.manage")
def take(request: Request, upload_id: int) -> HttpResponse:
    """The columns as they are understood; a POST saves that for the system and takes the lines on."""
    upload = own_list(request, upload_id)
    known = body_for(upload)
    raw = known.model_dump() if known else suggest_upper(uploads.local_copy(upload.file))
    form = ColumnsForm(
        upload,
        request.POST if request.method == "POST" else None,
        initial=ColumnsForm.initial_of(upload, raw),
    )
    if request.method == "POST" and form.is_valid() and _take(request, upload, form):
        return redirect("desk_upper:index")
    sample = uploads.sample(upload, 5)
    answer = {"upload": upload, "form": form, "known": known is not None, "columns": upload.columns,
              "rows": [[row.get(name) for name in upload.columns] for row in sample.iter_rows(named=True)]}  # fmt: skip
    return render(request, "upper/take.html", answer, status=422 if form.errors else 200)


def _take(request: Request, upload: Upload, form: ColumnsForm) -> bool:
    """Take the list on; False when something is wrong, said in the form."""
    body = parse_upper(form.body(upload), upload.mapping)
    reading = read_list(uploads.local_copy(upload.file), body, upload.district)
    if len(reading.listed) > MOST:
        form.add_error(
            None,
            gettext("The list has more than %(most)d lines. Use the command: chengzhi upper import FILE.")
            % {"most": MOST},
        )
        return False
    now = clock.now()
    save_upper(upload.mapping, body, district_id=upload.district_id, by=request.actor, on=now)
    done = take_list(reading, upload.mapping, district=upload.district, by=request.actor, on=now)
    messages.success(
        request,
        gettext(
            "%(new)d new, %(matched)d matched with cases that were there, %(changed)d changed, %(same)d as before."
        )
        % done,
    )
    if reading.refused:
        said = " ".join(lines(reading))
        messages.error(
            request, gettext("%(n)d lines were not taken. %(why)s") % {"n": len(reading.refused), "why": said}
        )
    return True
