"""预警: a storm brings the checks of the signs it concerns forward and makes a call list."""

from datetime import date, timedelta
from typing import Any

import pytest

from chengzhi.ledger.queries import history
from chengzhi.people.rules import NotAllowed
from chengzhi.registers import alarms
from chengzhi.registers.alarms import AlarmIsOver, BadAlarm
from chengzhi.registers.balance import sheet
from chengzhi.registers.models import RegisteredObject
from tests.unit.cases.town import FRIDAY, Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def thing(town: Town, n: int, kind: str = "sign", **more: Any) -> RegisteredObject:
    said = {"state": "in_use", "facts": {"storm_risk": True}, "domain": "advertising"} | more
    return RegisteredObject.objects.create(
        district=town.district, kind=kind, number=f"{kind}-{n}", name=f"对象{n}", public_code=f"{kind}{n}",
        created_at=FRIDAY, updated_at=FRIDAY, **said,
    )  # fmt: skip


def storm(town: Town, **more: Any) -> Any:
    said = {
        "level": "orange",
        "starts_at": FRIDAY,
        "ends_at": FRIDAY + timedelta(days=1),
        "source": "气象台 3 号",
    }
    return alarms.raise_alarm(
        "storm", district_id=town.district.pk, by=town.shift_leader, on=FRIDAY, **(said | more)
    )


def test_checks_come_forward_for_what_is_concerned_only(town: Town) -> None:
    later, soon = thing(town, 1, check_due_on=date(2026, 9, 1)), thing(town, 2, check_due_on=date(2026, 4, 1))
    calm, gone = thing(town, 3, facts={"storm_risk": False}), thing(town, 4, live=False)
    made = storm(town)
    for row in (later, soon, calm, gone):
        row.refresh_from_db()
    assert [row.check_due_on for row in (later, soon, calm, gone)] == [
        date(2026, 4, 3),
        date(2026, 4, 1),
        None,
        None,
    ]
    assert (made.objects_concerned, made.checks_moved) == (2, 1)
    assert [entry.step for entry in history("alarm", made.pk)] == ["raise"]


def test_who_was_reached_goes_to_the_end_of_the_list(town: Town) -> None:
    first, second = thing(town, 1), thing(town, 2)
    made = storm(town)
    alarms.note_call(made, first.pk, reached=False, by=town.shift_leader, on=FRIDAY)
    alarms.note_call(made, first.pk, reached=True, note="已加固", by=town.shift_leader, on=FRIDAY)
    rows = alarms.call_list(made)
    assert [row.object for row in rows] == [second, first]
    assert rows[1].call is not None
    assert rows[1].call.note == "已加固"


def test_an_ended_alarm_is_over(town: Town) -> None:
    row, made = thing(town, 1), storm(town)
    assert alarms.running(town.district.pk, FRIDAY + timedelta(hours=1), "advertising") == [made]
    alarms.end_alarm(made, by=town.shift_leader, on=FRIDAY)
    made.refresh_from_db()
    assert alarms.running(town.district.pk, FRIDAY + timedelta(hours=1)) == []
    with pytest.raises(AlarmIsOver):
        alarms.end_alarm(made, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(AlarmIsOver):
        alarms.note_call(made, row.pk, reached=True, by=town.shift_leader, on=FRIDAY)


@pytest.mark.parametrize(
    "said", [{"level": "purple"}, {"ends_at": FRIDAY}, {"source": "  "}], ids=["level", "times", "source"]
)
def test_a_wrong_alarm_is_refused_and_moves_nothing(town: Town, said: dict[str, Any]) -> None:
    row = thing(town, 1)
    with pytest.raises(BadAlarm):
        storm(town, **said)
    row.refresh_from_db()
    assert row.check_due_on is None


def test_who_may_not_raise_one(town: Town) -> None:
    with pytest.raises(NotAllowed):
        alarms.raise_alarm("storm", district_id=town.district.pk, level="red", starts_at=FRIDAY,
                           ends_at=FRIDAY + timedelta(days=1), source="x", by=town.inspector, on=FRIDAY)  # fmt: skip


def test_the_ways_out_of_an_illegal_building_stand_side_by_side(town: Town) -> None:
    from chengzhi.domains import DOMAINS

    said = next(one.balance for one in DOMAINS if one.balance)
    for n, (state, stock, area) in enumerate(
        (
            ("demolished", "new", 30),
            ("self_removed", "new", 12.5),
            ("self_removed", "existing", 7.5),
            ("found", "new", 9),
        )
    ):
        thing(
            town, n, "building", domain="illegal_building", state=state, facts={"stock": stock, "area": area}
        )
    table = sheet(town.district.pk, said, "en")
    by_name = {row.name: row for row in table.rows}
    assert table.heads == ("Existing", "New")
    assert [(cell.count, cell.total) for cell in by_name["Removed by the owner"].cells] == [
        (1, 7.5),
        (1, 12.5),
    ]
    assert (by_name["Demolished"].all.count, by_name["Demolished"].all.total) == (1, 30)
    assert by_name["Legalised"].all.count == 0
