"""Lamps follow the share of the limit used; the thresholds are data."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from chengzhi.law.calendars import load_calendar
from chengzhi.law.lamps import lamp, share_used
from chengzhi.law.rules import RULES
from chengzhi.law.units import Unit

ZONE = ZoneInfo("Asia/Shanghai")
CN = load_calendar("cn")
START = datetime(2026, 4, 13, 8, 0, tzinfo=ZONE)
DUE = datetime(2026, 4, 14, 10, 0, tzinfo=ZONE)  # ten working hours


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-04-13 08:00", "green"),
        ("2026-04-13 17:59", "green"),
        ("2026-04-13 18:00", "yellow"),
        ("2026-04-13 23:00", "yellow"),
        ("2026-04-14 10:00", "yellow"),
        ("2026-04-14 10:01", "red"),
        ("2026-04-18 10:00", "red"),
    ],
)
def test_the_colour_of_the_lamp(now, colour):
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    thresholds = RULES["cases/lamp"].at(date(2026, 4, 13)).value
    assert lamp(START, DUE, at, Unit.WORKING_HOURS, CN, thresholds) == colour


def test_a_case_is_red_the_evening_after_a_deadline_at_close_of_business():
    due = datetime(2026, 4, 13, 18, 0, tzinfo=ZONE)
    night = datetime(2026, 4, 13, 22, 0, tzinfo=ZONE)
    assert share_used(START, due, night, Unit.WORKING_HOURS, CN) == 1
    thresholds = {"green": 0, "yellow": 0.8, "red": 1}
    assert lamp(START, due, night, Unit.WORKING_HOURS, CN, thresholds) == "red"


def test_a_limit_without_length():
    assert share_used(START, START, START, Unit.WORKING_HOURS, CN) == 0
    assert share_used(START, START, DUE, Unit.WORKING_HOURS, CN) == float("inf")
