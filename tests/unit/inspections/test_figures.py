"""What inspections give to the figures: pass rates of areas, daily means, excused visits apart."""

from datetime import date, timedelta
from math import sqrt

import pytest
from django.db import connection

from chengzhi.analytics.engines import duckdb, postgres
from chengzhi.analytics.metric import Options
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.periods import parse
from chengzhi.analytics.refresh import folder_of, refresh
from chengzhi.inspections.daily import daily
from chengzhi.inspections.problems import UnknownMeasurement
from chengzhi.inspections.visits import recheck, record_visit
from tests.unit.cases.town import FRIDAY
from tests.unit.inspections.yard import answers, build, grams

APRIL = parse("2026-04").window("Asia/Shanghai")
SPAN = {"first": date(2026, 4, 1), "last": date(2026, 4, 30)}
KEYS = ("area_dust_pass_rate", "area_litter_pass_rate", "area_toilet_pass_rate", "area_excused_visit_share")
LATER = FRIDAY + timedelta(days=1)


def week(yard):
    """Dust 3 4 8 in fair weather (two within 5), 40 in a storm; a second look of 9; a toilet that fails."""
    first = grams(yard, 3)
    grams(yard, 4)
    grams(yard, 8, on=LATER)
    grams(yard, 40, on=LATER, excused=True, weather="沙尘暴")
    recheck(
        first.pk, by=yard.second, on=FRIDAY, visited_at=FRIDAY, answers=answers("five_grams"),
        readings={"dust": (9, yard.balance.pk)},
    )  # fmt: skip
    for odour in (2, 3):
        record_visit(
            district_id=yard.district.pk, checklist="toilet", by=yard.inspector, on=FRIDAY, visited_at=FRIDAY,
            answers=answers("toilet"), readings={"odour": (odour, None)}, object_id=yard.toilet.pk,
        )  # fmt: skip


def counts(found):
    return {one.metric: (one.group, one.above, one.below) for one in found}


def wanted(yard, group):
    return {
        "area_dust_pass_rate": (group, 2, 3),
        "area_toilet_pass_rate": (group, 1, 2),
        "area_excused_visit_share": (group, 1, 6),
    }


@pytest.mark.parametrize("column", ["area", "street", "cell"])
def test_the_pass_rates_of_an_area_leave_the_excused_out_and_count_them(yard, column):
    week(yard)
    group = {"area": yard.area, "street": yard.street, "cell": yard.cell}[column].pk
    with connection.cursor() as cursor:
        found = [
            one
            for key in KEYS
            for one in postgres.tally(
                cursor, [METRICS[key]], column, APRIL, Options(), district_id=yard.district.pk
            )
        ]
    assert counts(found) == wanted(yard, group)


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_figures_follow_the_visits():
    from chengzhi.cases import habits

    habits.forget()
    yard = build()
    first = refresh(yard.district)
    assert first.rows == 0
    week(yard)
    made = refresh(yard.district)
    engine = duckdb.connect(made.files(folder_of(yard.district.slug)))
    found = [one for key in KEYS for one in duckdb.tally(engine, [METRICS[key]], "area", APRIL, Options())]
    assert counts(found) == wanted(yard, yard.area.pk)
    again = refresh(yard.district, full=True)
    assert {p.table for p in again.pieces} >= {"visits_flat", "readings_flat"}


def test_daily_means_by_area_with_the_excused_apart(yard):
    week(yard)
    rows = daily(yard.district.pk, measurement="dust", **SPAN, by="street")
    assert [(r.day, r.area_id, r.readings, r.mean, r.passed, r.judged, r.excused) for r in rows] == [
        (date(2026, 4, 3), yard.street.pk, 2, 3.5, 2, 2, 0),
        (date(2026, 4, 4), yard.street.pk, 1, 8.0, 0, 1, 1),
    ]
    # by hand: 3 and 4, spread √0.5, standard error 0.5, t of 1 degree 12.7062; no grams below nothing
    assert rows[0].low == 0
    assert rows[0].high == pytest.approx(3.5 + 12.7062047 * 0.5, rel=1e-6)
    assert (rows[1].low, rows[1].high, rows[1].share) == (None, None, 0.0)


def test_the_span_as_a_whole_and_days_on_the_districts_wall(yard):
    week(yard)
    (row,) = daily(yard.district.pk, measurement="dust", **SPAN, each_day=False)
    assert (row.day, row.area_id, row.readings, row.mean) == (None, None, 3, 5.0)
    assert row.share == pytest.approx(2 / 3)
    assert row.high == pytest.approx(5 + 4.3026527 * sqrt(7 / 3), rel=1e-6)
    midnight = FRIDAY.replace(hour=16, minute=30)  # half past midnight of the 4th there
    grams(yard, 5, on=midnight, visited_at=midnight)
    days = daily(yard.district.pk, measurement="dust", first=date(2026, 4, 4), last=date(2026, 4, 4))
    assert days[0].readings == 2
    assert daily(yard.district.pk, measurement="dust", first=date(2026, 5, 1), last=date(2026, 5, 2)) == []
    with pytest.raises(UnknownMeasurement):
        daily(yard.district.pk, measurement="nothing", **SPAN)


def test_no_figure_knows_who_made_a_visit():
    from chengzhi.analytics.tables import TABLES

    for name in ("visits_flat", "readings_flat"):
        assert "account" not in TABLES[name].select()
