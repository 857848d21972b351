"""Keep a district's Parquet files abreast of the database: only touched months, one snapshot."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.extract import write_month
from chengzhi.analytics.manifest import LAYOUT, Manifest, Piece
from chengzhi.analytics.tables import TABLES
from chengzhi.places.models import District

# Every month that has a case, by skipping from month to month along the index (district, reported_at).
MONTHS = """
WITH RECURSIVE month AS (
  SELECT date_trunc('month', min(reported_at), 'UTC') AS first FROM cases_case WHERE district_id = %(district)s
  UNION ALL
  SELECT (
    SELECT date_trunc('month', min(c.reported_at), 'UTC') FROM cases_case c
    WHERE c.district_id = %(district)s
      AND c.reported_at >= ((month.first AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'
  ) FROM month WHERE month.first IS NOT NULL
)
SELECT to_char(first AT TIME ZONE 'UTC', 'YYYY-MM') FROM month WHERE first IS NOT NULL
"""
# The same for visits.
VISITED = """
SELECT DISTINCT to_char(visited_at AT TIME ZONE 'UTC', 'YYYY-MM') FROM inspections_visit
WHERE district_id = %(district)s
"""
# Every change of a case leaves a row in the ledger; its transaction number cannot be backdated.
TOUCHED = """
SELECT DISTINCT to_char(c.reported_at AT TIME ZONE 'UTC', 'YYYY-MM')
FROM ledger_entry e JOIN cases_case c ON c.id = e.thing_id
WHERE e.xid >= %(horizon)s AND NOT pg_visible_in_snapshot(e.xid::text::xid8, %(snapshot)s::pg_snapshot)
  AND e.thing = 'case' AND c.district_id = %(district)s
"""
VISITS_TOUCHED = """
SELECT DISTINCT to_char(v.visited_at AT TIME ZONE 'UTC', 'YYYY-MM')
FROM ledger_entry e JOIN inspections_visit v ON v.id = e.thing_id
WHERE e.xid >= %(horizon)s AND NOT pg_visible_in_snapshot(e.xid::text::xid8, %(snapshot)s::pg_snapshot)
  AND e.thing = 'visit' AND v.district_id = %(district)s
"""
SNAPSHOT = """
SELECT transaction_timestamp(), pg_current_snapshot()::text,
  coalesce(nullif(current_setting('chengzhi.ledger_era', true), ''), '1')::int,
  (SELECT oid::bigint FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Snapshot:
    """The database as it was at one moment."""

    as_of: datetime
    snapshot: str
    era: int
    database: int


def folder_of(slug: str) -> Path:
    """Where a district's Parquet files lie."""
    folder: Path = settings.HOME / "parquet" / slug
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether this process is the only one that refreshes the folder now."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def refresh(district: District, *, full: bool = False) -> Manifest | None:
    """Rewrite the months touched since the last refresh; the manifest is swapped at the end.

    Returns the manifest in force: the new one, or the old one while another process refreshes.
    Reads from one read-only snapshot, so it must not be called inside a transaction.
    """
    folder = folder_of(district.slug)
    with _alone(folder) as alone:
        if not alone:
            return manifests.load(folder)
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return _refresh(cursor, district, folder, full)


def _refresh(cursor: Any, district: District, folder: Path, full: bool) -> Manifest:
    cursor.execute(SNAPSHOT)
    now = Snapshot(*cursor.fetchone())
    old = manifests.load(folder)
    if old and (full or old.layout != LAYOUT or (old.era, old.database) != (now.era, now.database)):
        old = None
    version = _next_version(folder)
    months = _months(cursor, district.pk, old)
    kept = tuple(piece for piece in old.pieces if piece.month not in months) if old else ()
    written = tuple(_written(cursor, district.pk, folder, months, version))
    fresh = Manifest(
        district.slug, now.as_of, version, now.snapshot, now.era, now.database, LAYOUT,
        tuple(sorted(kept + written, key=lambda piece: (piece.table, piece.month))),
    )  # fmt: skip
    manifests.save(folder, fresh)
    return fresh


def _next_version(folder: Path) -> int:
    last = manifests.load(folder)
    return last.version + 1 if last else 1


def _months(cursor: Any, district_id: int, old: Manifest | None) -> set[str]:
    values: dict[str, Any] = {"district": district_id}
    if old is not None:
        values |= {"horizon": old.horizon, "snapshot": old.snapshot}
    found = set()
    for sql in (MONTHS, VISITED) if old is None else (TOUCHED, VISITS_TOUCHED):
        cursor.execute(sql, values)
        found |= {month for (month,) in cursor.fetchall()}
    return found


def _written(cursor: Any, district_id: int, folder: Path, months: set[str], version: int) -> Iterator[Piece]:
    for month in sorted(months):
        for table in TABLES.values():
            stem = folder / f"{table.name}-{month}.{version}"
            yield from write_month(cursor, table, district_id, month, stem)
