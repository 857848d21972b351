"""The life of a promise: who may, what is refused, what can no longer change."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from chengzhi.branch.commitments.actions import amend, answer, moderate, propose_commitment
from chengzhi.branch.commitments.content import digest, faults, recorded_hashes, verify
from chengzhi.branch.commitments.life import COMMITMENT_LIFE
from chengzhi.branch.commitments.models import Commitment, Sighting
from chengzhi.branch.commitments.offered import columns_of, offered, templates
from chengzhi.branch.commitments.problems import (
    BadPromise,
    ContentIsFixed,
    NoSuchCommitment,
    NotMeasuredThatWay,
    StartsTooSoon,
    Tampered,
)
from chengzhi.branch.commitments.queries import answers, commitment
from chengzhi.domains import DOMAINS
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import NeedsNotMet, StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.commitments.promises import START, YES, made_public, proposed, said, step
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY, later

pytestmark = pytest.mark.django_db
NO = YES | {"feasible": False, "feasible_why": "人手不足"}


@pytest.fixture
def home() -> House:
    return house()


def test_proposed_examined_registered_public(home: House) -> None:
    thing = made_public(home)
    assert (thing.state, thing.number, thing.level) == ("public", "CN2026-00001", "member")
    assert thing.content_hash == digest(thing) == recorded_hashes([thing.pk])[thing.pk]
    assert len(thing.content_hash) == 64
    verify(thing)


def test_only_three_yes_pass_and_sent_back_it_can_be_changed(home: House) -> None:
    thing = proposed(home)
    with pytest.raises(NeedsNotMet):
        step(home, thing, "examine", "委员", **NO)
    with pytest.raises(NeedsNotMet):
        step(home, thing, "send_back", "委员", **YES)
    thing = step(home, thing, "send_back", "委员", **NO)
    assert (thing.state, thing.feasible_why) == ("sent_back", "人手不足")
    amend(thing.number, by=home.actor("甲"), on=FRIDAY, **said(home, target=0.7))
    thing.refresh_from_db()
    assert (thing.state, thing.target) == ("proposed", 0.7)


def test_nobody_examines_the_own_promise(home: House) -> None:
    thing = proposed(home, "委员")
    with pytest.raises(NeedsNotMet):
        step(home, thing, "examine", "委员", **YES)
    with pytest.raises(NotAllowed):
        step(home, thing, "examine", "乙", **YES)
    assert step(home, thing, "examine", "纪检", **YES).state == "examined"


@pytest.mark.parametrize("start", [date(2026, 4, 3), date(2026, 4, 2)])
def test_a_start_today_or_past_is_refused(home: House, start: date) -> None:
    with pytest.raises(StartsTooSoon, match="D15"):
        proposed(home, start=start)


def test_registered_too_late_is_refused(home: House) -> None:
    thing = step(home, proposed(home), "examine", "委员", **YES)
    on = later(days=(START - FRIDAY.date()).days)
    with pytest.raises(NeedsNotMet, match="D15"):
        step(home, thing, "register", "书记", on)
    assert step(home, thing, "register", "书记", on - timedelta(days=1)).state == "registered"


def test_what_was_registered_cannot_change(home: House) -> None:
    thing = made_public(home)
    with pytest.raises(ContentIsFixed):
        amend(thing.number, by=home.actor("甲"), on=FRIDAY, **said(home, target=0.5))
    for change in (
        {"target": 0.5},
        {"end": date(2026, 6, 30)},
        {"content_hash": "0" * 64},
        {"registered_at": None},
    ):
        with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
            Commitment.objects.filter(pk=thing.pk).update(**change)
    with pytest.raises(DatabaseError, match="cannot be deleted"), transaction.atomic():
        Commitment.objects.filter(pk=thing.pk).delete()
    assert Commitment.objects.filter(pk=thing.pk).update(explanation="x") == 1


def test_content_changed_behind_the_trigger_is_found(home: House) -> None:
    from django.db import connection

    thing, other = made_public(home), made_public(home)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE commitments_commitment DISABLE TRIGGER commitments_keep")
        cursor.execute("UPDATE commitments_commitment SET target = 0.1 WHERE id = %s", [thing.pk])
        cursor.execute("ALTER TABLE commitments_commitment ENABLE TRIGGER commitments_keep")
    thing.refresh_from_db()
    with pytest.raises(Tampered):
        verify(thing)
    assert faults([thing, other]) == [thing]


def test_registration_is_final_publication_may_be_taken_back(home: House) -> None:
    from chengzhi.web.shell.telling import history_of

    thing = made_public(home)
    told = history_of(thing, FRIDAY)
    assert "甲" in told[-1].sentence
    undo(thing, told[0].event_id, by=home.actor("书记"), on=later(minutes=5))
    thing.refresh_from_db()
    assert thing.state == "registered"
    assert COMMITMENT_LIFE.step("register").final
    assert history_of(thing, FRIDAY)[0].undo_until is None


def test_nobody_settles_by_hand(home: House) -> None:
    with pytest.raises(NeedsNotMet):
        step(home, made_public(home), "settle_kept", "书记")


def test_a_name_is_shown_by_its_own_person_only(home: House) -> None:
    thing = made_public(home)
    assert not thing.name_shown
    with pytest.raises(NeedsNotMet):
        step(home, thing, "show_name", "书记")
    assert step(home, thing, "show_name", "甲").name_shown
    assert not step(home, thing, "hide_name", "甲").name_shown


def test_another_body_does_not_see_it(home: House) -> None:
    thing = proposed(home)
    with pytest.raises(NoSuchCommitment):
        commitment(thing.number, by=home.actor("庚"))
    with pytest.raises(NotAllowed):
        propose_commitment(
            body=home.second, member=home.members["甲"], by=home.actor("甲"), on=FRIDAY, **said(home)
        )


@pytest.mark.parametrize(
    "change",
    [{"title": " "}, {"target": 1.5}, {"target": True}, {"end": date(2026, 4, 30)}, {"domain": "sky"},
     {"baseline_last": date(2026, 5, 2)}, {"area": None}, {"direction": "up"}, {"start": "soon"}, {"nonsense": 1}],
)  # fmt: skip
def test_an_incomplete_promise_is_refused(home: House, change: dict) -> None:
    with pytest.raises(BadPromise):
        proposed(home, **change)


def test_a_figure_that_cannot_be_cut_that_way_is_refused(home: House) -> None:
    with pytest.raises(NotMeasuredThatWay):
        proposed(home, metric="area_filed_count")
    with pytest.raises(NotMeasuredThatWay):
        proposed(home, metric="area_litter_pass_rate", type=home.town.litter)


def test_every_domain_has_a_template_and_none_has_a_target() -> None:
    assert {one.domain for one in templates()} == {domain.key for domain in DOMAINS}
    assert all(
        one.metric in offered() and "domain" in columns_of(offered()[one.metric]) for one in templates()
    )
    assert not any("target" in one.__slots__ for one in templates())


def test_residents_answers_show_only_from_the_smallest_count(home: House) -> None:
    thing = made_public(home)
    for _ in range(9):
        answer(thing, said="yes", on=FRIDAY)
    assert answers(thing) is None
    answer(thing, said="no", words="没看到变化", on=FRIDAY)
    assert answers(thing) == {"total": 10, "yes": 9, "no": 1}
    waiting = Sighting.objects.get(words_state="waiting")
    with pytest.raises(NotAllowed):
        moderate(waiting.pk, show=True, by=home.actor("乙"), on=FRIDAY)
    with pytest.raises(NoSuchCommitment):
        moderate(waiting.pk, show=True, by=home.actor("庚"), on=FRIDAY)
    moderate(waiting.pk, show=True, by=home.actor("书记"), on=FRIDAY)
    waiting.refresh_from_db()
    assert waiting.words_state == "shown"
    assert {f.name for f in Sighting._meta.get_fields()} == {
        "id", "commitment", "answer", "words", "words_state", "said_on"
    }  # fmt: skip
    with pytest.raises(BadPromise):
        answer(thing, said="maybe", on=FRIDAY)
    with pytest.raises(NoSuchCommitment):
        answer(proposed(home), said="yes", on=FRIDAY)


@pytest.mark.parametrize("state", sorted(COMMITMENT_LIFE.states))
def test_every_pair_of_state_and_step(home: House, state: str) -> None:
    """From each state exactly the steps of the table start; all others are refused."""
    thing = proposed(home)
    Commitment.objects.filter(pk=thing.pk).update(state=state)
    thing.refresh_from_db()
    for one in COMMITMENT_LIFE.steps:
        with pytest.raises((NotAllowed, StepNotAllowed)) as caught, transaction.atomic():
            advance(thing, one.name, by=Actor.anonymous(), on=FRIDAY)
        allowed = (state, one.name) in set(COMMITMENT_LIFE.pairs())
        assert caught.type is (NotAllowed if allowed else StepNotAllowed), (state, one.name)
