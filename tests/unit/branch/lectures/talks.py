"""Lectures of the first branch, taken through their real steps as far as a test needs."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from chengzhi.branch.lectures.actions import Change, Plan, add_text, advance_lecture, plan
from chengzhi.branch.lectures.models import Lecture
from chengzhi.branch.organisation.models import PracticeRule
from tests.unit.branch.house import House
from tests.unit.cases.town import FRIDAY

RULES = Path(__file__).parents[4] / "packs" / "sample" / "branch" / "rules.yaml"
RATE = "area_on_time_closing_rate"
DAY = date(2026, 4, 3)
HELD = {"held_on": DAY, "expected": 8, "present": 6, "hours": 2, "entry": "live"}


def planned(house: House, who: str = "书记", **other: Any) -> Lecture:
    """A lecture on street appearance, planned by the secretary for the day itself."""
    said = {
        "theme": "夜间烧烤油烟",
        "aim": "弄清为什么反复投诉",
        "domain": "appearance",
        "planned_for": DAY,
        **other,
    }
    return plan(Plan(**said), body=house.first, by=house.actor(who), on=FRIDAY)


def with_text(house: House, lecture: Lecture) -> None:
    """Link the text it rests on."""
    add_text(
        lecture.number, title="中华人民共和国大气污染防治法", issuer="全国人大常委会", dated=date(2018, 10, 26),
        link="https://flk.npc.gov.cn/detail", by=house.actor("书记"), on=FRIDAY,
    )  # fmt: skip


def held(house: House, on: datetime = FRIDAY, **other: Any) -> Lecture:
    """A lecture that was held that Friday; six of eight came."""
    lecture = planned(house, **{k: v for k, v in other.items() if k not in HELD})
    with_text(house, lecture)
    said = HELD | {k: v for k, v in other.items() if k in HELD}
    advance_lecture(lecture.number, "hold", by=house.actor("书记"), on=on, **said)
    return Lecture.objects.get(pk=lecture.pk)


def change(house: House, **other: Any) -> Change:
    """What the first group decided."""
    said = {
        "group": "第一小组", "text": "晚上八点后先劝导再登记", "responsible_id": house.members["甲"].pk,
        "look_again_on": DAY + timedelta(days=30), "metric": RATE,
    }  # fmt: skip
    return Change(**{**said, **other})


def rules_of_hours(house: House) -> dict[str, PracticeRule]:
    """The rules of hours as the sample pack says them."""
    said = yaml.safe_load(RULES.read_text("utf-8"))
    return {
        one["key"]: PracticeRule.objects.create(
            district=house.town.district, pack="party", key=one["key"], name=one["name"], name_en=one["name_en"],
            kind="hours", parameters=one["parameters"], text_version=said["texts"][one["text"]]["name"],
            article=one["article"], status=one["status"], exemptions=one["exemptions"], source=one["source"],
            valid_from=said["texts"][one["text"]]["valid_from"],
        )
        for one in said["rules"]
        if one["kind"] == "hours"
    }  # fmt: skip
