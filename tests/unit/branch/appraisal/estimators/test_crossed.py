"""Crossed random effects: truth recovered, shrinkage, and designs that say too little."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengzhi.branch.appraisal.estimators import fit
from tests.unit.branch.appraisal.estimators.makers import complete, ratings

TABLES = st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=3, max_size=7)


def simulated(seed: int = 7) -> list[tuple[str, str, float]]:
    chance = np.random.default_rng(seed)
    ratee, rater = chance.normal(0, 1.0, 150), chance.normal(0, 0.7, 80)
    return [
        (f"a{i}", f"b{j}", 3 + ratee[i] + rater[j] + chance.normal(0, 0.5))
        for i in range(150)
        for j in chance.choice(80, 12, replace=False)
    ]


def test_simulated_variances_come_back():
    found = fit(ratings(simulated()))
    assert found.variance == pytest.approx({"ratee": 1.0, "rater": 0.49, "residual": 0.25}, rel=0.3)
    assert found.variance["residual"] == pytest.approx(0.25, rel=0.06)
    assert found.reliability > 0.9


def test_errors_of_prediction_are_as_large_as_they_say():
    chance = np.random.default_rng(7)
    truth = chance.normal(0, 1.0, 150)
    found = fit(ratings(simulated()))
    at = {f"a{i}": value for i, value in enumerate(truth)}
    centre = found.more["mean"]
    z = [(one.estimate - centre - at[one.name]) / one.se for one in found.estimates]
    assert 0.8 < np.std(z) < 1.2


def test_a_severe_rater_does_not_pull_his_ratees_down():
    """Raw means differ by who rated; the estimates follow the truth more closely."""
    chance = np.random.default_rng(3)
    ratee, rater = chance.normal(0, 0.5, 60), chance.normal(0, 1.0, 20)
    rows = [
        (f"a{i:02}", f"b{j:02}", ratee[i] + rater[j] + chance.normal(0, 0.3))
        for i in range(60)
        for j in chance.choice(20, 4, replace=False)
    ]
    found = fit(ratings(rows)).estimates
    raw, adjusted = ([getattr(one, kind) for one in found] for kind in ("mean", "estimate"))
    assert np.corrcoef(adjusted, ratee)[0, 1] > np.corrcoef(raw, ratee)[0, 1] + 0.1


@settings(max_examples=25, deadline=None)
@given(TABLES)
def test_estimates_shrink_towards_the_mean_and_keep_the_order_of_equal_n(table):
    found = fit(complete(table))
    grand = np.mean(table)
    for one in found.estimates:
        assert one.estimate is not None
        assert abs(one.estimate - grand) <= abs(one.mean - grand) + 1e-6
    by_mean = sorted(found.estimates, key=lambda one: one.mean)
    assert all(a.estimate <= b.estimate + 1e-6 for a, b in pairwise(by_mean) if a.mean < b.mean)


@settings(max_examples=15, deadline=None)
@given(TABLES, st.sampled_from([-100.0, 0.5, 1000.0]))
def test_a_constant_added_to_all_scores_is_added_to_all_estimates(table, constant):
    here, there = (fit(complete((np.array(table) + add).tolist())).estimates for add in (0.0, constant))
    moved = [one.estimate - other.estimate for one, other in zip(there, here, strict=True)]
    assert moved == pytest.approx([constant] * len(moved), abs=1e-3)


def test_under_three_raters_is_not_reportable():
    rows = [
        ("a", "x", 1),
        ("a", "y", 2),
        ("b", "x", 2),
        ("b", "y", 3),
        ("b", "z", 5),
        ("c", "x", 4),
        ("c", "y", 4),
    ]
    found = fit(ratings(rows))
    assert {one.name: one.reportable for one in found.estimates} == {"a": False, "b": True, "c": False}
    assert "2 ratees have fewer than 3 raters" in str(found.warnings[0])


def test_parts_that_no_rating_joins_are_warned_of_and_named():
    rows = [(f"{part}{i}", f"{part}r{j}", i + j) for part in "kl" for i in range(3) for j in range(3)]
    found = fit(ratings(rows))
    assert found.components == 2
    said = next(str(one) for one in found.warnings if "not connected" in str(one))
    assert "k0, k1, k2" in said
    assert "lr0, lr1, lr2" in said


def test_one_score_each_cannot_be_told_from_chance():
    found = fit(ratings([("a", "x", 1), ("b", "x", 3), ("c", "x", 4)]))
    assert found.variance["ratee"] is None
    assert [one.estimate for one in found.estimates] == [None, None, None]
    assert not any(one.reportable for one in found.estimates)


def test_equal_scores_have_no_likelihood_but_an_answer():
    found = fit(complete([[4, 4, 4]] * 3))
    assert (found.minus2loglik, found.reliability) == (None, None)
    assert [one.estimate for one in found.estimates] == [4.0, 4.0, 4.0]
    assert "All scores are equal" in str(found.warnings[-1])


def test_who_rates_himself_is_left_out():
    rows = [(f"p{i}", f"p{j}", 5 if i == j else 1 + (i + j) % 4) for i in range(5) for j in range(5)]
    found = fit(ratings(rows))
    assert found.n == 20
    assert "5 self-ratings were left out" in str(found.warnings[0])


def test_a_repeated_score_counts_and_is_said():
    rows = [(f"a{i}", f"b{j}", (i * j) % 5) for i in range(4) for j in range(4)]
    found = fit(ratings([*rows, rows[0]]))
    assert found.n == 17
    assert found.icc == {}
    assert any("1 scores repeat" in str(one) for one in found.warnings)


def test_several_criteria_share_the_pair():
    chance = np.random.default_rng(5)
    halo = chance.normal(0, 1, (30, 8))
    rows = [
        (f"a{i}", f"b{j}", 3 + halo[i, j] + k + chance.normal(0, 0.5), f"c{k}")
        for i in range(30) for j in range(8) for k in range(3)
    ]  # fmt: skip
    found = fit(ratings(rows))
    assert found.variance["ratee:rater"] == pytest.approx(1.0, rel=0.3)
    assert found.variance["ratee"] < 0.1


def test_scores_without_any_chance_have_no_likelihood_and_no_errors():
    found = fit(complete([[1, 2, 4], [2, 3, 5], [3, 4, 6]]))
    assert (found.minus2loglik, found.reliability) == (None, None)
    assert [one.se for one in found.estimates] == [None, None, None]
    assert "exactly" in str(found.warnings[-1])
