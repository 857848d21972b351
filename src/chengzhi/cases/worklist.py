"""The work list: keyset pages that cost the same on page 1 and page 1,000, at any size.

Text search follows one rule (measured, see docs/decisions): count the matches up to a
cap; below it materialise the match set, above it walk the order's index and test rows.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from chengzhi.cases.filters import BadFilter, Filter, condition
from chengzhi.cases.models import Case
from chengzhi.cases.words import bigrams
from chengzhi.people.actor import Actor

CAP = 1_000
PAGE = 50
RELATED = ("type", "unit", "area", "street_area", "handler")


class Order(NamedTuple):
    """An order of the list: the column, its direction, whether it may be unknown."""

    column: str
    descending: bool
    nullable: bool


ORDERS = {
    "due": Order("stage_due_at", descending=False, nullable=True),
    "newest": Order("reported_at", descending=True, nullable=False),
    "closed": Order("closed_at", descending=True, nullable=True),
}


@dataclass(frozen=True)
class Page:
    """One page of cases; ``next`` is the key to ask for the following one."""

    cases: list[Case]
    next: str | None


@dataclass(frozen=True)
class Count:
    """How many there are; ``capped`` means "at least so many"."""

    number: int
    capped: bool


def page(
    asked: Filter,
    actor: Actor,
    zone: str,
    *,
    now: datetime,
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the cases a person may see, in the filter's order."""
    order = ORDERS[asked.order]
    rows = _matches(asked, actor, zone, now).select_related(*RELATED).defer("bigrams", "due_why")
    found = _from_key(rows, order, _key(after), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], _token(last, order) if last else None)


def count(asked: Filter, actor: Actor, zone: str, *, now: datetime, cap: int = CAP) -> Count:
    """How many cases the filter has, counted no further than the cap."""
    capped = _matches(asked, actor, zone, now).order_by()[: cap + 1]
    number = capped.values("pk").count()
    return Count(min(number, cap), number > cap)


def ids(asked: Filter, actor: Actor, zone: str, *, now: datetime) -> "QuerySet[Case, int]":
    """The numbers of all cases of a filter, for exports and bulk actions."""
    order = ORDERS[asked.order]
    sign = "-" if order.descending else ""
    rows = _matches(asked, actor, zone, now).order_by(f"{sign}{order.column}", f"{sign}id")
    return rows.values_list("pk", flat=True)


def _matches(asked: Filter, actor: Actor, zone: str, now: datetime) -> "QuerySet[Case]":
    rows = Case.objects.filter(condition(asked, actor, zone, now))
    if not asked.q:
        return rows
    numbered = rows.filter(number=asked.q) if actor.district_id else rows.none()
    if numbered.exists():
        return numbered
    found = rows.filter(words_match(asked.q))
    few = _few(found)
    return rows.filter(pk__in=few) if few is not None else found


def words_match(text: str) -> Q:
    """Every two-character piece is there, and the whole text where it is longer than one piece."""
    pieces = bigrams(text)
    if not pieces:
        raise BadFilter(
            "Search needs at least two characters.",
            "One character is in almost every case.",
            "Type one character more, or choose a filter.",
        )
    where = Q(bigrams__contains=pieces)
    if len(pieces) == 1:
        return where
    for word in text.split():
        where &= Q(text__icontains=word) | Q(address__icontains=word) | Q(number__icontains=word)
    return where


def _few(found: "QuerySet[Case]") -> list[int] | None:
    """The match set when it is small, read without walking the order's index."""
    sql, values = found.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"WITH h AS MATERIALIZED ({sql} LIMIT {CAP + 1}) SELECT id FROM h", values)
        numbers = [row[0] for row in cursor.fetchall()]
    return numbers if len(numbers) <= CAP else None


Key = tuple[datetime | None, int]


def _from_key(rows: "QuerySet[Case]", order: Order, key: Key | None, limit: int) -> list[Case]:
    """Rows behind the key: first those with a value in order, then those without."""
    sign = "-" if order.descending else ""
    known = rows.filter(**{f"{order.column}__isnull": False}) if order.nullable else rows
    found: list[Case] = []
    if key is None or key[0] is not None:
        behind = known if key is None else known.filter(_behind(order, key))
        found = list(behind.order_by(f"{sign}{order.column}", f"{sign}id")[:limit])
    if order.nullable and len(found) < limit:
        unknown = rows.filter(**{f"{order.column}__isnull": True})
        if key is not None and key[0] is None:
            unknown = unknown.filter(pk__gt=key[1])
        found += unknown.order_by("id")[: limit - len(found)]
    return found


def _behind(order: Order, key: Key) -> Q:
    """``(column, id) > key`` spelled so that the index on the column bounds the walk."""
    sign = "lt" if order.descending else "gt"
    moment, number = key
    bound = Q(**{f"{order.column}__{sign}e": moment})
    later = Q(**{f"{order.column}__{sign}": moment})
    return bound & (later | Q(**{f"pk__{sign}": number}))


def _token(case: Case, order: Order) -> str:
    moment: datetime | None = getattr(case, order.column)
    body = json.dumps([moment.isoformat() if moment else None, case.pk])
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _key(token: str | None) -> Key | None:
    if not token:
        return None
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return (datetime.fromisoformat(moment) if moment else None), int(number)
    except (ValueError, TypeError) as error:
        raise BadFilter(
            "This page of the list cannot be found.",
            "The address was cut or changed.",
            "Go back to the first page.",
        ) from error


def columns_of(case: Case) -> dict[str, Any]:
    """The values a table or an export shows of one case, by column key."""
    return {
        "number": case.number, "state": case.state, "type": case.type, "address": case.address,
        "area": case.area, "street_area": case.street_area, "unit": case.unit,
        "handler": case.handler, "channel": case.channel, "reported_at": case.reported_at,
        "due_at": case.due_at, "stage_due_at": case.stage_due_at, "handled_at": case.handled_at,
        "closed_at": case.closed_at, "urgent": case.urgent, "reworks": case.reworks,
        "extensions": case.extensions, "outcome": case.outcome, "text": case.text,
    }  # fmt: skip
