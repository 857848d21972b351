"""Rounds: planned, approved by another, drawn once, revealed one by one, worked through, proved."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chengzhi.inspections import problems as why
from chengzhi.inspections import rounds
from chengzhi.inspections.models import Round, RoundPoint, Stratum
from chengzhi.inspections.visits import record_visit
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import NeedsNotMet, StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.people.rules import NotAllowed
from chengzhi.registers.models import RegisteredObject
from tests.unit.cases.town import FRIDAY, person
from tests.unit.inspections.yard import answers, thing

LINE = {"type": "LineString", "coordinates": [[109.31, 24.31], [109.33, 24.31]]}


@pytest.fixture
def street(yard):
    """Twelve sections more: nine on main streets, three in back lanes."""
    made = [
        thing(yard.town, "cleaning_section", "cleanliness", road_kind=road, shape=LINE, place_kind="line")
        for road in ["main"] * 9 + ["back"] * 3
    ]
    yard.section.delete()
    return made


def planned(yard, **more):
    values = {
        "district_id": yard.district.pk, "checklist": "five_grams", "name": "四月以克论净",
        "frame": {"of": "objects", "kind": "cleaning_section"}, "strata": ["road_kind"], "size": 4,
        "starts_on": FRIDAY.date(), "ends_on": date(2026, 4, 30), "recheck_share": 0.25,
        "by": yard.planner, "on": FRIDAY,
    }  # fmt: skip
    return rounds.plan(**{**values, **more})


def drawn(yard, seed="abc123", **more):
    made = planned(yard, **more)
    rounds.approve(made.pk, by=yard.head, on=FRIDAY)
    rounds.draw(made.pk, seed=seed, by=yard.planner, on=FRIDAY)
    return Round.objects.get(pk=made.pk)


def visit(yard, point, by, at=FRIDAY, value="3", **more):
    more.setdefault("answers", answers("five_grams"))
    return record_visit(
        district_id=yard.district.pk, checklist="five_grams", by=by, on=at, visited_at=at,
        readings={"dust": (value, yard.balance.pk)}, point_id=point.pk, **more,
    )  # fmt: skip


def test_a_round_is_drawn_from_its_strata_and_can_be_proved(yard, street):
    made = drawn(yard)
    strata = {one.key["road_kind"]: one for one in made.drawn_strata.all()}
    assert {key: (one.size, one.drawn) for key, one in strata.items()} == {"main": (9, 3), "back": (3, 1)}
    points = list(made.points.order_by("position"))
    assert [one.position for one in points] == [1, 2, 3, 4]
    assert {one.object_id for one in points} <= {one.pk for one in street}
    assert all(one.stratum.key["road_kind"] == one.object.road_kind for one in points)
    assert {one.weight for one in points} == {3.0}
    assert sum(one.recheck for one in points) == 1
    assert all(one.lat == 24.31 and 109.31 <= one.lon <= 109.33 for one in points)
    assert len({one.lon for one in points}) == 4
    assert (made.frame_size, made.seed, made.state) == (12, "abc123", "drawn")
    assert rounds.redraw_check(made.pk).holds


def test_the_same_seed_gives_the_same_draw_and_chance_another_one(yard, street):
    one, same = drawn(yard), drawn(yard)
    ids = [[p.object_id for p in r.points.order_by("position")] for r in (one, same)]
    assert ids[0] == ids[1]
    by_chance = [drawn(yard, seed=None) for _ in range(3)]
    assert len({r.seed for r in by_chance}) == 3
    assert all(len(r.seed) == 64 and rounds.redraw_check(r.pk).holds for r in by_chance)


def test_a_draw_that_somebody_tampered_with_does_not_hold(yard, street):
    made = drawn(yard)
    point = made.points.order_by("position").first()
    other = next(o for o in street if not made.points.filter(object=o).exists())
    RoundPoint.objects.filter(pk=point.pk).update(object=other)
    assert not rounds.redraw_check(made.pk).same
    RoundPoint.objects.filter(pk=point.pk).update(object=point.object_id)
    assert rounds.redraw_check(made.pk).holds
    stratum = made.drawn_strata.get(key__road_kind="back")
    Stratum.objects.filter(pk=stratum.pk).update(members=[*stratum.members[:-1], 10**6])
    assert not rounds.redraw_check(made.pk).frame


def test_the_frame_is_kept_so_that_later_changes_of_the_register_do_not_matter(yard, street):
    made = drawn(yard)
    thing(yard.town, "cleaning_section", "cleanliness", road_kind="main")
    RegisteredObject.objects.filter(pk=street[0].pk).update(road_kind="back", live=False)
    assert rounds.redraw_check(made.pk).holds


def test_a_round_is_drawn_once(yard, street):
    made = drawn(yard)
    with pytest.raises(StepNotAllowed):
        rounds.draw(made.pk, by=yard.planner, on=FRIDAY)
    with pytest.raises(StepNotAllowed):
        rounds.advance_round(made.pk, "draw", by=yard.planner, on=FRIDAY)
    assert made.points.count() == 4
    assert [one.step for one in history("round", made.pk)] == ["plan", "approve", "draw"]


def test_nobody_can_enter_the_drawn_state_without_a_draw(yard, street):
    made = planned(yard)
    rounds.approve(made.pk, by=yard.head, on=FRIDAY)
    with pytest.raises(NeedsNotMet):
        advance(Round.objects.get(pk=made.pk), "draw", by=yard.planner, on=FRIDAY)
    with pytest.raises(NotAllowed):
        rounds.draw(made.pk, by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.BadFrame):
        rounds.draw(made.pk, seed="not hex", by=yard.planner, on=FRIDAY)
    assert not RoundPoint.objects.exists()


def test_the_planner_does_not_approve_and_an_approval_can_be_taken_back(yard, street):
    made = planned(yard, by=yard.shift_leader)
    with pytest.raises(NeedsNotMet):
        rounds.approve(made.pk, by=yard.shift_leader, on=FRIDAY)
    with pytest.raises(NotAllowed):
        rounds.approve(made.pk, by=yard.planner, on=FRIDAY)
    done = rounds.approve(made.pk, by=yard.head, on=FRIDAY)
    undo(Round.objects.get(pk=made.pk), done.event_id, by=yard.head, on=FRIDAY)
    made.refresh_from_db()
    assert (made.state, made.approved_by) == ("planned", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"frame": {"of": "dreams"}},
        {"frame": {"of": "objects", "kind": "toilet"}},
        {"frame": {"of": "objects", "kind": "nothing"}},
        {"frame": {"of": "objects", "kind": "cleaning_section", "areas": [10**9]}},
        {"frame": {"of": "streets", "areas": [1]}, "strata": []},
        {"strata": ["colour"]},
        {"size": 1},
        {"size": 0, "strata": []},
        {"recheck_share": 1.5},
        {"recheck_share": Decimal("nan")},
        {"name": "  "},
        {"ends_on": date(2026, 4, 1)},
        {"unit_id": 10**9},
    ],
)
def test_what_cannot_be_drawn_from_is_refused_when_it_is_planned(yard, street, wrong):
    with pytest.raises(why.BadFrame):
        planned(yard, **wrong)
    assert not Round.objects.exists()


def test_an_empty_frame_is_refused(yard):
    yard.section.delete()
    with pytest.raises(why.BadFrame):
        planned(yard, strata=[])


def test_cells_and_streets_can_be_drawn_too(yard):
    from chengzhi.places.models import Street

    cells = drawn(yard, frame={"of": "cells", "areas": [yard.street.pk]}, strata=["area"], size=1)
    point = cells.points.get()
    assert (point.cell_id, point.object_id) == (yard.cell.pk, None)
    assert 109.30 <= point.lon <= 109.40
    Street.objects.create(district=yard.district, name="示例路", road_kind="back", line=LINE)
    streets = drawn(yard, frame={"of": "streets"}, strata=["road_kind"], size=1)
    done = rounds.next_point(streets.pk, by=yard.inspector, on=FRIDAY)
    found = visit(yard, done, yard.inspector, value="7")
    assert (found.road_kind, found.passed) == ("back", True)  # limit of a back lane: 10
    assert rounds.redraw_check(cells.pk).holds
    assert rounds.redraw_check(streets.pk).holds


def test_a_place_is_shown_one_at_a_time_to_the_person_who_goes_there(yard, street):
    made = drawn(yard)
    one = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    assert rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY).pk == one.pk
    other = rounds.next_point(made.pk, by=yard.second, on=FRIDAY)
    assert other.pk != one.pk
    assert Round.objects.get(pk=made.pk).state == "in_work"
    with pytest.raises(why.NotRevealed):
        visit(yard, other, yard.inspector)
    waiting = made.points.filter(revealed_at=None).first()
    with pytest.raises(why.NotRevealed):
        visit(yard, waiting, yard.inspector)
    visit(yard, one, yard.inspector)
    assert rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY).pk not in (one.pk, other.pk)


def test_a_visit_before_the_place_was_revealed_is_refused(yard, street):
    made = drawn(yard)
    point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.NotRevealed):
        record_visit(
            district_id=yard.district.pk, checklist="five_grams", by=yard.inspector,
            on=FRIDAY + timedelta(hours=1), visited_at=FRIDAY - timedelta(minutes=1),
            answers=answers("five_grams"), point_id=point.pk,
        )  # fmt: skip
    early = drawn(yard, starts_on=FRIDAY.date() + timedelta(days=1))
    with pytest.raises(why.NotRevealed):
        rounds.next_point(early.pk, by=yard.inspector, on=FRIDAY)


def test_a_place_is_visited_once_but_the_same_entry_may_come_twice(yard, street):
    made = drawn(yard)
    point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    first = visit(yard, point, yard.inspector, client_key="k1")
    assert visit(yard, point, yard.inspector, client_key="k1").pk == first.pk
    with pytest.raises(why.PointEnded):
        visit(yard, point, yard.inspector, client_key="k2")
    assert RoundPoint.objects.get(pk=point.pk).done_at == FRIDAY


def test_a_place_that_is_left_out_needs_a_reason(yard, street):
    made = drawn(yard)
    point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.BadFrame):
        rounds.skip_point(point.pk, reason="  ", by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.NotRevealed):
        rounds.skip_point(point.pk, reason="围挡封闭", by=yard.second, on=FRIDAY)
    rounds.skip_point(point.pk, reason="围挡封闭", by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.PointEnded):
        visit(yard, point, yard.inspector)
    assert rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY).pk != point.pk


def test_places_are_assigned_unseen(yard, street):
    made = drawn(yard)
    given = rounds.assign(made.pk, account_id=yard.second.account_id, count=3, by=yard.planner, on=FRIDAY)
    assert given == 3
    first = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    assert first.position == 4
    assert rounds.next_point(made.pk, by=yard.second, on=FRIDAY).position == 1
    rounds.skip_point(first.pk, reason="封路", by=yard.inspector, on=FRIDAY)
    assert rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY) is None
    with pytest.raises(why.NoSuchThing):
        rounds.assign(made.pk, account_id=yard.dispatcher.account_id, count=1, by=yard.planner, on=FRIDAY)
    with pytest.raises(NotAllowed):
        rounds.assign(made.pk, account_id=yard.second.account_id, count=1, by=yard.second, on=FRIDAY)


def test_the_unit_of_a_round_works_on_it_and_no_other(yard, street):
    made = drawn(yard, unit_id=yard.sanitation.pk)
    outside = person(yard.town, "squad man", "handler", yard.squad)
    inside = person(yard.town, "sanitation man", "handler", yard.sanitation)
    with pytest.raises(NotAllowed):
        rounds.next_point(made.pk, by=outside, on=FRIDAY)
    assert rounds.next_point(made.pk, by=inside, on=FRIDAY) is not None


def test_a_round_closes_when_all_is_done_or_with_a_reason(yard, street):
    made = drawn(yard)
    with pytest.raises(NeedsNotMet):
        rounds.close(made.pk, by=yard.planner, on=FRIDAY)
    for _ in range(4):
        point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
        visit(yard, point, yard.inspector)
    rounds.close(made.pk, by=yard.planner, on=FRIDAY)
    assert Round.objects.get(pk=made.pk).closed_at == FRIDAY
    with pytest.raises(why.PointEnded):
        rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    early = drawn(yard)
    open_one = rounds.next_point(early.pk, by=yard.inspector, on=FRIDAY)
    rounds.close(early.pk, reason="连续暴雨", by=yard.planner, on=FRIDAY)
    with pytest.raises(why.PointEnded):
        visit(yard, open_one, yard.inspector)


def test_a_cancelled_round_reveals_nothing(yard, street):
    made = drawn(yard)
    rounds.cancel(made.pk, reason="重复", by=yard.head, on=FRIDAY)
    with pytest.raises(why.PointEnded):
        rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)


@pytest.mark.django_db(transaction=True)
def test_a_round_drawn_by_four_at_once_is_drawn_once_and_no_place_is_given_to_two():
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    from chengzhi.cases import habits
    from chengzhi.errors import Problem
    from tests.unit.inspections.yard import build

    habits.forget()
    yard, start = build(), Barrier(4)
    for _ in range(9):
        thing(yard.town, "cleaning_section", "cleanliness")
    made = planned(yard, strata=[], size=8)
    rounds.approve(made.pk, by=yard.head, on=FRIDAY)
    people = [
        yard.inspector,
        yard.second,
        *(person(yard.town, f"p{n}", "inspector", yard.centre) for n in "ab"),
    ]

    def at_once(work):
        def one(who):
            start.wait()
            try:
                return work(who)
            except Problem as problem:
                return type(problem).__name__
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, people))

    drawn_by = at_once(lambda who: rounds.draw(made.pk, by=yard.planner, on=FRIDAY).after)
    assert sorted(map(str, drawn_by)) == ["StepNotAllowed"] * 3 + ["drawn"]
    assert made.points.count() == 8
    shown = at_once(lambda who: rounds.next_point(made.pk, by=who, on=FRIDAY).pk)
    assert len(set(shown)) == 4
    assert Round.objects.get(pk=made.pk).state == "in_work"
