"""Which department a case goes to, and why that one.

First the district's rules in their order, then the list of competences (权责清单), then the
type's own department. Where the list names another authority, `propose_authority` says which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from chengzhi.cases.competence import HANDLE, Place, competent, in_force, pick
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case, CaseType, Competence, RoutingCorrection, RoutingRule
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.workings import Move, RowOp
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.places.models import Area


@dataclass(frozen=True, slots=True)
class Proposal:
    """The department proposed, the rule it comes from (None: the type's own), and the reason."""

    unit_id: int
    rule_id: int | None
    why: str


def propose_unit(
    *, district_id: int, type_id: int | None, area_id: int | None, domain: str, on: datetime
) -> Proposal | None:
    """The first rule in order whose conditions hold, else the type's own department, else None."""
    day, above = habits(district_id).day(on), _above(area_id)
    rules = _in_force(district_id, day).select_related("unit", "type", "area")
    for rule in rules:
        if _holds(rule, type_id, above, domain):
            return Proposal(rule.unit_id, rule.pk, _why(rule))
    listed = _competent(district_id, type_id, area_id, domain, on)
    if listed is not None and listed.unit is not None and listed.unit.active:
        why = _("The list of competences: %(unit)s, %(basis)s.")
        return Proposal(listed.unit.pk, None, why % {"unit": listed.unit.name, "basis": listed.basis})
    if type_id is None:
        return None
    kind = (
        CaseType.objects.filter(pk=type_id, default_unit__active=True).select_related("default_unit").first()
    )
    if kind is None or kind.default_unit is None:
        return None
    why = _("“%(type)s” goes to %(unit)s.") % {"type": kind.name, "unit": kind.default_unit.name}
    return Proposal(kind.default_unit.pk, None, why)


def propose_authority(
    *, district_id: int, type_id: int | None, area_id: int | None, domain: str, on: datetime
) -> Competence | None:
    """The line that makes another authority competent here; None where the district handles it itself."""
    listed = _competent(district_id, type_id, area_id, domain, on)
    return listed if listed is not None and listed.authority_id is not None else None


def _competent(
    district_id: int, type_id: int | None, area_id: int | None, domain: str, on: datetime
) -> Competence | None:
    return competent(
        district_id=district_id, type_id=type_id, domain=domain, act=HANDLE, place=Place(area_id), on=on
    )


def rules_on(district_id: int, day: date) -> list[RoutingRule]:
    """The rules in force on a day, in their order, with unit, type and area."""
    return list(_in_force(district_id, day).select_related("unit", "type", "area"))


def units_by_rules(
    rules: Sequence[RoutingRule], cases: Iterable[Case], district_id: int, day: date
) -> dict[int, int | None]:
    """Case key → the unit these rules, the list of competences of a day or the type propose.

    Three statements for any number of cases.
    """
    listed = list(in_force(district_id, day).filter(act=HANDLE))
    parents = dict(Area.objects.filter(district_id=district_id).values_list("pk", "parent_id"))
    own = dict(CaseType.objects.filter(district_id=district_id).values_list("pk", "default_unit_id"))
    found: dict[int, int | None] = {}
    for case in cases:
        above = _chain(parents, case.area_id)
        hit = next((rule for rule in rules if _holds(rule, case.type_id, above, case.domain)), None)
        found[case.pk] = hit.unit_id if hit else _listed(listed, case, above) or own.get(case.type_id or 0)
    return found


def _listed(lines: Sequence[Competence], case: Case, above: Sequence[int]) -> int | None:
    line = pick(lines, type_id=case.type_id, domain=case.domain, above=above)
    return line.unit_id if line is not None and line.unit is not None and line.unit.active else None


def _chain(parents: Mapping[int, int | None], area_id: int | None) -> list[int]:
    found: list[int] = []
    while area_id is not None and area_id not in found:
        found.append(area_id)
        area_id = parents.get(area_id)
    return found


def _in_force(district_id: int, day: date) -> Any:
    return RoutingRule.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), district_id=district_id, valid_from__lte=day,
        unit__active=True,
    ).order_by("position", "id")  # fmt: skip


def _above(area_id: int | None) -> Sequence[int]:
    """The area and all that contain it."""
    found: list[int] = []
    while area_id is not None and area_id not in found:
        found.append(area_id)
        area_id = Area.objects.filter(pk=area_id).values_list("parent_id", flat=True).first()
    return found


def _holds(rule: RoutingRule, type_id: int | None, above: Sequence[int], domain: str) -> bool:
    return (
        (rule.type_id is None or rule.type_id == type_id)
        and (rule.area_id is None or rule.area_id in above)
        and (not rule.domain or rule.domain == domain)
    )


def _why(rule: RoutingRule) -> str:
    named = [rule.type.name if rule.type else "", rule.domain, rule.area.name if rule.area else ""]
    conditions = ", ".join(name for name in named if name) or _("every case")
    said = _("Rule %(position)s: %(conditions)s goes to %(unit)s.") % {
        "position": rule.position, "conditions": conditions, "unit": rule.unit.name,
    }  # fmt: skip
    return f"{said} {rule.reason}".strip()


def correction(move: Move) -> tuple[RowOp, ...]:
    """The row that keeps a dispatcher's other choice; none when it follows the proposal."""
    case = move.thing
    said = propose_unit(
        district_id=case.district_id, type_id=case.type_id, area_id=case.area_id,
        domain=case.domain, on=move.on,
    )  # fmt: skip
    if said is None or said.unit_id == move.facts["unit"]:
        return ()
    values = {
        "case_id": case.pk, "district_id": case.district_id, "rule_id": said.rule_id,
        "proposed_id": said.unit_id, "chosen_id": move.facts["unit"],
        "made_by": move.by.account_id, "made_at": move.on,
    }  # fmt: skip
    return (RowOp(RoutingCorrection, values),)


def set_rule(
    *,
    district_id: int,
    position: int,
    unit_id: int,
    type_id: int | None = None,
    area_id: int | None = None,
    domain: str = "",
    reason: str = "",
    valid_from: date,
    replaces: int | None = None,
    by: Actor,
    on: datetime,
) -> RoutingRule:
    """Write a routing rule from a day on; the one it replaces ends the day before. Raises NotAllowed."""
    require(by, "limits.manage")
    if replaces is not None:
        RoutingRule.objects.filter(pk=replaces, district_id=district_id).update(
            valid_to=date.fromordinal(valid_from.toordinal() - 1), changed_by=by.account_id
        )
    rule = RoutingRule.objects.create(
        district_id=district_id, position=position, unit_id=unit_id, type_id=type_id, area_id=area_id,
        domain=domain, reason=reason, valid_from=valid_from, changed_by=by.account_id,
    )  # fmt: skip
    facts = {
        "unit": unit_id, "type": type_id, "area": area_id, "domain": domain, "replaces": replaces,
        "position": position, "unit_name": rule.unit.name, "from": valid_from.isoformat(),
    }  # fmt: skip
    record(
        district_id=district_id,
        thing="routing_rule",
        thing_id=rule.pk,
        step="routing_set",
        by=by,
        on=on,
        facts=facts,
    )
    return rule


def end_rule(rule: RoutingRule, *, last_day: date, by: Actor, on: datetime) -> None:
    """A rule counts on its last day still; one that has not begun then never counts. Raises NotAllowed."""
    require(by, "limits.manage", rule)
    rule.valid_to, rule.changed_by = last_day, by.account_id
    rule.save(update_fields=["valid_to", "changed_by"])
    facts = {"position": rule.position, "unit_name": rule.unit.name, "to": last_day.isoformat()}
    record(
        district_id=rule.district_id, thing="routing_rule", thing_id=rule.pk, step="routing_ended", by=by, on=on,
        facts=facts,
    )  # fmt: skip
