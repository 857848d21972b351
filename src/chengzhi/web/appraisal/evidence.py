"""Evidence sheets: freezing them for a round, reading and answering one's own, printing."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.branch.appraisal import evidence as sheets
from chengzhi.branch.appraisal import named_queries
from chengzhi.branch.appraisal.evidence_models import EvidenceSheet
from chengzhi.branch.organisation.rules import may
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.named_people import round_of
from chengzhi.web.manage.days import DayField
from chengzhi.web.shell.wording import chinese


class PeriodForm(forms.Form):
    """The days that the sheets are about."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))


@permitted("branch.view")
def of_named(request: Request, number: str) -> HttpResponse:
    """The sheets of a named round."""
    row = named_queries.named_round(number, by=request.actor)
    return _set(request, row, reverse("appraisal:named_round", args=(number,)))


@permitted("branch.view")
def of_round(request: Request, number: str) -> HttpResponse:
    """The sheets of a secret round."""
    row = round_of(number, request.actor)
    return _set(request, row, reverse("appraisal:ratees", args=(number,)))


def _set(request: Request, row: sheets.AnyRound, back: str) -> HttpResponse:
    if not may(request.actor, "branch.committee", row):
        raise Http404(row.number)
    form, problem = PeriodForm(request.POST or None, initial=_year()), None
    if form.is_valid():
        said = form.cleaned_data
        try:
            sheets.freeze(row, first=said["first"], last=said["last"], by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, gettext("Frozen. Each person sees his own sheet first."))
            return redirect(request.path)
    made = sheets.latest(row)
    found = made.sheets.select_related("member", "set__body").order_by("pk") if made else ()
    facts = {
        "row": row, "made": made, "form": form, "problem": problem, "back": back,
        "rows": [(one, sheets.is_open(one, request.actor.day) or sheets.hands_over(one, request.actor)) for one in found],
        "may_freeze": may(request.actor, "branch.lead", row) and row.state not in sheets.ENDED,
    }  # fmt: skip
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "appraisal/evidence_set.html", facts, status=status)


def _year() -> dict[str, date]:
    """The form begins with last year."""
    year = clock.now().year - 1
    return {"first": date(year, 1, 1), "last": date(year, 12, 31)}


@permitted("branch.view")
def sheet(request: Request, pk: int) -> HttpResponse:
    """One sheet, to read and to print; the person himself answers it here."""
    one = sheets.sheet(pk, by=request.actor)
    own, problem = sheets.is_own(one, request.actor), None
    if request.method == "POST":
        try:
            sheets.answer(one, text=request.POST.get("text", ""), by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, gettext("Kept. The committee can now see the sheet with your answer."))
            return redirect("appraisal:evidence", pk)
    row = sheets.round_of(one)
    facts = {
        "one": one, "own": own, "rows": _rows(one), "comment": sheets.comment(one), "problem": problem,
        "row": row, "back": reverse("appraisal:ratees" if one.set.round else "appraisal:named_round", args=(row.number,)), "digest": one.digest[:12],
        "may_answer": own and row.state not in sheets.ENDED,
    }  # fmt: skip
    return render(request, "appraisal/evidence_sheet.html", facts, status=problem.status if problem else 200)


def _rows(one: EvidenceSheet) -> list[dict[str, Any]]:
    """The kinds in their order, in the language of the page."""
    zh = chinese()
    return [
        {
            "name": kind.name if zh else kind.name_en, "of": kind.of if zh else kind.of_en,
            "rests_on": kind.rests_on if zh else kind.rests_on_en, "figure": one.figures.get(kind.key),
        }
        for kind in sheets.kinds()
        if kind.key in one.figures
    ]  # fmt: skip
