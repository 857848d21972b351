"""Put a point where it belongs: cell, community, street or town, main street or back lane.

A point is never dropped: what cannot be placed is kept and flagged.

| flag | meaning |
|---|---|
| not_geocoded | a known default point, or no coordinates at all: no place is known |
| bad_coordinates | only one of the two, not finite, or beyond ±180, ±90 degrees |
| swapped | outside, but inside with longitude and latitude exchanged |
| outside_district | outside the outline |
| no_geometry | the district has no outline yet, so nothing can be told |
| no_cell | inside the outline but further than 30 m from any cell |

Other flags say how a place was found where nobody gave a point: `placed_by_text` by the words of
the address, `cell_centre` the point stands for a whole cell, `area_only` no more than a community,
street or town is known.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi.errors import Problem
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.index import ROAD_KINDS, Facts, Ints, PlaceIndex, place_index
from chengzhi.places.models import RoadKind
from chengzhi.places.zorder import MISSING, zkey

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
FLAGS = (
    "not_geocoded", "bad_coordinates", "swapped", "outside_district", "no_geometry", "no_cell",
)  # fmt: skip
FLAG_LABELS = {  # for badges on pages
    "not_geocoded": gettext_lazy("place not known"),
    "bad_coordinates": gettext_lazy("impossible coordinates"),
    "swapped": gettext_lazy("longitude and latitude exchanged"),
    "outside_district": gettext_lazy("outside the district"),
    "no_geometry": gettext_lazy("district has no outline yet"),
    "no_cell": gettext_lazy("in no unit cell"),
    "placed_by_text": gettext_lazy("placed by the words of the address"),
    "cell_centre": gettext_lazy("point stands for its cell"),
    "area_only": gettext_lazy("only the area is known"),
}
# What a corrected place makes untrue.
PLACE_FLAGS = frozenset(FLAG_LABELS)
_NEAR = 30 / METRES_PER_DEGREE  # the rounding of borders must not lose a point
_CHUNK = 200_000


class BadCoordinates(Problem):
    """Coordinates that are no place on earth."""

    code: ClassVar[str] = "bad_coordinates"
    status: ClassVar[int] = 422


class SwappedCoordinates(Problem):
    """Longitude and latitude exchanged."""

    code: ClassVar[str] = "swapped_coordinates"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one point lies. Ids are None where unknown; `zkey` is None without coordinates."""

    cell_id: int | None
    area_id: int | None
    street_area_id: int | None
    road_kind: str
    zkey: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedArrays:
    """The same for n points: ids are int64 with 0 for unknown, `zkey` -1 for unknown.

    `road` indexes ROAD_KINDS; `flag_bits` has bit i set for FLAGS[i].
    """

    cell_id: Ints
    area_id: Ints
    street_area_id: Ints
    road: npt.NDArray[np.int8]
    zkey: Ints
    flag_bits: npt.NDArray[np.uint8]

    def flagged(self, flag: str) -> Bools:
        """Which points carry a flag."""
        return np.asarray(self.flag_bits & np.uint8(1 << FLAGS.index(flag)) > 0)

    def flags(self) -> list[tuple[str, ...]]:
        """The flags of each point as words."""
        return [_WORDS[bits] for bits in self.flag_bits]

    def road_kinds(self) -> npt.NDArray[np.str_]:
        """ "unknown", "main" or "back" for each point."""
        return np.array([str(kind) for kind in ROAD_KINDS])[self.road]


_WORDS = [tuple(flag for i, flag in enumerate(FLAGS) if bits >> i & 1) for bits in range(1 << len(FLAGS))]
_BIT = {flag: 1 << i for i, flag in enumerate(FLAGS)}


def locate(district_id: int, lon: float | None, lat: float | None) -> Placed:
    """Place one point (WGS-84 degrees). Never raises for odd coordinates: they are flagged."""
    index = place_index(district_id)
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        flag = "not_geocoded" if _missing(lon) and _missing(lat) else "bad_coordinates"
        return _nowhere(None, flag)
    if abs(lon) > 180 or abs(lat) > 90:
        return _nowhere(None, "bad_coordinates", *_swapped(index, lon, lat))
    key = zkey(lon, lat)
    for d_lon, d_lat, tolerance in index.defaults:
        if abs(lon - d_lon) <= tolerance and abs(lat - d_lat) <= tolerance:
            return _nowhere(key, "not_geocoded")
    hit = index.tree.query(shapely.Point(lon, lat), predicate="intersects")
    if len(hit):
        return _placed(index.piece_facts[hit[0] if len(hit) == 1 else hit.min()], key)
    return _beside(index, lon, lat, key)


def demand_placeable(district_id: int, lon: float, lat: float) -> Placed:
    """Like `locate`, for a form where someone can still correct the entry.

    Raises BadCoordinates, or SwappedCoordinates with the exchange as its cure.
    """
    placed = locate(district_id, lon, lat)
    if "swapped" in placed.flags:
        raise SwappedCoordinates(
            _("%(lon)g, %(lat)g lies outside the district.") % {"lon": lon, "lat": lat},
            _("Longitude and latitude seem to be exchanged."),
            _("Give longitude %(lon)g and latitude %(lat)g.") % {"lon": lat, "lat": lon},
        )
    if "bad_coordinates" in placed.flags:
        raise BadCoordinates(
            _("%(lon)s, %(lat)s is no place on earth.") % {"lon": lon, "lat": lat},
            _("Longitude runs from −180 to 180, latitude from −90 to 90."),
            _("Choose the place on the map, or by street."),
        )
    return placed


def _missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _nowhere(key: int | None, *flags: str) -> Placed:
    return Placed(None, None, None, RoadKind.UNKNOWN.value, key, flags)


def _placed(facts: Facts, key: int) -> Placed:
    cell, area, street_area, road = facts
    return Placed(cell, area, street_area, road, key, ())


def _beside(index: PlaceIndex, lon: float, lat: float, key: int) -> Placed:
    """A point in no cell: on a rounded border, outside, exchanged, or in a hole."""
    if not index.has_outline:
        return _nowhere(key, "no_geometry")
    point = shapely.Point(lon, lat)
    if not index.outline.intersects(point):
        return _nowhere(key, *(_swapped(index, lon, lat)), "outside_district")
    if len(index.piece_cell):
        near = index.tree.query_nearest(point, max_distance=_NEAR, all_matches=False)
        if len(near):
            return _placed(index.piece_facts[near[0]], key)
    return _nowhere(key, "no_cell")


def _swapped(index: PlaceIndex, lon: float, lat: float) -> tuple[str, ...]:
    inside = index.has_outline and index.outline.intersects(shapely.Point(lat, lon))
    return ("swapped",) if inside else ()


def locate_many(district_id: int, lons: npt.ArrayLike, lats: npt.ArrayLike) -> PlacedArrays:
    """Place n points at once; NaN for a missing coordinate. Equals `locate` point by point."""
    index = place_index(district_id)
    lon = np.asarray(lons, dtype=np.float64)
    lat = np.asarray(lats, dtype=np.float64)
    bits = _first_flags(index, lon, lat)
    pieces = np.full(len(lon), -1, dtype=np.int64)
    for start in range(0, len(lon), _CHUNK):
        part = slice(start, start + _CHUNK)
        pieces[part] = _pieces(index, lon[part], lat[part], bits[part])
    return _gather(index, lon, lat, bits, pieces)


def _first_flags(index: PlaceIndex, lon: Floats, lat: Floats) -> npt.NDArray[np.uint8]:
    """Flags that need no geometry; they keep a point out of the tree."""
    bits = np.zeros(len(lon), dtype=np.uint8)
    absent = np.isnan(lon) & np.isnan(lat)
    with np.errstate(invalid="ignore"):
        bad = ~absent & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
        for d_lon, d_lat, tolerance in index.defaults:
            absent |= (np.abs(lon - d_lon) <= tolerance) & (np.abs(lat - d_lat) <= tolerance)
    bits[absent] |= _BIT["not_geocoded"]
    bits[bad] |= _BIT["bad_coordinates"]
    finite = bad & np.isfinite(lon) & np.isfinite(lat)
    bits[finite & _inside(index, lat, lon, finite)] |= _BIT["swapped"]
    return bits


def _pieces(index: PlaceIndex, lon: Floats, lat: Floats, bits: npt.NDArray[np.uint8]) -> Ints:
    """Piece of each point, -1 where there is none; adds the flags of those."""
    piece = np.full(len(lon), -1, dtype=np.int64)
    asked = np.flatnonzero(bits == 0)
    if not len(asked):
        return piece
    points = np.asarray(shapely.points(lon[asked], lat[asked]))
    who, hit = index.tree.query(points, predicate="intersects")
    _least(piece, asked[who], hit)
    lost = piece[asked] < 0
    if lost.any():
        _lost(index, lon, lat, asked[lost], points[lost], bits, piece)
    return piece


def _least(piece: Ints, who: Ints, hit: Ints) -> None:
    """On a border a point meets several pieces: the first one counts, as in `locate`."""
    order = np.argsort(-hit, kind="stable")
    piece[who[order]] = hit[order]


def _lost(
    index: PlaceIndex, lon: Floats, lat: Floats, asked: Ints, points: Any,
    bits: npt.NDArray[np.uint8], piece: Ints,
) -> None:  # fmt: skip
    if not index.has_outline:
        bits[asked] |= _BIT["no_geometry"]
        return
    inside = _inside(index, lon[asked], lat[asked], np.ones(len(asked), dtype=np.bool_))
    outer = asked[~inside]
    bits[outer] |= _BIT["outside_district"]
    every = np.ones(len(outer), dtype=np.bool_)
    bits[outer[_inside(index, lat[outer], lon[outer], every)]] |= _BIT["swapped"]
    inner = asked[inside]
    if len(inner) and len(index.piece_cell):
        who, near = index.tree.query_nearest(points[inside], max_distance=_NEAR, all_matches=False)
        piece[inner[who]] = near
    bits[inner[piece[inner] < 0]] |= _BIT["no_cell"]


def _inside(index: PlaceIndex, x: Floats, y: Floats, asked: Bools) -> Bools:
    answer = np.zeros(len(x), dtype=np.bool_)
    if not index.has_outline or not asked.any():
        return answer
    west, south, east, north = index.outline.bounds
    with np.errstate(invalid="ignore"):
        near = asked & (x >= west) & (x <= east) & (y >= south) & (y <= north)
    answer[near] = shapely.intersects_xy(index.outline, x[near], y[near])
    return answer


def _gather(
    index: PlaceIndex, lon: Floats, lat: Floats, bits: npt.NDArray[np.uint8], pieces: Ints
) -> PlacedArrays:
    known = pieces >= 0
    cell = index.piece_cell[pieces[known]]
    bad = (bits & np.uint8(_BIT["bad_coordinates"])) > 0
    out = PlacedArrays(
        cell_id=np.zeros(len(lon), dtype=np.int64),
        area_id=np.zeros(len(lon), dtype=np.int64),
        street_area_id=np.zeros(len(lon), dtype=np.int64),
        road=np.zeros(len(lon), dtype=np.int8),
        zkey=np.where(bad, MISSING, zkey(lon, lat)),
        flag_bits=bits,
    )
    out.cell_id[known] = index.cell_ids[cell]
    out.area_id[known] = index.cell_areas[cell]
    out.street_area_id[known] = index.cell_streets[cell]
    out.road[known] = index.piece_road[pieces[known]]
    return out
