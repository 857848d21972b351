"""Which days are worked, and what nobody has published."""

from datetime import date

import pytest

from chengzhi.law.calendars import (
    BadHours,
    DayRow,
    UnknownCalendar,
    load_calendar,
    read,
)
from chengzhi.law.timeline import UnknownZone

CN = load_calendar("cn")
GX = load_calendar("cn-gx")
BOSTON = load_calendar("us-ma")


@pytest.mark.parametrize(
    ("day", "yes", "kind", "reason"),
    [
        (date(2026, 4, 3), True, "workday", ""),
        (date(2026, 4, 4), False, "holiday", "清明节"),
        (date(2026, 4, 11), False, "weekend", ""),
        (date(2026, 10, 10), True, "make_up", "国庆节"),
        (date(2026, 1, 1), False, "holiday", "元旦"),
    ],
)
def test_days_of_2026(day, yes, kind, reason):
    found = CN.is_workday(day)
    assert (found.yes, found.kind, found.reason, found.known) == (yes, kind, reason, True)


def test_a_notice_sets_days_of_the_year_before():
    assert CN.is_workday(date(2018, 12, 29)).yes  # a Saturday, worked by the notice for 2019
    assert not CN.is_workday(date(2018, 12, 31)).yes
    assert CN.is_workday(date(2006, 12, 30)).known  # listed by the notice for 2007


def test_an_unpublished_year_is_unknown_and_named():
    found = CN.is_workday(date(2027, 3, 1))
    assert (found.known, found.missing) == (False, "2027")


def test_the_last_days_of_a_year_wait_for_the_next_notice():
    assert CN.is_workday(date(2026, 12, 28)).known
    assert not CN.is_workday(date(2026, 12, 31)).known
    assert CN.is_workday(date(2025, 12, 31)).known


def test_guangxi_adds_its_festival_only_when_asked():
    assert CN.is_workday(date(2026, 4, 17)).yes
    assert not GX.is_workday(date(2026, 4, 17)).yes
    assert GX.is_workday(date(2021, 4, 18)).kind == "make_up"
    assert GX.is_workday(date(2026, 10, 1)).reason == "国庆节"


def test_guangxi_does_not_guess_a_festival_that_is_not_loaded():
    found = GX.is_workday(date(2025, 4, 1))
    assert (found.known, found.missing) == (False, "广西三月三 2025")
    assert GX.is_workday(date(2025, 6, 3)).known
    assert GX.is_workday(date(2013, 4, 12)).known  # before it was a holiday


def test_boston_holidays_of_2011():
    days = [day for day, row in sorted(BOSTON.data.days.items()) if day.year == 2011]
    assert days == [
        date(2011, 1, 1),
        date(2011, 1, 17),
        date(2011, 2, 21),
        date(2011, 3, 17),
        date(2011, 4, 18),
        date(2011, 5, 30),
        date(2011, 6, 17),
        date(2011, 7, 4),
        date(2011, 9, 5),
        date(2011, 10, 10),
        date(2011, 11, 11),
        date(2011, 11, 24),
        date(2011, 12, 26),  # Christmas on a Sunday
    ]


def test_days_marked_as_worked_are_weekend_days():
    # 2020-02-03, a Monday, is listed because a second notice ended the lengthened festival before it.
    odd = [row.day for row in read("cn").days.values() if not row.off and row.day.weekday() < 5]
    assert odd == [date(2020, 2, 3)]
    assert CN.is_workday(date(2020, 2, 3)).kind == "workday"
    assert all(row.name for row in read("cn").days.values())


def test_a_district_adds_its_own_days_and_years():
    row = DayRow(date(2026, 11, 24), "建区纪念日", True, 2026)
    assert load_calendar("cn", extra=[row]).is_workday(row.day).reason == "建区纪念日"
    assert CN.is_workday(row.day).yes
    assert load_calendar("cn", published=[2027]).is_workday(date(2027, 3, 1)).known


def test_calendars_of_one_key_are_read_once():
    assert load_calendar("cn") is load_calendar("cn")


@pytest.mark.parametrize(
    "hours",
    [
        [],
        [("12:00", "08:00")],
        [("08:00", "12:00"), ("11:00", "15:00")],
        [("08:00", "25:00")],
        [("eight", "nine")],
        [("08:00", "08:00")],
    ],
)
def test_impossible_hours_are_refused(hours):
    with pytest.raises(BadHours):
        load_calendar("cn", hours=hours)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownCalendar):
        load_calendar("atlantis")
    with pytest.raises(UnknownZone):
        load_calendar("cn", zone="Asia/Liuzhou")
