"""The ballot: tokens, refusals, the count, two tellers on paper."""

from typing import Any

import pytest

from chengzhi.branch.appraisal import casting, counting, planning, secrecy
from chengzhi.branch.appraisal.models import Tally
from chengzhi.branch.appraisal.problems import (
    AlreadyCast,
    BadBallot,
    BadHolders,
    BadLimit,
    BadShare,
    BallotClosed,
    CountsDiffer,
    EmptyGroup,
    TokenRefused,
    TooManyVotes,
    WrongMoment,
)
from chengzhi.branch.organisation.models import Membership
from chengzhi.ledger.models import Entry
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.appraisal.polls import Poll, branch, closed, handed, marks_of, opened
from tests.unit.cases.town import FRIDAY

pytestmark = pytest.mark.django_db


def everybody_votes(poll: Poll) -> None:
    for voter, token in zip(poll.ratees, poll.papers.tokens, strict=True):
        casting.cast(poll.round.code, token, marks_of(poll, voter))


def count(poll: Poll, **other: str) -> None:
    parts = {"first": poll.papers.first, "second": poll.papers.second} | other
    counting.count(closed(poll), by=poll.house.actor("甲"), on=FRIDAY, **parts)


def test_eight_vote_and_everybody_gets_seven_marks() -> None:
    poll = opened(branch())
    everybody_votes(poll)
    count(poll)
    row = poll.fresh()
    assert (row.state, row.expected, row.present, row.cast, row.no_self) == ("counted", 8, 8, 8, 0)
    assert set(Tally.objects.filter(grade="qualified").values_list("count", flat=True)) == {7}
    assert not row.eligible.exists()


def test_a_probationary_member_is_on_the_list_without_a_grade() -> None:
    poll = opened(branch())
    assert poll.round.ratees.get(member__name="预备").why_not == "probationary"
    assert "预备" not in poll.ratees


def test_a_token_is_spent_once_and_the_first_ballot_counts() -> None:
    poll = opened(branch())
    token = poll.papers.tokens[0]
    casting.cast(poll.round.code, token, marks_of(poll, "甲", "excellent"))
    with pytest.raises(AlreadyCast):
        casting.cast(poll.round.code, token.lower().replace("-", " "), marks_of(poll, "甲"))
    count(poll)
    assert sum(Tally.objects.filter(grade="excellent").values_list("count", flat=True)) == 7


def test_unknown_tokens_and_other_moments_are_refused() -> None:
    poll = handed(branch())
    code, token = poll.round.code, poll.papers.tokens[0]
    with pytest.raises(BallotClosed):
        casting.cast(code, token, {})
    planning.open_ballot(poll.fresh(), absences={}, by=poll.house.actor("甲"), on=FRIDAY)
    for wrong in ((code, "2222-2222-2222-2222"), ("NOROUND2", token)):
        with pytest.raises(TokenRefused):
            casting.cast(*wrong, marks_of(poll, "甲"))
    closed(poll)
    with pytest.raises(BallotClosed):
        casting.cast(code, token, marks_of(poll, "甲"))


def test_nobody_rates_himself_and_every_name_has_a_mark() -> None:
    poll = opened(branch())
    whole = marks_of(poll, "甲")
    none = dict.fromkeys(whole, "qualified")
    some = dict(list(whole.items())[1:])
    for bad in (none, some, whole | {next(iter(whole)): "best"}, dict.fromkeys(whole, "self")):
        with pytest.raises(BadBallot):
            casting.cast(poll.round.code, poll.papers.tokens[0], bad)
    casting.cast(poll.round.code, poll.papers.tokens[0], whole)  # the token was not lost by it


def test_an_unreadable_or_foreign_part_of_the_key_opens_nothing() -> None:
    poll = opened(branch())
    everybody_votes(poll)
    for bad in (poll.papers.second[:-1] + "?", "", poll.papers.first, secrecy.new_key()[2]):
        row = poll.fresh() if poll.fresh().state == "closed" else closed(poll)
        with pytest.raises(BadShare):
            counting.count(row, first=poll.papers.first, second=bad, by=poll.house.actor("甲"), on=FRIDAY)
    counting.count(poll.fresh(), first=poll.papers.second, second=poll.papers.first,
                   by=poll.house.actor("甲"), on=FRIDAY)  # fmt: skip
    assert poll.fresh().cast == 8


def test_more_ballots_than_papers_handed_out_stop_the_count() -> None:
    poll = handed(branch())
    away = poll.house.members["戊"].pk
    planning.hand_over(poll.fresh(), member_id=away, given=False, by=poll.house.actor("甲"))
    with pytest.raises(TooManyVotes):
        planning.open_ballot(poll.fresh(), absences={}, by=poll.house.actor("甲"), on=FRIDAY)
    planning.open_ballot(poll.fresh(), absences={"leave": 1}, by=poll.house.actor("甲"), on=FRIDAY)
    everybody_votes(poll)
    with pytest.raises(TooManyVotes):
        count(poll)
    assert poll.fresh().state == "closed"
    assert not Tally.objects.exists()


def test_only_tellers_hand_out_and_count() -> None:
    poll = handed(branch())
    with pytest.raises(NotAllowed):
        planning.hand_over(poll.fresh(), member_id=poll.house.members["丙"].pk, by=poll.house.actor("书记"))
    planning.open_ballot(poll.fresh(), absences={}, by=poll.house.actor("甲"), on=FRIDAY)
    with pytest.raises(WrongMoment):
        planning.hand_over(poll.fresh(), member_id=poll.house.members["丙"].pk, by=poll.house.actor("甲"))
    row = closed(poll)
    with pytest.raises(NotAllowed):
        counting.count(row, first=poll.papers.first, second=poll.papers.second,
                       by=poll.house.actor("书记"), on=FRIDAY)  # fmt: skip


def test_an_empty_group_one_holder_and_a_low_limit_are_refused() -> None:
    made = branch()
    with pytest.raises(EmptyGroup):
        planning.plan(body=made.committee, title="x", by=made.actor("甲").system(), on=FRIDAY)
    plan: Any = {"body": made.first, "title": "x", "by": made.actor("书记"), "on": FRIDAY}
    for bad in ({"least": 2, "least_reason": "小支部"}, {"least": 3}):
        with pytest.raises(BadLimit):
            planning.plan(**plan, **bad)
    row = planning.plan(**plan, least=3, least_reason="小支部")
    with pytest.raises(BadHolders):
        planning.issue(row, holders=(made.members["甲"].pk,) * 2, by=made.actor("甲"), on=FRIDAY)


def test_two_tellers_must_enter_the_same_from_paper() -> None:
    poll = opened(branch(), means="paper")
    row = closed(poll)
    good = {one.pk: {"excellent": 3, "qualified": 4} for one in poll.ratees.values()}
    other = good | {poll.ratees["丙"].pk: {"excellent": 4, "qualified": 3}}
    first, second = poll.house.actor("甲"), poll.house.actor("乙")
    with pytest.raises(TooManyVotes):
        counting.enter_paper(row, ballots=9, counts=good, by=first, on=FRIDAY)
    with pytest.raises(TooManyVotes):  # eight marks of eight papers: one would be his own
        counting.enter_paper(
            row, ballots=8, counts={one: {"excellent": 8} for one in good}, by=first, on=FRIDAY
        )
    assert counting.enter_paper(row, ballots=8, counts=good, by=first, on=FRIDAY) is False
    assert counting.enter_paper(row, ballots=8, counts=good, by=first, on=FRIDAY) is False
    with pytest.raises(CountsDiffer) as refused:
        counting.enter_paper(row, ballots=8, counts=other, by=second, on=FRIDAY)
    assert "丙" in refused.value.why
    assert counting.enter_paper(row, ballots=8, counts=good, by=second, on=FRIDAY) is True
    assert poll.fresh().state == "counted"
    assert not row.paper_counts.exists()


def test_casting_and_handing_out_leave_no_ledger_row() -> None:
    poll = opened(branch())
    before = Entry.objects.count()
    everybody_votes(poll)
    assert Entry.objects.count() == before
    steps = list(Entry.objects.filter(thing="appraisal").order_by("id").values_list("step", flat=True))
    assert steps == ["plan", "issue", "open"]


def test_all_ballots_are_of_one_length() -> None:
    public, _first, _second = secrecy.new_key()
    grades = ("excellent", "qualified")
    lengths = {
        len(secrecy.seal_ballot(public, [1, 2], grades, {1: a, 2: b}))
        for a in (*grades, "abstain") for b in (*grades, "self")
    }  # fmt: skip
    assert len(lengths) == 1


def test_members_who_join_later_do_not_enter_a_planned_round() -> None:
    poll = opened(branch())
    Membership.objects.filter(member=poll.house.members["预备"]).update(standing="formal")
    assert poll.fresh().expected == 8 == len(poll.papers.tokens)
