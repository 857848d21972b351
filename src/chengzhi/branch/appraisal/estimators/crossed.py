"""Ratee and rater as crossed random effects: estimates that shrink towards the mean.

Models for grading with few ratings a rater: shrinkage takes a rater's leniency out only as far as the data
show it, where subtracting each rater's mean would throw away what raters saw rightly. Sources: Henderson
1975 (Biometrics 31:423), Bates et al. 2015 (J. Stat. Software 67(1)), Zewotir 2012 on appraisal by supervisors.
"""

from collections.abc import Sequence

import numpy as np

from chengzhi.branch.appraisal.estimators import design
from chengzhi.branch.appraisal.estimators.icc import intraclass
from chengzhi.branch.appraisal.estimators.mixed import Solution, solve
from chengzhi.branch.appraisal.estimators.ratings import Factor, Ratings, enough
from chengzhi.branch.appraisal.estimators.result import Fit, estimates
from chengzhi.branch.appraisal.estimators.terms import fixed_columns, random_factor
from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _

#: Share of the scores' variance below which a residual is rounding.
NOTHING = 1e-10


def fit(ratings: Ratings, *, fixed: Sequence[str] = (), random: Sequence[str] = ()) -> Fit:
    """Fit score = fixed terms + ratee + rater + further random terms + residual.

    Parameters
    ----------
    fixed, random: terms as `terms` reads them. A criterion adds itself as a fixed term, and the pair of
        ratee and rater as a random one, since scores of one rating share what the rater thinks of the ratee.

    Returns
    -------
    Estimates are μ + u, with μ the mean of what the fixed terms predict; se is the root of the
    prediction-error variance of u. They are None where a ratee's level cannot be told from chance.
    """
    ratings = enough(design.without_own(ratings))
    found = design.parts(ratings)
    warnings = [*ratings.warnings, *design.warnings_of(ratings, found)]
    factors = _factors(ratings, random)
    usable = {
        name: factor for name, factor in factors.items() if _identified(factor, ratings, warnings, name)
    }
    terms = [*([ratings.criterion.name] if ratings.criterion else []), *fixed]
    if np.ptp(ratings.score) == 0:
        return _unanimous(ratings, factors, len(found), warnings)
    whole = Ratings(
        ratings.score, ratings.ratee, ratings.rater, ratings.criterion, ratings.group,
        {**ratings.more, **({ratings.criterion.name: ratings.criterion} if ratings.criterion else {})},
    )  # fmt: skip
    solution = solve(ratings.score, fixed_columns(whole, terms), list(usable.values()))
    return _told(ratings, factors, list(usable), solution, len(found), warnings)


def _factors(ratings: Ratings, random: Sequence[str]) -> dict[str, Factor]:
    factors = {"ratee": ratings.ratee, "rater": ratings.rater}
    if ratings.criterion:
        factors["ratee:rater"] = ratings.ratee.joined(ratings.rater)
    return factors | {term: random_factor(ratings, term) for term in random}


def _identified(factor: Factor, ratings: Ratings, warnings: list[Sentence], name: str) -> bool:
    """Whether the factor's variance can be told from the residual and the mean."""
    if len(factor) == len(ratings):
        warnings.append(
            _("Every level of “%(name)s” has one score: it cannot be told from chance.", name=name)
        )
    elif len(factor) == 1:
        warnings.append(_("“%(name)s” has one level: its variance is not known.", name=name))
    return 1 < len(factor) < len(ratings)


def _told(
    ratings: Ratings,
    factors: dict[str, Factor],
    usable: list[str],
    solution: Solution,
    components: int,
    warnings: list[Sentence],
) -> Fit:
    variance: dict[str, float | None] = dict.fromkeys(factors)
    variance |= dict(zip(usable, solution.variances, strict=True))
    variance["residual"] = solution.sigma2
    values = errors = reliability = None
    exact = solution.sigma2 < NOTHING * float(np.var(ratings.score))
    if exact:
        warnings.append(
            _("The terms give every score exactly: the likelihood has no maximum, errors are not known.")
        )
    if "ratee" in usable:
        at = usable.index("ratee")
        values = solution.centre + solution.effects[at]
        errors = None if exact else np.sqrt(solution.errors[at])
        spread = solution.variances[at]
        if spread > 0 and not exact:
            reliability = float(np.mean(1.0 - solution.errors[at] / spread))
        elif not exact:
            warnings.append(_("The ratees do not differ by more than chance."))
    complete = None if ratings.criterion else design.table(ratings)
    return Fit(
        "crossed", len(ratings), len(ratings.ratee), len(ratings.rater), variance, None if exact else solution.minus2loglik,
        reliability, estimates(ratings, ratings.ratee, ratings.rater, values, errors), components, warnings,
        {} if complete is None else intraclass(complete), more={"mean": solution.centre},
    )  # fmt: skip


def _unanimous(
    ratings: Ratings, factors: dict[str, Factor], components: int, warnings: list[Sentence]
) -> Fit:
    """All scores are equal: nothing varies, and a likelihood has no maximum."""
    level = np.full(len(ratings.ratee), ratings.score[0])
    return Fit(
        "crossed", len(ratings), len(ratings.ratee), len(ratings.rater),
        {**dict.fromkeys(factors, 0.0), "residual": 0.0}, None, None,
        estimates(ratings, ratings.ratee, ratings.rater, level, None), components,
        [*warnings, _("All scores are equal: nothing can be told apart.")], more={"mean": float(level[0])},
    )  # fmt: skip
