"""Places that are more than a point, and points that may be shown to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from chengzhi.places.geometry import read_geometry
from chengzhi.places.index import place_index
from chengzhi.places.placement import Placed, locate

Kind = Literal["point", "line", "area", "body"]
_KINDS: dict[str, Kind] = {
    "Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line",
    "Polygon": "area", "MultiPolygon": "area",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacedShape:
    """Where a line, area or body lies: as its point of reference, and all it touches.

    `lon`, `lat` are a point on the shape itself (the middle of a line); `cell_ids` and `area_ids`
    (communities) are in the order of the cells' codes.
    """

    kind: Kind
    lon: float
    lat: float
    at: Placed
    cell_ids: tuple[int, ...]
    area_ids: tuple[int, ...]


def locate_shape(district_id: int, mapping: dict[str, Any], *, body: bool = False) -> PlacedShape:
    """Place a GeoJSON geometry (WGS-84). With `body` an area stands for a building or structure.

    Raises InvalidGeometry for one that crosses itself, is empty or is not GeoJSON.
    """
    shape = read_geometry(mapping, _("the drawn place"))
    kind = _KINDS.get(shape.geom_type, "area")
    middle = (
        shape.interpolate(0.5, normalized=True)
        if shape.geom_type == "LineString"
        else shape.representative_point()
    )
    index = place_index(district_id)
    touched = np.unique(index.piece_cell[index.tree.query(shape, predicate="intersects")])
    return PlacedShape(
        kind="body" if body and kind == "area" else kind,
        lon=middle.x,
        lat=middle.y,
        at=locate(district_id, middle.x, middle.y),
        cell_ids=tuple(int(i) for i in index.cell_ids[touched] if i),
        area_ids=tuple(dict.fromkeys(int(i) for i in index.cell_areas[touched])),
    )


def public_points(
    district_id: int, cell_ids: Sequence[int] | npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """For each case's cell the one point that may be shown publicly, as rows of lon, lat.

    Public coordinates are those of the cell, never of the report; NaN where the cell is unknown (0).
    """
    index = place_index(district_id)
    asked = np.asarray(cell_ids, dtype=np.int64)
    points = np.full((len(asked), 2), np.nan)
    if not len(index.cell_ids):
        return points
    order = np.argsort(index.cell_ids, kind="stable")
    at = np.searchsorted(index.cell_ids, asked, sorter=order)
    row = order[np.minimum(at, len(order) - 1)]
    known = (index.cell_ids[row] == asked) & (asked > 0)
    points[known] = index.cell_points[row[known]]
    return points
