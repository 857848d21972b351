"""Randomisation inference: what the same data would say, had the lot fallen otherwise.

Without covariates the summary of Callaway and Sant'Anna is Σ C[cohort of i, t]·y[i, t] with C from the
cohort sizes only, so a permutation of cohorts costs one sum. Source: Fisher 1935; for staggered starts
Roth & Sant'Anna 2023, J. Political Econ. Microeconomics 1:669.
"""

import numpy as np

from chengzhi.outcomes.effects.did import GroupTimes, base
from chengzhi.outcomes.effects.panel import Numbers

DRAWS = 1999
LEVEL = 0.05


def coefficients(found: GroupTimes) -> Numbers:
    """C: cohorts (in order, never last) × times, for `simple`."""
    panel = found.panel
    cohorts = np.array([*panel.cohorts, *([panel.first.max()] if panel.never.any() else [])])
    sizes = np.array([(panel.first == one).sum() for one in cohorts], dtype=np.float64)
    after = [one for one in found.cells if one.time >= one.group]
    total = sum(sizes[np.searchsorted(cohorts, one.group)] for one in after)
    c = np.zeros((len(cohorts), panel.t))
    for one in after:
        row, before = int(np.searchsorted(cohorts, one.group)), base(one.group, one.time, False)
        beside = (cohorts == panel.first.max()) & panel.never.any() if found.control == "never" else (
            cohorts > max(one.time, before)
        )  # fmt: skip
        share = sizes[row] / total
        for at, sign in ((one.time, 1.0), (before, -1.0)):
            c[row, at] += sign * share / sizes[row]
            c[beside, at] -= sign * share / sizes[beside].sum()
    return c


def draws(found: GroupTimes, seed: int) -> tuple[Numbers, Numbers]:
    """The estimate and the estimate of treatment itself under every drawn order."""
    panel, c = found.panel, coefficients(found)
    of_y, of_d = panel.y @ c.T, panel.treated @ c.T
    cohorts = np.unique(panel.first)
    codes = np.searchsorted(cohorts, panel.first)
    random = np.random.default_rng(seed)
    orders = random.permuted(np.tile(codes, (DRAWS, 1)), axis=1)
    at = np.arange(panel.n)[None, :]
    return of_y[at, orders].sum(axis=1), of_d[at, orders].sum(axis=1)


def inference(found: GroupTimes, att: float, seed: int) -> tuple[float, tuple[float, float] | None]:
    """p of the null of no effect on any unit, and the effects that a test at 5 % does not refuse."""
    a, b = draws(found, seed)
    p = (1 + int((np.abs(a) >= abs(att) - 1e-12).sum())) / (DRAWS + 1)
    spread = float(np.std(a)) or abs(att) or 1.0
    edges = [_edge(a, b, att, sign * spread) for sign in (-1.0, 1.0)]
    if None in edges:
        return p, None
    return p, (float(edges[0] or 0.0), float(edges[1] or 0.0))


def _kept(a: Numbers, b: Numbers, att: float, effect: float) -> bool:
    far = np.abs(a - effect * b) >= abs(att - effect) - 1e-12
    return bool((1 + int(far.sum())) / (DRAWS + 1) > LEVEL)


def _edge(a: Numbers, b: Numbers, att: float, step: float) -> float | None:
    """The outermost effect in one direction that is not refused, by bisection; None if there is none."""
    inside, outside = att, att + step
    for _double in range(12):
        if not _kept(a, b, att, outside):
            break
        inside, outside = outside, att + (outside - att) * 2
    else:
        return None
    for _half in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if _kept(a, b, att, middle) else (inside, middle)
    return inside
