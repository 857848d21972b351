"""Doubly robust difference in differences of two groups and two times, with influence function.

Source: Sant'Anna & Zhao 2020, J. Econometrics 219:101, the traditional estimator for panels.
"""

import numpy as np
from numpy.typing import NDArray

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.panel import Numbers
from chengzhi.outcomes.effects.problems import BadCovariates

STEPS = 50
#: Scores this near to 1 mean that no control resembles the treated.
HIGHEST_SCORE = 1 - 1e-6


def drdid(change: Numbers, treated: NDArray[np.bool_], x: Numbers) -> tuple[float, Numbers]:
    """Effect on the treated and its influence function, length n.

    Parameters
    ----------
    change: outcome after less before, length n.
    treated: who is treated.
    x: n × K covariates before, without a constant; K may be 0.

    Raises
    ------
    BadCovariates: they separate the groups or are collinear.
    """
    n, d = len(change), treated.astype(np.float64)
    x = np.column_stack([np.ones(n), x])
    if np.linalg.matrix_rank(x[~treated]) < x.shape[1]:
        raise _bad()
    score = _propensity(x, d)
    control = (1 - d)[:, None] * x
    inverse = np.linalg.inv(control.T @ x / n)
    rest = change - x @ (inverse @ (control.T @ change) / n)
    from_outcome = (control * rest[:, None]) @ inverse
    hessian = np.linalg.inv((x * (score * (1 - score))[:, None]).T @ x) * n
    from_score = ((d - score)[:, None] * x) @ hessian
    weight = score * (1 - d) / (1 - score)
    eta_1, eta_0 = float((d * rest).sum() / d.sum()), float((weight * rest).sum() / weight.sum())
    one = (d * (rest - eta_1) - from_outcome @ (d[:, None] * x).mean(axis=0)) / d.mean()
    pull = (weight * (rest - eta_0))[:, None] * x
    zero = (
        weight * (rest - eta_0) + from_score @ pull.mean(axis=0)
        - from_outcome @ (weight[:, None] * x).mean(axis=0)
    ) / weight.mean()  # fmt: skip
    return eta_1 - eta_0, one - zero


def _propensity(x: Numbers, d: Numbers) -> Numbers:
    """Logit by Newton's method."""
    beta = np.zeros(x.shape[1])
    for _step in range(STEPS):
        score = 1 / (1 + np.exp(-np.clip(x @ beta, -35, 35)))
        try:
            step = np.linalg.solve((x * (score * (1 - score))[:, None]).T @ x, x.T @ (d - score))
        except np.linalg.LinAlgError as error:
            raise _bad() from error
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    else:
        raise _bad()
    if score.max() > HIGHEST_SCORE:
        raise _bad()
    return np.asarray(score)


def _bad() -> BadCovariates:
    return BadCovariates(
        _("The covariates separate treated from untreated units, or say the same twice."),
        _("Then no untreated unit resembles the treated ones."),
        _("Name fewer covariates."),
    )
