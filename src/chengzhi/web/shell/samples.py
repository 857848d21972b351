"""Made-up content of the style guide: rows, history and a small map far out at sea."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

#: South-west corner and size of the sample map, degrees.
WEST, SOUTH, SIDE = 160.0, 30.0, 0.08
GRID = 4
AREAS = ("东街道 East Street", "西街道 West Street", "Harbour Ward", "老城街道")

Json = dict[str, Any]


def rows(now: datetime) -> list[Json]:
    """Six cases: usual, urgent, late, paused, a very long name, and an empty place."""
    long = _(
        "Pavement slabs broken and raised along the whole of the school wall, children walk on the carriageway in the morning"
    )
    what = (
        ("C-0001", _("Broken pavement"), _("Linden Road 12"), "green", 20),
        ("C-0002", _("Open manhole"), _("Market Street, north gate"), "amber", 2),
        ("C-0003", _("Rubbish not collected"), _("Harbour Lane"), "red", -30),
        ("C-0004", _("Street lamp out"), _("Station Square"), "grey", 60),
        (
            "C-0005",
            long,
            _("School Lane, between the second and the third gate, opposite the bus stop"),
            "green",
            44,
        ),
        ("C-0006", _("Noise at night"), "", "green", 70),
    )
    return [
        {
            "number": number,
            "title": title,
            "place": place,
            "lamp": lamp,
            "due": now + timedelta(hours=hours),
            "count": 7 * abs(hours),
        }
        for number, title, place, lamp, hours in what
    ]


def history(now: datetime) -> list[Json]:
    """Four sentences of a case's life, the last one late."""
    sentences = (
        (50, _("A resident reported a broken pavement with two photos."), "", False),
        (49, _("The inspector confirmed it on the spot."), "", False),
        (40, _("The dispatcher sent it to the municipal works department."), "GB/T 47678.5-2026, 6.3", False),
        (2, _("Municipal works replied that it is mended, three hours after the limit."), "", True),
    )
    return [
        {"happened_at": now - timedelta(hours=hours), "sentence": text, "article": article, "late": late}
        for hours, text, article, late in sentences
    ]


def _feature(geometry: Json, **properties: Any) -> Json:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(features: list[Json]) -> Json:
    return {"type": "FeatureCollection", "features": features}


def _square(west: float, south: float, side: float) -> Json:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def _squares(parts: int) -> list[tuple[int, Json]]:
    side = SIDE / parts
    return [
        (row * parts + column, _square(WEST + column * side, SOUTH + row * side, side))
        for row in range(parts)
        for column in range(parts)
    ]


def outline(query: Mapping[str, str]) -> Json:
    """The district's border."""
    return _collection([_feature(_square(WEST, SOUTH, SIDE), name=_("Sample district"))])


def areas(query: Mapping[str, str]) -> Json:
    """Four streets with names in both scripts."""
    return _collection([_feature(shape, name=AREAS[at], code=f"area-{at}") for at, shape in _squares(2)])


def graded() -> list[Json]:
    """The four streets with a grade each, one with too few cases for any."""
    tones = (("green", "A"), ("yellow", "C"), ("few", "n < 10"), ("black", "E"))
    return [
        {"code": f"area-{at}", "name": AREAS[at], "tone": tone, "mark": mark}
        for at, (tone, mark) in enumerate(tones)
    ]


def cells(query: Mapping[str, str]) -> Json:
    """Sixteen unit cells."""
    return _collection([_feature(shape, code=f"{at:03d}") for at, shape in _squares(GRID)])


def streets(query: Mapping[str, str]) -> Json:
    """Two roads."""
    middle = SOUTH + SIDE / 2
    across = [[WEST, middle - 0.01], [WEST + SIDE / 3, middle], [WEST + SIDE, middle + 0.012]]
    upward = [[WEST + SIDE * 0.4, SOUTH], [WEST + SIDE * 0.45, SOUTH + SIDE]]
    return _collection(
        [
            _feature({"type": "LineString", "coordinates": across}, name="滨江大道 Riverside Avenue"),
            _feature({"type": "LineString", "coordinates": upward}, name="Linden Road"),
        ]
    )


def clusters(query: Mapping[str, str]) -> Json:
    """Circles inside the asked box, finer with the zoom, as the desk's own endpoint gives them."""
    zoom = float(query.get("zoom") or 11)
    parts = 3 if zoom < 12 else 7
    step = SIDE / parts
    features = []
    for at in range(parts * parts):
        count = (at * 37 + 11) % 90 * (1 if parts == 7 else 14)
        if count < 8:
            continue
        point = [WEST + (at % parts + 0.5 + 0.2 * math.sin(at)) * step, SOUTH + (at // parts + 0.5) * step]
        features.append(
            _feature({"type": "Point", "coordinates": point}, count=count, overdue=count * (at % 4) // 10)
        )
    return _collection(features)


LAYERS: dict[str, Callable[[Mapping[str, str]], Json]] = {
    "outline": outline,
    "areas": areas,
    "cells": cells,
    "streets": streets,
    "clusters": clusters,
}
