"""Settings: how many visits a year a business of a kind may get, dated, previewed on this year's visits."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.inspections.caps import cap_for, set_cap
from chengzhi.inspections.checklists import is_business
from chengzhi.inspections.models import Visit, VisitCap
from chengzhi.registers.kinds import kinds
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import local
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.rounds.limits import Past
from chengzhi.web.rounds.naming import people_named


class CapForm(DatedForm):
    """How many, on what grounds, from when on."""

    per_year = forms.IntegerField(
        label=gettext_lazy("Visits a year at most"), min_value=0, max_value=366, required=False,
        help_text=gettext_lazy("Leave it empty for no cap."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=120, required=False,
        help_text=gettext_lazy("Document and article it rests on."),
    )  # fmt: skip
    field_order = ("per_year", "source", "first_day")


def most(number: int | None) -> str:
    """A cap in words."""
    if number is None:
        return _("no cap")
    return ngettext("%(n)d visit a year", "%(n)d visits a year", number) % {"n": number}


@permitted("checks.manage")
def listing(request: Request) -> HttpResponse:
    """Every kind of business with its cap."""
    district = district_of(request)
    today = today_in(district)
    rows = []
    caps = VisitCap.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), district=district)
    by_kind: dict[str, list[VisitCap]] = {}
    for cap in caps.order_by("valid_from"):
        by_kind.setdefault(cap.kind, []).append(cap)
    for key, kind in kinds().items():
        if not is_business(key):
            continue
        own = by_kind.get(key, [])
        now = next((cap for cap in own if cap.valid_from <= today), None)
        later = next((cap for cap in own if cap.valid_from > today), None)
        rows.append({
            "name": local(kind), "now": most(now.per_year if now else None), "cap": now, "later": later,
            "url": reverse("rounds:cap", args=[key]),
        })  # fmt: skip
    return render(request, "rounds/caps.html", {"rows": rows, "tab": "caps"})


@permitted("checks.manage")
def edit(request: Request, kind: str) -> HttpResponse:
    """Change a cap: form, preview, then `confirm`."""
    district = district_of(request)
    today = today_in(district)
    if not is_business(kind):
        raise Http404(kind)
    now = cap_for(district.pk, kind, today)
    initial = {"per_year": now.per_year, "source": now.source} if now else None
    form = CapForm(today, request.POST or None, initial=initial)
    if not form.is_valid():
        return _form_page(request, form, district.pk, kind)
    if not request.POST.get("confirm"):
        return _preview(request, form, district.pk, kind, now)
    try:
        set_cap(
            district_id=district.pk, kind=kind, per_year=form.cleaned_data["per_year"],
            source=form.cleaned_data["source"], status="local", first_day=form.cleaned_data["first_day"],
            by=request.actor, on=clock.now(),
        )  # fmt: skip
    except Problem as problem:
        return _form_page(request, form, district.pk, kind, problem)
    messages.success(request, _("It counts from %(day)s.") % {"day": form.cleaned_data["first_day"]})
    return redirect("rounds:caps")


def _form_page(
    request: Request, form: CapForm, district_id: int, kind: str, problem: Problem | None = None
) -> HttpResponse:
    past = list(VisitCap.objects.filter(district_id=district_id, kind=kind).order_by("-valid_from")[:50])
    who = people_named(one.changed_by for one in past)
    facts: dict[str, Any] = {
        "form": form, "problem": problem, "title": local(kinds()[kind]), "back": reverse("rounds:caps"),
        "back_name": _("Caps for businesses"),
        "history": [
            Past(one.valid_from, one.valid_to, most(one.per_year), one.source, who.get(one.changed_by or 0, ""))
            for one in past
        ],
    }  # fmt: skip
    return render(request, "rounds/setting.html", facts, status=problem.status if problem else 200)


def _preview(
    request: Request, form: CapForm, district_id: int, kind: str, now: VisitCap | None
) -> HttpResponse:
    then = form.cleaned_data["per_year"]
    facts = {
        "form": form, "title": local(kinds()[kind]), "back": reverse("rounds:caps"),
        "back_name": _("Caps for businesses"), "says": [_effect(district_id, kind, then)],
        "sides": [(local(kinds()[kind]), most(now.per_year if now else None), most(then))],
    }  # fmt: skip
    return render(request, "rounds/setting_preview.html", facts)


def _effect(district_id: int, kind: str, then: int | None) -> str:
    """How many businesses have had as many visits this year as the new cap allows."""
    day: date = habits(district_id).day(clock.now())
    visits = Visit.objects.filter(
        district_id=district_id, object__kind=kind, visited_at__year=day.year, recheck_of=None,
        approval__isnull=False, approval__complaint=None,
    )  # fmt: skip
    if then is None:
        return _("%(n)s visits of this year would count for nothing.") % {"n": visits.count()}
    full = visits.values("object_id").annotate(n=Count("pk")).filter(n__gte=then).count()
    return _("%(n)s businesses have had as many visits this year already.") % {"n": full}
