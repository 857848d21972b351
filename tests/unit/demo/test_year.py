"""The simulated year: drawn from stated volumes, the same every time, lawful in its course."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from chengzhi.cases.history import history
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import Case, Task
from chengzhi.demo import course, year
from chengzhi.demo.draws import expected, volumes
from chengzhi.ledger.models import Entry
from chengzhi.people.actor import Actor
from chengzhi.pipeline.packs import load_pack
from chengzhi.places.models import District

NOW = datetime(2026, 10, 20, 2, 30, tzinfo=UTC)  # 10:30 in the district
SAMPLE = Path(__file__).parents[3] / "packs" / "sample"
TIMES = ("reported_at", "verify_sent_at", "verified_at", "filed_at", "dispatched_at", "handled_at",
         "check_sent_at", "checked_at", "closed_at")  # fmt: skip


@pytest.fixture
def sample(db: None) -> District:
    load_pack(SAMPLE, by=Actor.system(), on=NOW, demo=True)
    return District.objects.get(slug="sample")


@pytest.fixture
def october(sample: District) -> District:
    year.simulate(sample, year.months(sample, NOW)[-1], now=NOW)
    return sample


def test_thirteen_months_end_today(sample: District) -> None:
    found = year.months(sample, NOW)
    assert [found[0].name, found[-1].name, len(found)] == ["2025-10", "2026-10", 13]
    assert [month.days for month in found[-2:]] == [30, 20]


def test_month_is_whole_lawful_and_written_once(october: District) -> None:
    cases = list(Case.objects.filter(district=october))
    first = year.months(october, NOW)[-1]
    assert expected(first.first, 20) * 0.9 < len(cases) <= expected(first.first, 20)
    assert year.simulate(october, first, now=NOW) == 0
    for case in cases:
        times = [getattr(case, name) for name in TIMES if getattr(case, name)]
        assert times == sorted(times), case.number
        assert times[-1] <= NOW
        assert (case.closed_at is None) == (case.state not in ("closed", "not_accepted"))
    _every_step_is_one_of_the_life(cases)
    _tasks_fit_the_states(cases)


def _every_step_is_one_of_the_life(cases: list[Case]) -> None:
    entries = Entry.objects.filter(thing="case", thing_id__in=[case.pk for case in cases])
    pairs = entries.values_list("step", "before", "after").distinct()
    assert pairs
    for step, before, after in pairs:
        row = CASE_LIFE.step(step)
        assert after == row.after
        assert (not row.before) if before is None else before in row.before


def _tasks_fit_the_states(cases: list[Case]) -> None:
    waiting = Counter(Task.objects.filter(done_at=None).values_list("case_id", flat=True))
    for case in cases:
        assert waiting[case.pk] == (0 if case.closed_at else 1), (case.number, case.state)


def test_channels_come_in_the_stated_shares(october: District) -> None:
    said = {name: pair[0] for name, pair in volumes()["channels"].items()}
    seen = Counter(Case.objects.filter(district=october).values_list("channel", flat=True))
    n = sum(seen.values())
    for channel, received in said.items():
        share = received / sum(said.values())
        assert abs(seen[channel] / n - share) < 4 * (share * (1 - share) / n) ** 0.5, channel


def test_same_seed_and_day_give_the_same_month(sample: District) -> None:
    month = year.months(sample, NOW)[-1]
    year.simulate(sample, month, now=NOW)
    first = _fingerprint()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_task")
        cursor.execute("DELETE FROM cases_case")
    year.simulate(sample, month, now=NOW)
    assert _fingerprint() == first


def _fingerprint() -> list[tuple[object, ...]]:
    fields = ("source_number", "state", "text", "lon", "reported_at", "handled_at", "unit_id")
    return list(Case.objects.order_by("source_number").values_list(*fields))


def test_units_differ_in_skill_and_history_is_told_in_sentences(october: District) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT avg((handled_at <= due_at)::int) FROM cases_case"
            " WHERE handled_at IS NOT NULL GROUP BY unit_id HAVING count(*) > 60"
        )
        shares = [float(row[0]) for row in cursor.fetchall()]
    assert max(shares) - min(shares) > 0.1
    case = Case.objects.filter(state="closed", reworks=1).first()
    assert case is not None
    told = [line.sentence for line in history(case, "zh-hans", on=NOW + timedelta(days=1))]
    assert any("返工" in sentence for sentence in told)
    assert "结案" in told[-1]


def test_steps_of_the_course_are_steps_of_the_life() -> None:
    for step, after in course.STEPS:
        assert CASE_LIFE.step(step).after == after
