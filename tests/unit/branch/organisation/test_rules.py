"""Roles in a body answer, not posts in the bureau; what ended no longer counts."""

from datetime import timedelta

import pytest

from chengzhi.branch.organisation import queries, rules
from chengzhi.branch.organisation.formulas import Share, cap
from chengzhi.branch.organisation.models import BodyRole, Exemption, Membership
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY, LONG_AGO

pytestmark = pytest.mark.django_db
DAY = FRIDAY.date()


@pytest.fixture
def home() -> House:
    return house()


def test_a_secretary_leads_his_own_body_only(home: House) -> None:
    secretary = home.actor("书记")
    assert rules.may(secretary, "branch.lead", home.first)
    assert not rules.may(secretary, "branch.lead", home.second)
    assert not rules.may(home.actor("甲"), "branch.lead", home.first)
    assert rules.may(home.actor("甲"), "branch.member", home.first)
    with pytest.raises(NotAllowed):
        rules.require(home.actor("甲"), "branch.check", home.first)


def test_the_head_of_a_committee_leads_what_lies_below(home: House) -> None:
    BodyRole.objects.create(
        body=home.committee, member=home.members["乙"], role="secretary", valid_from=LONG_AGO
    )
    assert rules.standing_of(home.actor("乙")).where("branch.lead") == {
        home.committee.pk, home.first.pk, home.second.pk,
    }  # fmt: skip


def test_a_post_of_the_bureau_gives_nothing_here(home: House) -> None:
    for role in ("administrator", "head", "shift_leader"):
        assert rules.standing_of(home.town.actors[role]) == rules.Standing(None, {})
        assert not rules.may(home.town.actors[role], "branch.member", home.first)


def test_a_role_that_ended_and_one_that_has_not_begun_count_no_more(home: House) -> None:
    BodyRole.objects.filter(role="secretary").update(valid_to=DAY - timedelta(days=1))
    assert not rules.may(home.actor("书记"), "branch.lead", home.first)
    BodyRole.objects.filter(role="secretary").update(valid_to=None, valid_from=DAY + timedelta(days=1))
    assert not rules.may(home.actor("书记"), "branch.lead", home.first)


def test_expected_are_the_formal_members_who_are_not_exempt(home: House) -> None:
    assert len(queries.members_in(home.first.pk, DAY)) == 9
    assert len(queries.expected(home.first.pk, DAY)) == 8
    Exemption.objects.create(member=home.members["甲"], reason="aged", valid_from=LONG_AGO)
    assert len(queries.expected(home.first.pk, DAY, exempt=["aged", "ill"])) == 7
    assert len(queries.expected(home.first.pk, DAY)) == 8
    Membership.objects.filter(member=home.members["乙"]).update(valid_to=DAY - timedelta(days=1))
    assert len(queries.expected(home.first.pk, DAY)) == 7


@pytest.mark.parametrize(
    ("share", "part", "whole", "met"),
    [
        (Share(1, 2), 4, 8, True),
        (Share(1, 2, strict=True), 4, 8, False),
        (Share(1, 2, strict=True), 5, 8, True),
        (Share(4, 5), 6, 8, False),
        (Share(4, 5), 7, 8, True),
        (Share(2, 3), 0, 0, False),
    ],
)
def test_a_share_is_exact(share: Share, part: int, whole: int, met: bool) -> None:
    assert share.met(part, whole) is met
    if whole:
        assert share.met(share.least(whole), whole)
        assert not share.met(share.least(whole) - 1, whole)


def test_a_third_is_rounded_as_declared() -> None:
    third = {"over": 1, "under": 3}
    assert [cap(n, third) for n in (0, 2, 3, 8)] == [0, 0, 1, 2]
    assert cap(8, third | {"rounding": "nearest"}) == 3
