"""Two-way fixed effects with Bacon's decomposition: shown beside, never as the answer.

Source: Goodman-Bacon 2021, J. Econometrics 225:254; wild bootstrap: Cameron, Gelbach & Miller 2008,
Rev. Econ. Stat. 90:414.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengzhi.outcomes.effects.panel import NEVER_TREATED, Numbers, Panel

DRAWS = 999


def demeaned(values: Numbers) -> Numbers:
    """N × T without unit and time means."""
    rows, columns = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    return np.asarray(values - rows - columns + values.mean())


def twfe(panel: Panel, seed: int = 0) -> dict[str, Any]:
    """Coefficient of treatment, cluster-robust error, p of the wild bootstrap under the null."""
    d, y = demeaned(panel.treated), demeaned(panel.y)
    square = float((d * d).sum())
    slope = float((d * y).sum() / square)
    scores = _sums(panel, d * (y - slope * d))
    groups = len(scores)
    if groups < 2:
        return {"att": slope, "se": None, "p_wild": None}
    factor = _factor(panel, groups)
    se = float(np.sqrt(factor * (scores**2).sum()) / square)
    return {"att": slope, "se": se or None, "p_wild": _wild(panel, d, y, slope / se, seed) if se else None}


def _factor(panel: Panel, groups: int) -> float:
    rows = panel.n * panel.t
    return groups / (groups - 1) * (rows - 1) / (rows - panel.t - 1)


def _sums(panel: Panel, values: Numbers) -> Numbers:
    sums = np.bincount(panel.cluster, weights=values.sum(axis=1))
    return np.asarray(sums[np.bincount(panel.cluster) > 0])


def _wild(panel: Panel, d: Numbers, y: Numbers, found: float, seed: int) -> float:
    """Share of bootstrap t values at least as far from 0; whole clusters keep or turn their sign."""
    groups = np.unique(panel.cluster, return_inverse=True)[1]
    square, factor = float((d * d).sum()), _factor(panel, int(groups.max()) + 1)
    draw = np.random.default_rng(seed)
    signs = draw.choice([-1.0, 1.0], size=(DRAWS, int(groups.max()) + 1))[:, groups]
    # y keeps unit means of 0 under every sign; only the means of the times are taken out again.
    slopes = signs @ (d * y).sum(axis=1) / square
    means = (signs @ y) / panel.n
    scores = signs * (d * y).sum(axis=1) - means @ d.T - slopes[:, None] * (d * d).sum(axis=1)
    sums = scores @ np.eye(int(groups.max()) + 1)[groups]
    spreads = np.sqrt(factor * (sums**2).sum(axis=1)) / square
    far = np.abs(slopes) >= (abs(found) - 1e-12) * spreads
    return (int(far.sum()) + 1) / (DRAWS + 1)


def bacon(panel: Panel) -> list[dict[str, Any]]:
    """Every comparison of two cohorts inside the two-way estimate: kind, weight, estimate."""
    whole = float((demeaned(panel.treated) ** 2).mean())
    starts = [*panel.cohorts, *([NEVER_TREATED] if panel.never.any() else [])]
    rows = []
    for one in panel.cohorts:
        for other in starts:
            if one == other:
                continue
            kind, times = _window(panel, one, other)
            among = np.isin(panel.first, [one, other])
            treated = ((panel.first == one)[:, None] & (np.arange(panel.t) >= one)[None, :])[among][:, times]
            d, y = demeaned(treated.astype(np.float64)), panel.y[among][:, times]
            share = among.mean() * times.mean()
            square = float((d * d).mean())
            if square > 0:
                rows.append({
                    "kind": kind, "group": panel.times[one],
                    "against": None if other == NEVER_TREATED else panel.times[other],
                    "weight": float(share**2 * square / whole), "att": float((d * y).mean() / square),
                })  # fmt: skip
    return rows


def _window(panel: Panel, one: int, other: int) -> tuple[str, NDArray[np.bool_]]:
    at = np.arange(panel.t)
    if other == NEVER_TREATED:
        return "treated_vs_never", np.ones(panel.t, dtype=bool)
    return ("earlier_vs_later", at < other) if one < other else ("later_vs_earlier", at >= other)
