"""The registers' home: nine domains, what is due, and a search over all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.domains import DOMAINS
from chengzhi.domains.domain import Domain
from chengzhi.domains.kinds import Kind
from chengzhi.registers import queries
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.policies import policy
from chengzhi.registers.queries import Filter
from chengzhi.registers.said import open_said
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.words import kind_name

SOON = 7
"""Days ahead that count as “soon” for checks on this page."""


@dataclass(frozen=True)
class Row:
    """One register: how many objects, checks due, permits that end soon."""

    kind: Kind
    name: str
    count: int
    due: int
    ending: int


@dataclass(frozen=True)
class Span:
    """How many fall into the coming days, and how many are late already."""

    soon: int
    late: int


@never_cache
@permitted("register.view")
@require_GET
def home(request: Request) -> HttpResponse:
    """All registers with what is due."""
    here, now = district_of(request), clock.now()
    day = today(here.zone, now)
    notice = int(policy(here.pk, "registers/expiring_days", now))
    counts, due, ending = queries.counts(here.pk), _due(here.pk, day), _ending(here.pk, day, notice)
    groups = [{"domain": one, "rows": _rows(one, counts, due, ending)} for one in DOMAINS]
    facts = {
        "domains": groups, "total": sum(counts.values()), "said": open_said(here.pk).count(),
        "due": _span(due), "ending": _span(ending), "notice": notice,
        "may_import": "register.import" in request.actor.permissions,
    }  # fmt: skip
    return render(request, "registers/home.html", facts)


Counted = Mapping[str, Mapping[str, int]]


def _due(district_id: int, day: date) -> Counted:
    late, soon = Q(check_due_on__lte=day), Q(check_due_on__gte=day)
    return _by_kind(district_id, Q(check_due_on__lte=day + timedelta(days=SOON)), late, soon)


def _ending(district_id: int, day: date, notice: int) -> Counted:
    late, soon = Q(permit_until__lt=day), Q(permit_until__gte=day)
    return _by_kind(district_id, Q(permit_until__lte=day + timedelta(days=notice)), late, soon)


def _by_kind(district_id: int, where: Q, late: Q, soon: Q) -> Counted:
    rows = RegisteredObject.objects.filter(where, district_id=district_id, live=True).order_by("kind")
    counted = rows.values("kind").annotate(late=Count("pk", filter=late), soon=Count("pk", filter=soon))
    return {one["kind"]: {"late": one["late"], "soon": one["soon"]} for one in counted}


def _span(found: Counted) -> Span:
    return Span(sum(one["soon"] for one in found.values()), sum(one["late"] for one in found.values()))


def _rows(domain: Domain, counts: Mapping[str, int], due: Counted, ending: Counted) -> list[Row]:
    nothing: Mapping[str, int] = {}
    return [
        Row(
            kind, kind_name(kind), counts.get(kind.key, 0), due.get(kind.key, nothing).get("late", 0),
            ending.get(kind.key, nothing).get("soon", 0),
        )
        for kind in domain.registers
    ]  # fmt: skip


@never_cache
@permitted("register.view")
@require_GET
def search(request: Request) -> HttpResponse:
    """Objects of all registers by number, name or place; one exact hit is opened at once."""
    text = request.GET.get("q", "").strip()[:60]
    found = queries.page(Filter(text=text), request.actor, limit=50) if text else None
    things = found.rows if found else []
    if len(things) == 1 and things[0].number == text.upper():
        return redirect("registers:object", things[0].number)
    rows: list[tuple[RegisteredObject, Any, str]] = [
        (one, kind_name(kind_of(one.kind)), state_words(kind_of(one.kind), one.state)) for one in things
    ]
    return render(request, "registers/search.html", {"rows": rows, "words": text, "found": found})
