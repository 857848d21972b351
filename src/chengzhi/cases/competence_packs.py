"""Other authorities and the list of competences of a district pack: authorities.csv, competences.csv."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field

from chengzhi.cases.competence import ACTS
from chengzhi.cases.models import Authority, CaseType, Competence
from chengzhi.people.models import Unit
from chengzhi.places.dated import merge_dated
from chengzhi.places.models import Area, District
from chengzhi.places.packfile import Pack
from chengzhi.places.packs import upsert
from chengzhi.places.tables import BadTable, Row, refuse_repeats

Amount = Annotated[Decimal | None, BeforeValidator(lambda value: None if value == "" else value)]


class AuthorityRow(Row):
    """authorities.csv: how another authority is reached and how soon it is expected to say something."""

    key: str = Field(min_length=1, max_length=24)
    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=200)
    receipt_amount: Amount = None
    receipt_unit: str = ""
    answer_amount: Amount = None
    answer_unit: str = ""
    source: str = Field(default="", max_length=120)
    status: str = Field(default="unverified", max_length=12)


class CompetenceRow(Row):
    """competences.csv: domain, type (code), act, area (code), road_kind, unit or authority, basis."""

    domain: str = ""
    type: str = ""
    act: str
    area: str = ""
    road_kind: str = ""
    unit: str = ""
    authority: str = ""
    basis: str = Field(min_length=1, max_length=200)
    conditions: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=120)
    status: str = Field(default="unverified", max_length=12)


@dataclass(frozen=True)
class CompetenceRows:
    """The two checked tables."""

    authorities: list[AuthorityRow]
    competences: list[CompetenceRow]


def read_competences(pack: Pack, units: Iterable[str]) -> CompetenceRows:
    """Both tables, checked against the pack's units and each other. Raises BadTable."""
    rows = CompetenceRows(
        pack.table("authorities.csv", AuthorityRow), pack.table("competences.csv", CompetenceRow)
    )
    refuse_repeats("authorities.csv", (row.key for row in rows.authorities))
    known_units, known = set(units), {row.key for row in rows.authorities}
    for row in rows.competences:
        _check(row, known_units, known)
    return rows


def _check(row: CompetenceRow, units: set[str], authorities: set[str]) -> None:
    named = f"{row.domain} {row.type} {row.act}".strip()
    if bool(row.unit) == bool(row.authority):
        raise BadTable(_("competences.csv: “%(row)s” names not one unit or authority.") % {"row": named})
    if (
        row.act not in ACTS
        or (row.unit and row.unit not in units)
        or (row.authority and row.authority not in authorities)
    ):
        raise BadTable(
            _("competences.csv: “%(row)s” names an act, unit or authority that does not exist.")
            % {"row": named},
            _("Acts are: %(known)s.") % {"known": ", ".join(ACTS)},
            _("Mend the row."),
        )


def load_competences(
    rows: CompetenceRows, district: District, types: dict[str, CaseType], *, today: date, since: date
) -> dict[str, int]:
    """Write both tables; lines that an administrator has changed on a page stay."""
    upsert(
        Authority, [Authority(district=district, **row.model_dump()) for row in rows.authorities],
        ("district", "key"),
        ("name", "name_en", "address", "receipt_amount", "receipt_unit", "answer_amount", "answer_unit",
         "source", "status"),
    )  # fmt: skip
    begun = merge_dated(
        Competence, Competence.objects.filter(district=district), _lines(rows, district, types),
        key=lambda row: (row.domain, row.type_id, row.act, row.area_id, row.road_kind, row.unit_id, row.authority_id),
        values=("basis", "conditions", "source", "status"), today=today, since=since,
    )  # fmt: skip
    return {"authorities": len(rows.authorities), "competences": begun}


def _lines(rows: CompetenceRows, district: District, types: dict[str, CaseType]) -> list[Competence]:
    units = dict(Unit.objects.filter(district=district).values_list("code", "id"))
    authorities = dict(Authority.objects.filter(district=district).values_list("key", "id"))
    areas = dict(Area.objects.filter(district=district).values_list("code", "id"))
    kept: tuple[str, ...] = ("domain", "act", "road_kind", "basis", "conditions", "source", "status")
    return [
        Competence(
            district=district, type=_named(types, row.type), area_id=_named(areas, row.area),
            unit_id=_named(units, row.unit), authority_id=_named(authorities, row.authority),
            **row.model_dump(include=set(kept)),
        )
        for row in rows.competences
    ]  # fmt: skip


def _named(known: dict[str, Any], name: str) -> Any:
    if not name:
        return None
    if name not in known:
        raise BadTable(_("competences.csv: there is no “%(name)s” in the pack.") % {"name": name})
    return known[name]
