"""What is open now and near, for anybody: kinds that declare hours (public toilets)."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from chengzhi.domains.kinds import Field, Kind
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.models import District
from chengzhi.registers.models import RegisteredObject

MOST = 500
"""So many of the nearest are looked at; a district has fewer of a kind with hours."""
OPEN_STATE = "in_use"


@dataclass(frozen=True, slots=True)
class Standing:
    """One object: open at the moment asked about (None where its hours cannot be read), how far."""

    object: RegisteredObject
    open: bool | None
    metres: int | None


def minutes(text: Any) -> int | None:
    """Minutes since midnight of 06:30, 6:30 or 24:00; None for anything else."""
    hour, colon, minute = str(text or "").strip().replace("：", ":").partition(":")
    if not colon or not hour.isdecimal() or not minute.isdecimal():
        return None
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= 24 * 60 else None


def is_open(kind: Kind, thing: RegisteredObject, at: datetime) -> bool | None:
    """Whether it is open at a moment of its district's wall clock; over midnight too."""
    if thing.state != OPEN_STATE or kind.hours is None:
        return False if thing.state != OPEN_STATE else None
    first, last = (minutes(thing.facts.get(key)) for key in kind.hours)
    if first is None or last is None:
        return None
    now = at.hour * 60 + at.minute
    if first == last:
        return True
    return first <= now < last if first < last else now >= first or now < last


def choices(kind: Kind) -> tuple[Field, ...]:
    """The public yes/no facts one may ask for, such as barrier-free."""
    return tuple(one for one in kind.fields if one.type == "flag" and one.public)


def standing(
    district: District, kind: Kind, *, on: datetime, near: tuple[float, float] | None, asked: frozenset[str],
    only_open: bool,
) -> list[Standing]:  # fmt: skip
    """The objects of a kind, open ones first, then by distance (or by name without a place).

    A planned closure stays in the list with what takes its place; what is gone does not.
    """
    wall = on.astimezone(ZoneInfo(district.zone))
    rows = RegisteredObject.objects.filter(district=district, kind=kind.key, live=True)
    wanted: dict[str, Any] = {f"facts__{one.key}": True for one in choices(kind) if one.key in asked}
    rows = _nearest(rows.filter(**wanted), near).defer("bigrams", "shape").select_related("area")[:MOST]
    found = [Standing(row, is_open(kind, row, wall), _far(row, near)) for row in rows]
    found = [one for one in found if one.open] if only_open else found
    return sorted(found, key=_order)


def _nearest(rows: "QuerySet[RegisteredObject]", near: tuple[float, float] | None) -> Any:
    """In the order in which they are looked at: what lies far away may be left out, never what is near."""
    if near is None:
        return rows.order_by("name", "id")
    wide = (F("lon") - near[0]) * math.cos(math.radians(near[1]))
    far = wide * wide + (F("lat") - near[1]) * (F("lat") - near[1])
    return rows.order_by(far.asc(nulls_last=True), "id")


def _order(one: Standing) -> tuple[bool, float, str]:
    return (not one.open, math.inf if one.metres is None else one.metres, one.object.name)


def _far(row: RegisteredObject, near: tuple[float, float] | None) -> int | None:
    if near is None or row.lon is None or row.lat is None:
        return None
    wide = (row.lon - near[0]) * math.cos(math.radians(near[1]))
    return round(math.hypot(wide, row.lat - near[1]) * METRES_PER_DEGREE)
