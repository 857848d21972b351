"""What a round says of its frame: excused, left out and waiting places are counted apart."""

import pytest

from chengzhi.inspections import rounds
from chengzhi.inspections.estimates import stratified_mean, stratified_share
from chengzhi.inspections.results import results
from chengzhi.inspections.visits import recheck
from tests.unit.cases.town import FRIDAY
from tests.unit.inspections.test_rounds import drawn, street, visit
from tests.unit.inspections.yard import answers

__all__ = ["street"]


def test_a_round_is_estimated_by_its_strata(yard, street):
    made = drawn(yard, size=6, recheck_share=1)
    sizes, values = {"main": 9, "back": 3}, {"main": [], "back": []}
    grams = iter([3, 12, 4.5, 8, 250, 6])
    first = None
    for _ in range(6):
        point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
        value = next(grams)
        first = visit(yard, point, yard.inspector, value=value)
        values[point.stratum.key["road_kind"]].append(float(value))
    recheck(
        first.pk, by=yard.second, on=FRIDAY, visited_at=FRIDAY, answers=answers("five_grams"),
        readings={"dust": (1999, yard.balance.pk)},
    )  # fmt: skip
    found = results(made.pk)
    (dust,) = found.measured
    samples = [(sizes[road], values[road]) for road in ("back", "main")]
    right = stratified_mean(samples)
    assert (dust.mean.value, dust.mean.se) == (pytest.approx(right.value), pytest.approx(right.se))
    limits = {"main": 5, "back": 10}
    passes = [(sizes[r], [v <= limits[r] for v in values[r]]) for r in ("back", "main")]
    assert dust.passed.value == pytest.approx(stratified_share(passes).value)
    assert found.passed.value == dust.passed.value
    assert dust.mean.low >= 0
    assert (dust.readings, dust.doubtful, dust.excused) == (6, 1, 0)


def test_excused_and_left_out_places_are_counted_apart_never_dropped(yard, street):
    made = drawn(yard, size=6, strata=[])
    points = []
    for number in range(5):
        point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
        points.append(point)
        if number == 0:
            rounds.skip_point(point.pk, reason="施工围挡", by=yard.inspector, on=FRIDAY)
            continue
        rainy = {"excused": True, "weather": "大雨"} if number == 1 else {}
        visit(yard, point, yard.inspector, value=50 if rainy else 3 + number / 10, **rainy)
    found = results(made.pk)
    assert (found.drawn, found.visited, found.excused, found.skipped, found.waiting) == (6, 4, 1, 1, 1)
    (dust,) = found.measured
    assert (dust.readings, dust.excused, dust.mean.known) == (4, 1, 3)
    assert dust.mean.value == pytest.approx((3.2 + 3.3 + 3.4) / 3)
    assert found.passed.known == 3
    assert found.drawn == found.passed.known + found.excused + found.skipped + found.waiting


def test_a_round_nobody_has_begun_says_so(yard, street):
    found = results(drawn(yard).pk)
    assert (found.passed.value, found.passed.why, found.measured) == (None, "nothing", ())


def test_a_stratum_without_a_result_is_not_guessed(yard, street):
    made = drawn(yard, size=2)
    point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    visit(yard, point, yard.inspector)
    assert results(made.pk).passed.why == "empty_stratum"
