"""Rounds of appraisal: the list, declaring one, its page and the steps that need nothing else."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.branch.appraisal import planning, queries, thresholds
from chengzhi.branch.appraisal.life import ROUND_LIFE
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.organisation import rules
from chengzhi.branch.organisation.models import Member
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.undo import undo as take_back
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.rounds_forms import RoundForm
from chengzhi.web.shell.telling import history_of

OWN_PAGES = {"issue": "appraisal:issue", "open": "appraisal:handing", "count": "appraisal:count"}
"""Steps with a page of their own: no general form may take them."""
PAGE = 50


def language() -> str:
    """The language of the page."""
    return get_language() or "zh"


def round_for(request: Request, number: str, permission: str = queries.MEMBER) -> Round:
    """The round, for who holds the permission in its body; for others it is not there."""
    row = queries.round_of(number, by=request.actor)
    if not rules.may(request.actor, permission, row):
        raise Http404(number)
    return row


def base(request: Request, row: Round) -> dict[str, Any]:
    """What every page of a round shows."""
    may = {name: rules.may(request.actor, f"branch.{name}", row) for name in ("lead", "committee", "count")}
    return {"row": row, "state": ROUND_LIFE.state_words(row.state, language()), "may": may,
            "paper": row.means == Round.Means.PAPER, "counted": row.state in queries.COUNTED}  # fmt: skip


@permitted("branch.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """The rounds of one's bodies, newest first; `?after=` pages on."""
    text = request.GET.get("after", "")
    rows = queries.rounds(request.actor)
    rows = rows.filter(pk__lt=int(text)) if text.isdecimal() and len(text) < 18 else rows
    found = list(rows[: PAGE + 1])
    facts = {
        "rows": [(one, ROUND_LIFE.state_words(one.state, language())) for one in found[:PAGE]],
        "after": found[PAGE - 1].pk if len(found) > PAGE else None,
        "may_declare": bool(rules.standing_of(request.actor).where("branch.lead")),
    }  # fmt: skip
    return render(request, "appraisal/round_index.html", facts)


@permitted("branch.view")
def new(request: Request) -> HttpResponse:
    """Declare a round; for who leads no body the page is not there."""
    bodies = rules.standing_of(request.actor).where("branch.lead")
    if not bodies:
        raise Http404
    form, problem = RoundForm(request, bodies, request.POST or None), None
    if form.is_valid():
        try:
            made = planning.plan(**form.said(), by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Declared as %(number)s.") % {"number": made.number})
            return redirect("appraisal:round", made.number)
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "appraisal/round_new.html", {"form": form, "problem": problem}, status=status)


@permitted("branch.view")
@require_GET
def page(request: Request, number: str) -> HttpResponse:
    """Everything about one round that its members may know."""
    row, on = round_for(request, number), clock.now()
    day = habits(row.district_id).day(on)
    turnout = thresholds.turnout(row, present=row.present, day=day) if row.present is not None else None
    facts = {
        **base(request, row), "history": history_of(row, on), "steps": _steps(request, row, on), "turnout": turnout,
        "absences": absences_of(row), "ratees": row.ratees.select_related("member").order_by("position"),
        "holders": holders_of(row), "own": queries.own_row(row, by=request.actor),
        "grades": _local_all(row.rules["grades"]), "criteria": _local_all(row.rules.get("criteria", ())),
    }  # fmt: skip
    return render(request, "appraisal/round_page.html", facts)


def _steps(request: Request, row: Round, on: Any) -> list[tuple[Button, str, str]]:
    """Step, its words, and the name of the page where it is taken, if it has one of its own."""
    return [
        (one, one.step.words(language()), OWN_PAGES.get(one.step.name, ""))
        for one in buttons(request.actor, row, on=on)
    ]


def _local_all(rows: Any) -> list[str]:
    return [one["name" if language().startswith("zh") else "name_en"] for one in rows]


def absences_of(row: Round) -> list[tuple[str, str, int]]:
    """Reasons of absence with their words and how many; never who."""
    words = "name" if language().startswith("zh") else "name_en"
    return [(one["key"], one[words], int(row.absences.get(one["key"], 0))) for one in row.rules["absences"]]


def holders_of(row: Round) -> list[str]:
    """Who holds a part of the key, by name."""
    return list(Member.objects.filter(pk__in=row.holders).order_by("name").values_list("name", flat=True))


class ReasonForm(forms.Form):
    """Why a round is void."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea({"rows": 3}))


@permitted("branch.view")
def step(request: Request, number: str, step: str) -> HttpResponse:
    """A step that needs a confirmation or a reason only; issuing, opening and counting have their pages."""
    row, on = round_for(request, number), clock.now()
    button = next((one for one in buttons(request.actor, row, on=on) if one.step.name == step), None)
    if button is None or step in OWN_PAGES:
        raise Http404(step)
    form, problem = (ReasonForm(request.POST or None) if step == "cancel" else None), None
    if form is not None:
        form.fields["reason"].label = button.wants[0].words(language()).capitalize()
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _take(request, row, step, form.cleaned_data["reason"] if form else "")
        except Problem as refused:
            problem = refused
        else:
            return redirect("appraisal:round", number)
    facts = {
        **base(request, row),
        "button": button,
        "form": form,
        "problem": problem,
        "label": button.step.words(language()),
    }
    status = problem.status if problem else 422 if request.method == "POST" else 200
    return render(request, "appraisal/round_step.html", facts, status=status)


def _take(request: Request, row: Round, step: str, reason: str) -> None:
    on = clock.now()
    if step == "cancel":
        tell_recycled(request, planning.cancel(row, reason=reason, by=request.actor, on=on))
    else:
        advance(row, step, by=request.actor, on=on)
    messages.success(request, _("Done: %(step)s.") % {"step": ROUND_LIFE.step(step).words(language())})


def tell_recycled(request: Request, done: Any) -> None:
    """Say honestly whether the server's log of the ballots could be removed."""
    if done.complete:
        messages.success(request, _("The ballots and the server's log of them are removed."))
    else:
        messages.warning(
            request,
            _(
                "The server's log of the ballots could not be removed from here: ask its administrator (%(why)s)."
            )
            % {"why": done.why},
        )


@permitted("branch.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back, where the life lets it."""
    take_back(round_for(request, number), event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("appraisal:round", number)
