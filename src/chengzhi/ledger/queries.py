"""Reads of the record."""

from collections.abc import Sequence

from django.db import connection

from chengzhi.ledger.models import Entry


def history(thing: str, thing_id: int) -> list[Entry]:
    """All entries of one thing, oldest first."""
    return list(Entry.objects.filter(thing=thing, thing_id=thing_id).order_by("id"))


def entry(thing: str, thing_id: int, entry_id: int) -> Entry | None:
    """One entry of a thing, found by the thing's index."""
    return Entry.objects.filter(thing=thing, thing_id=thing_id, id=entry_id).first()


def personal_values(marks: Sequence[str]) -> dict[str, str]:
    """The values still kept behind the given marks; erased ones are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(hmac, 'hex'), convert_from(value, 'UTF8') "
            "FROM ledger_personal WHERE hmac = ANY(%s)",
            ([bytes.fromhex(mark) for mark in marks],),
        )
        return dict(cursor.fetchall())
