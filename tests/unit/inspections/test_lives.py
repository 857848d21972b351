"""The three lives: every pair of state and step that the table does not allow is refused."""

import pytest

from chengzhi.inspections.life import APPROVAL_LIFE, DEDUCTION_LIFE, ROUND_LIFE
from chengzhi.inspections.models import Approval, Deduction, Round
from chengzhi.inspections.reference import pages
from chengzhi.inspections.workings import CHECKS
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import StepNotAllowed
from chengzhi.lifecycle.workings import workings_of
from chengzhi.people.actor import Actor
from chengzhi.people.roles import roles
from tests.unit.cases.town import FRIDAY

LIVES = ((ROUND_LIFE, Round), (APPROVAL_LIFE, Approval), (DEDUCTION_LIFE, Deduction))
PAIRS = [
    (life, table, state, step.name) for life, table in LIVES for state in life.states for step in life.steps
]
IDS = ["-".join((life.name, state, step)) for life, _, state, step in PAIRS]


@pytest.mark.parametrize(("life", "table", "state", "step"), PAIRS, ids=IDS)
def test_a_step_starts_only_from_the_states_of_the_table(yard, life, table, state, step):
    if life.step(step).leads_from(state):
        assert step in [one.name for one in life.allowed(state)]
        return
    thing = table(pk=1, state=state, version=0, district_id=yard.district.pk)
    with pytest.raises(StepNotAllowed):
        advance(thing, step, by=Actor.system(), on=FRIDAY)


@pytest.mark.parametrize(("life", "table"), LIVES, ids=[life.name for life, _ in LIVES])
def test_every_step_is_in_somebodys_hands(life, table):
    held = {permission for role in roles().values() for permission in role.permissions}
    assert {step.by for step in life.steps} <= held
    thing = table(pk=1, state=life.start)
    assert workings_of(thing).life is life


def test_every_step_and_need_stands_on_its_page_and_no_check_is_left_over():
    made = pages()
    used = set()
    for life, _ in LIVES:
        text = made[f"{life.name}-life.md"]
        needs = {name for step in life.steps for name in step.needs}
        assert all(f"`{step.name}`" in text for step in life.steps)
        assert all(f"- `{name}`" in text for name in needs)
        used |= needs
    assert used == set(CHECKS)
    assert "抽取" in made["round-life.zh.md"]
