"""Who reported: shown with a reason and a trace, with what else came from the same telephone."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.cases.models import Case
from chengzhi.reports.models import Report, Reporter, ReporterView
from tests.unit.cases.town import Town, build, case_in
from tests.unit.web.desk_case.reporting import reported
from tests.unit.web.desk_case.test_case_page import entered, url


@pytest.fixture
def town(db: None) -> Town:
    habits.forget()
    return build()


@pytest.fixture
def now() -> datetime:
    return clock.now()


def test_the_reporter_is_shown_with_a_reason_and_a_trace_only(town, now):
    case = case_in(town, "pending_file", on=now)
    report = reported(town, case, now)
    clerk = entered(town, "intake_clerk")
    page = reverse("desk:case_reporter", args=(case.number, report.pk))
    first = clerk.get(url(case)).content.decode()
    assert "张三" not in first
    assert "13800138000" not in first
    assert page in first
    assert "13800138000" not in clerk.get(page).content.decode()
    assert clerk.post(page, {"reason": "好"}).status_code == 200
    assert not ReporterView.objects.exists()
    answer = clerk.post(page, {"reason": "回电核对位置"})
    assert "13800138000" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert ReporterView.objects.get().reason == "回电核对位置"


@pytest.mark.parametrize("role", ["handler", "contractor", "dispatcher", "evaluator"])
def test_who_handles_never_learns_who_reported(town, now, role):
    case = case_in(town, "handling", on=now)
    report = reported(town, case, now)
    client = entered(town, role)
    page = reverse("desk:case_reporter", args=(case.number, report.pk))
    assert page not in client.get(url(case)).content.decode()
    assert client.post(page, {"reason": "回电核对位置"}).status_code == 404


def seen_by(client: Client, case: Case, report: Report) -> str:
    page = reverse("desk:case_reporter", args=(case.number, report.pk))
    before = client.get(page).content.decode()
    assert "同一电话" not in before  # only after the reason
    return client.post(page, {"reason": "回电核对位置"}).content.decode()


def test_other_reports_of_the_same_telephone_are_told_after_the_reason(town, now):
    case, twin, other = (case_in(town, "pending_file", on=now) for _ in range(3))
    report = reported(town, case, now)
    reported(town, twin, now - timedelta(days=3))
    reported(town, case, now - timedelta(days=1))
    reported(town, other, now, phone="13900139000")
    foreign = build("other")
    there = case_in(foreign, "pending_file", on=now)
    reported(foreign, there, now)
    text = seen_by(entered(town, "intake_clerk"), case, report)
    listed = text.split("同一电话")[1]
    assert twin.number in listed
    assert listed.count(f">{case.number}</a>") == 1  # reported twice here
    assert other.number not in listed
    assert there.number not in listed
    assert ReporterView.objects.count() == 1


def test_an_erased_contact_is_no_longer_the_same_telephone(town, now):
    case, twin = case_in(town, "pending_file", on=now), case_in(town, "pending_file", on=now)
    report, old = reported(town, case, now), reported(town, twin, now)
    Reporter.objects.filter(pk=old.reporter_id).update(phone_hmac=None, contact=b"", erased_at=now)
    text = seen_by(entered(town, "intake_clerk"), case, report)
    assert twin.number not in text.split("同一电话")[1]
