"""Deadlines of case work: from a start and a limit to an instant, with the derivation.

`deadline` walks day by day and remembers why; `deadlines` does a million by look-up. Both give
the same instants. Statutory days that end at midnight are in `chengzhi.law.periods`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.law import timeline
from chengzhi.law.calendars import Calendar
from chengzhi.law.explain import Step, explain
from chengzhi.law.timeline import Micros, micros, moment
from chengzhi.law.units import MICROSECONDS_PER_DAY, Limit, Unit, unit_microseconds

__all__ = [
    "Deadline",
    "NaiveTime",
    "Step",
    "deadline",
    "deadlines",
    "due_at_share",
    "elapsed",
    "remaining",
    "resume_due",
]


class NaiveTime(Problem):
    """A moment without a time zone, which could mean 24 different instants."""

    code: ClassVar[str] = "naive_time"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant by which something must be done, and how it was found.

    Attributes
    ----------
    due : aware UTC datetime.
    provisional : a day in between has no published calendar; the instant may move.
    steps : what each day or run of days contributed; empty for clocks that never stop.
    missing : the unpublished years or festivals, as text.
    """

    start: datetime
    due: datetime
    limit: Limit
    calendar: str
    zone: str
    hours: tuple[tuple[int, int], ...]
    provisional: bool
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()

    def explain(self, language: str = "zh") -> str:
        """The derivation in one sentence, in "zh" or "en"."""
        return explain(self, language)

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage beside the case; `from_json` reads them back."""
        return {
            "start": self.start.isoformat(),
            "due": self.due.isoformat(),
            "amount": str(self.limit.amount),
            "unit": str(self.limit.unit),
            "calendar": self.calendar,
            "zone": self.zone,
            "hours": [list(span) for span in self.hours],
            "provisional": self.provisional,
            "missing": list(self.missing),
            "steps": [step.as_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Deadline":
        """Read what `as_json` wrote."""
        return cls(
            start=datetime.fromisoformat(said["start"]),
            due=datetime.fromisoformat(said["due"]),
            limit=Limit(said["amount"], said["unit"]),
            calendar=said["calendar"],
            zone=said["zone"],
            hours=tuple((start, end) for start, end in said["hours"]),
            provisional=said["provisional"],
            steps=tuple(Step.from_json(step) for step in said["steps"]),
            missing=tuple(said["missing"]),
        )


def deadline(start: datetime, limit: Limit, calendar: Calendar) -> Deadline:
    """Count `limit` from `start` on `calendar`.

    Working time ends at the close of business rather than at the next opening. Raises NaiveTime
    for a start without a zone and OutsideCalendar for years outside 1950 to 2149.
    """
    begin = _instant(start)
    _check_years(begin, calendar)
    if limit.unit.works:
        due, steps, missing = _walk(begin, limit, calendar)
    else:
        due, steps, missing = int(_moved(_array(begin), limit, calendar)[0]), (), ()
    return Deadline(
        start=moment(begin),
        due=moment(due),
        limit=limit,
        calendar=calendar.key,
        zone=calendar.zone_name,
        hours=calendar.hours,
        provisional=bool(missing),
        steps=steps,
        missing=missing,
    )


def deadlines(
    starts: NDArray[np.datetime64], limit: Limit, calendar: Calendar
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Count one limit from many starts.

    Parameters
    ----------
    starts : shape (n,), datetime64 in UTC. NaT stays NaT.

    Returns
    -------
    due : shape (n,), datetime64[us] in UTC, equal to `deadline(...).due` row by row.
    provisional : shape (n,), bool.
    """
    wanted = np.asarray(starts, dtype="datetime64[us]")
    given = ~np.isnat(wanted)
    due = np.full(wanted.shape, np.datetime64("NaT", "us"), dtype="datetime64[us]")
    provisional = np.zeros(wanted.shape, dtype=np.bool_)
    begin = wanted[given].astype(np.int64)
    ends = _moved(begin, limit, calendar)
    due[given] = ends.astype("datetime64[us]")
    if limit.unit.works:
        provisional[given] = calendar.timeline.touches_unknown(begin, ends)
    return due, provisional


def elapsed(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> float:
    """Time from start to end on the unit's clock, in that unit; negative when end is earlier.

    Months count as whole months plus the share of the month begun.
    """
    first, last = _instant(start), _instant(end)
    if unit is Unit.MONTHS:
        return _months_between(first, last, calendar)
    passed = _clock(_array(first, last), unit, calendar)
    return float(passed[1] - passed[0]) / unit_microseconds(unit, calendar.day_microseconds)


def remaining(due: datetime, now: datetime, unit: Unit, calendar: Calendar) -> float:
    """Time left on the unit's clock; negative when overdue."""
    return elapsed(now, due, unit, calendar)


def resume_due(
    due: datetime, paused_at: datetime, resumed_at: datetime, unit: Unit, calendar: Calendar
) -> datetime:
    """Move `due` by the time, on the unit's clock, that a case was paused.

    What was left at the pause is left again at the resumption. Months are moved as calendar days.
    """
    clock = Unit.CALENDAR_DAYS if unit is Unit.MONTHS else unit
    times = _clock(_array(*map(_instant, (due, paused_at, resumed_at))), clock, calendar)
    moved = _array(int(times[0] + times[2] - times[1]))
    return moment(int(_unclock(moved, clock, calendar)[0]))


def due_at_share(start: datetime, limit: Limit, share: float, calendar: Calendar) -> datetime:
    """The instant at which `share` (0 to 1 and beyond) of the limit is used up.

    For lamps and escalation. Months, which cannot be split, are split by elapsed time.
    """
    if limit.unit is not Unit.MONTHS:
        return deadline(start, limit.times(share), calendar).due
    first = deadline(start, limit, calendar)
    return first.start + (first.due - first.start) * share


def _instant(at: datetime) -> int:
    if at.tzinfo is None:
        raise NaiveTime(
            _("The time %(time)s has no time zone.", time=at),
            _("Without one it names no instant."),
            _("Give the district's zone or UTC."),
        )
    return micros(at)


def _array(*values: int) -> Micros:
    return np.array(values, dtype=np.int64)


def _check_years(begin: int, calendar: Calendar) -> None:
    year = moment(begin).astimezone(calendar.zone).year
    if not timeline.FIRST_DAY.year <= year <= timeline.LAST_DAY.year:
        raise timeline.outside()


def _clock(utc: Micros, unit: Unit, calendar: Calendar) -> Micros:
    """Readings of the unit's clock, in microseconds, at UTC instants."""
    if unit.works:
        return calendar.timeline.worked(utc)
    return calendar.timeline.zone.to_local(utc) if unit is Unit.CALENDAR_DAYS else utc


def _unclock(reading: Micros, unit: Unit, calendar: Calendar) -> Micros:
    """The earliest UTC instants at which the unit's clock shows these readings."""
    if unit.works:
        return calendar.timeline.instant(reading)
    return calendar.timeline.zone.to_utc(reading) if unit is Unit.CALENDAR_DAYS else reading


def _moved(begin: Micros, limit: Limit, calendar: Calendar) -> Micros:
    if limit.unit is Unit.MONTHS:
        local = calendar.timeline.zone.to_local(begin)
        return calendar.timeline.zone.to_utc(_add_months(local, int(limit.amount)))
    amount = limit.microseconds(calendar.day_microseconds)
    due = _unclock(_clock(begin, limit.unit, calendar) + amount, limit.unit, calendar)
    return np.maximum(due, begin)


def _add_months(local: Micros, months: int) -> Micros:
    """Same-number day `months` later, or the month's last day where there is none."""
    stamps = local.astype("datetime64[us]")
    month = stamps.astype("datetime64[M]")
    day = stamps.astype("datetime64[D]") - month.astype("datetime64[D]")
    target = month + np.timedelta64(months, "M")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")
    moved = target.astype("datetime64[D]") + np.minimum(day, last - np.timedelta64(1, "D"))
    time = local % MICROSECONDS_PER_DAY
    return np.asarray(moved.astype("datetime64[us]").astype(np.int64) + time, dtype=np.int64)


def _months_between(first: int, last: int, calendar: Calendar) -> float:
    if last < first:
        return -_months_between(last, first, calendar)
    a, b = (int(value) for value in calendar.timeline.zone.to_local(_array(first, last)))
    from_, to = (np.datetime64(value, "us").astype("datetime64[M]") for value in (a, b))
    whole = int((to - from_).astype(int))
    whole -= int(_add_months(_array(a), whole)[0]) > b
    low, high = (int(_add_months(_array(a), whole + extra)[0]) for extra in (0, 1))
    return whole + (b - low) / (high - low)


def _walk(begin: int, limit: Limit, calendar: Calendar) -> tuple[int, tuple[Step, ...], tuple[str, ...]]:
    """Work off the limit day by day; return the due instant, the steps and what is unpublished."""
    left = limit.microseconds(calendar.day_microseconds)
    due, steps, missing = begin, [], dict[str, None]()
    for day in _days(begin, calendar):
        state = calendar.is_workday(day)
        done, due = _work(calendar.spans(day), begin, left, due)
        left -= done
        steps.append(Step(day, day, done, state.kind, state.reason, len(calendar.spans(day)) > 0))
        if state.missing:
            missing[state.missing] = None
        if left <= 0:
            return due, tuple(steps), tuple(missing)
    raise timeline.outside()


def _days(begin: int, calendar: Calendar) -> Iterator[date]:
    day = moment(begin).astimezone(calendar.zone).date()
    while day <= timeline.LAST_DAY:
        yield day
        day += timedelta(days=1)


def _work(spans: tuple[tuple[int, int], ...], begin: int, left: int, due: int) -> tuple[int, int]:
    """Work up to `left` microseconds in the spans after `begin`: (worked, last instant worked)."""
    done = 0
    for start, end in spans:
        from_ = max(start, begin)
        if from_ >= end or done >= left:
            continue
        part = min(end - from_, left - done)
        done, due = done + part, from_ + part
    return done, due
