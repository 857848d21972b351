"""Invitations and resets by one-time links, by mail or handed over."""

import re
import time
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.conf import settings
from django.test import Client

from chengzhi import clock
from chengzhi.ledger.queries import history
from chengzhi.people import actions, links
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, OneTimeLink
from chengzhi.people.queries import administrators, installation_is_open
from chengzhi.web.account import mail
from tests.people_builders import NOON, PASSWORD, account, district, post, unit

pytestmark = pytest.mark.django_db
NEW = "another-long-phrase-7"


def invited(on):
    here = district()
    return actions.invite(
        name="王小明",
        district_id=here.pk,
        unit_id=unit(here).pk,
        role="dispatcher",
        valid_from=NOON.date(),
        by=Actor.system(),
        on=on,
    )


def accept(client, address, username="wang"):
    return client.post(address, {"username": username, "name": "王小明", "new": NEW, "again": NEW})


def test_an_invitation_opens_once_and_leads_to_the_desk():
    person, token = invited(clock.now())
    client = Client()
    assert "王小明" in client.get(links.path(token)).content.decode()
    assert accept(client, links.path(token)).status_code == 302
    assert client.get("/account/").status_code == 200
    assert Client().get(links.path(token)).status_code == 410
    assert Account.objects.get(pk=person.pk).username == "wang"


def test_an_invited_person_cannot_log_in_before_accepting():
    person, _token = invited(clock.now())
    assert not person.has_usable_password()
    assert not person.is_active


def test_an_invitation_ends_after_seven_days():
    _person, token = invited(clock.now() - timedelta(days=7, seconds=1))
    assert accept(Client(), links.path(token)).status_code == 410


def test_a_taken_or_odd_user_name_keeps_what_was_typed():
    account("Wang")
    _person, token = invited(clock.now())
    for name in ("wang", "x", "a b", "名<script>"):
        answer = accept(Client(), links.path(token), name)
        assert answer.status_code == 200
        assert "王小明" in answer.content.decode()
    assert OneTimeLink.objects.get().used_at is None


def test_the_token_is_not_kept():
    _person, token = invited(clock.now())
    assert token not in str(OneTimeLink.objects.values_list())


def test_the_first_administrator_comes_by_a_link_and_manages_every_district():
    here = district()
    assert installation_is_open(NOON)
    first = actions.invite_administrator(by=Actor.system(), on=clock.now())
    second = actions.invite_administrator(by=Actor.system(), on=clock.now())
    assert Client().get(first).status_code == 410  # replaced
    client = Client()
    accept(client, second, "root")
    assert administrators(NOON).get().username == "root"
    assert not installation_is_open(NOON)
    assert client.session["district"] == here.pk


def test_the_ledger_knows_the_steps_and_no_name():
    person, token = invited(clock.now())
    accept(Client(), links.path(token))
    entries = history("account", person.pk)
    assert [entry.step for entry in entries] == ["post_given", "invited", "accepted"]
    assert "王小明" not in str([entry.facts for entry in entries])


def test_a_reset_link_ends_all_sessions_and_needs_a_good_password():
    here = district()
    person = post(account(), here, "head").account
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    token = actions.reset_link(account=person, by=Actor.system(), on=clock.now())
    assert Client().post(links.path(token), {"new": "short", "again": "short"}).status_code == 200
    assert Client().post(links.path(token), {"new": NEW, "again": NEW}).status_code == 302
    assert client.get("/account/").status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


class Inbox(Message):
    """Keeps what a real SMTP conversation delivered."""

    def __init__(self):
        super().__init__()
        self.mails = []

    def handle_message(self, message):
        self.mails.append(message)


@pytest.fixture
def inbox(monkeypatch):
    handler = Inbox()
    server = Controller(handler, hostname="127.0.0.1", port=8507)
    server.start()
    monkeypatch.setitem(settings.ENV, "CHENGZHI_SMTP_URL", "smtp://127.0.0.1:8507")
    yield handler
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_comes_by_real_mail(inbox):
    person = account(username="forgetful")
    answer = Client().post("/account/forgotten/", {"who": person.email})
    mail.wait()
    deadline = time.monotonic() + 10
    while not inbox.mails and time.monotonic() < deadline:
        time.sleep(0.05)
    text = inbox.mails[0].get_payload(decode=True).decode()
    path = re.search(r"https?://testserver(/account/link/\S+)", text).group(1)
    assert Client().post(path, {"new": NEW, "again": NEW}).status_code == 302
    unknown = Client().post("/account/forgotten/", {"who": "nobody@city.example"})
    mail.wait()
    assert _words(answer) == _words(unknown)
    assert len(inbox.mails) == 1


def _words(page):
    return re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page.content.decode())


def test_without_a_mail_server_the_page_says_whom_to_ask():
    page = Client().post("/account/forgotten/", {"who": "anybody"}).content.decode()
    assert "管理员" in page or "administrator" in page
    assert not OneTimeLink.objects.exists()
