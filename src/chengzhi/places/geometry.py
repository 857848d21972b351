"""Polygons in degrees: areas in square metres, checks, GeoJSON in and out."""

import json
from collections.abc import Iterable
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from chengzhi.errors import Problem
from chengzhi.places import gcj02

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

DIGITS = 9  # of a degree: about 0.1 mm
METRES_PER_DEGREE = 111_320.0
_AXIS = 6378137.0
_E2 = 0.00669438002290


class InvalidGeometry(Problem):
    """A polygon that crosses itself, is open or empty."""

    code: ClassVar[str] = "invalid_geometry"
    status: ClassVar[int] = 422


def _authalic(sine: Floats) -> Floats:
    """q of the authalic latitude (Snyder, Map Projections, eq. 3-12)."""
    e = np.sqrt(_E2)
    ratio = np.log((1 - e * sine) / (1 + e * sine)) / (2 * e)
    return np.asarray((1 - _E2) * (sine / (1 - _E2 * sine * sine) - ratio))


def _equal_area(xy: Floats) -> Floats:
    x = _AXIS * np.radians(xy[:, 0])
    y = _AXIS * _authalic(np.sin(np.radians(xy[:, 1]))) / 2
    return np.column_stack([x, y])


def square_metres(geometries: Any) -> Floats:
    """Areas on the WGS-84 ellipsoid, by Lambert's cylindrical equal-area projection."""
    return np.asarray(shapely.area(shapely.transform(geometries, _equal_area)))


def square_kilometres(geometry: BaseGeometry) -> float:
    """The area of one polygon in km²."""
    return float(square_metres(geometry)) / 1e6


def read_geometry(mapping: dict[str, Any], where: str) -> BaseGeometry:
    """GeoJSON geometry, Feature or FeatureCollection (united) to one shape.

    Raises InvalidGeometry, with the reason and the place, when a ring crosses itself.
    """
    parts = [_shape(part, where) for part in _geometries(mapping)]
    for part in parts:
        check_valid(part, where)
    if not parts:
        raise InvalidGeometry(_("%(where)s holds no geometry.") % {"where": where}, cure=_("Give a Polygon."))
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _geometries(mapping: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if mapping.get("type") == "FeatureCollection":
        return [feature["geometry"] for feature in mapping["features"]]
    return [mapping["geometry"] if mapping.get("type") == "Feature" else mapping]


def _shape(mapping: dict[str, Any], where: str) -> BaseGeometry:
    try:
        return shapely.from_geojson(json.dumps(mapping))
    except shapely.errors.GEOSException as error:
        raise InvalidGeometry(
            _("%(where)s is not GeoJSON.") % {"where": where},
            str(error),
            _("Export it again as GeoJSON (RFC 7946)."),
        ) from error


def check_valid(geometry: BaseGeometry, where: str) -> None:
    """Refuse what point-in-polygon cannot answer truly."""
    if geometry.is_empty:
        raise InvalidGeometry(
            _("%(where)s is empty.") % {"where": where}, cure=_("Give a Polygon or MultiPolygon.")
        )
    if not shapely.is_valid(geometry):
        raise InvalidGeometry(
            _("The shape in %(where)s cannot be used.") % {"where": where},
            _("%(reason)s (longitude latitude).") % {"reason": shapely.is_valid_reason(geometry)},
            _("Mend the ring in a map program, or ask the source for a newer issue."),
        )


def from_crs(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """Bring loaded coordinates to WGS-84.

    CGCS2000 agrees with WGS-84 to some centimetres and is taken as it is; GCJ-02 is unshifted.
    """
    if crs != "gcj02":
        return geometry

    def unshift(xy: Floats) -> Floats:
        return np.column_stack(gcj02.to_wgs84(xy[:, 0], xy[:, 1]))

    return shapely.transform(geometry, unshift)


def rounded(geometries: Any) -> Any:
    """Coordinates to a grid of 0.1 mm, so that stored and computed shapes are the same."""
    return shapely.transform(geometries, lambda xy: np.round(xy, DIGITS))


def as_geojson(geometry: BaseGeometry) -> dict[str, Any]:
    """One shape as a GeoJSON mapping."""
    return cast(dict[str, Any], json.loads(shapely.to_geojson(geometry)))


def many_from_geojson(mappings: Iterable[Any]) -> Geometries:
    """Stored GeoJSON mappings to an array of shapes."""
    texts = [json.dumps(mapping) for mapping in mappings]
    return np.asarray(shapely.from_geojson(np.array(texts, dtype=object)))


def polygons_of(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The polygon parts of whatever an intersection left."""
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
