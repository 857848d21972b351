"""After saving: what was found, which case was opened with its number and limit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.cases.clocks import handling_limit
from chengzhi.cases.models import Case
from chengzhi.cases.rules import may
from chengzhi.files import queries as files
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import measurements, named
from chengzhi.inspections.correcting import why_not
from chengzhi.inspections.models import Finding, FormerVisit, Reading, RoundPoint, Visit
from chengzhi.inspections.queries import ENDED
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import case_url, name_of
from chengzhi.web.field.places import place_of
from chengzhi.web.field.sheet import ANSWERS
from chengzhi.web.field.wording import amount, bound, language

PRIVATE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@dataclass(frozen=True)
class Opened:
    """A case that the visit opened, as its page tells it."""

    number: str
    matter: str
    unit: str
    due: Any
    limit: str
    url: str


def visit_of(request: Request, number: int) -> Visit:
    """A visit of the person's district that is not secret from them. Raises Http404."""
    rows = Visit.everything.select_related(
        "point__round", "point__street", "point__cell", "object__party", "account", "recheck_of"
    )
    found = get_object_or_404(rows, pk=number, district_id=request.actor.district_id)
    if secret(found, request.actor):
        raise Http404(number)
    return found


def secret(visit: Visit, actor: Actor) -> bool:
    """Whether somebody who may take the second look must not see this first one yet."""
    point = visit.point
    if point is None or not point.recheck or visit.recheck_of_id is not None or point.round.state in ENDED:
        return False
    if visit.account_id == actor.account_id or "inspection.visit" not in actor.permissions:
        return False
    return not Visit.objects.filter(recheck_of=visit).exists()


@permitted("inspection.visit", "inspection.view")
@require_GET
def page(request: Request, number: int) -> HttpResponse:
    """What one visit found."""
    visit = visit_of(request, number)
    _domain, form = checklist_of(visit.checklist)
    place, _where = place_of(visit.district_id, visit.point, visit.object)
    facts = {
        "visit": visit, "place": place, "checklist_name": named(form), "verdict": verdict(visit),
        "result": visit.get_result_display() if visit.result else "", "cases": _cases(visit, request.actor),
        "readings": [_reading(one) for one in visit.readings.select_related("instrument").order_by("pk")],
        "findings": [_finding(form, one) for one in visit.findings.order_by("pk")], "next": _next(visit, request),
        "former": [_former(form, one) for one in visit.former.select_related("changed_by").order_by("-pk")],
        "may_change": not why_not(visit, request.actor, clock.now()),
    }  # fmt: skip
    return render(request, "field/visit.html", facts)


def verdict(visit: Visit) -> str:
    """The whole visit in a few words."""
    if visit.withdrawn_at is not None:
        return _("Withdrawn: it counts in no figure")
    if visit.passed is None:
        return _("Nothing was judged")
    return _("All in order") if visit.passed else _("Not all in order")


def _former(form: Any, one: FormerVisit) -> dict[str, Any]:
    """A record that was replaced, in a few lines: what was answered otherwise than in order, and the values."""
    lines = []
    for row in one.content["readings"]:
        known = measurements().get(row["measurement"])
        value = amount(Decimal(row["value"]), row["unit"])
        lines.append(f"{named(known[1]) if known else row['measurement']}: {value}")
    for row in one.content["findings"]:
        item = form.item(row["item"])
        words = str(ANSWERS.get(row["answer"], row["answer"]))
        lines.append(
            f"{named(item) if item else row['item']}: {words}" + (f" · {row['note']}" if row["note"] else "")
        )
    return {"withdrawn": one.withdrawn, "reason": one.reason, "at": one.changed_at, "who": one.changed_by.name,
            "lines": lines}  # fmt: skip


def _finding(form: Any, one: Finding) -> dict[str, Any]:
    item = form.item(one.item)
    return {
        "name": named(item) if item else one.item, "answer": one.answer, "words": ANSWERS.get(one.answer, ""),
        "note": one.note, "photo": reverse("field:photo", args=[one.pk]) if one.photo_id else "",
    }  # fmt: skip


def _reading(one: Reading) -> dict[str, Any]:
    known = measurements().get(one.measurement)
    return {
        "name": named(known[1]) if known else one.measurement, "value": amount(one.value, one.unit),
        "limit": bound(known[1], one.limit) if known else "", "passed": one.passed, "doubtful": one.doubtful,
        "instrument": one.instrument,
    }  # fmt: skip


def _cases(visit: Visit, actor: Actor) -> list[Opened]:
    numbers = set(visit.findings.exclude(case=None).values_list("case_id", flat=True))
    numbers |= set(visit.readings.exclude(case=None).values_list("case_id", flat=True))
    found = Case.objects.filter(pk__in=numbers).select_related("type", "unit", "area").order_by("pk")
    return [_opened(case, actor) for case in found]


def _opened(case: Case, actor: Actor) -> Opened:
    found = handling_limit(case, clock.now(), case.area.area_class if case.area else None)
    return Opened(
        case.number, name_of(case.type) if case.type else _("to be named at the desk"),
        name_of(case.unit) if case.unit else "", case.due_at,
        found.limit.say(language()[:2]) if found else "", case_url(case) if may(actor, "case.view", case) else "",
    )  # fmt: skip


def _next(visit: Visit, request: Request) -> int:
    """The round that still has a place for this person; 0 for none."""
    point = visit.point
    if point is None or visit.recheck_of_id is not None or visit.account_id != request.actor.account_id:
        return 0
    left = RoundPoint.objects.filter(round_id=point.round_id, revealed_at=None, skipped_at=None, done_at=None)
    at_work = point.round.state in ("drawn", "in_work")
    return point.round_id if at_work and left.exists() else 0


@permitted("inspection.visit", "inspection.view")
@require_GET
def photo(request: Request, number: int) -> HttpResponse:
    """The photo of one line."""
    found = get_object_or_404(
        Finding.objects.select_related("photo", "visit__point__round"),
        pk=number, visit__district_id=request.actor.district_id, photo__isnull=False,
    )  # fmt: skip
    if found.photo is None or secret(found.visit, request.actor):
        raise Http404(number)
    return HttpResponse(files.content(found.photo), content_type=found.photo.content_type, headers=PRIVATE)
