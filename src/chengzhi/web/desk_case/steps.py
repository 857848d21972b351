"""Taking a step: its form, what it will do, the step itself, and taking it back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases.actions import Button, advance_case, buttons, merge_cases, undo_step
from chengzhi.cases.clocks import lamp
from chengzhi.cases.history import Told, history
from chengzhi.cases.life import CASE_LIFE, CASE_WORKINGS
from chengzhi.cases.models import Case
from chengzhi.errors import Problem
from chengzhi.ledger.queries import history as entries_of
from chengzhi.lifecycle.machine import require_state
from chengzhi.lifecycle.problems import Conflict, StepNotAllowed
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk_case import photos
from chengzhi.web.desk_case.fields import ready_texts
from chengzhi.web.desk_case.finding import case_of
from chengzhi.web.desk_case.forms import StepForm, sent_photos
from chengzhi.web.desk_case.offers import HIDDEN
from chengzhi.web.desk_case.preview import preview


def button_of(request: Request, case: Case, name: str, on: datetime) -> Button:
    """The step as this person has it. Raises Http404, or StepNotAllowed in a state it does not start from."""
    if name not in CASE_LIFE.names or name in HIDDEN | {"split"} or CASE_LIFE.step(name).birth:
        raise Http404(name)
    step = CASE_LIFE.step(name)
    if not CASE_WORKINGS.permit(request.actor, step.by, case):
        raise Http404(name)
    require_state(CASE_WORKINGS, step, case.state)
    return next(b for b in buttons(request.actor, case, on=on) if b.step.name == name)


@permitted("case.view")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, number: str, name: str) -> HttpResponse:
    """The form of a step (GET) and the step (POST)."""
    case, on = case_of(request, number), clock.now()
    try:
        button = button_of(request, case, name, on)
    except StepNotAllowed as problem:
        return _overtaken(request, case, name, problem, on)
    if request.method != "POST":
        return _page(request, case, button, StepForm(case, button, request.actor, on), on)
    form = StepForm(case, button, request.actor, on, request.POST, request.FILES)
    token = request.POST.get("kept", "")
    try:
        kept, token = photos.keep_for_now(
            sent_photos(request.FILES), token, case=case, by=request.actor, on=on
        )
        if not form.is_valid():
            return _page(request, case, button, form, on, token=token, status=422)
        _take(request, case, button, form, kept, on)
    except Problem as problem:
        fresh = case_of(request, number)
        return _page(request, fresh, button, form, on, token=token, problem=problem, status=problem.status)
    if not button.step.undo:
        messages.success(request, _("Done: %(step)s.") % {"step": button.step.words(get_language() or "zh")})
    return redirect("desk:case", case.number)


def _take(
    request: Request, case: Case, button: Button, form: StepForm, kept: list[int], on: datetime
) -> None:
    facts, actor, name = form.facts(), request.actor, button.step.name
    with transaction.atomic():
        if name == "merge":
            _require_version(case, _seen(request))
            merge_cases(case.pk, facts["other"], by=actor, on=on, reason=facts.get("reason", ""))
        else:
            advance_case(case.pk, name, by=actor, on=on, version=_seen(request), **facts)
        if kept and name in photos.OF_STEP:
            photos.attach(case, kept, photos.OF_STEP[name], by=actor, on=on)


def _require_version(case: Case, seen: int | None) -> None:
    if seen is not None and case.version != seen:
        raise Conflict(
            _("The case has changed since you opened it."), "",
            _("Look at what changed, and decide again."),
        )  # fmt: skip


def _seen(request: Request) -> int | None:
    said = request.POST.get("seen", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def _page(
    request: Request, case: Case, button: Button, form: StepForm, on: datetime, *, token: str = "",
    problem: Problem | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    changed = changes_since(case, _seen(request), on) if isinstance(problem, Conflict) else []
    facts: dict[str, Any] = {
        "case": case, "button": button, "form": form, "problem": problem, "changed": changed,
        "label": button.step.words(get_language() or "zh"), "lamp": lamp(case, on),
        "ready": ready_texts(button.step.name), "with_photos": button.step.name in photos.OF_STEP,
        "kept": token, "most_photos": photos.MOST, "due": button.late and case.stage_due_at,
        "will": _will(request, case, button, form, on),
    }  # fmt: skip
    return render(request, "desk_case/step.html", facts, status=status)


def _will(request: Request, case: Case, button: Button, form: StepForm, on: datetime) -> Any:
    if form.is_bound:
        form.is_valid()
        facts = form.facts()
    else:
        facts = {n: f.initial for n, f in form.fields.items() if f.initial not in (None, "")}
    return preview(case, button.step, request.actor, on, facts)


def changes_since(case: Case, version: int | None, on: datetime) -> list[Told]:
    """What happened to the case after a version was seen."""
    if version is None:
        return []
    after = {e.id for e in entries_of("case", case.pk) if e.facts.get("version", 0) > version}
    return [told for told in history(case, get_language() or "zh", on=on) if told.event_id in after]


def _overtaken(
    request: Request, case: Case, name: str, problem: StepNotAllowed, on: datetime
) -> HttpResponse:
    """The state has changed meanwhile: what happened, and what had been typed, to be copied."""
    typed = [text for key in ("reason", "note", "outcome") if (text := request.POST.get(key, "").strip())]
    facts = {
        "case": case, "label": CASE_LIFE.step(name).words(get_language() or "zh"), "problem": problem,
        "changed": changes_since(case, _seen(request), on), "typed": typed,
    }  # fmt: skip
    return render(request, "desk_case/overtaken.html", facts, status=problem.status)


@permitted("case.view")
@require_POST
def will(request: Request, number: str, name: str) -> HttpResponse:
    """The piece of the form that says what the step will do, asked for as the form changes.

    A POST, so that what is typed stands in no address; it writes nothing. Empty when the step
    was taken meanwhile.
    """
    case, on = case_of(request, number), clock.now()
    try:
        button = button_of(request, case, name, on)
    except StepNotAllowed:
        return HttpResponse(status=204)
    form = StepForm(case, button, request.actor, on, request.POST)
    facts = {"will": _will(request, case, button, form, on), "case": case}
    return render(request, "desk_case/_will.html", facts)


@permitted("case.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    case = case_of(request, number)
    undo_step(case.pk, event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("desk:case", case.number)
