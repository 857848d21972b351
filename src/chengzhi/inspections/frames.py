"""The frame of a round: every place that could be drawn, sorted by number, in its strata."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from chengzhi.inspections.checklists import checklists_of, kinds
from chengzhi.inspections.drawing import allocate, spot
from chengzhi.inspections.problems import BadFrame
from chengzhi.places.models import Area, Cell, Street
from chengzhi.registers.models import RegisteredObject

STRATA: Mapping[str, Mapping[str, str]] = {
    "objects": {
        "area": "area_id", "street_area": "street_area_id", "road_kind": "road_kind",
        "place_kind": "place_kind", "grade": "grade",
    },
    "cells": {"area": "area_id", "street_area": "area__parent_id", "road_kind": "road_kind"},
    "streets": {"road_kind": "road_kind"},
}  # fmt: skip
"""What a frame may be of, and by which columns it may be stratified."""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum of the frame: what its places share, their numbers ascending, how many are drawn."""

    key: Mapping[str, Any]
    members: tuple[int, ...]
    drawn: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as a planner states it; made by `stated`, which checks it."""

    of: str
    kind: str
    areas: tuple[int, ...]
    strata: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As the round keeps it."""
        return {"of": self.of, "kind": self.kind, "areas": list(self.areas)}


def stated(*, district_id: int, checklist: str, frame: Mapping[str, Any], strata: Sequence[str]) -> Frame:
    """The frame in its own types. Raises BadFrame for what cannot be drawn from."""
    of, kind = str(frame.get("of", "")), str(frame.get("kind") or "")
    if of not in STRATA:
        raise BadFrame(
            _("A round cannot be drawn from “%(of)s”.") % {"of": of[:40]},
            "",
            _("Known: %(known)s.") % {"known": ", ".join(STRATA)},
        )
    unknown = sorted(set(strata) - set(STRATA[of]))
    if unknown:
        raise BadFrame(
            _("The frame has no column %(names)s.") % {"names": ", ".join(unknown)},
            "",
            _("Known: %(known)s.") % {"known": ", ".join(STRATA[of])},
        )
    if of == "objects":
        _inspected(kind, checklist)
    areas = tuple(sorted({int(number) for number in frame.get("areas") or ()}))
    _known_areas(district_id, of, areas)
    return Frame(of, kind if of == "objects" else "", areas, tuple(dict.fromkeys(strata)))


def _inspected(kind: str, checklist: str) -> None:
    if checklist not in {one.key for one in checklists_of(kind)}:
        raise BadFrame(
            _("The checklist does not inspect objects of the kind “%(kind)s”.") % {"kind": kind[:40]},
            "",
            _("Known: %(known)s.")
            % {"known": ", ".join(k for k in kinds() if checklist in {c.key for c in checklists_of(k)})},
        )


def _known_areas(district_id: int, of: str, areas: tuple[int, ...]) -> None:
    if areas and of == "streets":
        raise BadFrame(
            _("Streets run through several areas; a frame of streets takes all of them."),
            "",
            _("Leave the areas out, or draw from cells or objects."),
        )
    if Area.objects.filter(pk__in=areas, district_id=district_id).count() != len(areas):
        raise BadFrame(_("One of the areas is not in this district."))


def parts(district_id: int, frame: Frame, size: int, day: date) -> list[Part]:
    """The strata of the frame as it is now, with how many are drawn from each. Raises BadFrame."""
    columns = [STRATA[frame.of][name] for name in frame.strata]
    groups: dict[Key, list[int]] = {}
    for number, *key in _rows(district_id, frame, day).order_by("pk").values_list("pk", *columns):
        groups.setdefault(tuple(key), []).append(number)
    if not groups:
        raise BadFrame(
            _("There is nothing to draw from."),
            _("No place fits what the frame states."),
            _("Widen the areas or choose another kind."),
        )
    ordered = sorted(groups, key=lambda key: tuple((one is None, str(one)) for one in key))
    if size < len(ordered):
        raise BadFrame(
            _("%(size)s places are fewer than the %(strata)s strata.")
            % {"size": size, "strata": len(ordered)},
            _("Each stratum gets at least one place, or nothing could be said of it."),
            _("Draw more places or stratify by less."),
        )
    given = allocate([len(groups[key]) for key in ordered], size)
    return [
        Part(dict(zip(frame.strata, key, strict=True)), tuple(groups[key]), count)
        for key, count in zip(ordered, given, strict=True)
    ]


def _rows(district_id: int, frame: Frame, day: date) -> QuerySet[Any]:
    areas = list(frame.areas)
    if frame.of == "streets":
        return Street.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), district_id=district_id)
    if frame.of == "cells":
        cells = Cell.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), district_id=district_id)
        return cells.filter(Q(area_id__in=areas) | Q(area__parent_id__in=areas)) if areas else cells
    objects = RegisteredObject.objects.filter(district_id=district_id, kind=frame.kind, live=True)
    objects = objects.annotate(grade=KeyTextTransform("grade", "facts"))
    return objects.filter(Q(area_id__in=areas) | Q(street_area_id__in=areas)) if areas else objects


def places(of: str, members: Iterable[int], seed: str) -> dict[int, tuple[float | None, float | None]]:
    """Where to look at each drawn member: by lot on its line or in its area, else its own point."""
    numbers = list(members)
    if of == "objects":
        rows: Iterable[Any] = RegisteredObject.objects.filter(pk__in=numbers).values_list(
            "pk", "shape", "lon", "lat"
        )
    elif of == "cells":
        rows = ((pk, shape, None, None) for pk, shape in _outlines(numbers))
    else:
        rows = Street.objects.filter(pk__in=numbers).values_list("pk", "line", "lon", "lat")
    return {pk: _place(shape, lon, lat, seed, pk) for pk, shape, lon, lat in rows}


def _outlines(numbers: list[int]) -> Iterable[tuple[int, Any]]:
    return Cell.objects.filter(pk__in=numbers).values_list("pk", "outline")


def _place(shape: Any, lon: Any, lat: Any, seed: str, member: int) -> tuple[float | None, float | None]:
    if not shape or not shape.get("coordinates"):
        return lon, lat
    return spot(shapely.geometry.shape(shape), seed, member)
