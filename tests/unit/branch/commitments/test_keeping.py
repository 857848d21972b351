"""What became of promises is computed from real cases, by one scan a metric and window."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengzhi import clock
from chengzhi.analytics import refresh as refreshing
from chengzhi.analytics.refresh import refresh
from chengzhi.branch.commitments import figures
from chengzhi.branch.commitments.figures import compute
from chengzhi.branch.commitments.keeping import Counted, grade_of, outcome_of
from chengzhi.branch.commitments.models import Commitment, Outcome, Reading
from chengzhi.lifecycle.problems import StepNotAllowed
from tests.unit.branch.commitments.promises import (
    START,
    another_area,
    cases,
    made_public,
    step,
)
from tests.unit.branch.house import House, house

pytestmark = pytest.mark.django_db(transaction=True)
SNAPSHOT = refreshing.Snapshot
MAY, JUNE = datetime(2026, 5, 20, 18, tzinfo=UTC), datetime(2026, 6, 2, 18, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return house()


def night(home: House, on: datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """A refresh of the figures as of a moment, and the nightly computation."""
    monkeypatch.setattr(refreshing, "Snapshot", lambda as_of, *rest: SNAPSHOT(on, *rest))
    refresh(home.town.district, full=True)
    return compute(home.town.district, on=on)


def test_kept_by_the_cases_and_judged(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    thing, other = made_public(home), another_area(home)
    cases(home, date(2026, 3, 10), 6, 6)
    cases(home, date(2026, 5, 10), 11, 1)
    cases(home, date(2026, 5, 10), 5, 5, other)
    assert night(home, MAY, monkeypatch) == 1
    reading = Reading.objects.get()
    assert (reading.above, reading.below, reading.final) == (11, 12, False)
    assert (reading.baseline_value, reading.baseline_n) == (0.5, 12)
    assert (reading.comparison_value, reading.comparison_n) == (0.5, 10)
    assert reading.low is not None
    assert reading.low < 11 / 12 < reading.high
    assert (reading.outcome, reading.grade) == ("kept", "C")
    assert Commitment.objects.get().state == "public"
    night(home, JUNE, monkeypatch)
    thing.refresh_from_db()
    assert (thing.state, thing.outcome) == ("kept", "kept")
    assert Reading.objects.filter(final=True).count() == 1
    assert night(home, JUNE, monkeypatch) == 0  # settled once, never again
    assert step(home, thing, "judge", "纪检", JUNE, judgement="说到做到").state == "judged"


def test_not_kept_is_explained_without_ado(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    thing = made_public(home)
    cases(home, date(2026, 3, 10), 9, 3)
    cases(home, date(2026, 5, 10), 5, 7)
    night(home, JUNE, monkeypatch)
    thing.refresh_from_db()
    assert (thing.state, thing.outcome) == ("not_kept", "not_kept")
    thing = step(home, thing, "explain", "甲", JUNE, explanation="五月道路施工，绕行。")
    assert (thing.state, thing.outcome, thing.explanation) == (
        "explained",
        "not_kept",
        "五月道路施工，绕行。",
    )
    with pytest.raises(StepNotAllowed):
        step(home, thing, "settle_kept", "书记", JUNE)
    assert step(home, thing, "judge", "纪检", JUNE, judgement="理由属实").outcome == "not_kept"


def test_partly_and_too_small(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    partly = made_public(home, target=0.95)
    small = made_public(home, domain="barbecue")
    cases(home, date(2026, 3, 10), 6, 6)
    cases(home, date(2026, 5, 10), 9, 3)
    night(home, JUNE, monkeypatch)
    assert Commitment.objects.get(pk=partly.pk).state == "partly"
    assert Commitment.objects.get(pk=small.pk).state == "not_measurable"


def test_against_the_year_before(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made_public(home, comparison="earlier", area=None)
    cases(home, date(2025, 5, 10), 4, 8)
    cases(home, date(2025, 5, 25), 9, 0)  # later in May than the data of this year reach
    cases(home, date(2026, 5, 10), 11, 1)
    night(home, MAY, monkeypatch)
    reading = Reading.objects.get()
    assert (reading.comparison_n, reading.comparison_value) == (12, 4 / 12)
    assert reading.grade == "D"  # no measurable "before"


def test_a_second_night_of_the_same_day_replaces_the_reading(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_public(home)
    night(home, MAY, monkeypatch)
    cases(home, date(2026, 5, 10), 11, 1)
    night(home, MAY, monkeypatch)
    assert Reading.objects.get().below == 12


def test_nothing_before_the_first_snapshot_or_the_first_day(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_public(home)
    assert compute(home.town.district, on=MAY) == 0
    assert night(home, datetime(2026, 4, 20, tzinfo=UTC), monkeypatch) == 0


def test_the_cube_agrees_with_the_evaluation(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from chengzhi.analytics.periods import parse
    from chengzhi.outcomes.evaluation import evaluate

    made_public(home, domain="", start=START)
    cases(home, date(2026, 5, 10), 11, 3)
    night(home, JUNE, monkeypatch)
    rows = evaluate(home.town.district, parse("2026-05"), "community").of("on_time_closing_rate")
    (row,) = [one for one in rows if one.unit == "1"]
    reading = Reading.objects.get()
    assert (reading.above, reading.below) == (row.numerator, row.denominator) == (11, 14)
    assert (reading.low, reading.high) == row.interval


def test_a_thousand_promises_cost_the_statements_of_one(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one = made_public(home)
    cases(home, date(2026, 5, 10), 11, 1)
    scans: list[str] = []
    from chengzhi.analytics.engines import duckdb

    real = duckdb.cube
    monkeypatch.setattr(duckdb, "cube", lambda *args: scans.append("x") or real(*args))
    with CaptureQueriesContext(connection) as first:
        night(home, MAY, monkeypatch)
    scanned = len(scans)
    copies_of(one, 999)
    began = clock.now()
    with CaptureQueriesContext(connection) as thousand:
        assert night(home, datetime(2026, 5, 21, 18, tzinfo=UTC), monkeypatch) == 1000
    assert (clock.now() - began).total_seconds() < 20
    assert len(thousand) == len(first)
    assert len(scans) - scanned == scanned == 2
    assert Reading.objects.filter(below=12).count() == 1001


def copies_of(one: Commitment, how_many: int) -> None:
    """More promises of the same kind, each registered under its own hash in the record."""
    from chengzhi.branch.commitments.content import digest
    from chengzhi.ledger.actions import record
    from chengzhi.people.actor import Actor

    rows = []
    for number in range(how_many):
        copy = Commitment.objects.get(pk=one.pk) if not rows else rows[0]
        fresh = Commitment(**{f.attname: getattr(copy, f.attname) for f in Commitment._meta.concrete_fields})
        fresh.pk, fresh.number, fresh.body, fresh.area = None, f"CN2026-{number + 2:05d}", one.body, one.area
        fresh.content_hash = digest(fresh)
        rows.append(fresh)
    for made in Commitment.objects.bulk_create(rows):
        record(district_id=made.district_id, thing="commitment", thing_id=made.pk, step="register",
               by=Actor.system(), on=MAY, facts={"notes": {"hash": made.content_hash}})  # fmt: skip


@pytest.mark.parametrize(
    ("direction", "now", "before", "expected"),
    [
        ("at_least", Counted(8, 10), Counted(), Outcome.KEPT),
        ("at_least", Counted(7, 10), Counted(6, 10), Outcome.PARTLY),
        ("at_least", Counted(7, 10), Counted(7, 10), Outcome.NOT_KEPT),
        ("at_least", Counted(7, 10), Counted(0, 9), Outcome.NOT_KEPT),
        ("at_least", Counted(9, 9), Counted(6, 10), Outcome.NOT_MEASURABLE),
        ("at_most", Counted(8, 10), Counted(9, 10), Outcome.KEPT),
        ("at_most", Counted(9, 10), Counted(10, 10), Outcome.PARTLY),
        ("at_most", Counted(9, 10), Counted(8, 10), Outcome.NOT_KEPT),
        ("at_most", Counted(), Counted(8, 10), Outcome.NOT_MEASURABLE),
    ],
)
def test_the_declared_rule(direction: str, now: Counted, before: Counted, expected: Outcome) -> None:
    assert outcome_of(direction, 0.8, 10, now, before) == expected


def test_the_grade_claims_no_cause() -> None:
    assert (grade_of(10, Counted(5, 10)), grade_of(10, Counted(5, 9))) == ("C", "D")
    assert figures.a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)
