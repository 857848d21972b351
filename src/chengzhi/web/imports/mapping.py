"""Making a mapping: which column is what, in which notation, and what the values mean."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from chengzhi.cases.states import STATES
from chengzhi.errors import Problem
from chengzhi.pipeline import uploads
from chengzhi.pipeline.mappings import MOMENTS, parse
from chengzhi.pipeline.suggesting import NOTATIONS, notations, suggest, values_of
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import state_words
from chengzhi.web.desk.cells import CHANNELS, channel_words
from chengzhi.web.imports.sending import own_upload

FIELDS: dict[str, tuple[Any, Any]] = {
    "number": (_("Number in the file"), _("Recognises the row when the file is sent again.")),
    "reported_at": (_("Reported at"), ""),
    "text": (_("Description"), ""),
    "type": (_("Case type"), ""),
    "address": (_("Address"), ""),
    "lon": (_("Longitude"), _("WGS-84 degrees")),
    "lat": (_("Latitude"), _("WGS-84 degrees")),
    "area": (_("Street or community"), ""),
    "unit": (_("Department"), ""),
    "channel": (_("Came by"), ""),
    "state": (_("State"), ""),
    "outcome": (_("Outcome"), ""),
    "due_at": (_("Deadline"), ""),
    "filed_at": (_("Filed at"), ""),
    "dispatched_at": (_("Dispatched at"), ""),
    "handled_at": (_("Handled at"), ""),
    "closed_at": (_("Closed at"), ""),
}
NAMED = ("type", "unit", "area")
MAPPED = ("channel", "state")
DEFAULTS = {"channel": "other", "state": "reported"}
EXAMPLE = "2026-04-03 16:30:05"


def notation_words(notation: str) -> str:
    """A notation shown by an example."""
    from datetime import datetime

    moment = datetime.fromisoformat(EXAMPLE)
    return f"{EXAMPLE} (ISO)" if notation == "iso" else moment.strftime(notation)


class MappingForm(forms.Form):
    """Field by field: the column it comes from. Made for one file, whose columns are the choices."""

    source_system = forms.CharField(
        label=_("Name of the source"), max_length=40,
        help_text=_("Together with the number it tells rows apart; keep it the same for later files."),
    )  # fmt: skip
    notations = forms.MultipleChoiceField(
        label=_("Dates are written like"), choices=[(one, notation_words(one)) for one in NOTATIONS],
        widget=forms.CheckboxSelectMultiple, help_text=_("Tried in this order; those ticked were found in the file."),
    )  # fmt: skip
    other_notation = forms.CharField(
        label=_("Another notation"),
        required=False,
        max_length=40,
        help_text=_("With % signs, such as %d.%m.%y %H:%M"),
    )
    identity = forms.MultipleChoiceField(
        label=_("Without a number: columns that together tell rows apart"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    keep_number = forms.BooleanField(
        label=_("Keep the number of the file as the case's number"), required=False
    )
    compute_due = forms.BooleanField(
        label=_("Reckon missing deadlines from the district's limits"), required=False
    )

    def __init__(self, columns: Sequence[str], sample: pl.DataFrame, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.sample = list(columns), sample
        choices = [("", gettext("— not in the file —")), *((name, name) for name in columns)]
        for key, (label, hint) in FIELDS.items():
            required = key == "reported_at"
            self.fields[f"col_{key}"] = forms.ChoiceField(
                label=label, choices=choices, required=required, help_text=hint
            )
        self.fields["identity"].choices = [(name, name) for name in columns]  # type: ignore[attr-defined]
        spoken = [
            ("code", gettext("code")),
            ("name", gettext("Chinese name")),
            ("name_en", gettext("English name")),
        ]
        for key in NAMED:
            label = gettext("%(field)s: the file gives its") % {"field": FIELDS[key][0]}
            self.fields[f"by_{key}"] = forms.ChoiceField(label=label, choices=spoken, initial="name")
        for key in MAPPED:
            self._meanings(key)

    def _column(self, key: str) -> str:
        given = self.data.get(f"col_{key}") if self.is_bound else self.initial.get(f"col_{key}")
        return str(given or "")

    def _meanings(self, key: str) -> None:
        """One choice for each value that the column holds."""
        names = CHANNELS if key == "channel" else STATES
        words = channel_words if key == "channel" else state_words
        choices = [(name, words(name)) for name in names]
        if not self._column(key):
            return
        blank = gettext("Any other value")
        self.fields[f"default_{key}"] = forms.ChoiceField(label=blank, choices=choices, initial=DEFAULTS[key])
        for place, value in enumerate(values_of(self.sample, self._column(key))):
            known = self.initial.get(f"values_{key}", {}).get(value, "")
            self.fields[f"val_{key}_{place}"] = forms.ChoiceField(
                label=f"“{value[:60]}”", choices=[("", gettext("— as any other value —")), *choices],
                required=False, initial=known,
            )  # fmt: skip

    def column_fields(self) -> list[tuple[Any, Any]]:
        """The choice of column of each field, with how names are given beside it."""
        return [(self[f"col_{key}"], self[f"by_{key}"] if key in NAMED else None) for key in FIELDS]

    def meaning_fields(self) -> list[tuple[Any, list[Any]]]:
        """The choices of what values mean, under the field's name."""
        found = []
        for key in MAPPED:
            names = [name for name in self.fields if name.startswith((f"val_{key}_", f"default_{key}"))]
            if names:
                found.append((FIELDS[key][0], [self[name] for name in sorted(names, key=_last)]))
        return found

    def body(self, title: str) -> dict[str, Any]:
        """The mapping as declared; call it when the form is valid."""
        data = self.cleaned_data
        given = {key: data[f"col_{key}"] for key in FIELDS if data.get(f"col_{key}")}
        formats = [*data["notations"], *filter(None, [data["other_notation"]])]
        body: dict[str, Any] = {
            "title": title, "source_system": data["source_system"], "identity": data["identity"],
            "keep_number": data["keep_number"], "compute_due": data["compute_due"], "moments": {},
        }  # fmt: skip
        for key, column in given.items():
            if key in MOMENTS:
                body["moments"][key] = {"columns": [column], "formats": formats}
            elif key in ("number", "lon", "lat"):
                body[key] = column
            else:
                body[key] = {"columns": [column], **self._meant(key, column)}
        return body

    def _meant(self, key: str, column: str) -> dict[str, Any]:
        data = self.cleaned_data
        if key in NAMED:
            return {"by": data[f"by_{key}"]}
        if key not in MAPPED:
            return {}
        values = values_of(self.sample, column)
        chosen = {value: data.get(f"val_{key}_{place}") for place, value in enumerate(values)}
        return {
            "values": {v: m for v, m in chosen.items() if m},
            "default": data.get(f"default_{key}", DEFAULTS[key]),
        }

    def clean(self) -> dict[str, Any]:
        """A file without a number needs columns that identify its rows; the mapping must hold."""
        data = super().clean() or self.cleaned_data
        if not data.get("col_number") and not data.get("identity"):
            self.add_error(
                "col_number",
                gettext("Choose the number, or below the columns that together tell rows apart."),
            )
        if data.get("keep_number") and not data.get("col_number"):
            self.add_error("keep_number", gettext("There is no number to keep."))
        twice = [c for c in (data.get("col_lon"), data.get("col_lat")) if c]
        if len(twice) == 1 or (len(twice) == 2 and twice[0] == twice[1]):
            self.add_error("col_lat", gettext("Longitude and latitude are two columns."))
        return data


def _last(name: str) -> tuple[bool, int]:
    """Values in their order, any other value at the end."""
    return (name.startswith("default_"), 0 if name.startswith("default_") else int(name.rpartition("_")[2]))


def initial_of(body: dict[str, Any], sample: pl.DataFrame) -> dict[str, Any]:
    """What the form shows for a mapping in the making."""
    first: dict[str, Any] = {name: body.get(name) for name in ("source_system", "keep_number", "compute_due")}
    first["identity"] = list(body.get("identity", ()))
    found: list[str] = []
    for key in FIELDS:
        source = body["moments"].get(key) if key in MOMENTS else body.get(key)
        column = source if isinstance(source, str) else (source or {}).get("columns", [""])[0]
        first[f"col_{key}"] = column
        if key in MOMENTS and column in sample.columns:
            found += (
                (source or {}).get("formats", []) if isinstance(source, dict) else notations(sample[column])
            )
        if key in NAMED and source:
            first[f"by_{key}"] = source.get("by", "code")
        if key in MAPPED and source:
            first[f"values_{key}"] = source.get("values", {})
            first[f"default_{key}"] = source.get("default") or DEFAULTS[key]
    first["notations"] = [one for one in NOTATIONS if one in found] or ["iso"]
    first["other_notation"] = next((one for one in found if one not in NOTATIONS), "")
    return first


@never_cache
@permitted("report.import")
def page(request: Request, upload_id: int) -> HttpResponse:
    """The form, filled with what the names of the columns tell; a POST leads to the trial."""
    upload = own_upload(request, upload_id)
    sample = uploads.sample(upload)
    raw = upload.body or suggest(sample, upload.name)
    given = request.POST if request.method == "POST" else None
    form = MappingForm(upload.columns, sample, given, initial=initial_of(raw, sample))
    if request.method == "POST" and "reread" not in request.POST and form.is_valid():
        body = form.body(upload.name)
        try:
            parse(body, upload.name)
        except Problem as problem:
            form.add_error(None, " ".join(filter(None, (problem.what, problem.why, problem.cure))))
        else:
            upload.body, upload.mapping = body, ""
            upload.save(update_fields=["body", "mapping"])
            return redirect("imports:check", upload.pk)
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "imports/mapping.html", {"upload": upload, "form": form, "recognised": _recognised(form)},
                  status=status)  # fmt: skip


def _recognised(form: MappingForm) -> int:
    return sum(1 for key in FIELDS if form.initial.get(f"col_{key}"))
