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
    """A GeoJSON geometry (mapping or text) of the sort the kind has; None for none. Raises BadShape."""
    if said is None or said == "":
        return None
    try:
        shape = shapely.from_geojson(said if isinstance(said, str) else json.dumps(said))
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise _bad(_("It is not GeoJSON."), str(error)[:200]) from error
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
        middle = shape.representative_point() if shape.geom_type != "LineString" else shape.interpolate(
            0.5, normalized=True
        )  # fmt: skip
        lon, lat = middle.x, middle.y
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
        "shape": _mapping(shape) if shape is not None and shape.geom_type != "Point" else None,
    }  # fmt: skip


def _mapping(shape: BaseGeometry) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return said


def other_flags(flags: list[str]) -> list[str]:
    """The flags that tell of something else than the place."""
    return [flag for flag in flags if flag not in PLACE_FLAGS]
