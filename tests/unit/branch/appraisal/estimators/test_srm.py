"""Round robins: a hand-reckoned one, a simulated one with known truth, and what is refused."""

import numpy as np
import pytest

from chengzhi.branch.appraisal.estimators import Factor, Ratings, fit
from chengzhi.branch.appraisal.estimators.problems import IncompleteRoundRobin, UnfitOption
from chengzhi.branch.appraisal.estimators.srm import moments
from tests.unit.branch.appraisal.estimators.makers import ratings


def rows_of(scores: np.ndarray) -> list[tuple[str, str, float]]:
    n = len(scores)
    return [(f"p{j:02}", f"p{i:02}", scores[i, j]) for i in range(n) for j in range(n) if i != j]


def test_four_persons_reckoned_by_hand():
    """Only p0 gives 4 to all, everybody else 1: all there is, is one lenient rater.

    n = 4, rows 4 1 1 1, columns 1 2 2 2, grand 1.75. Factors (n−1)²/(n(n−2)) = 9/8, (n−1)/(n(n−2)) = 3/8,
    (n−1)/(n−2) = 3/2. Rater effect of p0: 9/8·4 + 3/8·1 − 3/2·1.75 = 2.25; of the others
    9/8·1 + 3/8·2 − 2.625 = −0.75. Ratee effect of p0: 9/8·1 + 3/8·4 − 2.625 = 0; of the others
    9/8·2 + 3/8·1 − 2.625 = 0. No residual is left: 1.75 + 2.25 = 4, 1.75 − 0.75 = 1.
    Variance of raters (2.25² + 3·0.75²)/3 = 2.25.
    """
    scores = np.ones((4, 4))
    scores[0] = 4
    found = moments(("p0", "p1", "p2", "p3"), scores)
    assert found.grand == pytest.approx(1.75)
    assert found.rater == pytest.approx([2.25, -0.75, -0.75, -0.75])
    assert found.ratee == pytest.approx([0, 0, 0, 0], abs=1e-12)
    assert (found.rater_variance, found.ratee_variance) == pytest.approx((2.25, 0.0), abs=1e-12)
    assert (found.relationship, found.dyadic, found.generalized) == pytest.approx((0, 0, 0), abs=1e-12)


def simulated(n: int, seed: int) -> np.ndarray:
    """Ratee variance .4, rater variance .6, their correlation .5; relationship .8, dyadic correlation .4."""
    chance = np.random.default_rng(seed)
    both = chance.multivariate_normal(
        [0, 0], [[0.6, 0.5 * np.sqrt(0.24)], [0.5 * np.sqrt(0.24), 0.4]], size=n
    )
    noise = chance.normal(0, 1, (n, n))
    upper = np.triu(noise, 1)
    lower = 0.4 * upper + np.sqrt(1 - 0.16) * np.triu(chance.normal(0, 1, (n, n)), 1)
    return 3 + both[:, [0]] + both[:, 1][None, :] + np.sqrt(0.8) * (upper + lower.T)


def test_a_simulated_round_robin_gives_its_truth_back():
    found = fit(ratings(rows_of(simulated(150, 11))), "srm")
    assert found.variance == pytest.approx({"ratee": 0.4, "rater": 0.6, "residual": 0.8}, rel=0.25)
    assert found.variance["residual"] == pytest.approx(0.8, rel=0.05)
    assert found.more["correlation"]["relationship"] == pytest.approx(0.4, abs=0.04)
    assert found.more["correlation"]["rater-ratee"] == pytest.approx(0.5, abs=0.2)
    assert len(found.rater_estimates) == len(found.estimates) == 150


def test_the_moments_have_no_bias_in_small_groups():
    found = [moments(tuple("abcdefg"), simulated(7, seed)) for seed in range(400)]
    assert np.mean([one.ratee_variance for one in found]) == pytest.approx(0.4, abs=0.06)
    assert np.mean([one.rater_variance for one in found]) == pytest.approx(0.6, abs=0.08)
    assert np.mean([one.relationship for one in found]) == pytest.approx(0.8, abs=0.04)
    assert np.mean([one.dyadic for one in found]) == pytest.approx(0.32, abs=0.04)


def test_groups_are_pooled_by_their_size():
    small, large = simulated(6, 1), simulated(11, 2)
    rows = [(f"s{a}", f"s{b}", s) for a, b, s in rows_of(small)] + [
        (f"l{a}", f"l{b}", s) for a, b, s in rows_of(large)
    ]
    columns = list(zip(*rows, strict=True))
    groups = ["small"] * 30 + ["large"] * 110
    whole = Ratings(
        np.array(columns[2]), Factor.of("ratee", columns[0]), Factor.of("rater", columns[1]),
        group=Factor.of("team", groups),
    )  # fmt: skip
    apart = [moments(tuple("abcdef"), small), moments(tuple("abcdefghijk"), large)]
    found = fit(whole, "srm")
    assert found.variance["residual"] == pytest.approx(
        (5 * apart[0].relationship + 10 * apart[1].relationship) / 15
    )
    assert (found.ratees, found.components) == (17, 2)


def test_self_ratings_do_not_count():
    scores = simulated(8, 4)
    with_own = [*rows_of(scores), ("p00", "p00", 99.0)]
    here, there = fit(ratings(rows_of(scores)), "srm"), fit(ratings(with_own), "srm")
    assert here.variance == there.variance
    assert "1 self-ratings were left out" in str(there.warnings[0])


def test_a_gap_or_a_repeated_pair_is_refused_by_name():
    rows = rows_of(simulated(6, 5))
    with pytest.raises(IncompleteRoundRobin, match="p00 → p01"):
        fit(ratings(rows[1:]), "srm")
    with pytest.raises(IncompleteRoundRobin, match="p00 → p01"):
        fit(ratings([*rows, rows[0]]), "srm")


def test_three_persons_are_too_few():
    with pytest.raises(IncompleteRoundRobin, match="3 persons"):
        fit(ratings(rows_of(simulated(3, 5))), "srm")


def test_one_criterion_at_a_time():
    with pytest.raises(UnfitOption, match="one criterion"):
        fit(ratings([(*row, "c") for row in rows_of(simulated(5, 5))]), "srm")
