"""After a count: let the server's log and files of the dropped box go, as far as its accounts may."""

import time
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from chengzhi.database.connection import connection_url


@dataclass(frozen=True, slots=True)
class Recycled:
    """What could be done: `complete` is False where only the server's administrator may."""

    complete: bool
    why: str = ""


INSIDE = Recycled(False, "inside another transaction")


def recycle() -> Recycled:
    """Write out, switch and remove old log segments; never fails a count that is already done."""
    if connection.in_atomic_block:
        return INSIDE
    url = settings.ENV["DATABASE_URL"]
    dsn = connection_url(settings.HOME, url, "superuser")
    try:
        with psycopg.connect(
            make_conninfo(dsn, dbname=None if url else "postgres"), autocommit=True
        ) as server:
            _remove_segments(server)
    except psycopg.Error as error:
        return Recycled(False, type(error).__name__)
    return Recycled(True)


def _remove_segments(server: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Segments are deleted, not renamed for new use, while `wal_recycle` is off."""
    server.execute("ALTER SYSTEM SET wal_recycle = off")
    try:
        server.execute("SELECT pg_reload_conf()")
        time.sleep(0.2)  # the checkpointer reads its settings on a signal
        for _twice in range(2):
            server.execute("SELECT pg_switch_wal()")
            server.execute("CHECKPOINT")
    finally:
        server.execute("ALTER SYSTEM RESET wal_recycle")
        server.execute("SELECT pg_reload_conf()")
