"""Writes to the append-only record. Nothing else writes ``ledger_entry``."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db import connection


class By(Protocol):
    """Who acts: an account, or the system when ``account_id`` is None."""

    @property
    def account_id(self) -> int | None: ...

    @property
    def role(self) -> str: ...


COLUMNS = (
    "district_id, thing, thing_id, step, before, after, "
    "actor_id, actor_role, happened_at, rule, article, facts"
)
_INSERT = f"INSERT INTO ledger_entry ({COLUMNS}) VALUES ({', '.join(['%s'] * 12)}) RETURNING id"


@dataclass(frozen=True)
class Line:
    """One entry to be written; ``on`` is when the act happened, not when it is written."""

    district_id: int | None
    thing: str
    thing_id: int
    step: str
    by: By
    on: datetime
    before: str | None = None
    after: str | None = None
    rule: str = ""
    article: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def values(self) -> tuple[Any, ...]:
        """The values in the order of ``COLUMNS``."""
        return (
            self.district_id, self.thing, self.thing_id, self.step, self.before, self.after,
            self.by.account_id, self.by.role, self.on, self.rule, self.article,
            json.dumps(self.facts, ensure_ascii=False, default=str),
        )  # fmt: skip


def record(
    *,
    district_id: int | None,
    thing: str,
    thing_id: int,
    step: str,
    by: By,
    on: datetime,
    before: str | None = None,
    after: str | None = None,
    rule: str = "",
    article: str = "",
    facts: dict[str, Any] | None = None,
) -> int:
    """Write one entry in the caller's transaction; returns its number."""
    line = Line(district_id, thing, thing_id, step, by, on, before, after, rule, article, facts or {})
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, line.values())
        return int(cursor.fetchone()[0])


def record_many(lines: Iterable[Line]) -> int:
    """Write many entries in one COPY; returns how many."""
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ledger_entry ({COLUMNS}) FROM STDIN") as copy,
    ):
        for line in lines:
            copy.write_row(line.values())
            count += 1
    return count


def personal(value: str, *, erase_after: date | None) -> dict[str, str]:
    """Put a personal value into the erasable part; returns what may stand in an entry's facts.

    The entry holds HMAC(salt, value). Once value and salt are erased nobody can tell
    what it was, and the seals still hold.
    """
    salt = secrets.token_bytes(32)
    mark = hmac.digest(salt, value.encode(), hashlib.sha256)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_personal (hmac, salt, value, erase_after) VALUES (%s, %s, %s, %s)",
            (mark, salt, value.encode(), erase_after),
        )
    return {"hmac": mark.hex()}


def erase_personal(marks: Sequence[str]) -> int:
    """Erase values and salts behind the given marks; returns how many were there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_personal WHERE hmac = ANY(%s)",
            ([bytes.fromhex(mark) for mark in marks],),
        )
        return int(cursor.rowcount)


def erase_due_personal(*, on: date) -> int:
    """Erase all personal values whose retention has ended; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_personal WHERE erase_after < %s", (on,))
        return int(cursor.rowcount)


def make_room(*, on: date, months: int = 24) -> int:
    """Make the partitions of the coming months; returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_make_room(%s, %s)", (on, months))
        return int(cursor.fetchone()[0])
