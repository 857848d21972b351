"""Deductions from contracts: proposed from failed readings, told, appealed against, decided."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.inspections.checklists import measurement, named
from chengzhi.inspections.deductions import advance_deduction, grounds, propose_for
from chengzhi.inspections.life import APPEAL, DEDUCTION_LIFE
from chengzhi.inspections.models import Deduction, Reading
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import amount, bound, language
from chengzhi.web.manage.days import DayField, district_of, today_in
from chengzhi.web.rounds.naming import people_named
from chengzhi.web.rounds.steps import offers, take, take_back, told

PAGE = 50
MOST = 500
VIEW = "inspection.view"


class SpanForm(forms.Form):
    """The days whose failed readings are looked at."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("To"))

    def clean_last(self) -> date:
        """Refuses days in the wrong order."""
        last: date = self.cleaned_data["last"]
        if "first" in self.cleaned_data and last < self.cleaned_data["first"]:
            raise ValidationError(_("The last day lies before the first."))
        return last


def visible(actor: Actor) -> "QuerySet[Deduction]":
    """What the person may see: all of the district, or a contractor's own that it was told of."""
    rows = Deduction.objects.filter(district_id=actor.district_id or 0)
    if VIEW in actor.permissions:
        return rows
    return rows.filter(unit_id__in=actor.unit_ids, told_at__isnull=False)


def deduction_of(request: Request, number: int) -> Deduction:
    """One of them. Raises Http404."""
    rows = visible(request.actor).select_related(
        "permit__object", "party", "unit", "term", "reading__instrument", "reading__visit"
    )
    return get_object_or_404(rows, pk=number)


@permitted(VIEW, APPEAL)
@require_GET
def listing(request: Request) -> HttpResponse:
    """Newest first; `?state=` narrows, `?before=` pages on."""
    rows = visible(request.actor).order_by("-id")
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    rows = rows.filter(state=state) if state in DEDUCTION_LIFE.states else rows
    rows = rows.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 18 else rows
    found = list(rows.select_related("permit__object", "party", "reading__visit")[: PAGE + 1])
    facts = {
        "rows": [_line(one) for one in found[:PAGE]],
        "states": [(key, DEDUCTION_LIFE.state_words(key, language())) for key in DEDUCTION_LIFE.states],
        "state": state, "more": found[PAGE - 1].pk if len(found) > PAGE else 0,
        "may_propose": "inspection.plan" in request.actor.permissions,
    }  # fmt: skip
    return render(request, "rounds/deductions.html", facts)


def _line(one: Deduction) -> dict[str, Any]:
    return {
        "one": one, "state": DEDUCTION_LIFE.state_words(one.state, language()), **_value(one.reading),
        "amount": one.amount if one.decided_amount is None else one.decided_amount,
    }  # fmt: skip


def _value(reading: Reading) -> dict[str, str]:
    known = measurement(reading.measurement)
    return {
        "name": named(known), "value": amount(reading.value, reading.unit), "limit": bound(known, reading.limit),
    }  # fmt: skip


@permitted(VIEW, APPEAL)
@require_GET
def one(request: Request, number: int) -> HttpResponse:
    """What was measured, what the contract says, the appeal and the decision."""
    found, on = deduction_of(request, number), clock.now()
    who = people_named([found.proposed_by, found.decided_by])
    facts = {
        "one": found, **_line(found), "proposed_by": who.get(found.proposed_by or 0, "—"),
        "decided_by": who.get(found.decided_by or 0, ""),
        "offered": offers(request, found, lambda name: reverse("rounds:deduction_step", args=[found.pk, name])),
        "history": told(found, on), "undo_url": reverse("rounds:deduction", args=[found.pk]) + "undo/",
        "staff": VIEW in request.actor.permissions,
    }  # fmt: skip
    return render(request, "rounds/deduction.html", facts)


@permitted(VIEW, APPEAL)
def step(request: Request, number: int, name: str) -> HttpResponse:
    """Tell, drop, appeal, decide, settle."""
    found = deduction_of(request, number)
    return take(
        request, found, name, back=reverse("rounds:deduction", args=[found.pk]), title=str(found.permit.object),
        by=lambda step_name, facts, on: advance_deduction(
            found.pk, step_name, by=request.actor, on=on, **facts
        ),
    )  # fmt: skip


@permitted(VIEW, APPEAL)
@require_POST
def undo(request: Request, number: int, event: int) -> HttpResponse:
    """Take the last step back."""
    found = deduction_of(request, number)
    return take_back(request, found, event, back=reverse("rounds:deduction", args=[found.pk]))


@permitted("inspection.plan")
def propose(request: Request) -> HttpResponse:
    """Which failed readings give ground and which do not, then `confirm` proposes them."""
    district = district_of(request)
    form = SpanForm(request.POST or None, initial=_last_month(today_in(district)))
    if not form.is_valid():
        return render(request, "rounds/propose.html", {"form": form})
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    if request.POST.get("confirm"):
        made = propose_for(district.pk, first=first, last=last, by=request.actor, on=clock.now())
        messages.success(request, _("%(n)s deductions were proposed.") % {"n": len(made)})
        return redirect("rounds:deductions")
    readings = list(_failed(district.pk, first, last)[: MOST + 1])
    rows = list(_grounds(readings[:MOST]))
    facts = {
        "form": form, "rows": rows, "good": sum(1 for row in rows if not row["ground"].why),
        "cut": len(readings) > MOST,
    }  # fmt: skip
    return render(request, "rounds/propose.html", facts)


def _last_month(today: date) -> dict[str, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return {"first": last.replace(day=1), "last": last}


def _failed(district_id: int, first: date, last: date) -> "QuerySet[Reading]":
    """Failed readings of the days at objects, not proposed before."""
    zone = habits(district_id).zone
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    rows = Reading.objects.filter(
        passed=False, visit__district_id=district_id, visit__visited_at__gte=begin,
        visit__visited_at__lt=end, visit__object__isnull=False, deduction=None,
    )  # fmt: skip
    return rows.select_related("visit__object").order_by("pk")


def _grounds(readings: list[Reading]) -> Iterable[dict[str, Any]]:
    found = grounds(readings)
    for reading in readings:
        yield {"reading": reading, "ground": found[reading.pk], **_value(reading)}
