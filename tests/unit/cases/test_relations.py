"""Merge, split, parent and child, duplicates; routing; escalation; words."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chengzhi.cases import habits
from chengzhi.cases.actions import NewCase, advance_case, merge_cases, split_case
from chengzhi.cases.escalation import escalate
from chengzhi.cases.models import Case, CaseLink, Escalation, EscalationSent, RoutingRule
from chengzhi.cases.queries import duplicates, merged_with
from chengzhi.cases.routing import propose_unit, set_rule
from chengzhi.cases.words import bigrams
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import NeedsNotMet
from chengzhi.notices.models import Message
from chengzhi.people.rules import NotAllowed
from chengzhi.places.models import Area
from chengzhi.reports.models import Report, Reporter

from .town import FRIDAY, Town, case_in, later, person


def reporter(town: Town, case: Case, language: str = "zh-hans") -> int:
    made = Reporter.objects.create(
        district=town.district, contact=b"sealed", created_at=FRIDAY, erase_after=date(2027, 1, 1)
    )
    Report.objects.create(
        district=town.district, case=case, channel="web", reporter=made, received_at=FRIDAY, language=language
    )
    return made.pk


def test_a_merger_is_recorded_on_both_sides(town: Town) -> None:
    one, two = case_in(town, "reported"), case_in(town, "handling")
    merge_cases(one.pk, two.pk, by=town.shift_leader, on=FRIDAY, reason="同一堆垃圾")
    stored = Case.objects.get(pk=one.pk)
    assert (stored.state, stored.merged_into_id, stored.closed_at) == ("merged", two.pk, FRIDAY)
    assert history("case", two.pk)[-1].step == "absorb"
    assert merged_with(two.pk) == [two.pk, one.pk]


@pytest.mark.parametrize("target", ["closed", "void"])
def test_nothing_is_merged_into_an_end_or_itself(town: Town, target: str) -> None:
    one, two = case_in(town, "reported"), case_in(town, target)
    for into in (one.pk, two.pk):
        with pytest.raises(NeedsNotMet):
            merge_cases(one.pk, into, by=town.shift_leader, on=FRIDAY)
    assert history("case", two.pk) == []


def test_the_reporters_of_all_merged_cases_are_told_of_the_closing(town: Town) -> None:
    one, two, three = (case_in(town, s) for s in ("reported", "pending_dispatch", "pending_close"))
    told = [reporter(town, one), reporter(town, two, "en"), reporter(town, three)]
    merge_cases(one.pk, two.pk, by=town.shift_leader, on=FRIDAY)
    merge_cases(two.pk, three.pk, by=town.shift_leader, on=FRIDAY)
    merged = Message.objects.filter(kind="report_merged").values_list("reporter_id", flat=True)
    assert sorted(merged) == told[:2]
    advance_case(three.pk, "close", by=town.shift_leader, on=FRIDAY, outcome="清除")
    closed = Message.objects.filter(kind="report_closed").order_by("reporter_id")
    assert list(closed.values_list("reporter_id", "language")) == [
        (told[0], "zh-hans"), (told[1], "en"), (told[2], "zh-hans"),
    ]  # fmt: skip
    assert all(message.send_after >= later(minutes=10) for message in closed)


def test_a_step_that_is_rolled_back_tells_nobody(town: Town) -> None:
    from django.db import transaction

    case = case_in(town, "pending_close")
    reporter(town, case)
    with transaction.atomic():
        advance_case(case.pk, "close", by=town.shift_leader, on=FRIDAY)
        assert Message.objects.count() == 1
        transaction.set_rollback(True)
    assert Message.objects.count() == 0
    assert Case.objects.get(pk=case.pk).state == "pending_close"


def test_an_undone_step_tells_nobody(town: Town) -> None:
    from chengzhi.cases.actions import undo_step

    case = case_in(town, "pending_close")
    reporter(town, case)
    done = advance_case(case.pk, "close", by=town.shift_leader, on=FRIDAY)
    undo_step(case.pk, done.event_id, by=town.shift_leader, on=later(minutes=2))
    assert set(Message.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_the_department_and_the_deciders_are_told(town: Town) -> None:
    case = case_in(town, "pending_dispatch")
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=FRIDAY, unit=town.squad.pk)
    advance_case(case.pk, "ask_extension", by=town.handler, on=FRIDAY, reason="等材料")
    told = Message.objects.values_list("kind", "account__username")
    assert {(kind, name.rpartition("-")[0]) for kind, name in told} == {
        ("case_for_unit", "handler"), ("case_for_unit", "contractor"),
        ("request_waiting", "shift_leader"), ("request_waiting", "dispatcher"), ("request_waiting", "head"),
    }  # fmt: skip
    assert Message.objects.filter(kind="request_waiting").first().facts["why"] == "等材料"


def test_a_split_gives_a_case_of_its_own_that_waits_to_be_filed(town: Town) -> None:
    case = case_in(town, "handling")
    new = NewCase(district_id=0, channel="split", text="另有窨井盖缺失", type_id=town.manhole.pk)
    done = split_case(case.pk, new, by=town.shift_leader, on=FRIDAY)
    child = Case.objects.get(pk=done.born.id)
    assert (child.state, child.district_id, child.filed_at) == ("pending_file", town.district.pk, None)
    assert history("case", case.pk)[-1].facts["notes"]["other"] == child.pk


def test_a_parent_closes_after_its_children_and_is_no_child_itself(town: Town) -> None:
    parent, child = case_in(town, "pending_close"), case_in(town, "handling")
    advance_case(child.pk, "set_parent", by=town.intake_clerk, on=FRIDAY, other=parent.pk)
    with pytest.raises(NeedsNotMet) as refused:
        advance_case(parent.pk, "close", by=town.shift_leader, on=FRIDAY)
    assert [one.need for one in refused.value.unmet] == ["children_ended"]
    with pytest.raises(NeedsNotMet):
        advance_case(parent.pk, "set_parent", by=town.intake_clerk, on=FRIDAY, other=child.pk)
    advance_case(child.pk, "force_close", by=town.shift_leader, on=FRIDAY, reason="并案处理")
    advance_case(parent.pk, "close", by=town.shift_leader, on=FRIDAY)


def test_two_cases_are_linked_once_whichever_way(town: Town) -> None:
    one, two = case_in(town, "handling"), case_in(town, "closed")
    advance_case(one.pk, "link_duplicate", by=town.dispatcher, on=FRIDAY, other=two.pk)
    with pytest.raises(NeedsNotMet):
        advance_case(two.pk, "link_duplicate", by=town.dispatcher, on=FRIDAY, other=one.pk)
    assert CaseLink.objects.get().case_id == one.pk


def test_duplicates_are_of_the_last_days_same_type_first(town: Town) -> None:
    here = {"district_id": town.district.pk, "lon": 109.35, "lat": 24.35, "cell_id": town.cell.pk,
            "type_id": town.litter.pk, "at": later(hours=1)}  # fmt: skip
    other_type = case_in(town, "handling", type=town.manhole)
    same = case_in(town, "reported")
    case_in(town, "void")
    case_in(town, "reported", on=FRIDAY - timedelta(days=8))
    found = duplicates(**here)
    assert [(row["id"], row["same_type"]) for row in found] == [(same.pk, True), (other_type.pk, False)]
    assert [row["id"] for row in duplicates(**here, case_id=same.pk)] == [other_type.pk]
    assert duplicates(**{**here, "cell_id": None, "lon": None, "lat": None}) == []


def rule(town: Town, position: int, **facts: object) -> RoutingRule:
    since = facts.pop("valid_from", date(2020, 1, 1))
    return RoutingRule.objects.create(district=town.district, position=position, valid_from=since, **facts)


def proposed(town: Town, area: Area | None = None) -> tuple[int, int | None] | None:
    said = propose_unit(
        district_id=town.district.pk, type_id=town.litter.pk, area_id=(area or town.area).pk,
        domain="appearance", on=FRIDAY,
    )  # fmt: skip
    return (said.unit_id, said.rule_id) if said else None


def test_the_first_rule_in_order_whose_conditions_hold_decides(town: Town) -> None:
    assert proposed(town) is None
    town.litter.default_unit = town.squad
    town.litter.save()
    assert proposed(town) == (town.squad.pk, None)
    wide = rule(town, 20, unit=town.sanitation, domain="appearance")
    assert proposed(town) == (town.sanitation.pk, wide.pk)
    rule(town, 5, unit=town.centre, type=town.manhole)
    rule(town, 6, unit=town.centre, valid_from=date(2026, 4, 4))
    narrow = rule(town, 10, unit=town.squad, area=town.area, reason="分工文件")
    assert proposed(town) == (town.squad.pk, narrow.pk)
    child = Area.objects.create(
        district=town.district, level="community", code="2", name="小区", parent=town.area, origin="generated"
    )
    assert proposed(town, child) == (town.squad.pk, narrow.pk)


def test_a_proposal_says_why(town: Town) -> None:
    rule(town, 10, unit=town.squad, area=town.area, reason="分工文件")
    with translation.override("en"):
        said = propose_unit(
            district_id=town.district.pk, type_id=None, area_id=town.area.pk, domain="", on=FRIDAY
        )
    assert said is not None
    assert said.why == "Rule 10: 甲社区 goes to 启明中队. 分工文件"


def test_rules_are_dated_and_not_for_everybody(town: Town) -> None:
    facts = {"district_id": town.district.pk, "position": 1, "unit_id": town.squad.pk, "on": FRIDAY}
    with pytest.raises(NotAllowed):
        set_rule(**facts, valid_from=date(2026, 4, 1), by=town.dispatcher)
    first = set_rule(**facts, valid_from=date(2026, 4, 1), by=town.administrator)
    set_rule(
        **(facts | {"unit_id": town.sanitation.pk}), valid_from=date(2026, 4, 3), replaces=first.pk,
        by=town.administrator,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.valid_to == date(2026, 4, 2)
    assert proposed(town)[0] == town.sanitation.pk


def test_escalation_tells_each_share_once_in_time_and_not_twice(town: Town) -> None:
    for share, role, own in ((0.5, "handler", True), (1, "head", False)):
        Escalation.objects.create(
            district=town.district, share=share, role=role, own_unit_only=own, valid_from=date(2020, 1, 1)
        )
    habits.forget()
    person(town, "neighbour", "handler", town.sanitation)
    case = case_in(town, "pending_dispatch", type=town.manhole, condition="missing")  # two hours
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=FRIDAY, unit=town.squad.pk)
    assert escalate(on=later(minutes=59)) == 0
    assert escalate(on=later(minutes=60)) == 1
    assert escalate(on=later(minutes=61)) == 0
    assert escalate(on=later(minutes=125)) == 1
    assert escalate(on=later(days=9)) == 0
    told = list(
        Message.objects.filter(kind="case_escalated")
        .order_by("id")
        .values_list("account__name", "facts__share")
    )
    assert told == [("handler先生", 50), ("head先生", 100)]
    assert EscalationSent.objects.count() == 2


def test_a_worker_that_was_away_tells_all_shares_reached(town: Town) -> None:
    for share in (0.5, 1):
        Escalation.objects.create(
            district=town.district, share=share, role="head", own_unit_only=False, valid_from=date(2020, 1, 1)
        )
    habits.forget()
    case = case_in(town, "pending_dispatch", type=town.manhole, condition="missing")
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=FRIDAY, unit=town.squad.pk)
    assert escalate(on=later(days=1)) == 2
    assert Case.objects.get(pk=case.pk).escalate_at is None


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("占道", ["占道"]), ("井", ["井"]), ("和平路5号", ["5号", "和平", "平路", "路5"]),
     ("Pot-Hole", ["ho", "le", "ol", "ot", "po"]), ("ＡＢ１", ["ab", "b1"]), ("！？ 。", []), ("", [])],
)  # fmt: skip
def test_pieces_of_a_text(text: str, pieces: list[str]) -> None:
    assert bigrams(text) == pieces


@given(st.text(max_size=60))
def test_every_piece_of_two_signs_is_a_part_of_the_text(text: str) -> None:
    from chengzhi.cases.words import folded

    pieces = bigrams(text)
    assert pieces == sorted(set(pieces))
    assert all(1 <= len(piece) <= 2 and piece in folded(text) for piece in pieces)
