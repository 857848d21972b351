"""Many-facet Rasch: severities recovered, gradient checked, unconnected designs refused."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from chengzhi.branch.appraisal.estimators import fit
from chengzhi.branch.appraisal.estimators.problems import NotGrades, UnconnectedDesign
from chengzhi.branch.appraisal.estimators.rasch import Grades, Likelihood
from tests.unit.branch.appraisal.estimators.makers import complete, ratings

SEVERITY = np.array([-1.0, -0.6, -0.2, 0.0, 0.2, 0.6, 1.0])
DIFFICULTY = np.array([-0.5, 0.0, 0.5])
THRESHOLDS = np.array([-1.5, 0.0, 1.5])


def simulated(persons: int = 200) -> tuple[np.ndarray, list[tuple[str, str, int, str]]]:
    chance = np.random.default_rng(1)
    ability = chance.normal(0, 1.2, persons)
    rows = []
    for p in range(persons):
        for r in chance.choice(7, 4, replace=False):
            for c in range(3):
                logits = (ability[p] - SEVERITY[r] - DIFFICULTY[c]) * np.arange(4) - np.append(
                    0, THRESHOLDS.cumsum()
                )
                chances = np.exp(logits) / np.exp(logits).sum()
                rows.append((f"p{p:03}", f"r{r}", int(chance.choice(4, p=chances)) + 1, f"c{c}"))
    return ability, rows


def test_simulated_severities_difficulties_and_spread_come_back():
    ability, rows = simulated()
    found = fit(ratings(rows), "facets")
    severity = np.array([one.more["severity"] for one in found.rater_estimates])
    errors = np.array([one.more["severity_se"] for one in found.rater_estimates])
    assert severity.sum() == pytest.approx(0, abs=1e-9)
    assert np.abs(severity - SEVERITY).max() < 0.3
    assert (np.abs(severity - SEVERITY) < 3 * errors).all()
    assert [one["difficulty"] for one in found.more["criteria"]] == pytest.approx(DIFFICULTY, abs=0.15)
    assert found.more["thresholds"] == pytest.approx(THRESHOLDS, abs=0.25)
    assert found.variance["ratee"] == pytest.approx(1.44, rel=0.25)
    logits = [one.more["logit"] for one in found.estimates]
    assert np.corrcoef(logits, ability)[0, 1] ** 2 == pytest.approx(found.reliability, abs=0.06)
    assert all(1 <= one.estimate <= 4 and one.se > 0 for one in found.estimates)


def test_the_gradient_is_that_of_the_likelihood():
    chance = np.random.default_rng(4)
    draw = lambda top: chance.integers(0, top, 120)  # noqa: E731 -- four columns of one shape
    likelihood = Likelihood(Grades(draw(4), draw(20), draw(5), draw(2), 20, 5, 2, 3))
    at = likelihood.start() + chance.normal(0, 0.3, len(likelihood.start()))
    numeric = approx_fprime(at, lambda given: likelihood(given)[0], 1e-6)
    assert likelihood(at)[1] == pytest.approx(numeric, abs=1e-3)


def test_parts_are_refused_and_named():
    rows = [
        (f"{part}{i}", f"{part}r{j}", 1 + (i + j) % 3) for part in "kl" for i in range(4) for j in range(3)
    ]
    with pytest.raises(UnconnectedDesign, match=r"2 parts.*k0, k1, k2, … ← kr0, kr1, kr2.*l0") as refused:
        fit(ratings(rows), "facets")
    assert refused.value.as_json()["error"]["code"] == "appraisal.unconnected"


def test_scores_that_are_no_grades_are_refused():
    with pytest.raises(NotGrades, match="1 different"):
        fit(complete([[3, 3], [3, 3]]), "facets")
    with pytest.raises(NotGrades, match="25 different"):
        fit(complete(np.arange(25).reshape(5, 5).tolist()), "facets")


def test_a_rater_who_gives_only_the_highest_grade_has_no_severity():
    _, rows = simulated(60)
    rows += [(f"p{p:03}", "saint", 4, f"c{c}") for p in range(60) for c in range(3)]
    found = fit(ratings(rows), "facets")
    saint = next(one for one in found.rater_estimates if one.name == "saint")
    assert (saint.estimate, saint.more["severity"]) == (None, None)
    assert any("one extreme grade only" in str(one) for one in found.warnings)
    assert all(one.estimate is not None for one in found.estimates)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_where_every_rater_is_extreme_or_every_grade_exact_nothing_is_made_up():
    extreme = fit(complete([[1, 2], [1, 2]]), "facets")
    assert extreme.variance["rater"] is None
    assert [one.more["severity"] for one in extreme.rater_estimates] == [None, None]
    exact = fit(complete([[1, 1], [2, 2]]), "facets")
    assert any("almost without exception" in str(one) for one in exact.warnings)
