"""Results: for the committee everybody's, for each person the own; opinion, telling, objection, answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.branch.appraisal import opinions, queries, thresholds
from chengzhi.branch.appraisal.grading import grade_keys, grade_words
from chengzhi.branch.appraisal.models import Ratee, Round
from chengzhi.branch.appraisal.showing import Shown
from chengzhi.branch.organisation import rules
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.rounds import base, language, round_for


class WordsForm(forms.Form):
    """Words of a committee or of a person; sealed when kept."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 4}))


class OpinionForm(forms.Form):
    """The committee's grade and words of one person."""

    grade = forms.ChoiceField(label=gettext_lazy("Grade by the committee"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Opinion (sealed; the person reads it)"), max_length=4000, required=False,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip

    def __init__(self, row: Round, graded: bool, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        keys = grade_keys(row.rules) if graded else ()
        choices = [("", _("no grade")), *((key, grade_words(row.rules, key, language())) for key in keys)]
        self.fields["grade"].choices = choices  # type: ignore[attr-defined]


def said_of(row: Round, free: Shown | None) -> dict[str, Any]:
    """A person's marks in words: cells, or a band, or that nothing is shown."""
    if free is None:
        return {"kind": "ungraded"}
    if free.hidden:
        return {"kind": "hidden"}
    if free.band:
        grade, least = free.band
        return {"kind": "band", "grade": grade_words(row.rules, grade, language()), "least": least}
    counts = free.counts or {}
    return {"kind": "counts", "cells": [counts.get(key, 0) for key in grade_keys(row.rules)]}


@permitted("branch.view")
@require_GET
def results(request: Request, number: str) -> HttpResponse:
    """The count as the committee sees it: distribution, margin at the line; nobody is picked."""
    row = _counted(request, number)
    found = queries.results(row)
    top = row.rules["cap"]["grade"]
    given = sum(one.opinion_grade == top for one, _free in found.people)
    facts = {
        **base(request, row), "grades": [grade_words(row.rules, key, language()) for key in grade_keys(row.rules)],
        "people": [(one, said_of(row, free), _word(row, one.opinion_grade)) for one, free in found.people],
        "totals": list(found.totals.values()) if found.totals else None, "line": found.line, "tied": found.tied,
        "top": grade_words(row.rules, top, language()), "cap": row.rules["cap"],
        "verdict": thresholds.top_share(row, given=given, day=habits(row.district_id).day(clock.now())),
        "left_out": max((row.present or 0) - (row.cast or 0), 0),
    }  # fmt: skip
    return render(request, "appraisal/round_results.html", facts)


def _counted(request: Request, number: str) -> Round:
    row = round_for(request, number, "branch.committee")
    if row.state not in queries.COUNTED:
        raise Http404(number)
    return row


def _word(row: Round, grade: str) -> str:
    return grade_words(row.rules, grade, language()) if grade else ""


@permitted("branch.view")
def person(request: Request, number: str, position: int) -> HttpResponse:
    """One person for the committee: opinion, telling, the answer to an objection."""
    row = _counted(request, number)
    one = row.ratees.select_related("member", "round").filter(position=position).first()
    if one is None:
        raise Http404(number)
    problem = _acted(request, one) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect("appraisal:person", number, position)
    return _person(request, one, problem)


def _person(request: Request, one: Ratee, problem: Problem | None) -> HttpResponse:
    row = one.round
    said = {"grade": one.opinion_grade, "text": opinions.read(one, "opinion_text")}
    me = rules.member_of(request.actor)
    facts = {
        **base(request, row), "one": one, "said": said_of(row, queries.result_of(one)), "problem": problem,
        "grades": [grade_words(row.rules, key, language()) for key in grade_keys(row.rules)],
        "form": OpinionForm(row, one.graded, initial=said), "opinion": said, "grade": _word(row, one.opinion_grade),
        "objection": opinions.read(one, "objection"), "answer": opinions.read(one, "answer"),
        "own": me is not None and me.pk == one.member_id,
    }  # fmt: skip
    return render(request, "appraisal/round_person.html", facts, status=problem.status if problem else 200)


def _acted(request: Request, one: Ratee) -> Problem | None:
    said, on = request.POST, clock.now()
    text = said.get("text", "")[:4000]
    try:
        match said.get("act", ""):
            case "opine":
                opinions.opine(one, grade=said.get("grade", ""), text=text, by=request.actor, on=on)
                messages.success(request, _("The opinion is kept."))
            case "tell":
                opinions.tell(one, by=request.actor, on=on)
                messages.success(request, _("Noted: %(name)s was told.") % {"name": one.member.name})
            case "reply":
                opinions.reply(one, text=text, by=request.actor, on=on)
                messages.success(request, _("The answer is kept."))
            case _:
                raise Http404
    except Problem as refused:
        return refused
    return None


@permitted("branch.view")
def mine(request: Request, number: str) -> HttpResponse:
    """One's own result, once told; and the own objection. Nobody else's is here."""
    row = round_for(request, number)
    one = queries.own_row(row, by=request.actor)
    if one is None:
        raise Http404(number)
    problem = None
    if request.method == "POST":
        try:
            opinions.protest(one, text=request.POST.get("text", "")[:4000], by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Your objection is kept; the committee answers it."))
            return redirect("appraisal:mine", number)
    told = one.told_on is not None and row.state in queries.COUNTED
    facts = {
        **base(request, row), "one": one, "told": told, "problem": problem,
        "said": said_of(row, queries.result_of(one)) if told else None,
        "grades": [grade_words(row.rules, key, language()) for key in grade_keys(row.rules)],
        "grade": _word(row, one.opinion_grade), "opinion": opinions.read(one, "opinion_text") if told else "",
        "objection": opinions.read(one, "objection"), "answer": opinions.read(one, "answer"),
        "may_protest": told and row.state == "told" and not one.objection, "form": WordsForm(),
    }  # fmt: skip
    return render(request, "appraisal/round_mine.html", facts, status=problem.status if problem else 200)
