"""Every metric on every engine gives what its plain-Python definition gives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengzhi.analytics.engines import duckdb, postgres, reference
from chengzhi.analytics.metric import Metric, Options
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.tables import TABLES, FlatTable
from chengzhi.analytics.tally import Tally, wilson

from .rows import WINDOW, rows_of, write

GROUPS = {"cases_flat": (None, "unit", "street", "filed_by"), "tasks_flat": (None, "account", "unit")}
GROUPS |= {"visits_flat": (None, "area", "street"), "readings_flat": (None, "area", "cell")}
options = st.builds(
    Options,
    rework_base=st.sampled_from(["due_to_close", "handled"]),
    closing_base=st.sampled_from(["closed", "due_to_close"]),
)
often = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def metrics_of(table: FlatTable) -> tuple[Metric, ...]:
    return tuple(m for m in METRICS.values() if m.table == table.name)


@pytest.fixture
def tables(db: None) -> Iterator[Any]:
    """All flat tables as temporary tables of PostgreSQL."""
    with connection.cursor() as cursor:
        for table in TABLES.values():
            cursor.execute(table.create())
        yield cursor


def _fill(cursor: Any, table: FlatTable, rows: list[dict[str, Any]]) -> None:
    cursor.execute(f"TRUNCATE {table.name}")
    with cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in table.names])


def _same(found: list[Tally], wanted: list[Tally]) -> None:
    assert found == wanted  # counts exactly
    for one, other in zip(found, wanted, strict=True):
        assert one.above / one.below == pytest.approx(other.above / other.below, abs=1e-12)


@pytest.mark.parametrize("name", TABLES)
@often
@given(data=st.data())
def test_duckdb_agrees_with_the_definition(name: str, tmp_path: Path, data: st.DataObject) -> None:
    table = TABLES[name]
    rows, chosen = data.draw(rows_of(table)), data.draw(options)
    group = data.draw(st.sampled_from(GROUPS[name]))
    engine = duckdb.connect({name: [write(tmp_path, table, rows)]})
    metrics = metrics_of(table)
    found = duckdb.tally(engine, metrics, group, WINDOW, chosen)
    _same(found, reference.tally(rows, metrics, group, WINDOW, chosen))


@pytest.mark.parametrize("name", TABLES)
@often
@given(data=st.data())
def test_postgres_agrees_with_the_definition(name: str, tables: Any, data: st.DataObject) -> None:
    table = TABLES[name]
    rows, chosen = data.draw(rows_of(table)), data.draw(options)
    group = data.draw(st.sampled_from(GROUPS[name]))
    _fill(tables, table, rows)
    metrics = metrics_of(table)
    found = postgres.tally(tables, metrics, group, WINDOW, chosen)
    _same(found, reference.tally(rows, metrics, group, WINDOW, chosen))


@pytest.mark.parametrize("name", TABLES)
@often
@given(data=st.data())
def test_drilling_down_finds_the_very_rows(name: str, tmp_path: Path, data: st.DataObject) -> None:
    table = TABLES[name]
    rows, chosen = data.draw(rows_of(table)), data.draw(options)
    metric = data.draw(st.sampled_from(metrics_of(table)))
    group = data.draw(st.sampled_from(GROUPS[name]))
    engine = duckdb.connect({name: [write(tmp_path, table, rows)]})
    for tally in reference.tally(rows, [metric], group, WINDOW, chosen):
        for side, wanted in (("above", tally.above), ("below", tally.below)):
            found: list[tuple[int, int]] = []
            while page := duckdb.rows(
                engine, metric, side, group, tally.group, WINDOW, chosen, found[-1][0] if found else 0, 2
            ):
                found += page
            place = 0 if side == "above" else 1
            meant = [
                r["id"]
                for r in rows
                if metric.plain(r, WINDOW, chosen)[place] and (group is None or r[group] == tally.group)
            ]
            assert [row for row, _ in found] == meant
            assert len(found) == wanted


@often
@given(rows=rows_of(TABLES["cases_flat"]), chosen=options)
def test_the_numerator_is_part_of_the_denominator(rows: list[dict[str, Any]], chosen: Options) -> None:
    for metric in metrics_of(TABLES["cases_flat"]):
        for row in rows:
            above, below = metric.plain(row, WINDOW, chosen)
            assert below or not above, metric.key


def test_no_file_is_no_case() -> None:
    metrics = metrics_of(TABLES["cases_flat"])
    assert duckdb.tally(duckdb.connect({}), metrics, "unit", WINDOW, Options()) == []


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    above, below = counts
    interval = wilson(above, below)
    assert interval is not None
    assert 0 <= interval[0] <= above / below + 1e-12
    assert above / below - 1e-12 <= interval[1] <= 1


def test_the_interval_of_a_known_case() -> None:
    # Newcombe (1998), 81 of 263 by the score method without correction
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 0) is None
