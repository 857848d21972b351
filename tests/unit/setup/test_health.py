"""Tests of the address that machines ask."""

from datetime import timedelta

import pytest
from django.test import Client

from chengzhi import clock
from chengzhi.jobs.models import Heartbeat, JobRun

pytestmark = pytest.mark.django_db


def _beat(seconds_ago: float) -> None:
    moment = clock.now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.create(part="worker", pid=1, started_at=moment, seen_at=moment)


def test_without_a_worker_it_is_503_and_names_the_missing_part() -> None:
    _beat(60)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["worker"], answer.json()["database"]) == (503, False, True)


def test_it_is_ok_without_redirect_session_or_language() -> None:
    _beat(1)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.cookies == {}


@pytest.mark.parametrize(
    ("state", "said"), [("queued", "loading"), ("running", "loading"), ("done", "loaded"), ("failed", "none")]
)
def test_it_says_how_far_the_demo_is(state: str, said: str) -> None:
    _beat(1)
    JobRun.objects.create(kind="demo.load", title="d", state=state, created_at=clock.now())
    assert Client().get("/healthz").json()["demo"] == said
