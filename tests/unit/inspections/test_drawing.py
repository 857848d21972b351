"""Drawing by lot: proportions, reproducibility, chances."""

from collections import Counter

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from chengzhi.inspections.drawing import allocate, draw, frame_hash, spot


@pytest.mark.parametrize(
    ("sizes", "total", "given_"),
    [
        ([100, 100], 10, [5, 5]),
        ([90, 10], 10, [9, 1]),
        ([1000, 1], 10, [9, 1]),
        ([1000, 1, 1], 3, [1, 1, 1]),
        ([5, 5], 100, [5, 5]),
        ([50, 30, 20], 7, [4, 2, 1]),  # ideal 3.5, 2.1, 1.4: the largest remainder gets the last
    ],
)
def test_places_are_given_in_proportion_and_every_stratum_gets_one(sizes, total, given_):
    assert allocate(sizes, total) == given_


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12), st.integers(0, 500))
def test_an_allocation_adds_up_and_never_asks_for_more_than_there_is(sizes, extra):
    total = len(sizes) + extra
    found = allocate(sizes, total)
    assert sum(found) == min(total, sum(sizes))
    assert all(1 <= n <= size for n, size in zip(found, sizes, strict=True))


def test_fewer_places_than_strata_cannot_be():
    with pytest.raises(ValueError, match="strata"):
        allocate([5, 5, 5], 2)


def test_the_same_seed_and_frame_give_the_same_draw_whatever_the_order():
    one = draw([[3, 1, 2], [10, 11, 12]], [2, 1], "ab12", 0.5)
    assert one == draw([[1, 2, 3], [12, 11, 10]], [2, 1], "ab12", 0.5)
    assert [d.position for d in one] == [1, 2, 3]
    assert sum(d.recheck for d in one) == 2
    other = {tuple(d.member for d in draw([range(50)], [5], f"{n:x}", 0)) for n in range(20)}
    assert len(other) == 20


def test_a_draw_of_this_version_is_the_draw_of_every_version():
    """Written down once: if it changes, rounds that were drawn can no longer be proved."""
    made = draw([range(1, 21), range(101, 111)], [4, 2], "00ff", 0.2)
    assert [(d.member, d.stratum, d.recheck) for d in made] == [
        (7, 0, False), (9, 0, False), (14, 0, True), (104, 1, False), (102, 1, True), (19, 0, False),
    ]  # fmt: skip
    # sha256 of the text 1,2,3
    assert frame_hash([3, 1, 2]) == "8a6ae15122001229edb8866f56e342af12ae8187203c3e3b33931743e7c0c48d"


def test_each_place_has_the_same_chance():
    """Two thousand draws of 4 from 20: each place about 400 times, 5 standard deviations at most off."""
    seen = Counter(d.member for n in range(2000) for d in draw([range(20)], [4], f"{n:x}", 0))
    spread = (2000 * 0.2 * 0.8) ** 0.5
    assert all(abs(seen[member] - 400) < 5 * spread for member in range(20))


def test_the_order_of_visits_does_not_betray_the_stratum():
    firsts = Counter(
        draw([range(100), range(100, 110)], [10, 10], f"{n:x}", 0)[0].stratum for n in range(1000)
    )
    assert abs(firsts[0] - 500) < 80


def test_a_place_by_lot_lies_on_its_line_or_in_its_area():
    line = shapely.LineString([(0, 0), (1, 0), (1, 1)])
    area = shapely.Polygon([(0, 0), (1, 0), (1, 0.1), (0.1, 0.1), (0.1, 1), (0, 1)])
    for member in range(50):
        assert line.distance(shapely.Point(spot(line, "a", member))) < 1e-5
        assert area.buffer(1e-5).contains(shapely.Point(spot(area, "a", member)))
    assert len({spot(line, "a", member) for member in range(50)}) == 50
    assert spot(line, "a", 7) == spot(line, "a", 7) != spot(line, "b", 7)
    assert spot(shapely.Point(3, 4), "a", 1) == (3.0, 4.0)


def test_half_of_the_places_on_a_line_lie_in_its_first_half():
    line = shapely.LineString([(0, 0), (2, 0)])
    near = sum(spot(line, "c", member)[0] < 1 for member in range(1000))
    assert abs(near - 500) < 80
