"""False and true findings in simulated campaigns on real series: weekly reports of Boston's wards, 2011.

    script/bench effects --json [--campaigns 2000]

Each campaign draws half the wards by lot and one start, or two starts. With nothing planted the share called
significant at 5 % is at most 6 %; with 20 % more reports planted the interval covers it in 93 to 97 %. Whole
fits are run, on the logarithm of the reports. Bulk items are appointments and left out.
"""

import math
import time
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench import Figure
from chengzhi.outcomes import effects
from chengzhi.outcomes.effects.panel import NEVER_TREATED

DATA = Path(__file__).parents[1] / "packs" / "boston" / "data" / "boston311_2011.parquet"
FIRST_DAY, WEEKS = pl.date(2011, 7, 1), 26
PLANTED = 0.2
MOST_FALSE, COVERED = 0.06, (0.93, 0.97)


def run(campaigns: int = 2000) -> Figure:
    """Fit every campaign twice: with nothing and with 20 % planted."""
    before = time.monotonic()
    shares = simulate(campaigns)
    seconds = time.monotonic() - before
    good = shares["significant"] <= MOST_FALSE and COVERED[0] <= shares["covered"] <= COVERED[1]
    more = {"campaigns": campaigns, "planted": PLANTED, "seconds": round(seconds, 1), **shares}
    return Figure("effects", shares["significant"], "share", MOST_FALSE, "lower", good, more)


def series() -> NDArray[np.float64]:
    """Wards × weeks, reports."""
    table = pl.read_parquet(DATA, columns=["open_dt", "ward", "type"])
    weeks = (pl.col("open_dt").cast(pl.Date) - FIRST_DAY).dt.total_days() // 7
    ward = pl.col("ward").str.extract(r"(\d+)").cast(pl.Int64)
    table = table.filter(pl.col("type") != "Schedule a Bulk Item Pickup").select(ward=ward, week=weeks)
    table = table.drop_nulls().filter(pl.col("week") < WEEKS)
    names = sorted(table["ward"].unique())
    counts = np.zeros((len(names), WEEKS))
    for name, week in table.iter_rows():
        counts[names.index(name), week] += 1
    return counts[(counts > 0).all(axis=1)]


def simulate(campaigns: int, seed: int = 2011) -> dict[str, float]:
    """Shares over campaigns: significant under the null, covered and significant under the planted effect."""
    counts, random = series(), np.random.default_rng(seed)
    hits = np.zeros(3)
    for number in range(campaigns):
        first = _lot(len(counts), random)
        null = effects.fit(_panel(counts, first), "did", seed=number).found
        after = np.arange(WEEKS)[None, :] >= first[:, None]
        more = random.poisson(PLANTED * counts) * after
        real = effects.fit(_panel(counts + more, first), "did", seed=number).found
        assert null.p is not None
        assert real.p is not None
        truth = math.log(1 + PLANTED)
        covered = real.ci is not None and real.ci[0] <= truth <= real.ci[1]
        hits += [null.p < 0.05, covered, real.p < 0.05]
    names = ("significant", "covered", "found")
    return {name: float(hit) / campaigns for name, hit in zip(names, hits, strict=True)}


def _lot(units: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Half the units start in one of the middle weeks, in every second campaign a half of them later."""
    first = np.full(units, NEVER_TREATED, dtype=np.int64)
    drawn = random.permutation(units)[: units // 2]
    start = int(random.integers(8, 16))
    first[drawn] = start
    if random.random() < 0.5:
        first[drawn[::2]] = start + 4
    return first


def _panel(counts: NDArray[np.float64], first: NDArray[np.int64]) -> effects.Panel:
    n, t = counts.shape
    return effects.Panel(
        tuple(f"ward{one}" for one in range(n)), tuple(str(one) for one in range(t)), np.log(counts), first,
        np.zeros((n, t, 0)), np.arange(n), effects.Columns("ward", "week", "log", "first"),
    )  # fmt: skip
