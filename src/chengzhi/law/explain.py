"""Says in a sentence how a deadline was found. No arithmetic here: the steps are already taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chengzhi.law.units import MICROSECONDS_PER_HOUR, plain

if TYPE_CHECKING:
    from chengzhi.law.deadlines import Deadline

_MONTHS = (
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
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ZH_DAYS = "一二三四五六日"
# Within a week a weekday's name says which day is meant.
_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Step:
    """What one day, or a run of like days, contributed.

    `worked` is microseconds per day; `kind` and `reason` as in `calendars.Workday`; `open` tells a
    workday whose hours were over from a closed day.
    """

    first: date
    last: date
    worked: int
    kind: str
    reason: str
    open: bool

    def as_json(self) -> list[Any]:
        """Plain values, in the order of the fields."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return [first, last, self.worked, self.kind, self.reason, self.open]

    @classmethod
    def from_json(cls, said: Sequence[Any]) -> "Step":
        """Read what `as_json` wrote."""
        first, last, *rest = said
        return cls(date.fromisoformat(first), date.fromisoformat(last), *rest)


def explain(found: "Deadline", language: str) -> str:
    """The derivation of a deadline in "zh" or "en"."""
    return _chinese(found) if language.startswith("zh") else _english(found)


def _local(found: "Deadline") -> tuple[datetime, datetime]:
    zone = ZoneInfo(found.zone)
    return found.start.astimezone(zone), found.due.astimezone(zone)


def runs(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Join neighbouring closed days, and neighbouring days of equal ordinary work."""
    joined: list[Step] = []
    for step in steps:
        if joined and _alike(joined[-1], step):
            joined[-1] = replace(joined[-1], last=step.last, reason=_reasons(joined[-1], step))
        else:
            joined.append(step)
    return tuple(joined)


def _alike(one: Step, other: Step) -> bool:
    if not one.open and not other.open:
        return True
    return one.open and (one.worked, one.kind) == (other.worked, other.kind) and one.kind != "make_up"


def _reasons(one: Step, other: Step) -> str:
    names = [*filter(None, one.reason.split(", ")), other.reason]
    return ", ".join(dict.fromkeys(filter(None, names))) if not one.open else ""


def _hours(step: Step) -> str:
    return plain(step.worked / MICROSECONDS_PER_HOUR)


def _english(found: "Deadline") -> str:
    start, due = _local(found)
    from_ = f"{found.limit.say('en')} from {_en_day(start.date())} {start.year} {start:%H:%M}"
    same_year = start.year == due.year
    to = f"{_en_day(due.date())}{'' if same_year else f' {due.year}'} {due:%H:%M}"
    if not found.limit.unit.works:
        return f"{from_}{_en_clock(found)} → {to}"
    short = due.date() - start.date() <= _WEEK
    parts = "; ".join(_en_step(step, short) for step in runs(found.steps))
    return f"{from_}, hours {_hours_text(found, 'en')}: {parts} → {to}{_en_provisional(found)}"


def _en_clock(found: "Deadline") -> str:
    return ", nights and days off included" if found.limit.unit.startswith("urgent") else ""


def _en_provisional(found: "Deadline") -> str:
    if not found.provisional:
        return ""
    lacking = " and ".join(found.missing)
    return f"; provisional: no published calendar for {lacking}, only weekends taken as closed"


def _en_day(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def _en_range(step: Step, short: bool) -> str:
    def name(day: date) -> str:
        return _DAYS[day.weekday()] if short else _en_day(day)

    same = step.first == step.last
    return name(step.first) if same else f"{name(step.first)}–{name(step.last)}"


def _en_step(step: Step, short: bool) -> str:
    when = _en_range(step, short)
    if not step.open:
        return f"{when} closed, {step.reason or 'weekend'}"
    if not step.worked:
        return f"{when} after hours"
    each = "" if step.first == step.last else " a day"
    extra = f" (make-up workday, {step.reason})" if step.kind == "make_up" else ""
    return f"{_hours(step)} h{each} {when}{extra}"


def _chinese(found: "Deadline") -> str:
    start, due = _local(found)
    limit = found.limit.say("zh")
    from_ = f"自{start.year}年{_zh_day(start.date())}{start:%H:%M}起{limit}"
    year = "" if start.year == due.year else f"{due.year}年"
    to = f"{year}{_zh_day(due.date())}{due:%H:%M}"
    if not found.limit.unit.works:
        clock = "（夜间、休息日照计）" if found.limit.unit.startswith("urgent") else ""
        return f"{from_}{clock}→{to}"
    short = due.date() - start.date() <= _WEEK
    parts = "；".join(_zh_step(step, short) for step in runs(found.steps))
    return f"{from_}，工作时间{_hours_text(found, 'zh')}：{parts}→{to}{_zh_provisional(found)}"


def _zh_provisional(found: "Deadline") -> str:
    if not found.provisional:
        return ""
    lacking = "、".join(f"{name}年" if name.isdigit() else name for name in found.missing)
    return f"（暂定：{lacking}放假安排尚未公布，暂只按周末推算）"


def _zh_day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_ZH_DAYS[day.weekday()]}）"


def _zh_range(step: Step, short: bool) -> str:
    def name(day: date) -> str:
        return f"周{_ZH_DAYS[day.weekday()]}" if short else f"{day.month}月{day.day}日"

    same = step.first == step.last
    return name(step.first) if same else f"{name(step.first)}至{name(step.last)}"


def _zh_step(step: Step, short: bool) -> str:
    when = _zh_range(step, short)
    if not step.open:
        return f"{when}{step.reason.replace(', ', '、') or '周末'}休息"
    if not step.worked:
        return f"{when}已过工作时间"
    each = "" if step.first == step.last else "每日"
    extra = f"（{step.reason}调休上班）" if step.kind == "make_up" else ""
    return f"{when}{each}{_hours(step)}小时{extra}"


def _hours_text(found: "Deadline", language: str) -> str:
    if language == "zh":
        spans = [f"{a // 60}:{a % 60:02}–{b // 60}:{b % 60:02}" for a, b in found.hours]
        return "、".join(spans)
    return " and ".join(f"{_clock(a)}–{_clock(b)}" for a, b in found.hours)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}" if minute % 60 == 0 else f"{minute // 60:02}:{minute % 60:02}"
