"""The work list: keyset pages that cost the same on page 1 and page 1,000, at any size.

An order is a sequence of *parts*, each of which is the walk of one index: open cases by the
end of their running clock, open cases without a clock, closed cases, all by report. A page is
read in two steps: the walk gives numbers only and stops early, then the rows are fetched.
Several states (or units) are walked one by one and merged, because an index cannot give
"state in (a, b) by deadline" in order. docs/decisions/work-list.md has the measurements.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from chengzhi.cases.filters import Filter, condition, narrow_units, visible
from chengzhi.cases.models import Case
from chengzhi.cases.textwalk import counted, worded, words_match
from chengzhi.cases.walking import (
    CLOCKED,
    CLOCKLESS,
    CLOSED,
    ORDERS,
    REPORTED,
    Count,
    Key,
    Part,
    behind,
    key_in,
    left,
    token_of,
)
from chengzhi.people.actor import Actor

__all__ = [
    "CAP",
    "PAGE",
    "Count",
    "Page",
    "count",
    "every",
    "fetch",
    "ids",
    "numbered",
    "page",
    "queues",
    "total",
]

CAP = 1_000
PAGE = 50
BRANCHES = 24  # more states × units than this are not worth a walk each
RELATED = ("type", "unit", "area", "street_area", "handler")
# Outlines, passwords, pieces of text and derivations are no part of a list.
FIELDS = (
    *(field.name for field in Case._meta.concrete_fields if field.name not in ("bigrams", "due_why")),
    *(f"{thing}__{name}" for thing in RELATED[:4] for name in ("code", "name", "name_en")),
    "handler__name",
    "handler__username",
)


@dataclass(frozen=True)
class Page:
    """One page of cases; ``next`` is the key to ask for the following one."""

    cases: list[Case]
    next: str | None


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
    found = _walk(asked, actor, zone, now, key_in(after), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return Page(fetch([key.number for key in found[:limit]]), token_of(last) if last else None)


def fetch(numbers: Sequence[int]) -> list[Case]:
    """The cases of these numbers in this order, with what a list shows of them."""
    rows = listed(Case.objects.filter(pk__in=numbers))
    by_number = {case.pk: case for case in rows}
    return [by_number[number] for number in numbers if number in by_number]


def listed(rows: "QuerySet[Case]") -> "QuerySet[Case]":
    """With what a list shows of a case and of the things it names, and no more."""
    return rows.select_related(*RELATED).only(*FIELDS)


def count(asked: Filter, actor: Actor, zone: str, *, now: datetime, cap: int = CAP) -> Count:
    """How many cases the filter has, counted no further than the cap.

    The same walk as the page's: without an order the planner may choose to read the whole
    table until it has met `cap` rows.
    """
    if numbered(asked.q, actor) is not None:
        return Count(1, False)
    rows = Case.objects.filter(condition(asked, actor, zone, now))
    if asked.q:
        return counted(rows, words_match(asked.q), _parts(asked), cap)
    branches, number = _branches(asked, actor), 0
    for part in _parts(asked):
        if number <= cap:
            number += _met(rows, part, branches, cap + 1 - number)
    return Count(min(number, cap), number > cap)


def _met(rows: "QuerySet[Case]", part: Part, branches: list[Q], limit: int) -> int:
    """How many rows the walks of a part meet, at most `limit`: counted where they lie, not fetched."""
    sql, values = _together(_walks(rows.filter(part.where), part, branches), limit)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) AS w LIMIT {limit:d}) AS met", values)
        return int(cursor.fetchone()[0])


def ids(asked: Filter, actor: Actor, zone: str, *, now: datetime, limit: int | None = None) -> list[int]:
    """The numbers of all cases of a filter in its order, at most `limit`."""
    return [key.number for key in _walk(asked, actor, zone, now, None, limit or 2**31)]


def every(asked: Filter, actor: Actor, zone: str, *, now: datetime, chunk: int = 2000) -> Iterator[Case]:
    """All cases of a filter in its order, streamed through a cursor of the server."""
    exact = numbered(asked.q, actor)
    if exact is not None:
        yield exact
        return
    for part in _parts(asked):
        rows = _matches(asked, actor, zone, now).filter(part.where).order_by(*part.order)
        yield from listed(rows).iterator(chunk_size=chunk)


def total(asked: Filter, actor: Actor, zone: str, *, now: datetime) -> int:
    """How many cases the filter has, all counted: for background work only."""
    if numbered(asked.q, actor) is not None:
        return 1
    return _matches(asked, actor, zone, now).order_by().values("pk").count()


_QUEUES = """
SELECT q.state, whole.n, late.n FROM unnest(%(states)s::text[]) AS q(state)
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM cases_case c
  WHERE c.district_id = %(district)s AND c.state = q.state AND c.closed_at IS NULL {units}
  LIMIT %(most)s) AS w) AS whole
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM cases_case c
  WHERE c.district_id = %(district)s AND c.state = q.state AND c.closed_at IS NULL {units}
    AND c.stage_due_at < %(now)s ORDER BY c.stage_due_at LIMIT %(most)s) AS l) AS late
"""


def queues(
    states: Sequence[str], actor: Actor, *, now: datetime, cap: int = CAP
) -> dict[str, tuple[int, int]]:
    """How many open cases a person sees in each state, and how many of them are late; each counted
    no further than one above the cap. One statement, one walk of an index for each."""
    if "case.view" not in actor.permissions:
        return dict.fromkeys(states, (0, 0))
    units = narrow_units(actor)
    values = {
        "states": list(states),
        "district": actor.district_id,
        "now": now,
        "most": cap + 1,
        "units": units,
    }
    own = "" if units is None else "AND c.unit_id = ANY(%(units)s)"
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES.format(units=own), values)
        return {state: (whole, late) for state, whole, late in cursor.fetchall()}


def numbered(text: str, actor: Actor) -> Case | None:
    """The case with exactly this number that the person may see, whatever the filter."""
    if actor.district_id is None or not any(map(str.isdecimal, text)):
        return None  # every number has digits
    found = Case.objects.filter(visible(actor), district_id=actor.district_id, number=text)
    return listed(found).first()


def _walk(asked: Filter, actor: Actor, zone: str, now: datetime, key: Key | None, limit: int) -> list[Key]:
    exact = numbered(asked.q, actor)
    if exact is not None:
        return [] if key is not None else [Key(REPORTED.key, exact.reported_at, exact.pk)]
    if asked.q:
        rows = Case.objects.filter(condition(asked, actor, zone, now))
        return worded(rows, words_match(asked.q), _parts(asked), key, limit)
    parts = left(_parts(asked), key)
    rows = _matches(asked, actor, zone, now)
    branches = _branches(asked, actor)
    found: list[Key] = []
    for part in parts:
        if len(found) >= limit:
            break
        behind = key if key is not None and key.part == part.key else None
        found += _stretch(rows, part, branches, behind, limit - len(found))
    return found


def _parts(asked: Filter) -> tuple[Part, ...]:
    """The parts of the order in which the filter can have rows at all."""
    without: set[str] = set()
    if asked.open is True or asked.due_within_hours is not None:
        without.add(CLOSED.key)
    if asked.open is False or asked.closed_from or asked.closed_to:
        without |= {CLOCKED.key, CLOCKLESS.key}
    if asked.overdue or asked.due_within_hours is not None:
        without.add(CLOCKLESS.key)
    return tuple(part for part in ORDERS[asked.order] if part.key not in without)


def _branches(asked: Filter, actor: Actor) -> list[Q]:
    """One condition for each state and unit asked for, where an index has them in order."""
    if asked.q or asked.case or asked.helping or asked.order != "due":
        return []
    units = list(asked.unit) if asked.unit else (narrow_units(actor) or [])
    by_state = [Q(state=state) for state in asked.state] or [Q()]
    by_unit = [Q(unit_id=unit) for unit in units] or [Q()]
    if len(by_state) * len(by_unit) > BRANCHES:
        by_unit = [Q()]
    return [state & unit for state in by_state for unit in by_unit]


def _stretch(rows: "QuerySet[Case]", part: Part, branches: list[Q], key: Key | None, limit: int) -> list[Key]:
    rows = rows.filter(part.where)
    if key is not None:
        rows = rows.filter(behind(part, key))
    walks, with_moment = _walks(rows, part, branches), part.column is not None
    found = _merged(walks, part, limit) if len(walks) > 1 else walks[0][:limit]
    return [Key(part.key, moment if with_moment else None, pk) for pk, moment in found]


def _walks(rows: "QuerySet[Case]", part: Part, branches: list[Q]) -> list[Any]:
    """The walks of one part: one for each branch, where the part's index has them in order."""
    ordered = rows.order_by(*part.order).values_list("pk", part.column or "pk")
    return [ordered] if part.key == CLOSED.key or not branches else [ordered.filter(one) for one in branches]


def _together(walks: list[Any], limit: int) -> tuple[str, list[Any]]:
    """Several walks as one statement, each of which stops early."""
    pieces, values = [], list[Any]()
    for walk in walks:
        sql, params = walk[:limit].query.sql_with_params()
        pieces.append(f"({sql})")
        values += params
    return " UNION ALL ".join(pieces), values


def _merged(walks: list[Any], part: Part, limit: int) -> list[tuple[int, Any]]:
    """The first rows of several walks in their common order."""
    sql, values = _together(walks, limit)
    way = " DESC" if part.descending else ""
    order = f"2{way}, 1{way}" if part.column else f"1{way}"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {order} LIMIT {limit:d}", values)
        return [(int(pk), moment) for pk, moment in cursor.fetchall()]


def _matches(asked: Filter, actor: Actor, zone: str, now: datetime) -> "QuerySet[Case]":
    rows = Case.objects.filter(condition(asked, actor, zone, now))
    if not asked.q:
        return rows
    return rows.filter(words_match(asked.q))
