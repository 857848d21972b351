"""Beside a case stands what its domain declares: nearest of a kind, or the areas it lies in."""

from datetime import date
from typing import Any

import pytest

from chengzhi.cases.beside import panels
from chengzhi.cases.models import CaseType
from chengzhi.registers.models import Permit, RegisteredObject

from .town import FRIDAY, Town, case_in

SQUARE = {"type": "Polygon", "coordinates": [[[109.34, 24.34], [109.36, 24.34], [109.36, 24.36], [109.34, 24.36],
                                              [109.34, 24.34]]]}  # fmt: skip


def thing(town: Town, kind: str, domain: str, n: int, lon: float, **more: Any) -> RegisteredObject:
    from chengzhi.places.zorder import zkey

    said = {"state": "in_use", "facts": {}, "lat": 24.35} | more
    return RegisteredObject.objects.create(
        district=town.district, kind=kind, domain=domain, number=f"{kind}{n}", name=f"对象{n}", lon=lon,
        zkey=int(zkey(lon, said["lat"])), public_code=f"{kind}{n}", created_at=FRIDAY, updated_at=FRIDAY, **said,
    )  # fmt: skip


def hawker(town: Town, code: str, domain: str) -> Any:
    kind = CaseType.objects.create(
        district=town.district, code_set="local:x", code=code, name="x", name_en="x", domain=domain
    )
    return case_in(town, "handling", type=kind, domain=domain)


def test_a_hawkers_case_shows_the_nearest_free_stall_places_only(town: Town) -> None:
    near = thing(
        town, "stall_place", "stalls", 1, 109.352, state="free", facts={"market": "甲疏导点", "lot": "3"}
    )
    thing(town, "stall_place", "stalls", 2, 109.351, state="in_use")
    thing(town, "stall_place", "stalls", 3, 109.39, state="free")  # four kilometres away
    (panel,) = panels(hawker(town, "09001", "stalls"), on=FRIDAY, language="zh")
    assert [one.object for one in panel.rows] == [near]
    assert panel.rows[0].metres == pytest.approx(203, abs=3)
    assert panel.rows[0].facts == (("疏导点", "甲疏导点"), ("摊位号", "3"))


def test_a_ban_counts_only_where_it_lies_and_while_it_is_in_force(town: Town) -> None:
    here = thing(town, "grill_ban", "barbecue", 1, 109.35, shape=SQUARE, permit_until=date(2027, 1, 1))
    thing(town, "grill_ban", "barbecue", 2, 109.35, shape=SQUARE, permit_until=date(2026, 1, 1))
    Permit.objects.create(object=here, number="示府通告〔2025〕1号", starts_on=date(2025, 1, 1),
                          ends_on=date(2027, 1, 1), recorded_at=FRIDAY)  # fmt: skip
    bans, shops = panels(hawker(town, "06029", "barbecue"), on=FRIDAY, language="en")
    assert [(one.object, one.metres) for one in bans.rows] == [(here, None)]
    assert bans.rows[0].permit is not None
    assert bans.rows[0].permit.number == "示府通告〔2025〕1号"
    assert shops.rows == ()


def test_other_matters_and_cases_without_a_place_show_nothing(town: Town) -> None:
    assert panels(case_in(town, "handling"), on=FRIDAY, language="zh") == []
    lost = hawker(town, "09001", "stalls")
    lost.lon = None
    assert panels(lost, on=FRIDAY, language="zh") == []
