"""Items of the ledger as its actions would leave them."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from chengzhi.branch.rectification.actions import Gap
from chengzhi.branch.rectification.models import Item
from tests.unit.branch.house import House
from tests.unit.cases.town import FRIDAY

GAP = Gap(
    "夜间烧烤油烟反复", "和平路烧烤油烟投诉三个月没有减少。", "大气污染防治法第八十一条", date(2018, 10, 26),
    "https://flk.npc.gov.cn/detail", "appearance",
)  # fmt: skip
LATER = FRIDAY + timedelta(minutes=20)
_numbers = count(90001)


def item_in(home: House, state: str, on: datetime = FRIDAY, **facts: Any) -> Item:
    """An item of the first branch as it stands in a state; 甲 owns it."""
    values: dict[str, Any] = {
        "number": f"ZG2020-{next(_numbers)}", "title": GAP.title, "gap": GAP.gap, "benchmark": GAP.benchmark,
        "benchmark_on": GAP.benchmark_on, "found_at": on, "updated_at": on,
    }  # fmt: skip
    if state != "found":
        values["owner"] = home.members["甲"]
    if state not in ("found", "owned"):
        values |= {"measures": "入户安装净化器", "due_at": on + timedelta(days=30)}
    if state in ("asked", "struck_off"):
        values |= {"asked_by": home.accounts["甲"].pk, "asked_at": on, "evidence": "已装 12 台"}
    if state == "struck_off":
        values |= {
            "checked_by": home.accounts["纪检"].pk,
            "checked_at": on,
            "ended_at": on,
            "finding": "属实",
        }
    if state == "suspended":
        values["suspended_until"] = (on + timedelta(days=9)).date()
    row = Item.objects.create(
        district=home.town.district, body=home.first, state=state, **{**values, **facts}
    )
    return Item.objects.get(pk=row.pk)


def facts_for(home: House, step: str) -> dict[str, Any]:
    """What a person would state at each step."""
    day = date(2026, 5, 1)
    said: dict[str, dict[str, Any]] = {
        "assign": {"owner": home.members["乙"].pk},
        "pass_on": {"owner": home.members["乙"].pk, "reason": "岗位调整"},
        "plan": {"measures": "入户安装净化器", "due": day},
        "replan": {"due": day, "reason": "设备到货推迟"},
        "ask": {"evidence": "已装 12 台"},
        "strike_off": {"finding": "现场看过，属实", "recheck": day},
        "send_back": {"reason": "还有三户没装"},
        "keep_up": {"reason": "需要每年检查", "recheck": day},
        "suspend": {"reason": "道路施工", "until": day},
    }
    return said.get(step, {})


DOES = {"own": "甲", "plan": "甲", "begin": "甲", "ask": "甲", "strike_off": "纪检", "send_back": "纪检"}


def who(step: str) -> str:
    """Somebody who may take the step on an item of 甲."""
    return DOES.get(step, "书记")
