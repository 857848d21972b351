"""A limit always has a unit."""

from decimal import Decimal

import pytest

from chengzhi.law.units import BadLimit, Limit, Unit


def test_a_limit_keeps_its_amount_exactly():
    assert Limit("0.1", "working_hours").amount == Decimal("0.1")


@pytest.mark.parametrize("amount", [-1, "nan", "inf", "soon", None])
def test_an_impossible_amount_is_refused(amount):
    with pytest.raises(BadLimit):
        Limit(amount, Unit.WORKING_HOURS)


def test_an_unknown_unit_is_refused_with_the_known_ones_named():
    with pytest.raises(BadLimit, match="working_hours"):
        Limit(4, "hours")


def test_half_months_are_refused():
    with pytest.raises(BadLimit, match=r"1\.5"):
        Limit(1.5, Unit.MONTHS)


def test_limits_read_well_in_both_languages():
    assert Limit(8, "working_hours").say("en") == "8 working hours"
    assert Limit(1, "working_days").say("en") == "1 working day"
    assert Limit(1.5, "urgent_hours").say("zh") == "1.5个紧急工作时"
