r"""Linear mixed model with crossed random intercepts, by maximum likelihood.

.. math:: y = X\beta + \sum_k Z_k u_k + e, \quad u_k \sim N(0, \sigma^2\theta_k^2 I),\ e \sim N(0, \sigma^2 I)

The deviance is profiled over :math:`\beta` and :math:`\sigma^2`, leaving the relative standard deviations
:math:`\theta` (Bates, Mächler, Bolker & Walker 2015, J. Stat. Software 67(1), sections 3.3-3.4). The factor
with the most levels is eliminated: its block is diagonal, so what remains is one dense Cholesky factor of
the size of the other factors. Prediction-error variances are those of Henderson's equations (Henderson 1975,
Biometrics 31:423), with the fixed effects estimated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize, sparse

from chengzhi.branch.appraisal.estimators.problems import TooManyLevels
from chengzhi.branch.appraisal.estimators.ratings import Factor, Numbers
from chengzhi.errors import sentence as _

#: Rows of the dense block; its square takes 1.2 GB.
MOST_DENSE = 12_000
ROWS_AT_ONCE = 4_000


@dataclass(frozen=True)
class Solution:
    """A fitted model: variances, effects and their prediction-error variances by factor.

    Parameters
    ----------
    minus2loglik: at the maximum, with its constant.
    sigma2: residual variance.
    variances: one for each factor, in the order they were given.
    effects, errors: for each factor, one number a level; errors are variances of prediction.
    centre: mean over the rows of what the fixed effects predict.
    beta: coefficients of the columns of X, the dependent ones 0.
    """

    minus2loglik: float
    sigma2: float
    variances: list[float]
    effects: list[Numbers]
    errors: list[Numbers]
    centre: float
    beta: Numbers
    evaluations: int


class Equations:
    """The cross products of one data set, from which each evaluation starts."""

    def __init__(self, score: Numbers, fixed: sparse.csr_matrix, factors: Sequence[Factor]) -> None:
        self.n, self.sizes = len(score), [len(one) for one in factors]
        self.order = sorted(range(len(factors)), key=lambda k: -self.sizes[k])
        self.shift = float(score.mean())
        self.columns = independent(fixed)
        self.fixed = fixed[:, self.columns]
        self.width = fixed.shape[1]
        rest = [_indicator(factors[k]) for k in self.order[1:]]
        last = sparse.csr_matrix((score - self.shift)[:, None])
        self.dense = sum(part.shape[1] for part in rest)
        if self.dense + self.fixed.shape[1] > MOST_DENSE:
            raise TooManyLevels(
                _("The design has %(n)s levels beside its largest factor.", n=self.dense),
                _(
                    "The estimator holds a matrix of that size squared; it stops at %(most)s.",
                    most=MOST_DENSE,
                ),
                _("Leave out a random term, or fit the parts of the organisation one by one."),
            )
        beside = sparse.hstack([*rest, self.fixed, last], format="csr")
        self.square = (beside.T @ beside).toarray()
        first = _indicator(factors[self.order[0]]) if factors else sparse.csr_matrix((self.n, 0))
        self.counts = np.asarray(first.sum(axis=0), dtype=np.float64).ravel()
        self.cross = (first.T @ beside).tocsr()
        self.evaluations = 0

    def scales(self, theta: Numbers) -> Numbers:
        """θ of each column of the dense block; 1 for fixed effects and the scores."""
        parts = [np.full(self.sizes[k], theta[k]) for k in self.order[1:]]
        return np.concatenate([*parts, np.ones(len(self.square) - self.dense)])

    def factor(self, theta: Numbers) -> tuple[Numbers, Numbers]:
        """Cholesky factor of the dense block with the scores as last row, and the eliminated diagonal."""
        self.evaluations += 1
        lead = float(theta[self.order[0]]) ** 2 if self.order else 0.0
        diagonal = lead * self.counts + 1.0
        weighted = self.cross.multiply((lead / diagonal)[:, None]).tocsr()
        block = self.square - (self.cross.T @ weighted).toarray()
        scales = self.scales(theta)
        block *= scales[:, None] * scales[None, :]
        block[np.arange(self.dense), np.arange(self.dense)] += 1.0
        return linalg.cholesky(block, lower=True, overwrite_a=True, check_finite=False), diagonal

    def deviance(self, theta: Numbers) -> float:
        """−2 log L at the best β and σ² for these relative standard deviations."""
        try:
            lower, diagonal = self.factor(np.abs(theta))
        except linalg.LinAlgError:
            return float("inf")
        logdet = np.log(diagonal).sum() + 2.0 * np.log(np.diag(lower)[: self.dense]).sum()
        rest = float(lower[-1, -1]) ** 2
        return float(logdet + self.n * (1.0 + np.log(2.0 * np.pi * rest / self.n)))


def solve(score: Numbers, fixed: sparse.csr_matrix, factors: Sequence[Factor]) -> Solution:
    """Fit by maximum likelihood.

    Parameters
    ----------
    score: n numbers, not all predicted exactly by the rest.
    fixed: n × p, with a column of ones among them or implied; dependent columns are left out.
    factors: the random ones; may be empty.

    Raises
    ------
    TooManyLevels: the second largest factors together are too large for a dense matrix.
    """
    equations = Equations(score, fixed, factors)
    theta = _best(equations, len(factors))
    return _read_off(equations, theta)


def independent(fixed: sparse.csr_matrix) -> NDArray[np.intp]:
    """Columns that span the same space, by pivoted QR of the cross products; in their order."""
    square = (fixed.T @ fixed).toarray()
    size = np.sqrt(np.diag(square))
    size[size == 0] = 1.0
    upper, pivots = linalg.qr(square / size[:, None] / size[None, :], mode="r", pivoting=True)
    diagonal = np.abs(np.diag(upper))
    rank = int((diagonal > 1e-9 * max(float(diagonal[0]), 1e-300)).sum())
    return np.sort(pivots[:rank])


def _indicator(factor: Factor) -> sparse.csr_matrix:
    n = len(factor.codes)
    return sparse.csr_matrix((np.ones(n), factor.codes, np.arange(n + 1)), shape=(n, len(factor)))


def _best(equations: Equations, count: int) -> Numbers:
    """The θ of least deviance: from three starts for a first look, then to the end from the best."""
    if not count:
        return np.zeros(0)
    starts = [np.full(count, value) for value in (0.2, 0.6, 1.5)]
    start = min(starts, key=equations.deviance)
    found = optimize.minimize(
        equations.deviance, start, method="COBYQA", bounds=[(0.0, None)] * count,
        options={"initial_tr_radius": 0.3, "final_tr_radius": 2e-5, "maxfev": 400 * count},
    )  # fmt: skip
    theta = np.abs(np.asarray(found.x, dtype=np.float64))
    theta[theta < 1e-6] = 0.0
    return theta


def _read_off(equations: Equations, theta: Numbers) -> Solution:
    lower, diagonal = equations.factor(theta)
    deviance = equations.deviance(theta)
    sigma2 = float(lower[-1, -1]) ** 2 / equations.n
    inner, scales = lower[:-1, :-1], equations.scales(theta)[:-1]
    inverse = linalg.cho_solve((inner, True), np.eye(len(inner)), check_finite=False)
    scaled = scales * linalg.solve_triangular(inner, lower[-1, :-1], lower=True, trans="T")
    spread = scales**2 * np.diag(inverse)
    effects, errors = _dense_parts(equations, scaled, sigma2 * spread)
    if equations.order:
        lead = float(theta[equations.order[0]]) ** 2
        cross = equations.cross[:, :-1].tocsr()
        totals = equations.cross[:, -1].toarray().ravel()
        effects[equations.order[0]] = lead / diagonal * (totals - cross @ scaled)
        around = _quadratic(cross.multiply(scales[None, :]).tocsr(), inverse)
        errors[equations.order[0]] = sigma2 * (lead / diagonal + (lead / diagonal) ** 2 * around)
    beta = np.zeros(equations.width)
    beta[equations.columns] = scaled[equations.dense :]
    centre = equations.shift + float(
        np.asarray(equations.fixed.mean(axis=0)).ravel() @ scaled[equations.dense :]
    )
    order = range(len(theta))
    return Solution(
        deviance, sigma2, [float(sigma2 * one**2) for one in theta], [effects[k] for k in order],
        [errors[k] for k in order], centre, beta, equations.evaluations,
    )  # fmt: skip


def _dense_parts(
    equations: Equations, scaled: Numbers, spread: Numbers
) -> tuple[dict[int, Numbers], dict[int, Numbers]]:
    effects: dict[int, Numbers] = {}
    errors: dict[int, Numbers] = {}
    at = 0
    for k in equations.order[1:]:
        part = slice(at, at + equations.sizes[k])
        effects[k], errors[k] = scaled[part], spread[part]
        at = part.stop
    return effects, errors


def _quadratic(rows: sparse.csr_matrix, inverse: Numbers) -> Numbers:
    """c' A c for each sparse row c, some thousand at a time."""
    parts = [
        np.asarray(piece.multiply(piece @ inverse).sum(axis=1)).ravel()
        for piece in (rows[at : at + ROWS_AT_ONCE] for at in range(0, rows.shape[0], ROWS_AT_ONCE))
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
