"""Estimates against textbooks, against sums done by hand, and against simulated truth."""

from fractions import Fraction
from math import inf, sqrt
from random import Random

import pytest

from chengzhi.inspections.estimates import Part, mean_of, part_of, stratified_mean, stratified_share

# Cochran 1977, Sampling Techniques, table 5.1: inhabitants (thousands) of 64 large cities in 1930; the
# sixteen largest are stratum 1. He gives S² of 53,843 and 5,581.
LARGE = (900, 822, 781, 805, 670, 1238, 573, 634, 578, 487, 442, 451, 459, 464, 400, 366)
OTHER = (
    364, 317, 328, 302, 288, 291, 253, 291, 308, 272, 284, 255, 270, 214, 195, 260, 209, 183, 163, 253, 232,
    260, 201, 147, 292, 164, 143, 169, 139, 170, 150, 143, 113, 115, 123, 154, 140, 119, 130, 127, 100, 107,
    114, 111, 163, 116, 122, 134,
)  # fmt: skip


def test_cochrans_cities():
    large, other = part_of(16, LARGE), part_of(48, OTHER)
    assert (large.mean * 16, other.mean * 48) == (10_070, 9_498)
    assert (round(large.variance), round(other.variance)) == (53_843, 5_581)
    # 24 cities in proportion (6 and 18): variance of the total 1,882,293, standard error 1372
    drawn = mean_of([Part(16, 6, large.mean, large.variance), Part(48, 18, other.mean, other.variance)])
    assert drawn.value * 64 == pytest.approx(19_568)
    assert (drawn.se * 64) ** 2 == pytest.approx(1_882_293, rel=2e-5)
    assert round(drawn.se * 64) == 1372
    # 12 from each: 1,090,827 and 1044
    equal = mean_of([Part(16, 12, large.mean, large.variance), Part(48, 12, other.mean, other.variance)])
    assert (equal.se * 64) ** 2 == pytest.approx(1_090_827, rel=2e-5)
    assert round(equal.se * 64) == 1044


def test_lohrs_farms():
    """Lohr, Sampling: Design and Analysis, example 3.2: acres of farms, total 909,736,034 ± 50,417,248."""
    parts = [
        Part(220, 21, 97_629.8, 7_647_472_708),
        Part(1054, 103, 300_504.2, 29_618_183_543),
        Part(1382, 135, 211_315.0, 53_587_487_856),
        Part(422, 41, 662_295.5, 396_185_950_266),
    ]
    found = mean_of(parts)
    assert found.value * 3078 == pytest.approx(909_736_034, rel=1e-6)
    assert found.se * 3078 == pytest.approx(50_417_248, rel=1e-6)


def test_a_sum_done_by_hand():
    """Two strata, 10 and 30 places; values 2 4 6 and 1 5.

    Means 4 and 3, variances 4 and 8; mean of the frame (40 + 90)/40 = 3.25. Variance of the total
    10·7/3·4 + 30·28/2·8 = 93⅓ + 3360; of the mean that over 1600. Degrees of freedom
    (93⅓ + 3360)² / (93⅓²/2 + 3360²/1) = 1.0559…
    """
    found = stratified_mean([(10, [2, 4, 6]), (30, [1, 5])])
    total = Fraction(280, 3) + 3360
    free = total**2 / (Fraction(280, 3) ** 2 / 2 + Fraction(3360) ** 2)
    assert found.value == 3.25
    assert found.se == pytest.approx(sqrt(float(total)) / 40)
    assert found.df == pytest.approx(float(free))
    assert (found.low + found.high) / 2 == pytest.approx(3.25)
    assert (found.known, found.size, found.collapsed) == (5, 40, 0)


def test_the_interval_is_students():
    """Values 1 to 5 of 10⁹ places: mean 3, standard error √(2.5/5), t of 4 degrees 2.776445."""
    found = stratified_mean([(10**9, [1, 2, 3, 4, 5])])
    half = 2.7764451 * sqrt(2.5 / 5)
    assert (found.low, found.high) == (pytest.approx(3 - half, abs=1e-6), pytest.approx(3 + half, abs=1e-6))


@pytest.mark.parametrize(
    ("above", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_newcombes_shares(above, count, low, high):
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3 (Wilson).

    He takes the normal quantile, we Student's and n - 1: with his 2 decimal places ours is a little wider.
    """
    from chengzhi.inspections.estimates import _wilson

    found = _wilson(above / count, count, 1.959963984540054)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)
    ours = stratified_share([(10**9, [True] * above + [False] * (count - above))])
    assert ours.low <= low + 5e-5
    assert ours.high >= high - 5e-5
    assert ours.high - ours.low < (high - low) * 1.2


def test_a_share_of_strata_by_hand():
    """4 of 5 and 3 of 10 pass, of 50 and 150 places: (50·0.8 + 150·0.3)/200 = 0.425."""
    found = stratified_share([(50, [True] * 4 + [False]), (150, [True] * 3 + [False] * 7)])
    variance = Fraction(50 * 45, 5) * Fraction(16, 100) * Fraction(5, 4)
    variance += Fraction(150 * 140, 10) * Fraction(21, 100) * Fraction(10, 9)
    assert found.value == pytest.approx(0.425)
    assert found.se == pytest.approx(sqrt(float(variance)) / 200)
    assert 0 < found.low < 0.425 < found.high < 1


def test_everything_passed_is_no_certainty_unless_everything_was_seen():
    some = stratified_share([(100, [True] * 10)])
    assert (some.value, some.high) == (1, 1)
    assert 0.6 < some.low < 0.9
    assert stratified_share([(10, [True] * 10)]).low == 1
    whole = stratified_mean([(3, [1, 2, 6])])
    assert (whole.value, whole.se, whole.low, whole.high) == (3, 0, 3, 3)


def test_too_little_is_said_instead_of_a_number():
    assert stratified_mean([]).why == "nothing"
    assert stratified_mean([(10, []), (5, [])]).why == "nothing"
    empty = stratified_mean([(10, []), (5, [1.0, 2.0])])
    assert (empty.value, empty.why) == (None, "empty_stratum")
    one = stratified_share([(10, [True])])
    assert (one.value, one.low, one.why) == (1, None, "one_value")
    assert stratified_mean([(1, [7.0])]).se == 0


def test_strata_with_one_value_are_collapsed_for_the_spread_alone():
    found = stratified_mean([(10, [2.0]), (20, [4.0]), (30, [5.0, 7.0])])
    assert found.value == pytest.approx((10 * 2 + 20 * 4 + 30 * 6) / 60)
    assert found.collapsed == 2
    # the two together: 30 places, 2 values, mean 3, variance 2; the third: 30 places, variance 2
    assert found.se == pytest.approx(sqrt(2 * (30 * 28 / 2 * 2)) / 60)
    beside = stratified_mean([(10, [2.0]), (30, [5.0, 7.0]), (40, [1.0, 2.0, 3.0])])
    assert beside.collapsed == 2
    assert beside.se > 0


def coverage(population, sizes, estimate, truth, *, times=1500):
    draw, hits = Random(20260403), 0
    for _ in range(times):
        found = estimate(
            [(len(part), draw.sample(part, n)) for part, n in zip(population, sizes, strict=True)]
        )
        hits += found.low <= truth <= found.high
    return hits / times


def grams(seed=7):
    """Four strata of uneven streets: skewed, as dust is (log-normal), their means 2 to 12 grams."""
    made = Random(seed)
    return [
        [made.lognormvariate(mean, 0.5) for _ in range(size)]
        for size, mean in ((200, 0.7), (300, 1.2), (150, 1.8), (80, 2.4))
    ]


@pytest.mark.parametrize("sizes", [(12, 18, 9, 5), (40, 60, 30, 16)])
def test_ninety_five_of_a_hundred_intervals_hold_the_true_mean(sizes):
    population = grams()
    values = [value for part in population for value in part]
    share = coverage(population, sizes, stratified_mean, sum(values) / len(values))
    assert 0.92 <= share <= 0.975, share


@pytest.mark.parametrize("sizes", [(8, 12, 6, 4), (40, 60, 30, 16)])
@pytest.mark.parametrize("limit", [2.5, 5, 20])
def test_ninety_five_of_a_hundred_intervals_hold_the_true_share(sizes, limit):
    population = [[value <= limit for value in part] for part in grams()]
    values = [value for part in population for value in part]
    share = coverage(population, sizes, stratified_share, sum(values) / len(values))
    assert 0.93 <= share <= 1, share


def test_collapsing_is_careful():
    """One value from each of ten strata: the interval holds the truth at least as often as it says."""
    made = Random(3)
    population = [[made.gauss(5 + i / 5, 1) for _ in range(30)] for i in range(10)]
    values = [value for part in population for value in part]
    share = coverage(population, [1] * 10, stratified_mean, sum(values) / len(values))
    assert share >= 0.94, share


def test_the_standard_error_is_the_spread_of_repeated_draws():
    population, sizes, draw = grams(), (12, 18, 9, 5), Random(11)
    found = [
        stratified_mean([(len(p), draw.sample(p, n)) for p, n in zip(population, sizes, strict=True)])
        for _ in range(3000)
    ]
    mean = sum(one.value for one in found) / len(found)
    spread = sqrt(sum((one.value - mean) ** 2 for one in found) / (len(found) - 1))
    typical = sqrt(sum(one.se**2 for one in found) / len(found))
    assert typical == pytest.approx(spread, rel=0.06)
    truth = [value for part in population for value in part]
    assert mean == pytest.approx(sum(truth) / len(truth), rel=0.01)
    assert all(one.df < inf for one in found)
