"""The page behind the link: honest, and in the hands of who reported."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chengzhi.cases.models import Case, CasePhoto
from chengzhi.people.actor import Actor
from chengzhi.reports import intake
from chengzhi.reports.contact import contact
from chengzhi.reports.intake import NewReport, receive
from chengzhi.reports.models import Report, Reporter
from tests.intake_builders import SIZE, SOUTH, WEST, Place, build_district
from tests.photo_samples import jpeg


@pytest.fixture
def place(db, settings, tmp_path) -> Place:
    settings.MEDIA_ROOT = tmp_path / "files"
    return build_district()


@pytest.fixture
def client() -> Client:
    visitor = Client(enforce_csrf_checks=True)
    visitor.cookies["language"] = "en"
    return visitor


@pytest.fixture
def receipt(place) -> intake.Receipt:
    said = NewReport(
        place.district.pk, "resident", text="张三家门口路灯不亮", lon=WEST + 0.005, lat=SOUTH + 0.005,
        contact=contact(phone="13800000000"), type_id=place.types["02007"].pk,
    )  # fmt: skip
    return receive(said, by=Actor.resident(), on=timezone.now() - timedelta(minutes=5))


def url(receipt, what: str = "") -> str:
    return f"/follow/{receipt.follow_token}/{what + '/' if what else ''}"


def text_of(response) -> str:
    return response.content.decode()


def test_link_shows_state_promise_and_history(client, receipt):
    page = text_of(client.get(url(receipt)))
    assert receipt.number in page
    assert "Received" in page
    assert "Why this deadline?" in page
    assert "8 working hours to fix it" in page
    assert "Reported." in page


@pytest.mark.parametrize("token", ["x", "f:x", "a" * 24, "%00"])
def test_wrong_link_tells_nothing(client, receipt, token):
    assert client.get(f"/follow/{token}/").status_code == 404


def test_database_holds_no_link(receipt):
    report = Report.objects.get()
    assert receipt.follow_token.encode() not in bytes(report.follow_hash)


def test_own_words_and_place_can_be_corrected_until_filed(place, client, receipt):
    facts = {
        "text": "路灯不亮",
        "address": "城西路 1 号",
        "lon": WEST + 1.5 * SIZE,
        "lat": SOUTH + 1.5 * SIZE,
    }
    done = client.post(url(receipt, "correct"), facts)
    assert done.status_code == 303, text_of(done)
    case = Case.objects.get()
    assert (case.text, case.address, case.cell_id) == ("路灯不亮", "城西路 1 号", place.cells[3].pk)
    assert "张三" not in str(Case.objects.values()[0])
    assert "张三" not in str(Report.objects.values()[0])
    Case.objects.update(state="pending_dispatch")
    late = client.post(url(receipt, "correct"), {"text": "x", "address": "y"})
    assert late.status_code == 409
    assert "has been taken on" in text_of(late)
    assert Case.objects.get().text == "路灯不亮"


def test_more_words_and_a_photo_can_be_added(client, receipt):
    sent = SimpleUploadedFile("p.jpg", jpeg(), content_type="image/jpeg")
    done = client.post(url(receipt, "add"), {"text": "灯杆也歪了", "photo": sent})
    assert done.status_code == 303
    page = text_of(client.get(done["Location"]))
    assert "灯杆也歪了" in page
    assert CasePhoto.objects.filter(case_id=receipt.case_id).count() == 1
    assert client.post(url(receipt, "add"), {"text": " "}).status_code == 422


def test_contact_can_be_erased_at_once(client, receipt):
    assert client.post(url(receipt, "erase")).status_code == 303
    reporter = Reporter.objects.get()
    assert bytes(reporter.contact) == b""
    assert reporter.phone_hmac is None
    assert "No contact of yours is stored" in text_of(client.get(url(receipt)))


def test_withdrawing_leaves_the_case(client, receipt):
    assert client.post(url(receipt, "withdraw")).status_code == 303
    assert Report.objects.get().withdrawn_at is not None
    assert Case.objects.get().state == "reported"


def test_notes_are_limited_per_link(client, receipt, settings):
    settings.SEND_RATES = {"note": (1, 3600)}
    assert client.post(url(receipt, "add"), {"text": "one"}).status_code == 303
    refused = client.post(url(receipt, "add"), {"text": "two, not to be lost"})
    assert refused.status_code == 429
    assert "two, not to be lost" in text_of(refused)


def test_unreleased_photo_is_not_public(place, client, receipt):
    sent = SimpleUploadedFile("p.jpg", jpeg(), content_type="image/jpeg")
    client.post(url(receipt, "add"), {"photo": sent})
    shown = CasePhoto.objects.get()
    assert client.get(f"/photo/{shown.pk}/").status_code == 404
    shown.masked_id = shown.file_id
    shown.save()
    assert client.get(f"/photo/{shown.pk}/").status_code == 404
    shown.released_at = timezone.now()
    shown.save()
    answer = client.get(f"/photo/{shown.pk}/")
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_lost_link_is_found_by_number_and_telephone(client, receipt):
    wrong = client.post("/find/", {"number": receipt.number, "phone": "13800000001"})
    unknown = client.post("/find/", {"number": "no such", "phone": "13800000000"})
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert re.sub(r'value="[^"]*"', "", text_of(wrong)) == re.sub(r'value="[^"]*"', "", text_of(unknown))
    found = client.post("/find/", {"number": receipt.number, "phone": "138 0000 0000"})
    assert found.status_code == 303
    assert "张三家门口路灯不亮" in text_of(client.get(found["Location"]))
    assert client.get(url(receipt)).status_code == 200  # the first link stays good


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("forced_closed", "does not mean it is fixed"),
        ("not_accepted", "nothing was repaired"),
        ("handled", "nobody has checked yet"),
        ("check_failed", "not fixed"),
    ],
)
def test_ends_are_honest(client, receipt, state, said):
    Case.objects.update(state=state)
    assert said in text_of(client.get(url(receipt)))
