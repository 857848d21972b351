"""Times, spans and numbers in words, in the language of the request."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400
#: Beyond this many days a distance in days says less than the date itself.
FAR_DAYS: Final = 60

WEEKDAYS_ZH: Final = "一二三四五六日"
WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def chinese() -> bool:
    """Whether the page being rendered is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def day_words(day: date, today: date | None = None, weekday: bool = True) -> str:
    """A date as people write it; the year only where it is not this year."""
    this_year = today is not None and today.year == day.year
    if chinese():
        tail = f"（周{WEEKDAYS_ZH[day.weekday()]}）" if weekday else ""
        head = "" if this_year else f"{day.year}年"
        return f"{head}{day.month}月{day.day}日{tail}"
    head = f"{WEEKDAYS_EN[day.weekday()]} " if weekday else ""
    tail = "" if this_year else f" {day.year}"
    return f"{head}{day.day} {MONTHS_EN[day.month - 1]}{tail}"


def absolute(moment: datetime, now: datetime, zone: str) -> str:
    """Date and clock time in the district's zone, e.g. ``Tue 7 April 16:30``."""
    gap, where = "" if chinese() else " ", ZoneInfo(zone)
    here = moment.astimezone(where)
    return f"{day_words(here.date(), now.astimezone(where).date())}{gap}{here.hour:02}:{here.minute:02}"


def local_day(moment: datetime, now: datetime, zone: str) -> str:
    """The day of a moment in the district's zone, e.g. ``Tue 7 April``."""
    where = ZoneInfo(zone)
    return day_words(moment.astimezone(where).date(), now.astimezone(where).date())


def span(seconds: float) -> str:
    """A length of time in its two largest units at most: ``2 days 3 hours``, ``45 minutes``."""
    whole = int(abs(seconds))
    if whole < MINUTE:
        return _("less than a minute")
    days, rest = divmod(whole, DAY)
    hours, rest = divmod(rest, HOUR)
    parts = [(days, _days), (hours, _hours), (0 if days else rest // MINUTE, _minutes)]
    glue = "" if chinese() else " "
    return glue.join(word(amount) for amount, word in parts if amount)


def _kept(say: Callable[[int], str]) -> Callable[[int], str]:
    """Remembers what is said of an amount in each language: the same few come on every row."""
    known = lru_cache(maxsize=2048)(lambda amount, language: say(amount))
    return lambda amount: known(amount, get_language())


@_kept
def _days(amount: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", amount) % {"n": amount}


@_kept
def _hours(amount: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", amount) % {"n": amount}


@_kept
def _minutes(amount: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", amount) % {"n": amount}


def relative(moment: datetime, now: datetime) -> str:
    """Distance from `now` in one unit: ``3 hours ago``, ``in 2 days``; empty when far away."""
    seconds = (moment - now).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return _("just now")
    if size > FAR_DAYS * DAY:
        return ""
    if size < HOUR:
        words = _minutes(round(size / MINUTE))
    elif size < DAY:
        words = _hours(round(size / HOUR))
    else:
        words = _days(round(size / DAY))
    return (_("in %(span)s") if seconds > 0 else _("%(span)s ago")) % {"span": words}


def number(value: object, digits: int = 0) -> str:
    """A number with grouped thousands; a dash for what is missing or not finite."""
    if not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return "—"
    # Rounded as people do (82.35 becomes 82.4); Django's own formatting cuts digits off.
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    # Grouped by three in both languages; Django would not group Chinese numbers at all.
    return f"{exact:,}"


def as_moment(value: object) -> datetime | None:
    """The aware time inside a datetime, an ISO text or a deadline value (its ``due``)."""
    value = getattr(value, "due", value)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def as_seconds(value: object) -> float | None:
    """Seconds of a timedelta or a plain number."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, int | float | Decimal) else None
