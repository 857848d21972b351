"""When things are due, and why then."""

from datetime import UTC, date, datetime

import pytest

from chengzhi.cases.actions import advance_case
from chengzhi.cases.clocks import explain, lamp
from chengzhi.cases.habits import forget
from chengzhi.cases.models import Case, StageLimit, Task
from chengzhi.lifecycle.problems import NeedsNotMet
from chengzhi.people.actor import Actor

from .town import FRIDAY, Town, case_in, later, limit

WORKER = Actor.system()
TUESDAY = datetime(2026, 4, 7, 8, 30, tzinfo=UTC)  # 16:30 in Shanghai


def dispatched(town: Town, **facts: object) -> Case:
    case = case_in(
        town, "pending_dispatch", **{"due_at": None, "clock_from": None, "limit_amount": None, **facts}
    )
    advance_case(case.pk, "dispatch", by=WORKER, on=FRIDAY, unit=town.squad.pk)
    return Case.objects.get(pk=case.pk)


def test_eight_working_hours_across_qingming_end_on_tuesday_and_say_why(town: Town) -> None:
    case = dispatched(town)
    assert case.due_at == case.stage_due_at == TUESDAY
    assert explain(case, "en") == (
        "8 working hours from Fri 3 April 2026 16:30, hours 08–12 and 14–18: "
        "1.5 h Fri; Sat–Mon closed, 清明节; 6.5 h Tue → Tue 7 April 16:30"
    )
    assert explain(case, "zh-hans").endswith("→4月7日（周二）16:30")
    assert Task.objects.get(case=case, kind="handle", done_at=None).due_at == TUESDAY


def test_urgent_hours_run_through_the_night(town: Town) -> None:
    case = dispatched(town, type=town.manhole, condition="missing")
    assert case.due_at == later(hours=2)
    assert (case.limit_amount, case.limit_unit) == (2, "urgent_hours")


def test_the_limit_of_the_area_class_goes_before_the_general_one(town: Town) -> None:
    limit(town.litter, 2, "urgent_hours", area_class=1)
    limit(town.litter, 1, "urgent_hours", area_class=2)
    assert dispatched(town).due_at == later(hours=2)


def test_the_limit_is_that_of_the_day_of_the_step(town: Town) -> None:
    limit(town.litter, 3, "urgent_hours", valid_from=date(2026, 4, 4))
    assert dispatched(town).due_at == TUESDAY
    limit(town.litter, 4, "urgent_hours", valid_from=date(2026, 4, 3))
    assert dispatched(town).due_at == later(hours=4)


def test_without_a_limit_there_is_no_deadline_and_none_is_made_up(town: Town) -> None:
    town.litter.limits.all().delete()
    case = dispatched(town)
    assert (case.due_at, case.stage_due_at, explain(case, "zh")) == (None, None, "")
    assert lamp(case, later(days=300)) == ""


def test_until_a_condition_is_stated_the_strictest_limit_holds(town: Town) -> None:
    town.manhole.limits.filter(condition="default").delete()
    limit(town.manhole, 5, "working_days", condition="sunk")
    assert dispatched(town, type=town.manhole, condition="default").due_at == later(hours=2)
    assert dispatched(town, type=town.manhole, condition="unknown").due_at is None


def test_stage_clock_of_an_urgent_case(town: Town) -> None:
    StageLimit.objects.create(
        district=town.district, stage="dispatch", urgent=True, amount=10, unit="urgent_hours",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    forget()
    case = case_in(town, "pending_file")
    advance_case(case.pk, "file", by=WORKER, on=FRIDAY, urgent=True)
    stored = Case.objects.get(pk=case.pk)
    assert stored.stage_due_at == stored.dispatch_due_at == later(hours=10)


def test_lamp_turns_yellow_at_four_fifths_and_red_after_the_end(town: Town) -> None:
    case = dispatched(town, type=town.manhole, condition="missing")
    moments = {0: "green", 95: "green", 96: "yellow", 120: "yellow", 121: "red"}
    assert {minutes: lamp(case, later(minutes=minutes)) for minutes in moments} == moments


def test_lateness_is_recorded_not_refused(town: Town) -> None:
    case = dispatched(town)
    advance_case(case.pk, "accept", by=WORKER, on=later(minutes=5))
    done = advance_case(case.pk, "reply", by=WORKER, on=later(days=5))
    assert (done.late, done.due) == (True, TUESDAY)
    assert Case.objects.get(pk=case.pk).handled_at == later(days=5)


def extended(case: Case, on: datetime) -> Case:
    advance_case(case.pk, "ask_extension", by=WORKER, on=on, reason="等材料")
    advance_case(case.pk, "grant_extension", by=WORKER, on=on)
    return Case.objects.get(pk=case.pk)


def test_an_extension_adds_one_original_limit_to_the_end(town: Town) -> None:
    case = extended(dispatched(town), later(hours=1))
    assert case.due_at == datetime(2026, 4, 8, 8, 30, tzinfo=UTC)
    assert case.extensions == 1
    assert "延期：自2026年4月7日" in explain(case, "zh")
    case = extended(case, later(hours=2))
    assert case.due_at == datetime(2026, 4, 9, 8, 30, tzinfo=UTC)
    with pytest.raises(NeedsNotMet) as refused:
        advance_case(case.pk, "ask_extension", by=WORKER, on=later(hours=3), reason="再等")
    assert [one.need for one in refused.value.unmet] == ["extensions_left"]


def test_refused_extensions_do_not_count(town: Town) -> None:
    case = dispatched(town)
    for _ in range(3):
        advance_case(case.pk, "ask_extension", by=WORKER, on=later(hours=1), reason="等材料")
        advance_case(case.pk, "refuse_extension", by=WORKER, on=later(hours=1), reason="不必要")
    assert extended(case, later(hours=1)).extensions == 1


def test_no_extension_once_overdue_but_one_asked_in_time_may_be_granted_late(town: Town) -> None:
    case = dispatched(town)
    with pytest.raises(NeedsNotMet) as refused:
        advance_case(case.pk, "ask_extension", by=WORKER, on=later(days=5), reason="等材料")
    assert "not_overdue" in {one.need for one in refused.value.unmet}
    advance_case(case.pk, "ask_extension", by=WORKER, on=TUESDAY, reason="等材料")
    advance_case(case.pk, "grant_extension", by=WORKER, on=later(days=5))
    assert Case.objects.get(pk=case.pk).due_at == datetime(2026, 4, 8, 8, 30, tzinfo=UTC)


def test_suspension_stops_the_clock_and_what_was_left_is_left_again(town: Town) -> None:
    case = dispatched(town)
    until = datetime(2026, 4, 20, 0, 0, tzinfo=UTC)  # Monday 08:00
    wednesday = datetime(2026, 4, 7, 1, 0, tzinfo=UTC)  # Tuesday 09:00: 1.5 + 1 h used, 5.5 h left
    advance_case(case.pk, "ask_suspension", by=WORKER, on=wednesday, reason="等管线迁改", until=until)
    advance_case(case.pk, "grant_suspension", by=WORKER, on=wednesday)
    stopped = Case.objects.get(pk=case.pk)
    assert (stopped.state, stopped.stage_due_at, lamp(stopped, later(days=90))) == ("suspended", None, "")
    advance_case(case.pk, "resume", by=WORKER, on=until)
    again = Case.objects.get(pk=case.pk)
    assert again.due_at == datetime(2026, 4, 20, 7, 30, tzinfo=UTC)  # 4 h + 1.5 h after the pause
    assert "不计时" in explain(again, "zh")
    assert "not counted" in explain(again, "en")
    advance_case(case.pk, "reply", by=WORKER, on=until)


def test_a_corrected_type_counts_again_from_the_same_begin(town: Town) -> None:
    case = dispatched(town)
    advance_case(case.pk, "change_type", by=WORKER, on=later(minutes=30), type=town.manhole.pk,
                 condition="missing")  # fmt: skip
    stored = Case.objects.get(pk=case.pk)
    assert stored.due_at == later(hours=2)
    assert stored.domain == "utilities"
    assert "更正后重新计时" in explain(stored, "zh")
    assert Task.objects.get(case=case, kind="handle", done_at=None).due_at == later(hours=2)


def test_rework_starts_a_new_clock_without_the_old_extensions(town: Town) -> None:
    case = extended(dispatched(town), later(hours=1))
    steps = (
        "accept",
        "reply",
        "send_check",
        ("check_fail", {"reason": "还有"}),
        ("rework", {"reason": "重做"}),
    )
    monday = datetime(2026, 4, 13, 0, 0, tzinfo=UTC)
    for step in steps:
        name, facts = step if isinstance(step, tuple) else (step, {})
        advance_case(case.pk, name, by=WORKER, on=monday, **facts)
    stored = Case.objects.get(pk=case.pk)
    assert stored.due_at == datetime(2026, 4, 13, 10, 0, tzinfo=UTC)  # 18:00 of the same day
    assert (stored.reworks, stored.dispatches, stored.extensions) == (1, 2, 1)
    assert stored.stage_warn_at == datetime(2026, 4, 13, 8, 24, tzinfo=UTC)  # after 6.4 of 8 hours


def test_an_imported_end_without_a_limit_can_be_suspended_but_not_extended(town: Town) -> None:
    case = case_in(town, "handling", limit_amount=None, limit_unit="")
    with pytest.raises(NeedsNotMet) as refused:
        advance_case(case.pk, "ask_extension", by=WORKER, on=FRIDAY, reason="等材料")
    assert [one.need for one in refused.value.unmet] == ["has_due"]
    until = later(days=10)
    advance_case(case.pk, "ask_suspension", by=WORKER, on=FRIDAY, reason="等材料", until=until)
    advance_case(case.pk, "grant_suspension", by=WORKER, on=FRIDAY)
    advance_case(case.pk, "resume", by=WORKER, on=until)
    stored = Case.objects.get(pk=case.pk)
    assert stored.due_at == stored.stage_due_at == case.due_at + (until - FRIDAY)
    assert lamp(stored, until) == "green"
