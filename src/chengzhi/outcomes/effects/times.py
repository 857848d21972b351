"""Times of a table as whole numbers one apart: integers, quarters, months, weeks or days."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.problems import BadTime, short

#: What a file may write for a unit that is never treated.
NEVER = ("", "0", "na", "nan", "null", "none", "inf", "+inf", "never", "nat", "0.0")
QUARTER = re.compile(r"(?:(\d{4})-?[Qq]([1-4])|[Qq]([1-4])-?(\d{4}))$")
MONTH = re.compile(r"(\d{4})-(\d{2})$")
#: Days in a week; seasons by kind of time.
WEEK = 7
SEASON = {"quarter": 4, "month": 12, "week": 52, "day": WEEK, "integer": 0}


@dataclass(frozen=True)
class Clock:
    """How texts of time become whole numbers.

    Parameters
    ----------
    kind: integer, quarter, month, week or day.
    number: text → whole number; neighbours are one apart.
    """

    kind: str
    number: Callable[[str], int]

    @property
    def season(self) -> int:
        """Times in a season; 0 where nothing is known of it."""
        return SEASON[self.kind]


def integer(text: str) -> int:
    """The text as a whole number; 2004.0 counts."""
    value = float(text)
    if not math.isfinite(value) or value != int(value):
        raise ValueError(text)
    return int(value)


def quarter(text: str) -> int:
    """2010Q4 or Q42010 as quarters since year 0."""
    found = QUARTER.match(text)
    if found is None:
        raise ValueError(text)
    year, part = (found[1], found[2]) if found[1] else (found[4], found[3])
    return int(year) * 4 + int(part) - 1


def month(text: str) -> int:
    """A first of a month, or 2026-03, as months since year 0."""
    found = MONTH.match(text)
    day = date.fromisoformat(f"{text}-01" if found else text[:10])
    if day.day != 1:
        raise ValueError(text)
    return day.year * 12 + day.month - 1


def day(text: str) -> int:
    """An ISO date as a day's number."""
    return date.fromisoformat(text[:10]).toordinal()


def clock_of(texts: Sequence[str]) -> Clock:
    """The first reading that fits every text.

    Raises
    ------
    BadTime: none does; the first text that is no time at all is named.
    """
    unique = sorted(set(texts))
    for kind, number in (("integer", integer), ("quarter", quarter), ("month", month), ("day", day)):
        if all(_reads(number, one) for one in unique):
            return _weekly(unique) if kind == "day" else Clock(kind, number)
    wrong = next(
        (one for one in unique if not any(_reads(f, one) for f in (integer, quarter, month, day))), unique[0]
    )
    raise BadTime(
        _("“%(text)s” is no time.", text=short(wrong)),
        _("A time is a whole number, a date as 2026-03-01 or a quarter as 2026Q1, the same in every row."),
        _("Write all times in one of these ways."),
    )


def _weekly(texts: Sequence[str]) -> Clock:
    days = [day(one) for one in texts]
    if len(days) > 1 and all((one - days[0]) % WEEK == 0 for one in days):
        return Clock("week", lambda text: -(-(day(text) - days[0]) // WEEK))
    return Clock("day", day)


def _reads(number: Callable[[str], int], text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True


def is_never(text: str) -> bool:
    """Whether a first treated time says: never."""
    return text.strip().lower() in NEVER
