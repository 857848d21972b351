"""DuckDB over the Parquet files of one manifest: the engine behind pages and commands."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from chengzhi.analytics.engines.expression import Side, by_anchor, cube_sql, rows_sql, tallies, tally_sql
from chengzhi.analytics.metric import Metric, Options
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import TABLES, FlatTable
from chengzhi.analytics.tally import Tally, in_order

Files = Mapping[str, Sequence[Path]]
"""Flat table name -> Parquet files."""


def _empty(table: FlatTable) -> str:
    kinds = {"int": "BIGINT", "float": "DOUBLE", "date": "DATE", "text": "VARCHAR"}
    shown = ", ".join(f"CAST(NULL AS {kinds[c.type]}) AS {c.name}" for c in table.columns)
    return f"SELECT {shown} WHERE false"


def connect(files: Files) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB in which each flat table is a view over its files."""
    # extensions would be fetched from the network at run time; everything needed is linked in
    engine = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    for name, table in TABLES.items():
        paths = [str(path) for path in files.get(name, ())]
        if paths:
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
            body = f"SELECT * FROM read_parquet([{listed}])"
        else:
            body = _empty(table)
        engine.execute(f"CREATE VIEW {name} AS {body}")
    return engine


def tally(
    engine: duckdb.DuckDBPyConnection,
    metrics: Sequence[Metric],
    group: str | None,
    window: Window,
    options: Options,
) -> list[Tally]:
    """Count metrics of one flat table per value of the column `group`, one scan an anchor."""
    found: list[Tally] = []
    for alike in by_anchor(metrics, options).values():
        sql = tally_sql(alike, group, window, options, "duckdb")
        found += tallies(alike, engine.execute(sql).fetchall())
    return in_order(found)


def cube(
    engine: duckdb.DuckDBPyConnection,
    metric: Metric,
    columns: tuple[str, ...],
    window: Window,
    options: Options,
) -> list[tuple[tuple[int | str | None, ...], int, int]]:
    """Count one metric per combination of several columns in one scan: (values, above, below).

    What is asked of single areas, domains and types can be added up from it.
    """
    found = engine.execute(cube_sql(metric, columns, window, options, "duckdb")).fetchall()
    return [(tuple(values), int(above), int(below)) for *values, above, below in found if below]


def rows(
    engine: duckdb.DuckDBPyConnection,
    metric: Metric,
    side: Side,
    group: str | None,
    value: int | None,
    window: Window,
    options: Options,
    after: int = 0,
    limit: int = 50,
) -> list[tuple[int, int]]:
    """(row id, case id) of the rows that count on one side, after a row id."""
    sql = rows_sql(metric, side, group, value, window, options, "duckdb", after, limit)
    found: list[Any] = engine.execute(sql).fetchall()
    return [(int(row), int(case)) for row, case in found]
