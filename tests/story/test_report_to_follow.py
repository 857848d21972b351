"""From a resident's report to its end, as the resident sees it by the link alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chengzhi.cases.actions import advance_case
from chengzhi.cases.models import Case
from chengzhi.people.models import Account, Unit
from chengzhi.reports.models import Report, Reporter
from chengzhi.web.public import pages
from tests.intake_builders import SOUTH, WEST, Place, build_district, clerk
from tests.photo_samples import jpeg

PHONE = "13800000000"


@pytest.fixture
def place(db, settings, tmp_path) -> Place:
    settings.MEDIA_ROOT = tmp_path / "files"
    pages.forget_pictures()
    return build_district()


@pytest.fixture
def resident() -> Client:
    return Client(enforce_csrf_checks=True)


def sent(resident: Client, **facts) -> str:
    """Send the form a minute after it was opened; the path of the follow-up page."""
    from chengzhi.reports import forms

    page = resident.get("/report/").content.decode()
    assert re.search(r'name="key" value="([^"]+)"', page)
    key = forms.new_form_key(timezone.now() - timedelta(minutes=1))
    plain = {
        "key": key, "text": "张三家门口路灯不亮", "lon": str(WEST + 0.005), "lat": str(SOUTH + 0.005),
        "action": "send", "website": "",
    }  # fmt: skip
    answer = resident.post("/d/sample/report/", {**plain, **facts})
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    return str(answer["Location"]).partition("?")[0]


def seen(resident: Client, path: str) -> str:
    return resident.get(path).content.decode()


def test_reported_corrected_refused_and_told_so(place: Place, resident: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("p.jpg", jpeg(gps=(WEST, SOUTH)), content_type="image/jpeg")
    path = sent(resident, photo=photo, phone=PHONE, type=place.types["02007"].pk)
    case, report = Case.objects.get(), Report.objects.get()
    page = seen(resident, path)
    assert case.number in page
    # the promise: until when, and how that was found
    assert case.stage_due_at is not None
    assert "起2个工作时，工作时间8:00–12:00、14:00–18:00" in page
    assert PHONE not in page
    assert PHONE.encode() not in bytes(Reporter.objects.get().contact)

    # until somebody takes it on, the resident mends words and place
    resident.post(
        f"{path}correct/", {"text": "路口路灯不亮", "lon": report.lon, "lat": report.lat, "address": ""}
    )
    case.refresh_from_db()
    assert case.text == "路口路灯不亮"
    assert "张三" not in seen(resident, path)

    account = Account.objects.create(username="clerk", name="王登记", created_at=timezone.now())
    by = clerk(place.district, account.pk, role="shift_leader")
    advance_case(case.pk, "reject", by=by, on=timezone.now() + timedelta(seconds=1), reason="试报，无此问题")
    page = seen(resident, path)
    assert "王登记" not in page
    assert "更正描述或位置" not in page

    # the contact goes at once when asked, the case stays
    resident.post(f"{path}erase/")
    reporter = Reporter.objects.get()
    assert reporter.erased_at is not None
    assert not reporter.contact
    assert case.number in seen(resident, path)


def test_a_wrong_link_opens_nothing(place: Place, resident: Client) -> None:
    path = sent(resident)
    assert resident.get(path).status_code == 200
    wrong = path[:-3] + ("aa/" if path[-3:-1] != "aa" else "bb/")
    assert resident.get(wrong).status_code == 404
    assert resident.post(f"{wrong}erase/").status_code == 404
    assert Unit.objects.count() == 0
