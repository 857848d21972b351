"""Registers of the small town: a few objects and parties, as pages would enter them."""

from typing import Any

from chengzhi.registers import actions
from chengzhi.registers.models import Party, RegisteredObject

from ..cases.town import FRIDAY, Town

POINT = {"lon": 109.35, "lat": 24.35}
FACTS: dict[str, dict[str, Any]] = {
    "sign": {"form": "attached", "area": 12},
    "bin": {"volume": 240},
    "toilet": {"grade": "2", "opens": "06:00", "closes": "22:00", "women": 8, "men": 5},
    "stall_place": {"market": "启明疏导点", "lot": "A-01"},
    "building": {"offence": "building", "stock": "new", "area": 120, "source": "image"},
    "held_vehicle": {
        "vehicle": "motorcycle", "plate": "桂B·12345", "slip": "ZK-1", "held_on": "2026-04-02",
        "held_by": "bureau", "basis": "道路交通安全法 95",
    },
}  # fmt: skip


def thing(town: Town, kind: str, name: str = "", **more: Any) -> RegisteredObject:
    """An object entered by the shift leader."""
    said = {"facts": FACTS.get(kind, {}), **POINT, **more}
    return actions.register(
        district_id=town.district.pk,
        kind=kind,
        name=name or f"{kind} 1",
        by=town.shift_leader,
        on=FRIDAY,
        **said,
    )


def party(town: Town, kind: str, name: str = "甲店") -> Party:
    """A party as it lies in the table."""
    return Party.objects.create(
        district=town.district, kind=kind, name=name, created_at=FRIDAY, updated_at=FRIDAY
    )
