"""Case types, limits, stage limits, escalation and routing of a district pack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field

from chengzhi.cases.competence_packs import CompetenceRows, load_competences, read_competences
from chengzhi.cases.models import CaseLimit, CaseType, Escalation, RoutingRule, StageLimit
from chengzhi.domains import CASE_TYPES, DOMAINS
from chengzhi.domains.catalogue import CATALOGUE
from chengzhi.law.units import Unit as LimitUnit
from chengzhi.people.models import Unit
from chengzhi.places.dated import merge_dated
from chengzhi.places.models import Area, District
from chengzhi.places.packfile import Pack
from chengzhi.places.packs import upsert
from chengzhi.places.tables import BadTable, Row, refuse_repeats

MATTER = "matter"


def _blank(value: Any) -> Any:
    return None if value == "" else value


AreaClass = Annotated[int | None, BeforeValidator(_blank)]


class TypeRow(Row):
    """types.csv: code, kind, name, name_en, group, group_en, domain, unit, public, code_set.

    A blank `code_set` is the pack's own.
    """

    code: str = Field(min_length=1, max_length=40)
    kind: str = "event"
    name: str = Field(min_length=1, max_length=120)
    name_en: str = Field(default="", max_length=120)
    group: str = ""
    group_en: str = ""
    domain: str = ""
    unit: str = ""
    public: bool = True
    code_set: str = ""


class _Amount(Row):
    amount: Decimal = Field(gt=0, max_digits=8, decimal_places=2)
    unit: LimitUnit
    source: str = Field(default="", max_length=120)
    status: str = Field(default="unverified", max_length=12)


class LimitRow(_Amount):
    """limits.csv; `type` is a code, or the start of codes and * for types without own limits."""

    type: str
    condition: str = Field(default="default", max_length=40)
    condition_name: str = ""
    condition_name_en: str = ""
    area_class: AreaClass = None
    outcome: str = Field(default="", max_length=40)


class StageRow(_Amount):
    """stage_limits.csv: stage, urgent, amount, unit, source, status."""

    stage: str = Field(pattern=r"^[a-z_]{1,12}$")
    urgent: bool = False


class EscalationRow(Row):
    """escalation.csv: domain (blank: all), share of the limit, role told, own_unit_only."""

    domain: str = ""
    share: Decimal = Field(gt=0, le=20, max_digits=5, decimal_places=2)
    role: str
    own_unit_only: bool = True


class RoutingRow(Row):
    """routing.csv: `prefix` gives types a default unit; rows without it are rules in order."""

    prefix: str = ""
    domain: str = ""
    area: str = ""
    unit: str
    reason: str = Field(default="", max_length=200)


@dataclass(frozen=True)
class CaseRows:
    """The checked tables of a pack about cases."""

    types: list[TypeRow]
    limits: list[LimitRow]
    stages: list[StageRow]
    escalations: list[EscalationRow]
    routing: list[RoutingRow]
    competences: CompetenceRows


def read_cases(pack: Pack, units: Sequence[str]) -> CaseRows:
    """All tables about cases, checked against each other and the pack's units. Raises BadTable."""
    types = _types(pack)
    refuse_repeats("types.csv", ((row.kind, row.code) for row in types))
    limits = _limits(pack, types)
    routing = pack.table("routing.csv", RoutingRow)
    _check_units("types.csv", (row.unit for row in types if row.unit), units)
    _check_units("routing.csv", (row.unit for row in routing), units)
    _check_domains(types)
    return CaseRows(
        types, limits, pack.table("stage_limits.csv", StageRow),
        pack.table("escalation.csv", EscalationRow), routing, read_competences(pack, units),
    )  # fmt: skip


def _types(pack: Pack) -> list[TypeRow]:
    if pack.manifest.types == "none":
        return []
    if pack.manifest.types == "file":
        return pack.table("types.csv", TypeRow)
    code_set = pack.manifest.code_set
    declared = {(kind.code_set, kind.code): (domain.key, kind) for domain in DOMAINS for kind in domain.types}
    listed = [
        TypeRow(code=entry.code, kind=entry.kind, name=entry.name, name_en=entry.name_en,
                domain=declared.pop((code_set, entry.code), ("", None))[0])
        for entry in CATALOGUE.of(code_set, MATTER)
    ]  # fmt: skip
    local = [
        TypeRow(code=kind.code, kind=MATTER, name=kind.name, name_en=kind.name_en, domain=key,
                code_set=kind.code_set)
        for key, kind in declared.values()
        if kind.code_set.startswith("local:")
    ]  # fmt: skip
    return listed + local + pack.table("types.csv", TypeRow)


def _limits(pack: Pack, types: list[TypeRow]) -> list[LimitRow]:
    if pack.manifest.limits == "none":
        return []
    wanted = {row.code for row in types}
    own = _declared(wanted) if pack.manifest.limits == "catalogue" else []
    filed = pack.table("limits.csv", LimitRow)
    for row in filed:
        if not row.type.endswith("*") and row.type not in wanted:
            raise BadTable(
                _("limits.csv: there is no type “%(type)s”.") % {"type": row.type},
                cure=_("Give a code of the pack's types."),
            )
    own += [row for row in filed if not row.type.endswith("*")]
    covered = {row.type for row in own}
    starts = [row for row in filed if row.type.endswith("*")]
    own += [
        row.model_copy(update={"type": code})
        for code in sorted(wanted - covered)
        for row in starts
        if code.startswith(row.type[:-1])
    ]
    refuse_repeats("limits.csv", ((row.type, row.condition, row.area_class) for row in own))
    return own


def _declared(wanted: set[str]) -> list[LimitRow]:
    """The limits of the filing conditions that domains and general matters declare, as rows."""
    return [
        LimitRow(
            type=kind.code, condition=condition.key, condition_name=condition.name,
            condition_name_en=condition.name_en, area_class=int(area_class) if area_class else None, amount=limit.amount,
            unit=limit.unit, outcome=condition.outcome, source=condition.source[:120],
            status="unverified",
        )
        for _, kind in CASE_TYPES.values()
        if kind.code in wanted
        for condition in kind.conditions
        for area_class, limit in condition.limits.items()
    ]  # fmt: skip


def _check_units(file: str, named: Iterable[str], units: Iterable[str]) -> None:
    strange = sorted(set(named) - set(units))
    if strange:
        raise BadTable(
            _("%(file)s: units.csv has no unit %(codes)s.") % {"file": file, "codes": ", ".join(strange)},
            cure=_("Mend the column unit."),
        )


def _check_domains(types: list[TypeRow]) -> None:
    strange = sorted({row.domain for row in types if row.domain} - {domain.key for domain in DOMAINS})
    if strange:
        raise BadTable(
            _("types.csv: no domain is called %(names)s.") % {"names": ", ".join(strange)},
            _("Domains are: %(known)s.") % {"known": ", ".join(domain.key for domain in DOMAINS)},
            _("Mend the column domain, or leave it blank."),
        )


@transaction.atomic
def load_cases(pack: Pack, rows: CaseRows, district: District, *, on: datetime) -> dict[str, int]:
    """Write types and dated limits; what an administrator has changed on a page stays."""
    today = on.astimezone(ZoneInfo(district.zone)).date()
    since = pack.manifest.valid_from or today
    units = dict(Unit.objects.filter(district=district).values_list("code", "id"))
    types = _write_types(rows, district, units, today)
    return {
        "types": len(rows.types),
        "limits": _write_limits(rows.limits, district, types, today, since),
        "stage_limits": _write_stages(rows.stages, district, today, since),
        "escalations": _write_escalations(rows.escalations, district, today, since),
        "routing": _write_routing(rows.routing, district, units, today, since),
        **load_competences(rows.competences, district, types, today=today, since=since),
    }


def _write_types(
    rows: CaseRows, district: District, units: dict[str, int], today: date
) -> dict[str, CaseType]:
    """By code. A type keeps the unit an administrator gave it; one that is gone gets a last day."""
    new = [
        CaseType(
            district=district, code_set=row.code_set or district.code_set, kind=row.kind, code=row.code,
            name=row.name, name_en=row.name_en, domain=row.domain, public=row.public,
            default_unit_id=units.get(row.unit or _default_unit(row.code, rows.routing)), valid_to=None,
        )
        for row in rows.types
    ]  # fmt: skip
    upsert(
        CaseType, new, ("district", "code_set", "kind", "code"),
        ("name", "name_en", "domain", "public", "valid_to"),
    )  # fmt: skip
    stock = list(CaseType.objects.filter(district=district, valid_to=None))
    kept = {(row.kind, row.code) for row in rows.types}
    gone = [kind.pk for kind in stock if (kind.kind, kind.code) not in kept]
    CaseType.objects.filter(pk__in=gone).update(valid_to=today)
    return {kind.code: kind for kind in stock if (kind.kind, kind.code) in kept}


def _default_unit(code: str, routing: list[RoutingRow]) -> str:
    """The unit of the longest fitting prefix."""
    fitting = [row for row in routing if row.prefix and code.startswith(row.prefix)]
    return max(fitting, key=lambda row: len(row.prefix)).unit if fitting else ""


def _write_limits(
    rows: list[LimitRow], district: District, types: dict[str, CaseType], today: date, since: date
) -> int:
    new = [
        CaseLimit(type=types[row.type], **row.model_dump(exclude={"type"})) for row in rows
    ]  # fmt: skip
    return merge_dated(
        CaseLimit, CaseLimit.objects.filter(type__district=district), new,
        key=lambda row: (row.type_id, row.condition, row.area_class),
        values=("amount", "unit", "outcome", "source", "status", "condition_name", "condition_name_en"),
        today=today, since=since,
    )  # fmt: skip


def _write_stages(rows: list[StageRow], district: District, today: date, since: date) -> int:
    new = [StageLimit(district=district, **row.model_dump()) for row in rows]
    return merge_dated(
        StageLimit, StageLimit.objects.filter(district=district), new,
        key=lambda row: (row.stage, row.urgent), values=("amount", "unit", "source", "status"),
        today=today, since=since,
    )  # fmt: skip


def _write_escalations(rows: list[EscalationRow], district: District, today: date, since: date) -> int:
    new = [Escalation(district=district, **row.model_dump()) for row in rows]
    return merge_dated(
        Escalation, Escalation.objects.filter(district=district), new,
        key=lambda row: (row.domain, row.role, float(row.share)), values=("own_unit_only",),
        today=today, since=since,
    )  # fmt: skip


def _write_routing(
    rows: list[RoutingRow], district: District, units: dict[str, int], today: date, since: date
) -> int:
    areas = dict(Area.objects.filter(district=district).values_list("code", "id"))
    new = [
        RoutingRule(district=district, position=10 * number, domain=row.domain, unit_id=units[row.unit],
                    area_id=areas[row.area] if row.area else None, reason=row.reason)
        for number, row in enumerate((row for row in rows if not row.prefix), 1)
    ]  # fmt: skip
    return merge_dated(
        RoutingRule, RoutingRule.objects.filter(district=district), new,
        key=lambda row: (row.domain, row.area_id, row.type_id), values=("unit_id", "reason"),
        today=today, since=since,
    )  # fmt: skip
