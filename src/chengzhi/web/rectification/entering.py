"""Entering a gap: what, by which text, and the figure it is about."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.rules import standing_of
from chengzhi.branch.rectification.actions import Gap, find
from chengzhi.branch.rectification.figure import Figure, offered
from chengzhi.branch.rectification.life import MEMBER
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.people.models import Unit
from chengzhi.places.models import Area
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import local
from chengzhi.web.manage.days import DayField
from chengzhi.web.rectification.ledger import language


class GapForm(forms.Form):
    """Everything a person types; the figure is read by the program."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), empty_label=None)
    title = forms.CharField(label=_("In one line"), max_length=120)
    gap = forms.CharField(label=_("The gap"), max_length=4000, widget=forms.Textarea({"rows": 3}))
    domain = forms.ChoiceField(label=_("Domain"), required=False)
    benchmark = forms.CharField(label=_("Measured by (article or speech)"), max_length=300)
    benchmark_on = DayField(label=_("Date of that text"))
    benchmark_link = forms.CharField(label=_("Official address (https)"), max_length=500, required=False)
    words = forms.CharField(
        label=_("In your own words (sealed, for members of the body only)"), max_length=4000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    metric = forms.ChoiceField(label=_("Figure"), required=False)
    bound_kind = forms.ChoiceField(
        label=_("Should be"), choices=[("at_least", _("at least")), ("at_most", _("at most"))], required=False
    )
    bound = forms.FloatField(label=_("Bound (a share in per cent, or a number)"), required=False)
    days = forms.IntegerField(label=_("Read over the last … days"), initial=30, required=False)
    area = forms.ModelChoiceField(label=_("Place"), queryset=Area.objects.none(), required=False)
    unit = forms.ModelChoiceField(label=_("Department"), queryset=Unit.objects.none(), required=False)

    def __init__(self, request: Request, *args: Any) -> None:
        super().__init__(*args)
        district = request.actor.district_id or 0
        fields: dict[str, Any] = self.fields
        fields["body"].queryset = Body.objects.filter(
            pk__in=standing_of(request.actor).where(MEMBER)
        ).order_by("code")
        areas = (
            Area.objects.filter(district_id=district, valid_to=None)
            .defer("outline")
            .order_by("level", "code")
        )
        fields["area"].queryset = areas
        fields["unit"].queryset = Unit.objects.filter(district_id=district, active=True).order_by("code")
        for name in ("body", "area", "unit"):
            fields[name].label_from_instance = local
        fields["domain"].choices = [("", "—"), *((one.key, local(one)) for one in DOMAINS)]
        fields["metric"].choices = [("", gettext("none"))] + [
            (one.key, one.name(language())) for one in offered()
        ]

    def carried(self) -> Figure | None:
        """The figure, if one was chosen; a share is typed in per cent."""
        said = self.cleaned_data
        chosen = next((one for one in offered() if one.key == said["metric"]), None)
        if chosen is None:
            return None
        bound = float("nan") if said["bound"] is None else said["bound"] / (100 if chosen.is_rate else 1)
        return Figure(
            chosen.key, bound, said["bound_kind"], said["days"] or 30, said["area"].pk if said["area"] else None,
            said["unit"].pk if said["unit"] else None, said["domain"],
        )  # fmt: skip


@permitted("branch.view")
def new(request: Request) -> HttpResponse:
    """The form; for who belongs to no body it is not there."""
    if not standing_of(request.actor).where(MEMBER):
        raise Http404
    form, problem = GapForm(request, request.POST or None), None
    if form.is_valid():
        said = form.cleaned_data
        gap = Gap(**{name: said[name] for name in Gap.__slots__})
        try:
            made = find(gap, body=said["body"], by=request.actor, on=clock.now(), carries=form.carried(),
                        words=said["words"])  # fmt: skip
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, gettext("Entered as %(number)s.") % {"number": made.number})
            return redirect("rectification:item", made.number)
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "rectification/new.html", {"form": form, "problem": problem}, status=status)
