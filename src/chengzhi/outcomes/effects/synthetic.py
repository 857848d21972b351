"""Synthetic control and synthetic difference in differences, with placebo inference over the controls.

Sources: Abadie, Diamond & Hainmueller 2010, JASA 105:493; Arkhangelsky, Athey, Hirshberg, Imbens & Wager
2021, Am. Econ. Rev. 111:4088 (algorithm 1 and the placebo variance of algorithm 4).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.panel import Numbers, Panel
from chengzhi.outcomes.effects.problems import SeveralStarts, TooFewTimes, TooFewUnits

FEWEST_CONTROLS, FEWEST_BEFORE = 3, 2
PLACEBOS = 200
STEPS, CLOSE = 5000, 1e-10


@dataclass(frozen=True)
class Match:
    """Weights of the controls, effect at each time since the start, and the misfit before."""

    att: float
    path: Numbers
    weights: Numbers
    misfit: float


def simplex(v: Numbers) -> Numbers:
    """The nearest point with parts ≥ 0 that sum to 1."""
    u = np.sort(v)[::-1]
    over = (np.cumsum(u) - 1) / np.arange(1, len(v) + 1)
    return np.asarray(np.maximum(v - over[np.flatnonzero(u > over)[-1]], 0))


def least(a: Numbers, b: Numbers, ridge: float) -> Numbers:
    """Weights on the simplex with least |a·w − b|² + ridge·|w|², by accelerated projected gradients."""
    k = a.shape[1]
    square, target = a.T @ a + ridge * np.eye(k), a.T @ b
    pace = 1 / max(float(np.linalg.eigvalsh(square)[-1]), 1e-300)
    w = ahead = np.full(k, 1 / k)
    speed = 1.0
    for _step in range(STEPS):
        new = simplex(ahead - pace * (square @ ahead - target))
        faster = (1 + np.sqrt(1 + 4 * speed**2)) / 2
        ahead = new + (speed - 1) / faster * (new - w)
        moved, w, speed = float(np.abs(new - w).max()), new, faster
        if moved < CLOSE:
            break
    return w


def control(y: Numbers, treated: Numbers, start: int) -> Match:
    """Synthetic control of the series `treated` (T) by the controls `y` (N₀ × T)."""
    weights = least(y[:, :start].T, treated[:start], 0.0)
    gap = treated - weights @ y
    return Match(float(gap[start:].mean()), gap, weights, float(np.sqrt((gap[:start] ** 2).mean())))


def difference(y: Numbers, treated: Numbers, start: int, n_treated: int = 1) -> Match:
    """Synthetic difference in differences: weights of controls and of times, both with a constant."""
    before, after = y[:, :start], y[:, start:]
    noise = float(np.diff(before, axis=1).std(ddof=1)) if start > 2 else float(before.std())
    zeta = (n_treated * after.shape[1]) ** 0.25 * noise
    a, b = before.T - before.T.mean(axis=0), treated[:start] - treated[:start].mean()
    units = least(a, b, zeta**2 * start)
    a, b = before - before.mean(axis=0), after.mean(axis=1) - after.mean()
    times = least(a, b, (1e-6 * noise) ** 2 * len(y))
    gap = treated - units @ y
    path = gap - gap[:start] @ times
    return Match(float(path[start:].mean()), path, units, float((gap[:start] - gap[:start].mean()).std()))


def fit(panel: Panel, method: str, seed: int) -> tuple[Match, Numbers, float]:
    """The match, the placebo effects of controls taken for treated, and p.

    p of synthetic control is the rank of the ratio of the misfits after and before; p of synthetic
    difference in differences is the share of placebo effects at least as large.

    Raises
    ------
    SeveralStarts, TooFewUnits, TooFewTimes: as they say.
    """
    start = _checked(panel)
    y = panel.y[panel.never]
    size = int((~panel.never).sum())
    of = _method(method, size)
    found = of(y, panel.y[~panel.never].mean(axis=0), start)
    others = [of(y[~rows], y[rows].mean(axis=0), start) for rows in _placebos(len(y), size, seed)]
    effects = np.array([one.att for one in others])
    if method == "sdid":
        extreme = np.abs(effects) >= abs(found.att)
    else:
        extreme = np.array([_ratio(one, start) >= _ratio(found, start) for one in others])
    return found, effects, (1 + int(extreme.sum())) / (1 + len(others))


def _method(method: str, size: int) -> Callable[[Numbers, Numbers, int], Match]:
    if method == "sc":
        return control
    return lambda y, treated, start: difference(y, treated, start, size)


def _placebos(controls: int, size: int, seed: int) -> list[NDArray[np.bool_]]:
    """Each control once; with several treated units random sets of as many, half the controls at most."""
    if size == 1:
        return list(np.eye(controls, dtype=bool))
    random, many = np.random.default_rng(seed), min(size, controls // 2)
    return [
        np.isin(np.arange(controls), random.choice(controls, many, replace=False)) for _one in range(PLACEBOS)
    ]


def _ratio(match: Match, start: int) -> float:
    after = float(np.sqrt((match.path[start:] ** 2).mean()))
    return after / max(match.misfit, 1e-12)


def _checked(panel: Panel) -> int:
    if len(panel.cohorts) > 1:
        raise SeveralStarts(
            _("The treated units start at several times."),
            _("This method knows one start."),
            _("Use --method did."),
        )
    if int(panel.never.sum()) < FEWEST_CONTROLS:
        raise TooFewUnits(
            _("There are %(n)s untreated units.", n=int(panel.never.sum())),
            _("The method puts a comparison together from at least %(least)s.", least=FEWEST_CONTROLS),
            _("Add untreated units, or use --method its."),
        )
    if panel.cohorts[0] < FEWEST_BEFORE:
        raise TooFewTimes(
            _("There is only one time before the start."),
            _("The comparison is fitted to the times before."),
            _("Add times before the start."),
        )
    return panel.cohorts[0]
