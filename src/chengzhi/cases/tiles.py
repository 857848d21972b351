"""The map's counts: open cases per Z-order tile, made anew from the cases within a minute.

A tile is a prefix of the Z-order key, so all zoom levels come from one sorted column and
a box of the map is a few ranges of it. The counts know nothing of rights: who may see a
part of the cases only is answered from the cases themselves.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from chengzhi.places.boxes import Box, key_condition, place_condition, ranges
from chengzhi.places.models import District
from chengzhi.places.zorder import BITS, zkey

__all__ = [
    "Box",
    "Tile",
    "clusters",
    "level_of",
    "place_condition",
    "ranges",
    "rebuild",
    "refresh",
    "tile_of",
]

LEVELS = (12, 14, 16, 18)  # bits per axis: squares of about 9.8 km, 2.4 km, 600 m and 150 m
POINTS_FROM = 15.0  # from this zoom on, cases are shown one by one
MOST_POINTS = 300  # more in one picture are counted: one by one they would only cover each other


class Tile(models.Model):
    """How many open cases lie in one tile, and how many of them are late."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, db_index=False)
    level = models.SmallIntegerField()
    key = models.BigIntegerField()
    open = models.IntegerField()
    overdue = models.IntegerField()
    lon = models.FloatField()
    lat = models.FloatField()

    class Meta:
        app_label = "cases"
        constraints = [  # a box of the map at one level
            models.UniqueConstraint(fields=["district", "level", "key"], name="tile_once")
        ]


_REBUILD = """
WITH level(bits) AS (SELECT unnest(%(levels)s::smallint[])),
counted AS (
  SELECT c.district_id, l.bits, c.zkey >> (2 * (%(bits)s - l.bits)) AS key, count(*) AS n,
    count(*) FILTER (WHERE c.stage_due_at < %(now)s) AS late, avg(c.lon) AS lon, avg(c.lat) AS lat
  FROM cases_case c CROSS JOIN level l
  WHERE c.closed_at IS NULL AND c.zkey IS NOT NULL
  GROUP BY c.district_id, l.bits, c.zkey >> (2 * (%(bits)s - l.bits))
)
INSERT INTO cases_tile (district_id, level, key, open, overdue, lon, lat)
SELECT district_id, bits, key, n, late, lon, lat FROM counted
"""


@transaction.atomic
def rebuild(*, on: datetime) -> int:
    """Count all open cases anew; readers see the old counts until the new ones are whole."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_tile")
        cursor.execute(_REBUILD, {"levels": list(LEVELS), "bits": BITS, "now": on})
        return int(cursor.rowcount)


# What the worker saw when it last counted: the newest ledger entry, and when.
_seen: dict[str, Any] = {"entry": None, "at": None}
ANYWAY = timedelta(minutes=10)  # cases become overdue although nobody touches them


def refresh(*, on: datetime) -> bool:
    """Count anew if anything was recorded since the last time, or ten minutes have passed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_entry ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    newest = row[0] if row else 0
    if _seen["entry"] == newest and _seen["at"] is not None and on < _seen["at"] + ANYWAY:
        return False
    rebuild(on=on)
    _seen.update(entry=newest, at=on)
    return True


def level_of(zoom: float) -> int:
    """The level whose squares are about 64 pixels wide at a zoom (512-pixel map tiles)."""
    wanted = round(zoom) + 3
    return min(LEVELS, key=lambda level: (abs(level - wanted), level))


def clusters(district_id: int, box: Box, zoom: float) -> list[dict[str, Any]]:
    """Counts of the whole district inside a box."""
    level = level_of(zoom)
    sql = f"""SELECT lon, lat, open, overdue FROM cases_tile
      WHERE district_id = %s AND level = %s AND ({key_condition("key", box, level)})"""
    with connection.cursor() as cursor:
        cursor.execute(sql, (district_id, level))
        return [
            {"lon": lon, "lat": lat, "count": n, "overdue": late} for lon, lat, n, late in cursor.fetchall()
        ]


def tile_of(lon: float, lat: float, level: int) -> int:
    """The tile a point lies in."""
    return zkey(lon, lat) >> (2 * (BITS - level))
