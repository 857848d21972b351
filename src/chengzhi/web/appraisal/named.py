"""Named rounds: the list, one round with what is mine in it, its steps."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.branch.appraisal import evidence as sheets
from chengzhi.branch.appraisal import named, named_queries, named_reading, named_texts
from chengzhi.branch.appraisal.named_life import NAMED_LIFE
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.branch.organisation.rules import may, standing_of
from chengzhi.errors import Problem
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.undo import undo as take_back
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DayField
from chengzhi.web.shell.telling import history_of

PAGE = 50


def language() -> str:
    """The language of the page."""
    return get_language() or "zh"


class Said:
    """A bilingual entry of the round's rules."""

    def __init__(self, one: Mapping[str, Any]) -> None:
        self.name, self.name_en = one["name"], one["name_en"]


def said_of(row: NamedRound) -> Said:
    """The declaration, as it was frozen."""
    return Said(row.rules["declaration"])


def state_of(row: NamedRound) -> str:
    """The state in words."""
    return NAMED_LIFE.state_words(row.state, language())


@permitted("branch.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """The rounds one takes part in or leads, newest first; `?after=` pages on."""
    after = request.GET.get("after", "")
    rows = named_queries.rounds(request.actor)
    rows = rows.filter(pk__lt=int(after)) if after.isdecimal() and len(after) < 18 else rows
    found = list(rows[: PAGE + 1])
    facts = {
        "rows": [(one, state_of(one)) for one in found[:PAGE]], "after": found[PAGE - 1].pk if len(found) > PAGE else 0,
        "may_plan": bool(standing_of(request.actor).where("branch.lead")),
    }  # fmt: skip
    return render(request, "appraisal/named_index.html", facts)


@permitted("branch.view")
def page(request: Request, number: str) -> HttpResponse:
    """One round: the declaration, whom I rate, my self-appraisal, who leads it also its steps."""
    row, problem = named_queries.named_round(number, by=request.actor), None
    me = named_queries.mine(row, request.actor)
    if request.method == "POST" and me is not None:
        try:
            named_texts.write_self(me, text=request.POST.get("text", ""), by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Sealed."))
            return redirect("appraisal:named_round", number)
    return _shown(request, row, problem)


def _shown(request: Request, row: NamedRound, problem: Problem | None = None) -> HttpResponse:
    on, actor = clock.now(), request.actor
    me, leads, committee = (
        named_queries.mine(row, actor),
        may(actor, "branch.lead", row),
        may(actor, "branch.committee", row),
    )
    given = named_queries.to_rate(row, actor) if row.state == "open" else []
    own_sheet = sheets.of_member(row, me.member_id) if me else None
    facts = {
        "row": row, "state": state_of(row), "me": me, "leads": leads, "committee": committee, "problem": problem,
        "given": given, "open": [pair for pair, marks in given if not marks and not pair.unable],
        "minutes": named.minutes(row, len(given)), "self_text": named_texts.self_text(me, by=actor) if me else "",
        "may_write": bool(me and named_texts.may_write_self(me, actor)), "sheet": own_sheet,
        "people": row.people.select_related("member").order_by("position") if leads or committee or me else (),
        "progress": named_queries.progress(row) if leads and row.state in ("open", "closed") else None,
        "has_result": named_reading.latest(row, on=on) is not None, "said": said_of(row), "taken": row.state == "open" and on <= row.closes_at,
        "buttons": [(one, one.step.words(language())) for one in buttons(actor, row, on=on)],
        "history": history_of(row, on) if leads else (), "severity": named_reading.severity(row, by=actor, on=on),
    }  # fmt: skip
    return render(request, "appraisal/named_round.html", facts, status=problem.status if problem else 200)


class StepForm(forms.Form):
    """What a step of the life asks for: a day or a reason."""

    def __init__(self, button: Button, *args: Any) -> None:
        super().__init__(*args)
        for fact in button.wants:
            label = fact.words(language())
            label = label[:1].upper() + label[1:]
            day = fact.kind == "date"
            self.fields[fact.name] = (
                DayField(label=label) if day else forms.CharField(label=label, max_length=500)
            )


@permitted("branch.view")
def step(request: Request, number: str, step: str) -> HttpResponse:
    """The form of a step, and the step itself; one that is not offered is not there."""
    row, on = named_queries.named_round(number, by=request.actor), clock.now()
    button = next((one for one in buttons(request.actor, row, on=on) if one.step.name == step), None)
    if button is None:
        raise Http404(step)
    posted = request.POST if request.method == "POST" else None
    form, problem = StepForm(button, posted), None
    if posted is not None and (not form.fields or form.is_valid()):
        try:
            named.step(row, step, by=request.actor, on=on, **(form.cleaned_data if form.fields else {}))
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": button.step.words(language())})
            return redirect("appraisal:named_round", number)
    facts = {
        "row": row,
        "button": button,
        "form": form,
        "problem": problem,
        "label": button.step.words(language()),
    }
    status = problem.status if problem else 422 if posted is not None else 200
    return render(request, "appraisal/named_step.html", facts, status=status)


@permitted("branch.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    row = named_queries.named_round(number, by=request.actor)
    try:
        take_back(row, event, by=request.actor, on=clock.now())
    except Problem as refused:
        return _shown(request, row, refused)
    messages.success(request, _("Taken back."))
    return redirect("appraisal:named_round", number)
