"""What a list of objects is narrowed to."""

import base64
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.places.words import bigrams
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.rules import seen

PermitState = Literal["", "expired", "expiring", "none"]


class BadFilter(Problem):
    """A page address that leads nowhere."""

    code: ClassVar[str] = "registers.bad_filter"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; an empty value asks for everything.

    Attributes
    ----------
    kind : key of a register; empty for all of them.
    area, street_area : ids of a community and of a street or town.
    party, unit : ids; `unit` 0 for objects of no unit.
    permit : "expired", "expiring" (within the district's days of notice) or "none" (no permit in force).
    check : "due" for objects whose check is due or overdue.
    flag : such as "outside_district", "incomplete", "possible_double".
    live : True for what stands in the street, False for what has ended, None for both.
    """

    kind: str = ""
    state: str = ""
    area: int | None = None
    street_area: int | None = None
    road_kind: str = ""
    party: int | None = None
    unit: int | None = None
    permit: PermitState = ""
    check: Literal["", "due"] = ""
    text: str = ""
    flag: str = ""
    live: bool | None = None
    domain: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """What the list is ordered by: calendars by their day, all else by register and number."""
        if self.permit in ("expired", "expiring"):
            return ("permit_until", "id")
        return ("check_due_on", "id") if self.check else ("kind", "id")


def condition(asked: Filter, actor: Actor, today: date, notice_days: int) -> Q:
    """The rows a person may see of a filter; words are matched elsewhere."""
    where = Q(**seen(actor))
    for name in ("kind", "state", "road_kind", "domain"):
        if value := getattr(asked, name):
            where &= Q(**{name: value})
    for name in ("area", "street_area", "party"):
        if (number := getattr(asked, name)) is not None:
            where &= Q(**{f"{name}_id": number})
    if asked.unit is not None:
        where &= Q(unit_id=asked.unit or None)
    if asked.state != "merged":
        where &= ~Q(state="merged")
    if asked.flag:
        # The length repeats the partial index's own condition, without which it may not be used.
        where &= Q(flags__contains=[asked.flag], flags__len__gt=0)
    live = True if (asked.permit or asked.check) and asked.live is None else asked.live
    return where & (Q() if live is None else Q(live=live)) & _dated(asked, today, notice_days)


def _dated(asked: Filter, today: date, notice_days: int) -> Q:
    where = Q(check_due_on__lte=today) if asked.check else Q()
    if asked.permit == "expired":
        return where & Q(permit_until__lt=today)
    if asked.permit == "expiring":
        return where & Q(permit_until__gte=today, permit_until__lte=today + timedelta(days=notice_days))
    if asked.permit == "none":
        return where & Q(permit_until=None)
    return where


def exactly(asked: Filter, actor: Actor) -> int | None:
    """The object whose register number or component code the text is, whatever else is asked for."""
    text = asked.text.strip()
    if not text or actor.district_id is None:
        return None
    number = Q(number=text.upper()) | Q(component_code=text)
    found = RegisteredObject.objects.filter(number, **seen(actor)).exclude(state="merged")
    found = found.filter(kind=asked.kind) if asked.kind else found
    return found.order_by("id").values_list("pk", flat=True).first()


def words_match(text: str) -> Q:
    """Objects with all pieces of the words; every object for no words."""
    wanted = bigrams(text)
    return Q(bigrams__contains=wanted) if wanted else Q()


Key = tuple[str, int]


def behind(order: tuple[str, ...], key: Key, *, one_kind: bool = False) -> Q:
    """`(column, id) > key` spelled so that an index bounds the walk; within one kind the id alone does."""
    column, (value, number) = order[0], key
    if one_kind and column == "kind":
        return Q(pk__gt=number)
    return Q(**{f"{column}__gte": value}) & (Q(**{f"{column}__gt": value}) | Q(pk__gt=number))


def token_of(key: Key) -> str:
    """A key as it stands in an address."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_in(token: str | None, order: tuple[str, ...]) -> Key | None:
    """The key of an address. Raises BadFilter when it was cut or changed."""
    if not token:
        return None
    try:
        value, number = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(value, str) or "\x00" in value or not 0 < int(number) < 2**62:
            raise ValueError(value)
        if order[0] != "kind":
            date.fromisoformat(value)
        return value, int(number)
    except (ValueError, TypeError) as error:
        raise BadFilter(
            _("This page of the list cannot be found."),
            _("The address was cut or changed."),
            _("Go back to the first page."),
        ) from error
