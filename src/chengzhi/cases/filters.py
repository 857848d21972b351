"""What a work list may be filtered by, and the named filters the program ships.

A filter is plain data: it stands in an address, in a saved filter, in an export's
arguments, and always gives the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from chengzhi.cases.models import OPEN, Task
from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.places import faults

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


class BadFilter(Problem):
    """A filter in an address cannot be read."""

    code: ClassVar[str] = "cases.bad_filter"


def _split(value: Any) -> Any:
    """Several values stand in an address as one, with commas between them."""
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


Number = Annotated[int, Field(gt=0, lt=2**62)]
Word = Annotated[str, Field(max_length=40)]
Numbers = Annotated[tuple[Number, ...], BeforeValidator(_split), Field(max_length=200)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_split), Field(max_length=200)]
Chosen = Annotated[tuple[Number, ...], BeforeValidator(_split), Field(max_length=5000)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
OrderName = Literal["due", "newest", "closed"]


class Filter(BaseModel):
    """What is asked for; an empty filter is every case one may see."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    open: bool | None = None
    state: Words = ()
    unit: Numbers = ()
    handler: Numbers = ()
    type: Numbers = ()
    domain: Words = ()
    street_area: Numbers = ()
    area: Numbers = ()
    channel: Words = ()
    flag: Words = ()
    case: Chosen = ()
    mine: bool = False
    helping: bool = False
    urgent: bool | None = None
    overdue: bool | None = None
    reworked: bool | None = None
    extended: bool | None = None
    suspended: bool | None = None
    placed: bool | None = None
    road_kind: Literal["main", "back", "unknown"] | None = None
    due_within_hours: Annotated[int, Field(gt=0, le=8784)] | None = None
    reported_from: Day | None = None
    reported_to: Day | None = None
    closed_from: Day | None = None
    closed_to: Day | None = None
    q: str = ""
    order: OrderName = "due"

    @field_validator("q")
    @classmethod
    def _trimmed(cls, text: str) -> str:
        return " ".join(text.replace("\x00", "").split())[:100]

    def as_query(self) -> dict[str, Any]:
        """The filter as JSON for saving, without what is not set."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def as_address(self, **changed: Any) -> str:
        """The filter as the part of an address behind the question mark; None takes a field away."""
        fields = {**self.as_query(), **changed}
        return urlencode({name: _plain(value) for name, value in fields.items() if value is not None})


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def read(values: Mapping[str, Any]) -> Filter:
    """A filter from address parameters or saved JSON; raises :class:`BadFilter`."""
    try:
        return Filter.model_validate({k: v for k, v in values.items() if v not in ("", [], None)})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadFilter(
            str(_("The filter “%(name)s” cannot be used.") % {"name": ".".join(map(str, first["loc"]))}),
            faults.words(first),
            str(_("Choose the filter again on the work list.")),
        ) from error


def condition(asked: Filter, actor: Actor, zone: str, now: datetime) -> Q:
    """The WHERE of a filter, without text search; ``zone`` gives days their borders."""
    where = _helped(actor) if asked.helping else visible(actor)
    for name, value in _equalities(asked):
        where &= Q(**{name: value})
    if asked.mine:
        where &= Q(handler_id=actor.account_id)
    if asked.flag:
        where &= Q(flags__overlap=list(asked.flag))
    return where & _open(asked) & _flags(asked, now) & _days(asked, zone)


def visible(actor: Actor) -> Q:
    """What this person may see at all: the district, and without the wide right his units only."""
    if "case.view" not in actor.permissions:
        return Q(pk__in=[])
    if actor.kind == "system":
        return Q()
    units = narrow_units(actor)
    return Q(district_id=actor.district_id) & (Q() if units is None else Q(unit_id__in=units))


def narrow_units(actor: Actor) -> list[int] | None:
    """The units a person's view is confined to; None when it is the whole district."""
    if actor.kind == "system" or "case.view" in actor.district_wide:
        return None
    return sorted(actor.unit_ids)


def _helped(actor: Actor) -> Q:
    """Cases of any unit of the district with which one's own units help."""
    if "case.view" not in actor.permissions:
        return Q(pk__in=[])
    tasks = Task.objects.filter(
        case_id=OuterRef("pk"), kind=Task.Kind.COHANDLE, unit_id__in=sorted(actor.unit_ids),
        done_at=None, cancelled_at=None,
    )  # fmt: skip
    return Q(district_id=actor.district_id) & Q(Exists(tasks))


def _equalities(asked: Filter) -> list[tuple[str, Any]]:
    lists = {
        "state": asked.state, "unit_id": asked.unit, "handler_id": asked.handler,
        "type_id": asked.type, "domain": asked.domain, "street_area_id": asked.street_area,
        "area_id": asked.area, "channel": asked.channel, "pk": asked.case,
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
    return Q() if asked.open is None else Q(closed_at__isnull=asked.open)


def _flags(asked: Filter, now: datetime) -> Q:
    where = Q()
    for wanted, meaning in (
        (asked.reworked, Q(reworks__gt=0)), (asked.extended, Q(extensions__gt=0)),
        (asked.suspended, Q(suspended_at__isnull=False)), (asked.placed, Q(cell_id__isnull=False)),
    ):  # fmt: skip
        if wanted is not None:
            where &= meaning if wanted else ~meaning
    if asked.overdue is not None:
        late = _late(asked.open, now)
        where &= late if asked.overdue else ~late
    if asked.due_within_hours is not None:
        soon = now + timedelta(hours=asked.due_within_hours)
        where &= OPEN & Q(stage_due_at__gte=now, stage_due_at__lt=soon)
    return where


def _late(is_open: bool | None, now: datetime) -> Q:
    """Overdue: an open case whose running clock has run out, a closed one that was handled late.

    Where the filter says open or closed only that half is asked, so that an index can stop early.
    """
    running, handled = Q(stage_due_at__lt=now), Q(handled_at__gt=F("due_at"))
    if is_open is not None:
        return running if is_open else handled
    return (OPEN & running) | (Q(closed_at__isnull=False) & handled)


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
        Named(
            "dispatch",
            _("To dispatch"),
            Filter(open=True, state=("pending_dispatch", "returned", "check_failed")),
        ),
        Named("check", _("To check"), Filter(open=True, state=("handled", "pending_check", "checking"))),
        Named("rework", _("In rework"), Filter(open=True, reworked=True)),
        Named("suspended", _("Suspended"), Filter(open=True, state=("suspended",))),
        Named("closed", _("Closed this week"), Filter(open=False, closed_from=week, order="closed")),
    )
