"""Promises in the test town, taken as far as a test needs, over real cases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chengzhi.branch.commitments.actions import advance_commitment, propose_commitment
from chengzhi.branch.commitments.models import Commitment
from chengzhi.cases.models import Case
from chengzhi.places.models import Area
from tests.unit.branch.house import House
from tests.unit.cases.town import FRIDAY, case_in

START, END = date(2026, 5, 1), date(2026, 5, 31)
YES = {"concrete": True, "concrete_why": "有地点有指标", "tied": True, "tied_why": "本岗位负责派遣",
       "feasible": True, "feasible_why": "去年同期已达八成"}  # fmt: skip


def said(house: House, **other: Any) -> dict[str, Any]:
    """The content of a promise: litter cases of the first community closed in time in May."""
    return {
        "title": "市容案卷按期结案", "text": "五月甲社区市容案卷按期结案率不低于八成。", "post": "值班长",
        "area": house.town.area, "domain": "appearance", "metric": "area_on_time_closing_rate",
        "direction": "at_least", "target": 0.8, "baseline_first": date(2026, 3, 1),
        "baseline_last": date(2026, 3, 31), "start": START, "end": END, "comparison": "areas", **other,
    }  # fmt: skip


def proposed(house: House, who: str = "甲", **other: Any) -> Commitment:
    """A member's own promise."""
    return propose_commitment(
        body=house.first, member=house.members[who], by=house.actor(who), on=FRIDAY, **said(house, **other)
    )


def step(
    house: House, thing: Commitment, name: str, who: str, on: datetime = FRIDAY, **facts: Any
) -> Commitment:
    """Take a step and read the promise again."""
    advance_commitment(thing.number, name, by=house.actor(who), on=on, **facts)
    return Commitment.objects.get(pk=thing.pk)


def made_public(house: House, **other: Any) -> Commitment:
    """Examined by a committee member, registered and made public by the secretary."""
    thing = proposed(house, **other)
    thing = step(house, thing, "examine", "委员", **YES)
    thing = step(house, thing, "register", "书记")
    return step(house, thing, "publish", "书记")


def cases(house: House, day: date, in_time: int, late: int, area: Area | None = None) -> None:
    """Cases due on a day: some closed in time, some two days late."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    for number in range(in_time + late):
        done = noon - timedelta(hours=1) if number < in_time else noon + timedelta(days=2)
        made = case_in(house.town, "closed", noon - timedelta(days=2), area=area or house.town.area)
        Case.objects.filter(pk=made.pk).update(
            due_at=noon, check_due_at=noon, close_due_at=noon, handled_at=done, closed_at=done
        )


def another_area(house: House) -> Area:
    """The town's second community."""
    return Area.objects.create(district=house.town.district, level="community", code="2", name="乙社区",
                               area_class=1, origin="generated")  # fmt: skip
