"""Nothing is claimed that the design does not carry: false findings, grades, plans, words."""

import json
import math
from datetime import date

import numpy as np
import polars as pl
import pytest

from bench.effects import simulate
from chengzhi.outcomes import effects
from chengzhi.outcomes.effects import plan, problems
from chengzhi.outcomes.effects.synthetic import difference, least, simplex


def test_two_hundred_campaigns_on_real_series():
    """Bounds are those of the 2,000 widened by what chance does to 200."""
    shares = simulate(200)
    assert shares["significant"] <= 0.09
    assert 0.91 <= shares["covered"] <= 0.99


def table(first, effect=0.0, times=16, trend=0.0, seed=2):
    random = np.random.default_rng(seed)
    rows = []
    for u, start in enumerate(first):
        for t in range(1, times + 1):
            on = start is not None and t >= start
            y = u * 0.1 + math.sin(t) + random.normal(0, 0.3) + effect * on + trend * t * (start is not None)
            rows.append({"u": f"u{u:02}", "t": f"2026-{t:02}" if times <= 12 else str(t), "y": y,
                         "d": None if start is None else str(start)})  # fmt: skip
    return pl.DataFrame(rows)


def fit(data, method="auto", **options):
    return effects.fit(effects.panel_of(data, effects.Columns("u", "t", "y", "d")), method, **options)


HALF = [9] * 8 + [None] * 8


@pytest.mark.parametrize("method", ["did", "event", "sdid"])
def test_a_planted_effect_is_found_and_a_null_is_not(method):
    real, null = (fit(table(HALF, effect), method) for effect in (1.0, 0.0))
    assert real.found.att == pytest.approx(1.0, abs=0.3)
    assert real.found.p < 0.05 < null.found.p
    assert real.grade == "B"
    assert null.mde > 0


def test_a_trend_apart_before_the_start_is_not_attributed():
    answer = fit(table(HALF, trend=0.4))
    assert answer.found.pretrend < 0.05
    assert answer.grade in ("C", "D")
    assert answer.words == effects.NOT_ATTRIBUTABLE


def test_staggered_starts_without_never_treated():
    answer = fit(table([6] * 6 + [12] * 6, 1.0), "did")
    assert answer.found.control == "notyet"
    assert answer.found.att == pytest.approx(1.0, abs=0.4)


def test_a_lot_played_again_gives_the_same_twice():
    first, second = (fit(table(HALF, 0.2), "did", seed=7).as_json() for _ in range(2))
    assert first == second
    assert first["inference"] == "randomisation"


def test_a_count_is_warned_of():
    data = table(HALF).with_columns(y=pl.col("y").mul(10).round().abs())
    assert len(fit(data).warnings) > len(fit(table(HALF)).warnings)


def test_a_start_after_an_extreme_time_is_warned_of():
    bad = (pl.col("t") == "8") & pl.col("d").is_not_null()
    data = table(HALF).with_columns(y=pl.col("y") + pl.when(bad).then(5.0).otherwise(0.0))
    assert len(fit(data).warnings) > len(fit(table(HALF)).warnings)


def test_a_series_finds_a_jump_and_no_jump():
    times = 60
    jump, none = (fit(table([40], effect, times=times), "its") for effect in (2.0, 0.0))
    assert jump.found.att == pytest.approx(2.0, abs=0.8)
    assert jump.found.p < 0.05
    assert abs(none.found.att) < 1.0
    assert jump.words == effects.NOT_ATTRIBUTABLE


def test_a_month_series_takes_season_out():
    months = [(y, m) for y in range(2020, 2026) for m in range(1, 13)]
    rows = [
        {
            "u": "all",
            "t": f"{y}-{m:02}",
            "y": 10 + 3 * math.sin(m * math.pi / 6) + 2 * (y >= 2024),
            "d": "2024-01",
        }
        for y, m in months
    ]
    answer = fit(pl.DataFrame(rows))
    assert answer.found.att == pytest.approx(2.0, abs=1e-6)


def test_synthetic_weights_find_the_mixture():
    random = np.random.default_rng(3)
    y = random.normal(size=(6, 30)).cumsum(axis=1)
    own = 0.6 * y[0] + 0.4 * y[3]
    assert least(y[:, :20].T, own[:20], 0.0) == pytest.approx([0.6, 0, 0, 0.4, 0, 0], abs=1e-3)
    own[20:] += 5
    assert difference(y, own, 20).att == pytest.approx(5, abs=0.5)
    assert simplex(np.array([3.0, 1.0])) == pytest.approx([1, 0])


def registered(units=16):
    names = [f"u{u:02}" for u in range(units)]
    made = plan.register(
        on=date(2026, 1, 5), outcome="y", method="did", control="never", units=names,
        starts=[{"from": "9", "units": 8}], seed=42,
    )  # fmt: skip
    return made, [int(made["order"][name] or 0) or None for name in names]


def test_a_registered_lot_carries_grade_a_and_nothing_else_does(tmp_path):
    made, first = registered()
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(made), "utf-8")
    data = table(first, 1.0)
    assert fit(data, "did").grade == "B"
    assert fit(data, "did", plan=plan.load(path)).grade == "A"
    with pytest.raises(problems.PlanBroken):
        fit(table(HALF, 1.0), "did", plan=made)
    with pytest.raises(problems.PlanBroken):
        fit(data, "sdid", plan=made)


def test_a_plan_changed_after_registering_is_refused(tmp_path):
    made, _ = registered()
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(made | {"outcome": "other"}), "utf-8")
    with pytest.raises(problems.PlanChanged):
        plan.load(path)
    path.write_text("{}", "utf-8")
    with pytest.raises(problems.UnreadablePlan):
        plan.load(path)


def test_an_order_that_no_lot_gave_is_refused():
    made, _ = registered()
    by_hand = made | {"order": {f"u{u:02}": "9" if u < 8 else None for u in range(16)}}
    by_hand["hash"] = plan.digest(by_hand)
    with pytest.raises(problems.PlanBroken):
        fit(table(HALF, 1.0), "did", plan=by_hand)


def test_a_plan_registered_after_the_start_is_refused():
    names = [f"u{u:02}" for u in range(16)]
    made = plan.register(
        on=date(2026, 9, 2), outcome="y", method="did", units=names, starts=[{"from": "2026-07", "units": 8}],
        seed=1,
    )  # fmt: skip
    data = table([None] * 16, times=12).with_columns(
        d=pl.col("u").map_elements(lambda one: made["order"][one] or "", return_dtype=pl.String)
    )
    with pytest.raises(problems.LatePlan):
        fit(data, "did", plan=made)
