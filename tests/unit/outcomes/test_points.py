"""From counts to points to grades, at every edge the standards name."""

from datetime import date

import pytest

from chengzhi.analytics.metric import Subject
from chengzhi.law.rules import RULES
from chengzhi.outcomes.points import composite, grade_of, rate_points, step_points
from chengzhi.outcomes.scheme import BadSetting, check, scheme

DAY = date(2026, 10, 31)
RULES_ONLY = scheme({}, DAY)


@pytest.mark.parametrize(
    ("points", "grade"),
    [(100, "A"), (90, "A"), (89.999, "B"), (75, "B"), (74.9, "C"), (60, "C"), (59.9, "D"), (40, "D"), (39.9, "E"), (0, "E")],
)  # fmt: skip
def test_grades_begin_at_their_first_point(points: float, grade: str) -> None:
    assert grade_of(points, RULES_ONLY.grades) == grade


@pytest.mark.parametrize(
    ("area_class", "count", "points"),
    [
        ("1", 0, 100), ("1", 1, 90), ("1", 2, 90), ("1", 3, 75), ("1", 4, 75), ("1", 6, 60), ("1", 8, 40), ("1", 9, 0),
        ("2", 0, 100), ("2", 3, 90), ("2", 4, 75), ("2", 5, 75), ("2", 7, 60), ("2", 9, 40), ("2", 10, 0),
    ],
)  # fmt: skip
def test_cases_filed_in_an_area(area_class: str, count: int, points: float) -> None:
    assert step_points(count, RULES_ONLY.area_points[area_class]) == points


@pytest.mark.parametrize(
    ("count", "points"),
    [(0, 100), (50, 100), (51, 90), (100, 90), (200, 75), (500, 60), (1000, 40), (1001, 0)],
)
def test_cases_filed_for_a_department(count: int, points: float) -> None:
    assert step_points(count, RULES_ONLY.department_points[""]) == points


@pytest.mark.parametrize(
    ("count", "points"),
    [(0, 0), (100, 0), (101, 40), (300, 40), (500, 60), (501, 75), (2000, 90), (2001, 100)],
)
def test_cases_taken_in_by_a_post(count: int, points: float) -> None:
    assert step_points(count, RULES_ONLY.post_points) == points


def test_an_inverse_rate_counts_what_did_not_happen() -> None:
    assert rate_points(1, 4, "more") == 25
    assert rate_points(1, 4, "fewer") == 75


def test_a_missing_part_leaves_no_composite() -> None:
    assert composite({"a": 100.0, "b": 50.0}, {"a": 0.5, "b": 0.5}) == 75
    assert composite({"a": 100.0, "b": None}, {"a": 0.5, "b": 0.5}) is None


def test_the_misprint_is_a_named_choice() -> None:
    perfect = {
        "public_report_rate": 100.0,
        "filed_count": 100.0,
        "closing_rate": 100.0,
        "on_time_closing_rate": 100.0,
    }
    printed = scheme({"area_weights_choice": "printed_10"}, DAY).weights[Subject.AREA]
    presumed = RULES_ONLY.weights[Subject.AREA]
    assert composite(perfect, printed) == pytest.approx(70)
    assert composite(perfect, presumed) == pytest.approx(100)


def test_a_district_may_choose_jinniu_weights() -> None:
    chosen = scheme({"department_weights_choice": "jinniu_weights"}, DAY).weights[Subject.DEPARTMENT]
    assert chosen == RULES["evaluation/jinniu_weights"].at(DAY).value


def test_denominators_follow_the_choice() -> None:
    chosen = scheme(
        {"rework_denominator": "handled", "shift_leader_closing_denominator": "due_to_close"}, DAY
    )
    assert (chosen.options.rework_base, chosen.options.closing_base) == ("handled", "due_to_close")
    assert (RULES_ONLY.options.rework_base, RULES_ONLY.options.closing_base) == ("due_to_close", "closed")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("area_weights", {"closing_rate": 0.5}),
        ("area_weights", {"fines": 1.0}),
        ("area_weights", {"closing_rate": True}),
        ("department_weights", {"closing_rate": 2.0, "rework_rate": -1.0}),
        ("rework_denominator", "whatever"),
        ("post_count_points", [{"from": 1, "points": 100}]),
        ("post_count_points", [{"from": 0, "points": 100}, {"from": 0, "points": 90}]),
        ("post_count_points", [{"from": 0, "points": 101}]),
        ("minimum_holders", 4),
        ("minimum_cases", 0),
        ("department_groups", {"PWDx": 3}),
        ("nonsense", 1),
    ],
)
def test_an_unusable_setting_is_refused(key: str, value: object) -> None:
    with pytest.raises(BadSetting):
        check(key, value)


def test_own_weights_that_add_up_are_taken() -> None:
    own = {"closing_rate": 0.6, "rework_rate": 0.4}
    check("department_weights", own)
    assert scheme({"department_weights": own}, DAY).weights[Subject.DEPARTMENT] == own
