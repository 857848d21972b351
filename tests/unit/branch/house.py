"""A small bureau's organisation: a committee, two branches, their members; as packs and pages would make it."""

from dataclasses import dataclass
from datetime import date

from chengzhi.branch.organisation.models import Body, BodyRole, Member, Membership
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account, Post
from tests.unit.cases.town import FRIDAY, LONG_AGO, Town, build

NAMES = ("书记", "委员", "纪检", "甲", "乙", "丙", "丁", "戊")


@dataclass
class House:
    """The town with its bodies; `first` has eight formal members and one probationary, `second` three."""

    town: Town
    committee: Body
    first: Body
    second: Body
    members: dict[str, Member]
    accounts: dict[str, Account]

    def actor(self, name: str) -> Actor:
        """The person in the district as of Friday 3 April 2026."""
        return actor_of(self.accounts[name], self.town.district.pk, FRIDAY)


def house(slug: str = "sample") -> House:
    """Build it: first-branch members are 书记, 委员, 纪检, 甲 … 戊 and 预备; second-branch ones 庚, 辛, 壬."""
    town = build(slug)
    made = House(town, *_bodies(town), {}, {})
    for name in (*NAMES, "预备", "庚", "辛", "壬"):
        _member(made, name, made.second if name in "庚辛壬" else made.first)
    for name, role, body in (
        ("书记", "secretary", made.first), ("委员", "committee_member", made.first),
        ("纪检", "discipline_member", made.first), ("庚", "secretary", made.second),
    ):  # fmt: skip
        BodyRole.objects.create(body=body, member=made.members[name], role=role, valid_from=LONG_AGO)
    return made


def _bodies(town: Town) -> tuple[Body, Body, Body]:
    def body(kind: str, code: str, name: str, parent: Body | None) -> Body:
        return Body.objects.create(
            district=town.district, kind=kind, code=code, name=name, name_en=name, parent=parent,
            pack="party", valid_from=LONG_AGO,
        )  # fmt: skip

    committee = body("committee", "0", "示例局党委", None)
    return committee, body("branch", "01", "第一支部", committee), body("branch", "02", "第二支部", committee)


def _member(made: House, name: str, body: Body) -> None:
    account = Account.objects.create(username=f"m{len(made.accounts)}", name=name, created_at=FRIDAY)
    Post.objects.create(
        account=account,
        district=made.town.district,
        unit=made.town.squad,
        role="handler",
        valid_from=LONG_AGO,
    )
    member = Member.objects.create(
        district=made.town.district, account=account, name=name, valid_from=LONG_AGO
    )
    standing = Membership.Standing.PROBATIONARY if name == "预备" else Membership.Standing.FORMAL
    Membership.objects.create(body=body, member=member, standing=standing, valid_from=date(2021, 1, 1))
    made.accounts[name], made.members[name] = account, member
