"""Keys of other programs on the administrator's pages."""

import re

import pytest
from django.test import Client

from chengzhi import clock
from chengzhi.people.actor import Actor
from chengzhi.people.keys import create_key, forget_callers
from chengzhi.people.models import ApiKey
from tests.people_builders import PASSWORD, account, district, post, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db):
    forget_callers()
    return district()


@pytest.fixture
def admin(here):
    person = post(account("root"), here, "administrator").account
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    client.cookies["language"] = "en"
    return client


def text(answer):
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def fields(**more):
    return {"name": "考核平台", "role": "dispatcher", "scopes": ["cases:read"], "last_day": "", **more}


def test_a_key_is_shown_once_and_works_until_it_is_ended(admin, here):
    assert "No key yet" in text(admin.get("/manage/keys/"))
    answer = admin.post("/manage/keys/new/", fields())
    key = re.search(r"cz_[\w-]{30,}", text(answer))[0]
    assert "no-store" in answer["Cache-Control"]
    row = ApiKey.objects.get()
    caller = Client(headers={"authorization": f"Bearer {key}"})
    assert caller.get("/api/v1/types").status_code == 200
    for page in ("/manage/keys/", f"/manage/keys/{row.pk}/"):
        shown = text(admin.get(page))
        assert "考核平台" in shown
        assert key not in shown
        assert str(clock.now().astimezone().year) in shown  # the day of its last use
    assert "made the key: Dispatcher, read cases, lists and figures." in text(
        admin.get(f"/manage/keys/{row.pk}/")
    )
    assert "cannot be taken back" in text(admin.post(f"/manage/keys/{row.pk}/revoke/"))
    assert caller.get("/api/v1/types").status_code == 200
    assert admin.post(f"/manage/keys/{row.pk}/revoke/", {"confirm": "1"}).status_code == 302
    assert caller.get("/api/v1/types").status_code == 401
    assert "ended the key" in text(admin.get(f"/manage/keys/{row.pk}/"))


def test_a_department_needs_a_unit_and_a_past_day_is_refused(admin, here):
    squad = unit(here, "07")
    assert "needs a unit" in text(admin.post("/manage/keys/new/", fields(role="handler")))
    assert "This day is over" in text(admin.post("/manage/keys/new/", fields(last_day="2020-01-01")))
    assert not ApiKey.objects.exists()
    text(admin.post("/manage/keys/new/", fields(role="handler", unit=squad.pk, last_day="2999-01-01")))
    row = ApiKey.objects.get()
    assert (row.unit, row.scopes) == (squad, ["cases:read"])
    assert "until 2999-01-01" in text(admin.get("/manage/keys/"))


def test_keys_of_another_district_are_not_there(admin, here):
    there = district("there")
    row, _key = create_key(
        district=there, name="x", role="dispatcher", scopes=("cases:read",), by=Actor.system(), on=clock.now()
    )
    assert admin.get(f"/manage/keys/{row.pk}/").status_code == 404
    assert admin.post(f"/manage/keys/{row.pk}/revoke/", {"confirm": "1"}).status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
