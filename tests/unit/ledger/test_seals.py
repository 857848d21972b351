"""A sealed entry cannot be changed, taken out or slipped in without being found."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chengzhi.ledger import sealing
from chengzhi.ledger.keys import SealKey, load
from chengzhi.ledger.sealing import seal_pending
from chengzhi.ledger.verifying import AnchorUnreadable, Bad, head, read_anchor, verify

Connection = psycopg.Connection[Any]
NOON = datetime(2026, 4, 3, 12, tzinfo=UTC)


def write(record: Connection, *steps: str) -> None:
    for step in steps:
        record.execute(
            "INSERT INTO ledger_entry (district_id, thing, thing_id, step, actor_role, happened_at)"
            " VALUES (1, 'case', 7, %s, 'dispatcher', %s)",
            (step, NOON),
        )


def meddle(record: Connection, sql: str) -> None:
    """What only somebody with the owner's rights can do, and is to be found afterwards."""
    record.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    record.execute(sql)
    record.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")


def test_whole_record_verifies(record: Connection, key: SealKey) -> None:
    write(record, "report", "file", "dispatch")
    assert seal_pending(record, key, on=NOON) == 3
    write(record, "handle")
    verdict = verify(record, key)
    assert (verdict.ok, verdict.sealed, verdict.tail, verdict.first_bad) == (True, 3, 1, None)


def test_empty_record_verifies(record: Connection, key: SealKey) -> None:
    assert seal_pending(record, key, on=NOON) == 0
    assert verify(record, key).as_json() == {"ok": True, "sealed": 0, "tail": 0, "first_bad": None}


def test_nothing_is_sealed_twice(record: Connection, key: SealKey) -> None:
    write(record, "report")
    assert [seal_pending(record, key, on=NOON) for _ in range(3)] == [1, 0, 0]


def test_unfinished_transaction_holds_back_the_seal(record: Connection, key: SealKey, template: str) -> None:
    dsn = record.info.dsn + (f" password={record.info.password}" if record.info.password else "")
    with psycopg.connect(dsn) as slow:
        write(slow, "slow")
        write(record, "quick")
        assert seal_pending(record, key, on=NOON) == 0
    assert seal_pending(record, key, on=NOON) == 2
    assert verify(record, key).ok


@pytest.mark.parametrize(
    ("sql", "kind", "entry"),
    [
        ("UPDATE ledger_entry SET step = 'void' WHERE id = 2", "changed", 2),
        ("UPDATE ledger_entry SET happened_at = happened_at - interval '1 s' WHERE id = 2",
         "changed", 2),
        ("DELETE FROM ledger_entry WHERE id = 3", "missing", 3),
        ("INSERT INTO ledger_entry (xid, thing, thing_id, step, happened_at) "
         "SELECT xid, thing, 8, step, happened_at FROM ledger_entry WHERE id = 1", "inserted", 4),
    ],
)  # fmt: skip
def test_meddling_is_found_and_located(
    record: Connection, key: SealKey, sql: str, kind: str, entry: int
) -> None:
    write(record, "report", "file", "dispatch")
    seal_pending(record, key, on=NOON)
    meddle(record, sql)
    verdict = verify(record, key)
    assert verdict.first_bad == Bad(kind, 1, entry)
    assert not verdict.ok


def test_seal_taken_out_is_found(record: Connection, key: SealKey) -> None:
    for step in ("report", "file", "dispatch"):
        write(record, step)
        seal_pending(record, key, on=NOON)
    record.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
    record.execute("DELETE FROM ledger_seal WHERE id = 2")
    assert verify(record, key).first_bad == Bad("chain", 3, None)


def test_seal_by_another_key_is_found(record: Connection, key: SealKey, tmp_path: Path) -> None:
    write(record, "report")
    seal_pending(record, load(tmp_path / "stolen"), on=NOON)
    assert verify(record, key).first_bad == Bad("signature", 1, None)


def test_chain_rewritten_whole_is_found_by_anchor(record: Connection, key: SealKey, tmp_path: Path) -> None:
    write(record, "report", "file")
    seal_pending(record, key, on=NOON)
    anchor = tmp_path / "head.json"
    anchor.write_text(json.dumps(head(record, key)))
    record.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
    record.execute("DELETE FROM ledger_seal")
    meddle(record, "UPDATE ledger_entry SET step = 'void' WHERE id = 2")
    seal_pending(record, key, on=NOON)
    assert verify(record, key).ok
    assert verify(record, key, read_anchor(anchor)).first_bad == Bad("anchor", 1, None)


def test_anchor_of_an_honest_past_verifies(record: Connection, key: SealKey, tmp_path: Path) -> None:
    write(record, "report")
    seal_pending(record, key, on=NOON)
    anchor = tmp_path / "head.json"
    anchor.write_text(json.dumps(head(record, key)))
    write(record, "file")
    seal_pending(record, key, on=NOON + timedelta(seconds=5))
    assert verify(record, key, read_anchor(anchor)).ok


def test_unreadable_anchor_says_so(tmp_path: Path) -> None:
    path = tmp_path / "head.json"
    path.write_text('{"seal": 1}')
    with pytest.raises(AnchorUnreadable):
        read_anchor(path)


def test_large_range_is_cut_at_whole_transactions(
    record: Connection, key: SealKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    for _ in range(5):
        with record.transaction():
            write(record, "a", "b", "c")
    assert seal_pending(record, key, on=NOON) == 15
    counts = [row[0] for row in record.execute("SELECT entries FROM ledger_seal ORDER BY id")]
    assert counts == [6, 6, 3]
    assert verify(record, key).sealed == 15


def test_record_goes_on_after_a_restore(record: Connection, key: SealKey) -> None:
    write(record, "report")
    seal_pending(record, key, on=NOON)
    write(record, "file")
    record.execute("SET chengzhi.ledger_era = '2'")
    write(record, "dispatch")
    assert seal_pending(record, key, on=NOON) == 2
    assert verify(record, key).sealed == 3
