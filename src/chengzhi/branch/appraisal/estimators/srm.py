"""Social-relations analysis of a round robin: everybody rates everybody else, never himself.

Moments of Bond & Lashley (1996, Psychometrika 61:615-627) after Warner, Kenny & Stoto (1979, J. Pers. Soc.
Psychol. 37:1742-1757): leniency of raters, what ratees get from all, what is special to a pair, and the two
reciprocities. Several groups are pooled with weights n − 1. A round robin with gaps is refused, since these
moments hold for complete ones only; `crossed` takes gaps.
"""

from dataclasses import dataclass

import numpy as np

from chengzhi.branch.appraisal.estimators import design
from chengzhi.branch.appraisal.estimators.problems import IncompleteRoundRobin, UnfitOption, listed, short
from chengzhi.branch.appraisal.estimators.ratings import Numbers, Ratings
from chengzhi.branch.appraisal.estimators.result import Estimate, Fit
from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _

#: The moments divide by n − 3.
FEWEST_PERSONS = 4


@dataclass(frozen=True, slots=True)
class Moments:
    """One group's effects and (co)variances.

    Parameters
    ----------
    names: the persons, n of them.
    grand: mean of the n(n − 1) scores.
    rater, ratee: raw effects, n each; sums are 0.
    rater_variance, ratee_variance, relationship: variances; may be negative by chance.
    generalized: covariance of rater and ratee effects; dyadic: of the two relationships of a pair.
    error: what a mean of this group adds to the variance of an effect.
    """

    names: tuple[str, ...]
    scores: Numbers
    grand: float
    rater: Numbers
    ratee: Numbers
    rater_variance: float
    ratee_variance: float
    relationship: float
    generalized: float
    dyadic: float
    error: float


def moments(names: tuple[str, ...], scores: Numbers) -> Moments:
    """Bond-Lashley moments of one complete group.

    Parameters
    ----------
    scores: n × n, row rates column; the diagonal is not read.
    """
    n = len(names)
    off = ~np.eye(n, dtype=np.bool_)
    filled = np.where(off, scores, 0.0)
    rows, columns = filled.sum(axis=1) / (n - 1), filled.sum(axis=0) / (n - 1)
    grand = float(filled.sum() / (n * (n - 1)))
    main, side, all_ = (n - 1) ** 2 / (n * (n - 2)), (n - 1) / (n * (n - 2)), (n - 1) / (n - 2)
    rater = main * rows + side * columns - all_ * grand
    ratee = main * columns + side * rows - all_ * grand
    special = np.where(off, scores - grand - rater[:, None] - ratee[None, :], 0.0)
    both, apart = (special + special.T) / 2, special - special.T
    # Each pair stands twice in the matrices: hence the halves.
    together = float((both**2).sum() / ((n - 1) * (n - 2) / 2 - 1))
    between = float((apart**2).sum() / 2 / ((n - 1) * (n - 2)))
    relationship, dyadic = (together + between) / 2, (together - between) / 2
    near, far = (n - 1) / (n * (n - 2)), 1 / (n * (n - 2))
    error = relationship * near + dyadic * far
    return Moments(
        names, scores, grand, rater, ratee,
        float((rater**2).sum() / (n - 1)) - error, float((ratee**2).sum() / (n - 1)) - error, relationship,
        float((rater * ratee).sum() / (n - 1)) - dyadic * near - relationship * far, dyadic, error,
    )  # fmt: skip


def fit(ratings: Ratings) -> Fit:
    """Fit one or several round robins.

    Returns
    -------
    `estimates` for persons as ratees, `rater_estimates` as raters: the group's mean plus the effect shrunken
    by its reliability; the raw effect stands beside. `residual` is relationship and error together, which
    one measurement cannot part.

    Raises
    ------
    IncompleteRoundRobin: a pair is missing or there twice, or a group has fewer than four persons.
    """
    if ratings.criterion:
        raise UnfitOption(
            _("A round robin is analysed one criterion at a time."),
            _("Its moments are those of one square of scores."),
            _("Leave --criterion out and give the rows of one criterion."),
        )
    own = design.own_ratings(ratings)
    warnings = [*ratings.warnings]
    if own.any():
        warnings.append(_("%(n)s self-ratings were left out.", n=int(own.sum())))
        ratings = ratings.taken(~own)
    groups = [moments(names, scores) for names, scores in _squares(ratings)]
    return _told(ratings, groups, warnings)


def _squares(ratings: Ratings) -> list[tuple[tuple[str, ...], Numbers]]:
    if ratings.group is None:
        return [_square(ratings, _("the round robin"))]
    group = ratings.group
    return [
        _square(ratings.taken(group.codes == at), _("group “%(name)s”", name=short(name)))
        for at, name in enumerate(group.levels)
    ]


def _square(ratings: Ratings, where: Sentence) -> tuple[tuple[str, ...], Numbers]:
    rater, ratee = ratings.rater, ratings.ratee
    numbers = all(name.isdecimal() for name in (*rater.levels, *ratee.levels))
    names = tuple(
        sorted({*rater.levels, *ratee.levels}, key=(lambda name: (int(name), name)) if numbers else str)
    )
    place = {name: at for at, name in enumerate(names)}
    rows = np.array([place[name] for name in rater.levels], dtype=np.int64)[rater.codes]
    columns = np.array([place[name] for name in ratee.levels], dtype=np.int64)[ratee.codes]
    times = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(times, (rows, columns), 1)
    np.fill_diagonal(times, 1)
    if len(names) < FEWEST_PERSONS or (times != 1).any():
        _refuse(names, times, where)
    scores = np.full(times.shape, np.nan)
    scores[rows, columns] = ratings.score
    return names, scores


def _refuse(names: tuple[str, ...], times: np.ndarray, where: Sentence) -> None:
    if len(names) < FEWEST_PERSONS:
        raise IncompleteRoundRobin(
            _("There are %(n)s persons in %(where)s.", n=len(names), where=where),
            _("Leniency, quality and relationship can be told apart from four persons on."),
            _("Join it with another group, or use --model crossed."),
        )
    pairs = [f"{names[a]} → {names[b]}" for a, b in np.argwhere(times != 1)[:7]]
    raise IncompleteRoundRobin(
        _("%(n)s pairs of %(where)s are missing or there twice.", n=int((times != 1).sum()), where=where),
        _("Rater and ratee of these: %(pairs)s.", pairs=listed(pairs)),
        _("Leave these persons out, give --group where there are several groups, or use --model crossed."),
    )


def _told(ratings: Ratings, groups: list[Moments], warnings: list[Sentence]) -> Fit:
    weights = np.array([len(one.names) - 1 for one in groups], dtype=np.float64)

    def pooled(values: list[float]) -> float:
        return float(np.average(values, weights=weights))

    rater = pooled([one.rater_variance for one in groups])
    ratee = pooled([one.ratee_variance for one in groups])
    residual = pooled([one.relationship for one in groups])
    covariance = {
        "rater-ratee": pooled([one.generalized for one in groups]),
        "relationship": pooled([one.dyadic for one in groups]),
    }
    for name, value in (("ratee", ratee), ("rater", rater)):
        if value <= 0:
            warnings.append(_("The variance of “%(name)s” is not above 0: no more than chance.", name=name))
    as_ratee = _estimates(groups, "ratee", ratee)
    as_rater = _estimates(groups, "rater", rater)
    correlation = {
        "rater-ratee": _ratio(covariance["rater-ratee"], np.sqrt(max(rater, 0) * max(ratee, 0))),
        "relationship": _ratio(covariance["relationship"], residual),
    }
    return Fit(
        "srm", len(ratings), len(as_ratee), len(as_rater),
        {"ratee": ratee, "rater": rater, "residual": residual}, None,
        {"ratee": _reliability(as_ratee, ratee), "rater": _reliability(as_rater, rater)},
        as_ratee, len(groups) if _apart(groups) else len(design.parts(ratings)), warnings,
        rater_estimates=as_rater, more={"covariance": covariance, "correlation": correlation},
    )  # fmt: skip


def _apart(groups: list[Moments]) -> bool:
    """Whether no person is in two groups."""
    names = [name for one in groups for name in one.names]
    return len(set(names)) == len(names)


def _estimates(groups: list[Moments], side: str, variance: float) -> list[Estimate]:
    """One row a person and group; shrunken by σ²/(σ² + error of a mean in that group)."""
    found = []
    for one in groups:
        effects = one.ratee if side == "ratee" else one.rater
        means = np.nanmean(
            np.where(np.eye(len(one.names)), np.nan, one.scores), axis=0 if side == "ratee" else 1
        )
        share = (
            max(variance, 0.0) / (max(variance, 0.0) + one.error)
            if variance > 0 and one.error > -variance
            else 0
        )
        se = float(np.sqrt(max(variance, 0.0) * max(1.0 - share, 0.0)))
        found += [
            Estimate(
                name, len(one.names) - 1, float(means[at]), float(one.grand + share * effects[at]), se, True,
                {"effect": float(effects[at])},
            )
            for at, name in enumerate(one.names)
        ]  # fmt: skip
    return found


def _reliability(rows: list[Estimate], variance: float) -> float | None:
    if variance <= 0:
        return None
    return float(np.mean([1.0 - (row.se or 0.0) ** 2 / variance for row in rows]))


def _ratio(above: float, below: float) -> float | None:
    return float(above / below) if below > 0 else None
