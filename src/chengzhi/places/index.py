"""What one process keeps in memory of a district: trees over cells and outline, names, ids.

Built once per (district, pack version). A process looks at the stored version at most every
`RECHECK_SECONDS`, so that a pack loaded by another process is noticed.
"""

import time
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from chengzhi.errors import Problem
from chengzhi.places import geometry
from chengzhi.places.geometry import Geometries
from chengzhi.places.models import Area, Cell, District, RoadKind, Street
from chengzhi.places.roads import Line, corridors

Ints = npt.NDArray[np.int64]
Facts = tuple[int | None, int | None, int | None, str]  # cell, area, street area, road kind
RECHECK_SECONDS = 2.0
ROAD_KINDS = (RoadKind.UNKNOWN, RoadKind.MAIN, RoadKind.BACK)


class UnknownDistrict(Problem):
    """No district has this number."""

    code: ClassVar[str] = "unknown_district"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class PlaceIndex:
    """Arrays per cell (in the order of its code) and a tree over the pieces of the cells.

    `cell_points` is one point on each cell, as rows of lon, lat. `piece_facts` repeats the arrays as plain values, for single points.

    `piece_cell[i]` is the cell of piece i, `piece_road[i]` an index into ROAD_KINDS. Leaf
    areas without cells stand in as their own pieces (`cell_ids` 0).
    """

    district_id: int
    version: str
    tree: shapely.STRtree
    piece_cell: Ints
    piece_road: npt.NDArray[np.int8]
    cell_ids: Ints
    cell_codes: list[str]
    cell_areas: Ints
    cell_streets: Ints
    cell_points: npt.NDArray[np.float64]
    piece_facts: list[Facts]
    outline: BaseGeometry
    defaults: tuple[tuple[float, float, float], ...]

    @property
    def has_outline(self) -> bool:
        """Whether "outside" can be told at all."""
        return not self.outline.is_empty


_CACHE: dict[int, tuple[float, PlaceIndex]] = {}
_LOCK = Lock()


def place_index(district_id: int) -> PlaceIndex:
    """The index of a district, rebuilt when its pack version has changed.

    Raises UnknownDistrict.
    """
    held = _CACHE.get(district_id)
    if held is not None and time.monotonic() - held[0] < RECHECK_SECONDS:
        return held[1]
    with _LOCK:
        return _refresh(district_id)


def forget() -> None:
    """Drop what this process holds; the next call reads the database."""
    _CACHE.clear()


def current_version(district_id: int) -> str:
    """The stored pack version. Raises UnknownDistrict."""
    version = District.objects.filter(pk=district_id).values_list("pack_version", flat=True).first()
    if version is None:
        raise UnknownDistrict(
            _("There is no district %(number)s.") % {"number": district_id},
            cure=_("Load its pack: chengzhi pack load PATH."),
        )
    return version


def _refresh(district_id: int) -> PlaceIndex:
    version = current_version(district_id)
    held = _CACHE.get(district_id)
    index = held[1] if held and held[1].version == version else build(district_id, version)
    _CACHE[district_id] = (time.monotonic(), index)
    return index


def build(district_id: int, version: str) -> PlaceIndex:
    """Read cells, areas and streets and build the trees."""
    district = District.objects.get(pk=district_id)
    shapes, ids, codes, leaf, road = _stock(district_id)
    parents = dict(Area.objects.filter(district_id=district_id).values_list("id", "parent_id"))
    width = float(district.settings.get("main_street_half_width_m", 20))
    pieces, owners, kinds = corridors(shapes, street_lines(district_id), width)
    own_road = road[owners] if len(owners) else road
    piece_road = np.array(
        [own if kind is None else ROAD_KINDS.index(kind) for kind, own in zip(kinds, own_road, strict=True)],
        dtype=np.int8,
    )
    upper = np.array([parents.get(int(a)) or 0 for a in leaf], dtype=np.int64)
    return PlaceIndex(
        district_id=district_id,
        version=version,
        tree=shapely.STRtree(pieces),
        piece_cell=owners,
        piece_road=piece_road,
        cell_ids=ids,
        cell_codes=codes,
        cell_areas=leaf,
        cell_streets=upper,
        cell_points=shapely.get_coordinates(shapely.point_on_surface(shapes)),
        piece_facts=[
            (int(ids[c]) or None, int(leaf[c]) or None, int(upper[c]) or None, ROAD_KINDS[r].value)
            for c, r in zip(owners, piece_road, strict=True)
        ],
        outline=_prepared(district.outline),
        defaults=tuple((p[0], p[1], p[2]) for p in district.not_geocoded),
    )


def _prepared(mapping: object) -> BaseGeometry:
    shape: BaseGeometry = geometry.many_from_geojson([mapping])[0]
    shapely.prepare(shape)
    return shape


def _stock(district_id: int) -> tuple[Geometries, Ints, list[str], Ints, npt.NDArray[np.int8]]:
    """Cells, then leaf areas that have a shape but no cell."""
    cells = list(
        Cell.objects.filter(district_id=district_id, valid_to=None)
        .order_by("code")
        .values_list("id", "code", "area_id", "road_kind", "outline")
    )
    with_cells = {row[2] for row in cells}
    bare = Area.objects.filter(
        district_id=district_id, valid_to=None, level=Area.Level.COMMUNITY, outline__isnull=False
    ).exclude(id__in=with_cells)
    cells += [(0, "", area.pk, RoadKind.UNKNOWN, area.outline) for area in bare.order_by("code")]
    kinds = [ROAD_KINDS.index(RoadKind(row[3])) for row in cells]
    return (
        geometry.many_from_geojson([row[4] for row in cells]),
        np.array([row[0] for row in cells], dtype=np.int64),
        [row[1] for row in cells],
        np.array([row[2] for row in cells], dtype=np.int64),
        np.array(kinds, dtype=np.int8),
    )


def street_lines(district_id: int) -> list[Line]:
    """Lines of the streets whose kind is known."""
    rows = Street.objects.filter(district_id=district_id, valid_to=None, line__isnull=False)
    known = list(rows.exclude(road_kind=RoadKind.UNKNOWN).values_list("line", "road_kind"))
    shapes = geometry.many_from_geojson([line for line, _ in known])
    return [(shape, RoadKind(kind)) for shape, (_, kind) in zip(shapes, known, strict=True)]
