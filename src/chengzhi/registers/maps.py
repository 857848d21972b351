"""The map layer of a register, and what stands nearest to a point."""

import json
import math
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from chengzhi.places.boxes import Box, place_condition, ranges
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.zorder import BITS
from chengzhi.registers.models import RegisteredObject

MOST_POINTS = 1_000
SHAPES_FROM = 14.0  # from this zoom on lines and areas are drawn, not only their points
RINGS = (150.0, 600.0, 2_400.0, 10_000.0, 40_000.0)  # metres, searched one after the other

_POINTS = """
SELECT id, kind, number, name, state, lon, lat, {shape}
FROM registers_registeredobject
WHERE district_id = %(district)s AND kind = ANY(%(kinds)s) AND live AND {place}
LIMIT %(most)s
"""
# Range by range, so that each is a walk of the covering index and no row is fetched.
_CLUSTERS = """
SELECT avg(o.lon), avg(o.lat), count(*)
FROM unnest(%(kinds)s::text[]) AS k(kind)
CROSS JOIN unnest(%(lows)s::bigint[], %(highs)s::bigint[]) AS r(low, high)
CROSS JOIN LATERAL (
  SELECT zkey, lon, lat FROM registers_registeredobject
  WHERE district_id = %(district)s AND kind = k.kind COLLATE "C" AND live
    AND zkey BETWEEN r.low AND r.high
) AS o
WHERE o.lon BETWEEN %(west)s AND %(east)s AND o.lat BETWEEN %(south)s AND %(north)s
GROUP BY o.zkey >> %(shift)s
"""
_NEAREST = """
SELECT id, (lon - %(lon)s) * (lon - %(lon)s) * %(squeeze)s + (lat - %(lat)s) * (lat - %(lat)s) AS far
FROM registers_registeredobject
WHERE district_id = %(district)s AND kind = %(kind)s AND live AND {place} {states}
ORDER BY far, id LIMIT %(limit)s
"""


def features(district_id: int, kinds: str | Collection[str], bbox: Box, zoom: float) -> bytes:
    """GeoJSON of what stands in a box: one by one, or clustered where there are more than MOST_POINTS.

    A single object has id, kind, number, name, state; a cluster has `count`.
    """
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    shape = "shape" if zoom >= SHAPES_FROM else "NULL"
    sql = _POINTS.format(shape=shape, place=place_condition(bbox))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"district": district_id, "kinds": wanted, "most": MOST_POINTS + 1})
        rows = cursor.fetchall()
    found = [_feature(row) for row in rows] if len(rows) <= MOST_POINTS else _clusters(
        district_id, wanted, bbox, zoom
    )  # fmt: skip
    body = {"type": "FeatureCollection", "features": found}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(row: Sequence[Any]) -> dict[str, Any]:
    number, kind, code, name, state, lon, lat, shape = row
    facts = {"id": number, "kind": kind, "number": code, "name": name, "state": state}
    drawn = json.loads(shape) if isinstance(shape, str) else shape
    return {
        "type": "Feature", "properties": facts,
        "geometry": drawn or {"type": "Point", "coordinates": [lon, lat]},
    }  # fmt: skip


def _clusters(district_id: int, kinds: list[str], bbox: Box, zoom: float) -> list[dict[str, Any]]:
    level = min(max(round(zoom) + 3, 1), BITS)
    spans = ranges(bbox, BITS)
    values: dict[str, Any] = {
        "district": district_id, "kinds": kinds, "lows": [low for low, _ in spans],
        "highs": [high for _, high in spans], "shift": 2 * (BITS - level),
        "west": bbox.west, "east": bbox.east, "south": bbox.south, "north": bbox.north,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CLUSTERS, values)
        return [
            {
                "type": "Feature", "properties": {"count": count},
                "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
            }
            for lon, lat, count in cursor.fetchall()
        ]  # fmt: skip


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
