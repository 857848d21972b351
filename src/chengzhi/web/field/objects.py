"""A visit to one object: its checks; for a business first approval and notice, within the cap of the year."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.cases.worklist import numbered
from chengzhi.domains.domain import Checklist
from chengzhi.errors import Problem
from chengzhi.inspections import business, caps
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import checklists_of, is_business, named
from chengzhi.inspections.life import APPROVAL_LIFE
from chengzhi.inspections.models import Approval, Visit
from chengzhi.inspections.visits import record_visit
from chengzhi.people.actor import Actor
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.filling import Task, page, person
from chengzhi.web.field.places import place_of
from chengzhi.web.field.sheet import Sheet
from chengzhi.web.field.wording import language

WAITING = ("asked", "approved", "announced")


class AskForm(forms.Form):
    """Why a business is to be visited; a complaint is named by its case."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the visit"), max_length=200, widget=forms.Textarea({"rows": 2})
    )
    complaint = forms.CharField(
        label=gettext_lazy("Case of the complaint"), max_length=40, required=False,
        help_text=gettext_lazy("If somebody complained: the case number. The cap does not count then."),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_complaint(self) -> int | None:
        """The key of the case."""
        said = self.cleaned_data["complaint"].strip()
        if not said:
            return None
        found = numbered(said, self.actor)
        if found is None:
            raise ValidationError(_("There is no case with this number that you may see."))
        return found.pk


def object_of(request: Request, number: int) -> RegisteredObject:
    """The object of the person's district. Raises Http404."""
    rows = RegisteredObject.objects.select_related("party", "district")
    return get_object_or_404(rows, pk=number, district_id=request.actor.district_id)


@permitted("inspection.visit")
def visit(request: Request, number: int) -> HttpResponse:
    """Choose the check; ask, wait or give notice where it is a business; then the sheet."""
    thing, on = object_of(request, number), clock.now()
    offered = checklists_of(thing.kind)
    chosen = _chosen(request, offered)
    if chosen is None or not thing.live:
        place, _where = place_of(thing.district_id, None, thing)
        facts = {"thing": thing, "place": place, "checks": [(one.key, named(one)) for one in offered]}
        return render(request, "field/checks.html", facts)
    if is_business(thing.kind):
        day = habits(thing.district_id).day(on)
        approval = waiting(thing, chosen.key, day)
        if approval is None or approval.state != "announced":
            return _ask_page(request, thing, chosen, approval, AskForm(request.actor))
        announced = _("Notice %(number)s was given; the visit may take place until %(day)s.") % {
            "number": approval.notice_number, "day": approval.valid_until or "—",
        }  # fmt: skip
        return _sheet(request, thing, chosen, approval, announced)
    return _sheet(request, thing, chosen, None, "")


def _chosen(request: Request, offered: tuple[Checklist, ...]) -> Checklist | None:
    said = request.GET.get("checklist", "")
    known = {one.key: one for one in offered}
    return known.get(said) or (offered[0] if len(offered) == 1 else None)


def waiting(thing: RegisteredObject, checklist: str, day: date) -> Approval | None:
    """The approval that is on its way or counts today; the furthest on first."""
    rows = Approval.objects.filter(object=thing, checklist=checklist, state__in=WAITING)
    good = [row for row in rows if row.valid_until is None or row.valid_until >= day]
    return max(good, key=lambda row: (WAITING.index(row.state), -row.pk), default=None)


def _sheet(
    request: Request, thing: RegisteredObject, form: Checklist, approval: Approval | None, announced: str
) -> HttpResponse:
    def save(sheet: Sheet, at: datetime) -> Visit:
        return record_visit(
            district_id=thing.district_id, checklist=form.key, by=person(request), on=clock.now(), visited_at=at,
            answers=sheet.answers, readings=sheet.readings, object_id=thing.pk,
            approval_id=approval.pk if approval else None, result=sheet.result, weather=sheet.weather,
            excused=bool(sheet.weather), note=sheet.note, client_key=sheet.client_key,
        )  # fmt: skip

    domain, _form = checklist_of(form.key)
    task = Task(f"object-{thing.pk}-{form.key}", domain, form, save, thing.number, None, thing)
    return page(request, task, announced=announced)


@permitted("inspection.visit")
@require_POST
def ask(request: Request, number: int, checklist: str) -> HttpResponse:
    """Ask for a visit to a business; another person decides."""
    thing, on = object_of(request, number), clock.now()
    chosen = next((one for one in checklists_of(thing.kind) if one.key == checklist), None)
    if chosen is None or not is_business(thing.kind):
        raise Http404(checklist)
    form = AskForm(request.actor, request.POST)
    if not form.is_valid():
        return _ask_page(request, thing, chosen, None, form)
    try:
        made = business.ask(
            district_id=thing.district_id, object_id=thing.pk, checklist=chosen.key,
            reason=form.cleaned_data["reason"], complaint_id=form.cleaned_data["complaint"],
            by=request.actor, on=on,
        )  # fmt: skip
    except Problem as problem:
        return _ask_page(request, thing, chosen, None, form, problem)
    messages.success(request, _("Asked. Another person decides; you see it here."))
    return redirect("rounds:approval", made.pk)


def _ask_page(
    request: Request, thing: RegisteredObject, form: Checklist, approval: Approval | None, asking: AskForm,
    problem: Problem | None = None,
) -> HttpResponse:  # fmt: skip
    day = habits(thing.district_id).day(clock.now())
    cap = caps.cap_for(thing.district_id, thing.kind, day)
    place, _where = place_of(thing.district_id, None, thing)
    facts = {
        "thing": thing, "place": place, "checklist": form, "checklist_name": named(form), "approval": approval,
        "state": APPROVAL_LIFE.state_words(approval.state, language()) if approval else "",
        "form": asking, "problem": problem, "cap": cap,
        "count": caps.visits_counted(thing, day) if cap else 0,
    }  # fmt: skip
    status = problem.status if problem else 422 if asking.is_bound else 200
    return render(request, "field/ask.html", facts, status=status)
