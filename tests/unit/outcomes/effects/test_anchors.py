"""Published answers on public data: Callaway–Sant'Anna on mpdta, Bacon on castle doctrine, organ donors."""

import gzip
import io
from pathlib import Path

import polars as pl
import pytest

from chengzhi.outcomes import effects
from chengzhi.outcomes.effects.twoway import bacon, twfe

SAMPLE = Path(__file__).parents[3] / "data" / "causal-sample"


@pytest.fixture(scope="module")
def counties():
    from moderndid import load_mpdta

    return load_mpdta()


def of(table, covariates=()):
    return effects.panel_of(
        table, effects.Columns("countyreal", "year", "lemp", "first.treat", tuple(covariates))
    )


def test_group_times_of_mpdta(counties):
    found = effects.fit(of(counties), "did").found
    att = {(one["group"], one["time"]): one["att"] for one in found.groups}
    expected = {
        2004: {2004: -0.0105, 2005: -0.0704, 2006: -0.1373, 2007: -0.1008},
        2006: {2004: 0.0065, 2005: -0.0028, 2006: -0.0046, 2007: -0.0412},
        2007: {2004: 0.0305, 2005: -0.0027, 2006: -0.0311, 2007: -0.0261},
    }
    assert att == {
        (g, t): pytest.approx(value, abs=1e-4) for g, row in expected.items() for t, value in row.items()
    }
    assert found.pretrend == pytest.approx(0.168, abs=5e-3)


def test_summaries_of_mpdta(counties):
    found = effects.fit(of(counties), "did").found
    expected = {"simple": -0.03995, "dynamic": -0.0772, "group": -0.0310, "calendar": -0.0417}
    assert found.overall == {name: pytest.approx(value, abs=1e-4) for name, value in expected.items()}
    event = {one["t"]: one["att"] for one in found.event}
    values = (0.0305, -0.0006, -0.0245, -0.0199, -0.0510, -0.1373, -0.1008)
    assert event == {t: pytest.approx(value, abs=1e-4) for t, value in zip(range(-3, 4), values, strict=True)}


def test_mpdta_with_a_covariate(counties):
    found = effects.fit(of(counties, ["lpop"]), "did").found
    assert found.overall["simple"] == pytest.approx(-0.04175, abs=1e-4)
    event = {one["t"]: one["att"] for one in found.event}
    for t, value in enumerate((-0.0211, -0.0530, -0.1404, -0.1069)):
        assert event[t] == pytest.approx(value, abs=1e-4)


def test_sun_abraham_of_mpdta(counties):
    assert effects.fit(of(counties), "event").found.att == pytest.approx(-0.03995, abs=1e-4)


def test_two_way_fixed_effects_and_bacon_of_mpdta(counties):
    panel = of(counties)
    beside = twfe(panel)
    assert beside["att"] == pytest.approx(-0.03655, abs=1e-4)
    assert beside["se"] == pytest.approx(0.01327, abs=1e-4)
    assert by_kind(bacon(panel)) == {
        "treated_vs_never": pytest.approx((0.8628, -0.0407), abs=1e-4),
        "earlier_vs_later": pytest.approx((0.0833, -0.0198), abs=1e-4),
        "later_vs_earlier": pytest.approx((0.0539, 0.0046), abs=1e-4),
    }


def by_kind(rows):
    kinds = {}
    for row in rows:
        weight, part = kinds.get(row["kind"], (0.0, 0.0))
        kinds[row["kind"]] = (weight + row["weight"], part + row["weight"] * row["att"])
    return {kind: (weight, part / weight) for kind, (weight, part) in kinds.items()}


def castle():
    data = gzip.decompress((SAMPLE / "castle.csv.gz").read_bytes())
    return effects.panel_of(
        pl.read_csv(io.BytesIO(data), infer_schema=False),
        effects.Columns("sid", "year", "l_homicide", "post"),
    )


def test_castle_doctrine_tells_two_stories():
    panel = castle()
    beside = twfe(panel)
    assert beside["att"] == pytest.approx(0.069398, abs=1e-5)
    assert 0.0550 < beside["se"] < 0.0562
    assert by_kind(bacon(panel)) == {
        "treated_vs_never": pytest.approx((0.8988, 0.0784), abs=1e-4),
        "earlier_vs_later": pytest.approx((0.0771, -0.0286), abs=1e-4),
        "later_vs_earlier": pytest.approx((0.0241, 0.0456), abs=1e-4),
    }
    found = effects.fit(panel, "did").found
    assert found.att == pytest.approx(0.0194, abs=1e-4)
    assert found.se == pytest.approx(0.038, abs=1e-3)


def test_organ_donors_of_california():
    path = SAMPLE / "organ_donation.csv"
    table = pl.read_csv(path, infer_schema=False).with_columns(
        start=pl.when(pl.col("State") == "California").then(pl.lit("2011Q3")).otherwise(pl.lit("NA"))
    )
    panel = effects.panel_of(table, effects.Columns("State", "Quarter", "Rate", "start"))
    assert panel.times[0] == "Q42010"
    assert twfe(panel)["att"] == pytest.approx(-0.02246, abs=1e-5)
    answer = effects.fit(panel, "did")
    assert answer.grade in ("C", "D")
    assert answer.words == effects.NOT_ATTRIBUTABLE
