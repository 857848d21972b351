"""Taking a step on an object: its form, the step, and taking it back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.files.actions import store
from chengzhi.lifecycle.machine import require_state
from chengzhi.lifecycle.problems import StepNotAllowed
from chengzhi.registers import lives
from chengzhi.registers.actions import Button, advance_object, buttons, undo_step
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today
from chengzhi.web.registers.finding import kind_of, object_of
from chengzhi.web.registers.offers import HIDDEN, OWN_PAGES
from chengzhi.web.registers.parties_list import options
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.step_fields import StepForm
from chengzhi.web.registers.words import kind_name, language

PHOTO = ("image/jpeg", "image/png", "image/webp")


def button_of(request: Request, thing: RegisteredObject, name: str, on: datetime) -> Button:
    """The step as this person has it. Raises Http404, or StepNotAllowed in a state it does not start from."""
    workings = lives.WORKINGS[thing.kind]
    if name not in workings.life.names or name in HIDDEN | set(OWN_PAGES) or workings.life.step(name).birth:
        raise Http404(name)
    step = workings.life.step(name)
    if not workings.permit(request.actor, step.by, thing):
        raise Http404(name)
    require_state(workings, step, thing.state)
    return next(b for b in buttons(request.actor, thing, on=on) if b.step.name == name)


@permitted("register.view")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, number: str, name: str) -> HttpResponse:
    """The form of a step (GET) and the step (POST)."""
    thing, on = object_of(request, number), clock.now()
    try:
        button = button_of(request, thing, name, on)
    except StepNotAllowed as problem:
        messages.warning(request, f"{problem.what} {problem.why}")
        return redirect("registers:object", thing.number)
    kind, day = kind_of(thing.kind), today(district_of(request).zone, on)
    if request.method != "POST":
        return _page(request, thing, button, StepForm(thing, kind, button, day))
    form = StepForm(thing, kind, button, day, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, thing, button, form, status=422)
    try:
        _take(request, thing, button, form, on)
    except Problem as problem:
        return _page(request, thing, button, form, problem=problem, status=problem.status)
    if not button.step.undo:
        messages.success(request, _("Done: %(step)s.") % {"step": button.step.words(language())})
    return redirect("registers:object", thing.number)


@transaction.atomic
def _take(request: Request, thing: RegisteredObject, button: Button, form: StepForm, on: datetime) -> None:
    facts: dict[str, Any] = form.facts()
    sent = form.cleaned_data.get("file")
    if sent:
        made = store(
            sent, district_id=thing.district_id, kind="photo" if sent.content_type in PHOTO else "document",
            by=request.actor.account_id, on=on, name=sent.name or "",
        )  # fmt: skip
        facts["file"] = made.file.pk
    seen = request.POST.get("seen", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    advance_object(thing.pk, button.step.name, by=request.actor, on=on, version=version, **facts)


def _page(
    request: Request, thing: RegisteredObject, button: Button, form: StepForm, *,
    problem: Problem | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    kind = kind_of(thing.kind)
    facts = {
        "thing": thing, "kind": kind, "name": kind_name(kind), "button": button, "form": form,
        "label": button.step.words(language()), "problem": problem, "state": state_words(kind, thing.state),
        "parties": options(thing.district_id, kind.party) if form.with_party else [],
    }  # fmt: skip
    return render(request, "registers/step.html", facts, status=status)


@permitted("register.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    thing = object_of(request, number)
    undo_step(thing.pk, event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("registers:object", thing.number)
