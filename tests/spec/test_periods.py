"""Statutory periods: the test vectors of the law notes, on the calendar of Guangxi in 2026."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chengzhi.law.calendars import load_calendar
from chengzhi.law.periods import (
    BadPeriod,
    add_months,
    earliest_after,
    late_payment,
    period,
)
from chengzhi.law.rules import RULES

GX = load_calendar("cn-gx")
CN = load_calendar("cn")


def on(text):
    return date.fromisoformat(text)


# number, start, amount, unit, rolls, due
VECTORS = [
    (1, "2026-09-22", 5, "wd", True, "2026-09-30"),
    (2, "2026-09-18", 5, "wd", True, "2026-09-24"),
    (3, "2026-09-16", 15, "cd", True, "2026-10-08"),
    (4, "2026-04-15", 7, "wd", False, "2026-04-28"),
    (5, "2026-01-09", 90, "cd", False, "2026-04-09"),
    (6, "2026-01-20", 30, "cd", False, "2026-02-19"),
    (7, "2026-02-13", 7, "wd", False, "2026-03-02"),
    (8, "2026-08-31", 6, "months", True, "2027-03-01"),
    (9, "2026-09-30", 60, "cd", True, "2026-11-30"),
    (10, "2027-03-01", 3, "months", False, "2027-06-01"),
    (11, "2026-09-23", 10, "wd", True, "2026-10-14"),
    (12, "2026-09-19", 2, "wd", False, "2026-09-21"),
    (14, "2026-09-24", 20, "wd", False, "2026-10-29"),
]


@pytest.mark.parametrize(("number", "start", "amount", "unit", "rolls", "due"), VECTORS)
def test_vector(number, start, amount, unit, rolls, due):
    assert period(on(start), amount, unit, GX, roll=rolls).due == on(due)


def test_vector_3_rolls_over_the_national_days():
    found = period(on("2026-09-16"), 15, "cd", GX, roll=True)
    assert (found.raw, found.due) == (on("2026-10-01"), on("2026-10-08"))


def test_vector_4_differs_on_the_national_calendar():
    assert period(on("2026-04-15"), 7, "wd", CN, roll=False).due == on("2026-04-24")


def test_vector_6_a_power_does_not_lean_on_rolling():
    rolled = period(on("2026-01-20"), 30, "cd", GX, roll=True)
    assert (rolled.due, rolled.safe_due) == (on("2026-02-24"), on("2026-02-19"))
    assert rolled.last_workday == on("2026-02-14")  # a Saturday that is worked


def test_vector_8_is_provisional_and_says_so():
    found = period(on("2026-08-31"), 6, "months", GX, roll=True)
    assert (found.raw, found.provisional) == (on("2027-02-28"), True)
    assert "no published calendar for 2027" in found.explain("en")
    assert "2027年放假安排尚未公布" in found.explain("zh")


def test_vector_10_needs_no_calendar_and_is_not_provisional():
    assert not period(on("2027-03-01"), 3, "months", GX, roll=False).provisional


def test_vector_13_seven_clear_working_days_before_a_hearing():
    assert earliest_after(on("2026-09-22"), 7, GX) == on("2026-10-10")


def test_vector_15_added_fine_for_late_payment():
    day = on("2026-10-20")
    rate = Decimal(str(RULES["penalty/late_fee_rate"].at(day).value))
    cap = Decimal(str(RULES["penalty/late_fee_cap"].at(day).value))
    found = late_payment(Decimal(10_000), on("2026-10-08"), day, daily_rate=rate, cap_share=cap)
    assert (found.days, found.amount, found.cap_day) == (12, Decimal(3_600), 34)
    late = late_payment(Decimal(10_000), on("2026-10-08"), on("2026-12-01"), daily_rate=rate, cap_share=cap)
    assert (late.amount, late.capped) == (Decimal(10_000), True)


def test_paying_in_time_adds_nothing():
    found = late_payment(
        Decimal(100),
        on("2026-10-08"),
        on("2026-10-08"),
        daily_rate=Decimal("0.03"),
        cap_share=Decimal(1),
    )
    assert (found.days, found.amount, found.capped) == (0, 0, False)


def test_a_period_ends_at_midnight_of_its_last_day():
    found = period(on("2026-09-22"), 5, "wd", GX, roll=True)
    assert found.ends_at(GX) == datetime(2026, 9, 30, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2026-11-15", 1, "2026-12-15"),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(start, months, end):
    assert add_months(on(start), months) == on(end)


@pytest.mark.parametrize("amount", [0, -1, 1.5, True])
def test_a_period_needs_a_whole_number(amount):
    with pytest.raises(BadPeriod):
        period(on("2026-01-01"), amount, "wd", GX, roll=False)


def test_a_period_needs_a_known_unit():
    with pytest.raises(BadPeriod):
        period(on("2026-01-01"), 1, "weeks", GX, roll=False)
