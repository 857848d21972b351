"""Planning a named round: who rates whom, until when, shown from how many marks on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.branch.appraisal import grading, named, named_reading
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.rules import standing_of
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.named import Said
from chengzhi.web.field.wording import local
from chengzhi.web.manage.days import DayField

DESIGNS = (
    ("all", _("Everybody rates everybody else")),
    ("groups", _("Small groups, each rates within")),
    ("drawn", _("Each rates some colleagues, drawn by lot")),
)


class PlanForm(forms.Form):
    """What is declared beforehand."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), empty_label=None)
    title = forms.CharField(label=_("In one line"), max_length=120)
    design = forms.ChoiceField(label=_("Who rates whom"), choices=DESIGNS)
    size = forms.IntegerField(
        label=_("People per group, or colleagues each one rates"), min_value=0, max_value=200, required=False
    )
    closes_on = DayField(label=_("Last day for marks"))
    seed = forms.CharField(
        label=_("Seed of the draw (empty: one is drawn)"), max_length=64, required=False,
        help_text=_("Whoever knows it can repeat the draw and get the same."),
    )  # fmt: skip
    least = forms.IntegerField(
        label=_("Results are shown from so many raters on"), min_value=3, max_value=50, required=False
    )
    least_reason = forms.CharField(label=_("Reason, where fewer than usual"), max_length=200, required=False)

    def __init__(self, request: Request, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        led = standing_of(request.actor).where("branch.lead")
        fields["body"].queryset = Body.objects.filter(pk__in=led).order_by("code")
        fields["body"].label_from_instance = local

    def plan(self) -> named.Plan:
        """What was stated."""
        said = self.cleaned_data
        return named.Plan(
            said["title"], said["design"], said["closes_on"], size=said["size"] or 0, seed=said["seed"],
            least=said["least"], least_reason=said["least_reason"],
        )  # fmt: skip


@permitted("branch.view")
def new(request: Request) -> HttpResponse:
    """The form; for who leads no body it is not there."""
    led = standing_of(request.actor).where("branch.lead")
    if not led:
        raise Http404
    usual = {"size": named.shipped()["usual_size"], "least": grading.shipped()["display"]["least"]}
    form, problem = PlanForm(request, request.POST or None, initial=usual), None
    if form.is_valid():
        try:
            made = named.plan(form.plan(), body=form.cleaned_data["body"], by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, gettext("Entered as %(number)s.") % {"number": made.number})
            return redirect("appraisal:named_round", made.number)
    enough = next((said for body in sorted(led) if (said := named_reading.enough_raters(body))), None)
    facts = {
        "form": form,
        "problem": problem,
        "enough": enough,
        "declaration_said": Said(named.shipped()["declaration"]),
    }
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "appraisal/named_new.html", facts, status=status)
