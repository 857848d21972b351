"""What a work list may be filtered by, and the named filters the program ships.

A filter is plain data: it stands in an address, in a saved filter, in an export's
arguments, and always gives the same rows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from chengzhi.errors import Problem
from chengzhi.people.actor import Actor

LISTS = frozenset(("state", "unit", "type", "domain", "street_area", "area", "channel", "flag", "case"))


class BadFilter(Problem):
    """A filter in an address cannot be read."""

    code = "cases.bad_filter"


class Filter(BaseModel):
    """What is asked for; an empty filter is every case one may see."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    open: bool | None = None
    state: tuple[str, ...] = ()
    unit: tuple[int, ...] = ()
    type: tuple[int, ...] = ()
    domain: tuple[str, ...] = ()
    street_area: tuple[int, ...] = ()
    area: tuple[int, ...] = ()
    channel: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    case: tuple[int, ...] = ()
    mine: bool = False
    urgent: bool | None = None
    overdue: bool | None = None
    reworked: bool | None = None
    extended: bool | None = None
    suspended: bool | None = None
    placed: bool | None = None
    road_kind: Literal["main", "back", "unknown"] | None = None
    due_within_hours: int | None = None
    reported_from: date | None = None
    reported_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    q: str = ""
    order: Literal["due", "newest", "closed"] = "due"

    @field_validator("q")
    @classmethod
    def _trimmed(cls, text: str) -> str:
        return " ".join(text.replace("\x00", "").split())[:100]

    def as_query(self) -> dict[str, Any]:
        """The filter as address parameters, without what is not set."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read(values: dict[str, Any]) -> Filter:
    """A filter from address parameters or saved JSON; raises :class:`BadFilter`."""
    try:
        return Filter.model_validate({k: v for k, v in values.items() if v not in ("", [], None)})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadFilter(
            f"The filter “{'.'.join(map(str, first['loc']))}” cannot be used.",
            first["msg"],
            "Choose the filter again on the work list.",
        ) from error


def condition(asked: Filter, actor: Actor, zone: str, now: datetime) -> Q:
    """The WHERE of a filter, without text search; ``zone`` gives days their borders."""
    where = visible(actor)
    for name, value in _equalities(asked):
        where &= Q(**{name: value})
    if asked.mine:
        where &= Q(handler_id=actor.account_id)
    if asked.flag:
        where &= Q(flags__overlap=list(asked.flag))
    return where & _open(asked) & _flags(asked, now) & _days(asked, zone)


def visible(actor: Actor) -> Q:
    """What this person may see at all: the district, and without the wide right his units only."""
    if actor.kind == "system":
        return Q()
    where = Q(district_id=actor.district_id)
    if "case.view" not in actor.permissions:
        return Q(pk__in=[])
    if "case.view" not in actor.district_wide:
        where &= Q(unit_id__in=sorted(actor.unit_ids))
    return where


def _equalities(asked: Filter) -> list[tuple[str, Any]]:
    lists = {
        "state": asked.state, "unit_id": asked.unit, "type_id": asked.type,
        "domain": asked.domain, "street_area_id": asked.street_area, "area_id": asked.area,
        "channel": asked.channel, "pk": asked.case,
    }  # fmt: skip
    pairs: list[tuple[str, Any]] = [
        (name, values[0]) if len(values) == 1 else (f"{name}__in", list(values))
        for name, values in lists.items()
        if values
    ]
    pairs += [("urgent", asked.urgent)] if asked.urgent is not None else []
    return pairs + ([("road_kind", asked.road_kind)] if asked.road_kind else [])


def _open(asked: Filter) -> Q:
    """Spelled as the partial indexes are, so that the planner can use them."""
    if asked.open is None:
        return Q()
    return Q(closed_at__isnull=asked.open)


def _flags(asked: Filter, now: datetime) -> Q:
    where = Q()
    late = Q(closed_at__isnull=True, stage_due_at__lt=now) | Q(handled_at__gt=F("due_at"))
    for wanted, meaning in (
        (asked.overdue, late), (asked.reworked, Q(reworks__gt=0)),
        (asked.extended, Q(extensions__gt=0)), (asked.suspended, Q(suspended_at__isnull=False)),
        (asked.placed, Q(cell_id__isnull=False)),
    ):  # fmt: skip
        if wanted is not None:
            where &= meaning if wanted else ~meaning
    if asked.overdue and asked.open:
        where &= Q(stage_due_at__lt=now)  # lets the index of open cases by deadline stop early
    if asked.due_within_hours is not None:
        where &= Q(stage_due_at__gte=now, stage_due_at__lt=now + timedelta(hours=asked.due_within_hours))
    return where


def _days(asked: Filter, zone: str) -> Q:
    where = Q()
    for name, day, after in (
        ("reported_at__gte", asked.reported_from, 0), ("reported_at__lt", asked.reported_to, 1),
        ("closed_at__gte", asked.closed_from, 0), ("closed_at__lt", asked.closed_to, 1),
    ):  # fmt: skip
        if day is not None:
            start = datetime.combine(day + timedelta(days=after), time(), ZoneInfo(zone))
            where &= Q(**{name: start})
    return where


@dataclass(frozen=True)
class Named:
    """A filter with a name, as the desk shows it."""

    key: str
    label: Any
    asked: Filter


def named(today: date) -> tuple[Named, ...]:
    """The twelve filters every desk has; a district adds its own as saved filters."""
    week = today - timedelta(days=6)
    return (
        Named("open", _("All open"), Filter(open=True)),
        Named("overdue", _("Overdue"), Filter(open=True, overdue=True)),
        Named("today", _("Due in 24 hours"), Filter(open=True, due_within_hours=24)),
        Named("urgent", _("Urgent"), Filter(open=True, urgent=True)),
        Named("new", _("Newly reported"), Filter(reported_from=today, order="newest")),
        Named("verify", _("To verify"), Filter(open=True, state=("reported", "pending_verify"))),
        Named("file", _("To file"), Filter(open=True, state=("pending_file",))),
        Named("dispatch", _("To dispatch"), Filter(open=True, state=("pending_dispatch", "returned"))),
        Named("check", _("To check"), Filter(open=True, state=("handled", "pending_check", "checking"))),
        Named("rework", _("In rework"), Filter(open=True, reworked=True)),
        Named("suspended", _("Suspended"), Filter(open=True, state=("suspended",))),
        Named("closed", _("Closed this week"), Filter(open=False, closed_from=week, order="closed")),
    )
