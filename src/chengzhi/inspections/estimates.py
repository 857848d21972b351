"""What a sample says of its whole frame, and how sure that is. Pure functions, no Django.

Means: stratified mean with finite-population correction and design-based standard error (Cochran 1977,
Sampling Techniques, 5.2-5.6), t interval with Satterthwaite's degrees of freedom (5.16).
Shares: Wilson's score interval (1927) at the effective sample size p(1-p)/v (Kish), v being the
stratified variance; for a single stratum that is Wilson's own interval, corrected for the frame. Unlike
p ± t·s it does not collapse to a point where everything passed.
Strata of which a single value is known have no spread of their own: they are collapsed with each other
for the standard error (Cochran 5A.12), which makes it too large rather than too small.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

from scipy.special import stdtrit

LEVEL = 0.95
"""Share of intervals made this way that hold the true value."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum: places in the frame, values known, their mean and variance (divisor n - 1).

    The variance of a single value is 0 and tells nothing.
    """

    size: int
    known: int
    mean: float
    variance: float

    @property
    def alone(self) -> bool:
        """Whether its spread cannot be known from itself."""
        return self.known == 1 and self.size > 1

    @property
    def factor(self) -> float:
        """N(N - n)/n: what the variance is multiplied by in the variance of the total."""
        return self.size * (self.size - self.known) / self.known


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated mean or share of the frame.

    Attributes
    ----------
    value, se, low, high : None where they cannot be known; `why` is then one of nothing (no value at
        all), empty_stratum (a stratum without a value), one_value (no spread).
    df : degrees of freedom of the interval. known : values it rests on. size : places of the frame.
    collapsed : strata put together for the standard error.
    """

    value: float | None
    se: float | None
    low: float | None
    high: float | None
    df: float | None
    known: int
    size: int
    collapsed: int = 0
    why: str = ""


def part_of(size: int, values: Sequence[float]) -> Part:
    """A stratum of `size` places of which these values are known; at least one."""
    mean = sum(values) / len(values)
    squares = sum((value - mean) ** 2 for value in values)
    return Part(size, len(values), mean, squares / (len(values) - 1) if len(values) > 1 else 0.0)


def stratified_mean(samples: Sequence[tuple[int, Sequence[float]]], *, level: float = LEVEL) -> Estimate:
    """The mean of the frame from (places of the stratum, known values) of every stratum."""
    missing = _missing(samples)
    if missing is not None:
        return missing
    return mean_of([part_of(size, values) for size, values in samples], level=level)


def mean_of(parts: Sequence[Part], *, level: float = LEVEL) -> Estimate:
    """The same from the strata's own means and variances."""
    size, known = sum(part.size for part in parts), sum(part.known for part in parts)
    value = sum(part.size * part.mean for part in parts) / size
    spread, collapsed = _collapse(parts)
    if spread is None:
        return Estimate(value, None, None, None, None, known, size, why="one_value")
    se, df = _error(spread, size)
    half = _quantile(df, level) * se
    return Estimate(value, se, value - half, value + half, df, known, size, collapsed)


def stratified_share(samples: Sequence[tuple[int, Sequence[bool]]], *, level: float = LEVEL) -> Estimate:
    """The share of the frame that passes, from (places of the stratum, passed or not) of every stratum."""
    missing = _missing(samples)
    if missing is not None:
        return missing
    parts = [part_of(size, [float(value) for value in values]) for size, values in samples]
    size, known = sum(part.size for part in parts), sum(part.known for part in parts)
    share = sum(part.size * part.mean for part in parts) / size
    spread, collapsed = _collapse(parts)
    if spread is None:
        return Estimate(share, None, None, None, None, known, size, why="one_value")
    se, df = _error(spread, size)
    low, high = _wilson(share, _effective(share, se, known, size), _quantile(df, level))
    return Estimate(share, se, low, high, df, known, size, collapsed)


def _missing(samples: Sequence[tuple[int, Sequence[float]]]) -> Estimate | None:
    size, known = sum(n for n, _ in samples), sum(len(values) for _, values in samples)
    if known == 0:
        return Estimate(None, None, None, None, None, 0, size, why="nothing")
    if any(not values for _, values in samples):
        return Estimate(None, None, None, None, None, known, size, why="empty_stratum")
    return None


def _collapse(parts: Sequence[Part]) -> tuple[list[Part] | None, int]:
    """Strata whose spread is known: those with one value put together; None where nothing helps."""
    alone = [part for part in parts if part.alone]
    others = [part for part in parts if not part.alone]
    if not alone:
        return list(parts), 0
    if len(alone) == 1:
        beside = min((part for part in others if part.known > 1), key=lambda part: part.size, default=None)
        if beside is None:
            return None, 0
        alone, others = [*alone, beside], [part for part in others if part is not beside]
    return [*others, _together(alone)], len(alone)


def _together(parts: Sequence[Part]) -> Part:
    """One stratum of several, with the spread of all their values about their common mean."""
    known = sum(part.known for part in parts)
    mean = sum(part.known * part.mean for part in parts) / known
    squares = sum((part.known - 1) * part.variance + part.known * (part.mean - mean) ** 2 for part in parts)
    return Part(sum(part.size for part in parts), known, mean, squares / (known - 1))


def _error(parts: Sequence[Part], size: int) -> tuple[float, float]:
    """Standard error of the mean and its degrees of freedom (all places known: 0 and infinitely many)."""
    pieces = [(part.factor * part.variance, part.known - 1) for part in parts if part.known > 1]
    total = sum(piece for piece, _ in pieces)
    squares = sum(piece**2 / free for piece, free in pieces)
    free = total**2 / squares if squares else float(sum(n for _, n in pieces)) or inf
    return sqrt(total) / size, free


def _quantile(df: float, level: float) -> float:
    """Two-sided quantile of Student's t."""
    return float(stdtrit(df, (1 + level) / 2))


def _effective(share: float, se: float, known: int, size: int) -> float:
    """Size of a simple random sample without correction that would be as sure."""
    if se > 0:
        return share * (1 - share) / se**2
    return inf if known >= size else known / (1 - known / size)


def _wilson(share: float, count: float, z: float) -> tuple[float, float]:
    if count == inf:
        return share, share
    square = z * z / count
    middle = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def widened(one: Estimate, least: float | None = None) -> Estimate:
    """The same with its interval cut at the least possible value (grams are never below nothing)."""
    if least is None or one.low is None:
        return one
    return replace(one, low=max(least, one.low))
