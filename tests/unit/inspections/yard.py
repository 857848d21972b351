"""A small district with things to inspect: sections, toilets, a grill shop; a balance and a gas meter."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from chengzhi.cases.models import CaseType
from chengzhi.files.models import StoredFile
from chengzhi.inspections.models import Instrument, Visit
from chengzhi.inspections.visits import record_visit
from chengzhi.people.actor import Actor
from chengzhi.places.models import Area
from chengzhi.registers.models import Party, RegisteredObject
from tests.unit.cases.town import FRIDAY, LONG_AGO, Town, person
from tests.unit.cases.town import build as build_town

NATIONAL = "GB/T 47678.5-2026"
_numbers = count(1)

ALL_OK = {
    "five_grams": ("swept", "framed", "weighed"),
    "five_minutes": ("timed", "removed"),
    "toilet": (
        "open", "attendant", "consumables", "clean", "odour", "tools", "fittings", "sign", "barrier_free",
    ),
    "grill": ("indoors", "purifier", "cleaned", "waste", "gas"),
    "grill_round": ("none",),
}  # fmt: skip


@dataclass
class Yard:
    """The town, with what is inspected in it."""

    town: Town
    street: Area
    section: RegisteredObject
    toilet: RegisteredObject
    shop: RegisteredObject
    balance: Instrument
    gas: Instrument
    second: Actor
    planner: Actor
    types: dict[str, CaseType] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.town, name)


def build() -> Yard:
    town = build_town()
    street = Area.objects.create(
        district=town.district, level="street", code="2", name="甲街道", area_class=1, origin="generated"
    )
    town.area.parent = street
    town.area.save()
    types = {
        code: CaseType.objects.create(
            district=town.district, code_set=NATIONAL, kind="matter", code=code, name=name, domain=domain
        )
        for code, name, domain in (
            ("06012", "道路不洁", "cleanliness"), ("06010", "暴露垃圾", "cleanliness"),
            ("03001", "公共厕所异常", "toilets"), ("06029", "露天烧烤", "barbecue"),
            ("06027", "油烟污染", "barbecue"),
        )
    }  # fmt: skip
    party = Party.objects.create(
        district=town.district, kind="shop", name="示例烧烤店", created_at=FRIDAY, updated_at=FRIDAY
    )
    return Yard(
        town, street,
        section=thing(town, "cleaning_section", "cleanliness", facts={"grade": "1"}, road_kind="main"),
        toilet=thing(town, "toilet", "toilets", facts={"grade": "2"}),
        shop=thing(town, "grill_shop", "barbecue", party=party),
        balance=instrument(town, "balance"), gas=instrument(town, "gas_meter"),
        second=person(town, "second", "inspector", town.centre),
        planner=person(town, "planner", "evaluator", town.centre), types=types,
    )  # fmt: skip


def thing(town: Town, kind: str, domain: str, **more: Any) -> RegisteredObject:
    """An object as a register holds it, in the one area and cell of the town."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "district": town.district, "kind": kind, "domain": domain, "number": f"N{number:04}",
        "name": f"示例{number}", "state": "in_use", "lon": 109.35, "lat": 24.35, "area": town.area,
        "cell": town.cell, "street_area_id": town.area.parent_id, "address": "示例路1号",
        "public_code": f"code{number}", "created_at": FRIDAY, "updated_at": FRIDAY,
    }  # fmt: skip
    return RegisteredObject.objects.create(**{**values, **more})


def instrument(town: Town, kind: str, until: date | None = date(2026, 12, 31)) -> Instrument:
    number = next(_numbers)
    return Instrument.objects.create(
        district=town.district, kind=kind, name="仪器", serial=f"S{number}",
        calibrated_on=LONG_AGO if until else None, calibrated_until=until,
    )  # fmt: skip


def photo(town: Town, **more: Any) -> StoredFile:
    values = {"district_id": town.district.pk, "sha256": "0" * 64, "path": "x", "size": 1,
              "content_type": "image/jpeg", "uploaded_at": FRIDAY}  # fmt: skip
    return StoredFile.objects.create(**{**values, **more})


def answers(checklist: str, **changed: Any) -> dict[str, Any]:
    """Every line in order, but for those stated: `swept="failed"` or `swept=("failed", "note", 3)`."""
    said = dict.fromkeys(ALL_OK[checklist], ("ok", "", None))
    return said | {key: (v, "", None) if isinstance(v, str) else v for key, v in changed.items()}


def grams(yard: Yard, value: Any, *, by: Actor | None = None, on: datetime = FRIDAY, **more: Any) -> Visit:
    """A visit to the section with one weighing."""
    more.setdefault("object_id", yard.section.pk)
    more.setdefault("answers", answers("five_grams"))
    more.setdefault("readings", {"dust": (value, yard.balance.pk)})
    return record_visit(
        district_id=yard.district.pk, checklist="five_grams", by=by or yard.inspector, on=on,
        visited_at=more.pop("visited_at", on - timedelta(minutes=5)), **more,
    )  # fmt: skip
