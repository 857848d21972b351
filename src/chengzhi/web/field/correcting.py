"""Correcting the record of a visit on its own sheet, and withdrawing it, each with a reason."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chengzhi import clock
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.correcting import correct_visit, why_not, withdraw_visit
from chengzhi.inspections.models import Visit
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.done import visit_of
from chengzhi.web.field.filling import Task, page, person
from chengzhi.web.field.photos import carried
from chengzhi.web.field.sheet import Sheet
from chengzhi.web.field.wording import plain_number


@permitted("inspection.visit", "inspection.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, number: int) -> HttpResponse:
    """The sheet as it was filled in, to be filled in as it should have been."""
    visit = visit_of(request, number)
    if why_not(visit, request.actor, clock.now()):
        raise Http404(number)
    domain, form = checklist_of(visit.checklist)

    def save(sheet: Sheet, at: datetime) -> Visit:
        return correct_visit(
            visit.pk, answers=sheet.answers, readings=sheet.readings, reason=request.POST.get("reason", ""),
            result=sheet.result, weather=sheet.weather, excused=bool(sheet.weather), note=sheet.note,
            by=person(request), on=clock.now(),
        )  # fmt: skip

    task = Task(
        f"correct-{visit.pk}-{visit.version}", domain, form, save, _("Correct the visit"), visit.point, visit.object,
        lambda sheet: _fill(request, sheet, visit),
    )  # fmt: skip
    return page(request, task, correcting=True, reason=request.POST.get("reason", ""))


def _fill(request: Request, sheet: Sheet, visit: Visit) -> None:
    """Put what stands on record into the sheet."""
    sheet.result, sheet.weather, sheet.note = visit.result, visit.weather, visit.note
    found = {one.item: one for one in visit.findings.all()}
    for line in sheet.lines:
        one = found.get(line.item.key)
        if one is not None:
            line.answer, line.note = one.answer, one.note
            line.photo = carried(one.photo_id, by=request.actor) if one.photo_id else None
    measured = {one.measurement: one for one in visit.readings.all()}
    for gauge in sheet.gauges:
        value = measured.get(gauge.measurement.key)
        gauge.typed = plain_number(value.value) if value else ""
        gauge.instrument = str(value.instrument_id or "") if value else gauge.instrument


@permitted("inspection.visit", "inspection.plan")
@require_POST
def withdraw(request: Request, number: int) -> HttpResponse:
    """Take the record out of all figures."""
    visit = visit_of(request, number)
    withdraw_visit(visit.pk, reason=request.POST.get("reason", ""), by=person(request), on=clock.now())
    messages.success(request, _("The record of the visit is withdrawn."))
    return redirect("field:visit", visit.pk)
