"""A failed item or value opens a case: right type and condition, a text that explains itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.cases.actions import NewCase, open_case
from chengzhi.cases.habits import habits
from chengzhi.cases.models import CaseType
from chengzhi.domains import CASE_TYPES
from chengzhi.domains.domain import Checklist, Domain
from chengzhi.inspections.checklists import named, unit_words
from chengzhi.inspections.entries import Entry, Found, Measured, plain
from chengzhi.inspections.models import Visit
from chengzhi.inspections.spots import Where
from chengzhi.people.actor import Actor

CHANNEL = "patrol"
REPORT = "case.report"
Opens = tuple[str, str]
METHODS = {Visit.Result.PERSUADED: "service", Visit.Result.CORRECTED: "management"}
"""A matter settled on the spot: how. Anything else waits to be handled."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed and goes into one case: (type code, condition), lines of the checklist, values."""

    opens: Opens
    found: tuple[Found, ...]
    measured: tuple[Measured, ...]


def failures(entry: Entry, *, excused: bool, known: Iterable[Opens] = ()) -> list[Failure]:
    """What opens a case, one for each type and condition; what is `known` to the first look is left out.

    The weather excuses what was measured, not what was seen.
    """
    found = [one for one in entry.found if one.failed and one.item.opens]
    measured = [] if excused else [m for m in entry.measured if m.passed is False and m.measurement.opens]
    keys = dict.fromkeys([one.item.opens for one in found] + [one.measurement.opens for one in measured])
    left_out = set(known)
    return [
        Failure(
            key,
            tuple(one for one in found if one.item.opens == key),
            tuple(one for one in measured if one.measurement.opens == key),
        )
        for key in keys
        if key is not None and key not in left_out
    ]


def open_cases(
    visit: Visit,
    todo: Iterable[Failure],
    *,
    domain: Domain,
    checklist: Checklist,
    where: Where,
    by: Actor,
    on: datetime,
) -> Mapping[Opens, int]:
    """Bring the cases into being; (type code, condition) → case id."""
    todo = list(todo)
    types = _types(visit.district_id, {failure.opens[0] for failure in todo})
    as_opener = opener(by)
    opened = {}
    for failure in todo:
        kind = types.get(failure.opens[0])
        new = _new(visit, failure, kind, domain, where)
        new.text = _text(visit, failure, checklist, where)
        step = _step(visit, kind, where)
        if step == "self_handle":
            new.outcome, new.method = _outcome(failure.opens), METHODS[Visit.Result(visit.result)]
        born = open_case(new, by=as_opener, on=on, step=step, facts={"notes": {"visit": visit.pk}})
        opened[failure.opens] = born.id
    return opened


def opener(by: Actor) -> Actor:
    """Whoever may inspect may open the case that the checklist calls for."""
    return replace(by, permissions=by.permissions | {REPORT}, district_wide=by.district_wide | {REPORT})


def _step(visit: Visit, kind: CaseType | None, where: Where) -> str:
    if visit.result in METHODS:
        return "self_handle"
    return "file_directly" if kind is not None and where.cell_id is not None else "report"


def _types(district_id: int, codes: set[str]) -> dict[str, CaseType]:
    """The district's own types of these codes; a district with other codes opens cases without type."""
    rows = CaseType.objects.filter(district_id=district_id, code__in=codes, valid_to=None)
    return {row.code: row for row in rows if row.code_set == CASE_TYPES[row.code][1].code_set}


def _outcome(opens: Opens) -> str:
    code, key = opens
    return next((c.outcome for c in CASE_TYPES[code][1].conditions if c.key == key), "")


def _new(visit: Visit, failure: Failure, kind: CaseType | None, domain: Domain, where: Where) -> NewCase:
    names = ("lon", "lat", "zkey", "cell_id", "area_id", "street_area_id", "street_id", "road_kind")
    place: dict[str, Any] = {name: getattr(where, name) for name in names}
    return NewCase(
        district_id=visit.district_id,
        channel=CHANNEL,
        address=(where.address or where.name)[:250],
        type_id=kind.pk if kind else None,
        condition=failure.opens[1] if kind else "default",
        domain=domain.key,
        place_kind=where.place_kind,
        **place,
    )


def _text(visit: Visit, failure: Failure, checklist: Checklist, where: Where) -> str:
    day = habits(visit.district_id).day(visit.visited_at)
    names = {"list": named(checklist), "place": where.name or where.address, "day": day}
    head = (
        _("%(list)s, %(place)s, %(day)s. Not in order:") % names
        if names["place"]
        else _("%(list)s, %(day)s. Not in order:") % names
    )
    lines = [*map(_item_line, failure.found), *map(_value_line, failure.measured)]
    return "\n".join([head, *lines])


def _item_line(one: Found) -> str:
    return f"· {named(one.item)}" + (f" — {one.note}" if one.note else "")


def _value_line(one: Measured) -> str:
    assert one.limit is not None
    names = {
        "name": named(one.measurement), "value": plain(one.value), "unit": unit_words(one.limit.unit),
        "limit": plain(one.limit.value), "source": one.limit.source or _("set by the district"),
    }  # fmt: skip
    said = (
        _("%(name)s %(value)s %(unit)s, limit at most %(limit)s %(unit)s (%(source)s)")
        if one.measurement.passes == "below"
        else _("%(name)s %(value)s %(unit)s, limit at least %(limit)s %(unit)s (%(source)s)")
    )
    return "· " + said % names
