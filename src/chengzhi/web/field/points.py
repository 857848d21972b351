"""One drawn place: its sheet, leaving it out; and the second look at one by another person."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.inspections import rounds, visits
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import is_business, named
from chengzhi.inspections.looking import AT_WORK
from chengzhi.inspections.models import RoundPoint, Visit
from chengzhi.inspections.queries import rechecks_waiting
from chengzhi.inspections.rules import PERMIT, may_round
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.filling import Task, page, person
from chengzhi.web.field.mine import point_of, reasons
from chengzhi.web.field.objects import waiting
from chengzhi.web.field.places import name_of
from chengzhi.web.field.sheet import Sheet


@permitted("inspection.visit")
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: Request, number: int) -> HttpResponse:
    """The sheet of a drawn place."""
    found = point_of(request, number)
    if request.method != "POST" and (found.done_at or found.skipped_at):
        mine = Visit.objects.filter(
            point=found, recheck_of=None, account_id=request.actor.account_id or 0
        ).first()
        return redirect("field:visit", mine.pk) if mine else redirect("field:mine")
    domain, form = checklist_of(found.round.checklist)
    facts: dict[str, Any] = {"skip_url": reverse("field:skip", args=[found.pk]), "reasons": reasons()}
    if found.object is not None and is_business(found.object.kind):
        facts |= _approval(found)

    def save(sheet: Sheet, at: datetime) -> Visit:
        return visits.record_visit(
            district_id=found.round.district_id, checklist=form.key, by=person(request), on=clock.now(),
            visited_at=max(at, found.revealed_at or at), answers=sheet.answers, readings=sheet.readings,
            point_id=found.pk, result=sheet.result, weather=sheet.weather, excused=bool(sheet.weather),
            note=sheet.note, client_key=sheet.client_key,
        )  # fmt: skip

    task = Task(f"point-{found.pk}", domain, form, save, found.round.name, found, found.object)
    return page(request, task, **facts)


def _approval(found: RoundPoint) -> dict[str, Any]:
    """A drawn business is visited only after approval and notice, which the page says first."""
    assert found.object is not None
    day = habits(found.round.district_id).day(clock.now())
    one = waiting(found.object, found.round.checklist, day)
    if one is not None and one.state == "announced":
        said = _("Notice %(number)s was given; the visit may take place until %(day)s.")
        return {"announced": said % {"number": one.notice_number, "day": one.valid_until or "—"}}
    return {"unannounced": True, "approval": one}


@permitted("inspection.visit")
@require_POST
def skip(request: Request, number: int) -> HttpResponse:
    """Leave the place out, with a reason."""
    found = point_of(request, number)
    rounds.skip_point(found.pk, reason=request.POST.get("reason", ""), by=request.actor, on=clock.now())
    return redirect("field:mine")


@permitted("inspection.visit")
@require_GET
def rechecks(request: Request) -> HttpResponse:
    """Places that wait for a second look by somebody else than the first."""
    rows = [
        {
            "visit": one.first_visit_id,
            "place": name_of(one, one.object),
            "round": one.round.name,
            "checklist": named(checklist_of(one.round.checklist)[1]),
        }
        for one in rechecks_waiting(request.actor)
    ]
    return render(request, "field/rechecks.html", {"rows": rows})


@permitted("inspection.visit")
@require_http_methods(["GET", "HEAD", "POST"])
def recheck(request: Request, number: int) -> HttpResponse:
    """The sheet of the second look; nothing of the first is on it."""
    first = _first(request, number)
    if request.method != "POST":
        done = Visit.objects.filter(recheck_of=first, account_id=request.actor.account_id or 0).first()
        if done is not None:
            return redirect("field:visit", done.pk)
    domain, form = checklist_of(first.checklist)

    def save(sheet: Sheet, at: datetime) -> Visit:
        return visits.recheck(
            first.pk, by=person(request), on=clock.now(), visited_at=at, answers=sheet.answers,
            readings=sheet.readings, weather=sheet.weather, excused=bool(sheet.weather), note=sheet.note,
            client_key=sheet.client_key,
        )  # fmt: skip

    around = first.point.round.name if first.point else ""
    task = Task(f"recheck-{first.pk}", domain, form, save, around, first.point, first.object)
    return page(request, task, second=True, results=[])


def _first(request: Request, number: int) -> Visit:
    """A first look that the person may repeat; their own does not exist for them here."""
    rows = Visit.objects.select_related("point__round", "point__street", "point__cell__area", "object__party")
    first = get_object_or_404(
        rows, pk=number, district_id=request.actor.district_id, point__recheck=True, recheck_of=None
    )
    if first.account_id == request.actor.account_id or not _open(first, request.actor):
        raise Http404(number)
    return first


def _open(first: Visit, actor: Actor) -> bool:
    around = first.point.round if first.point else None
    return around is not None and around.state in AT_WORK and may_round(actor, PERMIT, around)
