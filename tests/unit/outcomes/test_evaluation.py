"""Rows of an evaluation: least samples, posts as a whole, dated choices, the way back to the cases."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from chengzhi.analytics.periods import parse
from chengzhi.analytics.refresh import refresh
from chengzhi.cases.models import Case, Task
from chengzhi.outcomes.actions import decide
from chengzhi.outcomes.drilling import drill
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import Evaluation, Figure, NoFigures, TooFewHolders, UnknownUnit
from chengzhi.outcomes.models import EvaluationSetting
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, Unit
from chengzhi.places.models import Area, District

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = parse("2026-10")
NOON = datetime(2026, 10, 5, 4, tzinfo=UTC)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Town:
    """A small district and what stands in it."""

    district: District
    squad: Unit
    idle: Unit
    street: Area
    made: int = 0

    def case(self, **fields: Any) -> Case:
        """A case filed at noon on 5 October, due a day later, unless said otherwise."""
        self.made += 1
        plain: dict[str, Any] = {
            "district": self.district, "number": f"T{self.made:05}", "state": "handling", "channel": "web",
            "reported_at": NOON, "filed_at": NOON + timedelta(minutes=10), "due_at": NOON + timedelta(days=1),
            "unit": self.squad, "street_area": self.street, "updated_at": NOON,
        }  # fmt: skip
        return Case.objects.create(**{**plain, **fields})

    def closed(self, **fields: Any) -> Case:
        """A case handled and closed in time."""
        done = {"handled_at": NOON + timedelta(hours=2), "closed_at": NOON + timedelta(hours=5)}
        return self.case(**{"state": "closed", **done, **fields})

    def evaluate(self, by: str) -> Evaluation:
        refresh(self.district, full=True)
        return evaluate(self.district, OCTOBER, by)

    def figure(self, by: str, unit: str | None, indicator: str) -> Figure:
        return next(r for r in self.evaluate(by).rows if (r.unit, r.indicator) == (unit, indicator))


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    district = District.objects.create(
        slug="town", name="镇", name_en="Town", zone="Asia/Shanghai", code_set="local", min_lon=0, max_lon=1,
        min_lat=0, max_lat=1, outline={}, pack_version="1", loaded_at=NOW, simulated=True,
    )  # fmt: skip
    units = [
        Unit.objects.create(district=district, code=code, name=name, name_en=name, kind="squad")
        for code, name in (("squad", "Squad"), ("idle", "Idle"))
    ]
    street = Area.objects.create(
        district=district,
        level="street",
        code="s1",
        name="街",
        name_en="Street",
        origin="survey",
        area_class=2,
    )
    return Town(district, units[0], units[1], street)


def test_without_a_snapshot_there_are_no_figures(town: Town) -> None:
    with pytest.raises(NoFigures):
        evaluate(town.district, OCTOBER, "department")


def test_too_few_cases_get_neither_points_nor_grade(town: Town) -> None:
    for _ in range(9):
        town.closed()
    few = town.figure("department", "squad", "on_time_handling_rate")
    assert (few.numerator, few.denominator, few.n, few.small) == (9, 9, 9, True)
    assert (few.points, few.grade) == (None, None)
    assert few.interval is not None
    assert town.figure("department", "squad", "composite").value is None
    town.closed()
    enough = town.figure("department", "squad", "on_time_handling_rate")
    assert (enough.points, enough.grade, enough.small) == (100, "A", False)
    assert town.figure("department", "squad", "composite").value == pytest.approx(100)


def test_a_count_gets_its_points_at_once_and_its_grade_from_the_least_sample_on(town: Town) -> None:
    for _ in range(9):
        town.closed()
    few = town.figure("department", "squad", "filed_count")
    assert (few.n, few.points, few.grade, few.small) == (9, 100, None, True)
    town.closed()
    enough = town.figure("department", "squad", "filed_count")
    assert (enough.n, enough.points, enough.grade, enough.small) == (10, 100, "A", False)


def test_no_row_under_the_least_sample_bears_a_grade(town: Town) -> None:
    for number in range(14):
        town.closed(unit=town.squad if number % 2 else town.idle)
    for by in ("department", "street", "post"):
        evaluation = town.evaluate(by)
        assert evaluation.rows
        for row in evaluation.rows:
            assert row.grade is None or row.n >= evaluation.scheme.minimum_cases, row


def test_a_department_without_a_case_stands_in_the_table(town: Town) -> None:
    town.closed()
    idle = town.figure("department", "idle", "filed_count")
    assert (idle.numerator, idle.points) == (0, 100)
    assert (idle.grade, idle.small) == (None, True)  # nothing filed is no merit to be graded
    assert town.figure("department", "idle", "closing_rate").value is None


def test_cases_without_a_department_keep_the_sum_right(town: Town) -> None:
    town.case(unit=None)
    town.closed()
    rows = town.evaluate("department").of("filed_count")
    assert {row.unit: row.numerator for row in rows} == {"squad": 1, "idle": 0, None: 1}
    loose = next(row for row in rows if row.unit is None)
    assert (loose.points, loose.grade) == (None, None)


def test_an_excused_delay_counts_as_in_time(town: Town) -> None:
    late = {"handled_at": NOON + timedelta(days=2), "closed_at": NOON + timedelta(days=3)}
    town.closed(**late)
    town.closed(**late, overdue_excused=True)
    found = town.figure("department", "squad", "on_time_handling_rate")
    assert (found.numerator, found.denominator) == (1, 2)


def test_voided_merged_and_suspended_cases_are_not_due(town: Town) -> None:
    for state in ("void", "merged", "suspended", "handling"):
        town.case(state=state, closed_at=None if state in ("suspended", "handling") else NOON)
    found = town.figure("department", "squad", "handling_rate")
    assert (found.numerator, found.denominator) == (0, 1)


def test_handled_in_time_is_due_for_closing_when_its_check_is(town: Town) -> None:
    november = datetime(2026, 11, 2, tzinfo=UTC)
    town.case(state="checking", handled_at=NOON + timedelta(hours=1), check_due_at=november)
    town.case(state="checking", handled_at=NOON + timedelta(days=2), check_due_at=november)
    found = town.figure("department", "squad", "closing_rate")
    assert (found.numerator, found.denominator) == (0, 1)


def test_the_points_of_an_area_follow_its_class(town: Town) -> None:
    for _ in range(3):
        town.closed()
    assert town.figure("street", "s1", "filed_count").points == 90  # class 2: one to three


def _accounts(count: int) -> list[int]:
    return [
        Account.objects.create(username=f"a{place}", name=f"A{place}", created_at=NOW).pk
        for place in range(count)
    ]


def _post(town: Town, holders: list[int]) -> None:
    for place, holder in enumerate(holders):
        for number in range(12):
            late = number < place
            town.closed(
                dispatched_at=NOON + timedelta(hours=2 if late else 0), dispatched_by=holder,
                dispatch_due_at=NOON + timedelta(hours=1),
            )  # fmt: skip


def test_a_post_of_four_shows_nothing_but_its_head_count(town: Town) -> None:
    _post(town, _accounts(4))
    rows = [row for row in town.evaluate("post").rows if row.unit == "dispatcher"]
    assert rows
    assert {row.holders for row in rows} == {4}
    assert all(row.value is None and row.numerator is None and row.spread is None for row in rows)
    with pytest.raises(TooFewHolders):
        drill(town.district, OCTOBER, "post", "dispatcher", "dispatched_count")


def test_a_post_of_five_is_shown_as_a_whole_with_quartiles(town: Town) -> None:
    holders = _accounts(5)
    _post(town, holders)
    evaluation = town.evaluate("post")
    found = next(
        r for r in evaluation.rows if (r.unit, r.indicator) == ("dispatcher", "on_time_dispatch_rate")
    )
    assert (found.numerator, found.denominator, found.holders) == (50, 60, 5)
    assert found.spread == pytest.approx((9 / 12, 10 / 12, 11 / 12))
    count = next(r for r in evaluation.rows if r.indicator == "dispatched_count")
    assert (count.value, count.points) == (60, 0)  # 12 per dispatcher
    shown = str([row.as_json() for row in evaluation.rows])
    assert not any(f"'{name}'" in shown for name in ("a0", "A0"))
    page = drill(town.district, OCTOBER, "post", "dispatcher", "on_time_dispatch_rate", limit=100)
    assert len(page.cases) == 50


def test_tasks_of_inspectors_count_by_their_own_clock(town: Town) -> None:
    for holder in _accounts(5):
        case = town.closed()
        Task.objects.create(
            case=case, district=town.district, kind="check", account_id=holder, sent_at=NOON,
            due_at=NOON + timedelta(hours=1), done_at=NOON + timedelta(minutes=30),
        )  # fmt: skip
    found = town.figure("post", "inspector", "on_time_check_rate")
    assert (found.numerator, found.denominator, found.holders) == (5, 5, 5)


def _decide(town: Town, key: str, value: Any, first: date) -> EvaluationSetting:
    return decide(
        district=town.district,
        key=key,
        value=value,
        valid_from=first,
        reason="test",
        by=Actor.system(),
        on=NOW,
    )


def test_a_choice_holds_from_its_day_on(town: Town) -> None:
    for _ in range(10):
        town.closed(reworks=1)
    _decide(town, "department_weights", {"rework_rate": 1.0}, date(2026, 11, 1))
    before = town.figure("department", "squad", "composite").value
    _decide(town, "department_weights", {"rework_rate": 1.0}, date(2026, 10, 31))
    assert (before, town.figure("department", "squad", "composite").value) == (pytest.approx(70), 0)
    _decide(town, "department_weights", None, date(2026, 10, 31))
    assert town.figure("department", "squad", "composite").value == pytest.approx(70)
    assert EvaluationSetting.objects.count() == 3  # nothing is overwritten


def test_a_group_of_departments_has_its_own_steps(town: Town) -> None:
    for _ in range(5):
        town.closed()
    strict = {
        "": [{"from": 0, "points": 100}],
        "small": [{"from": 0, "points": 100}, {"from": 5, "points": 10}],
    }
    _decide(town, "department_filed_points", strict, date(2026, 1, 1))
    assert town.figure("department", "squad", "filed_count").points == 100
    _decide(town, "department_groups", {"squad": "small"}, date(2026, 1, 1))
    assert town.figure("department", "squad", "filed_count").points == 10


def test_a_period_still_running_counts_only_what_is_due_by_now(town: Town) -> None:
    refresh(town.district)
    today = datetime.now(UTC)
    town.case(reported_at=today, filed_at=today, due_at=today + timedelta(hours=1))
    town.case(reported_at=today, filed_at=today, due_at=today - timedelta(seconds=1))
    refresh(town.district, full=True)
    year = parse(f"{today.astimezone().year}")
    found = {r.indicator: r for r in evaluate(town.district, year, "department").rows if r.unit == "squad"}
    assert found["handling_rate"].denominator == 1


def test_an_unknown_unit_is_refused(town: Town) -> None:
    town.evaluate("department")
    with pytest.raises(UnknownUnit):
        drill(town.district, OCTOBER, "department", "nobody", "closing_rate")
