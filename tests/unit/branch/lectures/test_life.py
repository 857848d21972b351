"""Every pair of state and step through the real door; what is refused, and what is written beside."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from chengzhi.branch.lectures import queries
from chengzhi.branch.lectures.actions import (
    add_material,
    add_question,
    add_text,
    advance_lecture,
    decide,
    drop,
    remove,
)
from chengzhi.branch.lectures.life import LECTURE_LIFE
from chengzhi.branch.lectures.models import Decision, Lecture, Sight, Text
from chengzhi.branch.lectures.problems import (
    BadDecision,
    BadMaterial,
    BadPlan,
    BadText,
    NoSuchLecture,
    NotNow,
)
from chengzhi.branch.lectures.study import credit
from chengzhi.branch.lectures.workings import is_late
from chengzhi.branch.organisation.models import Held
from chengzhi.files.actions import store
from chengzhi.files.models import StoredFile
from chengzhi.ledger.models import Entry
from chengzhi.lifecycle.problems import CannotUndo, NeedsNotMet, StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.house import House, house
from tests.unit.branch.lectures.talks import DAY, HELD, change, held, planned, with_text
from tests.unit.cases.town import FRIDAY

pytestmark = pytest.mark.django_db
STEPS = [step for step in LECTURE_LIFE.steps if not step.birth]
FACTS: dict[str, dict[str, Any]] = {
    "revise": {"theme": "早点摊油烟"}, "hold": HELD, "follow_up": {"finding": "看过两段时间的数字"},
    "close_plain": {"reason": "没有要改的"}, "cancel": {"reason": "防汛值班"},
}  # fmt: skip


@pytest.fixture
def home() -> House:
    return house()


def in_state(home: House, state: str) -> Lecture:
    lecture = planned(home)
    with_text(home, lecture)
    known = {"held_on": DAY, "expected": 8, "present": 6, "hours": 2, "entered_at": FRIDAY}
    facts = known if state in ("held", "followed_up", "closed") else {}
    Lecture.objects.filter(pk=lecture.pk).update(state=state, **facts)
    return Lecture.objects.get(pk=lecture.pk)


@pytest.mark.parametrize("step", STEPS, ids=lambda one: one.name)
@pytest.mark.parametrize("state", list(LECTURE_LIFE.states))
def test_every_state_and_step(home: House, state: str, step: Any) -> None:
    lecture = in_state(home, state)
    if step.name == "follow_up":
        _decided_long_ago(home, lecture)
    say = FACTS.get(step.name, {})
    if step.leads_from(state):
        done = advance_lecture(lecture.number, step.name, by=home.actor("书记"), on=FRIDAY, **say)
        assert done.after == (step.after or state)
        with pytest.raises(NotAllowed):
            advance_lecture(in_state(home, state).number, step.name, by=home.actor("甲"), on=FRIDAY, **say)
    else:
        with pytest.raises(StepNotAllowed):
            advance_lecture(lecture.number, step.name, by=home.actor("书记"), on=FRIDAY, **say)


def _decided_long_ago(home: House, lecture: Lecture) -> Decision:
    return Decision.objects.create(
        lecture=lecture, group="一组", text="改", responsible=home.members["甲"], look_again_on=date(2026, 3, 1),
        entered_at=FRIDAY,
    )  # fmt: skip


def test_a_plan_is_whole_or_refused(home: House) -> None:
    for wrong in (
        {"theme": " "}, {"aim": ""}, {"domain": "weather"}, {"form": "on_site"}, {"form": "evening"},
        {"planned_for": DAY - timedelta(days=1)}, {"area_id": 99999999}, {"speaker_id": home.members["庚"].pk},
    ):  # fmt: skip
        with pytest.raises(BadPlan):
            planned(home, **wrong)
    with pytest.raises(NotAllowed):
        planned(home, "甲")
    assert not Lecture.objects.exists()
    first, second = planned(home), planned(home, form="on_site", spot="和平路夜市口")
    assert (first.number, second.number) == ("DK2026-00001", "DK2026-00002")
    assert first.seed != second.seed
    assert {e.facts["notes"]["seed"] for e in Entry.objects.filter(thing="lecture")} == {
        first.seed,
        second.seed,
    }


def test_another_body_does_not_see_it(home: House) -> None:
    lecture = planned(home)
    for name in ("庚", "辛"):
        with pytest.raises(NoSuchLecture):
            queries.lecture(lecture.number, by=home.actor(name))
    assert queries.lecture(lecture.number, by=home.actor("戊")) == lecture


def test_a_lecture_needs_a_text_with_its_official_address(home: House) -> None:
    lecture = planned(home)
    with pytest.raises(NeedsNotMet) as refused:
        advance_lecture(lecture.number, "make_ready", by=home.actor("书记"), on=FRIDAY)
    assert [one.need for one in refused.value.unmet] == ["has_text"]
    said: dict[str, Any] = {
        "title": "法",
        "issuer": "全国人大常委会",
        "dated": date(2018, 10, 26),
        "link": "https://flk.npc.gov.cn/1",
    }
    for wrong in (
        dict[str, Any](link="http://flk.npc.gov.cn/1"),
        {"title": " "},
        {"issuer": ""},
        {"dated": date(2026, 4, 4)},
    ):
        with pytest.raises(BadText):
            add_text(lecture.number, **{**said, **wrong}, by=home.actor("书记"), on=FRIDAY)
    for _twice in range(2):
        add_text(lecture.number, **said, by=home.actor("书记"), on=FRIDAY)
    assert Text.objects.count() == 1
    advance_lecture(lecture.number, "make_ready", by=home.actor("委员"), on=FRIDAY)


@pytest.mark.parametrize(
    ("wrong", "need"),
    [({"present": 9}, "counts_fit"), ({"expected": 0, "present": 0}, "counts_fit"), ({"present": 2.5}, "counts_fit"),
     ({"present": -1}, "counts_fit"), ({"hours": 25}, "hours_fit"), ({"hours": -1}, "hours_fit"),
     ({"held_on": DAY + timedelta(days=1)}, "not_ahead")],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(home: House, wrong: dict[str, Any], need: str) -> None:
    lecture = planned(home)
    with_text(home, lecture)
    with pytest.raises(NeedsNotMet) as refused:
        advance_lecture(lecture.number, "hold", by=home.actor("书记"), on=FRIDAY, **{**HELD, **wrong})
    assert need in [one.need for one in refused.value.unmet]
    with pytest.raises(IntegrityError), transaction.atomic():
        Lecture.objects.filter(pk=lecture.pk).update(expected=3, present=4)


def test_a_late_paper_entry_is_taken_and_says_so(home: House) -> None:
    late = held(home, held_on=date(2026, 3, 20), entry="paper")
    assert is_late(late)
    entry = Entry.objects.get(thing="lecture", step="hold")
    assert entry.facts["notes"] == {"should": 8, "came": 6, "labels": "label:paper_late"}
    live = held(home)
    assert not is_late(live)
    assert "labels" not in Entry.objects.filter(step="hold").order_by("-id")[0].facts["notes"]


def test_what_was_held_stands_in_the_list_of_the_body_once_and_goes_with_an_undo(home: House) -> None:
    lecture = held(home)
    assert Held.objects.filter(body=home.first, form="lecture", on=DAY).count() == 1
    held(home)
    assert Held.objects.count() == 1, "two lectures of a day are one line there"
    entry = Entry.objects.get(thing="lecture", thing_id=lecture.pk, step="hold")
    undo(queries.lecture(lecture.number, by=home.actor("书记")), entry.id, by=home.actor("书记"), on=FRIDAY)
    again = Lecture.objects.get(pk=lecture.pk)
    assert (again.state, again.held_on, again.present, again.hours) == ("planned", None, None, None)
    assert not Held.objects.exists()


def test_what_groups_decided_keeps_the_step_before_it(home: House) -> None:
    lecture = held(home)
    entry = Entry.objects.get(thing="lecture", thing_id=lecture.pk, step="hold")
    decide(change(home), number=lecture.number, by=home.actor("甲"), on=FRIDAY)
    with pytest.raises(CannotUndo):
        undo(
            queries.lecture(lecture.number, by=home.actor("书记")), entry.id, by=home.actor("书记"), on=FRIDAY
        )


def test_a_decision_is_whole_or_refused(home: House) -> None:
    with pytest.raises(NotNow):
        decide(change(home), number=planned(home).number, by=home.actor("甲"), on=FRIDAY)
    number = held(home).number
    for wrong in (
        {"group": ""}, {"text": " "}, {"look_again_on": DAY}, {"responsible_id": home.members["庚"].pk},
        {"metric": "inspector_missed_rate"}, {"metric": "area_filed_count"}, {"metric": "no"},
    ):  # fmt: skip
        with pytest.raises(BadDecision):
            decide(change(home, **wrong), number=number, by=home.actor("甲"), on=FRIDAY)
    made = decide(change(home, metric=""), number=number, by=home.actor("甲"), on=FRIDAY)
    facts = Entry.objects.get(step="decide").facts
    assert facts == {"decision": made.pk, "metric": "", "look_again_on": "2026-05-03"}, "never the words"
    with pytest.raises(NotAllowed):
        drop(number, made.pk, by=home.actor("甲"), on=FRIDAY)
    drop(number, made.pk, by=home.actor("委员"), on=FRIDAY)
    assert not Decision.objects.exists()


def test_it_is_looked_at_again_only_when_the_day_is_over_and_the_figure_was_read(home: House) -> None:
    lecture = held(home)
    made = decide(change(home), number=lecture.number, by=home.actor("甲"), on=FRIDAY)
    for days in (30, 31):
        with pytest.raises(NeedsNotMet):
            advance_lecture(
                lecture.number,
                "follow_up",
                by=home.actor("书记"),
                on=FRIDAY + timedelta(days=days),
                finding="看了",
            )
    values = {"first": DAY, "last": DAY, "as_of": FRIDAY, "above": 6, "below": 12}
    Sight.objects.create(decision=made, when="after", **values)
    later = FRIDAY + timedelta(days=31)
    with pytest.raises(NeedsNotMet):
        advance_lecture(lecture.number, "close_plain", by=home.actor("书记"), on=later, reason="无")
    advance_lecture(lecture.number, "follow_up", by=home.actor("书记"), on=later, finding="看了")
    with pytest.raises(NotNow):
        drop(lecture.number, made.pk, by=home.actor("书记"), on=later)
    advance_lecture(lecture.number, "close", by=home.actor("书记"), on=later)
    assert Lecture.objects.get(pk=lecture.pk).ended_at == later


def test_materials_are_an_address_or_a_document_and_questions_have_no_name(
    home: House, tmp_path: Any
) -> None:
    number = held(home).number
    bad: list[dict[str, Any]] = [{"link": "http://a.cn"}, {}, {"title": " ", "link": "https://a.cn"}]
    for wrong in bad:
        with pytest.raises(BadMaterial):
            add_material(number, **{"title": "提纲", **wrong}, by=home.actor("书记"), on=FRIDAY)
    add_material(number, title="提纲", link="https://a.cn/1", by=home.actor("书记"), on=FRIDAY)
    file = store(
        b"%PDF-1.4\n%%EOF",
        district_id=home.town.district.pk,
        kind="document",
        by=None,
        on=FRIDAY,
        name="提纲.pdf",
    ).file
    assert add_material(number, title="提纲", file=file, by=home.actor("书记"), on=FRIDAY).file == file
    asked = add_question(number, text="夜里十二点后谁管？", by=home.actor("戊"), on=FRIDAY)
    assert {field.name for field in asked._meta.get_fields()} == {
        "id",
        "lecture",
        "text",
        "answer",
        "entered_at",
    }
    with pytest.raises(BadPlan):
        add_question(number, text=" ", by=home.actor("戊"), on=FRIDAY)


def test_what_was_added_by_mistake_goes_with_its_content(home: House) -> None:
    lecture = planned(home)
    with_text(home, lecture)
    text = Text.objects.get()
    with pytest.raises(NotAllowed):
        remove(lecture.number, "text", text.pk, by=home.actor("甲"), on=FRIDAY)
    other = planned(home)
    with pytest.raises(BadMaterial):
        remove(other.number, "text", text.pk, by=home.actor("书记"), on=FRIDAY)
    file = store(
        b"%PDF-1.4\n%%EOF", district_id=home.town.district.pk, kind="document", by=None, on=FRIDAY
    ).file
    made = add_material(lecture.number, title="提纲", file=file, by=home.actor("书记"), on=FRIDAY)
    remove(lecture.number, "material", made.pk, by=home.actor("委员"), on=FRIDAY)
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    with pytest.raises(NotNow):
        remove(lecture.number, "question", 1, by=home.actor("书记"), on=FRIDAY)
    remove(lecture.number, "text", text.pk, by=home.actor("书记"), on=FRIDAY)
    assert not Text.objects.exists()


def test_hours_that_were_entered_keep_the_step_before_them(home: House) -> None:
    lecture = held(home)
    entry = Entry.objects.get(thing="lecture", thing_id=lecture.pk, step="hold")
    credit(lecture.number, [home.members["甲"]], by=home.actor("甲"), on=FRIDAY)
    with pytest.raises(CannotUndo):
        undo(
            queries.lecture(lecture.number, by=home.actor("书记")), entry.id, by=home.actor("书记"), on=FRIDAY
        )
