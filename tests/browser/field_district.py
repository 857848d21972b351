"""A district of its own for the rounds: sections, toilets, a grill shop, a balance, people who inspect."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

LONG_AGO = date(2020, 1, 1)
NATIONAL = "GB/T 47678.5-2026"
SOUTH = 31.0
LONG_NAME = "启明大道（云桥大道至滨江路段，含人行道、绿化带、非机动车道及沿线公交站台）南侧保洁路段"
TYPES = (("06012", "道路不洁", "Road dirty", "cleanliness", "dirty", "working_hours"),
         ("03001", "公共厕所异常", "Public toilet faulty", "toilets", "dirty", "working_hours"),
         ("06029", "露天烧烤", "Open-air barbecue", "barbecue", "grilling", "working_hours"))  # fmt: skip


@dataclass
class Field:
    """What the tests name."""

    district: Any
    people: dict[str, Any]
    sections: list[Any]
    toilet: Any
    shop: Any
    balance: Any

    def actor(self, who: str) -> Any:
        from chengzhi import clock
        from chengzhi.people.actor import actor_of

        return actor_of(self.people[who], self.district.pk, clock.now())


def build(slug: str = "field-test", west: float = 161.0) -> Field:
    from chengzhi import clock

    on = clock.now()
    corners = [(0.0, 0.0), (0.08, 0.0), (0.08, 0.08), (0.0, 0.08), (0.0, 0.0)]
    shape = {"type": "Polygon", "coordinates": [[[west + x, SOUTH + y] for x, y in corners]]}
    district = _district(slug, west, shape, on)
    people = _people(district, on)
    areas, cell = _places(district, shape)
    _types(district)
    balance = _balances(district, on)
    _rules(district)
    make = _maker(areas, cell, on)
    return Field(
        district, people, _sections(make), make("toilet", "滨江公厕", "main", {"grade": "2", "barrier_free": True}),
        make("grill_shop", "示例烧烤店", "back", {"seats": 40}), balance,
    )  # fmt: skip


def _district(slug: str, west: float, shape: dict[str, Any], on: datetime) -> Any:
    from chengzhi.people.actions import ensure_roles
    from chengzhi.places.models import District

    box = {"min_lon": west, "min_lat": SOUTH, "max_lon": west + 0.08, "max_lat": SOUTH + 0.08}
    district = District.objects.create(
        slug=slug, name="示例检查区", name_en="Sample inspection district", zone="Asia/Shanghai",
        code_set="local", case_prefix="检", simulated=True, outline=shape, pack_version="1", loaded_at=on, **box,
    )  # fmt: skip
    ensure_roles(district_id=district.pk, since=LONG_AGO)
    return district


def _places(district: Any, shape: dict[str, Any]) -> tuple[list[Any], Any]:
    """Two streets and the cell of the first."""
    from chengzhi.places.models import Area, Cell

    names = [("启明街道", "Qiming Street"), ("云桥街道", "Yunqiao Street")]
    areas = [
        Area.objects.create(
            district=district, level="street", code=f"f{n}", name=name, name_en=english, origin="generated",
            outline=shape,
        )
        for n, (name, english) in enumerate(names)
    ]  # fmt: skip
    cell = Cell.objects.create(
        district=district, code="990000000000001", area=areas[0], origin="generated",
        outline=shape,
    )  # fmt: skip
    return areas, cell


def _sections(make: Any) -> list[Any]:
    """Five cleaning sections and one with a long name."""
    found = [make("cleaning_section", f"{'启明' if n % 2 else '云桥'}路第{n + 1}段", "main" if n < 4 else "back",
                  {"grade": "1", "area": 1200}) for n in range(5)]  # fmt: skip
    return [*found, make("cleaning_section", LONG_NAME, "main", {"grade": "2", "method": "both"})]


def _balances(district: Any, on: datetime) -> Any:
    """The balance in order; beside it stands one out of calibration."""
    from chengzhi.inspections.models import Instrument

    balance = Instrument.objects.create(
        district=district, kind="balance", name="电子天平", serial="TP-01", calibrated_on=on.date(),
        calibrated_until=on.date() + timedelta(days=200), certificate="校2026-11",
    )  # fmt: skip
    Instrument.objects.create(
        district=district, kind="balance", name="旧天平", serial="TP-00", calibrated_on=date(2024, 1, 1),
        calibrated_until=date(2025, 1, 1),
    )  # fmt: skip
    return balance


def _rules(district: Any) -> None:
    """A limit for dust and a cap for visits to grill shops."""
    from chengzhi.inspections.models import CheckLimit, VisitCap

    CheckLimit.objects.create(
        district=district, measurement="dust", value=Decimal(5), unit="g/m2", source="区市容作业标准第3条",
        status="local", valid_from=LONG_AGO,
    )  # fmt: skip
    VisitCap.objects.create(district=district, kind="grill_shop", per_year=4, valid_from=LONG_AGO)


def _people(district: Any, on: datetime) -> dict[str, Any]:
    from chengzhi.people.models import Account, Post, Unit

    unit = Unit.objects.create(
        district=district, code="f1", name="检查中队", name_en="Inspection squad", kind="squad"
    )
    found = {}
    for key, role, name in (("walker", "inspector", "巡查甲"), ("second", "inspector", "巡查乙"),
                            ("planner", "evaluator", "考评员"), ("head", "head", "局长")):  # fmt: skip
        found[key] = Account.objects.create(username=f"{district.slug}-{key}", name=name, created_at=on)
        Post.objects.create(account=found[key], district=district, unit=unit, role=role, valid_from=LONG_AGO)
    return found


def _types(district: Any) -> None:
    from chengzhi.cases.models import CaseLimit, CaseType

    for code, name, english, domain, condition, unit in TYPES:
        kind = CaseType.objects.create(
            district=district, code_set=NATIONAL, kind="matter", code=code, name=name, name_en=english,
            domain=domain,
        )  # fmt: skip
        CaseLimit.objects.create(
            type=kind, condition=condition, amount=4, unit=unit, valid_from=LONG_AGO, outcome="cleaned"
        )


def _maker(areas: list[Any], cell: Any, on: datetime) -> Any:
    from chengzhi.registers.kinds import domain_of_kind
    from chengzhi.registers.models import RegisteredObject

    numbers = iter(range(1, 1000))
    district = cell.district

    def make(kind: str, name: str, road: str, facts: dict[str, Any]) -> Any:
        n = next(numbers)
        return RegisteredObject.objects.create(
            district=district, kind=kind, domain=domain_of_kind(kind).key, number=f"FT{n:04}", name=name,
            state="in_use", lon=district.min_lon + 0.001 * n, lat=SOUTH + 0.002, area=areas[n % 2],
            street_area=areas[n % 2], cell=cell, road_kind=road, address=f"启明大道{n}号", facts=facts,
            public_code=f"{district.slug[:8]}{n}", created_at=on, updated_at=on,
        )  # fmt: skip

    return make


def drawn(field: Field, checklist: str, kind: str, size: int, *, share: float = 0, name: str = "") -> Any:
    """A round, planned, approved and drawn."""
    from chengzhi import clock
    from chengzhi.inspections import rounds

    on = clock.now()
    made = rounds.plan(
        district_id=field.district.pk, checklist=checklist, name=name or f"十一月{checklist}",
        frame={"of": "objects", "kind": kind}, size=size, recheck_share=share,
        starts_on=on.date() - timedelta(days=1), ends_on=on.date() + timedelta(days=9),
        by=field.actor("planner"), on=on,
    )  # fmt: skip
    rounds.approve(made.pk, by=field.actor("head"), on=on)
    rounds.draw(made.pk, by=field.actor("planner"), on=on)
    made.refresh_from_db()
    return made
