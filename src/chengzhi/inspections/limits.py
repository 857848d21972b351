"""What a measured value must keep to: the district's own dated rows, else the shipped rule files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.domains.domain import Measurement
from chengzhi.inspections.checklists import measurement as measurement_of
from chengzhi.inspections.models import CheckLimit
from chengzhi.inspections.problems import BadLimit
from chengzhi.inspections.rules import Within
from chengzhi.law.rules import RULES, NotYetInForce
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.people.queries import in_force
from chengzhi.people.rules import require
from chengzhi.places.models import Area

READINGS = "inspections/default_limits"


@dataclass(frozen=True, slots=True)
class Spot:
    """What of a place a limit may depend on. `area_ids`: the leaf area first, then those above it."""

    area_ids: tuple[int, ...] = ()
    area_class: int | None = None
    road_kind: str = "unknown"
    grade: str = ""


@dataclass(frozen=True, slots=True)
class FoundLimit:
    """A limit with its unit and where it stands; `status` "unverified" says that nobody confirmed it."""

    value: Decimal
    unit: str
    source: str
    status: str

    def passed(self, one: Measurement, value: Decimal) -> bool | None:
        """Whether a value keeps to it; None where the measurement has nothing to pass."""
        if not one.passes:
            return None
        return value <= self.value if one.passes == "below" else value >= self.value


def limit_for(*, district_id: int, measurement: str, spot: Spot, day: date) -> FoundLimit | None:
    """The limit on a day at a spot; None where neither the district nor a rule file sets one.

    The most particular row of the district counts: an own area before the area above it, then area
    class, road kind, grade. Raises UnknownMeasurement.
    """
    return limits_for(district_id=district_id, keys=[measurement], spot=spot, day=day).get(measurement)


def limits_for(*, district_id: int, keys: Collection[str], spot: Spot, day: date) -> Mapping[str, FoundLimit]:
    """The same for several measurements, in one query; those without a limit are left out."""
    rows = list(CheckLimit.objects.filter(in_force(day), district_id=district_id, measurement__in=keys))
    found = {}
    for key in keys:
        one = measurement_of(key)
        limit = _own([row for row in rows if row.measurement == key], spot) or _shipped(one, spot, day)
        if limit is not None:
            found[key] = limit
    return found


def _own(rows: list[CheckLimit], spot: Spot) -> FoundLimit | None:
    fitting = [row for row in rows if _fits(row, spot)]
    if not fitting:
        return None
    row = max(fitting, key=lambda row: _particular(row, spot))
    return FoundLimit(row.value, row.unit, row.source, row.status)


def _fits(row: CheckLimit, spot: Spot) -> bool:
    return (
        (row.area_id is None or row.area_id in spot.area_ids)
        and row.area_class in (None, spot.area_class)
        and row.road_kind in ("", spot.road_kind)
        and row.grade in ("", spot.grade)
    )


def _particular(row: CheckLimit, spot: Spot) -> tuple[int, bool, bool, bool, date, int]:
    near = len(spot.area_ids) - spot.area_ids.index(row.area_id) if row.area_id is not None else 0
    return (near, row.area_class is not None, bool(row.road_kind), bool(row.grade), row.valid_from, row.pk)


def _shipped(one: Measurement, spot: Spot, day: date) -> FoundLimit | None:
    """The value of the measurement's rule file as `inspections/default_limits` reads it."""
    if one.rule is None:
        return None
    try:
        how = RULES[READINGS].at(day).value.get(one.key)
        said = RULES[one.rule].at(day)
    except NotYetInForce:
        return None
    value = _picked(how, said, spot) if how else None
    if value is None:
        return None
    return FoundLimit(Decimal(str(value)), one.unit, _title(one.rule), "unverified")


def _title(path: str) -> str:
    """A rule and its source, in the language of the page or call."""
    rule = RULES[path]
    title = rule.title if (get_language() or "zh").startswith("zh") else rule.title_en
    return f"{title} {rule.source}"[:120]


def _picked(how: Mapping[str, str], said: Any, spot: Spot) -> Any:
    if how["by"] == "road_kind":
        return said.choice(how.get(spot.road_kind))
    if how["by"] == "grade":
        return said.value.get(spot.grade, {}).get(how["key"])
    return said.value[how["key"]] if how["by"] == "key" else said.value


@transaction.atomic
def set_limit(
    *,
    district_id: int,
    measurement: str,
    value: Decimal | None,
    source: str = "",
    status: str = "unverified",
    first_day: date,
    area_id: int | None = None,
    area_class: int | None = None,
    road_kind: str = "",
    grade: str = "",
    by: Actor,
    on: datetime,
) -> CheckLimit | None:
    """From `first_day` on this limit holds (None: none of its own; the next more general one counts).

    Raises NotAllowed, UnknownMeasurement, BadLimit.
    """
    require(by, "checks.manage", Within(district_id))
    one = measurement_of(measurement)
    _possible(one, value)
    if area_id is not None and not Area.objects.filter(pk=area_id, district_id=district_id).exists():
        raise BadLimit(_("There is no such area in this district."))
    scope = {"area_id": area_id, "area_class": area_class}
    keys = {"district_id": district_id, "measurement": measurement, "road_kind": road_kind, "grade": grade}
    keys |= {f"{k}__isnull" if v is None else k: True if v is None else v for k, v in scope.items()}
    values: dict[str, Any] = {"value": value, "unit": one.unit, "source": source, "status": status}
    values["changed_by"] = by.account_id
    row = replace_from(CheckLimit, keys=keys, values=None if value is None else values, first_day=first_day)
    record(
        district_id=district_id, thing="check_limit", thing_id=row.pk if row else 0,
        step="limit_set" if row else "limit_ended", by=by, on=on,
        facts={**scope, "measurement": measurement, "road_kind": road_kind, "grade": grade,
               "value": value, "unit": one.unit, "source": source, "first_day": first_day},
    )  # fmt: skip
    return row


def _possible(one: Measurement, value: Decimal | None) -> None:
    if not one.passes and value is not None:
        raise BadLimit(_("%(name)s is measured only; there is nothing to pass.") % {"name": one.name})
    if value is None:
        return
    below = one.least is not None and value < Decimal(str(one.least))
    if not value.is_finite() or below or (one.most is not None and value > Decimal(str(one.most))):
        raise BadLimit(
            _("%(value)s %(unit)s is no possible limit.") % {"value": value, "unit": one.unit},
            _("No instrument shows such a value."),
            _("Give a value from %(least)s to %(most)s.") % {"least": one.least, "most": one.most},
        )
