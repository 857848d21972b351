"""Interrupted time series of the mean of the treated units, with season.

Least squares with level and slope before, season, level and slope from the start; errors after Newey & West
with the factor for small samples. Sources: Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiol. 46:348;
Newey & West 1987, Econometrica 55:703.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.panel import Numbers, Panel
from chengzhi.outcomes.effects.problems import SeveralStarts, TooFewTimes

FEWEST_BEFORE, FEWEST_AFTER = 4, 2


@dataclass(frozen=True)
class Series:
    """A fitted series: mean effect after the start, its error, effect at each time, whether season is in."""

    att: float
    se: float | None
    df: int
    path: list[tuple[int, float, float | None]]
    seasonal: bool
    level: float
    slope: float


def fit(panel: Panel) -> Series:
    """Fit one start.

    Raises
    ------
    SeveralStarts: treated units start at different times.
    TooFewTimes: under four times before or two after the start.
    """
    if len(panel.cohorts) > 1:
        raise SeveralStarts(
            _("The treated units start at several times."),
            _("This method knows one start."),
            _("Use --method did."),
        )
    start = panel.cohorts[0]
    if start < FEWEST_BEFORE or panel.t - start < FEWEST_AFTER:
        raise TooFewTimes(
            _("There are %(before)s times before and %(after)s from the start on.", before=start, after=panel.t - start),
            _("A series needs at least %(least)s before and %(then)s after.", least=FEWEST_BEFORE, then=FEWEST_AFTER),
            _("Add times."),
        )  # fmt: skip
    y = panel.y[~panel.never].mean(axis=0)
    if panel.never.any():
        y = y - panel.y[panel.never].mean(axis=0)
    return _fitted(y, start, panel.season)


def _fitted(y: Numbers, start: int, season: int) -> Series:
    t = np.arange(len(y), dtype=np.float64)
    after = t >= start
    waves = _waves(t, start, season)
    slopes = [after * (t - start)] if len(y) - start > 2 else []
    x = np.column_stack([np.ones(len(y)), t, after, *slopes, *waves])
    df = len(y) - x.shape[1]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    covariance = _newey_west(x, y - x @ beta) if df > 0 else None
    parts = np.zeros((len(y) - start, x.shape[1]))
    parts[:, 2] = 1
    if slopes:
        parts[:, 3] = t[start:] - start
    rows = [(at, float(one @ beta), _root(one, covariance)) for at, one in enumerate(parts)]
    whole = parts.mean(axis=0)
    slope = float(beta[3]) if slopes else 0.0
    return Series(float(whole @ beta), _root(whole, covariance), df, rows, bool(waves), float(beta[2]), slope)


def _waves(t: Numbers, start: int, season: int) -> list[Numbers]:
    """One yearly wave, two where the season has few times; none unless a whole season lies before."""
    if season < 2 or start < season + 2:
        return []
    angles = [2 * np.pi * k * t / season for k in ((1,) if season > 12 else (1, 2)) if 2 * k < season]
    waves = [wave for angle in angles for wave in (np.sin(angle), np.cos(angle))]
    return [*waves, np.cos(np.pi * t)] if season == 4 else waves


def _newey_west(x: Numbers, rest: Numbers) -> Numbers:
    n, k = x.shape
    lags = max(1, int(4 * (n / 100) ** (2 / 9)))
    moments = x * rest[:, None]
    middle = moments.T @ moments
    for lag in range(1, lags + 1):
        beside = moments[lag:].T @ moments[:-lag]
        middle += (1 - lag / (lags + 1)) * (beside + beside.T)
    inverse = np.linalg.pinv(x.T @ x)
    return np.asarray(inverse @ middle @ inverse * n / (n - k))


def _root(part: Numbers, covariance: Numbers | None) -> float | None:
    if covariance is None:
        return None
    variance = float(part @ covariance @ part)
    return float(np.sqrt(variance)) if variance > 1e-20 else None


def p_value(att: float, se: float | None, df: int) -> float | None:
    """Two-sided p by Student's t."""
    return None if se is None or df < 1 else float(2 * stats.t.sf(abs(att / se), df))
