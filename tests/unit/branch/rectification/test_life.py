"""Every pair of state and step through the real door; who may; what is refused and why."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengzhi.branch.organisation.models import Membership
from chengzhi.branch.rectification import nightly, queries
from chengzhi.branch.rectification.actions import advance_item, attach, find, reopen, say
from chengzhi.branch.rectification.life import ITEM_LIFE
from chengzhi.branch.rectification.models import Item
from chengzhi.branch.rectification.problems import (
    CannotReopen,
    CheckedByOneself,
    EmptyGap,
    NoBenchmark,
    NoSuchEvidence,
    NoSuchItem,
    NotYourWords,
    UnsafeLink,
)
from chengzhi.ledger.models import Entry
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import BadFact, NeedsNotMet, StepNotAllowed
from chengzhi.lifecycle.undo import undo
from chengzhi.notices.models import Message
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.house import House, house
from tests.unit.branch.rectification.ledger import GAP, LATER, facts_for, item_in, who
from tests.unit.cases.town import FRIDAY, case_in

pytestmark = pytest.mark.django_db
STEPS = [step for step in ITEM_LIFE.steps if not step.birth]


@pytest.fixture
def home() -> House:
    return house()


def row_of(item: Item) -> dict[str, object]:
    row = Item.objects.filter(pk=item.pk).values().get()
    return {name: value for name, value in row.items() if name not in ("version", "updated_at")}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_allowed_pair_goes_through_and_back(home: House, step: Step) -> None:
    for state in sorted(step.before):
        item = item_in(home, state)
        before, actor = row_of(item), home.actor(who(step.name))
        done = advance_item(item.number, step.name, by=actor, on=LATER, **facts_for(home, step.name))
        stored = Item.objects.get(pk=item.pk)
        assert stored.state == (step.after or state) == done.after
        entry = history("rectification", item.pk)[-1]
        assert (entry.step, entry.before, entry.after) == (step.name, state, stored.state)
        undo(stored, done.event_id, by=actor, on=LATER + timedelta(minutes=9))
        assert row_of(item) == before, (state, step.name)


@pytest.mark.parametrize("state", list(ITEM_LIFE.states))
def test_every_other_pair_is_refused(home: House, state: str) -> None:
    item = item_in(home, state)
    for step in (one for one in ITEM_LIFE.steps if state not in one.before):
        with pytest.raises(StepNotAllowed):
            advance(item, step.name, by=home.actor("书记"), on=LATER)
    assert Item.objects.get(pk=item.pk).version == 0


@pytest.mark.parametrize("step", [s for s in STEPS if s.name != "own"], ids=lambda step: step.name)
def test_an_ordinary_member_takes_no_step_of_another(home: House, step: Step) -> None:
    item = item_in(home, sorted(step.before)[0])
    with pytest.raises((NotAllowed, NeedsNotMet)):
        advance_item(item.number, step.name, by=home.actor("丙"), on=LATER, **facts_for(home, step.name))


def test_another_body_does_not_find_the_item(home: House) -> None:
    item = item_in(home, "asked")
    for name in ("庚", "辛"):
        with pytest.raises(NoSuchItem):
            advance_item(item.number, "strike_off", by=home.actor(name), on=LATER)
        assert not queries.items(home.actor(name)).exists()
    with pytest.raises(NotAllowed):
        advance(item, "strike_off", by=home.actor("庚"), on=LATER, **facts_for(home, "strike_off"))


def test_neither_owner_nor_asker_checks(home: House) -> None:
    owned = item_in(home, "asked", owner=home.members["纪检"])
    asked = item_in(home, "asked", asked_by=home.accounts["纪检"].pk)
    for item in (owned, asked):
        for step in ("strike_off", "send_back"):
            facts = facts_for(home, step)
            with pytest.raises(CheckedByOneself, match=r"自己|yourself|本人"):
                advance_item(item.number, step, by=home.actor("纪检"), on=LATER, **facts)
            with pytest.raises(NeedsNotMet):  # nor through the machine itself
                advance(item, step, by=home.actor("纪检"), on=LATER, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=asked.pk).update(state="struck_off", checked_by=asked.asked_by)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"benchmark": " "}, NoBenchmark),
        ({"benchmark_on": date(2026, 4, 4)}, NoBenchmark),
        ({"benchmark_link": "http://www.gov.cn/x"}, UnsafeLink),
        ({"benchmark_link": "javascript:alert(1)"}, UnsafeLink),
        ({"gap": ""}, EmptyGap),
    ],
)
def test_a_gap_that_says_too_little_is_refused(
    home: House, change: dict[str, object], problem: type[Exception]
) -> None:
    from dataclasses import replace

    with pytest.raises(problem):
        find(replace(GAP, **change), body=home.first, by=home.actor("丙"), on=FRIDAY)  # type: ignore[arg-type]
    assert not Item.objects.exists()


def test_measures_and_a_term_to_come_are_asked_for(home: House) -> None:
    item = item_in(home, "owned")
    for facts in ({"measures": "", "due": date(2026, 5, 1)}, {"measures": "x"}):
        with pytest.raises(BadFact):
            advance_item(item.number, "plan", by=home.actor("甲"), on=LATER, **facts)
    with pytest.raises(NeedsNotMet, match=r"past|过去|以前"):
        advance_item(item.number, "plan", by=home.actor("甲"), on=LATER, measures="x", due=FRIDAY.date())


def test_a_suspension_ends_by_itself_after_its_last_day(home: House) -> None:
    item = item_in(home, "suspended")
    assert nightly.end_suspensions(on=FRIDAY + timedelta(days=9)) == 0
    assert nightly.end_suspensions(on=FRIDAY + timedelta(days=10)) == 1
    assert Item.objects.get(pk=item.pk).state == "in_work"


def test_what_comes_back_within_the_months_is_reopened_once(home: House) -> None:
    former = item_in(home, "struck_off")
    again = reopen(former.number, by=home.actor("丙"), on=FRIDAY + timedelta(days=90))
    assert (again.earlier_id, again.state, again.owner) == (former.pk, "found", None)
    with pytest.raises(CannotReopen):
        reopen(former.number, by=home.actor("丙"), on=FRIDAY + timedelta(days=91))
    old = item_in(home, "struck_off")
    with pytest.raises(CannotReopen):
        reopen(old.number, by=home.actor("丙"), on=FRIDAY + timedelta(days=200))
    with pytest.raises(CannotReopen):
        reopen(item_in(home, "in_work").number, by=home.actor("丙"), on=LATER)


def test_a_district_sets_its_own_months_from_a_day_on(home: House) -> None:
    from chengzhi.branch.rectification.terms import recurrence_months
    from chengzhi.cases import habits

    district = home.town.district
    dated = [{"from": "2026-04-01", "value": 12}]
    district.settings = {**district.settings, "rules": {"rectification_recurrence_months": dated}}
    district.save()
    habits.forget()
    assert recurrence_months(district.pk, FRIDAY) == 12
    assert recurrence_months(district.pk, FRIDAY - timedelta(days=30)) == 6


def test_own_words_are_sealed_and_shown_to_the_body_only(home: House) -> None:
    item = find(GAP, body=home.first, by=home.actor("丙"), on=FRIDAY, words="我没有坚持夜查")
    stored = queries.item(item.number, by=home.actor("甲"))
    assert queries.words(stored, by=home.actor("甲")) == "我没有坚持夜查"
    assert "我没有坚持夜查".encode() not in bytes(stored.words or b"")
    assert queries.words(stored, by=home.actor("庚")) == ""
    said = Entry.objects.filter(thing="rectification").values_list("facts", flat=True)
    assert "夜查" not in str(list(said))
    with pytest.raises(NotYourWords):
        say(item.number, "别人的话", by=home.actor("甲"), on=LATER)


def test_evidence_links_cases_and_items_of_ones_own(home: House) -> None:
    item, other = item_in(home, "in_work"), item_in(home, "struck_off")
    case = case_in(home.town, "handling")
    assert attach(item.number, by=home.actor("甲"), on=LATER, case_number=case.number).case == case
    assert attach(item.number, by=home.actor("甲"), on=LATER, other_number=other.number).other == other
    for facts in ({"case_number": "no"}, {"other_number": item.number}, {}):
        with pytest.raises(NoSuchEvidence):
            attach(item.number, by=home.actor("甲"), on=LATER, **facts)


def test_an_owner_who_left_is_found_and_the_item_passed_on(home: House) -> None:
    item = item_in(home, "in_work")
    Membership.objects.filter(member=home.members["甲"]).update(valid_to=FRIDAY.date() - timedelta(days=1))
    secretary = home.actor("书记")
    assert list(queries.without_owner(queries.items(secretary), secretary)) == [item]
    advance_item(item.number, "pass_on", by=secretary, on=LATER, **facts_for(home, "pass_on"))
    assert not queries.without_owner(queries.items(secretary), secretary).exists()


def test_owner_and_checkers_are_told_and_nobody_of_his_own_step(home: House) -> None:
    item = item_in(home, "in_work")
    done = advance_item(item.number, "ask", by=home.actor("甲"), on=LATER, evidence="好了")
    told = set(Message.objects.filter(kind="rectification_to_check").values_list("account_id", flat=True))
    assert told == {home.accounts[name].pk for name in ("书记", "委员", "纪检")}
    undo(Item.objects.get(pk=item.pk), done.event_id, by=home.actor("甲"), on=LATER)
    assert set(Message.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert "好了" not in str(list(Message.objects.values_list("facts", flat=True)))


def test_the_numbers_are_honest(home: House) -> None:
    secretary = home.actor("书记")
    item_in(home, "struck_off")
    item_in(home, "in_work", returns=2)
    item_in(home, "in_work", due_at=FRIDAY - timedelta(days=1))
    reopen(item_in(home, "struck_off").number, by=secretary, on=FRIDAY)
    said = queries.numbers(queries.items(secretary), FRIDAY + timedelta(days=10))
    assert (said.total, said.closed, said.returned, said.reopened, said.overdue) == (5, 2, 2, 1, 1)
    assert (said.unchecked, said.age_days) == (0.0, 10.0)


def test_a_page_goes_on_below_the_last_item(home: House) -> None:
    made = [item_in(home, "found").pk for _ in range(5)]
    rows = queries.narrowed(home.actor("甲"), queries.Wanted(), LATER)
    first, after = queries.page(rows, None, 3)
    second, end = queries.page(rows, after, 3)
    assert [one.pk for one in (*first, *second)] == made[::-1]
    assert end == 0
