"""Shapes of a district for maps: GeoJSON as bytes, cached per pack version, with validators."""

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from chengzhi.places.index import place_index
from chengzhi.places.models import Area, Cell, District, Landmark, RoadKind, Street

BBox = tuple[float, float, float, float]
LAYERS = ("outline", "areas", "cells", "streets", "landmarks")
_GRID = 64  # parts of the district's extent to which a box is widened, so that answers repeat


def etag(district_id: int, *what: object) -> str:
    """A strong validator of a layer: changes with the pack version and with the question.

    Raises UnknownDistrict.
    """
    version = place_index(district_id).version
    return '"' + "-".join([str(district_id), version, *map(str, what)]).replace('"', "") + '"'


def outline(district_id: int) -> bytes:
    """The outline as a FeatureCollection of one feature (none where the pack has no outline)."""
    return _outline(district_id, place_index(district_id).version)


def areas(district_id: int, level: str) -> bytes:
    """Areas of a level ("street", "community") with code, names, class and origin.

    An area without a shape is listed with geometry null.
    """
    return _areas(district_id, place_index(district_id).version, Area.Level(level).value)


def cells(district_id: int, bbox: BBox | None = None) -> bytes:
    """Cells that touch a box (west, south, east, north), widened to a grid; all without one."""
    return _boxed(_cells, district_id, bbox)


def streets(district_id: int, bbox: BBox | None = None) -> bytes:
    """Named streets whose line or point touches a box, with their road kind."""
    return _boxed(_streets, district_id, bbox)


def landmarks(district_id: int) -> bytes:
    """Landmarks as points."""
    return _landmarks(district_id, place_index(district_id).version)


def _boxed(read: Callable[[int, str, BBox | None], bytes], district_id: int, bbox: BBox | None) -> bytes:
    index = place_index(district_id)
    return read(district_id, index.version, _widened(district_id, index.version, bbox) if bbox else None)


@lru_cache(maxsize=64)
def _extent(district_id: int, version: str) -> BBox:
    district = District.objects.get(pk=district_id)
    return (district.min_lon, district.min_lat, district.max_lon, district.max_lat)


def _widened(district_id: int, version: str, bbox: BBox) -> BBox:
    """The box on the grid, clipped to the district: the cache then holds few different boxes."""
    west, south, east, north = _extent(district_id, version)
    step_x, step_y = (east - west) / _GRID or 1.0, (north - south) / _GRID or 1.0
    return (
        west + max((bbox[0] - west) // step_x, -1) * step_x,
        south + max((bbox[1] - south) // step_y, -1) * step_y,
        west + min((bbox[2] - west) // step_x + 1, _GRID + 1) * step_x,
        south + min((bbox[3] - south) // step_y + 1, _GRID + 1) * step_y,
    )


@lru_cache(maxsize=16)
def _outline(district_id: int, version: str) -> bytes:
    district = District.objects.get(pk=district_id)
    known = district.outline.get("coordinates")
    properties = {
        "name": district.name, "name_en": district.name_en, "schematic": district.schematic,
        "origin": district.settings.get("origin", ""),
    }  # fmt: skip
    return _collection([_feature(district.pk, district.outline, properties)] if known else [])


@lru_cache(maxsize=32)
def _areas(district_id: int, version: str, level: str) -> bytes:
    rows = Area.objects.filter(district_id=district_id, level=level, valid_to=None).order_by("code")
    return _collection(
        _feature(area.pk, area.outline, {
            "code": area.code, "name": area.name, "name_en": area.name_en,
            "class": area.area_class, "origin": area.origin, "parent": area.parent_id,
        })
        for area in rows
    )  # fmt: skip


@lru_cache(maxsize=128)
def _cells(district_id: int, version: str, bbox: BBox | None) -> bytes:
    rows = Cell.objects.filter(district_id=district_id, valid_to=None).order_by("code")
    return _collection(
        _feature(cell.pk, cell.outline, {
            "code": cell.code, "area": cell.area_id, "origin": cell.origin,
            "road_kind": cell.road_kind, "level": cell.management_level,
        })
        for cell in rows
        if bbox is None or _touches(cell.outline, bbox)
    )  # fmt: skip


@lru_cache(maxsize=128)
def _streets(district_id: int, version: str, bbox: BBox | None) -> bytes:
    rows = Street.objects.filter(district_id=district_id, valid_to=None).order_by("name")
    shaped = ((street, street.line or _point(street.lon, street.lat)) for street in rows)
    return _collection(
        _feature(street.pk, shape, {
            "name": street.name, "name_en": street.name_en,
            "road_kind": RoadKind(street.road_kind).value,
        })
        for street, shape in shaped
        if shape is not None and (bbox is None or _touches(shape, bbox))
    )  # fmt: skip


@lru_cache(maxsize=16)
def _landmarks(district_id: int, version: str) -> bytes:
    rows = Landmark.objects.filter(district_id=district_id, valid_to=None)
    return _collection(
        _feature(row.pk, _point(row.lon, row.lat), {
            "name": row.name, "name_en": row.name_en, "kind": row.kind,
        })
        for row in rows
    )  # fmt: skip


def _point(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


def _touches(mapping: dict[str, Any], bbox: BBox) -> bool:
    """Whether the extent of a GeoJSON geometry meets a box."""
    flat: list[Any] = [mapping["coordinates"]]
    lons: list[float] = []
    lats: list[float] = []
    while flat:
        part = flat.pop()
        if isinstance(part[0], (int, float)):
            lons.append(part[0])
            lats.append(part[1])
        else:
            flat += part
    west, south, east, north = bbox
    return min(lons) <= east and max(lons) >= west and min(lats) <= north and max(lats) >= south


def _feature(number: int, shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": number, "geometry": shape, "properties": properties}


def _collection(features: Iterable[dict[str, Any]]) -> bytes:
    body = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
