"""The work clock of a calendar as sorted arrays, so that a million deadlines are two look-ups.

All instants are integers: microseconds since 1970-01-01, either UTC or local wall clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.law.units import MICROSECONDS_PER_DAY

Micros = NDArray[np.int64]

FIRST_DAY = date(1950, 1, 1)
LAST_DAY = date(2149, 12, 31)
EPOCH = date(1970, 1, 1)
_EPOCH_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UnknownZone(Problem):
    """A time zone name that the zone database does not hold."""

    code: ClassVar[str] = "unknown_zone"
    status: ClassVar[int] = 422


class OutsideCalendar(Problem):
    """An instant before 1950 or after 2149: no city's case, surely a slip of the pen."""

    code: ClassVar[str] = "outside_calendar"
    status: ClassVar[int] = 422


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH_INSTANT) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC datetime of a count of microseconds since 1970."""
    return _EPOCH_INSTANT + timedelta(microseconds=int(value))


def day_index(day: date) -> int:
    """Days since FIRST_DAY."""
    return (day - FIRST_DAY).days


@dataclass(frozen=True)
class Zone:
    """Offsets of a time zone between its clock changes.

    `changes` are UTC instants, `offsets` (one more) the offset before, between and after them.
    A wall-clock time that occurs twice means its first occurrence, one that does not occur
    is read with the offset before the gap: as Python does with `fold=0`.
    """

    info: ZoneInfo
    changes: Micros
    offsets: Micros

    def to_local(self, utc: Micros) -> Micros:
        """Wall-clock microseconds of UTC instants."""
        return utc + self.offsets[np.searchsorted(self.changes, utc, side="right")]

    def to_utc(self, local: Micros) -> Micros:
        """UTC instants of wall-clock microseconds."""
        edges = self.changes + np.maximum(self.offsets[:-1], self.offsets[1:])
        return local - self.offsets[np.searchsorted(edges, local, side="right")]


def _offset(info: ZoneInfo, at: datetime) -> int:
    shift = at.astimezone(info).utcoffset() or timedelta()
    return shift // _MICROSECOND


def _change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second in (low, high] with the offset of `high`."""
    after = _offset(info, high)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (low, middle) if _offset(info, middle) == after else (middle, high)
    return high


@cache
def zone(name: str) -> Zone:
    """Read a zone's clock changes from 1950 to 2149. Raises UnknownZone."""
    try:
        info = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(
            _("There is no time zone “%(name)s”.", name=name),
            cure=_("Use a name such as Asia/Shanghai."),
        ) from error
    step, at = timedelta(days=5), datetime(1949, 12, 20, tzinfo=UTC)
    changes, offsets = [], [_offset(info, at)]
    while at.date() <= LAST_DAY + timedelta(days=10):
        if _offset(info, at + step) != offsets[-1]:
            changes.append(micros(_change(info, at, at + step)))
            offsets.append(_offset(info, at + step))
        at += step
    return Zone(info, np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64))


@dataclass(frozen=True)
class Timeline:
    """Every work span of a calendar in order, with the work done before each.

    Attributes
    ----------
    starts, ends : UTC microseconds of each span, ascending, not overlapping.
    before : microseconds of work before each span. `after` : the same at its end.
    unknown : shape (days + 1,): how many days before day i have no published calendar.
    """

    zone: Zone
    starts: Micros
    ends: Micros
    before: Micros
    after: Micros
    unknown: Micros

    def worked(self, utc: Micros) -> Micros:
        """Microseconds of work from 1950 to each instant."""
        self._inside(utc)
        span = np.maximum(_place(self.starts, utc, "right") - 1, 0)
        done = np.clip(utc - self.starts[span], 0, self.ends[span] - self.starts[span])
        return np.asarray(self.before[span] + done, dtype=np.int64)

    def instant(self, work: Micros) -> Micros:
        """The earliest instant at which so much work is done: close of business, not next opening."""
        span = _place(self.after, work, "left")
        if span.size and int(span.max()) >= self.after.size:
            raise outside()
        return np.asarray(self.starts[span] + work - self.before[span], dtype=np.int64)

    def touches_unknown(self, start: Micros, end: Micros) -> NDArray[np.bool_]:
        """Whether any local day from start to end has no published calendar."""
        first, last = self._days(start), self._days(end)
        return np.asarray(self.unknown[last + 1] > self.unknown[first], dtype=np.bool_)

    def _days(self, utc: Micros) -> Micros:
        local = self.zone.to_local(utc)
        base = (FIRST_DAY - EPOCH).days
        return np.asarray(local // MICROSECONDS_PER_DAY - base, dtype=np.int64)

    def _inside(self, utc: Micros) -> None:
        if not utc.size:
            return
        days = self._days(np.array([utc.min(), utc.max()], dtype=np.int64))
        if int(days[0]) < 0 or int(days[1]) >= self.unknown.size - 1:
            raise outside()


def _place(edges: Micros, values: Micros, side: Literal["left", "right"]) -> NDArray[np.intp]:
    """`searchsorted` on the stretch of `edges` that the values lie in: two centuries are long."""
    if not values.size:
        return np.zeros(0, dtype=np.intp)
    low, high = np.searchsorted(edges, [values.min(), values.max()], side=side)
    return np.asarray(low + np.searchsorted(edges[low:high], values, side=side), dtype=np.intp)


def outside() -> OutsideCalendar:
    """The refusal of a date that no calendar can hold."""
    return OutsideCalendar(
        _("The date lies outside 1950 to 2149."),
        _("Deadlines are counted inside these years only."),
        _("Look for a mistyped year."),
    )


def build(
    name: str,
    workdays: NDArray[np.bool_],
    unknown_days: Sequence[int],
    spans: Sequence[tuple[int, int]],
) -> Timeline:
    """Lay out the work spans of all days.

    `workdays` has one flag a day from FIRST_DAY; `unknown_days` are indices of days without a
    published calendar; `spans` are (from, to) in minutes after local midnight.
    """
    place = zone(name)
    days = np.flatnonzero(workdays).astype(np.int64) + (FIRST_DAY - EPOCH).days
    minutes = np.array(spans, dtype=np.int64).reshape(-1, 2) * 60_000_000
    local = days[:, None, None] * MICROSECONDS_PER_DAY + minutes[None, :, :]
    utc = place.to_utc(local.reshape(-1)).reshape(-1, 2)
    after = np.cumsum(utc[:, 1] - utc[:, 0])
    flags = np.zeros(workdays.size, dtype=np.int64)
    flags[np.array(unknown_days, dtype=np.int64)] = 1
    unknown = np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)
    starts, ends = np.ascontiguousarray(utc[:, 0]), np.ascontiguousarray(utc[:, 1])
    return Timeline(place, starts, ends, after - (ends - starts), after, unknown)
