"""The cut line: who cannot be told apart is said; nobody is picked."""

import pytest

from chengzhi.branch.appraisal.estimators import Estimate, at_the_cut, groups
from chengzhi.branch.appraisal.estimators.problems import UnfitOption


def estimate(name: str, value: float | None, se: float | None = 0.1, reportable: bool = True) -> Estimate:
    return Estimate(name, 5, value or 0.0, value, se, reportable)


CLEAR = [estimate("a", 5.0), estimate("b", 4.9), estimate("c", 3.0), estimate("d", 2.9)]


def test_a_clear_line_leaves_nobody_in_doubt():
    assert at_the_cut(CLEAR, 2) == []


def test_those_on_both_sides_that_cannot_be_told_apart_are_named_by_name():
    assert at_the_cut(CLEAR, 3) == ["c", "d"]
    assert at_the_cut(CLEAR, 1) == ["a", "b"]


def test_who_may_not_be_reported_stays_in_doubt():
    assert at_the_cut([*CLEAR, estimate("e", None, None, reportable=False)], 2) == ["e"]


def test_bands_part_only_where_all_above_differ_from_all_below():
    assert groups(CLEAR) == [["a", "b"], ["c", "d"]]
    assert groups([*CLEAR, estimate("m", 4.0, 0.6)]) == [["a", "b", "c", "d", "m"]]
    assert groups([]) == []


@pytest.mark.parametrize("places", [0, 5, -1])
def test_a_line_outside_the_list_is_refused(places):
    with pytest.raises(UnfitOption):
        at_the_cut(CLEAR, places)
