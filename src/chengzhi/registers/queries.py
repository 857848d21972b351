"""Reads of registers: lists that cost the same on every page, one object, calendars, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from chengzhi import clock
from chengzhi.people.actor import Actor
from chengzhi.places.words import bigrams
from chengzhi.registers.filters import Filter, Key, behind, condition, exactly, key_in, token_of, words_match
from chengzhi.registers.getting import object_of, party_of
from chengzhi.registers.maps import features, nearest
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.policies import day_in, policy
from chengzhi.registers.rules import seen

__all__ = [
    "CAP",
    "PAGE",
    "Filter",
    "Page",
    "calendar",
    "checks_due",
    "counts",
    "every",
    "expiring",
    "family",
    "features",
    "nearest",
    "object_by_number",
    "object_by_public_code",
    "object_of",
    "page",
    "party_of",
    "permits_of",
    "search",
]

CAP = 1_000
PAGE = 50
NEAR = 1_500  # rows of the order looked through for a word before its matches are sorted
# What a list shows; shapes and search pieces are no part of it.
RELATED = ("party", "unit", "area", "street_area")
FIELDS = (
    *(field.name for field in RegisteredObject._meta.concrete_fields if field.name not in ("bigrams", "shape")),
    "party__name", "unit__name", "unit__code", *(f"{one}__{name}" for one in RELATED[2:] for name in ("name", "name_en")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One page of objects; `next` asks for the following one; `total` counts no further than CAP."""

    rows: list[RegisteredObject]
    next: str | None
    total: int
    capped: bool


def page(
    asked: Filter, actor: Actor, *, after: str | None = None, limit: int = PAGE, today: date | None = None
) -> Page:
    """One page of what the filter has and the person may see. Raises BadFilter for a broken `after`."""
    exact = exactly(asked, actor)
    if exact is not None:
        return Page([] if after else _rows([exact]), None, 1, False)
    where = _where(asked, actor, today)
    key = key_in(after, asked.order)
    found = _walk(asked, where, key, limit + 1)
    more = len(found) > limit
    total = _total(asked, where)
    rows = _rows([number for _, number in found[:limit]])
    last = found[limit - 1] if more else None
    return Page(rows, token_of((str(last[0]), last[1])) if last else None, min(total, CAP), total > CAP)


def search(asked: Filter, actor: Actor, text: str, *, limit: int = 20) -> list[RegisteredObject]:
    """The first objects a text finds: by number or code exactly, else by words."""
    from dataclasses import replace

    return page(replace(asked, text=text), actor, limit=limit).rows


def every(asked: Filter, actor: Actor, *, today: date | None = None, chunk: int = 2000) -> "QuerySet[Any]":
    """All objects of a filter in its order; iterate it with `.iterator(chunk_size=…)`."""
    rows = RegisteredObject.objects.filter(_where(asked, actor, today), words_match(asked.text))
    return rows.order_by(*asked.order).select_related("party", "unit").defer("bigrams")


def _where(asked: Filter, actor: Actor, today: date | None) -> Q:
    dated = bool(asked.permit or asked.check) and actor.district_id is not None
    if not dated:
        return condition(asked, actor, today or date.min, 0)
    now = clock.now()
    district = actor.district_id or 0
    day = today or day_in(district, now)
    return condition(asked, actor, day, int(policy(district, "registers/expiring_days", now)))


def _walk(asked: Filter, where: Q, key: Key | None, limit: int) -> list[Key]:
    rows = RegisteredObject.objects.filter(where)
    if key is not None:
        rows = rows.filter(behind(asked.order, key, one_kind=bool(asked.kind)))
    columns = (asked.order[0], "id")
    if not bigrams(asked.text):
        return list(rows.order_by(*asked.order).values_list(*columns)[:limit])
    near, ended = _next_rows(rows, asked, limit)
    if ended or len(near) >= limit:
        return near[:limit]
    return _sorted_matches(rows.filter(words_match(asked.text)), asked, limit)


def _next_rows(rows: "QuerySet[Any]", asked: Filter, limit: int) -> tuple[list[Key], bool]:
    """The matches among the next rows of the order, and whether these were the last ones."""
    ahead = rows.order_by(*asked.order).values(*asked.order, "bigrams")[:NEAR]
    sql, values = ahead.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH ahead AS MATERIALIZED ({sql}), seen AS (SELECT count(*) AS n FROM ahead) "
            f"SELECT {asked.order[0]}, id, n FROM seen LEFT JOIN ahead ON bigrams @> %s::varchar[] "
            f"ORDER BY 1, 2 LIMIT {limit:d}",
            [*values, bigrams(asked.text)],
        )
        found = cursor.fetchall()
    return [(value, number) for value, number, _n in found if number], found[0][2] < NEAR


def _sorted_matches(rows: "QuerySet[Any]", asked: Filter, limit: int) -> list[Key]:
    """All matches found by the index of words, then sorted; the walk has shown that they are few."""
    sql, values = rows.order_by().values(*asked.order).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS MATERIALIZED ({sql}) SELECT {asked.order[0]}, id FROM found ORDER BY 1, 2 LIMIT {limit:d}",
            values,
        )
        return [(value, number) for value, number in cursor.fetchall()]


def _total(asked: Filter, where: Q) -> int:
    rows = RegisteredObject.objects.filter(where, words_match(asked.text)).order_by()
    return int(rows[: CAP + 1].values("pk").count())


def _rows(numbers: Sequence[int]) -> list[RegisteredObject]:
    by_number = {row.pk: row for row in _listed(RegisteredObject.objects.filter(pk__in=numbers))}
    return [by_number[number] for number in numbers if number in by_number]


def _listed(rows: "QuerySet[RegisteredObject]") -> "QuerySet[RegisteredObject]":
    return rows.select_related(*RELATED).only(*FIELDS)


def object_by_number(number: str, *, by: Actor) -> RegisteredObject | None:
    """The object of a register number in the person's district."""
    return RegisteredObject.objects.filter(number=number.strip().upper(), **seen(by)).first()


def object_by_public_code(code: str) -> RegisteredObject | None:
    """The object of a printed label, whatever its district; the caller decides what is public of it.

    The label of a double that was merged leads to the one that was kept.
    """
    plain = code.strip().lower()
    found = RegisteredObject.objects.filter(public_code=plain).first()
    for _step in range(8):  # a merged one may have been merged again
        if found is None or found.merged_into_id is None:
            return found
        found = RegisteredObject.objects.filter(pk=found.merged_into_id).first()
    return found


_FAMILY = """
WITH RECURSIVE one AS (
  SELECT %s::bigint AS id
  UNION SELECT o.id FROM registers_registeredobject o JOIN one ON o.merged_into_id = one.id
) SELECT id FROM one"""


def family(object_id: int) -> list[int]:
    """The object and all doubles merged into it: photos, permits, checks and cases are read of all."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, [object_id])
        return [int(row[0]) for row in cursor.fetchall()]


def permits_of(object_id: int) -> list[Permit]:
    """The permits of an object and of its merged doubles, newest first, with party and renewal."""
    rows = Permit.objects.filter(object_id__in=family(object_id)).select_related("party", "renewal", "file")
    return list(rows.order_by("-starts_on", "-id"))


def expiring(
    district_id: int, until: date, *, since: date = date.min, kind: str = "", limit: int = 500
) -> list[RegisteredObject]:
    """Objects in the street whose permit ends in a span of days, the earliest first."""
    rows = RegisteredObject.objects.filter(
        district_id=district_id, live=True, permit_until__gte=since, permit_until__lte=until
    )
    rows = rows.filter(kind=kind) if kind else rows
    return list(_listed(rows).order_by("permit_until", "id")[:limit])


def checks_due(
    district_id: int, until: date, *, since: date = date.min, kind: str = "", limit: int = 500
) -> list[RegisteredObject]:
    """Objects in the street whose next check is due in a span of days, the earliest first."""
    rows = RegisteredObject.objects.filter(
        district_id=district_id, live=True, check_due_on__gte=since, check_due_on__lte=until
    )
    rows = rows.filter(kind=kind) if kind else rows
    return list(_listed(rows).order_by("check_due_on", "id")[:limit])


def calendar(district_id: int, first: date, last: date, *, kind: str = "") -> Mapping[str, dict[date, int]]:
    """How many permits end and checks fall due on each day of a span: {"permit": …, "check": …}."""
    return {
        name: _per_day(district_id, column, first, last, kind)
        for name, column in (("permit", "permit_until"), ("check", "check_due_on"))
    }


def _per_day(district_id: int, column: str, first: date, last: date, kind: str) -> dict[date, int]:
    span = {f"{column}__gte": first, f"{column}__lte": last}
    rows = RegisteredObject.objects.filter(district_id=district_id, live=True, **span)
    rows = rows.filter(kind=kind) if kind else rows
    return dict(rows.order_by(column).values_list(column).annotate(n=Count("pk")))


def counts(district_id: int) -> dict[str, int]:
    """How many objects of each kind stand in the street of a district."""
    rows = RegisteredObject.objects.filter(district_id=district_id, live=True)
    return dict(rows.order_by("kind").values_list("kind").annotate(n=Count("pk")))
