"""Randomisation inference: what the same data would say, had the lot fallen otherwise.

Without covariates the summary of Callaway and Sant'Anna is Σ C[cohort of i, t]·y[i, t] with C from the
cohort sizes only, so a permutation of cohorts costs one sum. Source: Fisher 1935; for staggered starts
Roth & Sant'Anna 2023, J. Political Econ. Microeconomics 1:669.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chengzhi.outcomes.effects.did import GroupTime, GroupTimes, base
from chengzhi.outcomes.effects.panel import NEVER_TREATED, Numbers, Panel

DRAWS = 1999
LEVEL = 0.05


def coefficients(found: GroupTimes, cells: Sequence[GroupTime], universal: bool = False) -> Numbers:
    """C: cohorts (in order, never last) × times, for the mean of `cells` weighted by cohort size."""
    panel = found.panel
    cohorts, sizes = np.unique(panel.first, return_counts=True)
    total = sum(int(sizes[np.searchsorted(cohorts, one.group)]) for one in cells)
    c = np.zeros((len(cohorts), panel.t))
    for one in cells:
        before = base(one.group, one.time, universal)
        beside = cohorts > max(one.time, before)
        if found.control == "never":
            beside = cohorts == NEVER_TREATED
        row = int(np.searchsorted(cohorts, one.group))
        beside[row] = False
        for at, sign in ((one.time, 1.0), (before, -1.0)):
            c[row, at] += sign / total
            c[beside, at] -= sign * sizes[row] / total / sizes[beside].sum()
    return c


def orders(panel: Panel, seed: int) -> NDArray[np.int64]:
    """Cohort codes of the units: as it was in the first row, then under every order drawn."""
    codes = np.unique(panel.first, return_inverse=True)[1]
    random = np.random.default_rng(seed)
    return np.vstack([codes, random.permuted(np.tile(codes, (DRAWS, 1)), axis=1)]).astype(np.int64)


def pretrend(found: GroupTimes, universal: bool, seed: int) -> float | None:
    """p of no difference in any cell before treatment, by the lot played again; None without such cells."""
    before = [one for one in found.cells if one.time < one.group]
    if not before:
        return None
    panel, drawn = found.panel, orders(found.panel, seed)
    at = np.arange(panel.n)[None, :]
    values = np.column_stack([
        (panel.y @ coefficients(found, [one], universal).T)[at, drawn].sum(axis=1) for one in before
    ])  # fmt: skip
    inverse = np.linalg.pinv(np.cov(values[1:], rowvar=False).reshape(len(before), -1), rcond=1e-8)
    far = np.einsum("dk,kl,dl->d", values, inverse, values)
    return float((far >= far[0] * (1 - 1e-9)).sum() / len(far))


def draws(found: GroupTimes, seed: int) -> tuple[Numbers, Numbers]:
    """The estimate and the estimate of treatment itself under every drawn order."""
    panel = found.panel
    c = coefficients(found, [one for one in found.cells if one.time >= one.group])
    drawn, at = orders(panel, seed)[1:], np.arange(panel.n)[None, :]
    return (panel.y @ c.T)[at, drawn].sum(axis=1), (panel.treated @ c.T)[at, drawn].sum(axis=1)


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
