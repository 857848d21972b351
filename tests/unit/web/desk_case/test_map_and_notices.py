"""The map's counts and rows, and the notices, as different people have them."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases import habits, tiles
from chengzhi.cases.models import Case
from chengzhi.ledger.models import Entry
from chengzhi.notices.actions import About, tell_accounts
from chengzhi.notices.models import DigestChoice, Message
from chengzhi.places.zorder import zkey
from chengzhi.web.desk_case import maps
from tests.unit.cases.town import Town, build, case_in

BACKEND = "django.contrib.auth.backends.ModelBackend"
ALL = "109.29,24.29,109.41,24.41"


@pytest.fixture
def town(db: None) -> Town:
    habits.forget()
    return build()


@pytest.fixture
def now() -> datetime:
    return clock.now()


def entered(town: Town, role: str) -> Client:
    client = Client()
    client.force_login(town.accounts[role], backend=BACKEND)
    return client


def placed(town: Town, state: str, lon: float, lat: float, **facts: object) -> Case:
    return case_in(town, state, on=clock.now(), lon=lon, lat=lat, zkey=zkey(lon, lat), **facts)


def spread(town: Town, now: datetime) -> None:
    """Six open cases in two corners, one of them late, two of another unit; one closed."""
    late, later = now - timedelta(hours=1), now + timedelta(hours=5)
    for step in range(3):
        placed(town, "handling", 109.31 + step / 1e4, 24.31, stage_due_at=late if step == 0 else later)
    placed(town, "handling", 109.39, 24.39, stage_due_at=later)
    for step in range(2):
        placed(town, "handling", 109.39 + step / 1e4, 24.39, stage_due_at=later, unit=town.sanitation)
    placed(town, "closed", 109.39, 24.39)
    tiles.rebuild(on=now)


def counted(client: Client, **asked: object) -> tuple[int, int]:
    answer = client.get(reverse("desk:map_clusters"), {"bbox": ALL, "zoom": 12, **asked})
    assert answer.status_code == 200
    groups = [feature["properties"] for feature in answer.json()["features"]]
    return sum(one["count"] for one in groups), sum(one["overdue"] for one in groups)


@pytest.mark.parametrize("zoom", [3, 9, 11, 12, 13, 14.9, 15, 18])
def test_every_zoom_counts_every_open_case_once(town, now, zoom):
    spread(town, now)
    assert counted(entered(town, "dispatcher"), zoom=zoom) == (6, 1)


@pytest.mark.parametrize("zoom", [9, 12, 14, 16])
def test_a_unit_sees_its_own_cases_on_the_map_only(town, now, zoom):
    spread(town, now)
    assert counted(entered(town, "handler"), zoom=zoom) == (4, 1)


@pytest.mark.parametrize("role", ["dispatcher", "handler"])
def test_more_than_a_map_can_show_one_by_one_are_counted(town, now, monkeypatch, role):
    spread(town, now)
    monkeypatch.setattr(maps, "MOST_POINTS", 2)
    client = entered(town, role)
    answer = client.get(reverse("desk:map_clusters"), {"bbox": ALL, "zoom": 16}).json()["features"]
    assert sum(one["properties"]["count"] for one in answer) == {"dispatcher": 6, "handler": 4}[role]
    assert not any("url" in one["properties"] for one in answer)


def test_a_filter_of_the_map_is_the_filter_of_its_rows(town, now):
    spread(town, now)
    client = entered(town, "dispatcher")
    assert counted(client, filter="overdue") == (1, 1)
    rows = client.get(reverse("desk:map_rows"), {"bbox": ALL, "filter": "overdue"})
    assert rows.content.decode().count("data-row") == 1


def test_the_rows_are_those_of_the_box(town, now):
    spread(town, now)
    client = entered(town, "dispatcher")
    corner = client.get(reverse("desk:map_rows"), {"bbox": "109.30,24.30,109.32,24.32"}).content.decode()
    assert corner.count("data-row") == 3
    assert counted(client, bbox="109.30,24.30,109.32,24.32", zoom=16) == (3, 1)


def test_a_point_leads_to_its_case_and_says_it_in_words(town, now):
    case = placed(town, "handling", 109.31, 24.31, stage_due_at=now - timedelta(hours=1))
    answer = entered(town, "dispatcher").get(reverse("desk:map_clusters"), {"bbox": ALL, "zoom": 16})
    facts = answer.json()["features"][0]["properties"]
    assert facts["url"] == reverse("desk:case", args=(case.number,))
    assert "暴露垃圾" in facts["label"]
    assert "处置中" in facts["label"]


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "nan,1,2,3", "5,5,1,1"])
def test_a_box_that_is_none_is_said_so(town, box):
    answer = entered(town, "dispatcher").get(reverse("desk:map_clusters"), {"bbox": box})
    assert answer.status_code == 400


def test_many_cases_cost_the_map_no_more_queries(town, now):
    client = entered(town, "handler")
    sizes = []
    for how_many in (1, 20):
        for step in range(how_many):
            placed(town, "handling", 109.31 + step / 1e4, 24.31)
        client.get(reverse("desk:map"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("desk:map"))
            client.get(reverse("desk:map_clusters"), {"bbox": ALL, "zoom": 16})
        sizes.append(len(seen))
    assert sizes[0] == sizes[1]


def test_layers_answer_304_while_the_pack_is_the_same(town):
    client = entered(town, "handler")
    layer = reverse("desk:map_layer", args=("cells",))
    first = client.get(layer)
    assert len(first.json()["features"]) == 1
    assert client.get(layer, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(reverse("desk:map_layer", args=("secrets",))).status_code == 404


def told(town: Town, role: str, case: Case, now: datetime) -> Message:
    about = About(town.district.pk, "case", case.pk, None, {"number": case.number, "type": "暴露垃圾"})
    tell_accounts("case_for_unit", [town.accounts[role]], about, on=now)
    found = Message.objects.filter(account=town.accounts[role], channel="inapp").latest("id")
    Message.objects.filter(pk=found.pk).update(state="sent", sent_at=now)
    return found


def test_a_notice_leads_to_its_case_and_is_read_then(town, now):
    case = case_in(town, "handling", on=now)
    message = told(town, "handler", case, now)
    client = entered(town, "handler")
    assert case.number in client.get(reverse("desk:notices")).content.decode()
    answer = client.post(reverse("desk:notices_read"), {"notice": message.pk, "case": case.number})
    assert answer["Location"] == reverse("desk:case", args=(case.number,))
    assert Message.objects.get(pk=message.pk).read_at is not None


def test_nobody_reads_or_marks_another_s_notices(town, now):
    case = case_in(town, "handling", on=now)
    message = told(town, "handler", case, now)
    client = entered(town, "dispatcher")
    assert case.number not in client.get(reverse("desk:notices")).content.decode()
    client.post(reverse("desk:notices_read"), {"notice": message.pk})
    assert Message.objects.get(pk=message.pk).read_at is None


def test_the_daily_mail_is_off_until_asked_for(town):
    client = entered(town, "handler")
    assert not DigestChoice.objects.exists()
    client.post(reverse("desk:notices_digest"), {"daily": "on"})
    assert DigestChoice.objects.get().daily
    client.post(reverse("desk:notices_digest"), {})
    assert not DigestChoice.objects.get().daily


def test_what_failed_is_seen_and_sent_again_with_a_trace(town, now):
    case = case_in(town, "handling", on=now)
    message = told(town, "handler", case, now)
    Message.objects.filter(pk=message.pk).update(state="failed", attempts=5, error="550 no such user")
    page, again = reverse("desk:notices_failed"), reverse("desk:notices_resend", args=(message.pk,))
    assert entered(town, "handler").get(page).status_code == 404
    client = entered(town, "administrator")
    assert "550 no such user" in client.get(page).content.decode()
    client.post(again)
    found = Message.objects.get(pk=message.pk)
    assert (found.state, found.attempts) == ("waiting", 0)
    assert Entry.objects.filter(thing="message", thing_id=message.pk, step="resend").exists()
    assert client.post(again).status_code == 404
