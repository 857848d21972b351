"""Returns, wrong dispatch, appeals, voiding, reopening, co-handling."""

from datetime import timedelta

import pytest

from chengzhi.cases.actions import advance_case, resume_due_suspensions, undo_step
from chengzhi.cases.models import Case, CaseRequest, RoutingCorrection, Task
from chengzhi.lifecycle.problems import BadFact, CannotUndo, NeedsNotMet
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed

from .town import FRIDAY, Town, as_row, ask, case_in, later, person

WORKER = Actor.system()


def needs(step: str, case: Case, by: Actor, on=None, **facts: object) -> list[str]:
    with pytest.raises(NeedsNotMet) as refused:
        advance_case(case.pk, step, by=by, on=on or later(minutes=1), **facts)
    return [one.need for one in refused.value.unmet]


def test_a_return_needs_its_reason_and_first_the_own_assignment_taken_back(town: Town) -> None:
    case = case_in(town, "handling")
    advance_case(case.pk, "assign", by=town.handler, on=FRIDAY, account=town.contractor.account_id)
    with pytest.raises(BadFact):
        advance_case(case.pk, "ask_return", by=town.handler, on=FRIDAY)
    assert needs("ask_return", case, town.handler, reason="不属本队") == ["assignment_revoked"]
    advance_case(case.pk, "unassign", by=town.handler, on=FRIDAY)
    advance_case(case.pk, "ask_return", by=town.handler, on=FRIDAY, reason="不属本队")
    before = as_row(case)
    advance_case(case.pk, "grant_return", by=town.dispatcher, on=FRIDAY)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.returns) == ("returned", 1)
    erased = [name for name, value in before.items() if value and not as_row(case)[name]]
    assert set(erased) <= {"stage_warn_at", "stage_due_at", "escalate_at"}
    assert CaseRequest.objects.get(case=case).reason == "不属本队"


def test_two_departments_count_as_wrong_dispatch_at_closing_only(town: Town) -> None:
    case = case_in(town, "pending_dispatch", dispatches=0)
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=FRIDAY, unit=town.squad.pk)
    advance_case(
        case.pk,
        "redispatch",
        by=town.dispatcher,
        on=later(minutes=5),
        unit=town.sanitation.pk,
        reason="归环卫",
    )
    for step in ("accept", "reply", "send_check", "check_pass"):
        advance_case(case.pk, step, by=WORKER, on=later(minutes=9))
        assert Case.objects.get(pk=case.pk).misdispatches == 0
    advance_case(case.pk, "close", by=town.shift_leader, on=later(minutes=10), outcome="清除")
    stored = Case.objects.get(pk=case.pk)
    assert (stored.dispatches, stored.misdispatches, stored.reworks) == (2, 1, 0)
    assert stored.outcome == "清除"


def test_the_same_department_after_a_failed_check_is_rework(town: Town) -> None:
    case = case_in(town, "check_failed")
    assert needs("dispatch", case, town.dispatcher, unit=town.squad.pk) == ["not_same_after_check"]
    advance_case(case.pk, "rework", by=town.dispatcher, on=FRIDAY, reason="未清干净")
    assert Case.objects.get(pk=case.pk).reworks == 1


def test_a_correction_of_the_proposed_department_is_kept(town: Town) -> None:
    town.litter.default_unit = town.sanitation
    town.litter.save()
    case = case_in(town, "pending_dispatch")
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=FRIDAY, unit=town.squad.pk)
    kept = RoutingCorrection.objects.get(case=case)
    assert (kept.proposed_id, kept.chosen_id, kept.made_by) == (
        town.sanitation.pk, town.squad.pk, town.dispatcher.account_id,
    )  # fmt: skip


def test_co_handlers_finish_before_the_reply(town: Town) -> None:
    helper = person(town, "helper", "handler", town.sanitation)
    case = case_in(town, "handling")
    advance_case(case.pk, "add_cohandler", by=town.dispatcher, on=FRIDAY, unit=town.sanitation.pk)
    assert needs("add_cohandler", case, town.dispatcher, unit=town.sanitation.pk) == ["not_yet_cohandler"]
    assert needs("reply", case, town.handler) == ["cohandlers_done"]
    assert needs("reply", case, helper) == ["leads_case", "cohandlers_done"]
    advance_case(case.pk, "cohandled", by=helper, on=later(minutes=3), note="已清运")
    done = Task.objects.get(case=case, kind="cohandle")
    assert (done.done_at, done.account_id, done.note) == (later(minutes=3), helper.account_id, "已清运")
    advance_case(case.pk, "reply", by=town.handler, on=later(minutes=4))


def test_another_unit_does_not_see_that_the_case_exists(town: Town) -> None:
    stranger = person(town, "stranger", "handler", town.sanitation)
    case = case_in(town, "pending_handle")
    with pytest.raises(NotAllowed) as refused:
        advance_case(case.pk, "accept", by=stranger, on=FRIDAY)
    assert refused.value.status == 404


def test_a_suspension_lasts_at_most_a_year_and_comes_once(town: Town) -> None:
    case = case_in(town, "handling")
    too_long = FRIDAY + timedelta(days=366)
    asked = {"reason": "等管线迁改"}
    assert needs("ask_suspension", case, town.handler, until=too_long, **asked) == ["until_allowed"]
    assert needs("ask_suspension", case, town.handler, until=FRIDAY, **asked) == ["until_allowed"]
    end = FRIDAY + timedelta(days=30)
    advance_case(case.pk, "ask_suspension", by=town.handler, on=FRIDAY, until=end.isoformat(), **asked)
    advance_case(case.pk, "grant_suspension", by=town.dispatcher, on=FRIDAY)
    assert resume_due_suspensions(on=end - timedelta(seconds=1)) == 0
    assert resume_due_suspensions(on=end) == 1
    assert resume_due_suspensions(on=end) == 0
    assert Case.objects.get(pk=case.pk).state == "handling"
    again = needs("ask_suspension", case, town.handler, on=end, until=end + timedelta(days=9), **asked)
    assert again == ["suspensions_left"]


def test_an_appeal_is_for_after_closing_once_by_two_people_and_keeps_the_fact(town: Town) -> None:
    case = case_in(town, "closed", handled_at=FRIDAY + timedelta(days=9))
    raw = case.handled_at
    second = person(town, "second", "evaluator", town.centre)
    advance_case(case.pk, "ask_appeal", by=town.handler, on=FRIDAY, reason="暴雨停工")
    assert needs("grant_appeal", case, town.evaluator) == ["appeal_at_second"]
    advance_case(case.pk, "forward_appeal", by=town.evaluator, on=FRIDAY)
    assert needs("grant_appeal", case, town.evaluator) == ["another_reviewer"]
    advance_case(case.pk, "grant_appeal", by=second, on=FRIDAY)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.overdue_excused, stored.handled_at, stored.due_at < raw) == (True, raw, True)
    assert needs("ask_appeal", case, town.handler, reason="再申") == ["appeals_left"]


def test_what_was_in_time_cannot_be_appealed(town: Town) -> None:
    case = case_in(town, "closed", handled_at=FRIDAY)
    assert needs("ask_appeal", case, town.handler, reason="暴雨") == ["was_overdue"]


def test_voiding_is_asked_by_the_desk_and_granted_by_the_shift_leader(town: Town) -> None:
    case = case_in(town, "pending_dispatch")
    assert needs("grant_void", case, town.shift_leader) == ["void_asked"]
    advance_case(case.pk, "ask_void", by=town.intake_clerk, on=FRIDAY, reason="重复")
    with pytest.raises(NotAllowed):
        advance_case(case.pk, "grant_void", by=town.intake_clerk, on=FRIDAY)
    advance_case(case.pk, "grant_void", by=town.shift_leader, on=FRIDAY)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.end_reason) == ("void", "重复")


def test_a_request_lapses_when_the_case_moves_on(town: Town) -> None:
    case = case_in(town, "handling")
    ask(case, "extension")
    advance_case(case.pk, "force_close", by=town.shift_leader, on=FRIDAY, reason="道路已封闭")
    assert CaseRequest.objects.get(case=case).decision == "lapsed"


def test_a_taken_on_case_keeps_its_request(town: Town) -> None:
    case = case_in(town, "pending_handle")
    ask(case, "extension")
    advance_case(case.pk, "accept", by=town.handler, on=FRIDAY)
    assert CaseRequest.objects.get(case=case).decision == ""


def test_reopening_has_a_window_that_the_district_sets(town: Town) -> None:
    case = case_in(town, "closed")
    assert needs("reopen", case, town.shift_leader, on=later(days=30, minutes=1), reason="又有了") == [
        "reopen_in_time"
    ]
    advance_case(case.pk, "reopen", by=town.shift_leader, on=later(days=30), reason="又有了")
    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.reopened, stored.closed_at) == ("pending_dispatch", 1, None)


def test_filing_against_the_verification_needs_a_reason(town: Town) -> None:
    case = case_in(town, "pending_verify")
    advance_case(case.pk, "verify", by=town.inspector, on=FRIDAY, result="not_found", note="没看到")
    assert needs("file", case, town.shift_leader) == ["verified_true"]
    advance_case(case.pk, "file", by=town.shift_leader, on=FRIDAY, reason="照片清楚")


def test_a_verification_given_to_one_inspector_is_done_by_that_one(town: Town) -> None:
    other = person(town, "other", "inspector", town.centre)
    case = case_in(town, "reported")
    advance_case(case.pk, "send_verify", by=town.intake_clerk, on=FRIDAY, account=town.inspector.account_id)
    assert needs("verify", case, other, result="true") == ["task_is_yours"]
    advance_case(case.pk, "verify", by=town.inspector, on=FRIDAY, result="true")


def test_without_a_shift_leader_the_clerk_files_and_closes(town: Town) -> None:
    from chengzhi.cases.habits import forget

    case = case_in(town, "pending_file")
    with pytest.raises(NotAllowed):
        advance_case(case.pk, "file", by=town.intake_clerk, on=FRIDAY)
    town.district.settings["no_shift_leader"] = True
    town.district.save()
    forget()
    advance_case(case.pk, "file", by=town.intake_clerk, on=FRIDAY)
    closing = case_in(town, "pending_close")
    advance_case(closing.pk, "close", by=town.intake_clerk, on=FRIDAY)


def test_all_failing_needs_are_told_together_with_their_articles(town: Town) -> None:
    case = case_in(town, "pending_file", type=None, cell=None)
    with pytest.raises(NeedsNotMet) as refused:
        advance_case(case.pk, "file", by=town.shift_leader, on=FRIDAY)
    assert [one.need for one in refused.value.unmet] == ["typed", "placed"]
    assert refused.value.as_json()["error"]["needs"] == "typed placed"


@pytest.mark.parametrize(
    ("step", "facts"),
    [("dispatch", {}), ("dispatch", {"unit": "x"}), ("dispatch", {"unit": -1}), ("dispatch", {"unit": True}),
     ("dispatch", {"unit": 1, "colour": "red"}), ("dispatch", {"unit": 2**70})],
)  # fmt: skip
def test_missing_unknown_and_unreadable_facts_are_refused(town: Town, step: str, facts: dict) -> None:
    case = case_in(town, "pending_dispatch")
    with pytest.raises(BadFact):
        advance_case(case.pk, step, by=WORKER, on=FRIDAY, **facts)
    assert Case.objects.get(pk=case.pk).version == 0


def test_undo_has_its_time_and_only_the_last_step_can_be_taken_back(town: Town) -> None:
    case = case_in(town, "pending_handle")
    first = advance_case(case.pk, "accept", by=town.handler, on=FRIDAY)
    with pytest.raises(CannotUndo, match="10"):
        undo_step(case.pk, first.event_id, by=town.handler, on=later(minutes=11))
    second = advance_case(case.pk, "note", by=town.handler, on=FRIDAY, note="看过")
    with pytest.raises(CannotUndo):
        undo_step(case.pk, first.event_id, by=town.handler, on=FRIDAY)
    undo_step(case.pk, second.event_id, by=town.handler, on=FRIDAY)
    with pytest.raises(CannotUndo):
        undo_step(case.pk, second.event_id, by=town.handler, on=FRIDAY)


def test_somebody_who_may_not_take_the_step_may_not_take_it_back(town: Town) -> None:
    case = case_in(town, "pending_handle")
    done = advance_case(case.pk, "accept", by=town.handler, on=FRIDAY)
    with pytest.raises(NotAllowed):
        undo_step(case.pk, done.event_id, by=town.inspector, on=FRIDAY)


def test_texts_of_forms_come_in_as_they_are_written(town: Town) -> None:
    case = case_in(town, "pending_handle")
    asked = advance_case(case.pk, "ask_extension", by=town.handler, on=FRIDAY, reason=" 一\r\n二😀 مرحبا ")
    assert asked.version == 1
    assert CaseRequest.objects.get(case=case).reason == "一\n二😀 مرحبا"


@pytest.mark.parametrize("text", ["a\x00b", "\ud83d", "\x1b[31m", "   ", "长" * 4001])
def test_texts_that_are_no_texts_are_refused(town: Town, text: str) -> None:
    case = case_in(town, "pending_handle")
    with pytest.raises(BadFact):
        advance_case(case.pk, "ask_extension", by=town.handler, on=FRIDAY, reason=text)
