"""Real cases: the figures of October 2011 found again by hand, straight from the published file."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import connection, transaction

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.engines import duckdb, postgres, reference
from chengzhi.analytics.metric import Options
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.periods import parse
from chengzhi.analytics.refresh import folder_of, refresh
from chengzhi.analytics.tally import Tally
from chengzhi.outcomes.drilling import drill
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import Figure
from chengzhi.places.models import District

from . import boston

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = parse("2011-10")
FIRST, AFTER = datetime(2011, 10, 1), datetime(2011, 11, 1)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return boston.source()


@pytest.fixture
def district(rows: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with transaction.atomic():
        home = boston.district()
        boston.load(home, rows)
    refresh(home)
    return home


def by_hand(rows: pl.DataFrame, unit: str) -> dict[str, tuple[int, int | None]]:
    """What the standard's words say, in local wall-clock time, without our flat table."""
    mine = rows.filter(pl.col("department") == unit)
    filed = mine.filter((pl.col("open_dt") >= FIRST) & (pl.col("open_dt") < AFTER))
    merged = (pl.col("closure_class") == "duplicate") & (pl.col("case_status") == "Closed")
    due = mine.filter(
        (pl.col("target_dt") >= FIRST) & (pl.col("target_dt") < AFTER) & ~merged.fill_null(False)
    )
    done = due.filter((pl.col("case_status") == "Closed") & (pl.col("closed_dt") < AFTER))
    on_time = done.filter(pl.col("closed_dt") <= pl.col("target_dt"))
    return {
        "filed_count": (filed.height, None),
        "closing_rate": (done.height, due.height),
        "handling_rate": (done.height, due.height),
        "on_time_handling_rate": (on_time.height, due.height),
        "overdue_unhandled_rate": (due.height - done.height, due.height),
        "rework_rate": (0, due.height),
        "extension_rate": (0, due.height),
    }


def test_every_department_is_found_again_by_hand(district: District, rows: pl.DataFrame) -> None:
    evaluation = evaluate(district, OCTOBER, "department")
    found: dict[str, dict[str, Figure]] = {}
    for row in evaluation.rows:
        found.setdefault(str(row.unit), {})[row.indicator] = row
    for unit in rows["department"].unique().drop_nulls():
        for indicator, (above, below) in by_hand(rows, unit).items():
            figure = found[unit][indicator]
            assert (figure.numerator, figure.denominator) == (above, below), (unit, indicator)
            if below:
                assert figure.value == pytest.approx(above / below, abs=1e-12)
    public_works = found["PWDx"]
    assert public_works["filed_count"].numerator > 3000  # real volume, not an empty table
    on_time = public_works["on_time_handling_rate"]
    assert on_time.points == pytest.approx(100 * on_time.value)
    weights = {"filed_count": 0.1, "closing_rate": 0.3, "on_time_handling_rate": 0.3, "rework_rate": 0.3}
    by_words = sum(share * public_works[name].points for name, share in weights.items())
    assert public_works["composite"].value == pytest.approx(by_words)
    assert public_works["filed_count"].points == 0  # more than 1000


def test_three_engines_agree_on_real_cases(district: District, rows: pl.DataFrame) -> None:
    metrics = [m for m in METRICS.values() if m.table == "cases_flat"]
    window = OCTOBER.window(district.zone)
    files = manifests.load(folder_of(district.slug)).files(folder_of(district.slug))
    engine = duckdb.connect(files)
    flat = pl.read_parquet(files["cases_flat"]).to_dicts()
    assert len(flat) == rows.height
    for group in ("unit", "street"):
        wanted: list[Tally] = reference.tally(flat, metrics, group, window, Options())
        assert sum(t.below for t in wanted) > 10_000
        assert duckdb.tally(engine, metrics, group, window, Options()) == wanted
        with connection.cursor() as cursor:
            live = postgres.tally(cursor, metrics, group, window, Options(), district_id=district.pk)
        assert live == wanted


def test_skipping_files_changes_no_figure(district: District) -> None:
    metrics = [m for m in METRICS.values() if m.table == "cases_flat"]
    folder = folder_of(district.slug)
    manifest = manifests.load(folder)
    assert {p.month for p in manifest.pieces} == {"2011-09", "2011-10", "2011-11"}
    window = parse("2011-09-03").window(district.zone)
    few = manifest.files(folder, window, {a for m in metrics for a in m.anchors})
    assert 0 < len(few["cases_flat"]) < len(manifest.files(folder)["cases_flat"])
    whole = duckdb.tally(duckdb.connect(manifest.files(folder)), metrics, "unit", window, Options())
    assert whole
    assert duckdb.tally(duckdb.connect(few), metrics, "unit", window, Options()) == whole


def test_a_number_leads_to_its_cases(district: District, rows: pl.DataFrame) -> None:
    above, below = by_hand(rows, "ISD")["on_time_handling_rate"]
    for part, wanted in (("numerator", above), ("denominator", below)):
        cases: list[int] = []
        after: int | None = 0
        while after is not None:
            page = drill(
                district, OCTOBER, "department", "ISD", "on_time_handling_rate", part, after=after, limit=200
            )
            cases += page.cases
            after = page.after
        assert len(cases) == len(set(cases)) == wanted
