"""Periods of procedural law: whole days, the start day not counted, due at 24:00 of the last day.

Sources: 民事诉讼法 85, 民法典 201–203, 住建部令第55号 45, 行政处罚法 85, 行政强制法 69. Case limits in work
hours are another thing and live in `chengzhi.law.deadlines`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import ClassVar

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.law import timeline
from chengzhi.law.calendars import Calendar

_ONE_DAY = timedelta(days=1)


class BadPeriod(Problem):
    """A statutory period that is not a positive whole number of days or months."""

    code: ClassVar[str] = "bad_period"
    status: ClassVar[int] = 422


class PeriodUnit(StrEnum):
    """How a statute counts: working days, calendar days, or months."""

    WD = "wd"
    CD = "cd"
    MONTHS = "months"


_EN = {PeriodUnit.WD: "working days", PeriodUnit.CD: "calendar days", PeriodUnit.MONTHS: "months"}
_ZH = {PeriodUnit.WD: "个工作日", PeriodUnit.CD: "日", PeriodUnit.MONTHS: "个月"}


@dataclass(frozen=True, slots=True)
class Period:
    """A statutory period and its ends.

    Attributes
    ----------
    raw : last day as counted.
    due : last day in law: moved to the next workday when the period rolls and `raw` is a day off.
    safe_due : never moved; a limit on an organ's power is watched by this one.
    last_workday : the last workday up to `safe_due`, for planning the act itself.
    provisional : `due` depends on a day whose calendar is not published.
    """

    start: date
    amount: int
    unit: PeriodUnit
    rolls: bool
    raw: date
    due: date
    safe_due: date
    last_workday: date
    provisional: bool
    missing: tuple[str, ...] = ()

    def ends_at(self, calendar: Calendar) -> datetime:
        """24:00 of the due day as an aware UTC datetime: in time means before this instant."""
        midnight = datetime.combine(self.due + _ONE_DAY, time(), calendar.zone)
        return midnight.astimezone(UTC)

    def explain(self, language: str = "zh") -> str:
        """The derivation in one sentence, in "zh" or "en"."""
        return _chinese(self) if language.startswith("zh") else _english(self)


def period(start: date, amount: int, unit: PeriodUnit | str, calendar: Calendar, *, roll: bool) -> Period:
    """Count a statutory period from `start`, which is not counted.

    Parameters
    ----------
    roll : whether a last day off moves to the next workday. True for a party's periods (payment,
        hearing request, remedies); False for limits on an organ's power, where rolling must not
        be relied on.

    Raises BadPeriod for an amount below 1 or an unknown unit.
    """
    kind = _unit(unit)
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        raise BadPeriod(
            _("A period of %(amount)s %(unit)s cannot be counted.", amount=amount, unit=unit),
            _("It must be 1 or more."),
        )
    raw, seen = _count(start, amount, kind, calendar)
    due, rolled = _next_workday(raw, calendar) if roll else (raw, [])
    missing = _missing([*seen, *rolled], calendar)
    return Period(
        start=start,
        amount=amount,
        unit=kind,
        rolls=roll,
        raw=raw,
        due=due,
        safe_due=raw,
        last_workday=_last_workday(raw, calendar),
        provisional=bool(missing),
        missing=missing,
    )


def earliest_after(served: date, clear_days: int, calendar: Calendar) -> date:
    """The first workday on which an act may follow `clear_days` whole working days after service.

    A hearing notified 7 working days ahead has seven between the day served and the hearing.
    """
    last = period(served, clear_days, PeriodUnit.WD, calendar, roll=False).due
    return _next_workday(last + _ONE_DAY, calendar)[0]


@dataclass(frozen=True, slots=True)
class LatePayment:
    """An added fine for late payment: days late, amount, and the day late on which the cap binds."""

    days: int
    amount: Decimal
    capped: bool
    cap_day: int


def late_payment(
    principal: Decimal, due: date, paid: date, *, daily_rate: Decimal, cap_share: Decimal
) -> LatePayment:
    """Fine added for each day after the due day, at most `cap_share` of the principal.

    Rate and cap come from the rules `penalty/late_fee_rate` and `penalty/late_fee_cap`. The days of a
    reconsideration or suit, which are not counted, are the caller's to leave out.
    """
    if principal <= 0 or daily_rate <= 0:
        raise BadPeriod(_("An added fine needs a positive sum and rate."))
    days = max((paid - due).days, 0)
    cap = principal * cap_share
    amount = min(principal * daily_rate * days, cap)
    cap_day = int((cap / (principal * daily_rate)).to_integral_value(ROUND_CEILING))
    return LatePayment(days, amount, amount == cap, cap_day)


def _unit(unit: PeriodUnit | str) -> PeriodUnit:
    try:
        return PeriodUnit(unit)
    except ValueError as error:
        raise BadPeriod(
            _("“%(unit)s” is not a unit of a period.", unit=unit), cure=_("Use wd, cd or months.")
        ) from error


def _count(start: date, amount: int, unit: PeriodUnit, calendar: Calendar) -> tuple[date, list[date]]:
    """The last day as counted, and the days whose calendar was asked for it."""
    if unit is PeriodUnit.CD:
        return start + timedelta(days=amount), []
    if unit is PeriodUnit.MONTHS:
        return add_months(start, amount), []
    day, seen = start, []
    while amount:
        day += _ONE_DAY
        if day > timeline.LAST_DAY:
            raise timeline.outside()
        seen.append(day)
        amount -= calendar.is_workday(day).yes
    return day, seen


def add_months(start: date, months: int) -> date:
    """The same-number day `months` later, or the month's end where there is none (民法典 202)."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    end = date(year + (month == 11), (month + 1) % 12 + 1, 1) - _ONE_DAY
    return min(end, date(year, month + 1, min(start.day, end.day)))


def _next_workday(day: date, calendar: Calendar) -> tuple[date, list[date]]:
    seen = [day]
    while not calendar.is_workday(day).yes:
        day += _ONE_DAY
        seen.append(day)
    return day, seen


def _last_workday(day: date, calendar: Calendar) -> date:
    while not calendar.is_workday(day).yes:
        day -= _ONE_DAY
    return day


def _missing(days: list[date], calendar: Calendar) -> tuple[str, ...]:
    gaps = (calendar.is_workday(day).missing for day in days)
    return tuple(dict.fromkeys(gap for gap in gaps if gap))


def _english(found: Period) -> str:
    unit = _EN[found.unit] if found.amount != 1 else _EN[found.unit][:-1]
    text = f"{found.amount} {unit} after {found.start}, that day not counted → {found.raw}"
    if found.due != found.raw:
        text += f", a day off → {found.due}"
    if found.provisional:
        text += f"; provisional: no published calendar for {' and '.join(found.missing)}"
    return text + "; ends at 24:00"


def _chinese(found: Period) -> str:
    text = f"自{found.start}起{found.amount}{_ZH[found.unit]}（起始日不计）→{found.raw}"
    if found.due != found.raw:
        text += f"，适逢休息日，顺延至{found.due}"
    if found.provisional:
        names = "、".join(f"{gap}年" if gap.isdigit() else gap for gap in found.missing)
        text += f"（暂定：{names}放假安排尚未公布）"
    return text + "，当日24时届满"
