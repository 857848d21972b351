"""The map: counts at any zoom, the same rows beside it, every filter of it an address."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.cases import tiles
from chengzhi.cases.clocks import lamp
from chengzhi.cases.filters import BadFilter, Named, condition, named, narrow_units
from chengzhi.cases.models import OPEN, Case, CaseType
from chengzhi.cases.tiles import MOST_POINTS, POINTS_FROM, Box, level_of, place_condition
from chengzhi.places.models import District
from chengzhi.places.zorder import BITS
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import name_of, state_words, today

ROWS = 50
PLAIN = "open"
"""The filter whose counts the tiles hold."""


@dataclass(frozen=True)
class Asked:
    """What one look at the map asks for: which cases, in which box, at which zoom."""

    district: District
    named: Named
    box: Box
    zoom: float
    now: datetime


def filters(district: District, now: datetime) -> list[Named]:
    """The named filters of open cases: what has ended is in the work list, not on the map."""
    return [one for one in named(today(district.zone, now)) if one.asked.open]


def _asked(request: Request) -> Asked:
    district, now = district_of(request), clock.now()
    known = {one.key: one for one in filters(district, now)}
    chosen = known.get(request.GET.get("filter", PLAIN)) or known[PLAIN]
    return Asked(district, chosen, _box(request, district), _zoom(request), now)


def _box(request: Request, district: District) -> Box:
    said = request.GET.get("bbox", "")
    if not said:
        return Box(district.min_lon, district.min_lat, district.max_lon, district.max_lat)
    try:
        west, south, east, north = (float(one) for one in said.split(","))
    except ValueError:
        raise _no_box() from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise _no_box()
    inside = (max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))
    if inside[0] > inside[2] or inside[1] > inside[3]:
        raise _no_box()
    return Box(*inside)


def _no_box() -> BadFilter:
    return BadFilter(
        _("This part of the map cannot be read."),
        _("A box is four numbers: west, south, east, north."),
        _("Open the map again."),
    )


def _zoom(request: Request) -> float:
    try:
        zoom = float(request.GET.get("zoom", "12"))
    except ValueError:
        return 12.0
    return min(max(zoom, 0.0), 22.0) if math.isfinite(zoom) else 12.0


@permitted("case.view")
@require_GET
def page(request: Request) -> HttpResponse:
    """The map with the list of its rows."""
    asked = _asked(request)
    facts = {
        "filters": filters(asked.district, asked.now), "chosen": asked.named,
        **_rows(request, asked),
    }  # fmt: skip
    return render(request, "desk_case/map.html", facts)


@permitted("case.view")
@require_GET
def clusters(request: Request) -> JsonResponse:
    """Counts, or from zoom 15 on single cases where they are few, inside the box, as GeoJSON points."""
    asked = _asked(request)
    features = _points(request, asked) if asked.zoom >= POINTS_FROM else None
    if features is None:
        features = [_group(one) for one in _groups(request, asked)]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


def _in_box(request: Request, asked: Asked) -> "QuerySet[Case]":
    where = condition(asked.named.asked, request.actor, asked.district.zone, asked.now) & OPEN
    return Case.objects.filter(where).extra(where=[place_condition(asked.box)])  # noqa: S610


def _groups(request: Request, asked: Asked) -> list[dict[str, Any]]:
    whole = narrow_units(request.actor) is None and asked.named.key == PLAIN
    return tiles.clusters(asked.district.pk, asked.box, asked.zoom) if whole else _counted(request, asked)


def _counted(request: Request, asked: Asked) -> list[dict[str, Any]]:
    """Counted from the cases themselves: for a part of them only, the tiles know nothing of it."""
    shift = 2 * (BITS - level_of(asked.zoom))
    late = Count("id", filter=Q(stage_due_at__lt=asked.now))
    rows = _in_box(request, asked).annotate(tile=RawSQL("zkey >> %s", [shift])).values("tile")
    found = rows.annotate(count=Count("id"), overdue=late, x=Avg("lon"), y=Avg("lat")).order_by("tile")
    return [{"lon": r["x"], "lat": r["y"], "count": r["count"], "overdue": r["overdue"]} for r in found]


def _points(request: Request, asked: Asked) -> list[dict[str, Any]] | None:
    """Single cases; None where there are more than a map can show one by one."""
    found = list(_in_box(request, asked).order_by().values_list("pk", flat=True)[: MOST_POINTS + 1])
    if len(found) > MOST_POINTS:
        return None
    rows = Case.objects.filter(pk__in=found).order_by("id").values_list(*_SHOWN, named=True)
    types = {one.pk: name_of(one) for one in CaseType.objects.filter(pk__in={row.type_id for row in rows})}
    page = reverse("desk:case", args=("-",))
    words = {state: state_words(state) for state in {row.state for row in rows}}
    late = _("Overdue")
    return [
        _point(
            row,
            page.replace("/-/", f"/{quote(row.number)}/"),
            f"{types.get(row.type_id, '—')} {words[row.state]}",
            late,
            asked.now,
        )
        for row in rows
    ]


_SHOWN = ("number", "state", "stage_due_at", "stage_warn_at", "lon", "lat", "type_id")


def _point(row: Any, url: str, said: str, overdue: str, now: datetime) -> dict[str, Any]:
    late = lamp(row, now) == "red"
    label = f"{row.number} {said} {overdue}" if late else f"{row.number} {said}"
    return _feature(row.lon, row.lat, {"count": 1, "overdue": int(late), "url": url, "label": label})


def _group(one: dict[str, Any]) -> dict[str, Any]:
    return _feature(one["lon"], one["lat"], {"count": one["count"], "overdue": one["overdue"]})


def _feature(lon: Any, lat: Any, facts: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(float(lon), 6), round(float(lat), 6)]}
    return {"type": "Feature", "geometry": point, "properties": facts}


@permitted("case.view")
@require_GET
def rows(request: Request) -> HttpResponse:
    """The list beside the map: the rows of the same box and filter."""
    return render(request, "desk_case/_map_rows.html", _rows(request, _asked(request)))


def _rows(request: Request, asked: Asked) -> dict[str, Any]:
    found = _in_box(request, asked).select_related("type", "unit").defer("bigrams", "due_why", "text")
    ordered = list(found.order_by(F("stage_due_at").asc(nulls_last=True), "id")[: ROWS + 1])
    lines = [
        {
            "case": case,
            "lamp": lamp(case, asked.now),
            "state": state_words(case.state),
            "type": name_of(case.type),
        }
        for case in ordered[:ROWS]
    ]
    return {"lines": lines, "more": len(ordered) > ROWS, "shown": ROWS}
