"""Who may take which step: the matrix is tried through the real door, role by role."""

import pytest

from chengzhi.cases.actions import buttons
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.rules import may
from chengzhi.errors import Problem
from chengzhi.lifecycle.machine import propose
from chengzhi.people.rules import NotAllowed

from .town import FRIDAY, ROLES, Town, build, case_in, person

# Written down by hand from the standard's division of work; not made from the permissions.
MATRIX = {
    "inspector": {"verify", "check_pass", "check_fail", "note"},
    "intake_clerk": {
        "register", "send_verify", "verify", "send_check", "check_pass", "check_fail", "ask_void",
        "set_parent", "clear_parent", "link_duplicate", "change_type", "change_condition",
        "change_urgency", "change_place", "note",
    },
    "dispatcher": {
        "dispatch", "redispatch", "rework", "add_cohandler", "remove_cohandler", "confirm_reply",
        "refuse_reply", "grant_extension", "refuse_extension", "grant_suspension", "refuse_suspension",
        "resume", "grant_return", "refuse_return", "set_parent", "clear_parent", "link_duplicate", "note",
    },
    "handler": {
        "accept", "assign", "unassign", "cohandled", "reply", "ask_extension", "ask_suspension",
        "ask_return", "ask_appeal", "note",
    },
    "contractor": {"accept", "cohandled", "reply", "ask_extension", "ask_suspension", "ask_return", "note"},
    "evaluator": {"forward_appeal", "grant_appeal", "refuse_appeal", "note"},
    "head": {
        "force_close", "grant_extension", "refuse_extension", "forward_appeal", "grant_appeal",
        "refuse_appeal", "note",
    },
    "administrator": set(),
    "auditor": set(),
}  # fmt: skip
MATRIX["shift_leader"] = (
    MATRIX["intake_clerk"] | MATRIX["dispatcher"] | MATRIX["evaluator"]
    | {"file", "reject", "close", "grant_void", "refuse_void", "force_close", "reopen", "reconsider",
       "merge", "absorb", "unmerge", "split"}
)  # fmt: skip
STEPS = [step for step in CASE_LIFE.steps if not step.birth]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_take_exactly_its_steps(town: Town, role: str) -> None:
    allowed = set()
    for step in STEPS:
        case = case_in(town, sorted(step.before)[-1], unit=town.squad)
        try:
            propose(case, step.name, by=town.actors[role], on=FRIDAY, facts={})
        except NotAllowed:
            continue
        except Problem:
            pass
        allowed.add(step.name)
    assert allowed == MATRIX[role]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_acts_on_a_case_of_another_district(town: Town, role: str) -> None:
    case = case_in(build("other"), "handling")
    assert buttons(town.actors[role], case, on=FRIDAY) == []
    for step in STEPS:
        assert not may(town.actors[role], step.by, case)


def test_a_department_acts_on_its_own_cases_and_those_it_helps_with(town: Town) -> None:
    from chengzhi.cases.actions import advance_case

    other = person(town, "other", "handler", town.sanitation)
    case = case_in(town, "handling")
    assert not may(other, "case.handle", case)
    advance_case(case.pk, "add_cohandler", by=town.dispatcher, on=FRIDAY, unit=town.sanitation.pk)
    assert may(other, "case.handle", case)
    assert not may(other, "case.assign", case)


def test_buttons_are_the_steps_allowed_and_say_what_is_missing(town: Town) -> None:
    case = case_in(town, "handling", handler=town.accounts["contractor"])
    found = {button.step.name: button for button in buttons(town.handler, case, on=FRIDAY)}
    assert set(found) == {
        "assign", "unassign", "cohandled", "reply", "ask_extension", "ask_suspension", "ask_return", "note",
    }  # fmt: skip
    assert [one.need for one in found["ask_return"].unmet] == ["assignment_revoked"]
    assert [one.need for one in found["cohandled"].unmet] == ["you_cohandle"]
    assert found["reply"].possible
    assert [fact.name for fact in found["ask_suspension"].wants] == ["until", "reason"]


def test_a_reader_has_no_button(town: Town) -> None:
    assert buttons(town.auditor, case_in(town, "handling"), on=FRIDAY) == []
