"""Deadlines: clocks, explanations, clock changes, a million at once."""

import json
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengzhi.law.calendars import DayRow, load_calendar
from chengzhi.law.deadlines import (
    Deadline,
    NaiveTime,
    deadline,
    deadlines,
    due_at_share,
    elapsed,
    remaining,
    resume_due,
)
from chengzhi.law.timeline import OutsideCalendar
from chengzhi.law.units import Limit, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BOSTON_ZONE = ZoneInfo("America/New_York")
CN = load_calendar("cn", hours=[("08:00", "12:00"), ("14:00", "18:00")], zone="Asia/Shanghai")
BOSTON = load_calendar("us-ma")
# Two Sundays worked, on which the clocks go back and forward.
SUNDAYS = [
    DayRow(date(2011, 11, 6), "overtime", False, 2011),
    DayRow(date(2012, 3, 11), "overtime", False, 2012),
]
NIGHTS = [("00:00", "06:00"), ("22:00", "24:00")]
NIGHT_SHIFT = load_calendar("us-ma", hours=NIGHTS, extra=SUNDAYS)
CALENDARS = {"cn": CN, "gx": load_calendar("cn-gx"), "boston": BOSTON, "night": NIGHT_SHIFT}

UNITS = [unit for unit in Unit if unit is not Unit.MONTHS]
STARTS = st.datetimes(datetime(2005, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC))
AMOUNTS = st.decimals(0, 60, places=3)
MORE = st.decimals("0.001", 20, places=3)


def china(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


def test_the_deadline_explains_itself_over_a_festival():
    found = deadline(china(2026, 4, 3, 16, 30), Limit(8, "working_hours"), CN)
    assert found.due == datetime(2026, 4, 7, 8, 30, tzinfo=UTC)
    assert found.explain("en") == (
        "8 working hours from Fri 3 April 2026 16:30, hours 08–12 and 14–18: 1.5 h Fri; "
        "Sat–Mon closed, 清明节; 6.5 h Tue → Tue 7 April 16:30"
    )
    assert found.explain("zh") == (
        "自2026年4月3日（周五）16:30起8个工作时，工作时间8:00–12:00、14:00–18:00："
        "周五1.5小时；周六至周一清明节休息；周二6.5小时→4月7日（周二）16:30"
    )


def test_make_up_workdays_are_worked_and_named():
    found = deadline(china(2026, 9, 18, 16, 0), Limit(2, "working_days"), CN)
    assert found.due == china(2026, 9, 21, 16, 0)
    assert found.explain("en") == (
        "2 working days from Fri 18 September 2026 16:00, hours 08–12 and 14–18: 2 h Fri; "
        "Sat closed, weekend; 8 h Sun (make-up workday, 国庆节); 6 h Mon → Mon 21 September 16:00"
    )


def test_a_long_deadline_names_dates_and_joins_like_days():
    found = deadline(china(2026, 4, 13, 8, 0), Limit(8, "working_days"), CN)
    assert found.explain("en").endswith(
        "8 h a day Mon 13 April–Fri 17 April; Sat 18 April–Sun 19 April closed, weekend; "
        "8 h a day Mon 20 April–Wed 22 April → Wed 22 April 18:00"
    )


def test_urgent_hours_run_through_the_night_and_the_festival():
    found = deadline(china(2026, 10, 1, 23, 0), Limit(2, "urgent_hours"), CN)
    assert found.due == china(2026, 10, 2, 1, 0)
    assert not found.provisional
    assert found.explain("zh") == (
        "自2026年10月1日（周四）23:00起2个紧急工作时（夜间、休息日照计）→10月2日（周五）01:00"
    )


def test_a_limit_ends_at_close_of_business_not_at_the_next_opening():
    found = deadline(china(2026, 4, 13, 8, 0), Limit(8, "working_hours"), CN)
    assert found.due == china(2026, 4, 13, 18, 0)


def test_a_start_outside_work_hours_waits_for_the_opening():
    found = deadline(china(2026, 4, 13, 19, 0), Limit(1, "working_hours"), CN)
    assert found.due == china(2026, 4, 14, 9, 0)
    assert "Mon after hours; 1 h Tue" in found.explain("en")


def test_no_limit_at_all_is_due_at_once():
    start = china(2026, 4, 4, 3, 0)
    assert deadline(start, Limit(0, "working_hours"), CN).due == start


def test_an_unpublished_year_makes_the_deadline_provisional_and_says_so():
    found = deadline(china(2026, 12, 30, 16, 0), Limit(5, "working_days"), CN)
    assert found.provisional
    assert found.explain("en").endswith(
        "; provisional: no published calendar for 2027, only weekends taken as closed"
    )
    assert found.explain("zh").endswith("（暂定：2027年放假安排尚未公布，暂只按周末推算）")
    assert not deadline(china(2026, 12, 24, 9, 0), Limit(4, "working_hours"), CN).provisional


def test_working_hours_on_the_day_the_clocks_go_back():
    start = datetime(2011, 11, 5, 23, 0, tzinfo=BOSTON_ZONE)
    assert BOSTON.spans(date(2011, 11, 6)) == ()  # a Sunday is not worked
    found = deadline(start, Limit(24, "urgent_hours"), BOSTON)
    assert found.due.astimezone(BOSTON_ZONE).strftime("%H:%M") == "22:00"
    same_clock = deadline(start, Limit(1, "calendar_days"), BOSTON)
    assert same_clock.due == datetime(2011, 11, 6, 23, 0, tzinfo=BOSTON_ZONE)
    friday = datetime(2011, 11, 4, 16, 0, tzinfo=BOSTON_ZONE)
    over = deadline(friday, Limit(2, "working_hours"), BOSTON)
    assert over.due == datetime(2011, 11, 7, 10, 0, tzinfo=BOSTON_ZONE)
    assert over.due == datetime(2011, 11, 7, 15, 0, tzinfo=UTC)  # an hour later in UTC than before


def test_the_repeated_hour_is_worked_twice_and_the_lost_one_not_at_all():
    hour = 3_600_000_000
    back, forward = (NIGHT_SHIFT.spans(row.day)[0] for row in SUNDAYS)
    assert (back[1] - back[0], forward[1] - forward[0]) == (7 * hour, 5 * hour)
    midnight = datetime(2011, 11, 6, 0, 0, tzinfo=BOSTON_ZONE)
    found = deadline(midnight, Limit(6.5, "working_hours"), NIGHT_SHIFT)
    assert found.due == datetime(2011, 11, 6, 5, 30, tzinfo=BOSTON_ZONE)


def test_months_end_on_the_same_number_or_the_last_day():
    found = deadline(china(2026, 8, 31, 9, 0), Limit(6, "months"), CN)
    assert found.due == china(2027, 2, 28, 9, 0)


def test_a_deadline_survives_storage():
    found = deadline(china(2026, 12, 30, 16, 0), Limit("2.5", "working_days"), CN)
    assert Deadline.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_a_time_without_zone_is_refused():
    with pytest.raises(NaiveTime):
        deadline(datetime(2026, 4, 3), Limit(1, "working_hours"), CN)


@pytest.mark.parametrize("year", [1900, 2149])
def test_years_nobody_means_are_refused(year):
    with pytest.raises(OutsideCalendar):
        deadline(china(year, 12, 31), Limit(400, "working_days"), CN)


def test_remaining_time_stops_over_night_and_turns_negative():
    due = china(2026, 4, 7, 16, 30)
    assert remaining(due, china(2026, 4, 3, 16, 30), Unit.WORKING_HOURS, CN) == 8
    assert remaining(due, china(2026, 4, 5, 3, 0), Unit.WORKING_HOURS, CN) == 6.5
    assert remaining(due, china(2026, 4, 7, 17, 30), Unit.WORKING_HOURS, CN) == -1


def test_a_pause_moves_the_deadline_by_the_working_time_paused():
    due = china(2026, 4, 7, 16, 30)
    paused, resumed = china(2026, 4, 3, 17, 0), china(2026, 4, 8, 9, 0)
    moved = resume_due(due, paused, resumed, Unit.WORKING_HOURS, CN)
    assert moved == china(2026, 4, 9, 8, 30)
    before = remaining(due, paused, Unit.WORKING_HOURS, CN)
    assert remaining(moved, resumed, Unit.WORKING_HOURS, CN) == before


def test_an_overdue_case_is_as_overdue_after_a_pause():
    due = china(2026, 4, 2, 9, 0)
    paused, resumed = china(2026, 4, 2, 11, 0), china(2026, 4, 9, 11, 0)
    moved = resume_due(due, paused, resumed, Unit.URGENT_HOURS, CN)
    assert resumed - moved == paused - due


@settings(max_examples=80, deadline=None)
@given(
    times=st.lists(STARTS, min_size=3, max_size=3).map(sorted),
    unit=st.sampled_from(UNITS),
    overdue=st.booleans(),
)
def test_a_pause_leaves_what_was_left(times, unit, overdue):
    if overdue:
        due, paused, resumed = times
    else:
        paused, resumed, due = times
    moved = resume_due(due, paused, resumed, unit, CN)
    before = remaining(due, paused, unit, CN)
    assert remaining(moved, resumed, unit, CN) == pytest.approx(before, abs=1e-6)


def test_four_fifths_of_the_limit():
    start = china(2026, 4, 13, 8, 0)
    assert due_at_share(start, Limit(10, "working_hours"), 0.8, CN) == china(2026, 4, 13, 18, 0)
    half = due_at_share(start, Limit(2, "months"), 0.5, CN)
    assert half == china(2026, 5, 13, 20, 0)


def test_elapsed_months_count_shares_of_the_month():
    start = china(2026, 1, 31, 0, 0)
    assert elapsed(start, china(2026, 2, 28), Unit.MONTHS, CN) == 1
    assert elapsed(china(2026, 2, 28), start, Unit.MONTHS, CN) == -1


@settings(max_examples=200, deadline=None)
@given(
    starts=st.lists(STARTS, min_size=1, max_size=5),
    amount=AMOUNTS,
    unit=st.sampled_from(UNITS),
    name=st.sampled_from(sorted(CALENDARS)),
)
def test_many_deadlines_equal_one_by_one(starts, amount, unit, name):
    limit, calendar = Limit(amount, unit), CALENDARS[name]
    stamps = np.array([start.replace(tzinfo=None) for start in starts], dtype="datetime64[us]")
    due, provisional = deadlines(stamps, limit, calendar)
    single = [deadline(start, limit, calendar) for start in starts]
    assert [value.replace(tzinfo=UTC) for value in due.tolist()] == [one.due for one in single]
    assert provisional.tolist() == [one.provisional for one in single]


@settings(max_examples=60, deadline=None)
@given(starts=st.lists(STARTS, min_size=1, max_size=5), months=st.integers(0, 40))
def test_many_months_equal_one_by_one(starts, months):
    limit = Limit(months, Unit.MONTHS)
    stamps = np.array([start.replace(tzinfo=None) for start in starts], dtype="datetime64[us]")
    due, _ = deadlines(stamps, limit, BOSTON)
    expected = [deadline(start, limit, BOSTON).due for start in starts]
    assert [value.replace(tzinfo=UTC) for value in due.tolist()] == expected


@settings(max_examples=150, deadline=None)
@given(
    start=STARTS,
    amount=AMOUNTS,
    more=MORE,
    unit=st.sampled_from(UNITS),
    name=st.sampled_from(sorted(CALENDARS)),
)
def test_more_time_is_never_due_earlier_and_elapsed_is_the_limit(start, amount, more, unit, name):
    calendar = CALENDARS[name]
    first = deadline(start, Limit(amount, unit), calendar)
    later = deadline(start, Limit(amount + more, unit), calendar)
    assert start <= first.due < later.due
    if unit is Unit.CALENDAR_DAYS and name in ("boston", "night"):
        return  # the wall clock jumps twice a year: its own test above
    passed = elapsed(start, first.due, unit, calendar)
    assert passed == pytest.approx(float(amount), abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(start=STARTS, gap=st.integers(0, 10**9), amount=AMOUNTS, unit=st.sampled_from(UNITS))
def test_a_later_start_is_never_due_earlier(start, gap, amount, unit):
    limit = Limit(amount, unit)
    later = start + timedelta(milliseconds=gap)
    assert deadline(start, limit, CN).due <= deadline(later, limit, CN).due


def minutes_by_counting(start, amount, calendar):
    """The slowest possible clock: one minute after the other."""
    at, left = start, amount
    while left:
        local = at.astimezone(calendar.zone)
        minute = local.hour * 60 + local.minute
        inside = any(a <= minute < b for a, b in calendar.hours)
        left -= inside and calendar.is_workday(local.date()).yes
        at += timedelta(minutes=1)
    return at


@settings(max_examples=25, deadline=None)
@given(
    start=st.integers(0, 400 * 24 * 60),
    amount=st.integers(1, 1500),
    name=st.sampled_from(sorted(CALENDARS)),
)
def test_working_time_equals_counting_minutes(start, amount, name):
    calendar = CALENDARS[name]
    begin = datetime(2011, 3, 1, tzinfo=UTC) + timedelta(minutes=start)
    found = deadline(begin, Limit(60, "working_hours").times(amount / 3600), calendar)
    assert found.due == minutes_by_counting(begin, amount, calendar)


def test_missing_starts_stay_missing():
    stamps = np.array(["2026-04-03T08:30", "NaT"], dtype="datetime64[us]")
    due, provisional = deadlines(stamps, Limit(8, "working_hours"), CN)
    assert due[0] == np.datetime64("2026-04-07T08:30")
    assert np.isnat(due[1])
    assert not provisional.any()


def test_no_starts_give_no_deadlines():
    due, provisional = deadlines(np.array([], dtype="datetime64[us]"), Limit(1, "months"), CN)
    assert due.size == provisional.size == 0


def test_a_million_deadlines_take_less_than_a_second():
    span = 15 * 365 * 86_400 * 1_000_000
    shifts = np.random.default_rng(7).integers(0, span, 1_000_000)
    starts = np.datetime64("2010-01-01", "us") + shifts.astype("timedelta64[us]")
    deadlines(starts[:1], Limit(8, "working_hours"), CN)  # lays out the calendar once
    best = min(_seconds(starts) for _ in range(3))
    assert best < 1.0, f"{best:.2f} s"


def _seconds(starts):
    # Processor time of this one thread: a neighbour on the machine must not fail the test.
    began = time.thread_time()
    deadlines(starts, Limit(8, "working_hours"), CN)
    return time.thread_time() - began
