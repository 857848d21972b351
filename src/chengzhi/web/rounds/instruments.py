"""Settings: balances and meters with their calibration."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.inspections.checklists import INSTRUMENT_KINDS
from chengzhi.inspections.instruments import calibrate, register_instrument, retire
from chengzhi.inspections.models import Instrument
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DayField, district_of, today_in

SOON_DAYS = 30


class InstrumentForm(forms.Form):
    """A new instrument."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(INSTRUMENT_KINDS.items()))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    serial = forms.CharField(label=gettext_lazy("Serial number"), max_length=60)


class CalibrationForm(forms.Form):
    """A calibration: its days and its certificate."""

    calibrated_on = DayField(label=gettext_lazy("Calibrated on"))
    calibrated_until = DayField(label=gettext_lazy("Counts until"))
    certificate = forms.CharField(label=gettext_lazy("Certificate"), max_length=80)

    def clean(self) -> dict[str, Any]:
        """Refuses a calibration that ends before it begins."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("calibrated_on"), said.get("calibrated_until")
        if first and last and last < first:
            raise ValidationError({"calibrated_until": _("The calibration ends before it begins.")})
        return said


def standing(one: Instrument, today: date) -> tuple[str, str]:
    """Lamp and words: whether readings of the instrument count today."""
    first, last = one.calibrated_on, one.calibrated_until
    if not one.active:
        return "grey", _("no longer used")
    if first is None or last is None:
        return "red", _("never calibrated")
    if today > last:
        return "red", _("calibration ran out")
    if today < first:
        return "grey", _("not yet in calibration")
    if last - today < timedelta(days=SOON_DAYS):
        return "amber", _("runs out soon")
    return "green", _("in calibration")


@permitted("checks.manage")
def listing(request: Request) -> HttpResponse:
    """All instruments, those in use first."""
    district = district_of(request)
    today = today_in(district)
    rows = Instrument.objects.filter(district=district).order_by("-active", "kind", "name", "pk")
    facts = {
        "rows": [(one, INSTRUMENT_KINDS.get(one.kind, one.kind), *standing(one, today)) for one in rows],
        "tab": "instruments",
    }
    return render(request, "rounds/instruments.html", facts)


@permitted("checks.manage")
def new(request: Request) -> HttpResponse:
    """Register an instrument, then record its calibration."""
    form, problem = InstrumentForm(request.POST or None), None
    if form.is_valid():
        try:
            made = register_instrument(
                district_id=district_of(request).pk, **form.cleaned_data, by=request.actor, on=clock.now()
            )
        except Problem as refused:
            problem = refused
        else:
            return redirect("rounds:instrument", made.pk)
    return _page(request, form, problem, None)


@permitted("checks.manage")
def one(request: Request, number: int) -> HttpResponse:
    """Record a calibration, or take the instrument out of use."""
    district = district_of(request)
    found = get_object_or_404(Instrument, pk=number, district=district)
    if request.POST.get("retire"):
        retire(found.pk, by=request.actor, on=clock.now())
        messages.success(request, _("%(name)s is no longer used.") % {"name": found})
        return redirect("rounds:instruments")
    form, problem = CalibrationForm(request.POST or None, initial={"calibrated_on": today_in(district)}), None
    if form.is_valid():
        try:
            calibrate(found.pk, **form.cleaned_data, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(
                request,
                _("Readings of %(name)s count until %(day)s.")
                % {"name": found, "day": form.cleaned_data["calibrated_until"]},
            )
            return redirect("rounds:instruments")
    return _page(request, form, problem, found)


def _page(
    request: Request, form: forms.Form, problem: Problem | None, found: Instrument | None
) -> HttpResponse:
    facts = {
        "form": form, "problem": problem, "found": found, "back": reverse("rounds:instruments"),
        "title": str(found) if found else _("Register an instrument"),
    }  # fmt: skip
    return render(request, "rounds/instrument.html", facts, status=problem.status if problem else 200)
