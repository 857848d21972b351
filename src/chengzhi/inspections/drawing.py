"""Drawing by lot so that anybody can repeat it: the same seed and frame give the same draw.

How lots are drawn from a seed stands in `registers.by_lot`. No Django here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from chengzhi.registers.by_lot import order, raw_lots

TRIES = 1000
"""Points tried inside the box of an area before its representative point is taken."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn place: its number, its stratum (by index), its turn, whether it is looked at twice."""

    member: int
    stratum: int
    position: int
    recheck: bool


def frame_hash(members: Sequence[int]) -> str:
    """SHA-256 of the numbers of a frame, ascending, joined by commas."""
    return hashlib.sha256(",".join(str(number) for number in sorted(members)).encode()).hexdigest()


def allocate(sizes: Sequence[int], total: int) -> list[int]:
    """Places to draw from strata of these sizes: in proportion, at least one, at most all of each.

    Largest remainders get what rounding leaves; the first of equals goes first. Raises ValueError
    where `total` is smaller than the number of strata.
    """
    if total < len(sizes):
        raise ValueError("fewer places than strata")
    total = min(total, sum(sizes))
    ideal = [total * size / sum(sizes) for size in sizes]
    given = [min(size, max(1, int(share))) for size, share in zip(sizes, ideal, strict=True)]
    while sum(given) != total:
        step = 1 if sum(given) < total else -1
        free = [
            i for i, n in enumerate(given) if (n < sizes[i] if step == 1 else n > 1)
        ]  # fmt: skip
        best = max(free, key=lambda i: (step * (ideal[i] - given[i]), -i))
        given[best] += step
    return given


def draw(
    strata: Sequence[Sequence[int]], given: Sequence[int], seed: str, recheck_share: float
) -> list[Drawn]:
    """Draw `given[i]` of the members of stratum i, without replacement, each with the same chance.

    `seed` is a hexadecimal number. Returned in the order in which they are to be visited, which is
    drawn too; the second looks are the smallest share of whole places not below `recheck_share`.
    """
    stream = np.random.PCG64(int(seed, 16))
    chosen: list[tuple[int, int]] = []
    for index, (members, count) in enumerate(zip(strata, given, strict=True)):
        lots = zip(raw_lots(stream, len(members)), sorted(members), strict=True)
        chosen += [(member, index) for _, member in sorted(lots)[:count]]
    turns = order(stream, len(chosen))
    twice = set(order(stream, len(chosen))[: ceil(recheck_share * len(chosen))])
    return [
        Drawn(chosen[which][0], chosen[which][1], position, which in twice)
        for position, which in enumerate(turns, 1)
    ]


def spot(shape: BaseGeometry, seed: str, member: int) -> tuple[float, float]:
    """A place on a line or in an area, by lot: the same for the same seed and member. Degrees."""
    stream = np.random.PCG64(np.random.SeedSequence([int(seed, 16), member]))
    if shape.geom_type in ("LineString", "MultiLineString"):
        lines = list(getattr(shape, "geoms", [shape]))
        return _rounded(_along(lines, _share(stream)))
    if shape.geom_type in ("Polygon", "MultiPolygon") and shape.area:
        return _rounded(_inside(shape, stream))
    return _rounded(shape.representative_point())


def _along(lines: Sequence[BaseGeometry], share: float) -> shapely.Point:
    left = share * sum(line.length for line in lines)
    for line in lines:
        if left <= line.length:
            break
        left -= line.length
    return shapely.Point(line.interpolate(left))


def _inside(shape: BaseGeometry, stream: np.random.PCG64) -> shapely.Point:
    west, south, east, north = shape.bounds
    for _ in range(TRIES):
        point = shapely.Point(west + _share(stream) * (east - west), south + _share(stream) * (north - south))
        if shape.contains(point):
            return point
    return shape.representative_point()


def _share(stream: np.random.PCG64) -> float:
    """A number from 0 up to 1, of 53 bits."""
    return float(int(stream.random_raw()) >> 11) / 2**53


def _rounded(point: shapely.Point) -> tuple[float, float]:
    return round(point.x, 6), round(point.y, 6)
