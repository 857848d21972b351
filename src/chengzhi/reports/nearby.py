"""Open cases around a place: what somebody may have reported already."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.places.index import place_index

RADIUS_METRES = 120.0
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Near:
    """One open case nearby; `metres` is None when either place is only a cell or an area."""

    case: Case
    metres: float | None
    same_type: bool


def cells_around(district_id: int, lon: float, lat: float, metres: float = RADIUS_METRES) -> list[int]:
    """Ids of the cells that a square of this half width touches (in process, no query)."""
    index = place_index(district_id)
    d_lat = metres / METRES_PER_DEGREE
    d_lon = d_lat / max(0.1, math.cos(math.radians(lat)))
    pieces = index.tree.query(shapely.box(lon - d_lon, lat - d_lat, lon + d_lon, lat + d_lat))
    return sorted({int(index.cell_ids[index.piece_cell[piece]]) for piece in pieces} - {0})


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance on the ground, good to a few per mille within a district."""
    d_lat = other_lat - lat
    d_lon = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(d_lat, d_lon) * METRES_PER_DEGREE


def open_nearby(
    district_id: int,
    *,
    on: datetime,
    lon: float | None = None,
    lat: float | None = None,
    cell_id: int | None = None,
    address: str = "",
    area_id: int | None = None,
    type_id: int | None = None,
    limit: int = 5,
) -> list[Near]:
    """Open cases of the last days (rule `cases/duplicate_days`) near the place, the same type first, then the nearest.

    With a type, other types count only within half the radius. Without a point the cell
    counts, without a cell the words of the address, else kind and community together.
    """
    rows = _candidates(district_id, on, lon, lat, cell_id, address, area_id if type_id else None)
    found = [_near(case, lon, lat, type_id) for case in rows]
    kept = [near for near in found if _close_enough(near, type_id)]
    kept.sort(key=lambda near: (not near.same_type, near.metres or 0.0, -near.case.pk))
    return kept[:limit]


def _candidates(
    district_id: int,
    on: datetime,
    lon: float | None,
    lat: float | None,
    cell_id: int | None,
    address: str,
    area_id: int | None,
) -> Sequence[Case]:
    since = on - timedelta(days=habits(district_id).policy("duplicate_days", on))
    rows = Case.objects.filter(district_id=district_id, reported_at__gte=since, closed_at=None)
    rows = rows.select_related("type", "area", "street_area").defer("bigrams", "due_why")
    if lon is not None and lat is not None:
        rows = rows.filter(cell_id__in=cells_around(district_id, lon, lat))
    elif cell_id:
        rows = rows.filter(cell_id=cell_id)
    elif len(address) >= 4:
        rows = rows.filter(address__icontains=address)
    elif area_id:
        rows = rows.filter(area_id=area_id)
    else:
        return []
    return list(rows.order_by("-reported_at")[:100])


def _near(case: Case, lon: float | None, lat: float | None, type_id: int | None) -> Near:
    metres = None
    if lon is not None and lat is not None and case.lon is not None and case.lat is not None:
        metres = metres_between(lon, lat, case.lon, case.lat)
    return Near(case, metres, type_id is not None and case.type_id == type_id)


def _close_enough(near: Near, type_id: int | None) -> bool:
    if near.metres is None or near.metres <= RADIUS_METRES / 2:
        return True
    return near.metres <= RADIUS_METRES and (type_id is None or near.same_type)
