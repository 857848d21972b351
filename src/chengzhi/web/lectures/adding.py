"""What is added to a lecture: texts, materials, questions, and what each group changes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.branch.lectures import queries
from chengzhi.branch.lectures.actions import (
    AFTERWARDS,
    PREPARING,
    REMOVABLE,
    Change,
    add_material,
    add_question,
    add_text,
    decide,
    drop,
    remove,
)
from chengzhi.branch.lectures.life import COMMITTEE
from chengzhi.branch.lectures.models import Lecture
from chengzhi.branch.organisation.rules import may
from chengzhi.errors import Problem
from chengzhi.files import queries as files
from chengzhi.files.actions import keep, store
from chengzhi.web.access import Request, permitted
from chengzhi.web.lectures.listing import number_in
from chengzhi.web.lectures.one import show
from chengzhi.web.manage.days import DayField

PRIVATE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


def _day(text: str) -> date | None:
    """A day of the browser's own picker; None for what cannot be read."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _add(request: Request, number: str, write: Callable[[], Any], said: str = "") -> HttpResponse:
    """Write and go back to the lecture; what is refused stands at its head."""
    try:
        write()
    except Problem as refused:
        lecture = queries.lecture(number, by=request.actor)
        return show(request, lecture, refused)
    messages.success(request, said or _("Entered."))
    return redirect("lectures:lecture", number)


@permitted("branch.view")
@require_POST
def text(request: Request, number: str) -> HttpResponse:
    """Link an official text."""
    said = {name: request.POST.get(name, "")[:500] for name in ("title", "issuer", "link")}
    dated = _day(request.POST.get("dated", ""))
    return _add(
        request, number, lambda: add_text(number, **said, dated=dated, by=request.actor, on=clock.now())
    )


class FileForm(forms.Form):
    """A document, if one was sent."""

    file = forms.FileField(required=False)


@permitted("branch.view")
@require_POST
def material(request: Request, number: str) -> HttpResponse:
    """Add a document or an address."""
    lecture = queries.lecture(number, by=request.actor)
    form = FileForm(request.POST, request.FILES)
    sent = form.cleaned_data["file"] if form.is_valid() else None
    title, link = request.POST.get("title", "")[:200], request.POST.get("link", "")[:500]
    return _add(request, number, lambda: _material(request, lecture, title, link, sent))


def _material(request: Request, lecture: Lecture, title: str, link: str, sent: Any) -> None:
    on, stored = clock.now(), None
    # Asked before the content is stored: nobody fills the disk who may not add anything.
    if (
        sent
        and not link
        and may(request.actor, COMMITTEE, lecture)
        and lecture.state in PREPARING + AFTERWARDS
    ):
        stored = store(
            sent, district_id=lecture.district_id, kind="document", by=request.actor.account_id, on=on,
            name=sent.name, draft=True,
        ).file  # fmt: skip
    add_material(lecture.number, title=title, link=link, file=stored, by=request.actor, on=on)
    if stored is not None:
        keep([stored.pk])


@permitted("branch.view")
@require_GET
def file(request: Request, number: str, material: int) -> HttpResponse:
    """A document of the lecture, to be saved."""
    found = (
        queries.lecture(number, by=request.actor).materials.select_related("file").filter(pk=material).first()
    )
    if found is None or found.file is None:
        raise Http404
    named = content_disposition_header(as_attachment=True, filename=found.file.original_name or found.title)
    headers = PRIVATE | {"Content-Disposition": named or "attachment"}
    return HttpResponse(files.content(found.file), content_type=found.file.content_type, headers=headers)


@permitted("branch.view")
@require_POST
def question(request: Request, number: str) -> HttpResponse:
    """Write down what was asked."""
    said = {name: request.POST.get(name, "")[:1000] for name in ("text", "answer")}
    return _add(request, number, lambda: add_question(number, **said, by=request.actor, on=clock.now()))


class ChangeForm(forms.Form):
    """What one group decided."""

    group = forms.CharField(max_length=60, required=False)
    text = forms.CharField(max_length=2000, required=False)
    responsible = forms.CharField(max_length=20, required=False)
    metric = forms.CharField(max_length=80, required=False)
    look_again_on = DayField(required=False)


@permitted("branch.view")
@require_POST
def change(request: Request, number: str) -> HttpResponse:
    """Enter what a group decided."""
    form = ChangeForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    made = Change(
        group=said.get("group", ""), text=said.get("text", ""), metric=said.get("metric", ""),
        responsible_id=number_in(said.get("responsible", "")) or 0,
        look_again_on=said.get("look_again_on") or date.min,
    )  # fmt: skip
    return _add(request, number, lambda: decide(made, number=number, by=request.actor, on=clock.now()))


@permitted("branch.view")
@require_POST
def change_out(request: Request, number: str, decision: int) -> HttpResponse:
    """Take out a decision entered by mistake."""
    return _add(
        request, number, lambda: drop(number, decision, by=request.actor, on=clock.now()), _("Taken out.")
    )


@permitted("branch.view")
@require_POST
def part_out(request: Request, number: str, what: str, key: int) -> HttpResponse:
    """Take out a text, material or question entered by mistake."""
    if what not in REMOVABLE:
        raise Http404(what)
    return _add(
        request, number, lambda: remove(number, what, key, by=request.actor, on=clock.now()), _("Taken out.")
    )
