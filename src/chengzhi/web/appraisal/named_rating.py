"""Rating one colleague: a mark on each criterion, or that one cannot judge."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.branch.appraisal import named, named_queries
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.named import Said, said_of
from chengzhi.web.field.wording import local


class MarksForm(forms.Form):
    """One choice per criterion of the round."""

    def __init__(self, row: NamedRound, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        marks = [(str(at), f"{at} {local(Said(one))}") for at, one in enumerate(row.rules["scale"], 1)]
        for one in row.rules["criteria"]:
            self.fields[one["key"]] = forms.ChoiceField(
                label=local(Said(one)), choices=marks, widget=forms.RadioSelect
            )


@permitted("branch.view")
def rate(request: Request, number: str, person: int) -> HttpResponse:
    """The form for one colleague; afterwards the next one who is still open."""
    row = named_queries.named_round(number, by=request.actor)
    given = named_queries.to_rate(row, request.actor)
    pair, marks = next((one for one in given if one[0].ratee_id == person), (None, {}))
    if pair is None:
        raise Http404(number)
    unable = request.method == "POST" and "unable" in request.POST
    form = MarksForm(row, request.POST if request.method == "POST" and not unable else None, initial=marks)
    problem: Problem | None = None
    if unable or form.is_valid():
        said = None if unable else {key: int(value) for key, value in form.cleaned_data.items()}
        try:
            named.rate(row, person=person, marks=said, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            return _next(request, row, person)
    left = sum(1 for one, had in given if not had and not one.unable)
    facts = {"row": row, "pair": pair, "form": form, "problem": problem, "left": left, "number": len(given),
             "said": said_of(row)}  # fmt: skip
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "appraisal/named_rate.html", facts, status=status)


def _next(request: Request, row: NamedRound, person: int) -> HttpResponse:
    given = named_queries.to_rate(row, request.actor)
    waiting = [
        one.ratee_id for one, marks in given if not marks and not one.unable and one.ratee_id != person
    ]
    if waiting:
        return redirect("appraisal:named_rate", row.number, waiting[0])
    messages.success(
        request, _("You have rated everybody. You may change your marks until the round closes.")
    )
    return redirect("appraisal:named_round", row.number)
