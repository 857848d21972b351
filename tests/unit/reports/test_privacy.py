"""Who may look at a reporter, what is written down, and what is erased in time."""

from datetime import timedelta

import pytest
from django.db import connection

from chengzhi.people.actor import Actor
from chengzhi.people.models import Account
from chengzhi.people.rules import NotAllowed
from chengzhi.reports import sealing
from chengzhi.reports.contact import Contact, contact
from chengzhi.reports.intake import NewReport, receive
from chengzhi.reports.models import Reporter, ReporterView
from chengzhi.reports.problems import ReasonMissing, ReporterErased
from chengzhi.reports.resealing import reseal
from chengzhi.reports.retention import erase_due
from chengzhi.reports.revealing import reveal
from tests.intake_builders import NOW, SOUTH, WEST, Place, build_district, clerk

PERSON = contact(name="张三", phone="13800000000")


@pytest.fixture
def place(db) -> Place:
    return build_district()


@pytest.fixture
def reporter(place) -> Reporter:
    said = NewReport(
        place.district.pk, "resident", text="x", lon=WEST + 0.005, lat=SOUTH + 0.005, contact=PERSON
    )
    receive(said, by=Actor.resident(), on=NOW)
    return Reporter.objects.get()


@pytest.fixture
def account(db) -> Account:
    return Account.objects.create(username="clerk", created_at=NOW)


def entries() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step, actor_id, facts::text FROM ledger_entry WHERE thing = 'reporter' ORDER BY id"
        )
        return cursor.fetchall()


def test_a_look_with_a_reason_is_written_down_twice(place, reporter, account):
    by = clerk(place.district, account.pk)
    assert reveal(reporter, by=by, on=NOW, reason="回访确认位置") == PERSON
    view = ReporterView.objects.get()
    assert (view.account_id, view.reason, view.viewed_at) == (account.pk, "回访确认位置", NOW)
    ((step, actor, facts),) = entries()
    assert (step, actor) == ("reveal", account.pk)
    assert "13800000000" not in facts


@pytest.mark.parametrize("reason", ["", "   ", "x", "\u200b\u200b\u200b\u200b\u200b"])
def test_no_reason_no_look(place, reporter, account, reason):
    with pytest.raises(ReasonMissing):
        reveal(reporter, by=clerk(place.district, account.pk), on=NOW, reason=reason)
    assert not ReporterView.objects.exists()


@pytest.mark.parametrize("role", ["handler", "contractor", "dispatcher", "head", "administrator", "auditor"])
def test_others_never_see_who_reported(place, reporter, account, role):
    with pytest.raises(NotAllowed):
        reveal(reporter, by=clerk(place.district, account.pk, role=role), on=NOW, reason="because I want to")


@pytest.mark.parametrize("role", ["handler", "contractor"])
def test_a_handler_does_not_see_it_even_with_the_permission(place, reporter, account, role):
    held = frozenset({"reporter.view", "case.view"})
    by = Actor(
        account.pk, "x", place.district.pk, roles=("intake_clerk", role), permissions=held, district_wide=held
    )
    with pytest.raises(NotAllowed):
        reveal(reporter, by=by, on=NOW, reason="because I want to")


def test_clerk_of_another_district_is_refused(place, reporter, account):
    other = build_district("other")
    with pytest.raises(NotAllowed):
        reveal(reporter, by=clerk(other.district, account.pk), on=NOW, reason="call back")


def test_retention_acts_on_its_day_and_not_before(place, reporter, account):
    day = reporter.erase_after
    before = NOW.replace(year=day.year, month=day.month, day=day.day) - timedelta(days=1)
    assert erase_due(on=before) == 0
    assert erase_due(on=before + timedelta(days=1)) == 1
    assert erase_due(on=before + timedelta(days=2)) == 0
    reporter.refresh_from_db()
    assert (bytes(reporter.contact), reporter.phone_hmac) == (b"", None)
    with pytest.raises(ReporterErased):
        reveal(reporter, by=clerk(place.district, account.pk), on=NOW, reason="call back")
    assert entries()[0][0] == "erase"


def test_rotated_key_seals_old_contacts_anew(place, reporter, settings, tmp_path):
    (tmp_path / "keys").mkdir()
    settings.HOME = tmp_path
    sealing.forget_keys()
    reporter.contact = PERSON.sealed(place.district.pk)
    reporter.save()
    sealing.add_key()
    assert reseal() == 1
    assert reseal() == 0
    reporter.refresh_from_db()
    assert sealing.key_number_of(reporter.contact) == 2
    (tmp_path / "keys" / "field_key").unlink()
    sealing.forget_keys()
    assert Contact.opened(reporter.contact, place.district.pk) == PERSON
