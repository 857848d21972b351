"""The list of competences as the administrator keeps it: dated, previewed, with history."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.competence import ACTS, Line, end_line, set_line
from chengzhi.cases.models import Authority, CaseType, Competence
from chengzhi.domains import DOMAINS
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.previews import Side, confirmed, preview
from chengzhi.web.shell.wording import chinese

SAID = ("act", "basis", "domain", "conditions", "source", "status")


def named(row: Any) -> str:
    """The name in the language of the page."""
    return str(row.name if chinese() else row.name_en or row.name)


class LineForm(DatedForm):
    """One line: who, what, on which matters, where, on which basis."""

    domain = forms.ChoiceField(label=_("Domain"), required=False)
    type = forms.ModelChoiceField(label=_("Case type"), queryset=CaseType.objects.none(), required=False)
    act = forms.ChoiceField(label=_("May do"))
    area = forms.ModelChoiceField(label=_("Place"), queryset=Area.objects.none(), required=False)
    unit = forms.ModelChoiceField(label=_("Our unit"), queryset=Unit.objects.none(), required=False)
    authority = forms.ModelChoiceField(
        label=_("or another authority"), queryset=Authority.objects.none(), required=False
    )
    basis = forms.CharField(label=_("Legal basis"), max_length=200)
    conditions = forms.CharField(label=_("Conditions"), max_length=200, required=False)
    source = forms.CharField(label=_("Source"), max_length=120, required=False)
    status = forms.ChoiceField(
        label=_("Checked"),
        choices=[("unverified", _("unverified")), ("confirmed", _("confirmed by the legal office"))],
    )
    field_order = ("domain", "type", "act", "area", "unit", "authority", "basis", "conditions", "source",
                   "status", "first_day")  # fmt: skip

    def __init__(self, district: District, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(today, *args, **kwargs)
        domains = [(one.key, one.name if chinese() else one.name_en) for one in DOMAINS]
        self.fields["domain"].choices = [("", gettext("any")), *domains]  # type: ignore[attr-defined]
        acts = [(one.key, one.name if chinese() else one.name_en) for one in ACTS.values()]
        self.fields["act"].choices = acts  # type: ignore[attr-defined]
        for name, rows in _choices(district).items():
            field: Any = self.fields[name]
            field.queryset, field.empty_label, field.label_from_instance = rows, gettext("any"), named
        for name in ("unit", "authority"):
            self.fields[name].empty_label = "—"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Exactly one of unit and authority."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("unit")) == bool(data.get("authority")):
            raise ValidationError(gettext("Choose either a unit of ours or another authority."))
        return data


def _choices(district: District) -> dict[str, Any]:
    return {
        "type": CaseType.objects.filter(district=district, valid_to=None).order_by("code"),
        "area": Area.objects.filter(district=district, valid_to=None).defer("outline").order_by("code"),
        "unit": Unit.objects.filter(district=district, active=True),
        "authority": Authority.objects.filter(district=district, active=True),
    }


@permitted("competence.manage", "case.view")
def index(request: Request) -> HttpResponse:
    """Every line in force or planned, by domain; POST `end` ends one (competence.manage only)."""
    district = district_of(request)
    today = today_in(district)
    if request.POST.get("end", "").isdecimal():
        end_line(int(request.POST["end"]), district_id=district.pk, first_day_without=today, by=request.actor,
                 on=clock.now())  # fmt: skip
        messages.success(request, gettext("The line no longer counts."))
        return redirect("competence:list")
    rows = Competence.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), district=district)
    rows = rows.select_related("unit", "authority", "type", "area").order_by("domain", "act", "id")
    wanted = request.GET.get("domain", "")
    if wanted:
        rows = rows.filter(domain=wanted)
    facts = {
        "rows": [(row, _domain(row.domain), _act(row.act)) for row in rows], "today": today,
        "domains": [(one.key, one.name if chinese() else one.name_en) for one in DOMAINS], "wanted": wanted,
        "may_manage": "competence.manage" in request.actor.permissions,
    }  # fmt: skip
    return render(request, "competence/list.html", facts)


def _domain(key: str) -> str:
    found = next((one for one in DOMAINS if one.key == key), None)
    return "" if found is None else found.name if chinese() else found.name_en


def _act(key: str) -> str:
    return ACTS[key].name if chinese() else ACTS[key].name_en


@permitted("competence.manage")
def edit(request: Request, number: int = 0) -> HttpResponse:
    """A new line, or one in place of line `number` from a day on: form, preview, `confirm`."""
    district = district_of(request)
    old = get_object_or_404(Competence, pk=number, district=district) if number else None
    form = LineForm(district, today_in(district), request.POST or None, initial=_initial(old))
    if not form.is_valid():
        return render(request, "competence/line.html", {"form": form, "line": old})
    data, back = form.cleaned_data, reverse("competence:list")
    if not confirmed(request):
        sides = [Side(gettext("Line"), _sentence(old) if old else gettext("none"), _said(data)),
                 Side(gettext("Counts from"), "", str(data["first_day"]))]  # fmt: skip
        says = [gettext("Cases already dispatched stay where they are.")]
        return preview(request, form, title=gettext("List of competences"), back=back, sides=sides, says=says)
    ids: dict[str, Any] = {
        f"{name}_id": data[name].pk if data[name] else None for name in ("type", "area", "unit", "authority")
    }
    line = Line(**{name: data[name] for name in SAID}, **ids)
    set_line(line, district_id=district.pk, valid_from=data["first_day"], replaces=old.pk if old else None,
             by=request.actor, on=clock.now())  # fmt: skip
    messages.success(request, gettext("The line counts from %(day)s.") % {"day": data["first_day"]})
    return redirect(back)


def _initial(old: Competence | None) -> dict[str, Any]:
    if old is None:
        return {"status": "unverified"}
    ids = {name: getattr(old, f"{name}_id") for name in ("type", "area", "unit", "authority")}
    return {name: getattr(old, name) for name in SAID} | ids


def _said(data: dict[str, Any]) -> str:
    parts = [_domain(data["domain"]), named(data["type"]) if data["type"] else "", _act(data["act"]),
             named(data["area"]) if data["area"] else ""]  # fmt: skip
    return f"{' · '.join(part for part in parts if part)} → {named(data['unit'] or data['authority'])} ({data['basis']})"


def _sentence(row: Competence) -> str:
    return _said(
        {name: getattr(row, name) for name in ("domain", "type", "act", "area", "unit", "authority", "basis")}
    )
