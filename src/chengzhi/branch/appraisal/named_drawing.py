"""Who rates whom: everybody, small groups, or a draw that its seed repeats. Pure functions.

A draw is a circle: people in the order of a hash of seed and key, each rates the next `size` of it.
Everybody rates and is rated equally often, the design hangs together, and in a circle of more than
twice `size` nobody rates whoever rates him.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.named_problems import DesignApart, TooFewRaters


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pairs (rater, ratee) of keys, and the block of each person."""

    pairs: tuple[tuple[int, int], ...]
    block: dict[int, int]


def order(people: Sequence[int], seed: str) -> list[int]:
    """The people in an order that only the seed decides."""
    return sorted(people, key=lambda one: hashlib.sha256(f"{seed}\x1f{one}".encode()).digest())


def draw(design: str, people: Sequence[int], *, size: int, seed: str, fewest: int) -> Drawn:
    """Draw `all`, `groups` of about `size` persons, or `drawn` with `size` ratees a rater.

    Raises TooFewRaters, DesignApart.
    """
    blocks = _groups(people, size, seed) if design == "groups" else [order(people, seed)]
    reach = size if design == "drawn" else len(people)
    pairs = tuple(pair for block in blocks for pair in _circle(block, reach))
    made = Drawn(pairs, {one: at for at, block in enumerate(blocks) for one in block})
    _demand(made, people, fewest)
    return made


def _groups(people: Sequence[int], size: int, seed: str) -> list[list[int]]:
    """So many groups that each has at least `size`; who is left over is spread."""
    number = max(len(people) // max(size, 1), 1)
    ordered = order(people, seed)
    return [ordered[at::number] for at in range(number)]


def _circle(block: Sequence[int], reach: int) -> list[tuple[int, int]]:
    n = len(block)
    return [
        (block[at], block[(at + step) % n]) for at in range(n) for step in range(1, min(reach, n - 1) + 1)
    ]


def _demand(made: Drawn, people: Sequence[int], fewest: int) -> None:
    raters = Counter(ratee for _rater, ratee in made.pairs)
    least = min((raters[one] for one in people), default=0)
    if least < fewest:
        raise TooFewRaters(
            _("Somebody would be rated by %(least)s people only.") % {"least": least},
            _("Below %(fewest)s raters a result says who gave it, and next to nothing else.") % {"fewest": fewest},
            _("Let more people rate each, or take larger groups."),
        )  # fmt: skip
    if connected(made.pairs) > len(set(made.block.values())):
        raise DesignApart(
            _("Raters and ratees fall into parts that no rating joins."),
            _("Between parts severe raters and weak ratees look the same."), _("Let each person rate more."),
        )  # fmt: skip


def connected(pairs: Sequence[tuple[int, int]]) -> int:
    """How many parts the raters and ratees of the pairs fall into."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(one: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(one, one)
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for rater, ratee in pairs:
        parent[root(("rater", rater))] = root(("ratee", ratee))
    return len({root(one) for one in list(parent)})
