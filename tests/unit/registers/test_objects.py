"""Entering, correcting, stepping, undoing: every write is checked, recorded and can be taken back."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import CannotUndo, Conflict, NeedsNotMet, StepNotAllowed
from chengzhi.people.rules import NotAllowed
from chengzhi.places.placement import SwappedCoordinates
from chengzhi.registers import actions
from chengzhi.registers.kinds import domain_of_kind, kind, kinds
from chengzhi.registers.lives import WORKINGS
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.placing import BadShape
from chengzhi.registers.problems import (
    AlreadyRegistered,
    BadFields,
    CannotMerge,
    NothingChanged,
    UnknownKind,
)

from ..cases.town import FRIDAY, person
from .things import FACTS, party, thing

pytestmark = pytest.mark.django_db


def fresh(row):
    return RegisteredObject.objects.get(pk=row.pk)


def codes(caught):
    return {(fault.field, fault.code) for fault in caught.value.faults}


def test_every_kind_has_a_life_that_knows_its_states_and_shares_the_common_steps():
    assert set(WORKINGS) == set(kinds())
    for key, one in WORKINGS.items():
        assert {"register", "correct", "merge", "absorb"} <= set(one.life.names)
        assert ("grant_permit" in one.life.names) == (kind(key).permit is not None)
        assert domain_of_kind(key).key
    with pytest.raises(UnknownKind):
        kind("nothing")


def test_an_object_gets_number_place_words_and_a_record(town):
    row = thing(town, "sign", "启明路口大牌", address="启明路 1 号", component_code="45020403006000001")
    assert row.number == "GG-000001"
    assert (row.cell_id, row.area_id, row.flags) == (town.cell.pk, town.area.pk, [])
    assert (row.state, row.live, row.started_on) == ("in_use", True, date(2026, 4, 3))
    assert "启明" in row.bigrams
    assert len(row.public_code) == 10
    entry = history("object", row.pk)[0]
    assert (entry.step, entry.after, entry.actor_role) == ("register", "in_use", "shift_leader")
    assert thing(town, "sign").number == "GG-000002"
    assert thing(town, "bin").number == "LX-000001"


def test_all_faults_of_a_new_object_are_told_at_once(town):
    with override("en"), pytest.raises(BadFields) as caught:
        thing(
            town, "sign", " ", facts={"form": "flying", "area": -3, "height": "hoch", "colour": "red"},
            component_code="4502040300600001", party_id=99,
        )  # fmt: skip
    assert codes(caught) == {
        ("name", "missing"), ("form", "choice"), ("area", "range"), ("height", "number"),
        ("colour", "unknown"), ("component_code", "component_code"), ("party_id", "party"),
    }  # fmt: skip
    assert "Area cannot be -3: between 0 and 5000 m2." in caught.value.why
    assert not RegisteredObject.objects.exists()


@pytest.mark.parametrize(
    "code", ["45020503006000001", "45020403005000001", "450204030060000x1", "450204030060000011"]
)
def test_a_component_code_has_17_digits_of_this_district_and_class(town, code):
    with pytest.raises(BadFields) as caught:
        thing(town, "sign", component_code=code)
    assert codes(caught) == {("component_code", "component_code")}


def test_a_component_code_is_given_once(town):
    thing(town, "sign", component_code="45020403006000001")
    with pytest.raises(BadFields) as caught:
        thing(town, "shop_sign", facts={"text": "x"}, component_code="45020403006000001")
    assert codes(caught) == {("component_code", "component_taken")}


def test_a_point_outside_is_kept_and_flagged_but_exchanged_coordinates_are_refused(town):
    assert thing(town, "bin", lon=110.0, lat=25.0).flags == ["outside_district"]
    assert thing(town, "bin", lon=None, lat=None).flags == ["not_geocoded"]
    with pytest.raises(SwappedCoordinates):
        thing(town, "bin", lon=24.35, lat=109.35)


def test_a_line_is_drawn_and_a_wrong_shape_refused(town):
    line = {"type": "LineString", "coordinates": [[109.34, 24.34], [109.36, 24.34]]}
    row = thing(town, "frontage", facts={"duties": "three"}, lon=None, lat=None, shape=line)
    assert (row.place_kind, row.shape, row.lon) == ("line", line, pytest.approx(109.35))
    bow = {"type": "Polygon", "coordinates": [[[109, 24], [110, 25], [110, 24], [109, 25], [109, 24]]]}
    for kind_, shape in (("frontage", bow), ("building_site", bow), ("building_site", "nonsense")):
        with pytest.raises(BadShape):
            thing(town, kind_, facts={"duties": "three"} if kind_ == "frontage" else {"stage": "earthwork"}, shape=shape)  # fmt: skip


def test_the_same_source_number_is_entered_once(town):
    thing(town, "bin", source=("old", "7"))
    with pytest.raises(AlreadyRegistered):
        thing(town, "bin", source=("old", "7"))


def test_a_handler_keeps_its_own_and_the_unit_less_but_not_those_of_others(town):
    handler, sanitation = town.handler, person(town, "other", "handler", town.sanitation)
    mine = thing(town, "bin", unit_id=town.squad.pk)
    nobodys = thing(town, "bin")
    for row in (mine, nobodys):
        actions.correct(row.pk, changes={"address": "启明路"}, version=None, by=handler, on=FRIDAY)
    with pytest.raises(NotAllowed):
        actions.correct(mine.pk, changes={"address": "x"}, version=None, by=sanitation, on=FRIDAY)
    with pytest.raises(NotAllowed):  # nor give away what is nobody's to a unit that is not one's own
        actions.correct(
            nobodys.pk, changes={"unit_id": town.squad.pk}, version=None, by=sanitation, on=FRIDAY
        )
    with pytest.raises(NotAllowed):
        actions.correct(nobodys.pk, changes={"name": "x"}, version=None, by=town.auditor, on=FRIDAY)


def test_a_correction_is_recorded_searchable_and_undone(town):
    row = thing(town, "sign", "旧名")
    done = actions.correct(
        row.pk, changes={"name": "新名字", "facts": {"area": "30", "carrier": "墙面"}}, version=0,
        by=town.shift_leader, on=FRIDAY,
    )  # fmt: skip
    now = fresh(row)
    assert (now.name, now.facts["area"], now.facts["carrier"], now.version) == ("新名字", 30, "wall", 1)
    assert "新名" in now.bigrams
    entry = history("object", row.pk)[-1]
    assert entry.facts["notes"]["fields"] == ["facts.area", "facts.carrier", "name"]
    actions.undo_step(row.pk, done.event_id, by=town.shift_leader, on=FRIDAY + timedelta(minutes=9))
    back = fresh(row)
    assert (back.name, back.facts, back.version) == ("旧名", row.facts, 2)
    assert "旧名" in back.bigrams


def test_a_correction_on_an_old_view_or_of_nothing_is_refused(town):
    row = thing(town, "sign")
    actions.correct(row.pk, changes={"name": "二"}, version=0, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(Conflict):
        actions.correct(row.pk, changes={"name": "三"}, version=0, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(NothingChanged):
        actions.correct(row.pk, changes={"name": "二"}, version=1, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(BadFields) as caught:
        actions.correct(
            row.pk, changes={"facts": {"form": "", "area": 1e9}, "state": "removed"}, version=1,
            by=town.shift_leader, on=FRIDAY,
        )  # fmt: skip
    assert codes(caught) == {("form", "missing"), ("area", "range"), ("state", "unknown")}


def test_a_sensitive_object_leaves_no_plate_in_the_record(town):
    row = thing(town, "held_vehicle")
    done = actions.correct(
        row.pk, changes={"facts": {"plate": "桂B·99999"}}, version=0, by=town.shift_leader, on=FRIDAY
    )
    assert all("桂B" not in str(entry.facts) for entry in history("object", row.pk))
    actions.undo_step(row.pk, done.event_id, by=town.shift_leader, on=FRIDAY)
    assert fresh(row).facts == row.facts


def test_the_common_course_suspends_resumes_and_ends(town):
    row = thing(town, "bin")
    actions.advance_object(
        row.pk, "suspend", by=town.shift_leader, on=FRIDAY, reason="修路", until=date(2026, 5, 1)
    )
    assert (fresh(row).state, fresh(row).closed_until) == ("suspended", date(2026, 5, 1))
    actions.advance_object(row.pk, "resume", by=town.shift_leader, on=FRIDAY)
    assert fresh(row).closed_until is None
    actions.advance_object(row.pk, "remove", by=town.shift_leader, on=FRIDAY, reason="撤除")
    now = fresh(row)
    assert (now.state, now.live, now.ended_on) == ("removed", False, date(2026, 4, 3))
    with pytest.raises(StepNotAllowed):
        actions.advance_object(row.pk, "resume", by=town.shift_leader, on=FRIDAY)


def test_a_toilet_is_closed_only_with_an_open_alternative_and_a_day_ahead(town):
    closing, other, third = thing(town, "toilet"), thing(town, "toilet"), thing(town, "toilet")
    stated = {"until": date(2026, 4, 20), "alternative": other.pk, "reason": "改造"}
    actions.advance_object(
        third.pk, "close", by=town.shift_leader, on=FRIDAY, **{**stated, "alternative": closing.pk}
    )
    for wrong in ({"alternative": third.pk}, {"alternative": closing.pk}, {"until": date(2026, 4, 3)}):
        with pytest.raises(NeedsNotMet):
            actions.advance_object(
                closing.pk, "close", by=town.shift_leader, on=FRIDAY, **{**stated, **wrong}
            )
    actions.advance_object(closing.pk, "close", by=town.shift_leader, on=FRIDAY, **stated)
    now = fresh(closing)
    assert (now.state, now.closed_until, now.live) == ("closed", date(2026, 4, 20), True)
    assert history("object", closing.pk)[-1].facts["notes"] == {"alternative": other.number}


def test_the_life_of_a_stall_place(town):
    place, free = thing(town, "stall_place"), thing(town, "stall_place", "二号位")
    holder = party(town, "stallholder")
    step = lambda row, name, **facts: actions.advance_object(  # noqa: E731
        row.pk, name, by=town.shift_leader, on=FRIDAY, **facts
    )
    assert not place.live
    for row in (place, free):
        step(row, "set_up", reason="征求意见完毕")
    with pytest.raises(NeedsNotMet):
        step(place, "draw", party=party(town, "shop").pk, lot_draw="第1号")
    step(place, "draw", party=holder.pk, lot_draw="第1号")
    with pytest.raises(NeedsNotMet):
        step(place, "agree")
    actions.grant_permit(
        place.pk, starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), by=town.shift_leader, on=FRIDAY
    )
    step(place, "agree")
    with pytest.raises(NeedsNotMet):
        step(place, "pass_safety")
    passed_visit(town, place, "stall_safety", passed=False)
    with pytest.raises(NeedsNotMet):
        step(place, "pass_safety")
    passed_visit(town, place, "stall_safety")
    step(place, "pass_safety")
    moved = step(place, "relocate", alternative=free.pk, reason="道路施工")
    old, new = fresh(place), fresh(free)
    assert (old.state, old.party_id, old.permit_until) == ("free", None, None)
    assert (new.state, new.party_id) == ("drawn", holder.pk)
    actions.undo_step(place.pk, moved.event_id, by=town.shift_leader, on=FRIDAY)
    old, new = fresh(place), fresh(free)
    assert (old.state, old.party_id, old.permit_until) == ("in_use", holder.pk, date(2027, 3, 31))
    assert (new.state, new.party_id) == ("free", None)
    assert old.permits.get().ended_on is None


def test_one_half_of_a_move_is_not_taken_back_when_the_other_has_gone_on(town):
    place, free = thing(town, "stall_place"), thing(town, "stall_place", "二号位")
    for row in (place, free):
        actions.advance_object(row.pk, "set_up", by=town.shift_leader, on=FRIDAY, reason="x")
    RegisteredObject.objects.filter(pk=place.pk).update(state="in_use", party=party(town, "stallholder"))
    moved = actions.advance_object(
        place.pk, "relocate", by=town.shift_leader, on=FRIDAY, alternative=free.pk, reason="施工"
    )
    actions.correct(free.pk, changes={"name": "三号位"}, version=None, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(CannotUndo):
        actions.undo_step(place.pk, moved.event_id, by=town.shift_leader, on=FRIDAY)
    assert fresh(place).state == "free"


def test_a_building_is_a_lead_until_found_and_keeps_what_is_stated(town):
    row = thing(town, "building")
    step = lambda name, **facts: actions.advance_object(  # noqa: E731
        row.pk, name, by=town.shift_leader, on=FRIDAY, **facts
    )
    with pytest.raises(StepNotAllowed):
        step("stop", notice="停1", day=date(2026, 4, 3))
    step("confirm", reason="现场正在砌墙")
    with pytest.raises(NeedsNotMet):
        step("lead_to_help", reason="唯一住房")
    with pytest.raises(NeedsNotMet):
        step("stop", notice="停1", day=date(2026, 4, 4))
    step("stop", notice="停1", day=date(2026, 4, 3))
    assert fresh(row).facts["stop_notice_on"] == "2026-04-03"
    with pytest.raises(BadFields):
        step("demolish", area=-5, notice="拆1")
    step("demolish", area=118.5, notice="拆1")
    now = fresh(row)
    assert (now.facts["cleared_area"], now.live, now.ended_on) == (118.5, False, date(2026, 4, 3))
    step("reuse", use="停车场")
    assert fresh(row).facts["land_became"] == "停车场"


def test_a_double_is_merged_fills_what_is_missing_and_is_undone(town):
    keep = thing(town, "sign", facts={"form": "attached"}, lon=None, lat=None)
    double = thing(town, "sign", facts={"form": "mobile", "height": 4}, address="启明路 1 号")
    done = actions.merge(keep.pk, double.pk, by=town.shift_leader, on=FRIDAY, reason="同一块牌")
    kept, gone = fresh(keep), fresh(double)
    assert (gone.state, gone.live, gone.merged_into_id) == ("merged", False, keep.pk)
    assert (kept.facts, kept.address) == ({"form": "attached", "height": 4}, "启明路 1 号")
    assert (kept.lon, kept.flags) == (109.35, double.flags)
    actions.undo_step(double.pk, done.event_id, by=town.shift_leader, on=FRIDAY)
    assert fresh(keep).facts == {"form": "attached"}
    assert (fresh(double).state, fresh(double).merged_into_id) == ("in_use", None)
    with pytest.raises(CannotMerge):
        actions.merge(keep.pk, keep.pk, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(CannotMerge):
        actions.merge(keep.pk, thing(town, "bin").pk, by=town.shift_leader, on=FRIDAY)


def test_buttons_are_the_steps_of_the_state_that_the_person_may_take(town):
    row = thing(town, "toilet")
    names = [button.step.name for button in actions.buttons(town.shift_leader, row, on=FRIDAY)]
    assert names == [
        "close",
        "remove",
        "correct",
        "grant_permit",
        "renew_permit",
        "end_permit",
        "merge",
        "absorb",
    ]
    assert not actions.buttons(town.inspector, row, on=FRIDAY)


def passed_visit(town, row, checklist, *, passed=True):
    from chengzhi.inspections.models import Visit

    Visit.objects.create(
        district=town.district, domain=row.domain, checklist=checklist, object=row, passed=passed,
        account=town.accounts["inspector"], visited_at=FRIDAY, recorded_at=FRIDAY,
    )  # fmt: skip


def test_the_facts_of_the_samples_are_those_of_their_kinds():
    assert all(set(facts) <= {one.key for one in kind(key).fields} for key, facts in FACTS.items())
