"""Visits to businesses: approved by another, announced, within the cap of the year."""

from datetime import date, datetime, timedelta, timezone

import pytest

from chengzhi.inspections import business, caps, rounds
from chengzhi.inspections import problems as why
from chengzhi.inspections.models import Approval, Round, Visit
from chengzhi.inspections.visits import recheck, record_visit
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import NeedsNotMet
from chengzhi.people.rules import NotAllowed
from tests.unit.cases.town import FRIDAY, case_in
from tests.unit.inspections.yard import answers, thing

SUMMER = FRIDAY + timedelta(days=120)


def asked(yard, **more):
    values = {"object_id": yard.shop.pk, "checklist": "grill", "reason": "年度计划", "by": yard.inspector}
    return business.ask(district_id=yard.district.pk, on=FRIDAY, **{**values, **more})


def announced(yard, until=SUMMER, at=FRIDAY, **more):
    one = asked(yard, **more)
    business.advance_approval(one.pk, "approve", by=yard.head, on=at, until=until)
    business.advance_approval(one.pk, "announce", by=yard.inspector, on=at, notice="检字1号")
    return Approval.objects.get(pk=one.pk)


def visit(yard, at=FRIDAY, **more):
    more.setdefault("object_id", yard.shop.pk)
    return record_visit(
        district_id=yard.district.pk, checklist="grill", by=yard.inspector, on=at, visited_at=at,
        answers=answers("grill"), **more,
    )  # fmt: skip


def capped(yard, per_year):
    return caps.set_cap(
        district_id=yard.district.pk, kind="grill_shop", per_year=per_year, source="区年度频次公告",
        first_day=date(2026, 1, 1), by=yard.evaluator, on=FRIDAY,
    )  # fmt: skip


def test_a_visit_to_a_business_needs_approval_and_notice(yard):
    with pytest.raises(why.NotApproved) as refused:
        visit(yard)
    assert refused.value.cure
    one = asked(yard)
    with pytest.raises(why.NotApproved):
        visit(yard)
    business.advance_approval(one.pk, "approve", by=yard.head, on=FRIDAY, until=SUMMER)
    with pytest.raises(why.NotAnnounced):
        visit(yard)
    later = FRIDAY + timedelta(hours=2)
    business.advance_approval(one.pk, "announce", by=yard.inspector, on=later, notice="检字1号")
    with pytest.raises(why.NotAnnounced):
        visit(yard)
    made = visit(yard, at=later)
    one.refresh_from_db()
    assert (made.approval_id, one.state, one.used_at, one.notice_number) == (one.pk, "used", later, "检字1号")
    assert [e.step for e in history("approval", one.pk)] == ["ask", "approve", "announce", "use"]
    with pytest.raises(why.NotApproved):
        visit(yard, at=later)


def test_an_approval_counts_for_its_object_checklist_and_days_only(yard):
    announced(yard, until=FRIDAY + timedelta(days=2))
    other = thing(yard.town, "grill_shop", "barbecue")
    with pytest.raises(why.NotApproved):
        visit(yard, object_id=other.pk)
    with pytest.raises(why.NotApproved):
        visit(yard, at=FRIDAY + timedelta(days=3))
    assert visit(yard, at=FRIDAY + timedelta(days=2)).pk


def test_the_last_day_counts_on_the_districts_wall(yard):
    shanghai = timezone(timedelta(hours=8))
    one = announced(yard, until=datetime(2026, 4, 5, 23, 59, tzinfo=shanghai))
    assert one.valid_until == date(2026, 4, 5)
    assert visit(yard, at=datetime(2026, 4, 5, 23, 30, tzinfo=shanghai)).approval_id == one.pk


def test_who_asks_does_not_approve(yard):
    one = asked(yard)
    with pytest.raises(NotAllowed):
        business.advance_approval(one.pk, "approve", by=yard.inspector, on=FRIDAY, until=SUMMER)
    Approval.objects.filter(pk=one.pk).update(asked_by=yard.head.account_id)
    with pytest.raises(NeedsNotMet):
        business.advance_approval(one.pk, "approve", by=yard.head, on=FRIDAY, until=SUMMER)
    with pytest.raises(NeedsNotMet):
        business.advance_approval(one.pk, "approve", by=yard.shift_leader, on=FRIDAY, until=FRIDAY)


def test_a_refused_one_lets_nobody_in(yard):
    one = asked(yard)
    business.advance_approval(one.pk, "refuse", by=yard.head, on=FRIDAY, reason="本月已检查")
    with pytest.raises(why.NotApproved):
        visit(yard)


def test_the_cap_of_the_year_is_counted_by_party_and_day(yard):
    sister = thing(yard.town, "grill_shop", "barbecue", party=yard.shop.party)
    capped(yard, 2)
    announced(yard)
    visit(yard)
    announced(yard, object_id=sister.pk)
    visit(yard, object_id=sister.pk)  # the same day: one visit to the party
    assert caps.visits_counted(yard.shop, FRIDAY.date()) == 1
    tomorrow = FRIDAY + timedelta(days=1)
    announced(yard)
    third = announced(yard)
    visit(yard, at=tomorrow)
    assert caps.room(yard.shop, tomorrow.date()) == 0
    with pytest.raises(why.CapReached) as refused:
        visit(yard, at=tomorrow + timedelta(days=1), approval_id=third.pk)
    assert "区年度频次公告" in refused.value.why
    with pytest.raises(why.CapReached):
        asked(yard, object_id=sister.pk)
    assert caps.room(yard.shop, date(2027, 1, 1)) == 2
    assert caps.room(thing(yard.town, "grill_shop", "barbecue"), tomorrow.date()) == 2


def test_an_approval_is_refused_too_when_the_cap_is_reached(yard):
    one = asked(yard)
    capped(yard, 0)
    with pytest.raises(NeedsNotMet, match="国务院"):
        business.advance_approval(one.pk, "approve", by=yard.head, on=FRIDAY, until=SUMMER)


def test_a_complaint_stands_outside_the_cap_and_is_named(yard):
    capped(yard, 0)
    with pytest.raises(why.CapReached):
        asked(yard)
    with pytest.raises(why.NoSuchThing):
        asked(yard, complaint_id=10**9)
    complaint = case_in(yard.town, "handling")
    one = announced(yard, complaint_id=complaint.pk, reason="12345 投诉油烟")
    assert visit(yard).approval_id == one.pk
    assert caps.visits_counted(yard.shop, FRIDAY.date()) == 0


def test_a_second_look_is_no_second_visit(yard):
    capped(yard, 1)
    announced(yard)
    first = visit(yard)
    second = recheck(
        first.pk,
        by=yard.second,
        on=FRIDAY,
        visited_at=FRIDAY + timedelta(minutes=0),
        answers=answers("grill"),
    )
    assert second.approval_id == first.approval_id
    assert caps.visits_counted(yard.shop, FRIDAY.date()) == 1


def test_what_is_no_business_needs_no_approval(yard):
    with pytest.raises(why.NotApproved):
        asked(yard, object_id=yard.section.pk, checklist="five_grams")
    with pytest.raises(why.NotForThisKind):
        asked(yard, checklist="five_grams")
    with pytest.raises(why.BadLimit):
        caps.set_cap(
            district_id=yard.district.pk, kind="toilet", per_year=3, first_day=date(2026, 1, 1),
            by=yard.evaluator, on=FRIDAY,
        )  # fmt: skip
    with pytest.raises(why.BadLimit):
        capped(yard, 400)
    with pytest.raises(NotAllowed):
        caps.set_cap(
            district_id=yard.district.pk, kind="grill_shop", per_year=3, first_day=date(2026, 1, 1),
            by=yard.inspector, on=FRIDAY,
        )  # fmt: skip


def test_the_drawn_businesses_of_a_round_are_asked_for_at_once(yard):
    for _ in range(4):
        thing(yard.town, "grill_shop", "barbecue")
    made = rounds.plan(
        district_id=yard.district.pk, checklist="grill", name="烧烤店双随机", size=3,
        frame={"of": "objects", "kind": "grill_shop"}, starts_on=FRIDAY.date(), ends_on=date(2026, 4, 30),
        by=yard.shift_leader, on=FRIDAY,
    )  # fmt: skip
    with pytest.raises(why.BadFrame):
        business.ask_for_round(made.pk, reason="双随机", by=yard.shift_leader, on=FRIDAY)
    rounds.approve(made.pk, by=yard.head, on=FRIDAY)
    rounds.draw(made.pk, by=yard.shift_leader, on=FRIDAY)
    assert business.ask_for_round(made.pk, reason="双随机", by=yard.shift_leader, on=FRIDAY) == 3
    assert business.ask_for_round(made.pk, reason="双随机", by=yard.shift_leader, on=FRIDAY) == 0
    point = rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.NotApproved):
        visit(yard, object_id=None, point_id=point.pk)
    one = Approval.objects.get(object=point.object)
    business.advance_approval(one.pk, "approve", by=yard.head, on=FRIDAY, until=SUMMER)
    business.advance_approval(one.pk, "announce", by=yard.inspector, on=FRIDAY, notice="检字2号")
    visit(yard, object_id=None, point_id=point.pk)
    assert Round.objects.get(pk=made.pk).approvals.filter(state="used").count() == 1
    assert Visit.objects.get().approval.round_id == made.pk
