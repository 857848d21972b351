"""After warming the first report finds everything in the process."""

import json

from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chengzhi.api import warming
from chengzhi.people import keys
from chengzhi.places.models import District
from tests.intake_builders import SOUTH, WEST, build_district
from tests.unit.api.test_v1 import make_key


def test_the_first_report_reads_no_settings(db) -> None:
    place = build_district()
    keys.forget_callers()
    key = make_key(place)
    keys.caller_of(f"Bearer {key}", on=timezone.now())  # the day's first use is noted
    keys.forget_callers()
    assert warming.warm() == ["sample"]
    said = {"text": "路灯不亮", "type": "02007", "lon": WEST + 0.005, "lat": SOUTH + 0.005}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = Client().post(
            "/api/v1/reports", json.dumps(said), content_type="application/json",
            headers={"authorization": f"Bearer {key}"},
        )  # fmt: skip
    assert answer.status_code == 201
    assert answer.json()["first_due_at"] is not None
    # only the key is read; the statement of the birth runs beside Django's cursors
    assert [one["sql"].split()[0] for one in asked.captured_queries] == ["WITH"], asked.captured_queries
    assert "people_apikey" in asked.captured_queries[0]["sql"]


def test_a_database_that_is_away_costs_only_the_warmth(db, monkeypatch) -> None:
    def away(*_args, **_facts):
        raise OperationalError("away")

    monkeypatch.setattr(District.objects, "order_by", away)
    assert warming.warm() == []
