"""Where simulated objects stand: along the streets of the district, as points, lines or areas."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, mapping, shape
from shapely.ops import substring

from chengzhi.places.models import District, Street

METRE = 1 / 111_000  # degrees, near enough for where an invented thing stands


@dataclass(frozen=True)
class Spot:
    """A place: its point, its shape where it is more than a point, the street it lies at."""

    lon: float
    lat: float
    shape: dict[str, Any] | None
    street: str


class Spots:
    """Draws places along the streets, long streets oftener."""

    def __init__(self, district: District, rng: np.random.Generator) -> None:
        self.rng = rng
        rows = Street.objects.filter(district=district, valid_to=None, line__isnull=False).order_by("name")
        self.outline = shape(district.outline)
        self.streets = [(row.name, shape(row.line)) for row in rows if row.line]
        lengths = np.array([line.length for _, line in self.streets])
        self.shares = lengths / lengths.sum()

    def draw(self, place: str, count: int, *, whole: bool = False) -> list[Spot]:
        """`count` places of a kind; with `whole` each is a street from end to end."""
        if whole:
            return [
                self._line(name, line)
                for name, line in (self.streets * (count // len(self.streets) + 1))[:count]
            ]
        picks = self.rng.choice(len(self.streets), count, p=self.shares)
        return [self._spot(place, *self.streets[int(pick)]) for pick in picks]

    def _spot(self, place: str, name: str, line: Any) -> Spot:
        for _ in range(20):
            at = float(self.rng.uniform(0, line.length))
            point, side = (
                line.interpolate(at),
                float(self.rng.choice([-1, 1])) * self.rng.uniform(5, 40) * METRE,
            )
            point = shapely.Point(point.x, point.y + side)
            if self.outline.contains(point):
                return self._shaped(place, name, line, at, point)
        middle = line.interpolate(0.5, normalized=True)
        return self._shaped(place, name, line, line.length / 2, middle)

    def _shaped(self, place: str, name: str, line: Any, at: float, point: Any) -> Spot:
        if place == "line":
            return self._line(name, substring(line, at, at + float(self.rng.uniform(60, 400)) * METRE))
        if place == "area":
            side = float(self.rng.uniform(20, 90)) * METRE
            box = shapely.box(point.x - side, point.y - side, point.x + side, point.y + side)
            return Spot(point.x, point.y, _geojson(box), name)
        return Spot(point.x, point.y, None, name)

    def _line(self, name: str, line: Any) -> Spot:
        if line.length == 0 or not isinstance(line, LineString):
            point = line.centroid
            return Spot(point.x, point.y, None, name)
        middle = line.interpolate(0.5, normalized=True)
        return Spot(middle.x, middle.y, _geojson(line), name)


def _geojson(geometry: Any) -> dict[str, Any]:
    rounded = shapely.set_precision(geometry, 1e-7)
    return dict(mapping(rounded))
