"""Finding out whether the record is still what was sealed, and where it is not."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.ledger import sealing
from chengzhi.ledger.keys import SealKey, signed_by
from chengzhi.ledger.sealing import SHORT, Batch, Connection

_SEALS = """SELECT id, era, low, high, entries, root, leaves, previous, digest, key_id,
  signature, made_at FROM ledger_seal ORDER BY id"""
_TAIL = "SELECT count(*) FROM ledger_entry WHERE era > %s OR (era = %s AND xid >= %s)"


class AnchorUnreadable(Problem):
    """The anchor file is not an exported head."""

    code = "ledger.anchor_unreadable"


class Tampered(Problem):
    """The record is not what was sealed."""

    code = "ledger.tampered"


CURE = "Keep this database and its logs untouched, compare with a backup, and find out who held the keys."


@dataclass(frozen=True)
class Bad:
    """The first thing found wrong.

    ``kind``: changed, missing, inserted (an entry); chain, signature (a seal);
    anchor (a head exported earlier is not in the chain).
    """

    kind: str
    seal: int | None
    entry: int | None


@dataclass(frozen=True)
class Verdict:
    """``sealed`` and ``tail`` count entries inside and after the seals."""

    ok: bool
    sealed: int
    tail: int
    first_bad: Bad | None

    def as_json(self) -> dict[str, Any]:
        """The object printed by ``chengzhi ledger verify --json``."""
        return asdict(self)

    def __str__(self) -> str:
        if self.first_bad is None:
            return f"The record is whole: {self.sealed} entries sealed, {self.tail} not yet."
        where = f"seal {self.first_bad.seal}, entry {self.first_bad.entry}"
        return f"The record was tampered with: {self.first_bad.kind} at {where}."


@dataclass(frozen=True)
class _Seal:
    number: int
    era: int
    low: int
    high: int
    batch: Batch
    previous: bytes
    digest: bytes
    key_id: str
    signature: bytes
    made_at: datetime


_FIRST = _Seal(
    0, 0, 0, 0, Batch(0, b"", b""), b"", sealing.GENESIS, "", b"", datetime.min.replace(tzinfo=UTC)
)


def verify(connection: Connection, key: SealKey, anchor: dict[str, Any] | None = None) -> Verdict:
    """Re-read every sealed entry and compare; with an anchor also the chain's past.

    Parameters
    ----------
    anchor
        A head written by :func:`head`, kept outside. It finds a chain that
        somebody with the key and the database has rewritten whole.
    """
    bad: Bad | None = None
    last, sealed = _FIRST, 0
    digests: dict[int, bytes] = {}
    for seal in _seals(connection):
        bad = _broken(seal, last, key) or _compare(connection, seal)
        if bad:
            break
        last, sealed = seal, sealed + seal.batch.entries
        digests[seal.number] = seal.digest
    bad = bad or _against(anchor, digests, key)
    row = connection.execute(_TAIL, (last.era, last.era, last.high)).fetchone()
    return Verdict(bad is None, sealed, row[0] if row else 0, bad)


def _seals(connection: Connection) -> Iterator[_Seal]:
    for row in connection.execute(_SEALS).fetchall():
        number, era, low, high, entries, root, leaves, previous, digest, key_id, signed, at = row
        batch = Batch(entries, bytes(root), bytes(leaves))
        yield _Seal(number, era, low, high, batch, bytes(previous), bytes(digest), key_id, bytes(signed), at)


def _broken(seal: _Seal, last: _Seal, key: SealKey) -> Bad | None:
    """Whether the seal itself was changed, one before it taken out, or a gap left between."""
    expected = sealing.digest_of(
        seal.number, seal.era, seal.low, seal.high, seal.batch, seal.previous, seal.made_at
    )
    follows = (seal.era == last.era and seal.low == last.high) or (seal.era > last.era and seal.low == 0)
    linked = seal.number == last.number + 1 and seal.previous == last.digest
    if not (follows and linked and seal.digest == expected):
        return Bad("chain", seal.number, None)
    if seal.key_id != key.key_id or not signed_by(key.public, seal.digest, seal.signature):
        return Bad("signature", seal.number, None)
    return None


def _compare(connection: Connection, seal: _Seal) -> Bad | None:
    """Compare the entries as they are with what was sealed."""
    now = sealing.batch_of(connection, seal.era, seal.low, seal.high)
    if now.root == seal.batch.root:
        return None
    sealed, present = _by_number(seal.batch.leaves), _by_number(now.leaves)
    for number in sorted(sealed.keys() | present.keys()):
        if number not in present:
            return Bad("missing", seal.number, number)
        if number not in sealed:
            return Bad("inserted", seal.number, number)
        if sealed[number] != present[number]:
            return Bad("changed", seal.number, number)
    return Bad("changed", seal.number, None)


def _by_number(leaves: bytes) -> dict[int, bytes]:
    rows = (leaves[i : i + SHORT] for i in range(0, len(leaves), SHORT))
    return {int.from_bytes(row[:8], "big"): row[8:] for row in rows}


def _against(anchor: dict[str, Any] | None, digests: dict[int, bytes], key: SealKey) -> Bad | None:
    if anchor is None:
        return None
    public, digest = bytes.fromhex(anchor["public"]), bytes.fromhex(anchor["digest"])
    if not signed_by(public, digest, bytes.fromhex(anchor["signature"])):
        return Bad("anchor", anchor["seal"], None)
    if public != key.public or digests.get(anchor["seal"]) != digest:
        return Bad("anchor", anchor["seal"], None)
    return None


def head(connection: Connection, key: SealKey) -> dict[str, Any] | None:
    """The newest seal, signed, to be kept where nobody of this installation can write."""
    row = connection.execute(
        "SELECT id, digest, signature, made_at FROM ledger_seal ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return {
        "seal": row[0], "digest": bytes(row[1]).hex(), "signature": bytes(row[2]).hex(),
        "public": key.public.hex(), "made_at": row[3].isoformat(),
    }  # fmt: skip


def read_anchor(path: Path) -> dict[str, Any]:
    """Read an exported head; raises :class:`AnchorUnreadable`."""
    try:
        anchor = json.loads(path.read_text())
        for name in ("digest", "signature", "public"):
            bytes.fromhex(anchor[name])
        anchor["seal"] = int(anchor["seal"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnchorUnreadable(
            _("%(path)s is not an exported head of the record.") % {"path": path},
            str(error),
            _("Use a file written by “chengzhi ledger head”."),
        ) from error
    return dict(anchor)
