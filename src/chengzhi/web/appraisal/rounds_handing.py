"""Making the papers, handing them out, ending the handing out. Who got which paper is known to nobody."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.branch.appraisal import planning, thresholds
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.organisation.models import Member
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.rounds import absences_of, base, language, round_for
from chengzhi.web.registers.labels import printed, qr


class HoldersForm(forms.Form):
    """The two who take one part of the key each."""

    first = forms.ModelChoiceField(
        label=gettext_lazy("First part of the key"), queryset=Member.objects.none()
    )
    second = forms.ModelChoiceField(
        label=gettext_lazy("Second part of the key"), queryset=Member.objects.none()
    )

    def __init__(self, row: Round, *args: Any) -> None:
        super().__init__(*args)
        people = Member.objects.filter(pk__in=row.eligible.values("member_id")).order_by("name", "pk")
        for name in ("first", "second"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


@permitted("branch.view")
@never_cache
def issue(request: Request, number: str) -> HttpResponse:
    """Choose the holders; the answer is the sheet itself, once: it can never be had again."""
    row = round_for(request, number, "branch.count")
    if row.means == Round.Means.PAPER:
        return _begin_paper(request, row)
    form, problem = HoldersForm(row, request.POST or None), None
    if form.is_valid():
        holders = form.cleaned_data["first"], form.cleaned_data["second"]
        try:
            papers = planning.issue(
                row, holders=(holders[0].pk, holders[1].pk), by=request.actor, on=clock.now()
            )
        except Problem as refused:
            problem = refused
        else:
            return _sheet(request, row, papers, [one.name for one in holders])
    status = problem.status if problem else 422 if form.is_bound else 200
    facts = {**base(request, row), "form": form, "problem": problem}
    return render(request, "appraisal/round_issue.html", facts, status=status)


def _begin_paper(request: Request, row: Round) -> HttpResponse:
    problem = None
    if request.method == "POST":
        try:
            planning.begin_paper(row, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            return redirect("appraisal:handing", row.number)
    facts = {**base(request, row), "form": None, "problem": problem}
    return render(request, "appraisal/round_issue.html", facts, status=problem.status if problem else 200)


def _sheet(request: Request, row: Round, papers: planning.Papers, names: list[str]) -> HttpResponse:
    address = printed(request, f"/ballot/{row.code}/")
    facts = {
        **base(request, row), "tokens": papers.tokens, "address": address, "picture": qr(address),
        "parts": list(zip(names, (papers.first, papers.second), strict=True)),
    }  # fmt: skip
    answer = render(request, "appraisal/round_slips.html", facts)
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@permitted("branch.view")
@require_GET
def handing(request: Request, number: str) -> HttpResponse:
    """The list of those entitled, with a tick; and the numbers of those absent, by reason."""
    return _handing(request, round_for(request, number, "branch.count"))


def _handing(request: Request, row: Round, problem: Problem | None = None) -> HttpResponse:
    rows = list(row.eligible.select_related("member").order_by("member__name", "member_id"))
    given = sum(one.given for one in rows)
    typed = {key: request.POST.get(f"absent_{key}", "") for key, _words, _count in absences_of(row)}
    facts = {
        **base(request, row), "rows": rows, "given": given, "away": row.expected - given, "problem": problem,
        "reasons": [(key, words, typed[key]) for key, words, _count in absences_of(row)],
        "turnout": thresholds.turnout(row, present=given, day=habits(row.district_id).day(clock.now())),
    }  # fmt: skip
    return render(request, "appraisal/round_handing.html", facts, status=problem.status if problem else 200)


@permitted("branch.view")
@require_POST
def hand(request: Request, number: str) -> HttpResponse:
    """Tick or untick one person: no time, no ledger row."""
    row = round_for(request, number, "branch.count")
    member = request.POST.get("member", "")
    try:
        planning.hand_over(
            row, member_id=int(member) if member.isdecimal() and len(member) < 18 else 0,
            given=request.POST.get("given") == "1", by=request.actor,
        )  # fmt: skip
    except Problem as refused:
        return _handing(request, row, refused)
    return redirect("appraisal:handing", number)


@permitted("branch.view")
@require_POST
def open_ballot(request: Request, number: str) -> HttpResponse:
    """End the handing out and open the ballot."""
    row = round_for(request, number, "branch.count")
    typed = {key: request.POST.get(f"absent_{key}", "") for key, _words, _count in absences_of(row)}
    absences = {key: int(text) for key, text in typed.items() if text.isdecimal() and len(text) < 6}
    try:
        planning.open_ballot(row, absences=absences, by=request.actor, on=clock.now())
    except Problem as refused:
        return _handing(request, row, refused)
    messages.success(request, _("The ballot is open."))
    return redirect("appraisal:round", number)


@permitted("branch.view")
@require_GET
def kit(request: Request, number: str) -> HttpResponse:
    """The paper kit: a blank ballot to copy, and the tellers' tally sheet."""
    row = round_for(request, number)
    words = "name" if language().startswith("zh") else "name_en"
    facts = {
        **base(request, row), "names": [one.member.name for one in _graded(row)],
        "grades": [one[words] for one in row.rules["grades"]],
        "criteria": [one[words] for one in row.rules.get("criteria", ())],
    }  # fmt: skip
    return render(request, "appraisal/round_kit.html", facts)


def _graded(row: Round) -> Any:
    return row.ratees.filter(graded=True).select_related("member").order_by("position")
