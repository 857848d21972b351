"""Splitting a part off a case: a second problem at the same place becomes a case of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods

from chengzhi import clock
from chengzhi.cases.actions import split_case
from chengzhi.cases.life import CASE_WORKINGS
from chengzhi.cases.models import Case, CaseType
from chengzhi.cases.parting import part_of
from chengzhi.errors import Problem
from chengzhi.lifecycle.machine import require_state
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import name_of
from chengzhi.web.desk_case.finding import case_of


class SplitForm(forms.Form):
    """What the new case is about; its place is that of the old one until it is corrected."""

    text = forms.CharField(
        label=_l("What the new case is about"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    type = forms.TypedChoiceField(label=_l("Type"), coerce=int)
    reason = forms.CharField(label=_l("Reason"), required=False, max_length=500)

    def __init__(self, case: Case, *args: Any) -> None:
        super().__init__(*args)
        kinds = CaseType.objects.filter(district_id=case.district_id, valid_to=None).order_by("code")
        choices = [(kind.pk, f"{kind.code} {name_of(kind)}") for kind in kinds]
        self.fields["type"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


@permitted("case.merge")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request, number: str) -> HttpResponse:
    """Ask what the new case is about, then split."""
    case, step = case_of(request, number), CASE_WORKINGS.life.step("split")
    if not CASE_WORKINGS.permit(request.actor, step.by, case):
        raise Http404
    require_state(CASE_WORKINGS, step, case.state)
    form, problem = SplitForm(case, request.POST or None), None
    if form.is_valid():
        try:
            born = _split(request, case, form)
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("The new case is %(number)s.") % {"number": born})
            return redirect("desk:case", born)
    status = problem.status if problem else 422 if form.errors else 200
    return render(
        request, "desk_case/split.html", {"case": case, "form": form, "problem": problem}, status=status
    )


def _split(request: Request, case: Case, form: SplitForm) -> str:
    said = form.cleaned_data
    kind = CaseType.objects.get(pk=said["type"])
    done = split_case(
        case.pk,
        part_of(case, text=said["text"], kind=kind),
        by=request.actor,
        on=clock.now(),
        reason=said["reason"],
    )
    return done.born.number
