"""Closing batches of entries into seals, so that any later change can be found.

A seal covers every entry of the transactions ``low <= xid < high`` of one era.
``high`` never passes ``pg_snapshot_xmin``, below which every transaction has ended:
no entry can appear later in a sealed range, and no writer ever waits for a chain.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from chengzhi.ledger import merkle
from chengzhi.ledger.keys import SealKey

BATCH = 50_000  # entries per seal; keeps memory and the time to re-check one seal small
SHORT = 16  # bytes kept per row in a seal: its number and half a hash, to name the bad row
GENESIS = b"\x00" * 32
_AFTER_ALL = 2**63 - 1

# One text per row, whatever the session's time zone or the server's version.
ROW = """jsonb_build_array(id, era, xid,
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
  district_id, thing, thing_id, step, before, after, actor_id, actor_role,
  to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
  rule, article, facts)::text"""
_ROWS = f"SELECT id, {ROW} FROM ledger_entry WHERE era = %s AND xid >= %s AND xid < %s ORDER BY id"
_PENDING = """SELECT xid, count(*) FROM ledger_entry
  WHERE era = %s AND xid >= %s AND xid < %s GROUP BY xid ORDER BY xid"""
_NOW = """SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  coalesce(nullif(current_setting('chengzhi.ledger_era', true), ''), '1')::smallint"""
_LAST = "SELECT id, era, high, digest FROM ledger_seal ORDER BY id DESC LIMIT 1"
_INSERT = f"INSERT INTO ledger_seal VALUES ({', '.join(['%s'] * 12)})"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Batch:
    """What one seal says of its entries."""

    entries: int
    root: bytes
    leaves: bytes


def digest_of(
    number: int, era: int, low: int, high: int, batch: Batch, previous: bytes, made_at: datetime
) -> bytes:
    """The hash that chains a seal to the one before it."""
    head = f"{number}|{era}|{low}|{high}|{batch.entries}|{made_at.astimezone(UTC).isoformat()}|"
    leaves = hashlib.sha256(batch.leaves).digest()
    return hashlib.sha256(head.encode() + batch.root + leaves + previous).digest()


def batch_of(connection: Connection, era: int, low: int, high: int) -> Batch:
    """Read the entries of a range and hash them, in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, (era, low, high))
        hashed = [(number, merkle.leaf(text.encode())) for number, text in cursor]
    shorts = b"".join(number.to_bytes(8, "big") + leaf[:8] for number, leaf in hashed)
    return Batch(len(hashed), merkle.root([leaf for _, leaf in hashed]), shorts)


def seal_pending(connection: Connection, key: SealKey, *, on: datetime) -> int:
    """Seal all entries of ended transactions; returns how many entries were sealed.

    Two sealers at once are kept apart by a lock; the second returns 0.
    """
    with connection.transaction():
        if not _alone(connection):
            return 0
        return sum(_seal(connection, key, era, lo, hi, on) for era, lo, hi in _ranges(connection))


def _alone(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_xact_lock(5247, 1)").fetchone()
    return bool(row and row[0])


def _ranges(connection: Connection) -> Iterator[tuple[int, int, int]]:
    """Ranges of whole transactions with about ``BATCH`` entries each."""
    xmin, era = connection.execute(_NOW).fetchone() or (0, 1)
    last = connection.execute(_LAST).fetchone()
    begun = last[1] if last else 1
    for one in range(begun, era + 1):  # several only after a restore: older eras are closed first
        low = last[2] if last and last[1] == one else 0
        yield from _cut(connection, one, low, xmin if one == era else _AFTER_ALL)


def _cut(connection: Connection, era: int, low: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut the entries of ``low <= xid < end`` into ranges without gaps between them."""
    count = 0
    for xid, entries in connection.execute(_PENDING, (era, low, end)).fetchall():
        count += entries
        if count >= BATCH:
            yield era, low, xid + 1
            low, count = xid + 1, 0
    if count:
        yield era, low, end


def _seal(connection: Connection, key: SealKey, era: int, low: int, high: int, on: datetime) -> int:
    last = connection.execute(_LAST).fetchone()
    number, previous = (last[0] + 1, bytes(last[3])) if last else (1, GENESIS)
    batch = batch_of(connection, era, low, high)
    digest = digest_of(number, era, low, high, batch, previous, on)
    connection.execute(
        _INSERT,
        (number, era, low, high, batch.entries, batch.root, batch.leaves, previous, digest,
         key.key_id, key.sign(digest), on),
    )  # fmt: skip
    return batch.entries
