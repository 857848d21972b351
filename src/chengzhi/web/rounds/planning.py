"""Planning a round: what is looked at, drawn from what, in which parts, how many; the frame counted live."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.domains import DOMAINS
from chengzhi.domains.domain import Checklist
from chengzhi.errors import Problem
from chengzhi.inspections import rounds
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import checklists_of, kinds, named
from chengzhi.inspections.frames import STRATA
from chengzhi.law.rules import RULES
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import local, month_words
from chengzhi.web.manage.days import DayField, district_of, today_in
from chengzhi.web.rounds.naming import COLUMNS, strata_words

MOST = 5000
USUAL_DAYS = 14
SHARE = "inspections/recheck_share"


class PlanForm(forms.Form):
    """A round as it is planned."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    frame = forms.ChoiceField(label=gettext_lazy("Drawn from"))
    areas = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only in these streets or communities"), queryset=Area.objects.none(),
        required=False, help_text=gettext_lazy("None chosen: the whole district."),
    )  # fmt: skip
    strata = forms.MultipleChoiceField(
        label=gettext_lazy("In parts by"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("From each part at least one place is drawn."),
    )  # fmt: skip
    size = forms.IntegerField(label=gettext_lazy("Places to draw"), min_value=1, max_value=MOST, initial=20)
    recheck = forms.DecimalField(
        label=gettext_lazy("Second looks by another person, per cent"), min_value=0, max_value=100,
        decimal_places=1,
    )  # fmt: skip
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"))
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit that goes"), queryset=Unit.objects.none(), required=False,
        empty_label=gettext_lazy("every inspector of the district"),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, district: District, checklist: Checklist, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["frame"].choices = frames_for(checklist)
        fields["areas"].queryset = Area.objects.filter(district=district, valid_to=None).order_by("code")
        fields["areas"].label_from_instance = local
        fields["strata"].choices = [
            (key, words) for key, words in COLUMNS.items() if key in columns_for(checklist)
        ]
        fields["unit"].queryset = Unit.objects.filter(district=district, active=True).order_by("code")
        fields["unit"].label_from_instance = local

    @property
    def stated(self) -> tuple[dict[str, Any], list[str]]:
        """The frame and the strata as `inspections.rounds` wants them."""
        said = self.cleaned_data
        of, _sign, kind = said["frame"].partition(":")
        areas = [area.pk for area in said.get("areas") or ()]
        return {"of": of, "kind": kind, "areas": areas}, list(said.get("strata") or ())


def frames_for(checklist: Checklist) -> list[tuple[str, str]]:
    """What a round with this checklist may be drawn from: its registers first, then cells and streets."""
    own = [
        (f"objects:{key}", _("Register: %(name)s") % {"name": local(kind)})
        for key, (_domain, kind) in kinds().items()
        if checklist.key in {one.key for one in checklists_of(key)}
    ]
    return [*own, ("cells", _("Unit cells")), ("streets", _("Streets and lanes"))]


def columns_for(checklist: Checklist) -> set[str]:
    """The columns that any of these frames has."""
    return {name for key, _words in frames_for(checklist) for name in STRATA[key.partition(":")[0]]}


@permitted("inspection.plan")
@require_GET
def choose(request: Request) -> HttpResponse:
    """Which check? The domains with their checklists."""
    groups = [
        (local(domain), [(one.key, named(one)) for one in domain.checklists])
        for domain in DOMAINS
        if domain.checklists
    ]
    return render(request, "rounds/choose.html", {"groups": groups})


@permitted("inspection.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, checklist: str) -> HttpResponse:
    """The form, and the planned round. Raises UnknownChecklist."""
    domain, looks = checklist_of(checklist)
    district = district_of(request)
    initial = _initial(looks, today_in(district))
    form = PlanForm(district, looks, request.POST or None, initial=initial)
    problem: Problem | None = None
    if form.is_valid():
        frame, strata = form.stated
        said = form.cleaned_data
        try:
            made = rounds.plan(
                district_id=district.pk, checklist=looks.key, name=said["name"], frame=frame, strata=strata,
                size=said["size"], starts_on=said["starts_on"], ends_on=said["ends_on"],
                recheck_share=said["recheck"] / Decimal(100), unit_id=said["unit"].pk if said["unit"] else None,
                purpose=said["purpose"], by=request.actor, on=clock.now(),
            )  # fmt: skip
        except Problem as refused:
            problem = refused
        else:
            return redirect("rounds:round", made.pk)
    facts = {
        "form": form,
        "problem": problem,
        "checklist": looks,
        "name": named(looks),
        "domain": local(domain),
    }
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "rounds/new.html", facts, status=status)


def _initial(looks: Checklist, today: date) -> dict[str, Any]:
    share = RULES[SHARE].at(today).value
    return {
        "name": f"{named(looks)} {month_words(today)}", "frame": frames_for(looks)[0][0],
        "starts_on": today, "ends_on": today + timedelta(days=USUAL_DAYS),
        "recheck": Decimal(str(share)) * 100,
    }  # fmt: skip


@permitted("inspection.plan")
@require_POST
def frame(request: Request, checklist: str) -> HttpResponse:
    """How large the frame is now, and its parts; or why nothing can be drawn from it. Writes nothing."""
    _domain, looks = checklist_of(checklist)
    district = district_of(request)
    form = PlanForm(district, looks, request.POST)
    form.is_valid()
    facts: dict[str, Any] = {}
    if "frame" in form.cleaned_data and "size" in form.cleaned_data:
        stated, strata = form.stated
        try:
            parts = rounds.preview(
                district_id=district.pk, checklist=looks.key, frame=stated, strata=strata,
                size=form.cleaned_data["size"], day=today_in(district),
            )  # fmt: skip
        except Problem as problem:
            facts["problem"] = problem
        else:
            facts["rows"] = [
                {"words": words, "size": len(part.members), "drawn": part.drawn}
                for words, part in zip(strata_words(part.key for part in parts), parts, strict=True)
            ]
            facts["total"] = sum(len(part.members) for part in parts)
            facts["drawn"] = sum(part.drawn for part in parts)
    return render(request, "rounds/_frame.html", facts)
