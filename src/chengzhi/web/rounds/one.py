"""One round: what is drawn from what, the draw and its proof, who goes, how far it is."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.inspections import business, rounds
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import is_business, kinds, named
from chengzhi.inspections.life import ROUND_LIFE
from chengzhi.inspections.looking import AT_WORK
from chengzhi.inspections.models import Approval, Round, RoundPoint, Visit
from chengzhi.inspections.queries import ENDED, points_shown, progress
from chengzhi.places.models import Area
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.done import verdict
from chengzhi.web.field.places import name_of
from chengzhi.web.field.wording import language, local
from chengzhi.web.rounds.naming import inspectors, people_named, strata_words, stratum_column
from chengzhi.web.rounds.steps import offers, take, take_back, told

SHOWN = 200


def round_of(request: Request, number: int) -> Round:
    """A round of the person's district. Raises Http404."""
    rows = Round.objects.select_related("unit", "district")
    return get_object_or_404(rows, pk=number, district_id=request.actor.district_id)


def frame_words(found: Round) -> str:
    """What a round is drawn from, in words."""
    of, kind = found.frame.get("of"), kinds().get(found.frame.get("kind", ""))
    what = {"cells": _("Unit cells"), "streets": _("Streets and lanes")}.get(str(of), "")
    if of == "objects":
        what = _("Register: %(name)s") % {"name": local(kind[1]) if kind else found.frame.get("kind")}
    areas = Area.objects.filter(pk__in=found.frame.get("areas") or [])
    where = "、".join(local(one) for one in areas) if areas else _("whole district")
    return f"{what} · {where}"


@permitted("inspection.view")
@require_GET
def page(request: Request, number: int) -> HttpResponse:
    """Everything about one round; drawn places stay hidden until they were shown to who goes there."""
    found, on = round_of(request, number), clock.now()
    domain, looks = checklist_of(found.checklist)
    facts: dict[str, Any] = {
        "round": found, "domain": local(domain), "check": named(looks), "frame": frame_words(found),
        "state": ROUND_LIFE.state_words(found.state, language()),
        "strata": [stratum_column(name) for name in found.strata],
        "who": people_named([found.created_by, found.approved_by]).get(found.created_by or 0, "—"),
        "offered": offers(request, found, lambda name: reverse("rounds:step", args=[found.pk, name])),
        "history": told(found, on), "undo_url": reverse("rounds:round", args=[found.pk]) + "undo/",
    }  # fmt: skip
    if found.drawn_at is not None:
        facts |= _drawn(request, found)
    return render(request, "rounds/round.html", facts)


def _drawn(request: Request, found: Round) -> dict[str, Any]:
    parts = list(found.drawn_strata.defer("members").order_by("pk"))
    seen = dict(
        found.points.values_list("stratum_id").annotate(n=Count("pk", filter=Q(done_at__isnull=False)))
    )
    so_far = progress(found.pk)
    planner = "inspection.plan" in request.actor.permissions and found.state in AT_WORK
    day = habits(found.district_id).day(clock.now())
    return {
        "progress": so_far,
        "hidden": so_far.drawn - so_far.revealed,
        "free": found.points.filter(account=None, revealed_at=None).count(),
        "parts": [
            {"words": words, "size": one.size, "drawn": one.drawn, "seen": seen.get(one.pk, 0)}
            for words, one in zip(strata_words(one.key for one in parts), parts, strict=True)
        ],
        "points": _points(request, found),
        "people": inspectors(found.district_id, day) if planner else [],
        "areas": _areas(found) if planner and found.frame.get("of") != "streets" else [],
        "business": _business(found, planner),
    }


def _points(request: Request, found: Round) -> list[dict[str, Any]]:
    """Places already shown to somebody. A first look stays hidden from who may take the second."""
    points: list[RoundPoint] = list(
        points_shown(found).select_related("round", "object", "cell", "street")[:SHOWN]
    )
    visits = {
        visit.point_id: visit
        for visit in Visit.objects.filter(point__in=points, recheck_of=None).select_related("recheck")
    }
    inspects = "inspection.visit" in request.actor.permissions
    return [_point(one, visits.get(one.pk), inspects, request.actor.account_id) for one in points]


def _point(point: RoundPoint, visit: Visit | None, inspects: bool, me: int | None) -> dict[str, Any]:
    again = getattr(visit, "recheck", None) if visit else None
    waits = point.recheck and again is None and point.round.state not in ENDED
    hidden = waits and inspects and visit is not None and visit.account_id != me
    return {
        "point": point, "name": name_of(point, point.object), "visit": None if hidden else visit,
        "verdict": verdict(visit) if visit and not hidden else "", "hidden": hidden, "again": again,
    }  # fmt: skip


def _areas(found: Round) -> list[Area]:
    rows = Area.objects.filter(district_id=found.district_id, valid_to=None).order_by("code")
    wanted = found.frame.get("areas") or []
    return list(rows.filter(Q(pk__in=wanted) | Q(parent_id__in=wanted)) if wanted else rows)


def _business(found: Round, planner: bool) -> dict[str, Any] | None:
    """How far approval and notice are, where the drawn objects are businesses."""
    if not is_business(found.frame.get("kind", "")):
        return None
    states = dict(Approval.objects.filter(round=found).values_list("state").annotate(n=Count("pk")))
    total = sum(states.values())
    return {
        "total": total, "asked": states.get("asked", 0), "approved": states.get("approved", 0),
        "announced": states.get("announced", 0), "used": states.get("used", 0), "may_ask": planner,
        "missing": found.points.count() - total,
    }  # fmt: skip


@permitted("inspection.view")
def step(request: Request, number: int, name: str) -> HttpResponse:
    """Approve, draw, begin, close, cancel: the form of a step, and the step."""
    found = round_of(request, number)
    return take(
        request, found, name, back=reverse("rounds:round", args=[found.pk]), title=found.name,
        by=lambda step_name, facts, on: rounds.advance_round(
            found.pk, step_name, by=request.actor, on=on, **facts
        ),
    )  # fmt: skip


@permitted("inspection.view")
@require_POST
def undo(request: Request, number: int, event: int) -> HttpResponse:
    """Take the last step back."""
    found = round_of(request, number)
    return take_back(request, found, event, back=reverse("rounds:round", args=[found.pk]))


@permitted("inspection.view")
@require_POST
def proof(request: Request, number: int) -> HttpResponse:
    """Draw again from what was kept and compare; nothing is written."""
    found = round_of(request, number)
    facts = {"proof": rounds.redraw_check(found.pk), "round": found}
    page_of = "rounds/_proof.html" if request.headers.get("HX-Request") else "rounds/proof.html"
    return render(request, page_of, facts)


@permitted("inspection.plan")
@require_POST
def assign(request: Request, number: int) -> HttpResponse:
    """Give places, unseen, to a person."""
    found, said = round_of(request, number), request.POST
    count = said.get("count", "")
    given = rounds.assign(
        found.pk, account_id=_number(said.get("account", "")), count=_number(count),
        area_ids=[_number(one) for one in said.getlist("areas") if one], by=request.actor, on=clock.now(),
    )  # fmt: skip
    messages.success(request, _("%(n)s places were given out, unseen.") % {"n": given})
    return redirect("rounds:round", found.pk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@permitted("inspection.plan")
@require_POST
def ask(request: Request, number: int) -> HttpResponse:
    """Ask for the visits to all drawn businesses at once."""
    found = round_of(request, number)
    asked = business.ask_for_round(
        found.pk,
        reason=request.POST.get("reason", "").strip() or found.name,
        by=request.actor,
        on=clock.now(),
    )
    messages.success(request, _("%(n)s visits were asked for.") % {"n": asked})
    return redirect("rounds:round", found.pk)
