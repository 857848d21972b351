"""Nobody rewrites the record: not the application, not even its owner by accident."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from chengzhi.ledger import actions, queries

NOON = datetime(2026, 4, 3, 12, tzinfo=UTC)


class Clerk:
    account_id = 5
    role = "intake_clerk"


def entry(step: str = "report") -> int:
    return actions.record(
        district_id=1, thing="case", thing_id=7, step=step, by=Clerk(), on=NOON,
        facts={"why": "积水", "amount": 2.5},
    )  # fmt: skip


@pytest.mark.django_db
def test_history_is_kept_in_order() -> None:
    numbers = [entry(step) for step in ("report", "file", "dispatch")]
    kept = queries.history("case", 7)
    assert [(e.id, e.step) for e in kept] == list(zip(numbers, ("report", "file", "dispatch"), strict=True))
    assert kept[0].facts == {"why": "积水", "amount": 2.5}
    assert (kept[0].actor_id, kept[0].actor_role, kept[0].happened_at) == (5, "intake_clerk", NOON)


@pytest.mark.django_db
def test_many_lines_go_in_by_one_copy() -> None:
    lines = [actions.Line(1, "case", n, "imported", Clerk(), NOON) for n in range(300)]
    assert actions.record_many(lines) == 300
    assert len(queries.history("case", 299)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET step = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "TRUNCATE ledger_seal",
    ],
)
@pytest.mark.parametrize("role", ["owner", "chengzhi_app"])
def test_rewriting_is_refused(sql: str, role: str) -> None:
    entry()
    with connection.cursor() as cursor:
        if role != "owner":
            cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(sql)


@pytest.mark.django_db
def test_application_cannot_rewrite_a_partition_directly() -> None:
    entry()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM ledger_entry LIMIT 1")
        partition = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE chengzhi_app")
        for sql in (f"DELETE FROM {partition}", f"TRUNCATE {partition}", f"DROP TABLE {partition}"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)


@pytest.mark.django_db
def test_application_writes_entries_but_no_seals() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE chengzhi_app")
        assert entry() > 0
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("INSERT INTO ledger_seal VALUES (1,1,0,9,0,'','','','','','',now())")


@pytest.mark.django_db
def test_personal_value_can_be_erased_and_the_entry_stays() -> None:
    mark = actions.personal("13800000000", erase_after=date(2027, 1, 1))
    assert queries.personal_values([mark["hmac"]]) == {mark["hmac"]: "13800000000"}
    assert actions.erase_due_personal(on=date(2027, 1, 1)) == 0
    assert actions.erase_due_personal(on=date(2027, 1, 2)) == 1
    assert queries.personal_values([mark["hmac"]]) == {}


@pytest.mark.django_db
def test_room_for_the_coming_months_is_made_once() -> None:
    far = date(2040, 1, 15)
    assert actions.make_room(on=far, months=2) == 2
    assert actions.make_room(on=far, months=2) == 0


def test_same_text_for_any_time_zone(record: psycopg.Connection[Any]) -> None:
    from chengzhi.ledger.sealing import batch_of

    record.execute(
        "INSERT INTO ledger_entry (thing, thing_id, step, happened_at) VALUES ('case', 1, 'a', %s)",
        (NOON,),
    )
    before = batch_of(record, 1, 0, 2**62)
    record.execute("SET TimeZone = 'Asia/Shanghai'")
    assert batch_of(record, 1, 0, 2**62) == before
