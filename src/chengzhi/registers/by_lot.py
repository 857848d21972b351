"""Drawing by lot so that anybody can repeat it. No Django here.

Only the raw 64-bit stream of PCG64 is used: numpy keeps it the same from version to version, which
it does not promise of shuffling and choosing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Given:
    """What a draw says: pairs of place and party in the order drawn, and who got none, in that order."""

    pairs: tuple[tuple[int, int], ...]
    waiting: tuple[int, ...]


def raw_lots(stream: np.random.PCG64, count: int) -> list[int]:
    """64-bit numbers of the raw stream, which numpy keeps the same from version to version."""
    return [int(lot) for lot in np.atleast_1d(stream.random_raw(count))] if count else []


def order(stream: np.random.PCG64, count: int) -> list[int]:
    """The numbers 0 … count - 1 in drawn order."""
    lots = raw_lots(stream, count)
    return sorted(range(count), key=lambda i: (lots[i], i))


def seed_of(words: str, places: Sequence[int], parties: Sequence[int]) -> str:
    """SHA-256 over the words and the numbers that take part, both ascending, as 64 hexadecimal digits."""
    parts = (words.strip(), ",".join(map(str, sorted(places))), ",".join(map(str, sorted(parties))))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def result(seed: str, places: Sequence[int], parties: Sequence[int]) -> Given:
    """Applicants are drawn first, then places; the first applicant gets the first place."""
    stream = np.random.PCG64(int(seed, 16))
    who = [sorted(parties)[i] for i in order(stream, len(parties))]
    where = [sorted(places)[i] for i in order(stream, len(places))]
    pairs = tuple(zip(where, who, strict=False))
    return Given(pairs, tuple(who[len(pairs) :]))
