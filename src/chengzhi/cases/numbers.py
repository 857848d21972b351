"""Case numbers: a pattern of the district around a sequence that may have gaps."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from chengzhi.cases.habits import Habits

DEFAULT_PATTERN = "{prefix}{year}{month:02}{day:02}{sequence:05}"
_SEQUENCE = re.compile(r"\{sequence(?::0?(\d+))?\}")


@dataclass(frozen=True, slots=True)
class NumberShape:
    """A number is `head`, the sequence padded to `width` digits, `tail`."""

    head: str
    width: int
    tail: str

    def number(self, sequence: int) -> str:
        """The whole number."""
        return f"{self.head}{sequence:0{self.width}}{self.tail}"


def shape(habits: Habits, on: datetime) -> NumberShape:
    """The shape of the numbers of one day in the district's zone.

    The pattern comes from the pack (`case_number.pattern`), for instance Liuzhou's
    `{prefix}{year}第{month:02}{day:02}{sequence:04}号`.
    """
    said = habits.settings.get("case_number") or {}
    return day_shape(said.get("pattern") or DEFAULT_PATTERN, habits.district.case_prefix, habits.day(on))


def day_shape(pattern: str, prefix: str, day: date) -> NumberShape:
    """The shape of a pattern on a day."""
    match = _SEQUENCE.search(pattern)
    if match is None:
        pattern, match = DEFAULT_PATTERN, _SEQUENCE.search(DEFAULT_PATTERN)
    assert match is not None
    known = {"prefix": prefix, "year": day.year, "month": day.month, "day": day.day}
    head, tail = pattern[: match.start()], pattern[match.end() :]
    return NumberShape(head.format(**known), int(match[1] or 1), tail.format(**known))


def reserve(district_id: int, how_many: int) -> int:
    """Reserve a block of the district's sequence for an import; returns its first number."""
    with connection.cursor() as cursor:
        # A block of one is a plain next value.
        cursor.execute("SELECT case_number_next(%s, %s)", [district_id, how_many])
        return int(cursor.fetchone()[0])
