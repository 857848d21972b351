"""Units of time limits. A bare number is never a limit: 4 "hours" means three different things."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import ClassVar

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

MICROSECONDS_PER_HOUR = 3_600_000_000
MICROSECONDS_PER_DAY = 24 * MICROSECONDS_PER_HOUR


class BadLimit(Problem):
    """A limit that is not a finite, non-negative amount of a known unit."""

    code: ClassVar[str] = "bad_limit"
    status: ClassVar[int] = 422


class Unit(StrEnum):
    """Units in which a limit may be stated.

    URGENT_HOURS and URGENT_DAYS (紧急工作时, 紧急工作日) run on the calendar clock: nights, weekends
    and holidays count. WORKING_HOURS (工作时) run only inside the work hours of workdays, and one
    of the WORKING_DAYS (工作日) is one day's work hours, not 24 h. CALENDAR_DAYS and MONTHS end at
    the same wall-clock time of a later day. The days of procedural law, which end at midnight,
    are counted in `chengzhi.law.periods`.
    """

    URGENT_HOURS = "urgent_hours"
    URGENT_DAYS = "urgent_days"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_HOURS = "calendar_hours"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"

    @property
    def works(self) -> bool:
        """Whether the clock stops outside work hours, so that a calendar is needed."""
        return self in (Unit.WORKING_HOURS, Unit.WORKING_DAYS)

    @property
    def absolute(self) -> bool:
        """Whether the clock is plain elapsed time."""
        return self in (Unit.URGENT_HOURS, Unit.URGENT_DAYS, Unit.CALENDAR_HOURS)


# unit -> (one, many, Chinese measure word phrase)
_WORDS: Mapping[Unit, tuple[str, str, str]] = {
    Unit.URGENT_HOURS: ("urgent hour", "urgent hours", "个紧急工作时"),
    Unit.URGENT_DAYS: ("urgent day", "urgent days", "个紧急工作日"),
    Unit.WORKING_HOURS: ("working hour", "working hours", "个工作时"),
    Unit.WORKING_DAYS: ("working day", "working days", "个工作日"),
    Unit.CALENDAR_HOURS: ("hour", "hours", "小时"),
    Unit.CALENDAR_DAYS: ("calendar day", "calendar days", "日"),
    Unit.MONTHS: ("month", "months", "个月"),
}


def plain(amount: Decimal | float) -> str:
    """Write a number without a needless fraction: 8, 1.5, 0.33."""
    return f"{float(amount):.2f}".rstrip("0").rstrip(".")


def _decimal(amount: object) -> Decimal:
    try:
        return Decimal(str(amount))
    except InvalidOperation as error:
        raise BadLimit(
            _("“%(amount)s” is not an amount of time.", amount=amount), _("A number is needed.")
        ) from error


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of a unit, such as 8 working hours.

    Raises
    ------
    BadLimit
        If the amount is negative or not finite, the unit unknown, or months are not whole.
    """

    amount: Decimal
    unit: Unit

    def __init__(self, amount: Decimal | float | str, unit: Unit | str) -> None:
        number = _decimal(amount)
        try:
            kind = Unit(unit)
        except ValueError as error:
            known = ", ".join(Unit)
            raise BadLimit(
                _("“%(unit)s” is not a unit of time.", unit=unit),
                cure=_("Use one of: %(known)s.", known=known),
            ) from error
        if not number.is_finite() or number < 0:
            raise BadLimit(
                _("A limit of %(amount)s is not possible.", amount=amount), _("It must be 0 or more.")
            )
        if kind is Unit.MONTHS and number != number.to_integral_value():
            raise BadLimit(
                _("%(amount)s months cannot be counted.", amount=amount), _("Months must be whole.")
            )
        object.__setattr__(self, "amount", number)
        object.__setattr__(self, "unit", kind)

    def say(self, language: str) -> str:
        """The limit in words: "8 working hours", "8个工作时"."""
        one, many, chinese = _WORDS[self.unit]
        if language.startswith("zh"):
            return f"{plain(self.amount)}{chinese}"
        return f"{plain(self.amount)} {one if self.amount == 1 else many}"

    def times(self, share: Decimal | float) -> "Limit":
        """A share of this limit, for lamps and escalation."""
        return Limit(self.amount * Decimal(str(share)), self.unit)

    def microseconds(self, day_microseconds: int) -> int:
        """Length on the unit's own clock, in microseconds.

        `day_microseconds` is the length of one working day; it matters for WORKING_DAYS only.
        Raises BadLimit for MONTHS, which have no fixed length.
        """
        if self.unit is Unit.MONTHS:
            raise BadLimit(_("Months have no fixed length."), cure=_("Count them from a date."))
        scale = unit_microseconds(self.unit, day_microseconds)
        return round(self.amount * scale)


def unit_microseconds(unit: Unit, day_microseconds: int) -> int:
    """Microseconds on its own clock of one `unit` (not of MONTHS)."""
    if unit is Unit.WORKING_DAYS:
        return day_microseconds
    if unit in (Unit.URGENT_DAYS, Unit.CALENDAR_DAYS):
        return MICROSECONDS_PER_DAY
    return MICROSECONDS_PER_HOUR
