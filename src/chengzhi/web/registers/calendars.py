"""The calendars of permits that end and of checks that are due, by month, as list, as file."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.registers import kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today
from chengzhi.web.registers import days
from chengzhi.web.registers.words import kind_name
from chengzhi.web.shell import ics, wording

TITLES = {"permits": gettext_lazy("Permits that end"), "checks": gettext_lazy("Checks that are due")}
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


@permitted("register.view")
@require_GET
def page(request: Request, what: str) -> HttpResponse:
    """One month."""
    first, kind, here = _asked(request, what)
    span = days.span_of(first)
    found = days.falling(here.pk, what, *span, kind)
    listed = _listed(found, what, first)
    facts = {
        "what": what, "title": TITLES[what], "titles": TITLES, "first": first, "kind": kind,
        "month": month_words(first), "weeks": days.weeks(first, found, what), "weekdays": WEEKDAYS,
        "listed": listed, "count": sum(len(things) for _day, things in listed),
        "before": f"{days.before(first):%Y-%m}", "after": f"{days.after(first):%Y-%m}",
        "today": today(here.zone, clock.now()), "capped": len(found) == days.MOST,
        "kinds": [(key, kind_name(one)) for key, one in kinds.kinds().items() if _has(what, one)],
    }  # fmt: skip
    return render(request, "registers/calendar.html", facts)


def _has(what: str, kind: Any) -> bool:
    return bool(kind.permit if what == "permits" else kind.checklists)


def _asked(request: Request, what: str) -> tuple[date, str, Any]:
    if what not in days.WHAT:
        raise Http404(what)
    here = district_of(request)
    kind = request.GET.get("kind", "")
    if kind and kind not in kinds.kinds():
        raise Http404(kind)
    return days.month_of(request.GET.get("month", ""), today(here.zone, clock.now())), kind, here


def _listed(found: list[RegisteredObject], what: str, first: date) -> list[tuple[date, list[Any]]]:
    """The month as a list: days that have something, with their objects and what kind they are."""
    known = kinds.kinds()
    by_day: dict[date, list[Any]] = {}
    for thing in found:
        day = getattr(thing, days.WHAT[what])
        if (day.year, day.month) == (first.year, first.month):
            by_day.setdefault(day, []).append((thing, kind_name(known[thing.kind])))
    return list(by_day.items())


def month_words(first: date) -> str:
    """“2026年4月”, “April 2026”."""
    if wording.chinese():
        return f"{first.year}年{first.month}月"
    return f"{wording.MONTHS_EN[first.month - 1]} {first.year}"


@permitted("register.view")
@require_GET
def download(request: Request, what: str) -> HttpResponse:
    """The coming twelve months as a calendar file."""
    _first, kind, here = _asked(request, what)
    now = clock.now()
    start = today(here.zone, now)
    end = date(start.year + 1, start.month, 1)
    found = days.falling(here.pk, what, start, end, kind)
    events = [_event(request, one, what, here) for one in found]
    file = ics.calendar_file(events, name=f"{here.name} {TITLES[what]}", on=now)
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="chengzhi-{what}-{start}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _event(request: Request, thing: RegisteredObject, what: str, here: Any) -> ics.Event:
    name = kind_name(kinds.kind(thing.kind))
    words = _("Permit ends: %(name)s") if what == "permits" else _("Check due: %(name)s")
    return ics.Event(
        uid=f"{what}-{thing.pk}@{here.slug}.chengzhi",
        day=getattr(thing, days.WHAT[what]),
        summary=words % {"name": thing.name},
        description=f"{name} {thing.number}",
        location=thing.address,
        url=request.build_absolute_uri(reverse("registers:object", args=[thing.number])),
    )
