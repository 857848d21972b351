"""Draws of who rates whom: repeated by their seed, balanced, connected, nobody himself."""

from collections import Counter

import pytest

from chengzhi.branch.appraisal.named_drawing import connected, draw, order
from chengzhi.branch.appraisal.named_problems import TooFewRaters

PEOPLE = range(100, 115)


def test_a_draw_is_repeated_by_its_seed_and_differs_with_another() -> None:
    one = draw("drawn", PEOPLE, size=4, seed="a", fewest=3)
    assert one == draw("drawn", list(reversed(PEOPLE)), size=4, seed="a", fewest=3)
    assert one != draw("drawn", PEOPLE, size=4, seed="b", fewest=3)
    assert sorted(order(PEOPLE, "a")) == list(PEOPLE)


def test_each_rates_and_is_rated_equally_often_and_nobody_rates_his_rater() -> None:
    pairs = draw("drawn", PEOPLE, size=4, seed="x", fewest=3).pairs
    assert set(Counter(rater for rater, _ in pairs).values()) == {4}
    assert set(Counter(ratee for _, ratee in pairs).values()) == {4}
    assert not {(b, a) for a, b in pairs} & set(pairs)
    assert all(a != b for a, b in pairs)
    assert connected(pairs) == 1


def test_everybody_rates_everybody_else() -> None:
    pairs = draw("all", PEOPLE, size=0, seed="x", fewest=3).pairs
    assert set(pairs) == {(a, b) for a in PEOPLE for b in PEOPLE if a != b}


def test_groups_have_at_least_their_size_and_rate_within() -> None:
    made = draw("groups", PEOPLE, size=4, seed="x", fewest=3)
    sizes = Counter(made.block.values())
    assert sum(sizes.values()) == 15
    assert set(sizes.values()) == {5}
    assert all(made.block[a] == made.block[b] for a, b in made.pairs)
    assert connected(made.pairs) == 3


@pytest.mark.parametrize(
    ("design", "people", "size"), [("all", 3, 0), ("drawn", 15, 2), ("groups", 15, 3), ("all", 0, 0)]
)
def test_fewer_than_three_raters_are_refused(design: str, people: int, size: int) -> None:
    with pytest.raises(TooFewRaters):
        draw(design, range(people), size=size, seed="x", fewest=3)


def test_parts_that_nothing_joins_are_counted() -> None:
    assert connected([(1, 2), (2, 3), (9, 8)]) == 3
    assert connected([(1, 2), (2, 2), (2, 3)]) == 1
