"""What of a count is shown: limits, bands, complements, the line of the capped grade."""

from chengzhi.branch.appraisal.showing import CutLine, cut_line, shown, totals

THIRD = {"grade": "excellent", "over": 1, "under": 3, "rounding": "floor"}


def counts(excellent: int, qualified: int) -> dict[str, int]:
    return {"excellent": excellent, "qualified": qualified}


def test_below_the_limit_nothing_is_shown() -> None:
    assert shown(counts(2, 2), 5).hidden
    assert shown(counts(2, 2), 3).counts == counts(2, 2)
    assert shown(counts(3, 2), 5).counts == counts(3, 2)


def test_unanimity_and_all_but_one_are_the_same_band() -> None:
    assert shown(counts(7, 0), 5) == shown(counts(6, 1), 5)
    assert shown(counts(7, 0), 5).band == ("excellent", 5)
    assert shown(counts(5, 2), 5).band is None


def test_all_but_one_of_a_group_at_the_limit_claims_no_more_than_is_true() -> None:
    assert shown(counts(4, 1), 5).band == ("excellent", 4)


def test_a_total_from_which_a_hidden_count_follows_is_not_shown() -> None:
    assert totals([counts(4, 3), counts(3, 4)], 5) == counts(7, 7)
    assert totals([counts(4, 3), counts(7, 0)], 5) is None
    assert totals([counts(4, 3), counts(2, 1)], 5) is None


def test_the_line_tells_the_margin_or_the_tie_and_picks_nobody() -> None:
    people = {1: counts(5, 3), 2: counts(4, 4), 3: counts(3, 5), 4: counts(2, 6)}
    assert cut_line(people, THIRD, 5) == CutLine(1, 1)
    people[2] = counts(5, 3)
    assert cut_line(people, THIRD, 5) == CutLine(1, 0, (1, 2))
    people[1] = people[2] = counts(8, 0)
    assert cut_line(people, THIRD, 5) == CutLine(1, None)


def test_two_people_have_no_third() -> None:
    assert cut_line({1: counts(5, 3), 2: counts(4, 4)}, THIRD, 5) == CutLine(0, None)
