"""Write a checked pack's places: district, areas, cells, streets, landmarks.

Loading is repeatable. Things are found again by their code; what the pack no longer holds
gets a last day, because cases may refer to it; nothing is deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django.db import models, transaction
from shapely.geometry.base import BaseGeometry

from chengzhi.places import geometry
from chengzhi.places.models import Area, AreaCode, Cell, District, Landmark, Origin, RoadKind, Street
from chengzhi.places.packfile import PACKS_DIR, Pack, pack_folders, read_pack
from chengzhi.places.roads import cell_road_kinds
from chengzhi.places.tables import AreaRow, StreetRow

__all__ = ["PACKS_DIR", "LoadedPlaces", "load_places", "pack_folders", "read_pack"]

_BATCH = 2000
_EMPTY = {"type": "GeometryCollection", "geometries": []}


@dataclass(frozen=True, slots=True)
class LoadedPlaces:
    """What was written, and what of the old stock was given a last day."""

    district: District
    counts: dict[str, int]
    ended: dict[str, int]


@transaction.atomic
def load_places(pack: Pack, *, on: datetime) -> LoadedPlaces:
    """Write the district and its places as of `on`; all or nothing."""
    district = _write_district(pack, on)
    today = on.astimezone(ZoneInfo(district.zone)).date()
    areas = _write_areas(pack, district, today)
    ended = {"areas": _end(Area, district, "code", [row.code for row in pack.areas], today)}
    ended["cells"] = _write_cells(pack, district, areas, today)
    ended["streets"] = _write_streets(pack, district, today)
    ended["landmarks"] = _write_landmarks(pack, district, today)
    counts = {
        "areas": len(pack.areas), "cells": len(pack.cells),
        "streets": len(pack.streets), "landmarks": len(pack.landmarks),
    }  # fmt: skip
    return LoadedPlaces(district, counts, ended)


def _write_district(pack: Pack, on: datetime) -> District:
    manifest = pack.manifest
    west, south, east, north = _extent(pack)
    before = District.objects.select_for_update().filter(slug=manifest.slug).first()
    settings = kept_settings(_held(before), _settings(pack))
    outline = geometry.rounded(pack.outline) if pack.outline is not None else None
    district, _ = District.objects.update_or_create(
        slug=manifest.slug,
        defaults={
            "code": manifest.code,
            "name": manifest.name,
            "name_en": manifest.name_en,
            "zone": manifest.zone,
            "code_set": manifest.code_set,
            "area_code_set": manifest.area_code_set,
            "simulated": manifest.simulated,
            "schematic": manifest.schematic,
            "public_map": settings["map"]["public"],
            "map_approval": settings["map"]["approval"],
            "case_prefix": manifest.case_number.prefix,
            "min_lon": west, "min_lat": south, "max_lon": east, "max_lat": north,
            "outline": geometry.as_geojson(outline) if outline is not None else _EMPTY,
            "not_geocoded": [[p.lon, p.lat, p.tolerance] for p in manifest.not_geocoded],
            "settings": settings,
            "pack_version": pack.version,
            "loaded_at": on,
        },
    )  # fmt: skip
    return district


def _extent(pack: Pack) -> tuple[float, float, float, float]:
    if pack.outline is not None:
        west, south, east, north = pack.outline.bounds
        return west, south, east, north
    assert pack.manifest.extent is not None  # read_pack refuses a pack with neither
    return pack.manifest.extent


def _settings(pack: Pack) -> dict[str, Any]:
    """The rest of the manifest, for those who read a district's habits, plus what was flagged."""
    kept = {
        "languages", "language", "area_code_sets", "case_number", "calendar", "cells", "origin",
        "sources", "expected_area_km2", "main_street_half_width_m", "crs", "map",
    }  # fmt: skip
    settings = pack.manifest.model_dump(mode="json", include=kept)
    return {**settings, "warnings": pack.warnings}


def _held(before: District | None) -> dict[str, Any]:
    """The settings as they stand, the map columns among them."""
    if before is None:
        return {}
    return {**before.settings, "map": {"public": before.public_map, "approval": before.map_approval}}


def kept_settings(held: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What the pack says now, over what is held, except where someone changed it on a page.

    `held["pack"]` is what the pack said last time: a value that differs from it is local.
    """
    last = held.get("pack", {})
    local = {
        key: value
        for key, value in held.items()
        if key != "pack" and (key not in said or (key in last and value != last[key]))
    }
    gone = set(last) - set(said)
    return {**said, **{k: v for k, v in local.items() if k not in gone}, "pack": said}


def _write_areas(pack: Pack, district: District, today: date) -> dict[str, Area]:
    written: dict[str, Area] = {}
    for level in ("street", "community"):
        rows = [row for row in pack.areas if row.level == level]
        new = [_area(pack, district, row, written) for row in rows]
        upsert(
            Area, new, ("district", "level", "code"),
            ("parent", "name", "name_en", "area_class", "origin", "outline", "valid_from", "valid_to"),
        )  # fmt: skip
        found = Area.objects.filter(district=district, level=level, valid_to=None)
        written.update({area.code: area for area in found})
    codes = [
        AreaCode(area=written[row.code], code_set=key, code=code)
        for row in pack.areas
        for key, code in row.codes.items()
    ]
    upsert(AreaCode, codes, ("area", "code_set"), ("code",))
    return written


def _area(pack: Pack, district: District, row: AreaRow, written: dict[str, Area]) -> Area:
    return Area(
        district=district,
        parent=written.get(row.parent),
        level=row.level,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        area_class=row.area_class,
        origin=pack.manifest.origin,
        outline=_area_outline(pack, row),
        valid_from=pack.manifest.valid_from,
        valid_to=None,
    )


def _area_outline(pack: Pack, row: AreaRow) -> dict[str, Any] | None:
    """Its own shape, or what its communities cover together."""
    shape: BaseGeometry | None = pack.shapes.get(row.code)
    if shape is None and not row.is_leaf:
        inner = [pack.shapes[r.code] for r in pack.areas if r.parent == row.code and r.code in pack.shapes]
        shape = shapely.union_all(inner) if inner else None
    return geometry.as_geojson(geometry.rounded(shape)) if shape is not None else None


def _write_cells(pack: Pack, district: District, areas: dict[str, Area], today: date) -> int:
    generated = pack.manifest.cells.source == "generate"
    origin = Origin.GENERATED if generated else Origin(pack.manifest.origin)
    kinds = cell_road_kinds([cell.shape for cell in pack.cells], _lines(pack.streets, pack.manifest.crs))
    new = [
        Cell(
            district=district,
            area=areas[cell.area_code],
            code=cell.code,
            outline=geometry.as_geojson(cell.shape),
            origin=origin,
            management_level=_level(pack, areas[cell.area_code]),
            road_kind=kind,
            valid_from=pack.manifest.valid_from,
            valid_to=None,
        )
        for cell, kind in zip(pack.cells, kinds, strict=True)
    ]
    upsert(
        Cell, new, ("district", "code"),
        ("area", "outline", "origin", "management_level", "road_kind", "valid_from", "valid_to"),
    )  # fmt: skip
    return _end(Cell, district, "code", [cell.code for cell in pack.cells], today)


def _level(pack: Pack, area: Area) -> str:
    said = pack.manifest.cells.management_level
    return str(area.area_class) if said == "class" else said


def _lines(streets: Sequence[StreetRow], crs: str) -> list[tuple[BaseGeometry, RoadKind]]:
    return [
        (geometry.from_crs(shapely.from_wkt(street.line), crs), RoadKind(street.road_kind))
        for street in streets
        if street.line
    ]


def _write_streets(pack: Pack, district: District, today: date) -> int:
    new = [_street(district, row, pack.manifest.crs) for row in pack.streets]
    upsert(Street, new, ("district", "name"), ("name_en", "road_kind", "line", "lon", "lat", "valid_to"))
    return _end(Street, district, "name", [row.name for row in pack.streets], today)


def _street(district: District, row: StreetRow, crs: str) -> Street:
    line = geometry.from_crs(shapely.from_wkt(row.line), crs) if row.line else None
    middle = line.interpolate(0.5, normalized=True) if line is not None else None
    lon, lat = (middle.x, middle.y) if middle is not None else _point(row.lon, row.lat, crs)
    return Street(
        district=district, name=row.name, name_en=row.name_en, road_kind=row.road_kind,
        line=geometry.as_geojson(geometry.rounded(line)) if line is not None else None,
        lon=lon, lat=lat, valid_to=None,
    )  # fmt: skip


def _point(lon: float | None, lat: float | None, crs: str) -> tuple[float | None, float | None]:
    return (None, None) if lon is None or lat is None else _moved(lon, lat, crs)


def _moved(lon: float, lat: float, crs: str) -> tuple[float, float]:
    x, y = shapely.get_coordinates(geometry.from_crs(shapely.Point(lon, lat), crs))[0]
    return float(x), float(y)


def _write_landmarks(pack: Pack, district: District, today: date) -> int:
    new = []
    for row in pack.landmarks:
        lon, lat = _moved(row.lon, row.lat, pack.manifest.crs)
        new.append(
            Landmark(district=district, name=row.name, name_en=row.name_en, kind=row.kind,
                     lon=lon, lat=lat, valid_to=None)
        )  # fmt: skip
    upsert(Landmark, new, ("district", "name"), ("name_en", "kind", "lon", "lat", "valid_to"))
    return _end(Landmark, district, "name", [row.name for row in pack.landmarks], today)


def upsert(
    model: type[models.Model],
    rows: list[Any],
    key: Iterable[str],
    values: Iterable[str],
) -> None:
    """Insert or update by key, in batches; an empty list is nothing to do."""
    if rows:
        model._default_manager.bulk_create(
            rows,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=list(key),
            update_fields=list(values),
        )


def _end(model: type[models.Model], district: District, key: str, kept: Sequence[str], today: date) -> int:
    """Give a last day to what the pack no longer holds; returns how many."""
    gone = model._default_manager.filter(district=district, valid_to=None)
    return gone.exclude(**{f"{key}__in": kept}).update(valid_to=today)
