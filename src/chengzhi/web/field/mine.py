"""My rounds: what there is to look at, how far it is, and the one next place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.inspections import rounds
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import named
from chengzhi.inspections.looking import AT_WORK
from chengzhi.inspections.models import Approval, Round, RoundPoint, Visit
from chengzhi.inspections.queries import rechecks_waiting
from chengzhi.inspections.rules import PERMIT, may_round
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.done import verdict
from chengzhi.web.field.filling import see
from chengzhi.web.field.places import name_of, visit_name
from chengzhi.web.field.wording import local

MOST = 40


@dataclass(frozen=True)
class Row:
    """A round as its card shows it. `mine` are the places shown to me that are not done."""

    round: Round
    domain: str
    checklist: str
    all: int
    seen: int
    skipped: int
    left: int
    late: bool
    mine: list[dict[str, Any]]


def open_rounds(actor: Actor, today: date) -> list[Any]:
    """Rounds at work that are open to the person's units, with their counts, the oldest end first."""
    free = Q(points__account=None) | Q(points__account_id=actor.account_id)
    found = Round.objects.filter(district_id=actor.district_id or 0, state__in=AT_WORK, starts_on__lte=today)
    counted = found.annotate(
        all=Count("points"),
        seen=Count("points", filter=Q(points__done_at__isnull=False)),
        left_out=Count("points", filter=Q(points__skipped_at__isnull=False)),
        left=Count("points", filter=free & Q(points__revealed_at=None, points__skipped_at=None)),
    ).order_by("ends_on", "pk")
    return [one for one in counted[:MOST] if may_round(actor, PERMIT, one)]


@never_cache
@permitted("inspection.visit")
@require_GET
def page(request: Request) -> HttpResponse:
    """The inspector's first page."""
    actor, on = request.actor, clock.now()
    assert actor.district_id is not None
    day = habits(actor.district_id).day(on)
    known = open_rounds(actor, day)
    facts = {
        "rows": [row for row in _rows(known, actor, day) if row.left or row.mine],
        "rechecks": len(rechecks_waiting(actor)),
        "announced": _announced(actor, day),
        "today": _today(actor, on),
    }
    return render(request, "field/mine.html", facts)


def _rows(known: list[Any], actor: Actor, day: date) -> Iterator[Row]:
    shown = RoundPoint.objects.filter(
        round__in=known, account_id=actor.account_id or 0, revealed_at__isnull=False, done_at=None,
        skipped_at=None,
    ).select_related("object", "street", "cell")  # fmt: skip
    mine: dict[int, list[dict[str, Any]]] = {}
    for point in shown.order_by("position"):
        mine.setdefault(point.round_id, []).append({"pk": point.pk, "name": name_of(point, point.object)})
    for one in known:
        domain, form = checklist_of(one.checklist)
        yield Row(
            one, local(domain), named(form), one.all, one.seen, one.left_out, one.left, one.ends_on < day,
            mine.get(one.pk, []),
        )  # fmt: skip


def _announced(actor: Actor, day: date) -> list[Approval]:
    rows = Approval.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day), district_id=actor.district_id or 0, state="announced",
        asked_by=actor.account_id or 0, round=None,
    )  # fmt: skip
    return list(rows.select_related("object").order_by("valid_until", "pk")[:20])


def _today(actor: Actor, on: datetime) -> list[Visit]:
    """What the person has recorded today, newest first."""
    assert actor.district_id is not None
    found = habits(actor.district_id)
    begin = datetime.combine(found.day(on), time(), found.zone)
    rows = Visit.objects.filter(
        account_id=actor.account_id or 0, district_id=actor.district_id, visited_at__gte=begin
    )
    seen = list(rows.select_related("point__street", "point__cell", "object").order_by("-visited_at")[:20])
    for visit in seen:
        visit.place, visit.verdict = visit_name(visit), verdict(visit)  # type: ignore[attr-defined]
    return seen


@permitted("inspection.visit")
@require_POST
def show_next(request: Request, number: int) -> HttpResponse:
    """Reveal the next place of a round to this person, and lead there."""
    found = get_object_or_404(Round, pk=number, district_id=request.actor.district_id)
    point = rounds.next_point(found.pk, by=request.actor, on=clock.now())
    return redirect("field:mine") if point is None else see(reverse("field:point", args=[point.pk]))


def point_of(request: Request, number: int) -> RoundPoint:
    """A place that was shown to this person. Any other does not exist for them: Http404."""
    rows = RoundPoint.objects.select_related("round", "object__party", "street", "cell__area")
    return get_object_or_404(
        rows, pk=number, round__district_id=request.actor.district_id, revealed_at__isnull=False,
        account_id=request.actor.account_id,
    )  # fmt: skip


def reasons() -> list[str]:
    """Why a place may be left out, to choose from; anything else may be typed."""
    return [_("road closed"), _("nothing there any more"), _("closed, nobody answers"), _("unsafe to reach")]
