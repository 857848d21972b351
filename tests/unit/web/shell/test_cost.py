"""What a page costs before its own work begins: few statements, none of them twice, rights never stale."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chengzhi.people.models import Account, Post, RolePermission
from tests.people_builders import account, district, post

PAGES = (
    "desk:home", "desk:worklist", "desk:map", "desk:notices", "desk:exports", "manage:people", "manage:units",
)  # fmt: skip
FRAME = 4
"""Session, account, rights, districts."""


def _signed_in(person: Account) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def person(db: None) -> Account:
    """Works in two districts, in the first as administrator and dispatcher."""
    made, here = account(), district()
    for role in ("administrator", "dispatcher"):
        post(made, here, role)
    post(made, district("there"), "dispatcher")
    return made


def _asked(client: Client, path: str) -> Counter[str]:
    assert client.get(path).status_code == 200  # what is kept for all requests is read once
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return Counter(one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"])


def test_the_frame_asks_for_session_account_rights_and_districts_only(person: Account) -> None:
    asked = _asked(_signed_in(person), "/styleguide/desk/")
    assert asked.total() <= FRAME, list(asked)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_the_same_twice(person: Account, page: str) -> None:
    asked = _asked(_signed_in(person), reverse(page))
    assert not {sql: times for sql, times in asked.items() if times > 1}


def test_a_right_taken_away_is_gone_at_the_next_request(person: Account) -> None:
    client, page = _signed_in(person), reverse("manage:people")
    assert client.get(page).status_code == 200
    RolePermission.objects.filter(role="administrator", permission="people.manage").delete()
    assert client.get(page).status_code == 404


def test_a_post_that_ends_and_an_account_switched_off_are_gone_at_the_next_request(person: Account) -> None:
    client, page = _signed_in(person), reverse("desk:worklist")
    assert client.get(page).status_code == 200
    Post.objects.filter(account=person).update(valid_to=date(2021, 1, 1))
    assert client.get(page).status_code == 404
    Post.objects.filter(account=person).update(valid_to=None)
    assert client.get(page).status_code == 200
    Account.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(page).status_code in (302, 404)
