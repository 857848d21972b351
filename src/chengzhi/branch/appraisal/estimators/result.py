"""What every estimator answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chengzhi.branch.appraisal.estimators.ratings import FEWEST_RATERS, Factor, Numbers, Ratings
from chengzhi.errors import Sentence


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of one ratee (or rater): raw mean first, then the estimate on the score scale.

    Parameters
    ----------
    name: of the ratee or rater, as the file writes it.
    n: number of scores.
    mean: raw mean of the scores.
    estimate: on the scale of the scores; None where the design says nothing.
    se: root of the prediction-error variance, same scale.
    reportable: False where fewer than three stand behind it.
    more: what only this model knows, such as a severity in logits.
    """

    name: str
    n: int
    mean: float
    estimate: float | None
    se: float | None
    reportable: bool
    more: Mapping[str, float | None] = field(default_factory=dict)

    def as_json(self, role: str) -> dict[str, Any]:
        """The row with `role` (ratee, rater) as the name's key."""
        return {
            role: self.name, "n": self.n, "mean": self.mean, "estimate": self.estimate, "se": self.se,
            "reportable": self.reportable, **self.more,
        }  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Parameters
    ----------
    variance: part of the design → variance; None where it cannot be told from another part.
    minus2loglik: by maximum likelihood with its constant; None for estimators by moments.
    reliability: mean of 1 − se²/σ² of the ratees; by effect for a round robin.
    icc: of Shrout and Fleiss, where every rater rated every ratee once.
    components: number of parts of the design that no rating joins; 1 is connected.
    more: what only this model reports.
    """

    model: str
    n: int
    ratees: int
    raters: int
    variance: Mapping[str, float | None]
    minus2loglik: float | None
    reliability: float | Mapping[str, float | None] | None
    estimates: Sequence[Estimate]
    components: int
    warnings: Sequence[Sentence]
    icc: Mapping[str, float] = field(default_factory=dict)
    rater_estimates: Sequence[Estimate] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The fixed shape; ratees in the order of their names, never of their estimates."""
        shape: dict[str, Any] = {
            "model": self.model, "n": self.n, "ratees": self.ratees, "raters": self.raters,
            "variance": dict(self.variance), "minus2loglik": self.minus2loglik,
            "reliability": self.reliability, "icc": dict(self.icc),
            "estimates": [one.as_json("ratee") for one in self.estimates],
            "components": self.components, "warnings": [str(one) for one in self.warnings],
        }  # fmt: skip
        if self.rater_estimates is not None:
            shape["rater_estimates"] = [one.as_json("rater") for one in self.rater_estimates]
        return shape | dict(self.more)


def estimates(
    ratings: Ratings,
    factor: Factor,
    beside: Factor,
    values: Numbers | None,
    errors: Numbers | None,
    more: Mapping[str, Numbers] | None = None,
) -> list[Estimate]:
    """One row for each level of `factor`; reportable where three levels of `beside` stand behind it."""
    means, counts = ratings.means(factor), factor.counts
    behind = ratings.raters_of(factor, beside) >= FEWEST_RATERS
    blank = np.full(len(factor), np.nan)
    values, errors = (blank if one is None else one for one in (values, errors))
    return [
        Estimate(
            name, int(counts[at]), float(means[at]), _known(values[at]), _known(errors[at]), bool(behind[at]),
            {key: _known(column[at]) for key, column in (more or {}).items()},
        )
        for at, name in enumerate(factor.levels)
    ]  # fmt: skip


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
