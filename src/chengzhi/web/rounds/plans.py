"""Settings: how often objects of a kind are checked, dated, previewed on the register."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chengzhi import clock
from chengzhi.domains.domain import Checklist
from chengzhi.errors import Problem
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import checklists_of, named
from chengzhi.registers.kinds import domain_of_kind, kinds
from chengzhi.registers.models import CheckPlan, RegisteredObject
from chengzhi.registers.plans import LONGEST, set_plan
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import local
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.rounds.limits import Past
from chengzhi.web.rounds.naming import people_named


@dataclass(frozen=True)
class Row:
    """A kind and checklist with the plan in force and the one that follows."""

    kind: str
    domain: str
    checklist: str
    now: str
    since: date | None
    next: CheckPlan | None
    reason: str
    url: str


class PlanForm(DatedForm):
    """How often, why, from when on."""

    every_days = forms.IntegerField(
        label=gettext_lazy("Every … days"), min_value=1, max_value=LONGEST, required=False,
        help_text=gettext_lazy("Leave it empty to plan no checks."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=120, required=False)
    field_order = ("every_days", "reason", "source", "first_day")


def every(days: int | None) -> str:
    """An interval in words."""
    if days is None:
        return _("not planned")
    return ngettext("every day", "every %(n)d days", days) % {"n": days}


def pairs() -> Iterator[tuple[str, Checklist]]:
    """Every kind with each of its checklists."""
    for key in kinds():
        yield from ((key, one) for one in checklists_of(key))


def _rows(district_id: int, today: date) -> Iterator[Row]:
    found = CheckPlan.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), district_id=district_id)
    plans: dict[tuple[str, str], list[CheckPlan]] = {}
    for plan in found.order_by("valid_from"):
        plans.setdefault((plan.kind, plan.checklist), []).append(plan)
    for key, one in pairs():
        own = plans.get((key, one.key), [])
        now = next((plan for plan in own if plan.valid_from <= today), None)
        yield Row(
            local(kinds()[key]), local(domain_of_kind(key)), named(one), every(now.every_days if now else None),
            now.valid_from if now else None, next((plan for plan in own if plan.valid_from > today), None),
            now.reason if now else "", reverse("rounds:plan", args=[key, one.key]),
        )  # fmt: skip


@permitted("checks.manage")
def listing(request: Request) -> HttpResponse:
    """Every kind that can be checked, with its plan."""
    district = district_of(request)
    facts = {"rows": list(_rows(district.pk, today_in(district))), "tab": "plans"}
    return render(request, "rounds/plans.html", facts)


@permitted("checks.manage")
def edit(request: Request, kind: str, checklist: str) -> HttpResponse:
    """Change a plan: form, preview, then `confirm`. Raises UnknownKind, UnknownChecklist."""
    district = district_of(request)
    today = today_in(district)
    checklist_of(checklist)
    domain_of_kind(kind)
    plans = CheckPlan.objects.filter(district=district, kind=kind, checklist=checklist).order_by(
        "-valid_from"
    )
    now = plans.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today).first()
    initial = {"every_days": now.every_days, "source": now.source} if now else None
    form = PlanForm(today, request.POST or None, initial=initial)
    if not form.is_valid():
        return _form_page(request, form, kind, checklist, list(plans[:50]))
    if not request.POST.get("confirm"):
        return _preview(request, form, kind, checklist, now)
    try:
        set_plan(
            district_id=district.pk, kind=kind, checklist=checklist, **form.cleaned_data,
            by=request.actor, on=clock.now(),
        )  # fmt: skip
    except Problem as problem:
        return _form_page(request, form, kind, checklist, list(plans[:50]), problem)
    messages.success(request, _("It counts from %(day)s.") % {"day": form.cleaned_data["first_day"]})
    return redirect("rounds:plans")


def _title(kind: str, checklist: str) -> str:
    return f"{local(kinds()[kind])} · {named(checklist_of(checklist)[1])}"


def _form_page(
    request: Request, form: PlanForm, kind: str, checklist: str, plans: list[CheckPlan],
    problem: Problem | None = None,
) -> HttpResponse:  # fmt: skip
    who = people_named(plan.changed_by for plan in plans)
    facts: dict[str, Any] = {
        "form": form, "problem": problem, "title": _title(kind, checklist), "back": reverse("rounds:plans"),
        "back_name": _("How often"),
        "history": [
            Past(plan.valid_from, plan.valid_to, every(plan.every_days), plan.source or plan.reason,
                 who.get(plan.changed_by or 0, ""))
            for plan in plans
        ],
    }  # fmt: skip
    return render(request, "rounds/setting.html", facts, status=problem.status if problem else 200)


def _preview(
    request: Request, form: PlanForm, kind: str, checklist: str, now: CheckPlan | None
) -> HttpResponse:
    then = form.cleaned_data["every_days"]
    objects = RegisteredObject.objects.filter(
        district_id=request.actor.district_id or 0, kind=kind, live=True
    )
    count = objects.count()
    says = [_("%(n)s objects of this register are in the street now.") % {"n": count}]
    if then:
        says.append(_("That makes about %(n)s checks a month.") % {"n": f"{count * 30 / then:,.0f}"})
    facts = {
        "form": form, "title": _title(kind, checklist), "back": reverse("rounds:plans"),
        "back_name": _("How often"), "says": says,
        "sides": [(_title(kind, checklist), every(now.every_days if now else None), every(then))],
    }  # fmt: skip
    return render(request, "rounds/setting_preview.html", facts)
