"""Main street or back lane: of a whole cell, and of the parts of a cell where both run."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from chengzhi.places.geometry import METRES_PER_DEGREE, Geometries
from chengzhi.places.models import RoadKind

Line = tuple[BaseGeometry, RoadKind]


def touched(shapes: Sequence[BaseGeometry], lines: Sequence[Line], kind: RoadKind) -> npt.NDArray[np.bool_]:
    """Which shapes are crossed by a street of a kind."""
    hit = np.zeros(len(shapes), dtype=np.bool_)
    of_kind = [line for line, own in lines if own == kind]
    if of_kind and len(shapes):
        tree = shapely.STRtree(list(shapes))
        hit[np.unique(tree.query(of_kind, predicate="intersects")[1])] = True
    return hit


def cell_road_kinds(shapes: Sequence[BaseGeometry], lines: Sequence[Line]) -> list[RoadKind]:
    """Main where only main streets run, back where only back lanes run, else unknown.

    A cell with both is decided per point, see `corridors`.
    """
    main = touched(shapes, lines, RoadKind.MAIN)
    back = touched(shapes, lines, RoadKind.BACK)
    return [
        RoadKind.UNKNOWN if is_main == is_back else RoadKind.MAIN if is_main else RoadKind.BACK
        for is_main, is_back in zip(main, back, strict=True)
    ]


def corridors(
    shapes: Geometries, lines: Sequence[Line], half_width_m: float
) -> tuple[Geometries, npt.NDArray[np.int64], list[RoadKind | None]]:
    """Cut cells where main streets and back lanes both run into a main and a back part.

    Returns the pieces, the index of the cell of each, and its kind (None: as the cell says).
    What lies within `half_width_m` of a main street's line is on it.
    """
    both = touched(list(shapes), lines, RoadKind.MAIN) & touched(list(shapes), lines, RoadKind.BACK)
    single = np.flatnonzero(~both)
    mixed = np.flatnonzero(both)
    if not len(mixed):
        return shapes, np.arange(len(shapes)), [None] * len(shapes)
    band = _band([line for line, kind in lines if kind == RoadKind.MAIN], half_width_m)
    on_main = shapely.intersection(shapes[mixed], band)
    off_main = shapely.difference(shapes[mixed], band)
    pieces = np.concatenate([shapes[single], on_main, off_main])
    owners = np.concatenate([single, mixed, mixed]).astype(np.int64)
    kinds: list[RoadKind | None] = [None] * len(single)
    kinds += [RoadKind.MAIN] * len(mixed) + [RoadKind.BACK] * len(mixed)
    return pieces, owners, kinds


def _band(lines: Sequence[BaseGeometry], half_width_m: float) -> BaseGeometry:
    """All ground within a distance of the lines, as one shape in degrees."""
    whole = shapely.union_all(list(lines))
    squeeze = np.cos(np.radians(whole.centroid.y))

    def flat(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(xy * [squeeze, 1.0])

    def back(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(xy / [squeeze, 1.0])

    ring = shapely.buffer(shapely.transform(whole, flat), half_width_m / METRES_PER_DEGREE, quad_segs=2)
    shape: BaseGeometry = shapely.transform(ring, back)
    shapely.prepare(shape)
    return shape
