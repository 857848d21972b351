"""A district's own days off and make-up workdays, on top of the published calendar."""

from datetime import date, datetime

from django.db import transaction

from chengzhi.law.calendars import Calendar, DayRow, load_calendar
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.models import CalendarDay
from chengzhi.places.models import District


def own_days(district_id: int) -> tuple[DayRow, ...]:
    """The district's own days as rows that win over the published file (`load_calendar(extra=…)`)."""
    return tuple(
        DayRow(day=row.date, name=row.name, off=row.off, year=row.date.year, source=row.source)
        for row in CalendarDay.objects.filter(district_id=district_id)
    )


def calendar_of(district: District, days: tuple[DayRow, ...] | None = None) -> Calendar:
    """The district's work calendar with its hours, zone and own days (read here unless given)."""
    said = (district.settings or {}).get("calendar") or {}
    hours = [(first, last) for first, last in said["hours"]] if said.get("hours") else None
    return load_calendar(
        said.get("name", "cn"), hours, district.zone, extra=own_days(district.pk) if days is None else days
    )


@transaction.atomic
def set_day(
    *, district_id: int, day: date, off: bool, name: str, source: str = "", by: Actor, on: datetime
) -> None:
    """This day is off (or worked) here, whatever the published calendar says."""
    CalendarDay.objects.update_or_create(
        district_id=district_id,
        date=day,
        defaults={"off": off, "name": name, "source": source, "changed_by": by.account_id},
    )
    facts = {"day": day, "off": off, "name": name, "source": source}
    _note(district_id, "day_set", facts, by, on)


@transaction.atomic
def clear_day(*, district_id: int, day: date, by: Actor, on: datetime) -> None:
    """The published calendar counts again on this day."""
    CalendarDay.objects.filter(district_id=district_id, date=day).delete()
    _note(district_id, "day_cleared", {"day": day}, by, on)


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
