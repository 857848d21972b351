"""Designs as text, balance, and what negative components do."""

import numpy as np
import pytest

from chengzhi.branch.appraisal.estimators import fit
from chengzhi.branch.appraisal.estimators.formula import parse
from chengzhi.branch.appraisal.estimators.problems import BadDesign, UnbalancedDesign
from tests.unit.branch.appraisal.estimators.makers import complete, ratings


def shown(text: str) -> set[str]:
    return {
        "".join(sorted(one.main)) + (":" + "".join(sorted(one.within)) if one.within else "")
        for one in parse(text).effects
    }


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("p x i", {"p", "i", "ip"}),
        ("i:p", {"p", "i:p"}),
        ("p x i x o", {"p", "i", "o", "ip", "op", "io", "iop"}),
        ("p x (r:t)", {"p", "t", "r:t", "pt", "pr:t"}),
        ("p×(i:h)×o", {"p", "h", "o", "i:h", "hp", "op", "ho", "ip:h", "io:h", "hop", "iop:h"}),
        ("(i x h):p", {"p", "i:p", "h:p", "hi:p"}),
        ("r:t:p", {"p", "t:p", "r:pt"}),
    ],
)
def test_a_design_has_the_effects_of_the_book(text, effects):
    assert shown(text) == effects


@pytest.mark.parametrize(
    "text", ["", "p x", "p x (r:t", "p x p", ":p", "p i", "p x r)", "a x b x c x d x e x f x g", "!"]
)
def test_what_is_no_design_is_refused(text):
    with pytest.raises(BadDesign):
        parse(text)


def test_components_of_a_simulated_nested_design_come_back():
    chance = np.random.default_rng(2)
    person, task = chance.normal(0, 1, 200), chance.normal(0, 0.5, 12)
    rater = chance.normal(0, 0.7, (12, 5))
    rows = [
        (f"p{p}", f"r{r}", 3 + person[p] + task[t] + rater[t, r] + chance.normal(0, 0.6), f"t{t}")
        for p in range(200) for t in range(12) for r in range(5)
    ]  # fmt: skip
    found = fit(ratings(rows), "gtheory", design="p x (r:c)")
    assert found.variance["ratee"] == pytest.approx(1.0, rel=0.2)
    assert found.variance["rater:criterion"] == pytest.approx(0.49, rel=0.4)
    assert found.variance["residual"] == pytest.approx(0.36, rel=0.03)


def test_a_gap_is_refused():
    rows = [(f"a{i}", f"b{j}", i + j) for i in range(4) for j in range(3)]
    with pytest.raises(UnbalancedDesign, match="crossed"):
        fit(ratings(rows[1:]), "gtheory", design="p x r")
    with pytest.raises(UnbalancedDesign):
        fit(ratings([*rows, rows[0]]), "gtheory", design="p x r")


def test_a_design_with_more_facets_than_columns_is_refused():
    with pytest.raises(BadDesign, match="3 facets, but 2 columns"):
        fit(complete([[1, 2], [2, 3]]), "gtheory", design="p x r x t")


def test_a_negative_component_counts_as_nothing():
    found = fit(complete([[1, 3], [3, 1], [2, 2]]), "gtheory")
    assert found.variance["ratee"] < 0
    assert found.reliability is None
    assert [one.estimate for one in found.estimates] == [None] * 3
    assert any("Negative components count as 0: ratee" in str(one) for one in found.warnings)
