"""移送: receipted, with clocks in working time, answered or sent back, never twice at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chengzhi.cases import handover
from chengzhi.cases.handover import AlreadyHandedOver, NothingToHandOver
from chengzhi.cases.models import Authority, Case, HandOver
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import NeedsNotMet, StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.people.rules import NotAllowed

from .town import FRIDAY, Town, case_in

LATER = FRIDAY + timedelta(days=4)


@pytest.fixture
def police(town: Town) -> Authority:
    return Authority.objects.create(
        district=town.district, key="police", name="公安交管", name_en="Traffic police",
        receipt_amount=2, receipt_unit="working_days", answer_amount=1, answer_unit="working_days",
    )  # fmt: skip


@pytest.fixture
def case(town: Town) -> Case:
    return case_in(town, "pending_dispatch")


def give(town: Town, case: Case, police: Authority) -> HandOver:
    return handover.hand_over(
        authority_id=police.pk, case_id=case.pk, reason="非法营运，无管辖权", by=town.dispatcher, on=FRIDAY
    )


def test_the_clock_of_the_receipt_runs_in_working_time(town: Town, case: Case, police: Authority) -> None:
    made = give(town, case, police)
    # Friday 16:30; Saturday to Monday are Qingming; two working days end on Wednesday's evening.
    assert made.receipt_due_at is not None
    assert made.receipt_due_at > datetime(2026, 4, 8, 0, tzinfo=UTC)
    assert made.number == "YS2026-00001"
    assert made.state == "sent"
    assert [one.step for one in history("hand_over", made.pk)] == ["send"]


def test_received_answered_and_told_late(town: Town, case: Case, police: Authority) -> None:
    made = give(town, case, police)
    done = handover.advance_hand_over(
        made.number, "acknowledge", by=town.dispatcher, on=LATER, receipt="公交收2026-7"
    )
    assert (done.before, done.after, done.late) == ("sent", "received", False)
    late = LATER + timedelta(days=30)
    done = handover.advance_hand_over(made.number, "answer", by=town.dispatcher, on=late, result="已处罚")
    made.refresh_from_db()
    assert done.late
    assert made.result == "已处罚"
    assert made.receipt == "公交收2026-7"
    assert made.ended_at == late


def test_no_answer_without_a_receipt(town: Town, case: Case, police: Authority) -> None:
    made = give(town, case, police)
    with pytest.raises(NeedsNotMet):
        handover.advance_hand_over(made.number, "answer", by=town.dispatcher, on=LATER, result="已处理")
    handover.advance_hand_over(
        made.number, "answer", by=town.dispatcher, on=LATER, result="已处理", receipt="口头 3"
    )
    made.refresh_from_db()
    assert made.receipt == "口头 3"
    assert made.state == "answered"


def test_what_waits_is_not_sent_again_but_what_came_back_is(
    town: Town, case: Case, police: Authority
) -> None:
    made = give(town, case, police)
    with pytest.raises(AlreadyHandedOver):
        give(town, case, police)
    handover.advance_hand_over(made.number, "send_back", by=town.dispatcher, on=LATER, result="材料不全")
    assert give(town, case, police).number == "YS2026-00002"
    assert len(handover.of_case(case.pk)) == 2
    assert handover.hand_overs(town.dispatcher).filter(ended_at=None).count() == 1


def test_a_unit_sees_and_advances_its_own_only(town: Town, case: Case, police: Authority) -> None:
    made = give(town, case, police)
    assert made.unit_id == town.squad.pk
    stranger = replace(town.handler, unit_ids=frozenset({town.sanitation.pk}))
    assert handover.hand_overs(town.handler).get() == made
    assert not handover.hand_overs(stranger)
    with pytest.raises(NothingToHandOver):
        handover.advance_hand_over(made.number, "acknowledge", by=stranger, on=LATER, receipt="x")


def test_a_receipt_can_be_taken_back_for_ten_minutes(town: Town, case: Case, police: Authority) -> None:
    made = give(town, case, police)
    done = handover.advance_hand_over(
        made.number, "acknowledge", by=town.dispatcher, on=LATER, receipt="错号"
    )
    made.refresh_from_db()
    undo(made, done.event_id, by=town.dispatcher, on=LATER + timedelta(minutes=5))
    made.refresh_from_db()
    assert (made.state, made.receipt, made.received_at) == ("sent", "", None)
    with pytest.raises(StepNotAllowed):
        handover.advance_hand_over(made.number, "send", by=town.dispatcher, on=LATER)


def test_who_may_not_and_nothing_to_give(town: Town, case: Case, police: Authority) -> None:
    with pytest.raises(NotAllowed):
        handover.hand_over(authority_id=police.pk, case_id=case.pk, reason="x", by=town.inspector, on=FRIDAY)
    with pytest.raises(NothingToHandOver):
        handover.hand_over(authority_id=police.pk, reason="x", by=town.dispatcher, on=FRIDAY)
    with pytest.raises(NothingToHandOver):
        handover.hand_over(authority_id=police.pk, case_id=case.pk, reason=" ", by=town.dispatcher, on=FRIDAY)
    assert not HandOver.objects.exists()
