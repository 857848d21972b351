"""Proposing a promise and changing one that waits or was sent back."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chengzhi import clock
from chengzhi.branch.commitments.actions import amend, propose_commitment
from chengzhi.branch.commitments.models import Commitment, Comparison, Direction
from chengzhi.branch.commitments.offered import offered, templates
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.rules import standing_of
from chengzhi.cases.habits import habits
from chengzhi.cases.models import CaseType
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.people.models import Unit
from chengzhi.places.models import Area
from chengzhi.web.access import Request, permitted
from chengzhi.web.commitments.finding import mine
from chengzhi.web.commitments.showing import language, local


def _day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}))


class PromiseForm(forms.Form):
    """What is promised, where, by which figure, from when to when, against what."""

    title = forms.CharField(label=_("Promise in a few words"), max_length=120)
    text = forms.CharField(
        label=_("What is promised"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    area = forms.ModelChoiceField(
        label=_("Street or community"), queryset=Area.objects.none(), required=False
    )
    unit = forms.ModelChoiceField(label=_("Department"), queryset=Unit.objects.none(), required=False)
    domain = forms.ChoiceField(label=_("Domain"), required=False)
    type = forms.ModelChoiceField(label=_("Case type"), queryset=CaseType.objects.none(), required=False)
    metric = forms.ChoiceField(label=_("Figure"), help_text=_("The same figures as in the evaluation."))
    direction = forms.ChoiceField(label=_("Kept when the figure is"), choices=Direction.choices)
    target = forms.DecimalField(
        label=_("Target, %"), min_value=0, max_value=100, max_digits=4, decimal_places=1
    )
    start = _day(_("First day"), _("Tomorrow or later: it is registered before it starts."))
    end = _day(_("Last day"))
    baseline_first = _day(_("Baseline from"))
    baseline_last = _day(_("Baseline to"))
    comparison = forms.ChoiceField(label=_("Held against"), choices=Comparison.choices)

    def __init__(self, district_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["area"].queryset = (
            Area.objects.filter(district_id=district_id).exclude(level="district").order_by("code")
        )
        fields["unit"].queryset = Unit.objects.filter(district_id=district_id, active=True).order_by("code")
        fields["type"].queryset = CaseType.objects.filter(district_id=district_id).order_by("code")
        for name in ("area", "unit", "type"):
            fields[name].label_from_instance = local
        every = [("", gettext("all domains"))]
        fields["domain"].choices = every + [(one.key, local(one)) for one in DOMAINS]
        fields["metric"].choices = [(key, one.name(language())) for key, one in offered().items()]

    def content(self) -> dict[str, Any]:
        """The content as the actions take it."""
        data = dict(self.cleaned_data)
        return data | {"target": float(data["target"]) / 100}


def _initial(today: date, key: str) -> dict[str, Any]:
    """A quarter from the first of the next month, the same length before as baseline, and a template."""
    start = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    said: dict[str, Any] = {
        "start": start, "end": start + timedelta(days=91), "baseline_first": start - timedelta(days=92),
        "baseline_last": start - timedelta(days=1), "comparison": Comparison.AREAS,
    }  # fmt: skip
    found = next((one for one in templates() if one.key == key), None)
    if found is not None:
        title, _hint = found.words(language())
        said |= {"title": title, "domain": found.domain, "metric": found.metric, "direction": found.direction}
    return said


@permitted("branch.view")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form, from a template (`?template=`) or empty; a leader may promise for the body."""
    standing, key = standing_of(request.actor), request.GET.get("template", "")
    bodies = list(Body.objects.filter(pk__in=standing.where("branch.member")).order_by("code"))
    today = habits(request.actor.district_id or 0).day(clock.now()) if bodies else date.min
    form = PromiseForm(
        request.actor.district_id or 0, request.POST or None, initial=_initial(today, key) if bodies else {}
    )
    problem = None
    if bodies and form.is_valid():
        body = next((one for one in bodies if str(one.pk) == request.POST.get("body")), bodies[0])
        own = request.POST.get("for") != "body"
        try:
            made = propose_commitment(body=body, member=standing.member if own else None, by=request.actor,
                                      on=clock.now(), **form.content())  # fmt: skip
            messages.success(request, gettext("Proposed under %(number)s.") % {"number": made.number})
            return redirect("commitments:one", made.number)
        except Problem as refusal:
            problem = refusal
    facts = {"form": form, "problem": problem, "bodies": bodies, "templates": _offers(), "chosen": key,
             "leads": bool(standing.where("branch.lead"))}  # fmt: skip
    status = problem.status if problem else (422 if form.is_bound and not form.is_valid() else 200)
    return render(request, "commitments/form.html", facts, status=status)


def _offers() -> list[dict[str, str]]:
    names = {one.key: local(one) for one in DOMAINS}
    found = []
    for one in templates():
        title, hint = one.words(language())
        found.append({"key": one.key, "title": title, "hint": hint, "domain": names[one.domain]})
    return found


@permitted("branch.view")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, number: str) -> HttpResponse:
    """Change a promise that waits or was sent back."""
    thing, problem = mine(request, number), None
    form = PromiseForm(thing.district_id, request.POST or None, initial=_values(thing))
    if form.is_valid():
        try:
            amend(number, by=request.actor, on=clock.now(), **form.content())
            return redirect("commitments:one", number)
        except Problem as refusal:
            problem = refusal
    facts = {"form": form, "problem": problem, "thing": thing}
    return render(request, "commitments/form.html", facts, status=problem.status if problem else 200)


def _values(thing: Commitment) -> dict[str, Any]:
    said = {name: getattr(thing, name) for name in PromiseForm.base_fields}
    return said | {"target": round(100 * thing.target, 1)}
