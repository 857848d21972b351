"""Green, yellow, red: how much of a limit is used. The thresholds are data of the district."""

from collections.abc import Mapping
from datetime import datetime

from chengzhi.law.calendars import Calendar
from chengzhi.law.deadlines import elapsed
from chengzhi.law.units import Unit


def share_used(start: datetime, due: datetime, now: datetime, unit: Unit, calendar: Calendar) -> float:
    """Share of the time from start to due that is gone at `now`, on the unit's clock.

    0 at the start, 1 at the deadline, more when overdue; infinite after a deadline without length.
    """
    whole = elapsed(start, due, unit, calendar)
    used = elapsed(start, now, unit, calendar)
    if whole <= 0:
        return 0.0 if now <= due else float("inf")
    return max(used / whole, 0.0)


def lamp(
    start: datetime,
    due: datetime,
    now: datetime,
    unit: Unit,
    calendar: Calendar,
    thresholds: Mapping[str, float],
) -> str:
    """The colour of a case's lamp: the name of the highest threshold reached.

    `thresholds` is colour → least share, such as the value of rule `cases/lamp`. A colour at share 1
    begins just after the deadline, not at it; after the deadline it is shown at once, although a
    work clock that stands still at night would still say 1.
    """
    share, late = share_used(start, due, now, unit, calendar), now > due
    return max((least, colour) for colour, least in thresholds.items() if _reached(least, share, late))[1]


def _reached(least: float, share: float, late: bool) -> bool:
    if least == 1:
        return late
    return share >= least
