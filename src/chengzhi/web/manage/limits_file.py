"""All limits as one CSV file: take it out, change it in a spreadsheet, preview, load."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.models import CaseLimit, CaseType
from chengzhi.law.units import Unit
from chengzhi.ledger.actions import record
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.limits import change_limit, in_district

COLUMNS = ("code", "name", "condition", "area_class", "amount", "unit", "source")
MOST_BYTES = 2_000_000

Key = tuple[str, str, int | None]
Value = tuple[Decimal, str, str]


class FileForm(DatedForm):
    """The file, or its text carried from the preview."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    field_order = ("file", "first_day", "text")

    def clean(self) -> dict[str, Any]:
        """Puts what was uploaded into `text`; refuses nothing, too much, or what is no text."""
        data = super().clean() or self.cleaned_data
        sent = data.get("file")
        if sent and sent.size > MOST_BYTES:
            self.add_error("file", gettext("The file is larger than 2 MB; limits need far less."))
        elif sent:
            try:
                data["text"] = sent.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", gettext("The file is not UTF-8 text. Save it as “CSV UTF-8”."))
        elif not data.get("text"):
            self.add_error("file", gettext("Choose a file."))
        return data


@dataclass
class Reading:
    """What a file would do: changed and new limits, how many stay, and rows refused with reason."""

    changed: list[tuple[CaseLimit, Value]] = field(default_factory=list)
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@permitted("limits.manage")
def download(request: Request) -> HttpResponse:
    """Today's limits as CSV (UTF-8 with mark, so that spreadsheets show Chinese)."""
    district = district_of(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="limits-{district.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in in_district(district.pk, today_in(district)):
        area = "" if row.area_class is None else row.area_class
        writer.writerow(
            [
                row.type.code,
                _safe(row.type.name),
                row.condition,
                area,
                row.amount,
                row.unit,
                _safe(row.source),
            ]
        )
    return response


def _safe(text: str) -> str:
    """A text a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@permitted("limits.manage")
def upload(request: Request) -> HttpResponse:
    """Form, preview with errors by row, then `confirm` loads what is right."""
    district = district_of(request)
    form = FileForm(today_in(district), request.POST or None, request.FILES or None)
    if not form.is_valid():
        return render(request, "manage/limits_file.html", {"form": form, "columns": COLUMNS})
    text, first_day = form.cleaned_data["text"], form.cleaned_data["first_day"]
    reading = read(text, district, first_day)
    if not request.POST.get("confirm"):
        facts = {"reading": reading, "text": text, "first_day": first_day, "shown": reading.changed[:200]}
        return render(request, "manage/limits_file_preview.html", facts)
    _load(request, district, reading, first_day)
    messages.success(request, gettext("%(n)d limits count from %(day)s.")
                     % {"n": len(reading.changed), "day": first_day})  # fmt: skip
    return redirect("manage:limits")


def read(text: str, district: District, first_day: date) -> Reading:
    """Compare a file with the limits in force on the first day."""
    now: dict[Key, CaseLimit] = {
        (row.type.code, row.condition, row.area_class): row for row in in_district(district.pk, first_day)
    }
    types = {one.code: one for one in CaseType.objects.filter(district=district)}
    found, seen = Reading(), set[Key]()
    for number, row in enumerate(_rows(text), start=2):
        try:
            key, value = _key(row), _value(row)
            _take(found, now, types, seen, key, value)
        except ValueError as error:
            found.refused.append((number, str(error)))
    return found


def _rows(text: str) -> Iterable[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    for row in reader:
        yield {(name or "").strip(): (value or "").strip() for name, value in row.items() if name}


def _key(row: dict[str, str]) -> Key:
    area = row.get("area_class", "")
    if area and not area.isdecimal():
        raise ValueError(gettext("area_class must be empty or a number."))
    return row.get("code", ""), row.get("condition") or "default", int(area) if area else None


def _value(row: dict[str, str]) -> Value:
    try:
        amount = Decimal(row.get("amount", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(gettext("amount is not a number.")) from None
    if not amount.is_finite() or amount < 0 or amount >= 1_000_000:
        raise ValueError(gettext("amount must be from 0 to 999999."))
    unit = row.get("unit", "")
    if unit not in {one.value for one in Unit}:
        raise ValueError(gettext("unit must be one of: %(units)s") % {"units": ", ".join(Unit)})
    return amount, unit, row.get("source", "")[:120]


def _take(
    found: Reading,
    now: dict[Key, CaseLimit],
    types: dict[str, CaseType],
    seen: set[Key],
    key: Key,
    value: Value,
) -> None:
    if key[0] not in types:
        raise ValueError(gettext("no case type has the code “%(code)s”.") % {"code": key[0]})
    if key in seen:
        raise ValueError(gettext("this limit stands in the file twice."))
    seen.add(key)
    row = now.get(key)
    if row and (row.amount, row.unit, row.source) == value:
        found.same += 1
        return
    fresh = CaseLimit(type=types[key[0]], condition=key[1], area_class=key[2])
    found.changed.append((row or fresh, value))


@transaction.atomic
def _load(request: Request, district: District, reading: Reading, first_day: date) -> None:
    on = clock.now()
    for limit, (amount, unit, source) in reading.changed:
        change_limit(
            limit=limit,
            values={"amount": amount, "unit": unit, "source": source},
            first_day=first_day,
            by=request.actor,
            on=on,
        )
    record(
        district_id=district.pk,
        thing="limits",
        thing_id=district.pk,
        step="limits_loaded",
        by=request.actor,
        on=on,
        facts={"changed": len(reading.changed), "refused": len(reading.refused), "from": first_day},
    )
