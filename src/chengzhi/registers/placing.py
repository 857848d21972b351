"""Where an object lies: its point, line or area, and what follows from it."""

import json
import math
from typing import Any, ClassVar

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from chengzhi.domains.kinds import Kind, PlaceKind
from chengzhi.errors import Problem
from chengzhi.places.placement import PLACE_FLAGS, demand_placeable, locate

MOST_VERTICES = 5_000
_TYPES: dict[PlaceKind, tuple[str, ...]] = {
    "point": ("Point",),
    "line": ("LineString", "MultiLineString"),
    "area": ("Polygon", "MultiPolygon"),
    "body": ("Point", "Polygon", "MultiPolygon"),
}


class BadShape(Problem):
    """A line or area that cannot be drawn, or is of the wrong sort for the kind."""

    code: ClassVar[str] = "registers.bad_shape"
    status: ClassVar[int] = 422


def read_shape(kind: Kind, said: Any) -> BaseGeometry | None:
    """A geometry of the sort the kind has: GeoJSON (mapping or text) or WKT, in WGS 84; None for none.

    Raises BadShape.
    """
    if said is None or said == "":
        return None
    text = said if isinstance(said, str) else json.dumps(said)
    try:
        shape = shapely.from_geojson(text) if text.lstrip()[:1] == "{" else shapely.from_wkt(text)
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise _bad(_("It is neither GeoJSON nor WKT."), str(error)[:200]) from error
    if shape is None or shape.geom_type not in _TYPES[kind.place]:
        known = ", ".join(_TYPES[kind.place])
        raise _bad(_("This register wants: %(known)s.") % {"known": known})
    return _checked(shape)


def _checked(shape: BaseGeometry) -> BaseGeometry:
    if shape.is_empty or not math.isfinite(sum(shape.bounds)):
        raise _bad(_("It is empty."))
    west, south, east, north = shape.bounds
    if west < -180 or south < -90 or east > 180 or north > 90:
        raise _bad(_("It reaches beyond the earth: longitude comes first."))
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise _bad(_("It has more than %(most)s vertices.") % {"most": MOST_VERTICES})
    if not shapely.is_valid(shape):
        raise _bad(shapely.is_valid_reason(shape))
    return shape


def _bad(why: str, more: str = "") -> BadShape:
    return BadShape(
        _("This shape cannot be used."), f"{why} {more}".strip(), _("Draw it again, or leave it out.")
    )


def placed(
    district_id: int, lon: float | None, lat: float | None, shape: BaseGeometry | None, *, strict: bool
) -> dict[str, Any]:
    """The fields of a place: point (of the shape where none is given), areas, key, flags of the place.

    With `strict` somebody can still correct it: impossible and exchanged coordinates are refused
    (BadCoordinates, SwappedCoordinates); without, everything is kept and flagged.
    """
    if (lon is None or lat is None) and shape is not None:
        lon, lat = middle_of(shape)
    known = lon is not None and lat is not None
    found = (
        demand_placeable(district_id, lon, lat)
        if strict and lon is not None and lat is not None
        else locate(district_id, lon, lat)
    )
    return {
        "lon": lon if known else None, "lat": lat if known else None, "zkey": found.zkey,
        "cell_id": found.cell_id, "area_id": found.area_id, "street_area_id": found.street_area_id,
        "road_kind": found.road_kind, "flags": sorted(found.flags),
        "shape": drawn(shape),
    }  # fmt: skip


def middle_of(shape: BaseGeometry) -> tuple[float, float]:
    """The point that stands for a shape: half-way along a line, inside an area."""
    along = shape.geom_type == "LineString"
    point = shape.interpolate(0.5, normalized=True) if along else shape.representative_point()
    return point.x, point.y


def drawn(shape: BaseGeometry | None) -> dict[str, Any] | None:
    """A line or area as it is kept, a GeoJSON mapping; None for a point, which is kept as one."""
    if shape is None or shape.geom_type == "Point":
        return None
    said: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return said


def as_wkt(said: dict[str, Any] | None) -> str:
    """A kept line or area as WKT to the centimetre, for tables and forms; "" for none."""
    if said is None:
        return ""
    return str(shapely.to_wkt(shapely.from_geojson(json.dumps(said)), rounding_precision=7))


def other_flags(flags: list[str]) -> list[str]:
    """The flags that tell of something else than the place."""
    return [flag for flag in flags if flag not in PLACE_FLAGS]
