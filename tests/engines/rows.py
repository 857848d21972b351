"""Rows for the flat tables: hand-made strategies that hit every edge of a period."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from chengzhi.analytics.periods import Window, micros
from chengzhi.analytics.tables import CASES_FLAT, TASKS_FLAT, FlatTable

HOUR = 3_600_000_000
START = micros(datetime(2026, 10, 1, tzinfo=UTC))
END = micros(datetime(2026, 11, 1, tzinfo=UTC))
WINDOW = Window(START, END)

# Few instants, among them both edges and their neighbours, so that equal times are common.
INSTANTS = [START - HOUR, START - 1, START, START + 1, START + HOUR, START + 30 * 60_000_000]
INSTANTS += [END - 30 * 60_000_000, END - 1, END, END + 1, END + HOUR]
instant = st.sampled_from(INSTANTS)
maybe_instant = st.none() | instant
maybe_id = st.none() | st.integers(1, 3)
flag = st.integers(0, 1)
count = st.integers(0, 2)
_BY_UNIT = {"µs": maybe_instant, "0/1": flag, "times": count, "id": maybe_id}


def _column(table: FlatTable, name: str) -> st.SearchStrategy[Any]:
    column = next(c for c in table.columns if c.name == name)
    if name == "kind":
        return st.sampled_from(["verify", "check", "handle"])
    if name in ("measurement", "checklist"):
        return st.sampled_from(["dust", "litter_dwell", "toilet", "a"])
    if column.constraint == "never empty":
        return instant if column.unit == "µs" else st.integers(1, 9)
    if column.type == "text":
        return st.sampled_from(["", "a"])
    if column.type == "float":
        return st.none() | st.floats(-90, 90)
    return _BY_UNIT[column.unit]


def rows_of(table: FlatTable, size: int = 25) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lists of rows of a flat table; ids are the row's place."""
    row = st.fixed_dictionaries({name: _column(table, name) for name in table.names if name != "id"})
    return st.lists(row, max_size=size).map(
        lambda rows: [{"id": place, **row} for place, row in enumerate(rows, 1)]
    )


def write(folder: Path, table: FlatTable, rows: list[dict[str, Any]]) -> Path:
    """One Parquet file of the rows."""
    path = folder / f"{table.name}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.arrow_schema()), path)
    return path


def instant_of(text: str) -> int:
    """Microseconds of an ISO time in UTC."""
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def day(number: int) -> datetime:
    """Day `number` of October 2026, noon UTC."""
    return datetime(2026, 10, 1, 12, tzinfo=UTC) + timedelta(days=number - 1)


CASES, TASKS = CASES_FLAT, TASKS_FLAT
