"""The clock, for the outermost edge only: views, commands and the worker.

Everything below takes `on=`, so that a test, an import or a reconstruction of
an old case states its time instead of inheriting that of the machine.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
