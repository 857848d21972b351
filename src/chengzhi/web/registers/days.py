"""Which permits end and which checks are due on which day."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chengzhi.registers import queries
from chengzhi.registers.models import RegisteredObject

WHAT = {"permits": "permit_until", "checks": "check_due_on"}
"""What a calendar shows → the day it reads."""
SHOWN = 3
MOST = 2000


@dataclass
class Day:
    """One day of the month with what falls on it."""

    day: date
    inside: bool
    things: list[RegisteredObject] = field(default_factory=list)

    @property
    def first(self) -> list[RegisteredObject]:
        """Those that have room in the month."""
        return self.things[:SHOWN]

    @property
    def more(self) -> int:
        """How many have none."""
        return max(0, len(self.things) - SHOWN)


def month_of(text: str, today: date) -> date:
    """The first day of the month asked for as `2026-04`; this month when it is none."""
    try:
        found = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        return today.replace(day=1)
    # The neighbours of the first and the last month of all could not be named.
    return found.date() if 1900 < found.year < 2200 else today.replace(day=1)


def after(first: date) -> date:
    """The first day of the next month."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def falling(district_id: int, what: str, first: date, last: date, kind: str = "") -> list[RegisteredObject]:
    """Objects whose permit ends, or whose check is due, in the days from `first` to `last`."""
    read = queries.expiring if what == "permits" else queries.checks_due
    return read(district_id, last, since=first, kind=kind, limit=MOST)


def weeks(first: date, things: list[RegisteredObject], what: str) -> list[list[Day]]:
    """The month in weeks from Monday, each day with its objects."""
    days = {day: Day(day, day.month == first.month) for day in _days(first)}
    for thing in things:
        days[getattr(thing, WHAT[what])].things.append(thing)
    listed = list(days.values())
    return [listed[start : start + 7] for start in range(0, len(listed), 7)]


def _days(first: date) -> Iterator[date]:
    yield from calendar.Calendar().itermonthdates(first.year, first.month)


def span_of(first: date) -> tuple[date, date]:
    """The first and the last day that the month's page shows."""
    days = list(_days(first))
    return days[0], days[-1]
