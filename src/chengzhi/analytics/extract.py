"""Stream one table's rows of one month from PostgreSQL into a Parquet file."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from chengzhi.analytics.manifest import Piece
from chengzhi.analytics.tables import FlatTable

CHUNK = 32 << 20
"""Bytes of CSV turned into one row group: bounds memory whatever the month holds."""


def condition(district_id: int, month: str) -> str:
    """SQL that picks the cases of a district reported in a month (UTC), such as 2011-10."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (
        f"c.district_id = {int(district_id)} AND c.reported_at >= '{first} 00:00:00+00'"
        f" AND c.reported_at < '{after} 00:00:00+00'"
    )


def _chunks(cursor: Any, sql: str) -> Iterator[bytes]:
    """Whole CSV rows in pieces of about CHUNK bytes."""
    held = io.BytesIO()
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            held.write(block)
            if held.tell() >= CHUNK:
                yield held.getvalue()
                held = io.BytesIO()
    if held.tell():
        yield held.getvalue()


def _parsed(chunk: bytes, schema: Any) -> Any:
    return pcsv.read_csv(
        io.BytesIO(chunk),
        read_options=pcsv.ReadOptions(column_names=schema.names),
        convert_options=pcsv.ConvertOptions(
            column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def months_of(table: Any, times: tuple[str, ...]) -> dict[str, set[str]]:
    """In which months (UTC) the values of each time column lie."""
    found = {}
    for name in times:
        stamps = table[name].drop_null().cast(pa.timestamp("us"))
        # by day first: a month has few, and formatting text is what costs
        days = pc.unique(pc.floor_temporal(stamps, unit="month"))
        found[name] = {f"{stamp:%Y-%m}" for stamp in days.to_pylist()}
    return found


def write_month(cursor: Any, table: FlatTable, district_id: int, month: str, path: Path) -> Piece | None:
    """Write one file; None (and no file) when the month has no row."""
    schema = table.arrow_schema()
    sql = table.select().format(where=condition(district_id, month))
    rows, months = 0, {name: set[str]() for name in table.times}
    fresh = path.with_suffix(".parquet.new")
    with pq.ParquetWriter(fresh, schema, compression="zstd") as out:
        for chunk in _chunks(cursor, sql):
            part = _parsed(chunk, schema)
            rows += part.num_rows
            for name, seen in months_of(part, table.times).items():
                months[name] |= seen
            out.write_table(part)
    if not rows:
        fresh.unlink()
        return None
    fresh.replace(path)
    ordered = {name: tuple(sorted(seen)) for name, seen in months.items()}
    return Piece(table.name, month, path.name, rows, ordered)
