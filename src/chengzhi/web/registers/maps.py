"""Objects on the map: the points of a box, counted where they are many, and the rows beside it."""

import json
import math
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.places.boxes import Box, place_condition
from chengzhi.places.models import District
from chengzhi.places.words import bigrams
from chengzhi.registers import queries
from chengzhi.registers.filters import BadFilter, condition
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.maps import places
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.policies import policy
from chengzhi.web.access import Request
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today
from chengzhi.web.registers.asking import Asked
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.words import kind_name
from chengzhi.web.shell.wording import number

ROWS = 50
POINTS_ONLY = 13.0
"""Below this zoom the layer of a register draws points, never lines and areas: a marker has one place."""


def whole_box(district: District) -> Box:
    """The box of the whole district."""
    return Box(district.min_lon, district.min_lat, district.max_lon, district.max_lat)


def box_of(request: Request, district: District) -> Box:
    """The box in the address, else the whole district. Raises BadFilter."""
    said = request.GET.get("bbox", "")
    if not said:
        return whole_box(district)
    try:
        west, south, east, north = (float(one) for one in said.split(","))
    except ValueError:
        raise _no_box() from None
    west, south, east, north = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
    if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
        raise _no_box()
    return Box(west, south, east, north)


def _no_box() -> BadFilter:
    return BadFilter(
        _("This part of the map cannot be read."),
        _("A box is four numbers: west, south, east, north."),
        _("Open the map again."),
    )


def zoom_of(request: Request) -> float:
    """The zoom in the address; 12 when it is none."""
    try:
        zoom = float(request.GET.get("zoom", "12"))
    except ValueError:
        return 12.0
    return min(max(zoom, 0.0), 22.0) if math.isfinite(zoom) else 12.0


def features_in(request: Request, asked: Asked, box: Box, zoom: float) -> bytes:
    """GeoJSON points of a filter's objects inside a box."""
    plain = not asked.params
    here = district_of(request).pk
    found = layer_points(here, asked.kind.key, box, zoom) if plain else _filtered(request, asked, box, zoom)
    return collection(found)


def collection(found: list[dict[str, Any]]) -> bytes:
    """Features as a GeoJSON file."""
    body = {"type": "FeatureCollection", "features": found}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def layer_points(district_id: int, kind: str, box: Box, zoom: float) -> list[dict[str, Any]]:
    """All objects of one kind that stand in a box, as the map's circles take them."""
    raw = json.loads(queries.features(district_id, kind, box, min(zoom, POINTS_ONLY)))
    return [_worded(one, kind) for one in raw["features"]]


def _worded(feature: dict[str, Any], kind: str) -> dict[str, Any]:
    """With what a circle says: of one object its name and state, of many how many there are."""
    facts, declared = feature["properties"], kind_of(kind)
    if "number" in facts:
        said = _single(facts["number"], facts["name"], state_words(declared, facts["state"]))
    else:
        said = _many(facts["count"], kind_name(declared))
    return {**feature, "properties": said}


@cache
def _address_of(register_number: str) -> str:
    """The address of an object's page; looked up once, as a map asks for hundreds."""
    return reverse("registers:object", args=[register_number])


def _single(register_number: str, name: str, state: str) -> dict[str, Any]:
    url = _address_of("NUMBER").replace("NUMBER", register_number)
    return {"count": 1, "overdue": 0, "url": url, "label": f"{name} {register_number} {state}"}


def _many(count: int, name: str) -> dict[str, Any]:
    return {"count": count, "overdue": 0, "label": _("%(count)s × %(name)s. Look closer.") % {
        "count": number(count), "name": name}}  # fmt: skip


def _within(request: Request, asked: Asked, box: Box) -> "QuerySet[RegisteredObject]":
    here, now = district_of(request), clock.now()
    notice = int(policy(here.pk, "registers/expiring_days", now))
    where = condition(asked.filter, request.actor, today(here.zone, now), notice)
    rows = RegisteredObject.objects.filter(where, _words(asked))
    return rows.extra(where=[place_condition(box)])  # noqa: S610 -- numbers only


def _words(asked: Asked) -> Q:
    text = asked.filter.text
    wanted = bigrams(text)
    exact = Q(number=text.upper()) | Q(component_code=text)
    return (exact | Q(bigrams__contains=wanted)) if wanted else exact if text else Q()


def _filtered(request: Request, asked: Asked, box: Box, zoom: float) -> list[dict[str, Any]]:
    here, now = district_of(request), clock.now()
    notice = int(policy(here.pk, "registers/expiring_days", now))
    found = places(asked.filter, request.actor, box, zoom, today=today(here.zone, now), notice_days=notice)
    counted = [_feature(lon, lat, _many(count, kind_name(asked.kind))) for lon, lat, count in found.clusters]
    return [*(_point(one, asked) for one in found.objects), *counted]


def _point(thing: RegisteredObject, asked: Asked) -> dict[str, Any]:
    said = _single(thing.number, thing.name, state_words(asked.kind, thing.state))
    return _feature(thing.lon, thing.lat, said)


def _feature(lon: Any, lat: Any, facts: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [round(float(lon), 6), round(float(lat), 6)]}
    return {"type": "Feature", "geometry": place, "properties": facts}


def lines_in(request: Request, asked: Asked, box: Box) -> dict[str, Any]:
    """The rows beside the map."""
    rows = _within(request, asked, box).only("number", "name", "state", "address", "kind")
    found = list(rows.order_by("id")[: ROWS + 1])
    lines = [{"thing": one, "state": state_words(asked.kind, one.state)} for one in found[:ROWS]]
    return {"lines": lines, "more": len(found) > ROWS, "shown": ROWS}
