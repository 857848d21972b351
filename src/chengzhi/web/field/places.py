"""The place of a sheet as the page shows it: name, words, map point, what the register knows."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengzhi.inspections.models import RoundPoint, Visit
from chengzhi.inspections.spots import Where, where_of
from chengzhi.places.models import Area
from chengzhi.registers.kinds import kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.field.wording import facts_of, local, road_words


@dataclass(frozen=True)
class Place:
    """What the page says of a place. `number` and `kind` are of the register's object, if it is one."""

    name: str
    words: str = ""
    number: str = ""
    kind: str = ""
    lon: float | None = None
    lat: float | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)


def place_of(
    district_id: int, point: RoundPoint | None, thing: RegisteredObject | None
) -> tuple[Place, Where]:
    """The place of a drawn point or an object, for the page and for the limits."""
    where = where_of(district_id=district_id, point=point, thing=thing)
    kind = kinds().get(thing.kind) if thing else None
    shown = Place(
        name_of(point, thing), _words(where), thing.number if thing else "", local(kind) if kind else "",
        where.lon, where.lat, _facts(thing) if thing else [],
    )  # fmt: skip
    return shown, where


def _drawn(point: RoundPoint) -> str:
    return pgettext("round", "Place %(n)s") % {"n": point.position}


def name_of(point: RoundPoint | None, thing: RegisteredObject | None) -> str:
    """The short name of a place; needs the point's street and cell."""
    if thing is not None:
        return thing.name
    if point is None:
        return _("a place")
    if point.street is not None:
        return local(point.street)
    return _("Unit cell %(code)s") % {"code": point.cell.code} if point.cell is not None else _drawn(point)


def visit_name(visit: Visit) -> str:
    """Where a visit was, in a few words."""
    return name_of(visit.point, visit.object)


def _words(where: Where) -> str:
    known = Area.objects.in_bulk([n for n in (where.street_area_id, where.area_id) if n is not None])
    areas = [local(known[n]) for n in (where.street_area_id, where.area_id) if n in known]
    road = road_words(where.road_kind) if where.road_kind != "unknown" else ""
    return " · ".join(part for part in (where.address, *dict.fromkeys(areas), road) if part)


def _facts(thing: RegisteredObject) -> list[tuple[str, str]]:
    kind = kinds().get(thing.kind)
    found: list[tuple[str, Any]] = list(facts_of(kind, thing.facts)) if kind else []
    if thing.party is not None:
        found.append((_("Responsible"), thing.party.name))
    if thing.permit_until is not None:
        found.append((_("Permit until"), thing.permit_until.isoformat()))
    return [(label, str(value)) for label, value in found]
