"""Public toilets for anybody: open now, nearest, barrier-free; a planned closure names another one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from chengzhi import clock
from chengzhi.registers import open_now
from chengzhi.registers.actions import advance_object
from chengzhi.registers.kinds import kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.open_now import is_open, minutes
from tests.unit.cases.test_beside import thing
from tests.unit.cases.town import Town, build

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return build()


def toilet(
    town: Town, n: int, lon: float, opens: str = "06:00", closes: str = "22:30", **facts: Any
) -> RegisteredObject:
    said = {"opens": opens, "closes": closes, "grade": "1", **facts}
    return thing(town, "toilet", "toilets", n, lon, facts=said)


def names(**asked: str) -> list[str]:
    answer = Client().get("/nearby/toilet/", asked)
    assert answer.status_code == 200
    return [row.object.name for row, _facts, _instead in answer.context["rows"]]


@pytest.mark.parametrize(
    ("opens", "closes", "hour", "open_"),
    [("06:00", "22:30", 12, True), ("06:00", "22:30", 23, False), ("00:00", "24:00", 3, True),
     ("18:00", "02:00", 1, True), ("18:00", "02:00", 12, False), ("全天", "", 12, None), ("6：00", "22：30", 12, True)],
)  # fmt: skip
def test_hours_over_midnight_and_unreadable_ones(
    opens: str, closes: str, hour: int, open_: bool | None
) -> None:
    row = RegisteredObject(kind="toilet", state="in_use", facts={"opens": opens, "closes": closes})
    assert is_open(kind("toilet"), row, datetime(2026, 4, 3, hour, tzinfo=UTC)) is open_


def test_what_is_no_time_of_day() -> None:
    assert [minutes(text) for text in ("24:00", "24:01", "9:75", "-1:00", None)] == [
        1440,
        None,
        None,
        None,
        None,
    ]


def test_the_nearest_open_one_stands_first(town: Town) -> None:
    toilet(town, 1, 109.39)
    toilet(town, 2, 109.352)
    toilet(town, 3, 109.351, opens="20:00", closes="23:00")
    assert names(lon="109.35", lat="24.35") == ["对象2", "对象1", "对象3"]
    assert names(lon="109.35", lat="24.35", open="1") == ["对象2", "对象1"]


def test_barrier_free_and_nonsense_places(town: Town) -> None:
    toilet(town, 1, 109.35, barrier_free=True)
    toilet(town, 2, 109.36)
    assert names(barrier_free="1") == ["对象1"]
    assert names(lon="nan", lat="x") == ["对象1", "对象2"]
    assert names(lon="1e999", lat="24") == ["对象1", "对象2"]


def test_a_planned_closure_names_another_one(town: Town) -> None:
    first, second = toilet(town, 1, 109.35), toilet(town, 2, 109.352)
    advance_object(
        first.pk,
        "close",
        by=town.shift_leader,
        on=NOON,
        until=date(2026, 5, 1),
        alternative=second.pk,
        reason="改造",
    )
    shown = Client().get("/nearby/toilet/").content.decode()
    assert "2026-05-01" in shown
    assert "改用" in shown
    assert second.name in shown


def test_only_kinds_with_hours_have_a_public_list(town: Town) -> None:
    assert Client().get("/nearby/sign/").status_code == 404
    assert Client().get("/nearby/building/").status_code == 404
    assert Client().get("/d/nowhere/nearby/toilet/").status_code == 404


def test_the_public_pages_lead_there(town: Town) -> None:
    assert f"/d/{town.district.slug}/nearby/toilet/" in Client().get("/").content.decode()


def test_of_very_many_the_nearest_are_looked_at(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_now, "MOST", 1)
    toilet(town, 1, 109.39)
    toilet(town, 2, 109.31)
    assert names(lon="109.30", lat="24.35") == [names(lon="109.31", lat="24.35")[0]]
    assert len(names(lon="109.39", lat="24.35")) == 1
    assert names(lon="109.39", lat="24.35") != names(lon="109.31", lat="24.35")
