"""Many-facet Rasch: severities of raters and difficulties of criteria where scores are ordered grades.

See `rasch` for the model and its sources. Raters and ratees must hang together: in a design of several
parts a lenient part and a good one look the same, so it is refused with the parts named.
"""

import numpy as np

from chengzhi.branch.appraisal.estimators import design
from chengzhi.branch.appraisal.estimators.problems import NotGrades, TooManyLevels, UnconnectedDesign
from chengzhi.branch.appraisal.estimators.rasch import EXTREME, Answer, Grades, expected_grade, maximise
from chengzhi.branch.appraisal.estimators.ratings import Codes, Numbers, Ratings, enough
from chengzhi.branch.appraisal.estimators.result import Fit, estimates
from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _

MOST_GRADES = 20
#: The information matrix takes two passes over the data for each.
MOST_RATERS = 500
#: Standard deviation of ability, in logits, beyond which the search has run to its bound.
WIDEST = 15.0


def fit(ratings: Ratings) -> Fit:
    """Fit ordered grades of ratees by raters, on several criteria or one.

    Returns
    -------
    `estimates`: the score a ratee would get from a rater of mean severity on the mean criterion, with the
    root of its prediction-error variance; `logit` is the ability behind it. `rater_estimates`: the score
    that the rater would give a ratee of ability 0; `severity` in logits. Variances are in squared logits,
    that of raters being the spread of their estimated severities; the residual is that of the logistic.

    Raises
    ------
    UnconnectedDesign: raters and ratees fall into parts.
    NotGrades: fewer than two or more than twenty different scores.
    """
    ratings = enough(design.without_own(ratings))
    found = design.parts(ratings)
    if len(found) > 1:
        raise UnconnectedDesign(
            _("Raters and ratees fall into %(n)s parts: %(parts)s", n=len(found), parts=design.named(found)),
            _("Between parts severe raters and weak ratees look the same."),
            _("Let some raters rate in both parts, or fit each part by itself."),
        )
    values, grade = _grades(ratings)
    warnings = [*ratings.warnings, *design.warnings_of(ratings, found)]
    criterion = ratings.criterion
    answer = maximise(
        Grades(
            grade, ratings.ratee.codes, ratings.rater.codes,
            criterion.codes if criterion else np.zeros(len(grade), dtype=np.int64),
            len(ratings.ratee), len(ratings.rater), len(criterion) if criterion else 1, len(values) - 1,
        )
    )  # fmt: skip
    return _told(ratings, values, answer, warnings)


def _grades(ratings: Ratings) -> tuple[Numbers, Codes]:
    values, grade = np.unique(ratings.score, return_inverse=True)
    if not 2 <= len(values) <= MOST_GRADES:
        raise NotGrades(
            _("There are %(n)s different scores.", n=len(values)),
            _("This model is for 2 to %(most)s ordered grades.", most=MOST_GRADES),
            _("Use --model crossed for scores on a fine scale."),
        )
    if len(ratings.rater) > MOST_RATERS:
        raise TooManyLevels(
            _("There are %(n)s raters.", n=len(ratings.rater)),
            _("This model takes at most %(most)s.", most=MOST_RATERS),
            _("Use --model crossed."),
        )
    return values, grade.astype(np.int64)


def _told(ratings: Ratings, values: Numbers, answer: Answer, warnings: list[Sentence]) -> Fit:
    extreme = np.abs(answer.severity) >= EXTREME - 0.1
    if extreme.any():
        warnings.append(
            _("%(n)s raters gave one extreme grade only: their severity is not known.", n=int(extreme.sum()))
        )
    if answer.sigma > WIDEST:
        warnings.append(
            _("The grades part the ratees almost without exception; how far apart they are is not known.")
        )
    if not answer.converged:
        warnings.append(_("The search for the maximum ended early; take the figures with care."))
    middle = float(answer.difficulty.mean())
    score, slope = expected_grade(answer.ability - middle, answer.thresholds, values)
    given, steep = expected_grade(-answer.severity - middle, answer.thresholds, values)
    severity = np.where(extreme, np.nan, answer.severity)
    variance = answer.sigma**2
    reliability = float(np.mean(1.0 - answer.ability_error**2 / variance))
    ratees = estimates(
        ratings, ratings.ratee, ratings.rater, score, np.abs(slope) * answer.ability_error,
        {"logit": answer.ability, "logit_se": answer.ability_error},
    )  # fmt: skip
    raters = estimates(
        ratings, ratings.rater, ratings.ratee, np.where(extreme, np.nan, given),
        np.abs(steep) * answer.severity_error, {"severity": severity, "severity_se": answer.severity_error},
    )  # fmt: skip
    more: dict[str, object] = {"thresholds": answer.thresholds.tolist(), "grades": values.tolist()}
    if ratings.criterion:
        names = ratings.criterion.levels
        more["criteria"] = [
            {"criterion": name, "difficulty": float(hard)}
            for name, hard in zip(names, answer.difficulty, strict=True)
        ]
    return Fit(
        "facets", len(ratings), len(ratings.ratee), len(ratings.rater),
        {"ratee": variance, "rater": None if extreme.all() else float(np.nanvar(severity)), "residual": float(np.pi**2 / 3)},
        answer.minus2loglik, reliability, ratees, 1, warnings, rater_estimates=raters, more=more,
    )  # fmt: skip
