"""What a district has settled for its registers: its day, its policies."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chengzhi.law.own import own_value
from chengzhi.law.rules import RULES
from chengzhi.places.models import District

OPEN_ENDED = date.max
"""Stands in `permit_until` where the permit in force names no last day."""


def district_of(district_id: int) -> District:
    """The district. Raises District.DoesNotExist."""
    return District.objects.get(pk=district_id)


def day_in(district_id: int, on: datetime) -> date:
    """The date on the district's wall at a moment."""
    return on.astimezone(ZoneInfo(district_of(district_id).zone)).date()


def policy(district_id: int, rule: str, on: datetime) -> Any:
    """A policy such as "registers/match_metres": the district's own value on the day, else the rule's.

    A district's own value stands in its settings under the last part of the rule's name.
    """
    district = district_of(district_id)
    day = on.astimezone(ZoneInfo(district.zone)).date()
    own = own_value(district.settings or {}, rule.rpartition("/")[2], day)
    return RULES[rule].at(day).value if own is None else own
