"""Counting: both parts of the key typed in, or the numbers of two tellers from paper."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.branch.appraisal import counting
from chengzhi.branch.appraisal.grading import ABSTAIN, grade_keys, grade_words
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.organisation import rules
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.rounds import base, language, round_for, tell_recycled

PART = {"autocomplete": "off", "spellcheck": "false", "class": "ballot-signs", "rows": 2}


class KeyForm(forms.Form):
    """What both holders type from their papers; kept nowhere."""

    first = forms.CharField(
        label=gettext_lazy("First part of the key"), max_length=200, widget=forms.Textarea(PART)
    )
    second = forms.CharField(
        label=gettext_lazy("Second part of the key"), max_length=200, widget=forms.Textarea(PART)
    )


@permitted("branch.view")
@never_cache
def count(request: Request, number: str) -> HttpResponse:
    """The count of a closed ballot, by its tellers."""
    row = round_for(request, number, "branch.count")
    return _paper(request, row) if row.means == Round.Means.PAPER else _box(request, row)


def _box(request: Request, row: Round) -> HttpResponse:
    form, problem = KeyForm(request.POST or None), None
    if form.is_valid():
        try:
            done = counting.count(row, **form.cleaned_data, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            tell_recycled(request, done)
            return redirect("appraisal:round", row.number)
    facts = {**base(request, row), "form": form, "problem": problem}
    status = problem.status if problem else 422 if form.is_bound else 200
    answer = render(request, "appraisal/round_count.html", facts, status=status)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _paper(request: Request, row: Round) -> HttpResponse:
    problem: Problem | None = None
    keys = (*grade_keys(row.rules), ABSTAIN)
    if request.method == "POST":
        try:
            whole = counting.enter_paper(
                row, ballots=_number(request.POST.get("ballots", "")), counts=_typed(request, row, keys),
                by=request.actor, on=clock.now(),
            )  # fmt: skip
        except Problem as refused:
            problem = refused
        else:
            said = (
                _("Both counts agree: the round is counted.")
                if whole
                else _("Your count is kept. Now the other teller counts and enters without seeing yours.")
            )
            messages.success(request, said)
            return redirect("appraisal:round", row.number)
    facts = {
        **base(request, row), "problem": problem, "grades": [grade_words(row.rules, key, language()) for key in keys],
        "rows": _rows(request, row, keys), "ballots": request.POST.get("ballots", ""),
        "entered": _entered(request, row),
    }  # fmt: skip
    return render(request, "appraisal/round_paper.html", facts, status=problem.status if problem else 200)


def _entered(request: Request, row: Round) -> str:
    """`own` when this teller has entered, `other` when only another has; never what."""
    me = rules.member_of(request.actor)
    tellers = set(row.paper_counts.values_list("teller_id", flat=True))
    return "own" if me and me.pk in tellers else "other" if tellers else ""


def _rows(request: Request, row: Round, keys: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    ratees = row.ratees.filter(graded=True).select_related("member").order_by("position")
    names = [(one.member.name, [f"c{one.pk}_{key}" for key in keys]) for one in ratees]
    return [(name, [(field, request.POST.get(field, "")) for field in fields]) for name, fields in names]


def _typed(request: Request, row: Round, keys: tuple[str, ...]) -> dict[int, dict[str, int]]:
    ratees = row.ratees.filter(graded=True).values_list("pk", flat=True)
    return {one: {key: _number(request.POST.get(f"c{one}_{key}", "")) for key in keys} for one in ratees}


def _number(text: str) -> Any:
    """A count; what is no number counts as below none, which the domain refuses."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 0 if not text else -1
