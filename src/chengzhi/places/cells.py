"""Unit grid cells 单元网格 made where no survey is at hand.

Rules kept: about one size, never across a community border, joined without gaps
(facts of Beijing DB11), numbered per community from west to east and from north to south.
15 digits = 6 district + 3 street or town + 3 community or village + 3 sequence.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from chengzhi.errors import Problem
from chengzhi.places.geometry import METRES_PER_DEGREE, polygons_of, rounded, square_metres

LARGEST_SEQUENCE = 999
_SMALL = 0.35  # of the wished area: a smaller rest joins its neighbour


class TooManyCells(Problem):
    """A community would need more cells than three digits can number."""

    code: ClassVar[str] = "too_many_cells"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class MadeCell:
    """A generated cell: its code, the code of its community, its shape."""

    code: str
    area_code: str
    shape: BaseGeometry


def make_cells(communities: Mapping[str, BaseGeometry], size_m: float) -> list[MadeCell]:
    """Cut each community into cells of about `size_m` × `size_m` metres.

    Raises TooManyCells when one community would get more than 999.
    """
    made: list[MadeCell] = []
    for code, shape in communities.items():
        parts = cut(shape, size_m)
        if len(parts) > LARGEST_SEQUENCE:
            raise TooManyCells(
                _("Community %(code)s would get %(n)d cells.") % {"code": code, "n": len(parts)},
                _("The sequence of a cell code has three digits."),
                _("Choose cells larger than %(size)g m in pack.yaml, cells.size_m.") % {"size": size_m},
            )
        made += [MadeCell(cell_code(code, number), code, part) for number, part in enumerate(parts, 1)]
    return made


def cell_code(area_code: str, number: int) -> str:
    """12 digits + 3 in the national form; a local area code is joined by a hyphen."""
    joint = "" if area_code.isdigit() and len(area_code) == 12 else "-"
    return f"{area_code}{joint}{number:03d}"


def cut(shape: BaseGeometry, size_m: float) -> list[BaseGeometry]:
    """Cells of one community in numbering order: rows from the north, each from the west."""
    cells: list[BaseGeometry] = []
    for band in _bands(shape, size_m):
        parts = sorted(polygons_of(band), key=lambda part: part.bounds[0])
        for part in parts:
            cells += _columns(part, size_m)
    return _join_small(cells, size_m * size_m)


def _bands(shape: BaseGeometry, size_m: float) -> list[BaseGeometry]:
    west, south, east, north = shape.bounds
    count = max(1, round((north - south) * METRES_PER_DEGREE / size_m))
    step = (north - south) / count
    edges = [north - step * i for i in range(count)] + [south]
    return [
        shapely.intersection(shape, shapely.box(west - 1, edges[i + 1], east + 1, edges[i]))
        for i in range(count)
    ]


def _columns(part: BaseGeometry, size_m: float) -> list[BaseGeometry]:
    west, south, east, north = part.bounds
    scale = METRES_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    count = max(1, round((east - west) * scale / size_m))
    edges = [west + (east - west) / count * i for i in range(count)] + [east]
    low, high = [south - 1] * count, [north + 1] * count
    boxes = shapely.box(edges[:-1], low, edges[1:], high)
    pieces = shapely.intersection(part, boxes)
    return [polygon for piece in pieces for polygon in polygons_of(piece)]


def _join_small(cells: list[BaseGeometry], wished: float) -> list[BaseGeometry]:
    """Give each rest to the neighbour it shares the longest border with."""
    sizes = list(square_metres(cells)) if cells else []
    while len(cells) > 1:
        least = min(range(len(cells)), key=sizes.__getitem__)
        if sizes[least] >= wished * _SMALL:
            break
        rest = cells.pop(least)
        size = sizes.pop(least)
        other = _neighbour(rest, cells)
        if other is None:  # an island of its own: keep it, and stop looking at it
            cells.insert(least, rest)
            sizes.insert(least, math.inf)
            continue
        cells[other] = shapely.union(cells[other], rest)
        sizes[other] += size
    return cells


def _neighbour(rest: BaseGeometry, cells: list[BaseGeometry]) -> int | None:
    shared = shapely.length(shapely.intersection(shapely.boundary(rest), shapely.boundary(cells)))
    best = int(shared.argmax())
    if shared[best] <= 0:
        return None
    joined = shapely.union(cells[best], rest)
    return best if joined.geom_type == "Polygon" else None


def stored(cells: list[MadeCell]) -> list[MadeCell]:
    """The cells with coordinates as they are kept, to a tenth of a millimetre."""
    shapes = rounded([cell.shape for cell in cells])
    return [MadeCell(cell.code, cell.area_code, shape) for cell, shape in zip(cells, shapes, strict=True)]
