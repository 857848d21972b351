r"""Many-facet Rasch model for ordered grades, by marginal maximum likelihood.

.. math:: \log\frac{P(x=k)}{P(x=k-1)} = \theta_p - \delta_r - \beta_c - \tau_k,\qquad \theta_p \sim N(0,\sigma^2)

(Linacre 1989, Many-Facet Rasch Measurement; marginal likelihood after Bock & Aitkin 1981, Psychometrika
46:443). Identified by mean ability 0 and severities and difficulties that sum to 0 each; the thresholds are
free. The integral over ability is a sum over equally spaced points.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from chengzhi.branch.appraisal.estimators.ratings import Codes, Numbers

POINTS = np.linspace(-6.0, 6.0, 81)
LOG_WEIGHTS = -(POINTS**2) / 2 - special.logsumexp(-(POINTS**2) / 2)
#: A severity beyond it is that of a rater who gave one extreme grade only.
EXTREME = 8.0
STEP = 1e-4


@dataclass(frozen=True)
class Grades:
    """Grades 0 … m with the person, rater and criterion of each."""

    grade: Codes
    person: Codes
    rater: Codes
    criterion: Codes
    persons: int
    raters: int
    criteria: int
    top: int


@dataclass(frozen=True)
class Answer:
    """A fitted model.

    Parameters
    ----------
    minus2loglik: marginal, at the maximum.
    sigma: standard deviation of ability, in logits.
    severity, difficulty, thresholds: in logits; the first two sum to 0.
    severity_error: standard errors from the observed information; NaN where it says nothing.
    ability, ability_error: posterior mean and standard deviation of each person.
    """

    minus2loglik: float
    sigma: float
    severity: Numbers
    difficulty: Numbers
    thresholds: Numbers
    severity_error: Numbers
    ability: Numbers
    ability_error: Numbers
    converged: bool


class Likelihood:
    """Marginal log likelihood of one data set with its gradient.

    The parameters are R − 1 severities, C − 1 difficulties, m thresholds and log σ; the last severity and
    difficulty are minus the sum of the others.
    """

    def __init__(self, grades: Grades) -> None:
        self.data = grades
        pair = grades.rater * grades.criteria + grades.criterion
        self.pairs, self.pair = np.unique(pair, return_inverse=True)
        self.steps = np.arange(grades.top + 1)
        self.cuts = np.cumsum([grades.raters - 1, grades.criteria - 1, grades.top])

    def start(self) -> Numbers:
        """No severity, thresholds from the shares of the grades, σ of 1."""
        shares = np.bincount(self.data.grade, minlength=self.data.top + 1) + 0.5
        thresholds = np.log(shares[:-1] / shares[1:])
        return np.concatenate([np.zeros(self.cuts[1]), thresholds, [0.0]])

    def parts(self, given: Numbers) -> tuple[Numbers, Numbers, Numbers, float]:
        """Severities, difficulties, thresholds, σ."""
        severity, difficulty, thresholds, log_sigma = np.split(given, self.cuts)
        whole = [np.append(part, -part.sum()) for part in (severity, difficulty)]
        return whole[0], whole[1], thresholds, float(np.exp(log_sigma[0]))

    def _probabilities(self, given: Numbers) -> Numbers:
        """Log probability of each grade for each pair of rater and criterion at each point."""
        severity, difficulty, thresholds, sigma = self.parts(given)
        shift = severity[self.pairs // self.data.criteria] + difficulty[self.pairs % self.data.criteria]
        level = sigma * POINTS[None, :] - shift[:, None]
        sums = np.concatenate([[0.0], np.cumsum(thresholds)])
        logits = level[:, :, None] * self.steps - sums
        return np.asarray(logits - special.logsumexp(logits, axis=2, keepdims=True), dtype=np.float64)

    def posterior(self, given: Numbers) -> tuple[float, Numbers, Numbers]:
        """Log likelihood, each person's weights on the points, and the log probabilities behind them."""
        log = self._probabilities(given)
        joint = np.tile(LOG_WEIGHTS, (self.data.persons, 1))
        np.add.at(joint, self.data.person, log[self.pair, :, self.data.grade])
        whole = special.logsumexp(joint, axis=1, keepdims=True)
        return float(whole.sum()), np.exp(joint - whole), log

    def __call__(self, given: Numbers) -> tuple[float, Numbers]:
        """Minus the log likelihood and its gradient."""
        value, weights, log = self.posterior(given)
        data, sigma = self.data, float(np.exp(given[-1]))
        chance = np.exp(log)
        seen = weights[data.person]
        mass = np.zeros((len(self.pairs), len(POINTS)))
        np.add.at(mass, self.pair, seen)
        expected = (chance @ self.steps) * mass
        observed = np.zeros_like(mass)
        np.add.at(observed, self.pair, seen * data.grade[:, None])
        rest = observed - expected
        by_pair = -rest.sum(axis=1)
        severity = np.bincount(self.pairs // data.criteria, by_pair, minlength=data.raters)
        difficulty = np.bincount(self.pairs % data.criteria, by_pair, minlength=data.criteria)
        above = np.einsum("pq,pqk->k", mass, chance)
        reached = np.cumsum(above[::-1])[::-1][1:]
        got = np.cumsum(np.bincount(data.grade, minlength=data.top + 1)[::-1])[::-1][1:]
        slope = np.concatenate(
            [
                severity[:-1] - severity[-1],
                difficulty[:-1] - difficulty[-1],
                reached - got,
                [sigma * float((rest @ POINTS).sum())],
            ]
        )
        return -value, -slope


def maximise(grades: Grades) -> Answer:
    """Fit by quasi-Newton steps within bounds; standard errors from differences of the gradient."""
    likelihood = Likelihood(grades)
    start = likelihood.start()
    bounds = [(-EXTREME, EXTREME)] * (len(start) - 1) + [(-5.0, 3.0)]
    found = optimize.minimize(
        likelihood, start, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 2000, "maxfun": 5000, "ftol": 1e-12, "gtol": 1e-6},
    )  # fmt: skip
    value, weights, _ = likelihood.posterior(found.x)
    severity, difficulty, thresholds, sigma = likelihood.parts(found.x)
    ability = sigma * (weights @ POINTS)
    spread = sigma**2 * (weights @ POINTS**2) - ability**2
    return Answer(
        -2.0 * value, sigma, severity, difficulty, thresholds, _severity_errors(likelihood, found.x),
        ability, np.sqrt(np.maximum(spread, 0.0)), bool(found.success),
    )  # fmt: skip


def _severity_errors(likelihood: Likelihood, at: Numbers) -> Numbers:
    """Standard errors of all R severities; NaN where the information matrix is not positive."""
    raters = likelihood.data.raters
    inner = np.flatnonzero(np.abs(at) < EXTREME - 1e-6)
    information = np.zeros((len(inner), len(inner)))
    for row, k in enumerate(inner):
        step = np.zeros(len(at))
        step[k] = STEP
        information[row] = ((likelihood(at + step)[1] - likelihood(at - step)[1]) / (2 * STEP))[inner]
    information = (information + information.T) / 2
    covariance = np.full((len(at), len(at)), np.nan)
    try:
        covariance[np.ix_(inner, inner)] = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return np.full(raters, np.nan)
    own = covariance[: raters - 1, : raters - 1]
    variances = np.append(np.diag(own), own.sum())
    variances[variances < 0] = np.nan
    return np.asarray(np.sqrt(variances), dtype=np.float64)


def expected_grade(level: Numbers, thresholds: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """Expected score at each level (ability − severity − difficulty) and its slope.

    Parameters
    ----------
    values: the score that each grade 0 … m stands for.
    """
    steps = np.arange(len(values))
    sums = np.concatenate([[0.0], np.cumsum(thresholds)])
    chance = special.softmax(level[:, None] * steps - sums, axis=1)
    score = chance @ values
    slope = chance @ (steps * values) - (chance @ steps) * score
    return np.asarray(score, dtype=np.float64), np.asarray(slope, dtype=np.float64)
