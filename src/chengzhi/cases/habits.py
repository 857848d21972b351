"""What a district has settled: calendar, clocks of the stages, escalation, policies.

Read together and kept in the process for a short while, because the intake path may not
afford a round trip for it. A change becomes visible within `KEEP_SECONDS`; it is dated anyway.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from chengzhi import clock
from chengzhi.cases.models import Escalation, StageLimit
from chengzhi.law.calendars import Calendar
from chengzhi.law.own import own_value
from chengzhi.law.rules import RULES
from chengzhi.law.units import Limit
from chengzhi.people.calendars import calendar_of, rows_of, said_on
from chengzhi.people.models import CalendarDay
from chengzhi.places.models import District

KEEP_SECONDS = 20.0
NO_SHIFT_LEADER = "no_shift_leader"


@dataclass(frozen=True)
class Habits:
    """A district's settings as they were read.

    `stage_limits`, `escalations` and `own_days` hold all dated rows; the day of the step picks among
    them. `read_on` is the day on the district's wall when they were read.
    """

    district: District
    stage_limits: tuple[StageLimit, ...]
    escalations: tuple[Escalation, ...]
    own_days: tuple[CalendarDay, ...] = ()
    read_on: date = date.max

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The district's own settings."""
        return self.district.settings or {}

    @cached_property
    def calendar(self) -> Calendar:
        """The work calendar in force on the day these habits were read."""
        return self._calendar(self.read_on)

    def calendar_on(self, on: datetime) -> Calendar:
        """The work calendar in force at a moment: what a clock that begins then is counted by."""
        return self._calendar(self.day(on))

    @cached_property
    def _calendars(self) -> dict[Any, Calendar]:
        return {}

    def _calendar(self, day: date) -> Calendar:
        """Equal calendars are one object: its day table is dear to build."""
        held = self._calendars
        if day not in held:
            days = rows_of(row for row in self.own_days if in_force(row, day))
            alike = (json.dumps(said_on(self.settings, day), sort_keys=True), days)
            if alike not in held:
                held[alike] = calendar_of(self.district, day=day, days=days)
            held[day] = held[alike]
        return held[day]

    def no_shift_leader(self, day: date) -> bool:
        """Whether the intake clerk does the shift leader's work on a day."""
        own = own_value(self.settings, NO_SHIFT_LEADER, day)
        return bool(self.settings.get(NO_SHIFT_LEADER) if own is None else own)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The district's time zone."""
        return ZoneInfo(self.district.zone)

    def day(self, on: datetime) -> date:
        """The date on the district's wall at a moment."""
        return on.astimezone(self.zone).date()

    def policy(self, name: str, on: datetime) -> Any:
        """A city policy: the district's own value on the day, else that of the rule `cases/<name>`."""
        day = self.day(on)
        own = own_value(self.settings, name, day)
        return RULES[f"cases/{name}"].at(day).value if own is None else own

    def stage_limit(self, stage: str, urgent: bool, on: datetime) -> Limit | None:
        """The limit of a stage in force on the day; an urgent case falls back to the ordinary one."""
        rows = [row for row in self.stage_limits if row.stage == stage and in_force(row, self.day(on))]
        rows = [row for row in rows if row.urgent == urgent] or [r for r in rows if not r.urgent]
        if not rows:
            return None
        row = max(rows, key=lambda r: r.valid_from)
        return Limit(row.amount, row.unit)

    def escalations_for(self, domain: str, on: datetime) -> list[Escalation]:
        """Who is to be told at which share, for a domain, on the day; lowest share first."""
        day = self.day(on)
        rows = [r for r in self.escalations if r.domain in ("", domain) and in_force(r, day)]
        return sorted(rows, key=lambda r: (r.share, r.pk))


def in_force(row: Any, day: date) -> bool:
    """Whether a dated row counts on a day; `valid_to` is its last day."""
    return bool(row.valid_from <= day and (row.valid_to is None or row.valid_to >= day))


_KEPT: dict[int, tuple[float, Habits]] = {}


def habits(district_id: int) -> Habits:
    """The habits of a district, at most `KEEP_SECONDS` old. Raises District.DoesNotExist."""
    kept = _KEPT.get(district_id)
    if kept is None or time.monotonic() - kept[0] > KEEP_SECONDS:
        kept = (time.monotonic(), _read(district_id))
        _KEPT[district_id] = kept
    return kept[1]


def forget(district_id: int | None = None) -> None:
    """Read afresh next time, in this process: after a change on a page, and between tests."""
    if district_id is None:
        _KEPT.clear()
    else:
        _KEPT.pop(district_id, None)


def _read(district_id: int) -> Habits:
    district = District.objects.get(pk=district_id)
    return Habits(
        district,
        tuple(StageLimit.objects.filter(district_id=district_id).order_by("id")),
        tuple(Escalation.objects.filter(district_id=district_id).order_by("id")),
        tuple(CalendarDay.objects.filter(district_id=district_id)),
        clock.now().astimezone(ZoneInfo(district.zone)).date(),
    )
