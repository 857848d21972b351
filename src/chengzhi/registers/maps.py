"""The map layer of a register, filtered or not, and what stands nearest to a point."""

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from chengzhi.people.actor import Actor
from chengzhi.places.boxes import Box, place_condition, ranges
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.zorder import BITS
from chengzhi.registers.filters import Filter, condition, exactly, words_match
from chengzhi.registers.models import RegisteredObject

MOST_POINTS = 600  # more are counted: one by one they would only cover each other
SHAPES_FROM = 14.0  # from this zoom on lines and areas are drawn, not only their points
RINGS = (150.0, 600.0, 2_400.0, 10_000.0, 40_000.0)  # metres, searched one after the other

# Range by range, so that each is a walk of the covering index and no row is fetched.
_INSIDE = "WHERE o.lon BETWEEN %s AND %s AND o.lat BETWEEN %s AND %s"
_WALKED = f"""
FROM unnest(%s::bigint[], %s::bigint[]) AS r(low, high)
CROSS JOIN LATERAL ({{rows}} AND zkey BETWEEN r.low AND r.high) AS o {_INSIDE}
"""
_NEAREST = """
SELECT id, (lon - %(lon)s) * (lon - %(lon)s) * %(squeeze)s + (lat - %(lat)s) * (lat - %(lat)s) AS far
FROM registers_registeredobject
WHERE district_id = %(district)s AND kind = %(kind)s AND live AND {place} {states}
ORDER BY far, id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Places:
    """What a map shows: objects one by one, or, where they are too many, (lon, lat, count) of each square."""

    objects: tuple[RegisteredObject, ...] = ()
    clusters: tuple[tuple[float, float, int], ...] = ()


def places(
    asked: Filter, actor: Actor, bbox: Box, zoom: float, *, today: date = date.min, notice_days: int = 0
) -> Places:
    """The objects of a filter that stand in a box; at most MOST_POINTS one by one, else counted."""
    exact = exactly(asked, actor)
    if exact is not None:
        return _places(Q(pk=exact), bbox, zoom, walk=False)
    where = condition(asked, actor, today, notice_days) & words_match(asked.text)
    standing = asked.live or bool(asked.permit or asked.check)
    # Words have an index of their own; what has ended is in none of the map's.
    return _places(where, bbox, zoom, walk=bool(standing) and not asked.text)


def features(district_id: int, kinds: str | Collection[str], bbox: Box, zoom: float) -> bytes:
    """GeoJSON of what stands in a box: one by one, or clustered where there are more than MOST_POINTS.

    A single object has id, kind, number, name, state; a cluster has `count`.
    """
    wanted = Q(kind=kinds) if isinstance(kinds, str) else Q(kind__in=list(kinds))
    found = _places(wanted & Q(district_id=district_id, live=True), bbox, zoom, walk=True)
    shown = [_feature(one, zoom) for one in found.objects] + [_counted(one) for one in found.clusters]
    body = {"type": "FeatureCollection", "features": shown}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _places(where: Q, bbox: Box, zoom: float, *, walk: bool) -> Places:
    within, values = _walked(where, bbox) if walk else _looked_up(where, bbox)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT o.id {within} LIMIT {MOST_POINTS + 1:d}", values)
        ids = [int(row[0]) for row in cursor.fetchall()]
        if len(ids) > MOST_POINTS:
            shift = 2 * (BITS - min(max(round(zoom) + 3, 1), BITS))
            cursor.execute(
                f"SELECT avg(o.lon), avg(o.lat), count(*) {within} GROUP BY o.zkey >> {shift:d}", values
            )
            return Places(clusters=tuple(cursor.fetchall()))
    names = (
        "id",
        "kind",
        "number",
        "name",
        "state",
        "lon",
        "lat",
        *(("shape",) if zoom >= SHAPES_FROM else ()),
    )
    return Places(tuple(RegisteredObject.objects.filter(pk__in=ids).only(*names).order_by("pk")))


_FIELDS = ("id", "zkey", "lon", "lat")


def _walked(where: Q, bbox: Box) -> tuple[str, list[Any]]:
    """The FROM and WHERE of what a condition has in a box, as `o`; the map's index is walked."""
    rows = RegisteredObject.objects.filter(where, live=True).order_by().values(*_FIELDS)
    sql, params = rows.query.sql_with_params()
    spans = ranges(bbox, BITS)
    values = [[low for low, _high in spans], [high for _low, high in spans], *params]
    return _WALKED.format(rows=sql), [*values, *_sides(bbox)]


def _looked_up(where: Q, bbox: Box) -> tuple[str, list[Any]]:
    """The same by whatever other index serves the condition."""
    sql, params = RegisteredObject.objects.filter(where).order_by().values(*_FIELDS).query.sql_with_params()
    return f"FROM ({sql}) AS o {_INSIDE}", [*params, *_sides(bbox)]


def _sides(bbox: Box) -> tuple[float, float, float, float]:
    return bbox.west, bbox.east, bbox.south, bbox.north


def _feature(one: RegisteredObject, zoom: float) -> dict[str, Any]:
    facts = {"id": one.pk, "kind": one.kind, "number": one.number, "name": one.name, "state": one.state}
    drawn = one.shape if zoom >= SHAPES_FROM else None
    return {
        "type": "Feature", "properties": facts,
        "geometry": drawn or {"type": "Point", "coordinates": [one.lon, one.lat]},
    }  # fmt: skip


def _counted(square: Sequence[Any]) -> dict[str, Any]:
    lon, lat, count = square
    point = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "properties": {"count": count}, "geometry": point}


def nearest(
    district_id: int,
    kind: str,
    lon: float,
    lat: float,
    *,
    limit: int = 5,
    states: Collection[str] | None = None,
) -> list[tuple[RegisteredObject, float]]:
    """The objects of a kind nearest to a point, with their distance in metres, the nearest first.

    `states` narrows them; without, all that stand in the street count. Nothing beyond 40 km.
    """
    found: list[tuple[int, float]] = []
    for radius in RINGS:  # at most five questions; each ring is 16 times the last
        found = _ring(district_id, kind, (lon, lat), radius, limit, states)
        if len(found) == limit and found[-1][1] <= radius:
            break
    by_id = RegisteredObject.objects.defer("bigrams").in_bulk([number for number, _ in found])
    return [(by_id[number], metres) for number, metres in found if number in by_id]


def _ring(
    district_id: int, kind: str, point: tuple[float, float], radius: float, limit: int,
    states: Collection[str] | None,
) -> list[tuple[int, float]]:  # fmt: skip
    lon, lat = point
    squeeze = math.cos(math.radians(lat)) ** 2
    high = radius / METRES_PER_DEGREE
    wide = high / max(math.sqrt(squeeze), 1e-6)
    place = place_condition(Box(lon - wide, lat - high, lon + wide, lat + high))
    values: dict[str, Any] = {"district": district_id, "kind": kind, "lon": lon, "lat": lat,
                              "squeeze": squeeze, "limit": limit}  # fmt: skip
    narrowed = "AND state = ANY(%(states)s)" if states is not None else ""
    values |= {"states": list(states)} if states is not None else {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST.format(place=place, states=narrowed), values)
        return [(number, math.sqrt(far) * METRES_PER_DEGREE) for number, far in cursor.fetchall()]
