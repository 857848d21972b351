"""Open now, nearest, barrier-free: a list for anybody of the kinds that declare hours."""

import math
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.ledger.models import Entry
from chengzhi.registers.kinds import kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.open_now import choices, standing
from chengzhi.web.access import public
from chengzhi.web.public.districts import address, district_of_page, page

SHOWN = 60
PLACES = 3  # decimals of a degree, about 100 m: enough for "nearest", too little to follow anybody


@public
@require_GET
def listing(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
    """The list. `lon` and `lat` sort by distance and are kept nowhere."""
    found = kinds().get(kind)
    if found is None or found.hours is None or found.sensitive or not found.public:
        raise Http404(kind)
    district, language = district_of_page(request, slug), get_language() or "zh"
    asked = frozenset(one.key for one in choices(found) if request.GET.get(one.key) == "1")
    only_open, near = request.GET.get("open") == "1", _near(request)
    rows = standing(district, found, on=clock.now(), near=near, asked=asked, only_open=only_open)[:SHOWN]
    instead = _alternatives([one.object for one in rows])
    facts: dict[str, Any] = {
        "district": district, "name": found.words(language), "kind": found, "only_open": only_open, "near": near,
        "rows": [(one, _facts(found, one.object, language), instead.get(one.object.pk)) for one in rows],
        "choices": [(one, one.words(language), one.key in asked) for one in choices(found)],
        "report": address("report", district), "slug": slug,
    }  # fmt: skip
    return page(request, "party/nearby.html", facts)


def _near(request: HttpRequest) -> tuple[float, float] | None:
    try:
        lon, lat = (round(float(request.GET[name]), PLACES) for name in ("lon", "lat"))
    except (KeyError, ValueError, OverflowError):
        return None
    fits = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
    return (lon, lat) if fits else None


def _facts(kind: Any, thing: RegisteredObject, language: str) -> str:
    """Its hours and the public yes/no facts it has, in words."""
    hours = "–".join(str(thing.facts.get(key, "?")) for key in kind.hours)
    return " · ".join([hours, *(one.words(language) for one in choices(kind) if thing.facts.get(one.key))])


def _alternatives(rows: list[RegisteredObject]) -> dict[int, str]:
    """For planned closures: the number and name of what the closure named in its place."""
    closed = [row.pk for row in rows if row.state == "closed"]
    if not closed:
        return {}
    entries = Entry.objects.filter(thing="object", thing_id__in=closed, step="close").order_by("id")
    named = {entry.thing_id: entry.facts.get("notes", {}).get("alternative") for entry in entries}
    things = {
        one.number: one for one in RegisteredObject.objects.filter(number__in=filter(None, named.values()))
    }
    return {pk: things[number].name for pk, number in named.items() if number in things}
