"""Reads calendar files: rows of days off and worked, rules, and which years are published."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import yaml

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class UnknownCalendar(Problem):
    """A calendar key for which there is no file."""

    code: ClassVar[str] = "unknown_calendar"
    status: ClassVar[int] = 404


@dataclass(frozen=True, slots=True)
class DayRow:
    """One listed day: off, or (off=False) worked although the weekend rule says otherwise."""

    day: date
    name: str
    off: bool
    year: int
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the year which local notice sets; unknown in a year whose rows are not loaded."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    since: int
    years: frozenset[int]

    def missing(self, day: date) -> str:
        """What is not loaded for this day, or an empty text."""
        inside = self.first <= (day.month, day.day) <= self.last
        known = day.year in self.years or day.year < self.since
        return f"{self.name} {day.year}" if inside and not known else ""


@dataclass(frozen=True)
class CalendarData:
    """What a calendar file says, whatever the district's hours."""

    key: str
    name: str
    name_en: str
    zone: str
    hours: tuple[tuple[str, str], ...]
    weekend: frozenset[int]
    days: Mapping[date, DayRow]
    years: frozenset[int]
    settled_from: tuple[int, int] | None = None
    windows: tuple[Window, ...] = ()
    source: str = ""
    checked_on: date | None = None
    notes: tuple[str, ...] = field(default=())

    def missing(self, day: date) -> str:
        """The unpublished year or festival this day depends on; empty when it is known."""
        listed = day in self.days
        if not listed and day.year not in self.years:
            return str(day.year)
        late = self.settled_from is not None and (day.month, day.day) >= self.settled_from
        if late and not listed and day.year + 1 not in self.years:
            return str(day.year + 1)
        return next((gap for window in self.windows if (gap := window.missing(day))), "")


def calendar_keys() -> tuple[str, ...]:
    """Keys of the shipped calendars."""
    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".yaml")))


@cache
def read(key: str) -> CalendarData:
    """Read a shipped calendar. Raises UnknownCalendar."""
    if key not in calendar_keys():
        raise UnknownCalendar(
            _("There is no calendar “%(key)s”.", key=key),
            cure=_("Use one of: %(known)s.", known=", ".join(calendar_keys())),
        )
    said = yaml.safe_load(_text(f"{key}.yaml"))
    rows = read_rows(_text(said["rows"])) if "rows" in said else _by_rule(said)
    return _layer(read(said["base"]), key, said, rows) if "base" in said else _whole(key, said, rows)


def read_rows(text: str) -> tuple[DayRow, ...]:
    """Rows of a CSV with the columns notice_year, date, name, isOffDay (source, confidence)."""
    return tuple(
        DayRow(
            day=date.fromisoformat(row["date"]),
            name=row["name"],
            off=row["isOffDay"] == "True",
            year=int(row["notice_year"]),
            source=row.get("source") or "",
            confidence=row.get("confidence") or "",
        )
        for row in csv.DictReader(text.splitlines())
    )


def by_day(rows: Iterable[DayRow]) -> dict[date, DayRow]:
    """Rows keyed by date: a notice may set days of the year before, so the year is no key."""
    return {row.day: row for row in rows}


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _whole(key: str, said: Mapping[str, Any], rows: tuple[DayRow, ...]) -> CalendarData:
    first, last = said.get("years", (0, -1))
    published = {row.year for row in rows} | set(range(first, last + 1))
    settled = said.get("settled_by_next_year_from")
    return CalendarData(
        key=key,
        name=said["name"],
        name_en=said["name_en"],
        zone=said["zone"],
        hours=tuple((start, end) for start, end in said["hours"]),
        weekend=frozenset(WEEKDAYS.index(name) for name in said["weekend"]),
        days=by_day(rows),
        years=frozenset(published),
        settled_from=_month_day(settled) if settled else None,
        source=said["source"],
        checked_on=said["checked_on"],
    )


def _layer(base: CalendarData, key: str, said: Mapping[str, Any], rows: tuple[DayRow, ...]) -> CalendarData:
    place = said["window"]
    window = Window(
        name=place["name"],
        first=_month_day(place["from"]),
        last=_month_day(place["to"]),
        since=place["since"],
        years=frozenset(row.year for row in rows),
    )
    return CalendarData(
        key=key,
        name=said["name"],
        name_en=said["name_en"],
        zone=base.zone,
        hours=base.hours,
        weekend=base.weekend,
        days={**base.days, **by_day(rows)},
        years=base.years,
        settled_from=base.settled_from,
        windows=(*base.windows, window),
        source=f"{base.source}; {said['source']}",
        checked_on=said["checked_on"],
    )


def _by_rule(said: Mapping[str, Any]) -> tuple[DayRow, ...]:
    first, last = said["years"]
    return tuple(
        DayRow(
            day=_moved(_rule_day(rule, year), bool(said.get("sunday_moves_to_monday"))),
            name=rule["name"],
            off=True,
            year=year,
            source=said["source"],
            confidence=rule["confidence"],
        )
        for year in range(first, last + 1)
        for rule in said["rules"]
    )


def _rule_day(rule: Mapping[str, Any], year: int) -> date:
    if "day" in rule:
        return date(year, rule["month"], rule["day"])
    weekday, nth = WEEKDAYS.index(rule["weekday"]), rule["nth"]
    if nth > 0:
        start = date(year, rule["month"], 1)
        return start + timedelta((weekday - start.weekday()) % 7 + 7 * (nth - 1))
    end = date(year, rule["month"] % 12 + 1, 1) - timedelta(1)
    return end - timedelta((end.weekday() - weekday) % 7)


def _moved(day: date, to_monday: bool) -> date:
    return day + timedelta(1) if to_monday and day.weekday() == 6 else day
