"""A district's work calendar on a day: the published one, its hours, its own days; all dated.

`settings["calendar"]` is what the pack says. `settings["calendars"]` holds what a page set, from a
day on: `[{"from": "2026-05-01", "name": "cn", "hours": [["08:00", "12:00"], …]}, …]`. The row that
began last counts. A deadline is counted by the calendar in force when its clock begins; what is
given already stays.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from chengzhi.law.calendars import Calendar, DayRow, load_calendar
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.people.models import CalendarDay
from chengzhi.people.queries import in_force
from chengzhi.places.models import District


def own_days(district_id: int, *, day: date) -> tuple[DayRow, ...]:
    """The district's own days that count on `day`, as rows that win over the published file."""
    return rows_of(CalendarDay.objects.filter(in_force(day), district_id=district_id))


def rows_of(days: Any) -> tuple[DayRow, ...]:
    """Own days as the calendar takes them (`load_calendar(extra=…)`)."""
    return tuple(
        DayRow(day=row.date, name=row.name, off=row.off, year=row.date.year, source=row.source)
        for row in days
    )


def said_on(settings: Mapping[str, Any], day: date) -> Mapping[str, Any]:
    """Name and hours of the calendar in force on a day; empty where nobody has said anything."""
    begun = [row for row in settings.get("calendars", []) if row["from"] <= day.isoformat()]
    said: Mapping[str, Any] = (
        max(begun, key=lambda row: row["from"]) if begun else settings.get("calendar") or {}
    )
    return said


def planned_after(settings: Mapping[str, Any], day: date) -> list[Mapping[str, Any]]:
    """Calendars that begin to count after a day, the next one first."""
    rows = [row for row in settings.get("calendars", []) if row["from"] > day.isoformat()]
    return sorted(rows, key=lambda row: row["from"])


def with_calendar_from(
    settings: Mapping[str, Any], *, name: str, hours: list[tuple[str, str]], first_day: date
) -> dict[str, Any]:
    """The settings with this calendar from `first_day`; what was planned for that day or later gives way."""
    kept = [row for row in settings.get("calendars", []) if row["from"] < first_day.isoformat()]
    new = {"from": first_day.isoformat(), "name": name, "hours": [list(span) for span in hours]}
    return {**settings, "calendars": [*kept, new]}


def calendar_of(district: District, *, day: date, days: tuple[DayRow, ...] | None = None) -> Calendar:
    """The district's calendar in force on `day`: hours, zone and own days (read here unless given)."""
    said = said_on(district.settings or {}, day)
    hours = [(first, last) for first, last in said["hours"]] if said.get("hours") else None
    own = own_days(district.pk, day=day) if days is None else days
    return load_calendar(said.get("name", "cn"), hours, district.zone, extra=own)


@transaction.atomic
def set_day(
    *, district_id: int, day: date, off: bool, name: str, source: str = "", first_day: date, by: Actor,
    on: datetime,
) -> None:  # fmt: skip
    """This day is off (or worked) here, for what is counted from `first_day` on."""
    replace_from(
        CalendarDay,
        keys={"district_id": district_id, "date": day},
        values={"off": off, "name": name, "source": source, "changed_by": by.account_id},
        first_day=first_day,
    )
    facts = {"day": day, "off": off, "name": name, "source": source, "from": first_day}
    _note(district_id, "day_set", facts, by, on)


@transaction.atomic
def clear_day(*, district_id: int, day: date, first_day: date, by: Actor, on: datetime) -> None:
    """The published calendar counts again on this day, for what is counted from `first_day` on."""
    replace_from(
        CalendarDay, keys={"district_id": district_id, "date": day}, values=None, first_day=first_day
    )
    _note(district_id, "day_cleared", {"day": day, "from": first_day}, by, on)


def _note(district_id: int, step: str, facts: dict[str, object], by: Actor, on: datetime) -> None:
    record(
        district_id=district_id,
        thing="calendar",
        thing_id=district_id,
        step=step,
        by=by,
        on=on,
        facts=facts,
    )
