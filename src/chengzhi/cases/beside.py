"""What stands beside a case, as its domain declares: active sites near a spillage, free stall
places near a hawker, the bans a barbecue lies in. Shown before anything is done about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.db.models import Q
from shapely.geometry import shape

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.domains import DOMAINS
from chengzhi.domains.beside import Beside
from chengzhi.registers.kinds import kind
from chengzhi.registers.maps import nearest
from chengzhi.registers.models import Permit, RegisteredObject

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Near:
    """One object beside the case; `metres` is None for an area the case lies in.

    `permit` is the permit or notice in force on the day, where there is one.
    """

    object: RegisteredObject
    metres: int | None
    permit: Permit | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """What a domain wants shown, and what was found; an empty one says that there is nothing."""

    heading: str
    how: str
    rows: tuple[Near, ...]


def panels(case: Case, *, on: datetime, language: str) -> list[Panel]:
    """The panels of the case's domain for its type; none where its place is not known."""
    domain = next((one for one in DOMAINS if one.key == case.domain), None)
    if domain is None or case.lon is None or case.lat is None or case.type is None:
        return []
    day = habits(case.district_id).day(on)
    wanted = [one for one in domain.beside if case.type.code in one.types]
    return [Panel(one.words(language), one.how, _rows(one, case, day, language)) for one in wanted]


def _rows(one: Beside, case: Case, day: date, language: str) -> tuple[Near, ...]:
    assert case.lon is not None
    assert case.lat is not None
    if one.how == "around":
        found: Sequence[tuple[RegisteredObject, float | None]] = _around(one, case, day)
    else:
        close = nearest(
            case.district_id, one.kind, case.lon, case.lat, limit=SHOWN, states=one.states or None
        )
        found = [(thing, metres) for thing, metres in close if metres <= one.within]
    permits = _permits([thing.pk for thing, _ in found], day)
    return tuple(
        Near(
            thing,
            None if metres is None else round(metres),
            permits.get(thing.pk),
            _facts(one, thing, language),
        )
        for thing, metres in found
    )


def _around(one: Beside, case: Case, day: date) -> list[tuple[RegisteredObject, None]]:
    """The areas the case lies in whose permit or notice is in force; a district has few of them."""
    assert case.lon is not None
    assert case.lat is not None
    point = shapely.Point(case.lon, case.lat)
    areas = RegisteredObject.objects.filter(
        Q(permit_until=None) | Q(permit_until__gte=day), district_id=case.district_id, kind=one.kind, live=True,
        shape__isnull=False,
    )  # fmt: skip
    areas = areas.filter(state__in=one.states) if one.states else areas
    return [
        (area, None)
        for area in areas.defer("bigrams").order_by("id")
        if (drawn := area.shape) and shape(drawn).intersects(point)
    ]


def _permits(ids: list[int], day: date) -> dict[int, Permit]:
    rows = Permit.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), object_id__in=ids, starts_on__lte=day, ended_on=None
    )
    return {row.object_id: row for row in rows.order_by("starts_on", "id")}


def _facts(one: Beside, thing: RegisteredObject, language: str) -> tuple[tuple[str, str], ...]:
    declared = kind(one.kind)
    return tuple(
        (field.words(language), _words(field, thing.facts[key], language))
        for key in one.facts
        if (field := declared.field(key)) is not None and thing.facts.get(key) is not None
    )


def _words(field: Any, value: Any, language: str) -> str:
    chosen = next((word for word in field.choices if word.key == value), None)
    return chosen.words(language) if chosen else str(value)
