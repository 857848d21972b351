"""Limits of measured values: the district's own dated rows, else the shipped rule files."""

from datetime import date
from decimal import Decimal

import pytest

from chengzhi.inspections import limits
from chengzhi.inspections.checklists import measurement as measurement_of
from chengzhi.inspections.instruments import calibrate, register_instrument, retire, usable
from chengzhi.inspections.limits import Spot, limit_for, set_limit
from chengzhi.inspections.models import CheckLimit
from chengzhi.inspections.problems import BadLimit, UnknownMeasurement
from chengzhi.law.rules import RULES
from chengzhi.ledger.queries import history
from chengzhi.people.rules import NotAllowed
from tests.unit.cases.town import FRIDAY

DAY = date(2026, 4, 3)


def found(yard, spot=None, measurement="dust", day=DAY):
    return limit_for(district_id=yard.district.pk, measurement=measurement, spot=spot or Spot(), day=day)


def place(yard, value, **scope):
    values = {"measurement": "dust", "source": "区里规定", "first_day": date(2026, 1, 1)}
    return set_limit(
        district_id=yard.district.pk,
        value=Decimal(value),
        by=yard.evaluator,
        on=FRIDAY,
        **{**values, **scope},
    )


@pytest.mark.parametrize(
    ("measurement", "spot", "value"),
    [
        ("dust", Spot(road_kind="main"), "5"),
        ("dust", Spot(road_kind="back"), "10"),
        ("dust", Spot(), "5"),
        ("litter_dwell", Spot(road_kind="back"), "10"),
        ("ammonia", Spot(grade="1"), "0.3"),
        ("flies", Spot(grade="3"), "5"),
        ("odour", Spot(grade="2"), "2"),
        ("places", Spot(), "1.5"),
        ("machine_swept", Spot(), "0.7"),
    ],
)
def test_without_a_row_of_the_district_the_rule_file_counts_and_is_called_unverified(
    yard, measurement, spot, value
):
    limit = found(yard, spot, measurement)
    assert (limit.value, limit.status) == (Decimal(value), "unverified")
    assert limit.source == f"{(rule := RULES[measurement_of(measurement).rule]).title} {rule.source}"[:120]


def test_a_toilet_without_class_and_a_count_without_rule_have_no_limit(yard):
    assert found(yard, Spot(), "ammonia") is None
    assert found(yard, Spot(grade="1"), "litter_count") is None
    assert found(yard, Spot(), "silt_load") is None
    assert found(yard, Spot(), "dust", day=date(2004, 1, 1)) is None


def test_every_reading_of_a_rule_file_is_one_the_file_has():
    from chengzhi.domains import DOMAINS

    declared = {one.key: one for domain in DOMAINS for one in domain.measurements}
    said = RULES[limits.READINGS].at(DAY).value
    assert said.keys() <= declared.keys()
    for key in said:
        assert limits._shipped(declared[key], Spot(road_kind="main", grade="1"), DAY) is not None, key


def test_the_most_particular_row_counts(yard):
    leaf, street = yard.area.pk, yard.street.pk
    spot = Spot((leaf, street), 1, "main", "1")
    place(yard, "30")
    assert found(yard, spot).value == 30
    place(yard, "29", grade="1")
    place(yard, "28", road_kind="main")
    assert found(yard, spot).value == 28
    place(yard, "27", area_class=1)
    assert found(yard, spot).value == 27
    place(yard, "26", area_id=street)
    assert found(yard, spot).value == 26
    place(yard, "25", area_id=leaf)
    assert found(yard, spot).value == 25
    assert found(yard, Spot(road_kind="back")).value == 30


def test_a_new_row_ends_the_old_one_the_day_before_and_both_are_on_record(yard):
    place(yard, "30")
    later = place(yard, "20", first_day=date(2026, 4, 1))
    assert found(yard, day=date(2026, 3, 31)).value == 30
    assert found(yard, day=date(2026, 4, 1)).value == 20
    assert [one.step for one in history("check_limit", later.pk)] == ["limit_set"]
    set_limit(
        district_id=yard.district.pk, measurement="dust", value=None, first_day=date(2026, 5, 1),
        by=yard.evaluator, on=FRIDAY,
    )  # fmt: skip
    assert "Zhongwei" in found(yard, day=date(2026, 5, 1)).source


def test_impossible_and_unknown_limits_are_refused(yard):
    with pytest.raises(BadLimit, match="2000"):
        place(yard, "5000")
    with pytest.raises(BadLimit):
        place(yard, "3", measurement="soiled_area")
    with pytest.raises(UnknownMeasurement):
        place(yard, "3", measurement="nothing")
    with pytest.raises(BadLimit):
        place(yard, "3", area_id=10**9)
    with pytest.raises(NotAllowed):
        set_limit(
            district_id=yard.district.pk, measurement="dust", value=Decimal(3), first_day=DAY,
            by=yard.inspector, on=FRIDAY,
        )  # fmt: skip
    assert not CheckLimit.objects.exists()


def test_an_instrument_counts_from_its_calibration_on_until_it_is_retired(yard):
    facts = {"district_id": yard.district.pk, "kind": "balance", "name": "电子天平"}
    made = register_instrument(**facts, serial="A1", by=yard.evaluator, on=FRIDAY)
    assert made not in usable(yard.district.pk, DAY)
    calibrate(
        made.pk, calibrated_on=date(2026, 1, 1), calibrated_until=date(2026, 6, 30), certificate="校 1",
        by=yard.evaluator, on=FRIDAY,
    )  # fmt: skip
    assert made in usable(yard.district.pk, DAY)
    assert made not in usable(yard.district.pk, date(2026, 7, 1))
    retire(made.pk, by=yard.evaluator, on=FRIDAY)
    assert made not in usable(yard.district.pk, DAY)
    steps = [one.step for one in history("instrument", made.pk)]
    assert steps == ["instrument_registered", "instrument_calibrated", "instrument_retired"]
    with pytest.raises(BadLimit, match="A1"):
        register_instrument(**facts, serial="A1", by=yard.evaluator, on=FRIDAY)
    with pytest.raises(BadLimit):
        register_instrument(**{**facts, "kind": "ruler"}, serial="A2", by=yard.evaluator, on=FRIDAY)
    with pytest.raises(BadLimit):
        calibrate(
            made.pk, calibrated_on=DAY, calibrated_until=date(2026, 1, 1), certificate="",
            by=yard.evaluator, on=FRIDAY,
        )  # fmt: skip


def test_every_instrument_that_a_domain_names_has_its_word():
    from chengzhi.domains import DOMAINS
    from chengzhi.inspections.checklists import INSTRUMENT_KINDS, UNIT_WORDS

    measured = [one for domain in DOMAINS for one in domain.measurements]
    assert {one.instrument for one in measured if one.instrument} == set(INSTRUMENT_KINDS)
    assert {one.unit for one in measured} <= set(UNIT_WORDS)
