"""The table itself: what is refused when a life is written down wrongly."""

import dataclasses

import pytest

from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.problems import BrokenLife, NoSuchStep
from chengzhi.lifecycle.reference import markdown

STATES = {"new": ("新", "new"), "open": ("开", "open"), "done": ("完", "done")}


def step(name: str, before: set[str], after: str | None, **more: object) -> Step:
    said = {"sentence": "做了。", "sentence_en": "Done.", **more}
    return Step(name, name, name, frozenset(before), after, "case.note", **said)


STEPS = (step("bear", set(), "new"), step("go", {"new"}, "open"), step("end", {"open"}, "done"))


def life(*steps: Step, states: dict = STATES, ends: frozenset = frozenset({"done"})) -> Life:
    return Life("thing", steps or STEPS, states, "new", ends)


def test_a_whole_life_knows_its_steps_pairs_and_births() -> None:
    whole = life()
    assert list(whole.pairs()) == [("new", "go"), ("open", "end")]
    assert [one.name for one in whole.allowed("new")] == ["go"]
    assert [one.name for one in whole.births()] == ["bear"]
    with pytest.raises(NoSuchStep):
        whole.step("fly")


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ((*STEPS, STEPS[1]), "two steps are called go"),
        (STEPS[:2], "done cannot be reached"),
        ((*STEPS, step("x", {"gone"}, "open")), "unknown state gone"),
        ((STEPS[0], step("go", {"new"}, "open"), step("other", {"new"}, "done")), "open leads to no end"),
        ((*STEPS, step("born", set(), None)), "born is a birth into no state"),
        ((*STEPS, step("vote", {"open"}, None, final=True)), "vote is final and yet may be undone"),
        ((*STEPS, step("mute", {"open"}, None, sentence="")), "mute has no sentence"),
    ],
)
def test_a_life_that_contradicts_itself_refuses_to_be(steps: tuple[Step, ...], fault: str) -> None:
    with pytest.raises(BrokenLife, match=fault):
        life(*steps)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("by", "case.fly", "unknown by “case.fly”"),
        ("within", "someday", "unknown within “someday”"),
        ("needs", ("luck",), "unknown needs “luck”"),
        ("effects", ("fireworks",), "unknown effects “fireworks”"),
        ("optional", ("colour",), "unknown wants “colour”"),
    ],
)
def test_names_that_no_registry_knows_are_refused(field: str, value: object, fault: str) -> None:
    bent = life(*STEPS[:2], dataclasses.replace(STEPS[2], **{field: value}))
    known = {"permissions": {"case.note"}, "checks": (), "clocks": (), "effects": (), "facts": ()}
    with pytest.raises(BrokenLife, match=fault):
        bent.validate(**known)
    life().validate(**known)


def test_the_diagram_draws_every_change_of_state() -> None:
    drawn = life().diagram("en")
    assert drawn.splitlines()[0] == "stateDiagram-v2"
    assert {"    [*] --> new : bear", "    new --> open : go", "    done --> [*]"} <= set(drawn.splitlines())


def test_the_reference_page_lists_states_and_steps_in_both_languages() -> None:
    assert "| go `go` | 新 | 开 |" in markdown(life(), "zh")
    assert "- `done` done (end)" in markdown(life(), "en")
