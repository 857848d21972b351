"""Where a visit looks: the place of its drawn point or object, as cases and limits need it."""

from dataclasses import dataclass
from typing import Any

from chengzhi.inspections.limits import Spot
from chengzhi.inspections.models import RoundPoint
from chengzhi.places.models import Area
from chengzhi.places.placement import locate
from chengzhi.registers.models import RegisteredObject


@dataclass(frozen=True, slots=True)
class Where:
    """A place: of the thing looked at, never of the person who looks. `name` says it in words."""

    name: str = ""
    address: str = ""
    place_kind: str = "point"
    lon: float | None = None
    lat: float | None = None
    zkey: int | None = None
    cell_id: int | None = None
    area_id: int | None = None
    street_area_id: int | None = None
    street_id: int | None = None
    road_kind: str = "unknown"
    grade: str = ""

    def spot(self) -> Spot:
        """What of it a limit may depend on; asks for the class of the area."""
        areas = tuple(number for number in (self.area_id, self.street_area_id) if number is not None)
        known = dict(Area.objects.filter(pk__in=areas).values_list("pk", "area_class"))
        return Spot(areas, known.get(areas[0]) if areas else None, self.road_kind, self.grade)


def where_of(
    *,
    district_id: int,
    point: RoundPoint | None,
    thing: RegisteredObject | None,
    lon: float | None = None,
    lat: float | None = None,
) -> Where:
    """The place of the drawn point, else of the object, else the one that was stated."""
    if point is not None:
        lon, lat = point.lon, point.lat
    facts: dict[str, Any] = _of_object(thing) if thing is not None else {}
    if lon is not None and lat is not None:
        facts |= _placed(district_id, lon, lat)
    if point is not None:
        facts |= _of_point(point, facts)
    return Where(**facts)


def _of_object(thing: RegisteredObject) -> dict[str, Any]:
    names = (
        "address", "place_kind", "lon", "lat", "zkey", "cell_id", "area_id", "street_area_id", "street_id",
        "road_kind",
    )  # fmt: skip
    grade = str(thing.facts.get("grade") or "")
    return {name: getattr(thing, name) for name in names} | {"name": str(thing), "grade": grade}


def _placed(district_id: int, lon: float, lat: float) -> dict[str, Any]:
    """What lies at the coordinates; nothing is overwritten by what is not known there."""
    placed = locate(district_id, lon, lat)
    found = {
        "lon": lon, "lat": lat, "zkey": placed.zkey, "cell_id": placed.cell_id, "area_id": placed.area_id,
        "street_area_id": placed.street_area_id,
        "road_kind": None if placed.road_kind == "unknown" else placed.road_kind,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _of_point(point: RoundPoint, facts: dict[str, Any]) -> dict[str, Any]:
    """The street or cell that was drawn, where no object was."""
    if point.street is not None:
        street = point.street
        known = {"road_kind": street.road_kind} if street.road_kind != "unknown" else {}
        return {"name": street.name, "address": street.name, "street_id": street.pk, **known}
    if point.cell is None or facts.get("name"):
        return {}
    cell = point.cell
    return {
        "name": cell.code, "place_kind": "area", "cell_id": cell.pk, "area_id": cell.area_id,
        "street_area_id": cell.area.parent_id, "road_kind": cell.road_kind,
    }  # fmt: skip
