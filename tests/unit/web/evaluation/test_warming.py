"""After warming, the first evaluation page of a process makes no query of its own anew."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from chengzhi import clock
from chengzhi.analytics.engines.expression import tally_sql
from chengzhi.analytics.refresh import refresh
from chengzhi.cases.models import Case
from chengzhi.jobs.models import Heartbeat
from chengzhi.people.actions import ensure_roles
from chengzhi.people.models import Account, Post, Unit
from chengzhi.places.models import District
from chengzhi.web.evaluation import warming

pytestmark = pytest.mark.django_db(transaction=True)
SEPTEMBER = datetime(2026, 9, 10, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    town = District.objects.create(
        slug="town", name="镇", name_en="Town", zone="Asia/Shanghai", code_set="local", min_lon=0, max_lon=1,
        min_lat=0, max_lat=1, outline={}, pack_version="1", loaded_at=SEPTEMBER,
    )  # fmt: skip
    ensure_roles(district_id=town.pk, since=date(2020, 1, 1))
    unit = Unit.objects.create(district=town, code="u", name="队", name_en="Crew", kind="squad")
    account = Account.objects.create(username="e", name="E", created_at=SEPTEMBER)
    Post.objects.create(
        account=account, district=town, unit=unit, role="evaluator", valid_from=date(2020, 1, 1)
    )
    Case.objects.create(
        district=town, number="T1", state="handling", channel="web", unit=unit, reported_at=SEPTEMBER,
        filed_at=SEPTEMBER, updated_at=SEPTEMBER,
    )  # fmt: skip
    return town


def test_the_first_page_finds_its_queries_made(town: District) -> None:
    refresh(town)
    tally_sql.cache_clear()
    assert warming.warm() == ["town"]
    made = tally_sql.cache_info().misses
    assert made > 0
    client = Client()
    client.force_login(Account.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    for by in ("department", "street"):
        assert client.get(f"/desk/evaluation/?by={by}").status_code == 200
    assert tally_sql.cache_info().misses == made


def test_before_the_first_figures_only_the_engines_are_made_ready(town: District) -> None:
    assert warming.warm() == []


def test_a_database_that_is_away_costs_only_the_warmth(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_facts: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(District.objects, "defer", away)
    assert warming.warm() == []


def test_it_waits_until_the_worker_lives() -> None:
    assert warming.await_service(0.01) is False
    now = clock.now()
    Heartbeat.objects.create(part="worker", seen_at=now, started_at=now, pid=1)
    assert warming.await_service(0.01) is True
