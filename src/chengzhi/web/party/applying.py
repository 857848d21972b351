"""What applies to a party: what is checked at its objects, to which limit, what a fault leads to, with sources."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q

from chengzhi.cases.models import CaseLimit
from chengzhi.domains.domain import Checklist, Domain
from chengzhi.domains.kinds import Kind
from chengzhi.inspections.checklists import UNIT_WORDS
from chengzhi.inspections.limits import Spot, limits_for
from chengzhi.law.units import Limit, Unit
from chengzhi.people.queries import in_force
from chengzhi.registers.kinds import domain_of_kind, kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.plans import plans_in_force
from chengzhi.web.registers.words import Said, facts_of, kind_name, local_name
from chengzhi.web.shell import wording

BANS = 8
"""How many areas of a ban are told; the others are counted."""


@dataclass(frozen=True)
class Rule:
    """One line that is looked at; `time` is how long correcting may take once it is a case."""

    words: str
    time: str = ""
    source: str = ""


@dataclass(frozen=True)
class Measured:
    """One quantity with what it must keep to."""

    words: str
    limit: str
    source: str
    unverified: bool


@dataclass(frozen=True)
class Area:
    """A line or area in which something is forbidden or allowed, by whom, since when."""

    thing: RegisteredObject
    facts: list[Said]
    permit: Any


@dataclass
class Applying:
    """What applies to the objects of one kind."""

    name: str
    every: list[tuple[str, int]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    areas_name: str = ""
    areas: list[Area] = field(default_factory=list)


def applying(things: list[RegisteredObject], day: date) -> list[Applying]:
    """What applies to some objects, by their kinds."""
    by_kind: dict[str, RegisteredObject] = {}
    for thing in things:
        by_kind.setdefault(thing.kind, thing)
    return [_of(kind(key), thing, day) for key, thing in by_kind.items()]


def _of(declared: Kind, thing: RegisteredObject, day: date) -> Applying:
    domain = domain_of_kind(declared.key)
    lists = [one for key in declared.checklists if (one := domain.checklist(key)) is not None]
    names = {one.key: local_name(one) for one in lists}
    plans = plans_in_force(thing.district_id, declared.key, day)
    found = Applying(kind_name(declared))
    found.every = [(names.get(plan.checklist, plan.checklist), plan.every_days) for plan in plans]
    found.rules = _rules(lists, thing, day)
    found.measured = _measured(domain, lists, thing, day)
    _add_areas(found, domain, declared, thing.district_id)
    return found


def _rules(lists: list[Checklist], thing: RegisteredObject, day: date) -> list[Rule]:
    items = [item for one in lists for item in one.items]
    limits = _limits({item.opens for item in items if item.opens}, thing, day)
    return [Rule(local_name(item), *limits.get(item.opens or ("", ""), ("", ""))) for item in items]


def _limits(
    wanted: set[tuple[str, str]], thing: RegisteredObject, day: date
) -> dict[tuple[str, str], tuple[str, str]]:
    """How long correcting may take by case type and condition, with the source.

    The row of the object's own class of area counts before that of every class.
    """
    own = getattr(thing.area, "area_class", None)
    rows = CaseLimit.objects.filter(
        in_force(day), Q(area_class=own) | Q(area_class=None), type__district_id=thing.district_id,
        type__code__in={code for code, _ in wanted},
    ).select_related("type")  # fmt: skip
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for row in rows.order_by(F("area_class").asc(nulls_last=True), "pk"):
        said = Limit(row.amount, Unit(row.unit)).say("zh" if wording.chinese() else "en")
        found.setdefault((row.type.code, row.condition), (said, row.source))
    return found


def _measured(domain: Domain, lists: list[Checklist], thing: RegisteredObject, day: date) -> list[Measured]:
    keys = [key for one in lists for key in one.measures]
    known = [one for key in keys if (one := domain.measurement(key)) is not None and one.passes]
    spot = Spot(_areas_of(thing), getattr(thing.area, "area_class", None), thing.road_kind, _grade(thing))
    limits = limits_for(district_id=thing.district_id, keys=[one.key for one in known], spot=spot, day=day)
    found = [(one, limits[one.key]) for one in known if one.key in limits]
    return [
        Measured(local_name(one), f"{'≤' if one.passes == 'below' else '≥'} {limit.value.normalize():f} "
                 f"{UNIT_WORDS.get(limit.unit, limit.unit)}".strip(), limit.source, limit.status == "unverified")
        for one, limit in found
    ]  # fmt: skip


def _areas_of(thing: RegisteredObject) -> tuple[int, ...]:
    return tuple(one for one in (thing.area_id, thing.street_area_id) if one is not None)


def _grade(thing: RegisteredObject) -> str:
    return str(thing.facts.get("grade", ""))


def _add_areas(found: Applying, domain: Domain, own: Kind, district_id: int) -> None:
    """Bans and the like: areas of the same domain that belong to nobody and are public."""
    others = [one for one in domain.registers if one.place == "area" and one.party is None and one.public]
    for other in others:
        if other.key == own.key:
            continue
        rows = RegisteredObject.objects.filter(district_id=district_id, kind=other.key, live=True)
        things = rows.defer("bigrams", "shape").prefetch_related("permits").order_by("id")[:BANS]
        found.areas_name = kind_name(other)
        found.areas += [
            Area(one, facts_of(other, one.facts, public=True), next(iter(one.permits.all()), None))
            for one in things
        ]
