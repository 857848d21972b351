"""Each domain has a home; alarms are raised and worked off; posted numbers are one file each."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from chengzhi import clock
from chengzhi.cases import sightings
from chengzhi.cases.models import CaseType
from chengzhi.domains import DOMAINS
from chengzhi.registers.alarm_tables import RaisedAlarm
from chengzhi.registers.models import RegisteredObject
from tests.unit.cases.town import FRIDAY, Town, build, case_in
from tests.unit.registers.test_alarms import thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def signed_in(town: Town, role: str) -> Client:
    client = Client()
    client.force_login(town.accounts[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.mark.parametrize("key", [one.key for one in DOMAINS])
def test_every_domain_has_a_home_in_both_languages(town: Town, key: str) -> None:
    client = signed_in(town, "shift_leader")
    domain = next(one for one in DOMAINS if one.key == key)
    assert domain.lead in body(client.get(f"/desk/domains/{key}/"))
    client.cookies["language"] = "en"
    assert domain.name_en in body(client.get(f"/desk/domains/{key}/"))
    assert domain.name_en in body(client.get("/desk/domains/"))


def test_a_home_says_what_is_due(town: Town) -> None:
    today = clock.now().date()
    thing(town, 1, check_due_on=today - timedelta(days=3), permit_until=today + timedelta(days=9))
    thing(town, 2, permit_until=date(2020, 1, 1))
    case_in(town, "handling", domain="advertising")
    (sign, _shop_sign) = signed_in(town, "handler").get("/desk/domains/advertising/").context["registers"]
    assert (sign.live, sign.checks_due, sign.expired, sign.expiring) == (2, 1, 1, 1)


def test_an_alarm_is_raised_worked_off_and_ended(town: Town) -> None:
    row, client = thing(town, 1, address="甲路1号"), signed_in(town, "shift_leader")
    form = client.get("/desk/alarms/new/storm/").context["form"]
    said = {"level": "red", "source": "气象台 3 号",
            "starts_at": form.fields["starts_at"].initial, "ends_at": form.fields["ends_at"].initial}  # fmt: skip
    there = client.post("/desk/alarms/new/storm/", said)["Location"]
    assert "甲路1号" in body(client.get(there))
    assert "红色" in body(client.get("/desk/domains/advertising/"))
    client.post(there, {"object": row.pk, "reached": "1", "note": "已加固"})
    assert "已加固" in body(client.get(there))
    client.post(there, {"end": "1"})
    assert RaisedAlarm.objects.get().ended_at is not None
    assert "已解除" in body(client.get("/desk/alarms/"))


def test_an_alarm_that_ends_before_it_begins_is_told_on_the_page(town: Town) -> None:
    said = {"level": "red", "source": "x", "starts_at": "2026-04-03T12:00", "ends_at": "2026-04-03T11:00"}
    answer = signed_in(town, "shift_leader").post("/desk/alarms/new/storm/", said)
    assert answer.status_code == 422
    assert "预警结束早于开始" in answer.content.decode()
    assert not RaisedAlarm.objects.exists()


def test_a_number_on_a_photo_joins_its_file(town: Town) -> None:
    kind = CaseType.objects.create(district=town.district, code_set="local:x", code="07001", name="小广告",
                                   name_en="x", domain="advertising")  # fmt: skip
    case_in(town, "handling", type=kind, domain="advertising", text="开锁13800001234")
    other = case_in(town, "handling", type=kind, domain="advertising", text="照片")
    sightings.scan(town.district, on=FRIDAY)
    client = signed_in(town, "inspector")
    assert "照片上的电话号码" in body(client.get(f"/desk/cases/{other.number}/"))
    client.post(f"/desk/cases/{other.number}/posted-number/", {"number": "138 0000 1234"})
    assert "138****1234" in body(client.get("/desk/numbers/?least=2"))
    file = sightings.files(town.district.pk).get()
    shown = body(client.get(f"/desk/numbers/{file.pk}/"))
    assert other.number in shown
    assert "13800001234" not in shown


def test_where_a_place_is_missing_only_where_a_domain_asks(town: Town) -> None:
    client = signed_in(town, "handler")
    assert client.get("/desk/domains/stalls/demand/").status_code == 200
    assert client.get("/desk/domains/toilets/demand/").status_code == 404
    assert client.get("/desk/domains/nonsense/").status_code == 404


def test_another_district_is_not_shown(town: Town) -> None:
    thing(town, 1)
    made = RaisedAlarm.objects.create(district=town.district, domain="advertising", alarm="storm", level="red",
                                      starts_at=FRIDAY, ends_at=FRIDAY, source="x", raised_at=FRIDAY)  # fmt: skip
    other = signed_in(build("elsewhere"), "shift_leader")
    assert other.get(f"/desk/alarms/{made.pk}/").status_code == 404
    assert other.get("/desk/domains/advertising/").context["registers"][0].live == 0
    assert RegisteredObject.objects.count() == 1
