"""The box of a round: the few statements that touch ballots. None writes who, when or where."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import psycopg
from django.db import connection

Answer = Literal["cast", "already", "unknown", "closed", "free"]
CAST = "SELECT appraisal_cast(%s::text, %s::bytea, %s::bytea)"


def make(round_id: int, marks: Sequence[bytes]) -> None:
    """The table with one empty row per token, in the order of the hashes."""
    _run("SELECT appraisal_make_box(%s, %s)", [round_id, sorted(marks)])


def put(code: str, mark: bytes, sealed: bytes | None) -> Answer:
    """Put a sealed ballot in; without one only look. One statement, repeatable.

    The values travel beside the statement, not in its text: the server writes the text of a
    statement that fails, or that is killed, to its log, and shows it among the running ones.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(CAST, [code, mark, sealed], prepare=False)
        row = cursor.fetchone()
    return cast(Answer, row[0] if row else "unknown")


def exists(round_id: int) -> bool:
    """Whether the box is in this database."""
    return bool(_run("SELECT appraisal_has_box(%s)", [round_id]))


def take(round_id: int) -> list[bytes]:
    """All ballots in no meaningful order; the box stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM appraisal_take(%s)", [round_id])
        return [bytes(row[0]) for row in cursor.fetchall()]


def put_marks(round_id: int, ratees: Sequence[int], grades: Sequence[str]) -> None:
    """Drop the box and keep single marks, in the order given (shuffled before)."""
    _run("SELECT appraisal_put_marks(%s, %s::bigint[], %s::text[])", [round_id, list(ratees), list(grades)])


def destroy(round_id: int) -> None:
    """Drop the box and the marks."""
    _run("SELECT appraisal_destroy(%s)", [round_id])


def _run(statement: str, values: list[Any]) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
