"""Whatever is wrong with a table is refused by its own class, never answered with a number."""

import math

import polars as pl
import pytest

from chengzhi.outcomes import effects
from chengzhi.outcomes.effects import problems


def rows(units=12, times=8, start=5, treated=6):
    return [
        {
            "u": f"u{u}",
            "t": str(t),
            "y": str(math.sin(u * 7 + t * 3) + u),
            "d": str(start) if u < treated else "",
        }
        for u in range(units)
        for t in range(1, times + 1)
    ]


def fit(data, method="auto", **options):
    return effects.fit(
        effects.panel_of(pl.DataFrame(data), effects.Columns("u", "t", "y", "d")), method, **options
    )


def changed(data, at, **values):
    data[at] = data[at] | values
    return data


CASES = {
    "duplicate": (lambda: [*rows(), rows()[0]], problems.DuplicateRows),
    "empty month": (lambda: [one for one in rows() if one["t"] != "3"], problems.EmptyPeriods),
    "infinite": (lambda: changed(rows(), 0, y="inf"), problems.BadNumber),
    "words": (lambda: changed(rows(), 0, y="many"), problems.BadNumber),
    "no time": (lambda: changed(rows(), 0, t="soon"), problems.BadTime),
    "changing start": (lambda: changed(rows(), 0, d="6"), problems.ChangingStart),
    "nobody": (lambda: rows(treated=0), problems.NobodyTreated),
    "no before": (lambda: rows(start=1), problems.NoBefore),
    "no whole unit": (
        lambda: [one | {"y": "NaN"} if one["t"] == str(int(one["u"][1:]) % 8 + 1) else one for one in rows()],
        problems.NotBalanced,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_table_is_refused_by_its_class(name):
    make, problem = CASES[name]
    with pytest.raises(problem) as refused:
        fit(make())
    assert type(refused.value) is problem
    assert refused.value.what


def test_everything_treated_at_once_has_no_comparison():
    with pytest.raises(problems.NoControl):
        fit(rows(treated=12), "did")
    with pytest.raises(problems.NoControl):
        fit([one | {"d": "4" if one["u"] < "u5" else "6"} for one in rows()], "did", control="never")


def test_one_unit_is_not_compared():
    with pytest.raises(problems.TooFewUnits):
        fit(rows(units=1, treated=1), "did")


def test_one_unit_alone_is_a_series_that_attributes_nothing():
    answer = fit(rows(units=1, times=20, start=14, treated=1))
    assert answer.found.method == "its"
    assert answer.grade in ("C", "D")
    assert answer.words == effects.NOT_ATTRIBUTABLE


def test_a_switch_that_goes_off_again_is_refused():
    data = [one | {"d": "1" if one["u"] == "u0" and one["t"] == "4" else "0"} for one in rows()]
    with pytest.raises(problems.ChangingStart):
        fit(data)


def test_a_switch_means_the_same_as_a_first_time():
    switched = [one | {"d": str(int(bool(one["d"]) and int(one["t"]) >= 5))} for one in rows()]
    assert fit(switched).found.att == fit(rows()).found.att


@pytest.mark.parametrize("never", ["", "0", "NA", "inf"])
def test_the_ways_to_write_never(never):
    data = [one | {"d": one["d"] or never} for one in rows()]
    assert fit(data).found.att == fit(rows()).found.att


def test_a_unit_with_a_gap_is_left_out_and_counted():
    answer = fit(changed(rows(), 3, y="NaN"))
    assert answer.units == 11
    assert answer.warnings


def test_covariates_that_separate_are_refused():
    data = [one | {"x": "1" if one["d"] else "0"} for one in rows()]
    panel = effects.panel_of(pl.DataFrame(data), effects.Columns("u", "t", "y", "d", ("x",)))
    with pytest.raises(problems.BadCovariates):
        effects.fit(panel, "did")


def test_an_option_without_meaning_is_refused():
    with pytest.raises(problems.UnfitOption):
        fit(rows(), "its", control="never")
