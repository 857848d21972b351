"""Units of the district as a tree; add, change, take out of use with the effect shown."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.models import OPEN, Case
from chengzhi.errors import Problem
from chengzhi.people.models import Post, Unit
from chengzhi.people.queries import in_force
from chengzhi.people.units import save_unit
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import district_of, today_in
from chengzhi.web.manage.history import told


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A unit's facts."""

    class Meta:
        model = Unit
        fields = ("code", "name", "name_en", "kind", "parent", "credit_code", "handles_cases", "active")
        labels = {
            "code": _("Code"),
            "name": _("Name"),
            "name_en": _("English name"),
            "kind": _("Kind"),
            "parent": _("Belongs to"),
            "credit_code": _("Unified social credit code"),
            "handles_cases": _("Handles cases"),
            "active": _("In use"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Unit.objects.filter(district_id=self.instance.district_id).exclude(pk=self.instance.pk or 0)
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]
        self.fields["parent"].required = False

    def clean_code(self) -> str:
        """Refuses a code another unit of the district has."""
        code = str(self.cleaned_data["code"]).strip()
        others = Unit.objects.filter(district_id=self.instance.district_id, code=code)
        if others.exclude(pk=self.instance.pk or 0).exists():
            raise forms.ValidationError(gettext("Another unit of the district has this code."))
        return code


@dataclass(frozen=True, slots=True)
class Node:
    """A unit in the tree with its depth, people and open cases."""

    unit: Unit
    depth: int
    people: int
    cases: int


def tree(district_id: int, day: Any) -> list[Node]:
    """Units under their parents, in the order of their codes; three statements whatever their number."""
    units = list(Unit.objects.filter(district_id=district_id).order_by("code"))
    people = dict(
        Post.objects.filter(in_force(day), district_id=district_id, account__is_active=True)
        .values_list("unit").annotate(n=Count("account", distinct=True))
    )  # fmt: skip
    cases = dict(
        Case.objects.filter(OPEN, district_id=district_id, unit__isnull=False)
        .values_list("unit").annotate(n=Count("pk")).order_by()
    )  # fmt: skip
    children: dict[int | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    found: list[Node] = []
    waiting = [(unit, 0) for unit in reversed(children.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        found.append(Node(unit, depth, people.get(unit.pk, 0), cases.get(unit.pk, 0)))
        waiting += [(child, depth + 1) for child in reversed(children.get(unit.pk, []))]
    return found


@permitted("units.manage")
def listing(request: Request) -> HttpResponse:
    """The tree of units."""
    district = district_of(request)
    return render(request, "manage/units.html", {"nodes": tree(district.pk, today_in(district))})


@permitted("units.manage")
def edit(request: Request, number: int = 0) -> HttpResponse:
    """A new unit (no number) or an existing one."""
    district_id = request.actor.district_id or 0
    unit = (
        get_object_or_404(Unit, pk=number, district_id=district_id)
        if number
        else Unit(district_id=district_id)
    )
    form = UnitForm(request.POST or None, instance=unit)
    effects = _effects(unit) if number else []
    if form.is_valid():
        leaves = number and "active" in form.changed_data and not form.cleaned_data["active"]
        if leaves and effects and not request.POST.get("confirm"):
            return render(
                request, "manage/unit.html", {"form": form, "unit": unit, "effects": effects, "ask": True}
            )
        try:
            save_unit(unit=form.save(commit=False), by=request.actor, on=clock.now())
        except Problem as problem:
            form.add_error("parent", str(problem))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("manage:units")
    history = told("unit", number) if number else []
    return render(request, "manage/unit.html", {"form": form, "unit": unit, "history": history})


def _effects(unit: Unit) -> list[str]:
    cases = Case.objects.filter(OPEN, unit=unit).count()
    people = Post.objects.filter(Q(valid_to=None), unit=unit).count()
    said = [
        (
            cases,
            gettext("%(n)d open cases lie with this unit; they stay there until they are dispatched anew."),
        ),
        (people, gettext("%(n)d posts are in this unit; end them or move the people.")),
    ]
    return [words % {"n": count} for count, words in said if count]
