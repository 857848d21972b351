"""Walking a list by the words in it.

Common words are found among the next rows of the order; of rare ones the whole match set is
sorted; what lies between is found by walking further. Left to itself the planner sorts a
hundred thousand matches, or walks ten million rows for a word that is not there.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _

from chengzhi.cases.filters import BadFilter
from chengzhi.cases.models import Case
from chengzhi.cases.walking import Count, Key, Part, behind, left
from chengzhi.cases.words import bigrams

SMALL = 20_000  # so many matches are sorted; more are found by walking the order
NEAR = 4_000  # among so many rows of the order a common word is looked for first
SURE = 50  # so many found nearby show that the word is common


def words_match(text: str) -> Q:
    """Every two-character piece is there, and the whole text where it is longer than one piece."""
    pieces = bigrams(text)
    if not pieces or all(len(piece) < 2 for piece in pieces):
        raise BadFilter(
            _("Search needs at least two characters."),
            _("One character is in almost every case."),
            _("Type one character more, or choose a filter."),
        )
    where = Q(bigrams__contains=pieces)
    if len(pieces) == 1:
        return where
    for word in text.split():
        where &= Q(text__icontains=word) | Q(address__icontains=word) | Q(number__icontains=word)
    return where


def worded(
    rows: "QuerySet[Case]", words: Q, parts: tuple[Part, ...], key: Key | None, limit: int
) -> list[Key]:
    """The next `limit` matches behind the key, in the order of the parts."""
    rest = left(parts, key)
    found, end = _window(rows, words, rest[0], key, NEAR) if rest else ([], None)
    if not rest or len(found) >= limit:
        return found[:limit]
    if end is not None and _walk_is_shorter(len(found), limit, _about_rows):
        return _on(rows, words, rest, end, limit, found)
    few = _few(rows.filter(words), parts, key, limit)
    return few if few is not None else _on(rows, words, rest, key, limit, [])


def _walk_is_shorter(seen: int, limit: int, all_rows: Callable[[], float]) -> bool:
    """Whether the rest of a page lies fewer rows further on than the whole table has matches.

    Both are guessed from how many of the next `NEAR` rows matched.
    """
    return seen > 0 and (limit - seen) * NEAR / seen < seen / NEAR * all_rows()


def _about_rows() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'cases_case'::regclass")
        return float(cursor.fetchone()[0])


def _window(
    rows: "QuerySet[Case]", words: Q, part: Part, key: Key | None, size: int
) -> tuple[list[Key], Key | None]:
    """The matches among the next `size` rows of a part, and where these end if there are more."""
    rows = rows.filter(part.where)
    if key is not None and key.part == part.key:
        rows = rows.filter(behind(part, key))
    hit = ExpressionWrapper(words, output_field=BooleanField())
    walk = rows.annotate(hit=hit).order_by(*part.order).values_list("pk", part.column or "pk", "hit")[:size]
    sql, values = walk.query.sql_with_params()
    way = "DESC" if part.descending else ""
    order = f"at {way}, id {way}" if part.column else "id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH w(id, at, hit) AS MATERIALIZED ({sql}), last AS (SELECT * FROM w ORDER BY {order}"
            f" OFFSET {size - 1:d} LIMIT 1) SELECT id, at, true, hit FROM w WHERE hit"
            f" UNION ALL SELECT id, at, false, hit FROM last",
            values,
        )
        seen = cursor.fetchall()
    keys = [Key(part.key, at if part.column else None, number) for number, at, whole, _hit in seen if whole]
    ends = [
        Key(part.key, at if part.column else None, number) for number, at, whole, _hit in seen if not whole
    ]
    keys.sort(key=_sorting(part))
    return keys, ends[0] if ends else None


def _sorting(part: Part) -> Any:
    sign = -1 if part.descending else 1
    return lambda key: (sign * key.moment.timestamp() if key.moment else 0.0, sign * key.number)


def _few(found: "QuerySet[Case]", parts: tuple[Part, ...], key: Key | None, limit: int) -> list[Key] | None:
    """The next rows of the match set when it is small, sorted; None when it is not."""
    columns = ("pk", "closed_at", "stage_due_at", "reported_at")
    sql, values = found.order_by().values_list(*columns).query.sql_with_params()
    ranked = " ".join(f"WHEN {_IS[part.key]} THEN {place}" for place, part in enumerate(parts))
    moment = " ".join(f"WHEN {_IS[part.key]} THEN {_AT[part.key]}" for part in parts)
    down = " OR ".join(_IS[part.key] for part in parts if part.descending) or "false"
    later, after = "", list[Any]()
    if key is not None:
        place, part = next((n, part) for n, part in enumerate(parts) if part.key == key.part)
        at = key.moment.isoformat() if key.moment else "epoch"
        sign = -1 if part.descending else 1
        later = f"WHERE (place, x, y) > (%s, {sign} * extract(epoch FROM %s::timestamptz), %s)"
        after = [place, at, sign * key.number]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH h(id, closed_at, stage_due_at, reported_at) AS MATERIALIZED ({sql} LIMIT {SMALL + 1}),"
            f" n(matches) AS (SELECT count(*) FROM h),"
            f" k AS (SELECT *, CASE {ranked} END AS place, CASE {moment} END AS x,"
            f" CASE WHEN {down} THEN -id ELSE id END AS y FROM h)"
            f" SELECT matches, id, place, closed_at, stage_due_at, reported_at FROM n LEFT JOIN LATERAL"
            f" (SELECT * FROM k {later} ORDER BY place, x, y LIMIT {limit:d}) AS rows ON matches <= {SMALL}"
            f" ORDER BY place, x, y",
            [*values, *after],
        )
        seen = cursor.fetchall()
    if seen[0][0] > SMALL:
        return None
    return [_key_of(parts[place], number, moments) for _n, number, place, *moments in seen if number]


_IS = {
    "d": "closed_at IS NULL AND stage_due_at IS NOT NULL",
    "n": "closed_at IS NULL AND stage_due_at IS NULL",
    "c": "closed_at IS NOT NULL",
    "r": "true",
}
_AT = {
    "d": "extract(epoch FROM stage_due_at)",
    "n": "0",
    "c": "-extract(epoch FROM closed_at)",
    "r": "-extract(epoch FROM reported_at)",
}


def _key_of(part: Part, number: int, moments: Sequence[datetime | None]) -> Key:
    names = ("closed_at", "stage_due_at", "reported_at")
    at = moments[names.index(part.column)] if part.column else None
    return Key(part.key, at, number)


def _on(
    rows: "QuerySet[Case]",
    words: Q,
    parts: tuple[Part, ...],
    key: Key | None,
    limit: int,
    found: list[Key],
) -> list[Key]:
    """Walk on from the key in growing windows until there are enough with those found before it."""
    for part in parts:
        size, at = 8 * NEAR, key
        while len(found) < limit:
            more, end = _window(rows, words, part, at, size)
            found = found + more
            if end is None:
                break
            at, size = end, size * 4
    return found[:limit]


def counted(rows: "QuerySet[Case]", words: Q, parts: tuple[Part, ...], cap: int) -> Count:
    """How many match; of a common word only that there are more than were met on the way."""
    if not parts:
        return Count(0, False)
    met, end = _window(rows, words, parts[0], None, NEAR)
    if end is not None and len(met) > SURE:
        return Count(min(len(met) - 1, cap), True)
    number = rows.filter(words).order_by()[: cap + 1].values("pk").count()
    return Count(min(number, cap), number > cap)
