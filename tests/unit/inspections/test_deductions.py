"""Proposed deductions: only on firm ground, told, open to appeal, decided by another, final at last."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chengzhi.inspections import deductions
from chengzhi.inspections import problems as why
from chengzhi.inspections.models import ContractTerm, Deduction
from chengzhi.inspections.visits import recheck
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import NeedsNotMet, StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.notices.models import Message
from chengzhi.people.rules import NotAllowed
from chengzhi.registers.models import Party, Permit
from tests.unit.cases.town import FRIDAY, person
from tests.unit.inspections.yard import answers, grams

MONTH = {"first": date(2026, 4, 1), "last": date(2026, 4, 30)}


@pytest.fixture
def contract(yard):
    """The section is cleaned by a contractor under a contract with a term for dust."""
    party = Party.objects.create(
        district=yard.district, kind="contractor", name="示例保洁公司", created_at=FRIDAY, updated_at=FRIDAY
    )
    yard.section.party, yard.section.unit = party, yard.squad
    yard.section.save()
    permit = Permit.objects.create(
        object=yard.section, party=party, number="合同1号", starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31), recorded_at=FRIDAY,
    )  # fmt: skip
    term(yard, permit, 200)
    return permit


def term(yard, permit, amount, **more):
    values = {"measurement": "dust", "appeal_days": 5, "clause": "第八条", "first_day": date(2026, 1, 1),
              "by": yard.evaluator, "on": FRIDAY}  # fmt: skip
    return deductions.set_term(permit_id=permit.pk, amount=Decimal(amount), **{**values, **more})


def failed(yard, value=12, **more):
    return grams(yard, value, **more).readings.get()


def proposed(yard, **more):
    return deductions.propose(failed(yard, **more).pk, by=yard.planner, on=FRIDAY)


def step(one, name, by, on=FRIDAY, **facts):
    deductions.advance_deduction(one.pk, name, by=by, on=on, **facts)
    return Deduction.objects.get(pk=one.pk)


def test_a_failed_reading_under_a_contract_is_proposed_with_the_amount_of_its_term(yard, contract):
    one = proposed(yard)
    assert (one.amount, one.state, one.permit_id, one.unit_id) == (
        200,
        "proposed",
        contract.pk,
        yard.squad.pk,
    )
    assert one.party_id == contract.party_id
    (entry,) = history("deduction", one.pk)
    assert (entry.step, entry.article) == ("propose", "保洁合同约定")


def test_the_whole_way_with_an_appeal_that_halves_it(yard, contract):
    contractor = person(yard.town, "boss", "contractor", yard.squad)
    one = step(proposed(yard), "tell", yard.planner)
    assert one.appeal_due_at.isoformat() == "2026-04-08T15:59:59.999999+00:00"  # end of 8 April there
    told = Message.objects.filter(thing="deduction", thing_id=one.pk)
    assert {m.account_id for m in told} == {
        contractor.account_id, yard.contractor.account_id, yard.handler.account_id,
    }  # fmt: skip
    one = step(one, "appeal", contractor, FRIDAY + timedelta(days=2), reason="当日道路施工")
    assert (one.state, one.appeal) == ("appealed", "当日道路施工")
    with pytest.raises(NeedsNotMet):
        step(one, "decide", yard.head, result="cut", reason="施工属实")
    with pytest.raises(NeedsNotMet):
        step(one, "decide", yard.head, result="cut", reason="施工属实", amount=200)
    with pytest.raises(NeedsNotMet):
        step(one, "decide", yard.head, result="kept", reason="不成立", amount=100)
    one = step(one, "decide", yard.head, result="cut", reason="施工属实", amount=100)
    assert (one.state, one.decision, one.decided_amount) == ("decided", "cut", 100)
    one = step(one, "settle", yard.head)
    assert (one.state, one.final_at) == ("final", FRIDAY)
    assert deductions.taken_off(contract.pk, **MONTH) == 100
    steps = [entry.step for entry in history("deduction", one.pk)]
    assert steps == ["propose", "tell", "appeal", "decide", "settle"]
    assert "当日道路施工" not in str([entry.facts for entry in history("deduction", one.pk)])


def test_without_an_appeal_it_is_final_only_after_the_last_day(yard, contract):
    one = step(proposed(yard), "tell", yard.planner)
    with pytest.raises(NeedsNotMet):
        step(one, "settle", yard.head, FRIDAY + timedelta(days=5))
    one = step(one, "settle", yard.head, FRIDAY + timedelta(days=6))
    assert (one.decision, one.decided_amount, one.state) == ("kept", 200, "final")
    with pytest.raises(StepNotAllowed):
        step(one, "appeal", yard.contractor, reason="晚了")


def test_a_late_appeal_is_heard_and_noted_as_late(yard, contract):
    one = step(proposed(yard), "tell", yard.planner)
    done = deductions.advance_deduction(
        one.pk, "appeal", by=yard.contractor, on=FRIDAY + timedelta(days=9), reason="邮件迟到"
    )
    assert done.late
    assert history("deduction", one.pk)[-1].facts["late"]


@pytest.mark.parametrize(("result", "amount"), [("kept", 200), ("withdrawn", 0)])
def test_an_appeal_may_fail_or_win(yard, contract, result, amount):
    one = step(proposed(yard), "tell", yard.planner)
    one = step(one, "appeal", yard.contractor, reason="复核")
    one = step(one, "decide", yard.head, result=result, reason="复核结果")
    assert one.decided_amount == amount
    step(one, "settle", yard.head)
    assert deductions.taken_off(contract.pk, **MONTH) == amount


def test_the_contractor_may_appeal_from_its_own_page_and_nobody_elses(yard, contract):
    one = step(proposed(yard), "tell", yard.planner)
    other = Party.objects.create(
        district=yard.district, kind="contractor", name="别家", created_at=FRIDAY, updated_at=FRIDAY
    )
    with pytest.raises(why.NoSuchThing):
        deductions.appeal_by_party(one.pk, party=other, reason="我", on=FRIDAY)
    deductions.appeal_by_party(one.pk, party=contract.party, reason="设备故障", on=FRIDAY)
    assert Deduction.objects.get(pk=one.pk).state == "appealed"
    assert deductions.of_party(contract.party).count() == 1
    assert deductions.of_party(other).count() == 0


def test_another_contractor_neither_sees_nor_appeals(yard, contract):
    one = step(proposed(yard), "tell", yard.planner)
    outsider = person(yard.town, "outsider", "contractor", yard.sanitation)
    with pytest.raises(NotAllowed):
        step(one, "appeal", outsider, reason="不服")


def test_who_proposed_it_does_not_decide_the_appeal(yard, contract):
    one = deductions.propose(failed(yard).pk, by=yard.shift_leader, on=FRIDAY)
    one = step(step(one, "tell", yard.shift_leader), "appeal", yard.contractor, reason="不服")
    with pytest.raises(NeedsNotMet):
        step(one, "decide", yard.shift_leader, result="kept", reason="维持")


def test_it_may_be_dropped_before_it_is_told_and_a_telling_taken_back_takes_its_message_along(yard, contract):
    one = proposed(yard)
    done = deductions.advance_deduction(one.pk, "tell", by=yard.planner, on=FRIDAY)
    undo(Deduction.objects.get(pk=one.pk), done.event_id, by=yard.planner, on=FRIDAY)
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.WITHDRAWN}
    one = step(one, "drop", yard.planner, reason="误测")
    assert (one.state, one.decided_amount) == ("final", 0)
    with pytest.raises(why.NothingToDeduct):
        deductions.propose(one.reading_id, by=yard.planner, on=FRIDAY)


def test_what_is_no_ground_says_why(yard, contract):
    passed = grams(yard, 3).readings.get()
    rainy = failed(yard, 30, excused=True, weather="大雨")
    doubtful = failed(yard, 300)
    early = failed(yard, on=FRIDAY - timedelta(days=120))
    unconfirmed = failed(yard, 11)
    recheck(
        unconfirmed.visit_id, by=yard.second, on=FRIDAY, visited_at=FRIDAY, answers=answers("five_grams"),
        readings={"dust": (4, yard.balance.pk)},
    )  # fmt: skip
    second = unconfirmed.visit.recheck.readings.get()
    for one in (passed, rainy, doubtful, early, unconfirmed, second):
        with pytest.raises(why.NothingToDeduct) as refused:
            deductions.propose(one.pk, by=yard.planner, on=FRIDAY)
        assert refused.value.why
    term(yard, contract, 5, measurement="litter_dwell")
    ContractTerm.objects.filter(measurement="dust").delete()
    with pytest.raises(why.NothingToDeduct, match="2026-04-03"):
        deductions.propose(failed(yard).pk, by=yard.planner, on=FRIDAY)
    assert not Deduction.objects.exists()


def test_a_confirming_second_look_leaves_the_ground(yard, contract):
    one = failed(yard, 11)
    recheck(
        one.visit_id, by=yard.second, on=FRIDAY, visited_at=FRIDAY, answers=answers("five_grams"),
        readings={"dust": (10, yard.balance.pk)},
    )  # fmt: skip
    assert len(deductions.propose_for(yard.district.pk, **MONTH, by=yard.planner, on=FRIDAY)) == 1


def test_a_month_is_proposed_at_once_and_only_once(yard, contract):
    for value in (3, 12, 14):
        grams(yard, value)
    grams(yard, 20, excused=True, weather="沙尘")
    grams(yard, 15, on=FRIDAY - timedelta(days=10))
    made = deductions.propose_for(yard.district.pk, **MONTH, by=yard.planner, on=FRIDAY)
    assert sorted(one.reading.value for one in made) == [12, 14]
    assert deductions.propose_for(yard.district.pk, **MONTH, by=yard.planner, on=FRIDAY) == []
    with pytest.raises(NotAllowed):
        deductions.propose_for(yard.district.pk, **MONTH, by=yard.inspector, on=FRIDAY)
    with pytest.raises(why.NothingToDeduct):
        deductions.propose(made[0].reading_id, by=yard.planner, on=FRIDAY)


def test_the_term_in_force_on_the_day_of_the_visit_counts(yard, contract):
    term(yard, contract, 500, first_day=date(2026, 4, 4))
    assert proposed(yard).amount == 200
    assert proposed(yard, on=FRIDAY + timedelta(days=1)).amount == 500
    assert [one.amount for one in deductions.terms_in_force(contract.pk, date(2026, 4, 4))] == [500]


def test_a_contract_that_ended_before_its_time_takes_nothing_off(yard, contract):
    Permit.objects.filter(pk=contract.pk).update(ended_on=date(2026, 4, 2))
    with pytest.raises(why.NothingToDeduct):
        proposed(yard)


def test_terms_that_cannot_be_are_refused(yard, contract):
    sign = Permit.objects.create(object=yard.shop, starts_on=date(2026, 1, 1), recorded_at=FRIDAY)
    for permit, amount, more in (
        (contract, 0, {}), (contract, -5, {}), (contract, "nan", {}), (contract, 5, {"appeal_days": 0}),
        (contract, 5, {"clause": " "}), (sign, 5, {}),
    ):  # fmt: skip
        with pytest.raises(why.BadLimit):
            term(yard, permit, amount, **more)
    with pytest.raises(why.UnknownMeasurement):
        term(yard, contract, 5, measurement="nothing")
    with pytest.raises(NotAllowed):
        term(yard, contract, 5, by=yard.inspector)
