"""The web server's connections after the database went away and came back."""

import select
from typing import Any

from psycopg_pool import ConnectionPool

_ask_server = ConnectionPool.check_connection


def look_first(connection: Any) -> None:
    """Whether a pooled connection lives; raises as psycopg does where it is dead.

    A server that ended has closed its side, which makes the socket readable; only then is the server
    asked. To ask it each time costs every request a round trip.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if waiting.poll(0):
        _ask_server(connection)


def install() -> None:
    """Let every pool of this process look first."""
    ConnectionPool.check_connection = staticmethod(look_first)  # type: ignore[assignment]
