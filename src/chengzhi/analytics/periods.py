"""Evaluation periods: a day, week, month, quarter or year of a district's own calendar days."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UnknownPeriod(Problem):
    """A period that is not written in one of the five forms."""

    code: ClassVar[str] = "unknown_period"
    status: ClassVar[int] = 422


class PeriodKind(StrEnum):
    """The periods the standard reports on."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Window:
    """Half-open span of time in microseconds since 1970 UTC: what the metric expressions read."""

    start: int
    end: int


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def _months_on(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 + count
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """Days from `first` up to, not including, `after`."""

    kind: PeriodKind
    first: date
    after: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.after - timedelta(days=1)

    @property
    def label(self) -> str:
        """The form in which a period is written and parsed: 2011-10, 2011-Q4, 2011-W40."""
        if self.kind is PeriodKind.DAY:
            return self.first.isoformat()
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.first.year:04}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.year:04}"

    def window(self, zone: str, until: datetime | None = None) -> Window:
        """The period in the district's `zone`, cut at `until`: what is not yet due is not due."""
        place = ZoneInfo(zone)
        start = micros(datetime.combine(self.first, time(), place).astimezone(UTC))
        end = micros(datetime.combine(self.after, time(), place).astimezone(UTC))
        if until is not None:
            end = max(start, min(end, micros(until)))
        return Window(start, end)

    def previous(self) -> "Period":
        """The period of the same kind just before."""
        return period_of(self.kind, self.first - timedelta(days=1))

    def following(self) -> "Period":
        """The period of the same kind just after."""
        return period_of(self.kind, self.after)


def period_of(kind: PeriodKind | str, day: date) -> Period:
    """The period of a kind in which a day lies."""
    kind = PeriodKind(kind)
    if kind is PeriodKind.DAY:
        return Period(kind, day, day + timedelta(days=1))
    if kind is PeriodKind.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=7))
    length = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}[kind]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    return Period(kind, first, _months_on(first, length))


_FORMS = (
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), PeriodKind.DAY),
    (re.compile(r"(\d{4})-W(\d{2})"), PeriodKind.WEEK),
    (re.compile(r"(\d{4})-(\d{2})"), PeriodKind.MONTH),
    (re.compile(r"(\d{4})-Q([1-4])"), PeriodKind.QUARTER),
    (re.compile(r"(\d{4})"), PeriodKind.YEAR),
)


def _first_day(kind: PeriodKind, numbers: list[int]) -> date:
    if kind is PeriodKind.DAY:
        return date(numbers[0], numbers[1], numbers[2])
    if kind is PeriodKind.WEEK:
        return date.fromisocalendar(numbers[0], numbers[1], 1)
    if kind is PeriodKind.MONTH:
        return date(numbers[0], numbers[1], 1)
    if kind is PeriodKind.QUARTER:
        return date(numbers[0], numbers[1] * 3 - 2, 1)
    return date(numbers[0], 1, 1)


def parse(text: str) -> Period:
    """Read 2011, 2011-Q4, 2011-10, 2011-W40 or 2011-10-05. Raises UnknownPeriod."""
    for form, kind in _FORMS:
        found = form.fullmatch(text.strip())
        if found:
            try:
                return period_of(kind, _first_day(kind, [int(part) for part in found.groups()]))
            except (ValueError, OverflowError):
                break
    raise UnknownPeriod(
        _("“%(text)s” is not a period.", text=text[:40]),
        _("A period is a year, quarter, month, week or day."),
        _("Write 2011, 2011-Q4, 2011-10, 2011-W40 or 2011-10-05."),
    )
