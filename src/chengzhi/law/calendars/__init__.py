"""Which days and hours are worked, and whether anybody has published that yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.law import timeline
from chengzhi.law.calendars.source import (
    CalendarData,
    DayRow,
    UnknownCalendar,
    by_day,
    calendar_keys,
    read,
    read_rows,
)

__all__ = [
    "BadHours",
    "Calendar",
    "CalendarData",
    "DayRow",
    "UnknownCalendar",
    "Workday",
    "calendar_keys",
    "load_calendar",
    "read",
    "read_rows",
]

_MINUTES_PER_DAY = 24 * 60
_MICROSECONDS_PER_MINUTE = 60_000_000


class BadHours(Problem):
    """Work hours that are not ascending spans inside one day."""

    code: ClassVar[str] = "bad_hours"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Workday:
    """Whether a day is worked.

    `kind` is workday, weekend, holiday or make_up. `reason` is the local name of the festival, empty
    for ordinary days. With `known` False nobody has published that year: `yes` is then only the
    weekend rule, and `missing` names what is lacking.
    """

    yes: bool
    known: bool
    reason: str
    kind: str
    missing: str = ""


class Calendar:
    """Workdays and work hours of one district.

    Parameters
    ----------
    data : the published days.
    hours : spans of work in local time as minutes after midnight, ascending.
    zone : IANA name of the time zone.
    """

    def __init__(self, data: CalendarData, hours: Sequence[tuple[int, int]], zone: str) -> None:
        self.data = data
        self.hours = tuple(hours)
        self.zone_name = zone
        self.zone: ZoneInfo = timeline.zone(zone).info
        self._spans: dict[date, tuple[tuple[int, int], ...]] = {}

    @property
    def key(self) -> str:
        """The key it was loaded by."""
        return self.data.key

    @property
    def day_microseconds(self) -> int:
        """Length of one working day: what "1 working day" means in a case limit."""
        return sum(end - start for start, end in self.hours) * _MICROSECONDS_PER_MINUTE

    def is_workday(self, day: date) -> Workday:
        """Tell whether `day` is worked, why, and whether that is published."""
        row = self.data.days.get(day)
        missing = self.data.missing(day)
        weekend = day.weekday() in self.data.weekend
        if row is None:
            kind = "weekend" if weekend else "workday"
            return Workday(not weekend, not missing, "", kind, missing)
        kind = "holiday" if row.off else ("make_up" if weekend else "workday")
        return Workday(not row.off, not missing, row.name, kind, missing)

    def spans(self, day: date) -> tuple[tuple[int, int], ...]:
        """Work spans of a day as UTC microseconds; empty when it is not worked."""
        if day not in self._spans:
            hours = self.hours if self.is_workday(day).yes else ()
            self._spans[day] = tuple(
                (self._instant(day, start), self._instant(day, end)) for start, end in hours
            )
        return self._spans[day]

    def _instant(self, day: date, minute: int) -> int:
        at = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(minutes=minute)
        return timeline.micros(at.astimezone(UTC))

    @cached_property
    def timeline(self) -> timeline.Timeline:
        """The same clock as sorted arrays, 1950 to 2149."""
        total = timeline.day_index(timeline.LAST_DAY) + 1
        days = [timeline.FIRST_DAY + timedelta(index) for index in range(total)]
        states = [self.is_workday(day) for day in days]
        work = np.array([state.yes for state in states], dtype=np.bool_)
        unknown = [index for index, state in enumerate(states) if not state.known]
        return timeline.build(self.zone_name, work, unknown, self.hours)


def _minutes(text: str) -> int:
    try:
        hour, minute = (int(part) for part in text.split(":"))
    except ValueError as error:
        raise BadHours(_("“%(text)s” is not a time of day.", text=text), cure=_("Write 08:00.")) from error
    if not (0 <= minute < 60 and 0 <= hour * 60 + minute <= _MINUTES_PER_DAY):
        raise BadHours(_("“%(text)s” is not a time of day.", text=text), cure=_("Write 00:00 to 24:00."))
    return hour * 60 + minute


def parse_hours(hours: Iterable[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    """Check and read work hours such as [("08:00", "12:00"), ("14:00", "18:00")].

    Raises BadHours when they are empty, overlap, run backwards or leave the day.
    """
    spans = tuple((_minutes(start), _minutes(end)) for start, end in hours)
    flat = [minute for span in spans for minute in span]
    lengths = all(start < end for start, end in spans)
    if not spans or flat != sorted(flat) or not lengths:
        raise BadHours(
            _("The work hours are not in order."),
            _("Each span must end after it begins and before the next begins."),
            _("Write for example 08:00–12:00 and 14:00–18:00."),
        )
    return spans


def load_calendar(
    key: str,
    hours: Iterable[tuple[str, str]] | None = None,
    zone: str | None = None,
    extra: Iterable[DayRow] = (),
    published: Iterable[int] = (),
) -> Calendar:
    """Load a shipped calendar with a district's hours, zone and own dated rows.

    `hours` and `zone` default to those of the calendar file; `extra` rows win over the file.
    `published` are years which `extra` gives in full, so that they count as known.
    Raises UnknownCalendar, BadHours, UnknownZone.
    """
    spans = tuple((a, b) for a, b in hours) if hours is not None else None
    return _load(key, spans, zone, tuple(extra), frozenset(published))


@lru_cache(maxsize=64)
def _load(
    key: str,
    hours: tuple[tuple[str, str], ...] | None,
    zone: str | None,
    extra: tuple[DayRow, ...],
    published: frozenset[int],
) -> Calendar:
    data = read(key)
    if extra or published:
        days = {**data.days, **by_day(extra)}
        data = replace(data, days=days, years=data.years | published)
    spans = parse_hours(data.hours if hours is None else hours)
    return Calendar(data, spans, zone or data.zone)
