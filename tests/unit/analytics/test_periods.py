"""Periods are a district's own calendar days."""

from datetime import UTC, date, datetime

import pytest

from chengzhi.analytics.periods import UnknownPeriod, Window, micros, parse, period_of


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2011", date(2011, 1, 1), date(2012, 1, 1)),
        ("2011-Q4", date(2011, 10, 1), date(2012, 1, 1)),
        ("2011-10", date(2011, 10, 1), date(2011, 11, 1)),
        ("2011-W01", date(2011, 1, 3), date(2011, 1, 10)),
        ("2012-02-29", date(2012, 2, 29), date(2012, 3, 1)),
    ],
)
def test_a_period_is_read_and_written_alike(text: str, first: date, after: date) -> None:
    period = parse(text)
    assert (period.first, period.after, period.label) == (first, after, text)


@pytest.mark.parametrize("text", ["", "2011-13", "2011-Q5", "2011-W54", "2011-02-30", "October", "0000"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnknownPeriod):
        parse(text)


@pytest.mark.parametrize("text", ["2011", "2011-Q1", "2012-01", "2012-W01", "2012-03-01"])
def test_periods_join_without_gap(text: str) -> None:
    period = parse(text)
    assert period.previous().after == period.first
    assert period.previous().following() == period


def test_a_month_with_a_clock_change_is_an_hour_longer() -> None:
    window = parse("2011-11").window("America/New_York")
    assert window.end - window.start == (30 * 24 + 1) * 3_600_000_000
    assert window.start == micros(datetime(2011, 11, 1, 4, tzinfo=UTC))


def test_what_lies_after_the_data_is_not_yet_due() -> None:
    month = parse("2011-10")
    until = datetime(2011, 10, 9, tzinfo=UTC)
    assert month.window("UTC", until) == Window(micros(datetime(2011, 10, 1, tzinfo=UTC)), micros(until))
    early = month.window("UTC", datetime(2011, 9, 1, tzinfo=UTC))
    assert early.start == early.end


def test_the_week_of_a_day_begins_on_monday() -> None:
    assert period_of("week", date(2026, 11, 22)).first == date(2026, 11, 16)
