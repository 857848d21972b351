"""The branch part of the simulated year: members, a lecture, promises and gaps, as pages would enter them.

Everything goes through the same actions as on a page, in the name of the demo's people and on days of
the simulated year; what was promised is settled by the cases, as ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.db import transaction

from chengzhi.analytics.refresh import refresh
from chengzhi.branch.commitments.actions import advance_commitment, propose_commitment
from chengzhi.branch.commitments.figures import compute
from chengzhi.branch.lectures import actions as lectures
from chengzhi.branch.lectures.figures import read_due
from chengzhi.branch.organisation.models import Body, BodyRole, Exemption, Member, Membership
from chengzhi.branch.rectification import nightly
from chengzhi.branch.rectification.actions import Gap, advance_item, find
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.places.models import Area, District

SINCE = date(2024, 1, 1)
BASELINE = timedelta(days=60)
YES = {
    "concrete": True, "concrete_why": "对象、指标、期限都写明", "tied": True, "tied_why": "属于本岗位职责",
    "feasible": True, "feasible_why": "按现有班次能做到",
}  # fmt: skip
_DAYS = ("due", "recheck", "until")


def said() -> dict[str, Any]:
    """What is entered, as stated in branch.yaml."""
    return dict(yaml.safe_load((Path(__file__).parent / "branch.yaml").read_text(encoding="utf-8")))


@transaction.atomic
def simulate(district: District, *, now: datetime) -> bool:
    """Enter all of it, once; False where members are there already or the pack brings no bodies."""
    bodies = {one.code: one for one in Body.objects.filter(district=district)}
    if not bodies or Member.objects.filter(district=district).exists():
        return False
    stated, year = said(), _Year(district, bodies, now)
    for one in stated["members"]:
        year.member(one)
    year.lecture(stated["lecture"])
    for one in stated["promises"]:
        year.promise(one)
    for one in stated["items"]:
        year.item(one)
    return True


def read(district: District, *, now: datetime) -> None:
    """What the nights of the year would have read: figures of promises, gaps and what a lecture changed."""
    refresh(district)
    compute(district, on=now)
    nightly.read_figures(district, on=now)
    read_due(district)


@dataclass
class _Year:
    """The district's branch part as it is entered, day by day."""

    district: District
    bodies: Mapping[str, Body]
    now: datetime

    def __post_init__(self) -> None:
        self.members: dict[str, Member] = {}

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {one.username: one for one in Account.objects.filter(demo=True)}

    def moment(self, back: int) -> datetime:
        return self.now - timedelta(days=back)

    def day(self, back: int) -> date:
        return self.moment(back).astimezone(ZoneInfo(self.district.zone)).date()

    def actor(self, name: str, back: int) -> Actor:
        return actor_of(self.accounts[name], self.district.pk, self.moment(back))

    def member(self, one: Mapping[str, Any]) -> None:
        account = self.accounts.get(one.get("account", ""))
        name = one.get("name") or (account.name if account else one["account"])
        made = Member.objects.create(district=self.district, account=account, name=name, valid_from=SINCE)
        body = self.bodies[one["body"]]
        standing = one.get("standing", Membership.Standing.FORMAL)
        Membership.objects.create(body=body, member=made, standing=standing, valid_from=SINCE)
        if "role" in one:
            BodyRole.objects.create(body=body, member=made, role=one["role"], valid_from=SINCE)
        if "exempt" in one:
            Exemption.objects.create(member=made, reason=one["exempt"], valid_from=SINCE)
        self.members[one.get("account") or name] = made

    def lecture(self, one: Mapping[str, Any]) -> None:
        back, held = one["planned"], one["held"]
        body, by = self.bodies[one["body"]], self.actor(one["by"], back)
        plan = lectures.Plan(planned_for=self.day(held), **one["plan"])
        number = lectures.plan(plan, body=body, by=by, on=self.moment(back)).number
        for text in one["texts"]:
            lectures.add_text(number, **text, by=by, on=self.moment(back))
        later: dict[str, Any] = {"by": self.actor(one["by"], held), "on": self.moment(held)}
        lectures.advance_lecture(number, "hold", held_on=self.day(held), **one["counts"], **later)
        for text in one["questions"]:
            lectures.add_question(number, text=text, **later)
        for each in one["decisions"]:
            change = lectures.Change(
                each["group"], each["text"], self.members[each["responsible"]].pk,
                self.day(held - each["after"]), each["metric"],
            )  # fmt: skip
            lectures.decide(change, number=number, **later)

    def promise(self, one: Mapping[str, Any]) -> None:
        back, start = one["proposed"], self.day(one["start"])
        values = one["said"] | {
            "start": start, "end": self.day(one["end"]), "baseline_first": start - BASELINE,
            "baseline_last": start - timedelta(days=1),
        }  # fmt: skip
        if "area" in one:
            values["area"] = Area.objects.get(district=self.district, code=one["area"])
        own = self.members[one["by"]] if one.get("own") else None
        body, by = self.bodies[one["body"]], self.actor(one["by"], back)
        number = propose_commitment(body=body, member=own, by=by, on=self.moment(back), **values).number
        if "examined_by" in one:
            checker = self.actor(one["examined_by"], back - 1)
            advance_commitment(number, "examine", by=checker, on=self.moment(back - 1), **YES)
            for step in ("register", "publish"):
                advance_commitment(number, step, by=self.actor(one["by"], back - 2), on=self.moment(back - 2))

    def item(self, one: Mapping[str, Any]) -> None:
        back = one["found"]
        gap = Gap(**one["said"])
        by, body = self.actor(one["by"], back), self.bodies[one["body"]]
        made = find(gap, body=body, by=by, on=self.moment(back), words=one.get("words", ""))
        for each in one["steps"]:
            facts = dict(each.get("facts", {}))
            facts |= {key: self.day(facts[key]) for key in _DAYS if key in facts}
            if "owner" in facts:
                facts["owner"] = self.members[facts["owner"]].pk
            actor, on = self.actor(each["by"], each["day"]), self.moment(each["day"])
            advance_item(made.number, each["step"], by=actor, on=on, **facts)
