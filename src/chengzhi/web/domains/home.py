"""A domain's home: what burns, what is due, what it keeps, what its rounds found."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.cases.filters import Filter
from chengzhi.cases.worklist import count
from chengzhi.domains import DOMAINS
from chengzhi.domains.domain import Domain
from chengzhi.domains.kinds import Kind
from chengzhi.inspections.checklists import unit_words
from chengzhi.inspections.models import Finding, Round, Visit
from chengzhi.outcomes.demand import wish
from chengzhi.places.models import District
from chengzhi.registers.alarms import declared, running
from chengzhi.registers.balance import sheet
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today

SOON = timedelta(days=30)
WORKED = ("approved", "drawn", "in_work")
ROUNDS = 6


def domain_of(key: str) -> Domain:
    """The domain of a key. Raises Http404."""
    found = next((one for one in DOMAINS if one.key == key), None)
    if found is None:
        raise Http404(key)
    return found


@dataclass(frozen=True, slots=True)
class Register:
    """One kind with what it holds and what is due in it."""

    kind: Kind
    name: str
    live: int
    checks_due: int
    expired: int
    expiring: int


def registers_of(district_id: int, domain: Domain, day: date) -> list[Register]:
    """The domain's registers; one statement for all of them."""
    due, gone, soon = (
        Q(check_due_on__lte=day),
        Q(permit_until__lt=day),
        Q(permit_until__range=(day, day + SOON)),
    )
    rows = RegisteredObject.objects.filter(
        district_id=district_id, live=True, kind__in=[kind.key for kind in domain.registers]
    )
    counted: Any = (
        rows.order_by("kind")
        .values_list("kind")
        .annotate(
            n=Count("pk"),
            due=Count("pk", filter=due),
            gone=Count("pk", filter=gone),
            soon=Count("pk", filter=soon),
        )
    )
    found = {kind: numbers for kind, *numbers in counted}
    language = get_language() or "zh"
    return [
        Register(kind, kind.words(language), *found.get(kind.key, (0, 0, 0, 0))) for kind in domain.registers
    ]


@permitted("register.view")
def index(request: Request) -> HttpResponse:
    """The nine domains, each with its lead."""
    chinese = (get_language() or "zh").startswith("zh")
    rows = [
        (one, one.name if chinese else one.name_en, one.lead if chinese else one.lead_en) for one in DOMAINS
    ]
    return render(request, "domains/index.html", {"rows": rows})


@permitted("register.view")
def page(request: Request, key: str) -> HttpResponse:
    """The home of one domain."""
    domain, here, now, language = domain_of(key), district_of(request), clock.now(), get_language() or "zh"
    day = today(here.zone, now)
    balance = sheet(here.pk, domain.balance, language) if domain.balance else None
    facts = {
        "domain": domain, "name": domain.name if language.startswith("zh") else domain.name_en,
        "lead": domain.lead if language.startswith("zh") else domain.lead_en, "day": day,
        "registers": registers_of(here.pk, domain, day), "cases": _cases(request, domain),
        "rounds": Round.objects.filter(district=here, domain=key, state__in=WORKED)[:ROUNDS],
        "month": _month(here, domain, day), "running": _alarms(here.pk, domain, language),
        "alarms": [(one.key, one.words(language)) for one in domain.alarms],
        "sheet": balance,
        "unit": unit_words(balance.unit) if balance else "",
        "may_visit": "inspection.visit" in request.actor.permissions, "may_edit": "register.edit" in request.actor.permissions,
        "may_inspect": "inspection.view" in request.actor.permissions,
    }  # fmt: skip
    return render(request, "domains/domain.html", facts)


def _cases(request: Request, domain: Domain) -> list[tuple[str, Any, str]]:
    """Open and overdue cases with the address of their list; counted no further than the list counts."""
    if "case.view" not in request.actor.permissions:
        return []
    zone, now = district_of(request).zone, clock.now()
    asked = ((_("Open cases"), Filter(open=True, domain=(domain.key,))),
             (_("Overdue"), Filter(open=True, domain=(domain.key,), overdue=True)))  # fmt: skip
    return [(name, count(one, request.actor, zone, now=now), one.as_address()) for name, one in asked]


@dataclass(frozen=True, slots=True)
class Month:
    """Visits of the month so far: how many, with a failed item, measured again, cases opened."""

    visits: int
    failed: int
    excused: int
    rechecked: int
    cases: int


def _month(here: District, domain: Domain, day: date) -> Month:
    since = datetime.combine(day.replace(day=1), time(), ZoneInfo(here.zone))
    rows = Visit.objects.filter(district=here, domain=domain.key, visited_at__gte=since)
    said = rows.aggregate(
        visits=Count("pk", filter=Q(recheck_of=None)), failed=Count("pk", filter=Q(recheck_of=None, passed=False)),
        excused=Count("pk", filter=Q(excused=True)), rechecked=Count("pk", filter=Q(recheck_of__isnull=False)),
    )  # fmt: skip
    cases = Finding.objects.filter(visit__in=rows, case__isnull=False).values("case").distinct().count()
    return Month(**said, cases=cases)


def _alarms(district_id: int, domain: Domain, language: str) -> list[tuple[Any, str, str]]:
    words = declared()
    return [
        (one, words[one.alarm][1].words(language), _level(words[one.alarm][1].levels, one.level, language))
        for one in running(district_id, clock.now(), domain.key)
        if one.alarm in words
    ]


def _level(levels: Any, key: str, language: str) -> str:
    return next((word.words(language) for word in levels if word.key == key), key)


@permitted("register.view")
def demand(request: Request, key: str) -> HttpResponse:
    """Where a place to trade is missing; a question for the consultation, not a decision."""
    domain, here = domain_of(key), district_of(request)
    if domain.demand is None:
        raise Http404(key)
    name = domain.name if (get_language() or "zh").startswith("zh") else domain.name_en
    facts = {"domain": domain, "name": name, "wish": wish(here, domain.demand), "said": domain.demand,
             "may_edit": "register.edit" in request.actor.permissions}  # fmt: skip
    return render(request, "domains/demand.html", facts)
