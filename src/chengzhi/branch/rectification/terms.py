"""The dated settings of a district's rectification ledger."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chengzhi.cases.habits import habits
from chengzhi.law.own import own_value

RECURRENCE = "rectification_recurrence_months"


@cache
def _shipped() -> Mapping[str, Any]:
    text = files("chengzhi.branch.rectification").joinpath("terms.yaml").read_text("utf-8")
    said: Mapping[str, Any] = yaml.safe_load(text)
    return said


def recurrence_months(district_id: int, on: datetime) -> int:
    """Within how many months after it was struck off a gap that comes back reopens it."""
    found = habits(district_id)
    own = own_value(found.settings, RECURRENCE, found.day(on))
    return int(_shipped()[RECURRENCE]["value"] if own is None else own)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def recurrence_since(district_id: int, on: datetime) -> date:
    """What was struck off on this day or later reopens when it comes back."""
    return months_before(habits(district_id).day(on), recurrence_months(district_id, on))
