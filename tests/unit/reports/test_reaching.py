"""Who left an address hears of the report, with a link that works; nothing of it stays behind."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from chengzhi.notices.actions import send_due
from chengzhi.people.actor import Actor
from chengzhi.pipeline.packs import load_pack
from chengzhi.places.models import District
from chengzhi.places.packfile import packs_dir
from chengzhi.reports.contact import Contact
from chengzhi.reports.intake import NewReport, receive
from chengzhi.reports.models import Reporter

NOW = datetime.now(UTC)
LATER = NOW + timedelta(minutes=11)
pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    load_pack(packs_dir() / "sample", by=Actor.system(), on=NOW, demo=False)
    return District.objects.get(slug="sample")


def report(district: District, email: str, language: str = "zh-hans") -> None:
    receive(
        NewReport(
            district.pk, "web", "路口积水", lon=(district.min_lon + district.max_lon) / 2,
            lat=(district.min_lat + district.max_lat) / 2, contact=Contact(email=email),
            language=language, idempotency_key="k1",
        ),
        by=Actor.resident(), on=NOW,
    )  # fmt: skip


def test_receipt_goes_out_with_a_link_that_opens(district: District) -> None:
    report(district, "li@example.org")
    assert send_due(on=LATER) == {"sent": 1, "failed": 0}
    (sent,) = mail.outbox
    assert sent.to == ["li@example.org"]
    link = re.search(r"/follow/[\w-]+/", str(sent.body))
    assert link is not None
    assert Client().get(link[0]).status_code == 200


def test_reporter_is_written_to_in_his_language(district: District) -> None:
    report(district, "ann@example.org", "en")
    send_due(on=LATER)
    assert mail.outbox[0].subject.startswith("We received your report")


def test_erased_reporter_is_not_written_to(district: District) -> None:
    report(district, "li@example.org")
    Reporter.objects.update(erased_at=NOW)
    assert send_due(on=LATER) == {"sent": 0, "failed": 1}
    assert mail.outbox == []


def test_without_an_address_nothing_is_queued(district: District) -> None:
    report(district, "")
    assert send_due(on=LATER) == {"sent": 0, "failed": 0}
