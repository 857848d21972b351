"""Reads of cases that other areas ask for. The work list and search have files of their own."""

from datetime import datetime, timedelta
from typing import Any

import shapely
from django.db import connection
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.index import place_index


class NoSuchCase(Problem):
    """A case that does not exist, or that the person may not see."""

    code = "cases.no_such_case"
    status = 404


def case(case_id: int, *, by: Actor | None = None) -> Case:
    """One case, in the actor's district if one is given. Raises NoSuchCase."""
    found = Case.objects.filter(pk=case_id).first()
    outside = by is not None and by.kind != "system" and found and found.district_id != by.district_id
    if found is None or outside:
        raise NoSuchCase(_("There is no such case."), "", _("Look at the number again."))
    return found


def merged_with(case_id: int) -> list[int]:
    """The case and all cases merged into it, however many mergers deep."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, [case_id])
        return [int(row[0]) for row in cursor.fetchall()]


_MERGED = """
WITH RECURSIVE one AS (
  SELECT %s::bigint AS id UNION SELECT c.id FROM cases_case c JOIN one ON c.merged_into_id = one.id
) SELECT id FROM one"""


def near_cells(district_id: int, lon: float | None, lat: float | None, cell_id: int | None) -> list[int]:
    """The cell and those around the point; from memory, without a query."""
    cells = {cell_id} if cell_id is not None else set()
    if lon is not None and lat is not None:
        index = place_index(district_id)
        box = shapely.box(lon - _NEAR, lat - _NEAR, lon + _NEAR, lat + _NEAR)
        cells |= {index.piece_facts[i][0] for i in index.tree.query(box)}
    return sorted(number for number in cells if number is not None)


_NEAR = 100 / METRES_PER_DEGREE
"""Half the side of the box around the point whose cells count as neighbours: about one cell."""

# The index (cell, reported_at) gives the last days of the cells in the box; same type first.
_DUPLICATES = """
SELECT c.id, c.number, c.state, c.type_id, c.text, c.address, c.lon, c.lat, c.reported_at,
       c.type_id IS NOT DISTINCT FROM %(type)s AS same_type
FROM cases_case c
WHERE c.cell_id = ANY(%(cells)s) AND c.district_id = %(district)s AND c.reported_at > %(since)s AND c.reported_at <= %(at)s
  AND c.state NOT IN ('void', 'merged', 'not_accepted') AND c.id <> %(self)s
ORDER BY same_type DESC, abs(c.lon - %(lon)s) + abs(c.lat - %(lat)s), c.id DESC
LIMIT %(limit)s"""


def duplicates(
    *,
    district_id: int,
    lon: float | None,
    lat: float | None,
    cell_id: int | None,
    type_id: int | None,
    at: datetime,
    case_id: int = 0,
    limit: int = 10,
) -> list[dict[str, Any]]:
    """Cases that may tell of the same problem: same or neighbouring cell, last days, same type first."""
    cells = near_cells(district_id, lon, lat, cell_id)
    if not cells:
        return []
    days = habits(district_id).policy("duplicate_days", at)
    values: dict[str, Any] = {
        "cells": cells, "district": district_id, "type": type_id,
        "since": at - timedelta(days=days), "at": at, "lon": lon or 0.0, "lat": lat or 0.0,
        "self": case_id, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DUPLICATES, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
