"""Live figures of the domain, and each decision's before and after, from real cases."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengzhi.analytics import refresh as refreshing
from chengzhi.analytics.metric import POSTS
from chengzhi.analytics.refresh import refresh
from chengzhi.branch.lectures import figures
from chengzhi.branch.lectures.actions import decide
from chengzhi.branch.lectures.jobs import look_again
from chengzhi.branch.lectures.models import Decision, Lecture, Sight
from tests.unit.branch.house import House, house
from tests.unit.branch.lectures.talks import DAY, RATE, change, held, planned
from tests.unit.cases.town import FRIDAY, case_in

pytestmark = pytest.mark.django_db(transaction=True)
SNAPSHOT = refreshing.Snapshot
MAY = datetime(2026, 5, 10, 18, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return house()


def cases(home: House, day: date, in_time: int, late: int, **more: object) -> None:
    """Cases due on a day: some closed before, some the day after."""
    due = datetime.combine(day, time(12), ZoneInfo("Asia/Shanghai"))
    for place in range(in_time + late):
        ended = due - timedelta(hours=2) if place < in_time else due + timedelta(days=1)
        case_in(
            home.town, "closed", on=due - timedelta(days=3), due_at=due, handled_at=ended, closed_at=ended,
            filed_at=due - timedelta(days=2),
            check_due_at=None, close_due_at=None, **more,
        )  # fmt: skip


def prepare(home: House, on: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures as of a moment."""
    monkeypatch.setattr(refreshing, "Snapshot", lambda as_of, *rest: SNAPSHOT(on, *rest))
    refresh(home.town.district, full=True)


def test_the_figures_of_the_last_quarter_with_their_numbers(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lecture = planned(home)
    period = figures.quarter_of(lecture, DAY)
    assert (period.label, period.last) == ("2026-Q1", date(2026, 3, 31))
    assert figures.of_quarter(lecture, period) is None, "none are prepared yet"
    cases(home, date(2026, 2, 10), 9, 3)
    cases(home, date(2026, 2, 10), 7, 0, domain="advertising", type=None)
    cases(home, date(2025, 12, 20), 0, 5)
    prepare(home, FRIDAY, monkeypatch)
    found = figures.of_quarter(lecture, period)
    assert found is not None
    assert found.complete
    rate = next(one for one in found.rows if one.metric.key == RATE)
    assert (rate.above, rate.below, rate.value) == (9, 12, 0.75)
    assert rate.interval is not None
    assert rate.interval[0] < 0.75 < rate.interval[1]
    assert next(one for one in found.rows if one.metric.key == "area_filed_count").interval is None
    assert not [one for one in found.rows if one.metric.subject in POSTS]
    assert not figures.Shown(rate.metric, 3, 4).enough
    assert figures.Shown(rate.metric, 3, 4).value is None


def test_an_area_narrows_the_figures(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    cases(home, date(2026, 2, 10), 9, 3)
    cases(home, date(2026, 2, 10), 5, 0, area=None)
    prepare(home, FRIDAY, monkeypatch)
    here = planned(home, area_id=home.town.area.pk)
    for lecture, n in ((here, 12), (planned(home), 17)):
        found = figures.of_quarter(Lecture.objects.get(pk=lecture.pk), figures.quarter_of(lecture, DAY))
        assert found is not None
        assert next(one.below for one in found.rows if one.metric.key == RATE) == n


def test_the_time_before_is_read_at_once_and_the_time_after_when_it_is_over(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases(home, date(2026, 3, 20), 6, 6)
    cases(home, DAY, 0, 8)  # the day itself is in neither
    prepare(home, FRIDAY, monkeypatch)
    lecture = held(home)
    made = decide(change(home), number=lecture.number, by=home.actor("甲"), on=FRIDAY)
    before = Sight.objects.get()
    assert (before.when, before.first, before.last) == ("before", date(2026, 3, 4), date(2026, 4, 2))
    assert (before.above, before.below) == (6, 12)
    cases(home, date(2026, 4, 20), 11, 1)
    cases(home, date(2026, 5, 5), 0, 9)  # after the agreed day
    look_again(datetime(2026, 5, 3, 18, tzinfo=UTC))  # the snapshot is still that of April
    assert Sight.objects.count() == 1
    prepare(home, MAY, monkeypatch)
    look_again(MAY)
    after = Sight.objects.get(when="after")
    assert (after.decision_id, after.first, after.last) == (made.pk, date(2026, 4, 4), date(2026, 5, 3))
    assert (after.above, after.below) == (11, 12)
    assert (after.last - after.first) == (before.last - before.first)
    look_again(MAY + timedelta(days=1))
    assert Sight.objects.count() == 2, "what was looked at stays as it was"


def test_many_decisions_are_read_in_a_few_statements(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lecture = held(home)
    said = replace(change(home), group="同组")
    for _each in range(20):
        decide(said, number=lecture.number, by=home.actor("甲"), on=FRIDAY)
    decide(change(home, metric=""), number=lecture.number, by=home.actor("甲"), on=FRIDAY)
    assert Decision.objects.count() == 21
    prepare(home, MAY, monkeypatch)
    with CaptureQueriesContext(connection) as asked:
        assert len(figures.read_due(home.town.district)) == 40
    assert len([one for one in asked if "lectures_" in one["sql"]]) == 2
    assert not figures.read_due(home.town.district)
