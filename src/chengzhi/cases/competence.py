"""权责清单 as data: who may do what where. Drives routing and the officer's card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from chengzhi.cases.competence_tables import Authority, Competence
from chengzhi.cases.habits import habits
from chengzhi.cases.models import CaseType
from chengzhi.domains import DOMAINS
from chengzhi.domains.words import Word
from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.models import Unit
from chengzhi.people.rules import require
from chengzhi.places.models import Area

HANDLE = "handle"
ACTS: Mapping[str, Word] = MappingProxyType(
    {
        word.key: word
        for word in (
            Word(HANDLE, "处置", "Handle"),
            Word("inspect", "检查", "Inspect"),
            Word("order", "责令改正", "Order to correct"),
            Word("penalise", "行政处罚", "Penalise"),
            Word("seize", "查封扣押", "Seize or detain"),
            Word("demolish", "拆除", "Demolish"),
            Word("permit", "许可", "Permit"),
        )
    }
)
"""What may be done, by key; the first drives routing."""


class BadCompetence(Problem):
    """A line of the list that says nothing, or two things at once."""

    code: ClassVar[str] = "cases.bad_competence"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Place:
    """Where the question is asked: an area (with those above it) and the kind of road."""

    area_id: int | None = None
    road_kind: str = ""


def in_force(district_id: int, day: date) -> Any:
    """The lines that count on a day, with what they name."""
    return (
        Competence.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=day), district_id=district_id, valid_from__lte=day
        )
        .select_related("unit", "authority", "type", "area")
        .order_by("domain", "act", "id")
    )


def competent(
    *, district_id: int, type_id: int | None, domain: str, act: str, place: Place, on: datetime
) -> Competence | None:
    """The line that says who may do this act here, the most particular first; None when none does."""
    rows = in_force(district_id, habits(district_id).day(on)).filter(act=act)
    return pick(
        rows, type_id=type_id, domain=domain, above=areas_above(place.area_id), road_kind=place.road_kind
    )


def pick(
    rows: Iterable[Competence], *, type_id: int | None, domain: str, above: Sequence[int], road_kind: str = ""
) -> Competence | None:
    """Of lines of one act the one that fits a matter and a place most closely; None when none does."""
    fitting = (
        row
        for row in rows
        if row.type_id in (None, type_id) and row.domain in ("", domain) and _here(row, above, road_kind)
    )
    return max(fitting, key=lambda row: _fit(row, above), default=None)


def areas_above(area_id: int | None) -> list[int]:
    """The area and all that contain it, the smallest first; one statement."""
    if area_id is None:
        return []
    district = Area.objects.filter(pk=area_id).values_list("district_id", flat=True)[:1]
    parents = dict(Area.objects.filter(district_id__in=district).values_list("pk", "parent_id"))
    found: list[int] = []
    step: int | None = area_id
    while step is not None and step not in found:
        found.append(step)
        step = parents.get(step)
    return found


def _here(row: Competence, above: Sequence[int], road_kind: str) -> bool:
    return (row.area_id is None or row.area_id in above) and row.road_kind in ("", road_kind)


def _fit(row: Competence, above: Sequence[int]) -> tuple[int, int, int, int, int]:
    depth = len(above) - above.index(row.area_id) if row.area_id in above else 0
    return (row.type_id is not None, depth, bool(row.road_kind), bool(row.domain), row.pk)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the officer's card: an act on a matter, whether it is ours, on which basis."""

    act: Word
    matter: str
    ours: bool
    who: str
    basis: str
    conditions: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The card's part of one domain."""

    domain: str
    name: str
    entries: tuple[Entry, ...]


def card(actor: Actor, *, place: Place, on: datetime, language: str) -> list[Section]:
    """“What may I do here”: for each domain the acts, whose they are, and the basis.

    Ours means: a unit the officer works in, or one above it, holds the line.
    """
    district_id = actor.district_id
    if district_id is None:
        return []
    above, units = areas_above(place.area_id), _units_of(actor)
    rows = [
        row
        for row in in_force(district_id, habits(district_id).day(on))
        if _here(row, above, place.road_kind) or not above
    ]
    names = [
        ("", _("All domains")),
        *((d.key, d.name if language.startswith("zh") else d.name_en) for d in DOMAINS),
    ]
    sections = (
        Section(key, name, tuple(_entry(row, units, language) for row in rows if row.domain == key))
        for key, name in names
    )
    return [section for section in sections if section.entries]


def _units_of(actor: Actor) -> frozenset[int]:
    """The officer's units and those above them: what the bureau holds, its squads do."""
    parents = dict(Unit.objects.filter(district_id=actor.district_id or 0).values_list("pk", "parent_id"))
    found: set[int] = set()
    for unit in actor.unit_ids:
        step: int | None = unit
        while step is not None and step not in found:
            found.add(step)
            step = parents.get(step)
    return frozenset(found)


def _entry(row: Competence, units: frozenset[int], language: str) -> Entry:
    chinese = language.startswith("zh")
    holder: Any = row.unit or row.authority
    matter = ""
    if row.type is not None:
        matter = row.type.name if chinese else row.type.name_en or row.type.name
    return Entry(
        act=ACTS[row.act], matter=matter, ours=row.unit_id in units,
        who=holder.name if chinese else holder.name_en or holder.name, basis=row.basis,
        conditions=row.conditions, verified=row.status != "unverified",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a person states it; ids and keys, checked by `set_line`."""

    act: str
    basis: str
    domain: str = ""
    type_id: int | None = None
    area_id: int | None = None
    road_kind: str = ""
    unit_id: int | None = None
    authority_id: int | None = None
    conditions: str = ""
    source: str = ""
    status: str = "unverified"


def set_line(
    line: Line, *, district_id: int, valid_from: date, replaces: int | None = None, by: Actor, on: datetime
) -> Competence:
    """Write a line from a day on; the one it replaces ends the day before. Raises NotAllowed, BadCompetence."""
    require(by, "competence.manage")
    _check(line, district_id)
    if replaces is not None:
        end_line(replaces, district_id=district_id, first_day_without=valid_from, by=by, on=on)
    row = Competence.objects.create(
        district_id=district_id, valid_from=valid_from, changed_by=by.account_id,
        **{name: getattr(line, name) for name in Line.__dataclass_fields__},
    )  # fmt: skip
    facts = {"act": line.act, "domain": line.domain, "basis": line.basis, "from": valid_from.isoformat(),
             "who": str(row.unit or row.authority)}  # fmt: skip
    record(district_id=district_id, thing="competence", thing_id=row.pk, step="competence_set", by=by, on=on,
           facts=facts)  # fmt: skip
    return row


def _check(line: Line, district_id: int) -> None:
    if line.act not in ACTS:
        raise BadCompetence(_("There is no act “%(act)s”.") % {"act": line.act})
    if (line.unit_id is None) == (line.authority_id is None):
        raise BadCompetence(
            _("A line names either a unit or another authority."),
            _("Both or neither were given."),
            _("Choose one of them."),
        )
    if not line.basis.strip():
        raise BadCompetence(
            _("The legal basis is missing."),
            _("What nobody may look up nobody may rely on."),
            _("Name the article or the decision that transfers the power."),
        )
    _same_district(line, district_id)


def _same_district(line: Line, district_id: int) -> None:
    named = (
        (Unit, line.unit_id),
        (Authority, line.authority_id),
        (CaseType, line.type_id),
        (Area, line.area_id),
    )
    for table, number in named:
        if (
            number is not None
            and not table._default_manager.filter(pk=number, district_id=district_id).exists()
        ):
            raise BadCompetence(_("What the line names is not of this district."))


def end_line(number: int, *, district_id: int, first_day_without: date, by: Actor, on: datetime) -> None:
    """A line counts until the day before. Raises NotAllowed."""
    require(by, "competence.manage")
    last = date.fromordinal(first_day_without.toordinal() - 1)
    changed = Competence.objects.filter(pk=number, district_id=district_id).update(
        valid_to=last, changed_by=by.account_id
    )
    if changed:
        record(district_id=district_id, thing="competence", thing_id=number, step="competence_ended", by=by, on=on,
               facts={"to": last.isoformat()})  # fmt: skip
