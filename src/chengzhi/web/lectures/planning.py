"""Planning a lecture: theme, aim, domain, form, day; everything else the program fetches."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.branch.lectures import queries
from chengzhi.branch.lectures.actions import Plan, plan
from chengzhi.branch.lectures.models import Lecture
from chengzhi.branch.organisation.models import Body, Member
from chengzhi.branch.organisation.rules import in_force
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.places.models import Area
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import local
from chengzhi.web.lectures.showing import form_words
from chengzhi.web.manage.days import DayField

WORDS = ("theme", "aim", "domain", "planned_for", "form", "spot", "prompts")


class PlanForm(forms.Form):
    """Everything a person types; figures, map and cases are read by the program."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), empty_label=None)
    theme = forms.CharField(label=_("Theme"), max_length=120)
    aim = forms.CharField(label=_("Aim"), max_length=1000, widget=forms.Textarea({"rows": 2}))
    domain = forms.ChoiceField(label=_("Domain"))
    form = forms.ChoiceField(label=_("Form"))
    spot = forms.CharField(
        label=_("Spot"), max_length=200, required=False, help_text=_("Only for a lecture on site.")
    )
    planned_for = DayField(label=_("Planned for"))
    speaker = forms.ModelChoiceField(label=_("Speaker"), queryset=Member.objects.none(), required=False)
    area = forms.ModelChoiceField(
        label=_("Place the figures are about"), queryset=Area.objects.none(), required=False,
        help_text=_("Empty: the whole district."),
    )  # fmt: skip
    prompts = forms.CharField(
        label=_("Questions for the discussion"), max_length=2000, required=False,
        widget=forms.Textarea({"rows": 3}), help_text=_("One a line; three general ones are printed anyway."),
    )  # fmt: skip

    def __init__(self, request: Request, *args: Any) -> None:
        super().__init__(*args)
        fields: dict[str, Any] = self.fields
        bodies, day = queries.planning_bodies(request.actor), request.actor.day
        fields["body"].queryset = bodies
        here = Member.objects.filter(
            in_force(day), in_force(day, "memberships__"), memberships__body__in=bodies
        )
        fields["speaker"].queryset = here.distinct().order_by("name", "pk")
        areas = Area.objects.filter(district_id=request.actor.district_id or 0, valid_to=None)
        fields["area"].queryset = areas.defer("outline").order_by("level", "code")
        for name in ("body", "area"):
            fields[name].label_from_instance = local
        fields["domain"].choices = [(one.key, local(one)) for one in DOMAINS]
        fields["form"].choices = [(key, form_words(key)) for key in Lecture.Form.values]

    def plan(self) -> Plan:
        """What was typed."""
        said: dict[str, Any] = self.cleaned_data
        words: dict[str, Any] = {name: said[name] for name in WORDS}
        keys: dict[str, Any] = {
            f"{name}_id": said[name].pk if said[name] else None for name in ("area", "speaker")
        }
        return Plan(**words, **keys)


@permitted("branch.view")
def new(request: Request) -> HttpResponse:
    """The form; for who may plan in no body it is not there."""
    if not queries.planning_bodies(request.actor).exists():
        raise Http404
    form, problem = PlanForm(request, request.POST or None), None
    if form.is_valid():
        try:
            made = plan(form.plan(), body=form.cleaned_data["body"], by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, gettext("Planned as %(number)s.") % {"number": made.number})
            return redirect("lectures:lecture", made.number)
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "lectures/new.html", {"form": form, "problem": problem}, status=status)
