"""Rights come from posts in force; a unit's people see their unit; nobody sees another district."""

from dataclasses import dataclass
from datetime import date

import pytest

from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Post, RolePermission
from chengzhi.people.permissions import ALL, OF_POSTS, UnknownPermission
from chengzhi.people.roles import roles
from chengzhi.people.rules import NotAllowed, may, require
from tests.people_builders import NOON, account, district, post, unit

pytestmark = pytest.mark.django_db


@dataclass
class Thing:
    district_id: int
    unit_id: int | None = None


def test_shipped_roles_use_every_permission_and_no_other():
    assert frozenset().union(*(role.permissions for role in roles().values())) == {
        one.key for one in OF_POSTS
    }
    assert {one.key for one in OF_POSTS} < ALL


def test_an_account_without_a_post_may_do_nothing():
    assert actor_of(account(), district().pk, NOON).permissions == frozenset()


def test_a_post_counts_from_its_first_to_its_last_day_in_the_districts_zone():
    here = district()  # Asia/Shanghai: 16:00 UTC is already the next day
    held = post(account(), here, "dispatcher", since=date(2026, 4, 3), until=date(2026, 4, 4))
    days = {
        "2026-04-02T15:59": False,
        "2026-04-02T16:01": True,
        "2026-04-04T15:59": True,
        "2026-04-04T16:01": False,
    }
    from datetime import datetime

    for moment, holds in days.items():
        on = datetime.fromisoformat(moment + ":00+00:00")
        assert may(actor_of(held.account, here.pk, on), "case.dispatch") is holds, moment


def test_a_handler_sees_cases_of_the_own_unit_and_those_below_only():
    here = district()
    own, other = unit(here, "01"), unit(here, "02")
    below = unit(here, "0101", parent=own)
    actor = actor_of(post(account(), here, "handler", own).account, here.pk, NOON)
    assert may(actor, "case.handle", Thing(here.pk, own.pk))
    assert may(actor, "case.handle", Thing(here.pk, below.pk))
    assert not may(actor, "case.view", Thing(here.pk, other.pk))
    assert not may(actor, "case.view", Thing(here.pk, None))
    assert not may(actor, "case.dispatch", Thing(here.pk, own.pk))


def test_a_co_handling_unit_sees_the_case_but_does_not_assign_it():
    here = district()
    own, other = unit(here, "01"), unit(here, "02")
    actor = actor_of(post(account(), here, "handler", own).account, here.pk, NOON)
    led_by_other = Thing(here.pk, other.pk)
    assert may(actor, "case.view", led_by_other, co_handlers=[own.pk])
    assert not may(actor, "case.assign", led_by_other, co_handlers=[own.pk])


def test_a_wide_role_does_not_widen_what_a_unit_role_gives():
    here = district()
    own, other = unit(here, "01"), unit(here, "02")
    person = post(account(), here, "handler", own).account
    post(person, here, "inspector", own)
    actor = actor_of(person, here.pk, NOON)
    assert may(actor, "case.check", Thing(here.pk, other.pk))
    assert not may(actor, "case.handle", Thing(here.pk, other.pk))


@pytest.mark.parametrize("role", list(roles()))
def test_no_role_reaches_into_another_district(role):
    here, there = district(), district("there")
    actor = actor_of(post(account(), here, role).account, here.pk, NOON)
    for permission in ALL:
        assert not may(actor, permission, Thing(there.pk, None))
    assert actor_of(Post.objects.get().account, there.pk, NOON).permissions == frozenset()


def test_the_dated_table_counts_not_the_file():
    here = district()
    person = post(account(), here, "dispatcher").account
    RolePermission.objects.filter(role="dispatcher", permission="case.dispatch").update(
        valid_to=date(2026, 4, 2)
    )
    assert not may(actor_of(person, here.pk, NOON), "case.dispatch")


def test_a_deactivated_account_may_do_nothing():
    here = district()
    person = post(account(), here, "head").account
    person.is_active = False
    assert actor_of(person, here.pk, NOON).permissions == frozenset()


def test_one_statement_finds_the_actor(django_assert_num_queries):
    here = district()
    person = post(account(), here, "handler").account
    with django_assert_num_queries(1):
        actor_of(person, here.pk, NOON)


def test_a_misspelt_permission_is_an_error_not_a_refusal():
    with pytest.raises(UnknownPermission):
        may(Actor.system(), "case.dispach")


def test_require_raises_what_pages_show_as_not_found():
    with pytest.raises(NotAllowed) as caught:
        require(Actor.resident(), "case.close")
    assert caught.value.status == 404
