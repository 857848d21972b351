"""A named round from its plan to the archive, against the real database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from chengzhi.branch.appraisal import named, named_queries, named_reading, named_results
from chengzhi.branch.appraisal.named_models import NamedMark, NamedPair, NamedRound
from chengzhi.branch.appraisal.named_problems import (
    BadMark,
    BadTerm,
    NotAssigned,
    NotReportable,
    RoundOver,
    TooFewRaters,
)
from chengzhi.branch.appraisal.problems import AnswersItself, BadLimit, NoSuchRound
from chengzhi.branch.organisation.models import Membership
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.models import Entry
from chengzhi.lifecycle.problems import NeedsNotMet
from chengzhi.lifecycle.undo import undo
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.appraisal.named_rounds import CRITERIA, QUALITY, branch, closed, opened, planned, rated
from tests.unit.branch.house import House
from tests.unit.cases.town import FRIDAY

pytestmark = pytest.mark.django_db
LATER = FRIDAY + timedelta(minutes=11)
FULL = dict.fromkeys(CRITERIA, 4)


@pytest.fixture
def home() -> House:
    return branch()


def blocks_of(row: NamedRound) -> list[dict[str, Any]]:
    made = named_reading.latest(row, on=LATER)
    assert made
    return list(made.content["blocks"])


def person(row: NamedRound, home: House, name: str) -> int:
    return int(row.people.get(member=home.members[name]).pk)


def test_a_plan_draws_everybody_and_says_so_beforehand(home: House) -> None:
    row = planned(home, "drawn", size=3, seed="2026")
    assert row.people.count() == 9
    assert NamedPair.objects.filter(rater__round=row).count() == 27
    assert "保密" in row.rules["declaration"]["name"]
    again = planned(home, "drawn", size=3, seed="2026")
    said = ("rater__member", "ratee__member")
    first, second = (
        set(NamedPair.objects.filter(rater__round=one).values_list(*said)) for one in (row, again)
    )
    assert first == second, "the seed repeats the draw"
    assert again.number != row.number


def test_bad_plans_are_refused(home: House) -> None:
    with pytest.raises(NotAllowed):
        named.plan(
            named.Plan("x", "all", FRIDAY.date() + timedelta(1)),
            body=home.first,
            by=home.actor("甲"),
            on=FRIDAY,
        )
    with pytest.raises(BadTerm):
        named.plan(named.Plan("x", "all", FRIDAY.date()), body=home.first, by=home.actor("书记"), on=FRIDAY)
    with pytest.raises(BadLimit):
        planned(home, least=3)
    with pytest.raises(TooFewRaters):
        planned(home, "drawn", size=2)
    with pytest.raises(TooFewRaters):
        named.plan(
            named.Plan("x", "all", FRIDAY.date() + timedelta(1)),
            body=home.second,
            by=home.actor("庚"),
            on=FRIDAY,
        )
    assert not NamedRound.objects.exists()


def test_nobody_rates_himself_not_even_past_the_program(home: House) -> None:
    row = opened(home)
    me = person(row, home, "甲")
    with pytest.raises(AnswersItself):
        named.rate(row, person=me, marks=FULL, by=home.actor("甲"), on=FRIDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        NamedPair.objects.create(rater_id=me, ratee_id=me)


def test_marks_are_taken_on_the_scale_from_those_assigned_while_it_is_open(home: House) -> None:
    row = planned(home, "drawn", size=3, seed="s")
    pair = NamedPair.objects.select_related("rater__member").filter(rater__round=row).first()
    assert pair
    by = home.actor(pair.rater.member.name)
    with pytest.raises(RoundOver):
        named.rate(row, person=pair.ratee_id, marks=FULL, by=by, on=FRIDAY)
    named.step(row, "begin", by=home.actor("书记"), on=FRIDAY)
    for bad in ({}, {"duty": 4}, FULL | {"duty": 6}, FULL | {"duty": 0}, FULL | {"other": 3}):
        with pytest.raises(BadMark):
            named.rate(row, person=pair.ratee_id, marks=bad, by=by, on=FRIDAY)
    named.rate(row, person=pair.ratee_id, marks=FULL, by=by, on=FRIDAY)
    named.rate(row, person=pair.ratee_id, marks=FULL | {"duty": 2}, by=by, on=FRIDAY)
    assert dict(NamedMark.objects.filter(pair=pair).values_list("criterion", "mark")) == FULL | {"duty": 2}
    named.rate(row, person=pair.ratee_id, marks=None, by=by, on=FRIDAY)
    assert not NamedMark.objects.filter(pair=pair).exists()
    assert named_queries.progress(row) == {"pairs": 27, "rated": 0, "unable": 1}
    stranger = set(row.people.values_list("pk", flat=True)) - {
        pair.rater_id, *NamedPair.objects.filter(rater=pair.rater).values_list("ratee_id", flat=True)
    }  # fmt: skip
    with pytest.raises(NotAssigned):
        named.rate(row, person=stranger.pop(), marks=FULL, by=by, on=FRIDAY)
    with pytest.raises(NotAssigned):
        named.rate(row, person=pair.ratee_id, marks=FULL, by=home.actor("庚"), on=FRIDAY)
    with pytest.raises(RoundOver):
        named.rate(row, person=pair.ratee_id, marks=FULL, by=by, on=FRIDAY + timedelta(days=11))


def test_the_record_never_says_whom_somebody_rated(home: House) -> None:
    row = opened(home)
    named.rate(row, person=person(row, home, "乙"), marks=FULL, by=home.actor("甲"), on=FRIDAY)
    lines = Entry.objects.filter(thing="named_round", thing_id=row.pk, step="rate")
    assert [one.facts for one in lines] == [{}]


def test_the_result_has_number_distribution_mean_then_estimate(home: House) -> None:
    row = closed(home)
    seen = {
        one.person.member.name: one for one in named_reading.summaries(row, by=home.actor("委员"), on=LATER)
    }
    assert list(seen) == [one.member.name for one in row.people.select_related("member").order_by("position")]
    open_ones = [one for one in seen.values() if not one.coarse]
    assert len(open_ones) >= 5
    for one in open_ones:
        assert one.raters == 8
        assert one.estimate is not None
        assert one.se is not None
        assert 0 < one.se < 1
        counts = [said.counts for said in one.criteria.values()]
        assert all(said is not None and sum(said.values()) == 8 for said in counts)
        total = sum(int(mark) * n for said in counts if said for mark, n in said.items())
        assert one.mean == pytest.approx(total / 24)
    known = [(QUALITY[name], one.estimate) for name, one in seen.items() if one.estimate is not None]
    assert max(known)[1] > min(known)[1]
    block = blocks_of(row)[0]
    assert set(block["models"]) == {"crossed", "facets", "srm", "gtheory"}
    assert block["models"]["srm"]["reliability"]["ratee"] > 0.5
    assert block["places"] == 3
    assert block["raters_for"]["by"] == "gtheory"
    assert 1 <= block["raters_for"]["raters"] <= 8
    assert named_reading.enough_raters(home.first.pk) == {
        "number": row.number, "goal": 0.7, "raters": block["raters_for"]["raters"]
    }  # fmt: skip


def test_unanimous_marks_show_a_bound_and_no_estimate(home: House) -> None:
    row = opened(home)
    for name in QUALITY:
        for pair, _marks in named_queries.to_rate(row, home.actor(name)):
            named.rate(row, person=pair.ratee_id, marks=FULL, by=home.actor(name), on=FRIDAY)
    named.step(row, "close", by=home.actor("书记"), on=FRIDAY)
    one = named_reading.summaries(row, by=home.actor("书记"), on=LATER)[0]
    assert one.coarse
    assert one.estimate is None
    assert one.mean == 4.0
    assert [said.band for said in one.criteria.values()] == [("4", 5)] * 3


def test_below_the_limit_nothing_is_shown(home: House) -> None:
    row = opened(home)
    row_ratee = "丙"
    few = frozenset((name, row_ratee) for name in ("书记", "委员", "纪检", "甲"))
    rated(home, row, without=few)
    named.step(row, "close", by=home.actor("书记"), on=FRIDAY)
    one = next(
        o
        for o in named_reading.summaries(row, by=home.actor("书记"), on=LATER)
        if o.person.member.name == row_ratee
    )
    assert (one.raters, one.hidden, one.mean, one.estimate, dict(one.criteria)) == (4, True, None, None, {})
    assert blocks_of(row)[0]["models"]["srm"] == {"refused": "appraisal.round_robin"}


def test_a_design_that_falls_apart_in_marking_is_not_fitted(home: House) -> None:
    row = opened(home)
    halves = {"书记": 0, "委员": 0, "纪检": 0, "甲": 0, "乙": 0, "丙": 1, "丁": 1, "戊": 1, "预备": 1}
    apart = frozenset((a, b) for a in QUALITY for b in QUALITY if halves[a] != halves[b])
    rated(home, row, without=apart)
    named.step(row, "close", by=home.actor("书记"), on=FRIDAY)
    block = blocks_of(row)[0]
    assert block["refused"] == "appraisal.unconnected"
    assert "models" not in block


def test_groups_are_fitted_apart_and_have_no_common_line(home: House) -> None:
    row = closed(home, "groups", size=4, least=3, least_reason="小组只有四至五人")
    blocks = blocks_of(row)
    assert [one["block"] for one in blocks] == [0, 1]
    assert all("at_cut" not in one for one in blocks)
    sizes = [one["models"]["srm"]["ratees"] for one in blocks]
    assert sorted(sizes) == [4, 5]


def test_the_same_marks_keep_their_version_others_make_a_new_one(home: House) -> None:
    row = closed(home)
    first = named_reading.latest(row, on=LATER)
    assert first
    assert named_reading.latest(row, on=FRIDAY) is None, "while closing may be taken back nothing is shown"
    assert named_results.keep(row, named_results.marks_of(row), on=FRIDAY).pk == first.pk
    entry = Entry.objects.filter(thing="named_round", thing_id=row.pk, step="close").get()
    undo(row, entry.pk, by=home.actor("书记"), on=FRIDAY)
    assert named_reading.latest(row, on=LATER) is None, "an open round shows nothing"
    ratee = person(row, home, "乙")
    named.rate(row, person=ratee, marks=dict.fromkeys(CRITERIA, 1), by=home.actor("甲"), on=FRIDAY)
    named.step(row, "close", by=home.actor("书记"), on=FRIDAY)
    last = named_reading.latest(row, on=LATER)
    assert last
    assert (last.version, first.version) == (2, 1)
    assert last.inputs_hash != first.inputs_hash


def test_the_person_sees_his_own_result_once_told_and_his_own_severity_alone(home: House) -> None:
    row = closed(home)
    me = home.actor("乙")
    with pytest.raises(NotReportable):
        named_reading.own(row, by=me, on=LATER)
    with pytest.raises(NoSuchRound):
        named_reading.summaries(row, by=me, on=LATER)
    named.step(row, "tell", by=home.actor("书记"), on=FRIDAY)
    assert named_reading.own(row, by=me, on=LATER).person.member.name == "乙"
    mild, hard = (named_reading.severity(row, by=home.actor(name), on=LATER) for name in ("乙", "纪检"))
    assert mild
    assert hard
    assert mild.own > mild.others > hard.own
    assert named_reading.severity(row, by=home.actor("庚"), on=LATER) is None
    assert named_reading.spread(row, 0, by=me, on=LATER) is None
    spread = named_reading.spread(row, 0, by=home.actor("书记"), on=LATER)
    assert spread
    assert spread.raters == 9
    assert spread.deviation
    assert spread.deviation > 0.3


def test_who_left_is_not_reported_on_his_marks_stay(home: House) -> None:
    row = opened(home)
    rated(home, row)
    Membership.objects.filter(member=home.members["丁"]).update(valid_to=FRIDAY.date() - timedelta(days=1))
    named.step(row, "close", by=home.actor("书记"), on=FRIDAY)
    seen = {
        one.person.member.name: one for one in named_reading.summaries(row, by=home.actor("书记"), on=LATER)
    }
    assert seen["丁"].left
    assert seen["丁"].hidden
    assert seen["甲"].raters == 8
    named.step(row, "tell", by=home.actor("书记"), on=FRIDAY)
    Membership.objects.filter(member=home.members["丙"]).update(valid_to=FRIDAY.date())
    later = replace(home.actor("丙"), day=FRIDAY.date() + timedelta(days=30))
    assert not named_reading.own(row, by=later, on=LATER).left, "who moves on afterwards keeps his result"


def test_archiving_needs_answers_and_time_and_then_deletes_the_single_marks(home: House) -> None:
    row = closed(home)
    lead, later = home.actor("书记"), FRIDAY + timedelta(days=8)
    named.step(row, "tell", by=lead, on=FRIDAY)
    with pytest.raises(NeedsNotMet):
        named.step(row, "archive", by=lead, on=FRIDAY)
    before = [(one.mean, one.estimate) for one in named_reading.summaries(row, by=lead, on=LATER)]
    named.step(row, "archive", by=lead, on=later)
    assert not NamedMark.objects.exists()
    assert [(one.mean, one.estimate) for one in named_reading.summaries(row, by=lead, on=LATER)] == before


def test_many_marks_are_fitted_by_a_job(home: House, monkeypatch: Any) -> None:
    row = opened(home)
    rated(home, row)
    NamedRound.objects.filter(pk=row.pk).update(rules=row.rules | {"fit_directly_up_to": 10})
    row.refresh_from_db()
    named.step(row, "close", by=home.actor("书记"), on=FRIDAY)
    assert named_reading.latest(row, on=LATER) is None
    with pytest.raises(NeedsNotMet):
        named.step(row, "tell", by=home.actor("书记"), on=FRIDAY)
    run = JobRun.objects.get(kind=named_results.JOB)
    from chengzhi.branch.appraisal.named_jobs import fit

    assert fit(run)["version"] == 1
    assert fit(run)["version"] == 1
    named.step(row, "tell", by=home.actor("书记"), on=FRIDAY)


def test_pages_of_results_do_not_ask_a_person_at_a_time(
    home: House, django_assert_max_num_queries: Any
) -> None:
    row = closed(home)
    with django_assert_max_num_queries(12):
        named_reading.summaries(row, by=home.actor("书记"), on=LATER)


def test_a_round_past_its_time_is_closed_by_the_program(home: House) -> None:
    from chengzhi.branch.appraisal.named_jobs import close

    row = opened(home)
    rated(home, row)
    close(FRIDAY + timedelta(days=9))
    row.refresh_from_db()
    assert row.state == "open"
    close(FRIDAY + timedelta(days=11))
    row.refresh_from_db()
    assert row.state == "closed"
    assert row.results.count() == 1
