"""Demo accounts: one per role and demo district, with a password of this installation only."""

import pytest
from django.conf import settings
from django.test import Client

from chengzhi.demo import accounts
from chengzhi.people.models import Account, Post
from chengzhi.people.roles import roles
from tests.people_builders import NOON, account, district, post, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def districts():
    sample, boston = district("sample"), district("boston", "America/New_York")
    for place in (sample, boston):
        unit(place, "01")
    return sample, boston


def test_there_is_one_for_each_role_in_each_district(districts):
    made = accounts.ensure(on=NOON)
    assert [(one.district, one.role) for one in made] == [
        (slug, role) for slug in ("sample", "boston") for role in roles()
    ]
    for one in made:
        held = Account.objects.get(username=one.username)
        assert held.demo
        assert held.check_password(one.password)
        assert Post.objects.filter(account=held, district__slug=one.district, role=one.role).exists()


def test_a_second_start_changes_nothing(districts):
    accounts.ensure(on=NOON)
    before = list(Account.objects.order_by("pk").values_list("username", "password"))
    posts = Post.objects.count()
    accounts.ensure(on=NOON)
    assert list(Account.objects.order_by("pk").values_list("username", "password")) == before
    assert Post.objects.count() == posts


def test_a_packs_own_demo_staff_is_used(districts):
    sample, _boston = districts
    theirs = post(account("leader", demo=True), sample, "shift_leader").account
    made = {(one.district, one.role): one.username for one in accounts.ensure(on=NOON)}
    assert made["sample", "shift_leader"] == theirs.username


def test_the_password_is_of_this_installation_and_not_in_the_code(districts):
    word = accounts.password()
    kept = (settings.HOME / "keys" / "demo_password").read_text().strip()
    assert kept.startswith(word.removeprefix("demo-"))
    assert len(word) >= 15


def test_a_head_and_an_administrator_switch_between_the_districts(districts, settings):
    settings.DEMO_ACCOUNTS = True
    accounts.ensure(on=NOON)
    client = Client()
    client.post("/account/login/demo/", {"username": "sample-head"})
    answer = client.post("/account/district/", {"district": districts[1].pk, "next": "/account/"})
    assert answer.status_code == 302
    assert client.session["district"] == districts[1].pk
