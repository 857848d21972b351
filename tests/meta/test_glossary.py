"""Each official term has one name in the code: docs/glossary.md knows every label of every registry."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import get_args

import pytest
from django.utils import translation

from chengzhi.analytics.metrics import METRICS
from chengzhi.branch.appraisal.life import ROUND_LIFE as APPRAISAL
from chengzhi.branch.appraisal.named_life import NAMED_LIFE
from chengzhi.branch.lectures.life import LECTURE_LIFE
from chengzhi.branch.rectification.life import ITEM_LIFE
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import CaseRequest, Task
from chengzhi.domains import DOMAINS
from chengzhi.domains.kinds import PARTY_KINDS
from chengzhi.inspections.life import APPROVAL_LIFE, DEDUCTION_LIFE, ROUND_LIFE
from chengzhi.law.rules import RULES
from chengzhi.law.units import Unit as UnitOfTime
from chengzhi.lifecycle import Life
from chengzhi.people.models import Unit
from chengzhi.people.permissions import PERMISSIONS
from chengzhi.people.roles import roles
from chengzhi.places.models import Area, Origin, RoadKind
from chengzhi.registers.courses import COMMON
from chengzhi.registers.kinds import kinds
from chengzhi.registers.lives import MERGED, MERGED_WORDS, WORKINGS
from tests.meta.sources import REPOSITORY

ROW = re.compile(r"^\| ([^|]+?) \| `([^`]+)` \| ([^|]+?) \|$")
GLOSSARY = REPOSITORY / "docs" / "glossary.md"


def entries() -> dict[str, list[tuple[str, str, str]]]:
    """Heading → (Chinese, code, meaning)."""
    found, heading = defaultdict(list), ""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:].split()[0]
        elif match := ROW.match(line):
            found[heading].append((match[1], match[2], match[3]))
    return found


def pairs(choices: Iterable[tuple[object, object]]) -> set[tuple[str, str]]:
    with translation.override("zh-hans"):
        return {(str(label), str(code)) for code, label in choices}


LIVES = {
    "Rounds": ROUND_LIFE,
    "Approvals": APPROVAL_LIFE,
    "Deductions": DEDUCTION_LIFE,
    "Lectures": LECTURE_LIFE,
    "Rectification": ITEM_LIFE,
    "Appraisal": APPRAISAL,
    "NamedRounds": NAMED_LIFE,
}


def of_life(life: Life) -> set[tuple[str, str]]:
    states = {(zh, key) for key, (zh, _) in life.states.items()}
    return states | {(step.label, step.name) for step in life.steps}


def of_registers() -> Mapping[str, set[tuple[str, str]]]:
    """Kinds, and the states and steps of each course: the common one is called `object`."""
    courses = {"object": COMMON, **{key: one.course for key, one in kinds().items() if one.course}}
    shared = {
        "register",
        "imported",
        "correct",
        "merge",
        "absorb",
        "grant_permit",
        "renew_permit",
        "end_permit",
    }
    life = WORKINGS["sign"].life
    states = {(zh, f"{key}.{state}") for key, one in courses.items() for state, (zh, _) in one.states.items()}
    steps = {(turn.label, f"{key}.{turn.name}") for key, one in courses.items() for turn in one.turns}
    return {
        "Registers": {(one.name, key) for key, one in kinds().items()},
        "Parties": {(word.name, key) for key, word in PARTY_KINDS.items()},
        "Standing": states | {(MERGED_WORDS[0], f"object.{MERGED}")},
        "Courses": steps | {(life.step(name).label, f"object.{name}") for name in shared},
    }


def registries() -> Mapping[str, set[tuple[str, str]]]:
    return {
        "States": {(zh, key) for key, (zh, _) in CASE_LIFE.states.items()},
        "Steps": {(step.label, step.name) for step in CASE_LIFE.steps},
        "Tasks": pairs(Task.Kind.choices),
        "Requests": pairs(CaseRequest.Kind.choices),
        "Roles": {(role.name, key) for key, role in roles().items()},
        "Domains": {(one.name, one.key) for one in DOMAINS},
        "Kinds": pairs(Unit.Kind.choices),
        "Places": pairs([*Area.Level.choices, *RoadKind.choices, *Origin.choices]),
        "Figures": {(one.name.zh, key) for key, one in METRICS.items()},
        **{heading: of_life(life) for heading, life in LIVES.items()},
        **of_registers(),
        "Permissions": {(one.name, one.key) for one in PERMISSIONS},
    }


@pytest.mark.parametrize("heading", list(registries()))
def test_every_label_of_the_code_stands_in_the_glossary_and_nothing_else(heading):
    here = {(chinese, code) for chinese, code, _ in entries()[heading]}
    assert here == registries()[heading]


def test_units_of_time_and_lamps_are_all_there():
    assert {code for _, code, _ in entries()["Units"]} == {unit.value for unit in UnitOfTime}
    lamps = RULES["cases/lamp"].values[-1].value
    assert {code for _, code, _ in entries()["Lamps"]} == set(lamps)


def test_every_channel_that_the_code_names_is_there():
    from chengzhi.api.v1 import shapes

    named = set(get_args(shapes.Channel))
    assert named <= {code for _, code, _ in entries()["Channels"]}


def test_every_row_has_its_three_cells_and_no_name_has_two_meanings():
    rows = [row for part in entries().values() for row in part]
    assert len(rows) > 200
    assert all(meaning.strip() for *_, meaning in rows)
    for heading, part in entries().items():
        twice = [code for code, count in Counter(code for _, code, _ in part).items() if count > 1]
        assert not twice, (heading, twice)
