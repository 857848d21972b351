"""A million points find their cell, community and street; the limit is shapely's tree asked the same.

    script/bench places --json

The sample district's own outlines, points drawn evenly over its box (seeded). Placing does more than the
tree: it tells points outside and exchanged ones apart, main street from back lane, and gives the map's key.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import shapely

from bench import Figure
from bench._cluster import throw_away

MOST_RATIO = 2.0


def run(points: int = 1_000_000) -> Figure:
    """CPU seconds for all points, against the bare tree over the same cells."""
    with throw_away(packs=True) as bench:
        bench.django()
        return _measure(points)


def _measure(points: int) -> Figure:
    from chengzhi.places import geometry
    from chengzhi.places.index import place_index
    from chengzhi.places.models import Cell, District
    from chengzhi.places.placement import locate_many

    district = District.objects.get(slug="sample")
    random = np.random.default_rng(1)
    lon = random.uniform(district.min_lon, district.max_lon, points)
    lat = random.uniform(district.min_lat, district.max_lat, points)
    outlines = Cell.objects.filter(district=district).values_list("outline", flat=True)
    tree = shapely.STRtree(geometry.many_from_geojson(list(outlines)))
    place_index(district.pk)
    limit = _seconds(lambda: tree.query(shapely.points(lon, lat), predicate="within"))
    value = _seconds(partial(locate_many, district.pk, lon, lat))
    return Figure(
        "places", round(value, 2), "s", limit, "lower", value < MOST_RATIO * limit, {"points": points}
    )


def _seconds(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
