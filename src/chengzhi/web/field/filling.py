"""One page for every sheet: of a drawn place, of a second look, of a visit to one object."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.domains.domain import Checklist, Domain
from chengzhi.errors import Problem
from chengzhi.inspections.checklists import named
from chengzhi.inspections.entries import raise_all
from chengzhi.inspections.limits import limits_for
from chengzhi.inspections.models import Instrument, RoundPoint, Visit
from chengzhi.inspections.problems import EntryProblem
from chengzhi.people.actor import Actor
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request
from chengzhi.web.field import photos
from chengzhi.web.field.photos import Kept
from chengzhi.web.field.places import Place, place_of
from chengzhi.web.field.sheet import Sheet, blank, fill, results_of, sent_photos

LATEST = timedelta(days=14)
"""How long a filled-in sheet may have waited on a phone for its age to be believed."""


@dataclass(frozen=True)
class Task:
    """What is to be filled in. `save` writes it; `draft` is the name under which a phone keeps it."""

    draft: str
    domain: Domain
    checklist: Checklist
    save: Callable[[Sheet, datetime], Visit]
    around: str
    point: RoundPoint | None = None
    thing: RegisteredObject | None = None
    begin: Callable[[Sheet], None] | None = None
    """Fills the sheet in before it is shown first; None for an empty one."""


def page(request: Request, task: Task, **facts: Any) -> HttpResponse:
    """Show the sheet; take it when it was sent; what is wrong stands beside its field."""
    on = clock.now()
    assert request.actor.district_id is not None
    place, where = place_of(request.actor.district_id, task.point, task.thing)
    sheet = _blank(request.actor.district_id, task, where.spot(), on)
    if request.method != "POST":
        sheet.client_key = uuid4().hex
        if task.begin is not None:
            task.begin(sheet)
        return _render(request, task, sheet, place, facts)
    problem: Problem | None = None
    try:
        sent, wrong_photos = _photos(request, sheet, on)
        fill(sheet, request.POST, sent)
        raise_all(wrong_photos)
        made = task.save(sheet, visited_at(request.POST, on))
    except EntryProblem as wrong:
        sheet.blame(wrong)
    except Problem as refused:
        problem = refused
    else:
        return see(reverse("field:visit", args=[made.pk]))
    return _render(request, task, sheet, place, {**facts, "problem": problem, "bound": True})


def person(request: Request) -> Actor:
    """The acting person as a plain value: what the middleware gives is a stand-in that looks it up."""
    return copy(request.actor)


def see(address: str) -> HttpResponse:
    """Lead on to a page that shows what was done."""
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer


def visited_at(said: Mapping[str, str], on: datetime) -> datetime:
    """When it was filled in: as long ago as the phone says, whatever time its clock shows."""
    filled = parse_datetime(said.get("visited_at", "")[:40]) if said.get("visited_at") else None
    sent = parse_datetime(said.get("sent_at", "")[:40]) if said.get("sent_at") else None
    if filled is None or sent is None or filled.tzinfo is None or sent.tzinfo is None:
        return on
    age = sent - filled
    return on - age if timedelta() <= age <= LATEST else on


def _blank(district_id: int, task: Task, spot: Any, on: datetime) -> Sheet:
    day = habits(district_id).day(on)
    limits = limits_for(district_id=district_id, keys=task.checklist.measures, spot=spot, day=day)
    own = Instrument.objects.filter(district_id=district_id, active=True).order_by("name", "pk")
    return blank(task.domain, task.checklist, limits, list(own), day)


def _photos(request: Request, sheet: Sheet, on: datetime) -> tuple[dict[str, Kept], list[EntryProblem]]:
    """Photos kept by an earlier attempt, those sent now, and what is wrong with the others."""
    found: dict[str, Kept] = {}
    wrong: list[EntryProblem] = []
    known = {line.item.key for line in sheet.lines}
    for key in known:
        kept = photos.read(request.POST.get(f"k.{key}", ""), by=request.actor)
        if kept is not None:
            found[key] = kept
    for key, sent in sent_photos(request.FILES):
        if key not in known:
            continue
        try:
            found[key] = photos.keep_for_now(sent, by=request.actor, on=on)
        except Problem as refused:
            wrong.append(EntryProblem(refused.what, refused.why, refused.cure, field=key))
    return found, wrong


def _render(request: Request, task: Task, sheet: Sheet, place: Place, facts: dict[str, Any]) -> HttpResponse:
    problem = facts.get("problem")
    known = {
        "task": task, "sheet": sheet, "place": place, "draft": task.draft, "title": place.name,
        "around": task.around, "checklist_name": named(task.checklist),
        "results": results_of(task.checklist), "weathers": weathers(),
    }  # fmt: skip
    status = problem.status if problem else 422 if facts.get("bound") else 200
    return render(request, "field/point.html", known | facts, status=status)


def weathers() -> list[str]:
    """What the weather may have been, to choose from; anything else may be typed."""
    return [_("rain"), _("strong wind"), _("after a storm"), _("dust haze"), _("standing water")]
