"""Merkle tree over row hashes, as in RFC 6962 §2.1 (leaf and node hashed with their own prefix)."""

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"
EMPTY = hashlib.sha256(b"").digest()


def leaf(row: bytes) -> bytes:
    """Hash of one row's canonical bytes."""
    return hashlib.sha256(LEAF + row).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root of the tree; the hash of nothing when there are no leaves.

    An odd node at the end of a level is carried up unchanged, which gives the same
    root as the recursive definition of RFC 6962.
    """
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(NODE + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]
