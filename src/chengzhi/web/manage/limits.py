"""Limits of case types: dated, with the number of open cases a change would touch shown first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.models import OPEN, Case, CaseLimit, CaseType
from chengzhi.law.units import Unit
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.people.queries import in_force
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.history import told, unit_word

PAGE = 100


def unit_choices() -> list[tuple[str, str]]:
    """Units of limits, in words."""
    return [(unit.value, unit_word(unit.value)) for unit in Unit]


class AmountFields(DatedForm):
    """How much of which unit, from which source, from when on."""

    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=8, decimal_places=2)
    unit = forms.ChoiceField(label=_("Unit of time"))
    source = forms.CharField(
        label=_("Source"), max_length=120, required=False, help_text=_("Document and article it rests on.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices()  # type: ignore[attr-defined]


class LimitForm(AmountFields):
    """A limit that exists: only amount, unit and source change."""

    field_order = ("amount", "unit", "source", "first_day")


class NewLimitForm(AmountFields):
    """A limit for a type, a filing condition and an area class."""

    type = forms.ModelChoiceField(label=_("Case type"), queryset=CaseType.objects.none())
    condition = forms.CharField(label=_("Filing condition"), max_length=40, initial="default")
    area_class = forms.TypedChoiceField(
        label=_("Area class"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("all")), ("1", "1"), ("2", "2"), ("3", "3")],
    )
    field_order = ("type", "condition", "area_class", "amount", "unit", "source", "first_day")


@dataclass(frozen=True, slots=True)
class Touched:
    """Open cases of the type: those that will get the new limit, those that keep their clock."""

    new: int
    keep: int


def keys_of(limit: CaseLimit) -> dict[str, Any]:
    """What finds all dated rows of the same limit."""
    area = {"area_class__isnull": True} if limit.area_class is None else {"area_class": limit.area_class}
    return {"type_id": limit.type_id, "condition": limit.condition, **area}


def touched(limit: CaseLimit) -> Touched:
    """How many open cases a change reaches. A clock that runs keeps the limit it began with."""
    cases = Case.objects.filter(OPEN, type_id=limit.type_id, condition=limit.condition)
    if limit.area_class is not None:
        cases = cases.filter(area__area_class=limit.area_class)
    running = cases.filter(due_at__isnull=False).count()
    return Touched(cases.count() - running, running)


@transaction.atomic
def change_limit(
    *, limit: CaseLimit, values: dict[str, Any], first_day: date, by: Actor, on: datetime
) -> CaseLimit | None:
    """From `first_day` the limit is `values` (amount, unit, source); the row before ends the day before."""
    row = replace_from(
        CaseLimit,
        keys=keys_of(limit),
        values={
            **values,
            "condition_name": limit.condition_name,
            "condition_name_en": limit.condition_name_en,
            "outcome": limit.outcome,
            "status": "local",
            "changed_by": by.account_id,
        },
        first_day=first_day,
    )
    old = {"amount": limit.amount, "unit": limit.unit} if limit.amount is not None else None
    record(
        district_id=limit.type.district_id,
        thing="limit",
        thing_id=limit.type_id,
        step="limit_changed",
        by=by,
        on=on,
        facts={
            "condition": limit.condition,
            "area_class": limit.area_class,
            "old": old,
            "new": {"amount": values["amount"], "unit": values["unit"]},
            "source": values.get("source", ""),
            "from": first_day,
        },
    )
    return row


def in_district(district_id: int, day: date) -> "QuerySet[CaseLimit]":
    """The limits in force on a day, by type code."""
    rows = CaseLimit.objects.filter(in_force(day), type__district_id=district_id)
    return rows.select_related("type").order_by("type__code", "pk")


@permitted("limits.manage")
def listing(request: Request) -> HttpResponse:
    """Limits in force today, found by name or code; types without any."""
    district = district_of(request)
    today = today_in(district)
    words = request.GET.get("q", "").strip()
    rows = in_district(district.pk, today)
    if words:
        rows = rows.filter(
            Q(type__name__icontains=words)
            | Q(type__name_en__icontains=words)
            | Q(type__code__startswith=words)
        )
    code, _, last = request.GET.get("after", "").rpartition("~")
    if last.isdecimal():
        rows = rows.filter(Q(type__code__gt=code) | Q(type__code=code, pk__gt=int(last)))
    found = list(rows[: PAGE + 1])
    end = found[PAGE - 1] if len(found) > PAGE else None
    without = CaseType.objects.filter(district=district).exclude(
        pk__in=CaseLimit.objects.filter(in_force(today)).values("type_id")
    )
    facts = {
        "rows": found[:PAGE],
        "words": words,
        "more": f"{end.type.code}~{end.pk}" if end else "",
        "without": without.count(),
    }
    return render(request, "manage/limits.html", facts)


@permitted("limits.manage")
def edit(request: Request, number: int = 0) -> HttpResponse:
    """Change a limit, or set one that was missing: form, preview, then `confirm`."""
    district = district_of(request)
    limit = (
        get_object_or_404(CaseLimit.objects.select_related("type"), pk=number, type__district=district)
        if number
        else None
    )
    form = _form(request, limit, district.pk, today_in(district))
    if not form.is_valid():
        history = told("limit", limit.type_id) if limit else []
        return render(request, "manage/limit.html", {"form": form, "limit": limit, "history": history})
    wanted = limit or _new(form.cleaned_data)
    if not request.POST.get("confirm"):
        facts = {"form": form, "limit": wanted, "touched": touched(wanted), "data": form.cleaned_data,
                 "unit_word": unit_word(form.cleaned_data["unit"])}  # fmt: skip
        return render(request, "manage/limit_preview.html", facts)
    values = {name: form.cleaned_data[name] for name in ("amount", "unit", "source")}
    change_limit(
        limit=wanted,
        values=values,
        first_day=form.cleaned_data["first_day"],
        by=request.actor,
        on=clock.now(),
    )
    messages.success(
        request, gettext("The limit counts from %(day)s.") % {"day": form.cleaned_data["first_day"]}
    )
    return redirect("manage:limits")


def _form(request: Request, limit: CaseLimit | None, district_id: int, today: date) -> AmountFields:
    if limit:
        initial = {"amount": limit.amount, "unit": limit.unit, "source": limit.source}
        return LimitForm(today, request.POST or None, initial=initial)
    form = NewLimitForm(today, request.POST or None)
    types = CaseType.objects.filter(district_id=district_id)
    form.fields["type"].queryset = types  # type: ignore[attr-defined]
    return form


def _new(data: dict[str, Any]) -> CaseLimit:
    return CaseLimit(type=data["type"], condition=data["condition"], area_class=data["area_class"])
