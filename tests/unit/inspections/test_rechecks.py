"""The independent second look, and how well it agrees with the first."""

import pytest

from chengzhi.cases.models import Case
from chengzhi.inspections import problems as why
from chengzhi.inspections import rounds
from chengzhi.inspections.agreement import agreement, compare, differences
from chengzhi.inspections.models import Round, Visit
from chengzhi.inspections.queries import points_shown, progress, rechecks_waiting, rounds_to_work_on
from chengzhi.inspections.visits import recheck
from tests.unit.cases.town import FRIDAY, person
from tests.unit.inspections.test_rounds import drawn, street, visit
from tests.unit.inspections.yard import answers, grams

__all__ = ["street"]


def again(yard, first, value, by=None, **more):
    more.setdefault("answers", answers("five_grams"))
    return recheck(
        first.pk, by=by or yard.second, on=FRIDAY, visited_at=FRIDAY,
        readings={"dust": (value, yard.balance.pk)}, **more,
    )  # fmt: skip


def walked(yard, values, **more):
    """A round whose points are all visited by the first inspector."""
    made = drawn(yard, **{"recheck_share": 1, **more})
    visits = []
    for value in values:
        point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
        visits.append(visit(yard, point, yard.inspector, value=str(value)))
    return made, visits


def test_a_second_look_by_the_same_person_is_refused(yard):
    first = grams(yard, 3)
    with pytest.raises(why.SamePerson):
        again(yard, first, 3, by=yard.inspector)
    assert Visit.objects.count() == 1


def test_a_second_look_is_taken_once_and_never_of_a_second_look(yard):
    first = grams(yard, 3)
    second = again(yard, first, 4)
    assert (second.recheck_of_id, second.object_id, second.account_id) == (
        first.pk, yard.section.pk, yard.second.account_id,
    )  # fmt: skip
    third = person(yard.town, "third", "inspector", yard.centre)
    for one in (first, second):
        with pytest.raises(why.NotForRecheck):
            again(yard, one, 3, by=third)
    assert again(yard, grams(yard, 3, client_key="a"), 4, client_key="a").pk != second.pk


def test_the_same_second_look_sent_twice_is_one(yard):
    first = grams(yard, 3)
    one = again(yard, first, 4, client_key="b")
    assert again(yard, first, 4, client_key="b").pk == one.pk


def test_only_places_drawn_for_it_are_looked_at_twice(yard, street):
    made, visits = walked(yard, [3, 3, 3, 3], recheck_share=0.25)
    chosen = [one for one in visits if made.points.get(pk=one.point_id).recheck]
    assert len(chosen) == 1
    other = next(one for one in visits if one not in chosen)
    with pytest.raises(why.NotForRecheck):
        again(yard, other, 3)
    (waiting,) = rechecks_waiting(yard.second)
    assert waiting.first_visit_id == chosen[0].pk
    assert rechecks_waiting(yard.inspector) == []
    again(yard, chosen[0], 3)
    assert rechecks_waiting(yard.second) == []


def test_a_second_look_opens_a_case_only_for_what_the_first_did_not_find(yard):
    first = grams(yard, 12)
    again(yard, first, 13)
    assert Case.objects.count() == 1
    clean = grams(yard, 3)
    second = again(yard, clean, 13)
    assert Case.objects.count() == 2
    assert second.readings.get().case_id == Case.objects.order_by("-pk").first().pk


def test_agreement_of_a_round(yard, street):
    made, visits = walked(yard, [3, 4, 6, 8])
    for one, value in zip(visits, [3.5, 4.5, 5, 9], strict=True):
        swept = "failed" if one is visits[0] else "ok"
        again(yard, one, value, answers=answers("five_grams", swept=swept))
    found = agreement(made.pk)
    assert (found.visits, found.answers.pairs, found.answers.equal) == (4, 12, 11)
    assert found.lines["swept"].equal == 3
    assert found.lines["swept"].kappa == 0
    assert found.lines["framed"].kappa is None
    assert found.lines["framed"].why
    (values,) = found.values
    # by hand: differences 0.5 0.5 -1 1, mean 0.25, squares about it 2.25, spread sqrt(0.75)
    assert (values.measurement, values.pairs, values.mean) == ("dust", 4, 0.25)
    assert values.spread == pytest.approx(0.8660254)
    assert (values.low, values.high) == (pytest.approx(-1.447379), pytest.approx(1.947379))


def test_kappa_of_a_textbook_table():
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: equal 0.70, by chance 0.50, kappa 0.40."""
    pairs = (
        [("ok", "ok")] * 20 + [("ok", "failed")] * 5 + [("failed", "ok")] * 10 + [("failed", "failed")] * 15
    )
    found = compare(pairs)
    assert (found.share, found.kappa) == (0.7, pytest.approx(0.4))
    assert compare([("ok", "failed"), ("failed", "ok")]).kappa == -1


def test_too_few_pairs_have_no_spread_and_say_why(yard):
    assert compare([]).why
    assert differences("dust", []).why
    one = differences("dust", [(3.0, 4.0)])
    assert (one.mean, one.spread) == (1.0, None)
    assert one.why
    with pytest.raises(why.NoSuchThing):
        agreement(10**9)


def test_progress_and_what_may_be_seen(yard, street):
    made, _ = walked(yard, [3, 12])
    found = progress(made.pk)
    assert (found.drawn, found.revealed, found.done, found.waiting, found.cases) == (4, 2, 2, 2, 1)
    point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    visit(yard, point, yard.inspector, value="13", answers=answers("five_grams", swept="failed"))
    assert progress(made.pk).cases == 2  # the line and the value stand in one case
    assert points_shown(Round.objects.get(pk=made.pk)).count() == 3
    assert rounds_to_work_on(yard.inspector, FRIDAY)[0].pk == made.pk
    assert rounds_to_work_on(yard.dispatcher, FRIDAY) == []
    rounds.close(made.pk, reason="演练", by=yard.planner, on=FRIDAY)
    assert points_shown(Round.objects.get(pk=made.pk)).count() == 4
    assert rounds_to_work_on(yard.inspector, FRIDAY) == []
