"""Counts above and below the line per group: what every engine returns, and how sure a share is."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True)
class Tally:
    """How many rows of one group count above and below the line of one metric.

    For a plain count both numbers are the count. `group` is an id, or None for rows without one.
    """

    metric: str
    group: int | None
    above: int
    below: int


def wilson(above: int, below: int) -> tuple[float, float] | None:
    """95 % interval of a share by Wilson's score method; None without cases."""
    if below <= 0:
        return None
    share, square = above / below, Z95 * Z95
    scale = 1 + square / below
    middle = (share + square / (2 * below)) / scale
    half = Z95 * sqrt(share * (1 - share) / below + square / (4 * below * below)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def in_order(tallies: Iterable[Tally]) -> list[Tally]:
    """Sorted by metric and group, rows without a group last; groups with no case dropped."""
    kept = (tally for tally in tallies if tally.below)
    return sorted(kept, key=lambda t: (t.metric, t.group is None, t.group or 0))
